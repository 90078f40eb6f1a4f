// SPDX-License-Identifier: GPL-2.0-only
/*
 * A session is one control connection and the worker that drives the FTP
 * machine (ftp.c) over it, job after job. The worker never waits for a socket
 * in a system call: it does all that can be done, then waits in one place for
 * whatever comes first. An idle session has no worker.
 *
 * The namespace's exit may close the sockets at any time between two bursts
 * of socket work, which the worker does under knet_session.lock. It never
 * waits for the worker, who may be deep in a file system.
 */
#include <linux/slab.h>

#include "knetctl.h"

/* What a receive buffer may hold, in the pieces in which it is taken. */
#define SESSION_ARRIVED	16

/* How long an acknowledgment may wait for something to go with it, ns. */
#define ACK_AFTER	(2 * NSEC_PER_MSEC)

static void session_work(struct work_struct *work);

/**
 * knet_session_wake() - let a session look at its job
 * @session: of the namespace
 *
 * Context: Any; the session cannot go away meanwhile (knet_net.lock).
 */
void knet_session_wake(struct knet_session *session)
{
	knet_waker_wake(&session->waker);
}

/**
 * knet_session_abort() - close the sockets, the namespace goes away
 * @session: of the namespace
 *
 * Context: Process; knet_net.lock held, so that the session stays.
 */
void knet_session_abort(struct knet_session *session)
{
	mutex_lock(&session->lock);
	session->aborted = true;
	knet_sock_abort(&session->data);
	knet_sock_abort(&session->control);
	mutex_unlock(&session->lock);
	knet_session_wake(session);
}

/* ------------------------------------------------- making and ending -- */

/* One more session; an idle one of the namespace makes room when there is none. */
static bool session_count(struct knet_session *s)
{
	struct knet_net *kn = s->server->kn;
	struct knet_session *other;

	if (atomic_inc_return(&knet_sessions_total) <= READ_ONCE(knet_max_sessions))
		return s->counted = true;
	list_for_each_entry(other, &kn->sessions, net_node) {
		if (other->job || !other->counted)
			continue;
		/* Its place is ours; it leaves as soon as it runs. */
		other->counted = false;
		atomic_dec(&knet_sessions_total);
		knet_session_wake(other);
		return s->counted = true;
	}
	atomic_dec(&knet_sessions_total);
	return false;
}

static void session_uncount(struct knet_session *s)
{
	if (s->counted)
		atomic_dec(&knet_sessions_total);
	s->counted = false;
}

static struct knet_session *session_alloc(struct knet_server *server)
{
	struct knet_session *s = kvzalloc(sizeof(*s), GFP_KERNEL_ACCOUNT);

	if (!s)
		return NULL;
	if (knet_stream_init(&s->stream)) {
		kvfree(s);
		return NULL;
	}
	INIT_DELAYED_WORK(&s->work, session_work);
	knet_waker_init(&s->waker, knet_session_wq, &s->work);
	mutex_init(&s->lock);
	knet_direct_init(&s->direct, &s->waker);
	s->server = server;
	return s;
}

static void session_free(struct knet_session *s)
{
	knet_stream_free(&s->stream);
	kvfree(s);
}

/**
 * knet_session_create() - make a session for a job
 * @server: of the job
 * @job: that it begins with
 * @extack: says why not
 *
 * The control socket is made, bound and begins to connect here, as the caller:
 * a source address that cannot be had is a refusal.
 *
 * Context: Process, the caller's own; knet_net.lock held.
 * Return: 0 or a negative errno.
 */
int knet_session_create(struct knet_server *server, struct knet_job *job,
			struct netlink_ext_ack *extack)
{
	struct knet_net *kn = server->kn;
	struct knet_session *s = session_alloc(server);
	const char *reason;
	int err;

