// SPDX-License-Identifier: GPL-2.0-only
/*
 * Accepted connections: from the accepted event to the closed one.
 *
 * The socket queues the connection's work when there is something to do. The
 * work alone ends the connection; what others leave in @end it finds there.
 */
#include <linux/slab.h>
#include <net/sock.h>
#include <net/tcp.h>

#include "knetctl.h"
#include "netlink-gen.h"

/* How long the peer may take to close after all was sent. */
#define LINGER_TIME	(10 * HZ)
/* Dropped in one go. */
#define LINGER_BYTES	(1024 * 1024)

static void connection_free(struct rcu_head *rcu)
{
	kfree(container_of(rcu, struct knet_connection, obj.rcu));
}

static void connection_release(struct knet_object *obj)
{
	struct knet_connection *conn = knet_connection_of(obj);

	WARN_ON(conn->ks.sock);
	knet_object_put(&conn->listener->obj);
	call_rcu(&conn->obj.rcu, connection_free);
}

static struct workqueue_struct *connection_wq(const struct knet_connection *conn)
{
	return knet_service_wq(conn->listener->ops);
}

static int connection_woken(wait_queue_entry_t *entry, unsigned int mode, int flags, void *key)
{
	knet_connection_wake(container_of(entry, struct knet_connection, ks.entry));
	return 0;
}

static void connection_event(struct knet_connection *conn, u8 cmd)
{
	u64 seq = knet_event_send(conn->listener->kn, KNET_GROUP_CONNECTION, cmd,
				  KNETCTL_A_CONNECTION_EVENT, knet_nl_connection_fill, conn);

	if (seq)
		conn->last_seq = seq;
}

/* ------------------------------------------------------- beginning -- */

static void connection_work(struct work_struct *work);

static struct knet_connection *connection_alloc(struct knet_listener *l, struct socket *sock)
{
	struct knet_connection *conn = kzalloc(sizeof(*conn), GFP_KERNEL_ACCOUNT | __GFP_NOWARN);

	if (!conn)
		return NULL;
	refcount_set(&conn->obj.ref, 1);
	conn->obj.release = connection_release;
	conn->listener = l;
	refcount_inc(&l->obj.ref);
	INIT_DELAYED_WORK(&conn->work, connection_work);
	mutex_init(&conn->lock);
	INIT_LIST_HEAD(&conn->node);
	INIT_LIST_HEAD(&conn->waiting);
	conn->started = ktime_get();
	conn->active = jiffies;
	knet_sock_take(&conn->ks, sock, connection_woken);
	knet_sk_ends(sock->sk, &conn->local, &conn->remote);
	return conn;
}

static u32 connection_refuse(struct knet_connection *conn, u32 reason)
{
	conn->reason = reason;
	conn->listener->rejected++;
	connection_event(conn, KNETCTL_CMD_CONNECTION_REJECTED);
	return reason;
}

/* Whether it is let in: 0, or the enum knetctl_connection_reason why not, which was told. */
static u32 connection_admit(struct knet_connection *conn)
{
	struct knet_listener *l = conn->listener;
	u32 reason;

	lockdep_assert_held(&l->kn->lock);
	if (l->stopped || l->kn->draining)
		return KNETCTL_CONNECTION_REASON_SHUTDOWN;
	reason = knet_limit_admit(l, conn);
	return reason ? connection_refuse(conn, reason) : 0;
}

/* Becomes visible and is told of; 0, or why not. */
static u32 connection_link(struct knet_connection *conn)
{
	struct knet_listener *l = conn->listener;
	struct knet_net *kn = l->kn;
	u32 reason = connection_admit(conn);

	if (reason)
		return reason;
	if (knet_object_add(kn, &conn->obj, KNET_OBJECT_CONNECTION, connection_release)) {
		knet_limit_leave(l, conn);
		return connection_refuse(conn, KNETCTL_CONNECTION_REASON_MEMORY);
	}
	l->accepted++;
	list_add_tail(&conn->node, &l->connections);
	l->connection_count++;
	kn->connection_count++;
	if (l->service == KNETCTL_SERVICE_HANDOFF) {
		list_add_tail(&conn->waiting, &l->waiting);
		l->waiting_count++;
	}
	conn->linked = true;
	connection_event(conn, KNETCTL_CMD_CONNECTION_ACCEPTED);
	return 0;
}

