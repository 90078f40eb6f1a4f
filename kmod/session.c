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

/* --------------------------------------------------------------- time -- */

/* How long a session waits for what it asked ahead before the job is done without, jiffies. */
#define AHEAD_TIMEOUT	(5 * HZ)

static unsigned long timer_limit(const struct knet_session *s)
{
	const struct knet_timers *timers = &s->job->timers;

	switch (s->timer) {
	case KNET_FTP_TIMER_REPLY:
		if (knet_ftp_ahead_awaited(&s->ftp))
			return min_not_zero(timers->reply, (unsigned long)AHEAD_TIMEOUT);
		return timers->reply;
	case KNET_FTP_TIMER_CONNECT:
		return timers->connect;
	case KNET_FTP_TIMER_DATA:
		/* It is the rate that holds it up, and not the server. */
		return s->held ? 0 : timers->stall;
	default:
		return 0;
	}
}

/* Start the timer that the machine wants, when it is another one or starts anew. */
static void session_update_timer(struct knet_session *s)
{
	enum knet_ftp_timer timer = knet_ftp_timer(&s->ftp);

	if (timer == s->timer && s->ftp.reply_seq == s->timer_seq)
		return;
	s->timer = timer;
	s->timer_seq = s->ftp.reply_seq;
	s->timer_start = jiffies;
	s->stall_count = 0;
}

/**
 * knet_time_left() - jiffies until a deadline
 * @deadline: in jiffies
 *
 * Return: 0 when it is over.
 */
unsigned long knet_time_left(unsigned long deadline)
{
	long left = deadline - jiffies;

	return left > 0 ? left : 0;
}

/**
 * knet_session_time_left() - how long the session may wait
 * @s: session with a job
 * @limit: of the timer that runs since @timer_start, jiffies; 0 for none
 *
 * Return: jiffies until that timer's or the job's end, 0 when one is over.
 */
unsigned long knet_session_time_left(const struct knet_session *s, unsigned long limit)
{
	unsigned long left = MAX_SCHEDULE_TIMEOUT;

	if (limit)
		left = knet_time_left(s->timer_start + limit);
	if (s->deadline)
		left = min(left, knet_time_left(s->deadline));
	return left;
}

static void session_timer_expired(struct knet_session *s)
{
	switch (s->timer) {
	case KNET_FTP_TIMER_CONNECT:
		if (s->wrong_peers) {
			knet_ftp_fail(&s->ftp, KNETCTL_ERROR_CLASS_PEER, EPERM,
				      "only others than the server connected to the data port");
			return;
		}
		knet_data_close(s);
		knet_ftp_data_failed(&s->ftp, ETIMEDOUT,
				     "no data connection within the connect timeout");
		return;
	case KNET_FTP_TIMER_DATA:
		knet_ftp_fail(&s->ftp, KNETCTL_ERROR_CLASS_TIMER, ETIMEDOUT,
			      "too few bytes of data within the stall timeout");
		return;
	default:
		knet_ftp_fail(&s->ftp, KNETCTL_ERROR_CLASS_TIMER, ETIMEDOUT,
			      "no complete reply within the reply timeout");
	}
}

/* Tell the machine when a timer is over, however busy the server keeps us; true when it is. */
static bool session_check_timers(struct knet_session *s)
{
	unsigned long limit;

	session_update_timer(s);
	limit = timer_limit(s);
	if (s->deadline && !knet_time_left(s->deadline)) {
		knet_ftp_fail(&s->ftp, KNETCTL_ERROR_CLASS_TIMER, ETIMEDOUT,
			      "not done within the total timeout");
		return true;
	}
	if (!limit || knet_time_left(s->timer_start + limit))
		return false;
	session_timer_expired(s);
	return true;
}

/* Wait for a socket, a cancel or a timer. */
static void session_wait(struct knet_session *s)
{
	unsigned long wait = knet_session_time_left(s, timer_limit(s));

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

/* What a NOOP has told of the server is known to its other sessions. */
static void session_publish_probe(struct knet_session *s)
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

/* The command of a transfer is about to be sent: what the next job needs to know goes with it. */
static void session_ask_ahead(struct knet_session *s)
{
	struct knet_server *server = s->server;
	struct knet_job *next;

	mutex_lock(&server->kn->lock);
	session_publish_probe(s);
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
		session_ask_ahead(s);
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
		if (knet_ftp_next(&s->ftp) == KNET_FTP_OVER || session_check_timers(s))
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
 * The job failed by what was done to be fast. A new session does it from its beginning;
 * what it has written so far goes, if there is nothing behind it.
 */
static bool session_again(struct knet_session *s)
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
	back = session_again(s);
	set_active_memcg(old_memcg);
	revert_creds(old);

	if (!back && !session_refused(s))
		session_end_job(s);
	knet_control_trace(s);
	if (knet_ftp_broken(&s->ftp) || s->aborted)
		knet_control_hang_up(s);
}

/* Has the server said anything but the answers to what was asked ahead of a job that never came? */
static bool session_spoken_to(struct knet_session *s)
{
	bool spoken;

	mutex_lock(&s->lock);
	while (!s->aborted && knet_ftp_ahead_pending(&s->ftp) && knet_control_receive(s))
		;
	spoken = s->aborted || knet_ftp_broken(&s->ftp) || knet_sock_readable(&s->control);
	mutex_unlock(&s->lock);
	return spoken;
}

/* ------------------------------------------------------------- worker -- */

/* Nothing to do: true when the session waits for more, false when it leaves. */
static bool session_park(struct knet_session *s)
{
	unsigned long keep = READ_ONCE(knet_session_idle) * HZ;

	lockdep_assert_held(&s->server->kn->lock);
	if (!s->connected || !s->counted || s->server->kn->draining ||
	    session_spoken_to(s) || time_after_eq(jiffies, s->idle_since + keep))
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
		session_publish_probe(s);
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