	lockdep_assert_held(&kn->lock);
	if (!s)
		return -ENOMEM;
	if (!session_count(s)) {
		NL_SET_ERR_MSG(extack, "too many FTP sessions (module parameter max_sessions)");
		err = -EBUSY;
		goto free;
	}
	mutex_lock(&s->lock);
	err = knet_control_begin(s);
	mutex_unlock(&s->lock);
	reason = knet_control_refusal(err);
	if (reason) {
		knet_nl_set_msg(extack, reason);
		goto uncount;
	}
	/* What else went wrong is tried again, and told, by the worker. */
	if (err)
		s->remote = 0;
	knet_net_get(kn);
	server->ref++;
	list_add_tail(&s->server_node, &server->sessions);
	server->session_count++;
	list_add_tail(&s->net_node, &kn->sessions);
	kn->session_count++;
	knet_job_run(job, s);
	queue_delayed_work(knet_session_wq, &s->work, 0);
	return 0;

uncount:
	session_uncount(s);
free:
	session_free(s);
	return err;
}

/* Nobody finds the session afterwards. */
static void session_unlink(struct knet_session *s)
{
	struct knet_net *kn = s->server->kn;

	lockdep_assert_held(&kn->lock);
	list_del(&s->server_node);
	s->server->session_count--;
	list_del(&s->net_node);
	kn->session_count--;
	session_uncount(s);
}

static bool session_owes_ack(struct knet_session *s)
{
	bool owes;

	mutex_lock(&s->lock);
	owes = s->control.sock && knet_sock_owes_ack(&s->control);
	mutex_unlock(&s->lock);
	return owes;
}

static void session_acknowledge(struct knet_session *s)
{
	mutex_lock(&s->lock);
	if (s->control.sock)
		knet_sock_acknowledge(&s->control);
	mutex_unlock(&s->lock);
}

/*
 * Wait for a socket, a cancel or a timer.
 *
 * A server that has not set TCP_NODELAY says its next word when the one before is
 * acknowledged. Our next command does that, but where there is none to send both
 * would wait for TCP's timer, 40 ms.
 */
static void session_wait(struct knet_session *s)
{
	unsigned long wait = knet_session_time_left(s, knet_session_timer_limit(s));

	if (session_owes_ack(s)) {
		if (knet_waker_wait_until(&s->waker, ktime_add(ktime_get(), ACK_AFTER)))
			return;
		session_acknowledge(s);
	}
	if (!knet_waker_wait(&s->waker, knet_data_wait_limit(s, wait)))
		knet_data_waited(s);
}

/* ------------------------------------------------------------ one job -- */

/**
 * knet_session_must_end() - whether the job ends now, whatever the server does
 * @s: session with a job
 * @why: set when it does
 *
 * Return: 0, or the negative errno that ends it.
 */
int knet_session_must_end(const struct knet_session *s, const char **why)
{
	if (s->aborted) {
		*why = "the network namespace is gone";
		return -ENETDOWN;
	}
	if (!test_bit(KNET_JOB_CANCEL, &s->job->bits)) {
		if (!knet_pipe_gone(&s->pipe))
			return 0;
		*why = "the other end of the socket for the data is closed";
		return -EPIPE;
	}
	*why = s->job->cancel_err == ESHUTDOWN ? "the module is being unloaded" : "cancelled";
	return -s->job->cancel_err;
}

static void session_publish_size(struct knet_session *s)
{
	if (s->job->sends || !s->ftp.size_known || s->job->size == s->ftp.size)
		return;
	mutex_lock(&s->server->kn->lock);
	s->job->size = s->ftp.size;
	mutex_unlock(&s->server->kn->lock);
}

/* Whatever the sockets allow without waiting; false when there was nothing. */
static bool session_pump_sockets(struct knet_session *s)
{
	bool progress;

	lockdep_assert_held(&s->lock);
	if (s->aborted)
		return false;
	progress = knet_control_send(s);
	switch (knet_ftp_next(&s->ftp)) {
	case KNET_FTP_CONNECT:
		progress |= knet_data_connect(s);
		break;
	case KNET_FTP_LISTEN:
		progress |= knet_data_listen(s);
		break;
	default:
		break;
	}
	if (s->data_state == KNET_DATA_LISTENING)
		progress |= knet_data_accept(s);
	return progress;
}