/* The closed event; nobody finds it afterwards. Drops the table's reference. */
static void connection_unlink(struct knet_connection *conn, u32 reason, int err)
{
	struct knet_listener *l = conn->listener;
	struct knet_net *kn = l->kn;

	lockdep_assert_held(&kn->lock);
	conn->reason = reason;
	conn->err = err;
	conn->linked = false;
	connection_event(conn, KNETCTL_CMD_CONNECTION_CLOSED);
	list_del(&conn->node);
	if (!list_empty(&conn->waiting)) {
		list_del_init(&conn->waiting);
		l->waiting_count--;
	}
	l->connection_count--;
	kn->connection_count--;
	knet_limit_leave(l, conn);
	if (l->paused)
		knet_listener_resume(l);
	knet_object_remove(kn, &conn->obj);
	if (kn->draining)
		wake_up_var(&kn->active_count);
}

/* Watch the socket, and look at what happened before. */
static void connection_start(struct knet_connection *conn)
{
	const struct knet_service *ops = conn->listener->ops;
	u32 idle = READ_ONCE(conn->listener->limits.idle);

	mutex_lock(&conn->lock);
	/* Somebody may have ended it meanwhile; with the socket there, not yet. */
	if (conn->ks.sock) {
		knet_sock_watch_on(&conn->ks);
		if (ops->starts || knet_sock_readable(&conn->ks))
			knet_connection_wake(conn);
		else if (idle)
			queue_delayed_work(connection_wq(conn), &conn->work,
					   msecs_to_jiffies(idle));
	}
	mutex_unlock(&conn->lock);
}

/* One that is not let in is closed, or reset. */
static bool connection_resets(const struct knet_listener *l, u32 reason)
{
	return l->limits.on_limit == KNETCTL_ON_LIMIT_RESET ||
	       reason == KNETCTL_CONNECTION_REASON_SHUTDOWN ||
	       reason == KNETCTL_CONNECTION_REASON_MEMORY;
}

static void connection_dismiss(struct knet_connection *conn, bool reset)
{
	if (reset)
		knet_sock_abort(&conn->ks);
	else
		knet_sock_close(&conn->ks);
}

/**
 * knet_connection_create() - begin with an accepted socket
 * @l: that accepted it
 * @sock: the socket, taken over
 *
 * Context: The listener's work.
 */
void knet_connection_create(struct knet_listener *l, struct socket *sock)
{
	struct knet_connection *conn = connection_alloc(l, sock);
	struct knet_net *kn = l->kn;
	bool reset = false;
	u32 reason;

	if (!conn) {
		/* Without memory even the event is missing; the count tells. */
		sock_no_linger(sock->sk);
		sock_release(sock);
		mutex_lock(&kn->lock);
		l->rejected++;
		mutex_unlock(&kn->lock);
		return;
	}
	mutex_lock(&kn->lock);
	reason = connection_link(conn);
	/* Ours, beside the table's: it may end as soon as it is linked. */
	if (!reason)
		refcount_inc(&conn->obj.ref);
	else
		reset = connection_resets(l, reason);
	mutex_unlock(&kn->lock);
	if (reason)
		connection_dismiss(conn, reset);
	else
		connection_start(conn);
	knet_object_put(&conn->obj);
}

/* Comes and goes at once: 0, or why it is not let in. */
static u32 connection_pass(struct knet_connection *conn)
{
	struct knet_listener *l = conn->listener;
	u32 reason = connection_admit(conn);

	if (reason)
		return reason;
	conn->obj.id = knet_object_pass_id(l->kn);
	l->accepted++;
	connection_event(conn, KNETCTL_CMD_CONNECTION_ACCEPTED);
	conn->reason = KNETCTL_CONNECTION_REASON_DONE;
	connection_event(conn, KNETCTL_CMD_CONNECTION_CLOSED);
	knet_limit_leave(l, conn);
	return 0;
}

/**
 * knet_connection_pass() - all of a connection that nothing is done with
 * @l: that accepted it
 * @sk: of knet_sk_accept(), closed
 *
 * Nobody can find it before its end is told, so it is no object in the table
 * and needs no memory of its own.
 *
 * Context: The listener's work.
 */
void knet_connection_pass(struct knet_listener *l, struct sock *sk)
{
	struct knet_connection conn = { .listener = l, .started = ktime_get() };
	bool reset = false;
	u32 reason;

	knet_sk_ends(sk, &conn.local, &conn.remote);
	mutex_lock(&l->kn->lock);
	reason = connection_pass(&conn);
	if (reason)
		reset = connection_resets(l, reason);
	mutex_unlock(&l->kn->lock);
	if (reset)
		knet_sk_abort(sk);
	else
		knet_sk_close(sk);
}

