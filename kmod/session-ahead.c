// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a session does for its next job while this one's data flow (ftp-ahead.c), and
 * what it does when that was a mistake.
 */
#include "knetctl.h"

/**
 * knet_session_publish_probe() - let the server's other sessions know what a NOOP has told
 * @s: session
 *
 * Context: The session's worker; knet_net.lock held.
 */
void knet_session_publish_probe(struct knet_session *s)
{
	struct knet_server *server = s->server;

	lockdep_assert_held(&server->kn->lock);
	if (s->ftp.ahead.trouble || s->ftp.ahead.probe == KNET_FTP_PROBE_BAD)
		server->ahead = KNET_AHEAD_NEVER;
	if (!s->probing || (s->connected && s->ftp.ahead.probe == KNET_FTP_PROBE_SENT))
		return;
	s->probing = false;
	if (server->ahead != KNET_AHEAD_PROBED)
		return;
	server->ahead = s->ftp.ahead.probe == KNET_FTP_PROBE_GOOD ? KNET_AHEAD_TRUSTED :
								    KNET_AHEAD_UNKNOWN;
}

/**
 * knet_session_ask_ahead() - ask what the next job needs to know along with this one's transfer
 * @s: session; the command of its transfer is about to be sent
 *
 * Context: The session's worker, without its lock.
 */
void knet_session_ask_ahead(struct knet_session *s)
{
	struct knet_server *server = s->server;
	struct knet_job *next;

	mutex_lock(&server->kn->lock);
	knet_session_publish_probe(s);
	next = s->job->redone ? NULL : knet_server_ahead(server, s);
	if (next && server->ahead == KNET_AHEAD_UNKNOWN) {
		server->ahead = KNET_AHEAD_PROBED;
		s->probing = true;
		knet_ftp_ahead_probe(&s->ftp);
	} else if (next && server->ahead == KNET_AHEAD_TRUSTED &&
		   knet_ftp_ahead_ask(&s->ftp, next->pathname)) {
		next->ahead = s;
		s->ahead_id = next->obj.id;
	}
	mutex_unlock(&server->kn->lock);
}

/**
 * knet_session_again() - let a new session do a job that failed by what was done to be fast
 * @s: session whose machine has ended
 *
 * From its beginning: what was written so far goes, if there is nothing behind it.
 *
 * Context: The session's worker, with the credentials of the job, without its lock.
 * Return: true when the job is queued again.
 */
bool knet_session_again(struct knet_session *s)
{
	struct knet_server *server = s->server;
	struct knet_job *job = s->job;
	u64 bytes = atomic64_read(&job->bytes);

	if (!s->ftp.again || job->redone || job->sends || s->aborted ||
	    test_bit(KNET_JOB_CANCEL, &job->bits))
		return false;
	if (bytes && knet_stream_take_back(job->file, job->request.offset, bytes))
		return false;
	atomic64_set(&job->bytes, 0);
	mutex_lock(&server->kn->lock);
	job->redone = true;
	job->size = KNET_SIZE_UNKNOWN;
	if (s->ftp.ahead.trouble)
		server->ahead = KNET_AHEAD_NEVER;
	knet_job_requeue(job);
	mutex_unlock(&server->kn->lock);
	knet_control_hang_up(s);
	return true;
}

/**
 * knet_session_spoken_to() - has the server said what an idle session does not expect?
 * @s: session without a job
 *
 * Answers to what was asked ahead of a job that never came are expected.
 *
 * Context: The session's worker; knet_net.lock held.
 * Return: true when the session is of no more use.
 */
bool knet_session_spoken_to(struct knet_session *s)
{
	bool spoken;

	mutex_lock(&s->lock);
	while (!s->aborted && knet_ftp_ahead_pending(&s->ftp) && knet_control_receive(s))
		;
	spoken = s->aborted || knet_ftp_broken(&s->ftp) || knet_sock_readable(&s->control);
	mutex_unlock(&s->lock);
	return spoken;
}