static bool session_control_says(struct knet_session *s)
{
	bool says;

	mutex_lock(&s->lock);
	says = !s->aborted && s->control.sock && knet_sock_readable(&s->control);
	mutex_unlock(&s->lock);
	return says;
}

/*
 * The server says something: what it may say can end the job, but what has arrived
 * of the file before is the file's.
 */
static bool session_pump_arrived(struct knet_session *s)
{
	bool progress = false;
	int i;

	if (s->job->sends || s->data_state != KNET_DATA_OPEN || !session_control_says(s))
		return false;
	for (i = 0; i < SESSION_ARRIVED && knet_data_move(s); i++)
		progress = true;
	return progress;
}

/* Do all that can be done without waiting; false when there was nothing. */
static bool session_pump(struct knet_session *s)
{
	bool arrived = session_pump_arrived(s);
	bool progress;

	mutex_lock(&s->lock);
	progress = !s->aborted && knet_control_receive(s);
	mutex_unlock(&s->lock);
	/* Before the session's lock: the queue has that of the namespace. */
	if (knet_ftp_ahead_wanted(&s->ftp))
		knet_session_ask_ahead(s);
	mutex_lock(&s->lock);
	progress |= session_pump_sockets(s);
	mutex_unlock(&s->lock);
	if (knet_ftp_next(&s->ftp) == KNET_FTP_CLOSE_DATA) {
		knet_data_close(s);
		knet_ftp_data_closed(&s->ftp);
		return true;
	}
	return knet_data_move(s) || progress || arrived;
}

/* From the first command to the machine's verdict. */
static void session_run(struct knet_session *s)
{
	const char *why;
	bool progress;
	int err;

	s->timer = KNET_FTP_TIMER_NONE;
	s->wrong_peers = 0;
	while (knet_ftp_next(&s->ftp) != KNET_FTP_OVER) {
		err = knet_session_must_end(s, &why);
		if (err)
			knet_ftp_fail(&s->ftp, KNETCTL_ERROR_CLASS_LOCAL, -err, why);
		progress = session_pump(s) || err;
		session_publish_size(s);
		if (knet_ftp_next(&s->ftp) == KNET_FTP_OVER || knet_session_check_timers(s))
			continue;
		if (progress)
			cond_resched();
		else
			session_wait(s);
	}
	knet_data_finish(s);
	knet_data_close(s);
}

/*
 * The server takes no further login (421, 530), but others of us are in: they
 * do the job, and there are no more than they from now on.
 */
static bool session_refused(struct knet_session *s)
{
	const struct knet_ftp_result *result = &s->ftp.result;
	struct knet_server *server = s->server;
	struct knet_session *other;
	bool others = false;

	if ((result->code != 421 && result->code != 530) || knet_ftp_logged_in(&s->ftp))
		return false;
	mutex_lock(&server->kn->lock);
	list_for_each_entry(other, &server->sessions, server_node)
		others |= other != s && other->connected;
	if (others && server->session_count > 1) {
		server->session_ceiling = server->session_count - 1;
		server->session_limit = min(server->session_limit, server->session_ceiling);
		s->surplus = true;
		knet_job_requeue(s->job);
		knet_server_kick(server);
	} else {
		others = false;
	}
	mutex_unlock(&server->kn->lock);
	return others;
}

/*
 * More came than the rest of the file: the server has not begun where REST said, and
 * what it sent stands in the wrong place.
 */
static void session_check_rest(struct knet_session *s)
{
	struct knet_job *job = s->job;
	u64 bytes = atomic64_read(&job->bytes);

	if (s->ftp.result.class == KNETCTL_ERROR_CLASS_LONG && !job->sends && bytes &&
	    job->request.resume && s->ftp.size_known &&
	    !knet_stream_take_back(job->file, job->request.offset, bytes))
		atomic64_set(&job->bytes, 0);
}