/* ------------------------------------------------------------- life -- */

/**
 * knet_connection_wake() - let a connection look around
 * @conn: linked, with knet_net.lock held, or open, with its own or the lock of
 *	its socket's wait queue held: so that it cannot have ended
 *
 * Context: Any, also softirq.
 */
void knet_connection_wake(struct knet_connection *conn)
{
	mod_delayed_work(connection_wq(conn), &conn->work, 0);
}

/* All was sent: drop what comes until the peer has closed. */
static int connection_linger(struct knet_connection *conn)
{
	int n;

	n = knet_sock_discard(&conn->ks, LINGER_BYTES);
	if (n > 0)
		conn->bytes_in += n;
	if (n > 0)
		return KNET_STEP_MORE;
	if (n == -EAGAIN)
		return KNET_STEP_WAIT;
	return n < 0 ? n : KNET_STEP_PEER;
}

static int connection_run(struct knet_connection *conn)
{
	const struct knet_service *ops = conn->listener->ops;
	int step;

	if (ops->blocks && !conn->lingering)
		return ops->run(conn);
	mutex_lock(&conn->lock);
	if (!conn->ks.sock)
		step = -ESHUTDOWN;
	else if (conn->lingering)
		step = connection_linger(conn);
	else
		step = ops->run(conn);
	mutex_unlock(&conn->lock);
	return step;
}

/* Unread bytes would turn the close into a reset, which may outrun what was sent. */
static void connection_half_close(struct knet_connection *conn)
{
	mutex_lock(&conn->lock);
	if (conn->ks.sock)
		kernel_sock_shutdown(conn->ks.sock, SHUT_WR);
	mutex_unlock(&conn->lock);
	conn->lingering = true;
	conn->active = jiffies;
}

/* Jiffies until it has been idle for too long; MAX_SCHEDULE_TIMEOUT for never. */
static unsigned long connection_idle_left(const struct knet_connection *conn)
{
	u32 ms = READ_ONCE(conn->listener->limits.idle);
	unsigned long limit = ms ? msecs_to_jiffies(ms) : MAX_SCHEDULE_TIMEOUT;
	long left;

	if (conn->lingering)
		limit = min_t(unsigned long, limit, LINGER_TIME);
	if (limit == MAX_SCHEDULE_TIMEOUT)
		return limit;
	left = conn->active + limit - jiffies;
	return left > 0 ? left : 0;
}

static u32 connection_broken(const struct knet_connection *conn, int *err)
{
	switch (*err) {
	case ESHUTDOWN:
		*err = 0;
		return KNETCTL_CONNECTION_REASON_SHUTDOWN;
	case ENOMEM:
		return KNETCTL_CONNECTION_REASON_MEMORY;
	case EPIPE:
		*err = ECONNRESET;
		break;
	}
	return conn->file_failed ? KNETCTL_CONNECTION_REASON_FILE : KNETCTL_CONNECTION_REASON_RESET;
}

/* Do what there is; why it ends, 0 when it goes on. */
static u32 connection_step(struct knet_connection *conn, int *err)
{
	unsigned long left;
	int step;

	*err = 0;
	step = connection_run(conn);
	if (step == KNET_STEP_SENT) {
		connection_half_close(conn);
		step = connection_run(conn);
	}
	switch (step) {
	case KNET_STEP_WAIT:
		break;
	case KNET_STEP_MORE:
		queue_delayed_work(connection_wq(conn), &conn->work, 0);
		return 0;
	case KNET_STEP_PEER:
		return conn->lingering ? KNETCTL_CONNECTION_REASON_DONE :
					 KNETCTL_CONNECTION_REASON_PEER;
	default:
		*err = -step;
		return connection_broken(conn, err);
	}
	left = connection_idle_left(conn);
	if (!left)
		return conn->lingering ? KNETCTL_CONNECTION_REASON_DONE :
					 KNETCTL_CONNECTION_REASON_IDLE;
	if (left != MAX_SCHEDULE_TIMEOUT)
		queue_delayed_work(connection_wq(conn), &conn->work, left);
	return 0;
}

