// SPDX-License-Identifier: GPL-2.0-only
/* Received data that go past the page cache: when they do, and how they are counted. */
#include "knetctl.h"

/* From this size on, if nobody says otherwise: before it costs more than it saves. */
#define DIRECT_SIZE	(16 * 1024 * 1024)
/* What was received waits for more for this time; what is no whole block, once again. */
#define DIRECT_TIME	(HZ / 10)

/**
 * knet_data_choose() - decide how the data get into the file
 * @s: session; the data are about to come
 */
void knet_data_choose(struct knet_session *s)
{
	const struct knet_job *job = s->job;
	bool direct = s->ftp.size_known && s->ftp.size >= DIRECT_SIZE;

	if (s->chosen)
		return;
	s->chosen = true;
	if (job->ftp_flags & KNETCTL_FTP_FLAGS_DIRECT)
		direct = true;
	if (job->ftp_flags & KNETCTL_FTP_FLAGS_BUFFERED)
		direct = false;
	if (direct && job->kind == KNETCTL_JOB_KIND_FTP_GET && knet_direct_can(job->file))
		knet_direct_begin(&s->direct, job->file, job->request.offset);
}

/* @n more bytes are in the file, and maybe a failure came; true when anything did. */
static bool direct_wrote(struct knet_session *s, u64 n)
{
	struct knet_job *job = s->job;
	int err = s->direct.err;

	atomic64_add(n, &job->bytes);
	if (n && s->direct.moved && !job->direct) {
		mutex_lock(&job->kn->lock);
		job->direct = true;
		mutex_unlock(&job->kn->lock);
	}
	if (err)
		knet_ftp_fail(&s->ftp, KNETCTL_ERROR_CLASS_LOCAL, -err, "cannot write to the file");
	if (n)
		knet_job_progress(job);
	return n || err;
}

/**
 * knet_data_direct_ready() - make room to receive into
 * @s: session whose data go past the page cache
 * @progress: set when something happened
 *
 * Where that cannot be done, the data go through the page cache from here on.
 *
 * Context: The session's worker with the job's credentials, without its lock.
 * Return: false when nothing can be received now.
 */
bool knet_data_direct_ready(struct knet_session *s, bool *progress)
{
	struct knet_direct *d = &s->direct;
	int err;

	*progress = direct_wrote(s, knet_direct_reap(d));
	if (d->err)
		return false;
	if (d->refused && !d->flying && !knet_direct_waiting(d)) {
		knet_direct_end(d);
		return true;
	}
	err = knet_direct_prepare(d);
	if (err == -ENOMEM)
		knet_direct_end(d);
	/* It is the disk that holds it up, and not the server. */
	if (err == -EBUSY)
		knet_data_hold(s, true, U64_MAX);
	return err != -EBUSY;
}

/**
 * knet_data_direct_take() - bytes were pulled
 * @s: session whose data go past the page cache
 * @len: how many
 *
 * Context: As knet_data_direct_ready(); may wait for the file system.
 */
void knet_data_direct_take(struct knet_session *s, size_t len)
{
	struct knet_direct *d = &s->direct;
	bool past_limit;
	size_t room = knet_data_room(s, d->pos, len, &past_limit);

	knet_direct_keep(d, room);
	knet_data_count(s, 0, len);
	direct_wrote(s, knet_direct_reap(d));
	if (past_limit)
		knet_ftp_fail(&s->ftp, KNETCTL_ERROR_CLASS_LOCAL, EFBIG,
			      "cannot write to the file");
	else
		knet_ftp_data_bytes(&s->ftp, len);
}

/**
 * knet_data_direct_wait() - how long what was received may wait for more
 * @s: session
 *
 * Return: jiffies.
 */
unsigned long knet_data_direct_wait(struct knet_session *s)
{
	if (!knet_direct_waiting(&s->direct))
		return MAX_SCHEDULE_TIMEOUT;
	return knet_time_left(s->direct.since + DIRECT_TIME);
}

/**
 * knet_data_direct_flush() - have in the file what has waited for long enough
 * @s: session
 *
 * Context: As knet_data_direct_take().
 * Return: true when something happened.
 */
bool knet_data_direct_flush(struct knet_session *s)
{
	if (knet_data_direct_wait(s))
		return false;
	direct_wrote(s, knet_direct_flush(&s->direct, false));
	return true;
}

/**
 * knet_data_finish() - have in the file what was received, and let go of it
 * @s: session; no more data come
 *
 * Context: As knet_data_direct_take(); waits for all writes.
 */
void knet_data_finish(struct knet_session *s)
{
	if (!s->direct.on)
		return;
	direct_wrote(s, knet_direct_flush(&s->direct, true));
	knet_direct_end(&s->direct);
}