static void session_end_job(struct knet_session *s)
{
	const struct knet_ftp_result *result = &s->ftp.result;
	struct knet_job *job = s->job;
	u32 state = KNETCTL_JOB_STATE_DONE;

	if (result->class)
		state = KNETCTL_JOB_STATE_FAILED;
	if (result->class == KNETCTL_ERROR_CLASS_LOCAL && test_bit(KNET_JOB_CANCEL, &job->bits) &&
	    result->err == job->cancel_err)
		state = KNETCTL_JOB_STATE_CANCELLED;
	knet_job_end(job, state, result);
}

static void session_do_job(struct knet_session *s)
{
	struct knet_job *job = s->job;
	const struct cred *old = override_creds(job->cred);
	struct mem_cgroup *old_memcg = set_active_memcg(job->memcg);
	bool back;
	int err;

	if (job->timers.total && !job->deadline)
		job->deadline = (jiffies + job->timers.total) ?: 1;
	s->deadline = job->deadline;
	job->request.ahead = s->ahead_id == job->obj.id && !job->redone;
	s->ahead_id = 0;
	err = knet_pipe_open(&s->pipe, job->file, &s->waker, job->sends);
	if (s->connected) {
		knet_control_trace(s);
		knet_ftp_start(&s->ftp, &job->request);
	} else {
		knet_control_open(s);
	}
	if (err)
		knet_ftp_fail(&s->ftp, KNETCTL_ERROR_CLASS_LOCAL, -err, "out of memory");
	knet_control_publish(s);
	session_run(s);
	knet_pipe_close(&s->pipe);
	knet_stream_drop(&s->stream);
	session_check_rest(s);
	back = knet_session_again(s);
	set_active_memcg(old_memcg);
	revert_creds(old);

	if (!back && !session_refused(s))
		session_end_job(s);
	knet_control_trace(s);
	if (knet_ftp_broken(&s->ftp) || s->aborted)
		knet_control_hang_up(s);
}

/* ------------------------------------------------------------- worker -- */

/* Nothing to do: true when the session waits for more, false when it leaves. */
static bool session_park(struct knet_session *s)
{
	unsigned long keep = READ_ONCE(knet_session_idle) * HZ;

	lockdep_assert_held(&s->server->kn->lock);
	if (!s->connected || !s->counted || s->server->kn->draining ||
	    knet_session_spoken_to(s) || time_after_eq(jiffies, s->idle_since + keep))
		return false;
	WRITE_ONCE(s->waker.parked, true);
	queue_delayed_work(knet_session_wq, &s->work, knet_time_left(s->idle_since + keep));
	/* Pairs with the barrier of knet_waker_wake(). */
	smp_mb();
	if (READ_ONCE(s->waker.kicked))
		mod_delayed_work(knet_session_wq, &s->work, 0);
	return true;
}

static void session_leave(struct knet_session *s)
{
	struct knet_server *server = s->server;
	struct knet_net *kn = server->kn;

	knet_control_hang_up(s);
	/* No socket and no list knows the session: nothing queues it again. */
	cancel_delayed_work(&s->work);
	session_free(s);
	mutex_lock(&kn->lock);
	knet_server_put(server);
	wake_up_var(&kn->active_count);
	mutex_unlock(&kn->lock);
	knet_net_put(kn);
}

static void session_work(struct work_struct *work)
{
	struct knet_session *s = container_of(to_delayed_work(work), struct knet_session, work);
	struct knet_net *kn = s->server->kn;
	bool stay;

	WRITE_ONCE(s->waker.parked, false);
	xchg(&s->waker.kicked, false);
	for (;;) {
		mutex_lock(&kn->lock);
		knet_session_publish_probe(s);
		if (!s->job && (s->surplus || !knet_server_take(s->server, s)))
			break;
		mutex_unlock(&kn->lock);
		session_do_job(s);
		s->idle_since = jiffies;
	}
	/* Still locked: no job can come between the look and what follows. */
	stay = session_park(s);
	if (!stay)
		session_unlink(s);
	mutex_unlock(&kn->lock);
	if (!stay)
		session_leave(s);
}