static void connection_end(struct knet_connection *conn, u32 reason, int err)
{
	struct knet_net *kn = conn->listener->kn;

	/* A half-sent file must not look whole. */
	mutex_lock(&conn->lock);
	if (reason == KNETCTL_CONNECTION_REASON_FILE || reason == KNETCTL_CONNECTION_REASON_MEMORY)
		knet_sock_abort(&conn->ks);
	else
		knet_sock_close(&conn->ks);
	mutex_unlock(&conn->lock);
	/* Neither the socket nor anybody who finds it queues the work after this. */
	refcount_inc(&conn->obj.ref);
	mutex_lock(&kn->lock);
	/* Who took the socket away, or asked for the end meanwhile, has left the reason. */
	if (conn->end) {
		reason = conn->end;
		err = 0;
	}
	connection_unlink(conn, reason, err);
	mutex_unlock(&kn->lock);
	cancel_delayed_work(&conn->work);
	knet_object_put(&conn->obj);
}

static void connection_work(struct work_struct *work)
{
	struct knet_connection *conn = container_of(to_delayed_work(work), struct knet_connection,
						    work);
	u32 reason = READ_ONCE(conn->end);
	int err = 0;

	if (!reason)
		reason = connection_step(conn, &err);
	if (reason)
		connection_end(conn, reason, err);
}

/* ----------------------------------------------------------- ending -- */

/**
 * knet_connection_close() - end a connection soon
 * @conn: referenced by the caller, or in a list
 * @reason: enum knetctl_connection_reason
 *
 * Context: Process, knet_net.lock held.
 * Return: 0, or -EALREADY when it ends already.
 */
int knet_connection_close(struct knet_connection *conn, u32 reason)
{
	lockdep_assert_held(&conn->listener->kn->lock);
	if (!conn->linked || conn->end)
		return -EALREADY;
	WRITE_ONCE(conn->end, reason);
	knet_connection_wake(conn);
	return 0;
}

/**
 * knet_connection_close_all() - end all connections of a namespace soon
 * @kn: namespace
 * @reason: enum knetctl_connection_reason
 *
 * Context: Process, knet_net.lock held.
 */
void knet_connection_close_all(struct knet_net *kn, u32 reason)
{
	struct knet_object *obj;
	unsigned long id = 1;

	lockdep_assert_held(&kn->lock);
	for (; (obj = knet_object_next(kn, &id, KNET_OBJECT_CONNECTION)); id++) {
		knet_connection_close(knet_connection_of(obj), reason);
		knet_object_put(obj);
	}
}

/**
 * knet_connection_abort_all() - close all sockets, the namespace goes away
 * @kn: namespace
 *
 * The connections end later, by their own work, without a socket.
 *
 * Context: Process, knet_net.lock held.
 */
void knet_connection_abort_all(struct knet_net *kn)
{
	struct knet_connection *conn;
	struct knet_object *obj;
	unsigned long id = 1;

	lockdep_assert_held(&kn->lock);
	for (; (obj = knet_object_next(kn, &id, KNET_OBJECT_CONNECTION)); id++) {
		conn = knet_connection_of(obj);
		mutex_lock(&conn->lock);
		knet_sock_abort(&conn->ks);
		mutex_unlock(&conn->lock);
		knet_connection_close(conn, KNETCTL_CONNECTION_REASON_SHUTDOWN);
		knet_object_put(obj);
	}
}

/**
 * knet_connection_hand_over() - take the socket of the one that waits longest
 * @l: of service handoff
 * @sock: set to the socket, the caller's
 *
 * Context: Process, knet_net.lock held.
 * Return: the connection, referenced, which ends now; NULL when none waits.
 */
struct knet_connection *knet_connection_hand_over(struct knet_listener *l, struct socket **sock)
{
	struct knet_connection *conn;

	lockdep_assert_held(&l->kn->lock);
	*sock = NULL;
	while (!*sock) {
		conn = list_first_entry_or_null(&l->waiting, struct knet_connection, waiting);
		if (!conn)
			return NULL;
		list_del_init(&conn->waiting);
		l->waiting_count--;
		if (conn->end)
			continue;
		mutex_lock(&conn->lock);
		if (conn->ks.sock)
			*sock = knet_sock_unwatch(&conn->ks);
		mutex_unlock(&conn->lock);
		/* Without a socket it is about to end for a reason of its own. */
		if (*sock)
			knet_connection_close(conn, KNETCTL_CONNECTION_REASON_HANDED_OVER);
	}
	refcount_inc(&conn->obj.ref);
	return conn;
}
