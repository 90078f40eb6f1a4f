// SPDX-License-Identifier: GPL-2.0-only
/*
 * FTP servers as their callers see them: jobs with the same server, login,
 * source and caller queue here, and share the sessions that are logged in.
 */
#include <linux/slab.h>
#include <crypto/algapi.h>

#include "knetctl.h"

/**
 * knet_server_alloc() - a server that is not yet known
 * @kn: namespace
 *
 * Context: Process, the caller's own: its credentials are part of the key.
 * Return: the server with one reference, or NULL.
 */
struct knet_server *knet_server_alloc(struct knet_net *kn)
{
	struct knet_server *server = kzalloc(sizeof(*server), GFP_KERNEL_ACCOUNT);

	if (!server)
		return NULL;
	server->kn = kn;
	server->ref = 1;
	server->session_limit = KNET_SESSIONS_DEFAULT;
	server->session_ceiling = KNET_SESSIONS_LIMIT;
	server->cred = get_current_cred();
	INIT_LIST_HEAD(&server->node);
	INIT_LIST_HEAD(&server->jobs);
	INIT_LIST_HEAD(&server->sessions);
	return server;
}

/**
 * knet_server_free() - forget a server, wipe its secrets
 * @server: in no list; NULL is allowed
 */
void knet_server_free(struct knet_server *server)
{
	int i;

	if (!server)
		return;
	for (i = 0; i < server->login.quote_count; i++)
		kfree_sensitive(server->quotes[i]);
	put_cred(server->cred);
	kfree(server->user);
	kfree_sensitive(server->password);
	kfree_sensitive(server->account);
	kfree(server);
}

static bool secret_equal(const char *a, const char *b)
{
	size_t len;

	if (!a || !b)
		return a == b;
	len = strlen(a);
	return len == strlen(b) && !crypto_memneq(a, b, len);
}

/* Whether a process with @a could have made the login and the socket of one with @b. */
static bool cred_equal(const struct cred *a, const struct cred *b)
{
	return uid_eq(a->uid, b->uid) && uid_eq(a->euid, b->euid) && gid_eq(a->gid, b->gid) &&
	       gid_eq(a->egid, b->egid) && a->user_ns == b->user_ns && !cred_fscmp(a, b);
}

/* What one session was told another one must have been told as well. */
static bool quotes_equal(const struct knet_server *a, const struct knet_server *b)
{
	int i;

	if (a->login.quote_count != b->login.quote_count)
		return false;
	for (i = 0; i < a->login.quote_count; i++)
		if (!secret_equal(a->quotes[i], b->quotes[i]))
			return false;
	return true;
}

static bool server_equal(const struct knet_server *a, const struct knet_server *b)
{
	unsigned int i;

	if (a->remote_count != b->remote_count || !quotes_equal(a, b))
		return false;
	for (i = 0; i < a->remote_count; i++)
		if (!knet_addr_equal(&a->remote[i], &b->remote[i]))
			return false;
	return knet_addr_equal(&a->source, &b->source) &&
	       a->login.plain == b->login.plain && a->login.relaxed == b->login.relaxed &&
	       !strcmp(a->user, b->user) && secret_equal(a->password, b->password) &&
	       secret_equal(a->account, b->account) && cred_equal(a->cred, b->cred);
}

/**
 * knet_server_find() - the one server for a key
 * @kn: namespace
 * @candidate: complete, referenced by the caller; taken over
 *
 * Context: Process, knet_net.lock held.
 * Return: @candidate, or a known one that is equal, with a reference.
 */
struct knet_server *knet_server_find(struct knet_net *kn, struct knet_server *candidate)
{
	struct knet_server *server;

	lockdep_assert_held(&kn->lock);
	list_for_each_entry(server, &kn->servers, node) {
		if (!server_equal(server, candidate))
			continue;
		server->ref++;
		knet_server_free(candidate);
		return server;
	}
	list_add(&candidate->node, &kn->servers);
	return candidate;
}

/**
 * knet_server_put() - drop a reference
 * @server: or NULL
 *
 * Context: Process, knet_net.lock held.
 */
void knet_server_put(struct knet_server *server)
{
	if (!server)
		return;
	lockdep_assert_held(&server->kn->lock);
	if (--server->ref)
		return;
	list_del(&server->node);
	knet_server_free(server);
}

/* A session that is logged in and has nothing to do, or NULL. */
static struct knet_session *server_idle_session(struct knet_server *server)
{
	struct knet_session *session;

	list_for_each_entry(session, &server->sessions, server_node)
		if (!session->job && !session->surplus)
			return session;
	return NULL;
}

/**
 * knet_server_submit() - queue a job, and see that a session takes it
 * @server: of the job
 * @job: queued nowhere
 * @extack: says why not
 *
 * An idle session takes it; else a new one is made while there may be more;
 * else it waits for one of those that are there.
 *
 * Context: Process, the caller's own; knet_net.lock held.
 * Return: 0, or a negative errno when it cannot be done at all.
 */
int knet_server_submit(struct knet_server *server, struct knet_job *job,
		       struct netlink_ext_ack *extack)
{
	struct knet_session *session = server_idle_session(server);
	int err;

	lockdep_assert_held(&server->kn->lock);
	if (session) {
		knet_job_run(job, session);
		knet_session_wake(session);
		return 0;
	}
	if (server->session_count < server->session_limit) {
		err = knet_session_create(server, job, extack);
		if (!err || !server->session_count)
			return err;
	}
	list_add_tail(&job->queue, &server->jobs);
	return 0;
}

/**
 * knet_server_kick() - let an idle session take a job that waits
 * @server: with jobs; the busy sessions look for themselves
 *
 * Context: Process, knet_net.lock held.
 */
void knet_server_kick(struct knet_server *server)
{
	struct knet_session *session = server_idle_session(server);

	lockdep_assert_held(&server->kn->lock);
	if (session && knet_server_take(server, session))
		knet_session_wake(session);
}

/*
 * The next job for a session: the one that it has asked for; else the first one for which
 * no other session has; else the first one: whoever asked for it may be busy for long.
 */
static struct knet_job *server_next(struct knet_server *server, const struct knet_session *session)
{
	struct knet_job *job, *next = NULL;

	list_for_each_entry(job, &server->jobs, queue) {
		if (job->ahead == session)
			return job;
		if (!next && !job->ahead)
			next = job;
		/* Those for which is asked are the oldest ones. */
		if (!job->ahead && !session->ahead_id)
			break;
	}
	return next ?: list_first_entry_or_null(&server->jobs, struct knet_job, queue);
}

/**
 * knet_server_take() - the next job for a session
 * @server: of the session
 * @session: has none
 *
 * Context: Process, knet_net.lock held.
 * Return: the job, now running, or NULL.
 */
struct knet_job *knet_server_take(struct knet_server *server, struct knet_session *session)
{
	struct knet_job *job;

	lockdep_assert_held(&server->kn->lock);
	job = server_next(server, session);
	if (job)
		knet_job_run(job, session);
	return job;
}

/**
 * knet_server_ahead() - the job for which a busy session can ask already
 * @server: of the session
 * @session: has a job
 *
 * It stays in the queue: should it be cancelled, or taken by a session that is free
 * earlier, nothing but the question is lost.
 *
 * Context: Process, knet_net.lock held.
 * Return: the job, or NULL when there is none, or none of the right kind.
 */
struct knet_job *knet_server_ahead(struct knet_server *server, struct knet_session *session)
{
	const struct knet_ftp_request *request;
	struct knet_job *job;

	lockdep_assert_held(&server->kn->lock);
	list_for_each_entry(job, &server->jobs, queue) {
		if (job->ahead && job->ahead != session)
			continue;
		request = &job->request;
		if (request->op != KNET_FTP_RETR || request->active || request->resume ||
		    job->redone)
			return NULL;
		return job;
	}
	return NULL;
}
