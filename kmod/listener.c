// SPDX-License-Identifier: GPL-2.0-only
/*
 * Listening sockets. The socket queues the listener's work when a connection
 * has come; the work accepts all that wait. An idle listener has no timer and
 * no thread.
 *
 * The socket is made, bound and set listening in the handler, as the caller:
 * the port check, the owner and the accounting are the kernel's own.
 */
#include <linux/file.h>
#include <linux/slab.h>
#include <net/ipv6.h>
#include <net/sock.h>

#include "knetctl.h"

/* Accepted in one go, then others run. */
#define LISTENER_BATCH		64
/* Until the next try after an accept failed for lack of memory. */
#define LISTENER_RETRY		(HZ / 10)
/* Connections in one jiffy from which on an accept waits for others, */
#define GATHER_BEGIN		8
/* as long as it finds so many, */
#define GATHER_LEAST		4
/* and until the next try after it did not. */
#define GATHER_PAUSE		HZ

static void listener_free(struct rcu_head *rcu)
{
	kfree(container_of(rcu, struct knet_listener, obj.rcu));
}

static void listener_release(struct knet_object *obj)
{
	struct knet_listener *l = knet_listener_of(obj);

	WARN_ON(l->ks.sock || !RB_EMPTY_ROOT(&l->sources));
	if (l->file)
		fput(l->file);
	if (l->memcg)
		mem_cgroup_put(l->memcg);
	put_cred(l->cred);
	kfree(l->text);
	knet_net_put(l->kn);
	call_rcu(&l->obj.rcu, listener_free);
}

static void listener_queue(struct knet_listener *l, unsigned long delay)
{
	queue_delayed_work(knet_service_wq(NULL), &l->work, delay);
}

/* More than half of what may wait does. */
static bool listener_fills(const struct knet_listener *l)
{
	const struct sock *sk = l->ks.sock->sk;

	return READ_ONCE(sk->sk_ack_backlog) > READ_ONCE(sk->sk_max_ack_backlog) / 2;
}

/* A connection has come. While paused nobody wants to know. */
static int listener_woken(wait_queue_entry_t *entry, unsigned int mode, int flags, void *key)
{
	struct knet_listener *l = container_of(entry, struct knet_listener, ks.entry);
	unsigned int gather = READ_ONCE(l->gather);

	if (READ_ONCE(l->paused))
		return 0;
	if (gather && listener_fills(l))
		mod_delayed_work(knet_service_wq(NULL), &l->work, 0);
	else
		listener_queue(l, gather);
	return 0;
}

/*
 * To wake a worker for each connection costs as much as all else that is done
 * for one. When many come at once and none of them waits for an answer, the
 * first waits a jiffy for the others. A client that begins its next connection
 * when the last one was closed comes as fast and alone: for him nothing is
 * gathered, but for one try a second.
 */
static void listener_adapt(struct knet_listener *l, unsigned int accepted)
{
	if (!l->ops->patient || !accepted)
		return;
	if (l->gather) {
		if (accepted < GATHER_LEAST) {
			WRITE_ONCE(l->gather, 0);
			l->gather_from = jiffies + GATHER_PAUSE;
		}
		return;
	}
	if (time_after(jiffies, l->tick))
		l->tick_count = 0;
	l->tick = jiffies;
	l->tick_count += accepted;
	if (l->tick_count >= GATHER_BEGIN && time_after_eq(jiffies, l->gather_from))
		WRITE_ONCE(l->gather, 1);
}

/* Whether to accept now: 0, jiffies to wait first, or a negative errno for never. */
static long listener_may_accept(struct knet_listener *l)
{
	long wait;

	mutex_lock(&l->kn->lock);
	if (l->stopped || l->kn->draining) {
		wait = -ESHUTDOWN;
	} else {
		wait = knet_limit_wait(l);
		WRITE_ONCE(l->paused, wait == MAX_SCHEDULE_TIMEOUT);
	}
	mutex_unlock(&l->kn->lock);
	return wait;
}

/* A socket, or only what TCP has of it for a service that does nothing. */
static int listener_accept(struct knet_listener *l, struct socket **sock, struct sock **sk)
{
	int err = -ESHUTDOWN;

	mutex_lock(&l->lock);
	if (l->ks.sock && !knet_sock_waits(&l->ks))
		err = -EAGAIN;
	else if (l->ks.sock && l->ops->ends)
		err = knet_sk_accept(&l->ks, sk);
	else if (l->ks.sock)
		err = kernel_accept(l->ks.sock, sock, O_NONBLOCK);
	mutex_unlock(&l->lock);
	return err;
}

/* One connection: 0 for go on, jiffies to wait, or a negative errno for stop. */
static long listener_step(struct knet_listener *l)
{
	long wait = listener_may_accept(l);
	struct socket *sock;
	struct sock *sk;

	if (wait)
		return wait;
	switch (listener_accept(l, &sock, &sk)) {
	case 0:
		if (l->ops->ends)
			knet_connection_pass(l, sk);
		else
			knet_connection_create(l, sock);
		return 0;
	case -EAGAIN:
		return -EAGAIN;
	case -ESHUTDOWN:
	case -EINVAL:
		return -ESHUTDOWN;
	case -ECONNABORTED:
	case -EPROTO:
		return 0;
	default:
		return LISTENER_RETRY;
	}
}

static void listener_work(struct work_struct *work)
{
	struct knet_listener *l = container_of(to_delayed_work(work), struct knet_listener, work);
	struct mem_cgroup *old = set_active_memcg(l->memcg);
	long wait = 0;
	int i;

	for (i = 0; i < LISTENER_BATCH && !wait; i++)
		wait = listener_step(l);
	set_active_memcg(old);
	listener_adapt(l, wait ? i - 1 : i);
	if (wait >= 0 && wait < MAX_SCHEDULE_TIMEOUT)
		listener_queue(l, wait);
}

/**
 * knet_listener_alloc() - a listener of the calling task
 * @kn: namespace
 *
 * Drop it with knet_object_put() when it is not started.
 *
 * Context: Process, the caller's own: its credentials and memory cgroup are
 * taken.
 * Return: the listener or NULL.
 */
struct knet_listener *knet_listener_alloc(struct knet_net *kn)
{
	struct knet_listener *l = kzalloc(sizeof(*l), GFP_KERNEL_ACCOUNT);

	if (!l)
		return NULL;
	refcount_set(&l->obj.ref, 1);
	l->obj.release = listener_release;
	l->kn = kn;
	knet_net_get(kn);
	INIT_DELAYED_WORK(&l->work, listener_work);
	mutex_init(&l->lock);
	INIT_LIST_HEAD(&l->connections);
	INIT_LIST_HEAD(&l->waiting);
	l->sources = RB_ROOT;
	l->limits.on_limit = KNETCTL_ON_LIMIT_QUEUE;
	l->cred = get_current_cred();
	l->memcg = get_mem_cgroup_from_mm(current->mm);
	l->started = ktime_get();
	l->gather_from = jiffies;
	return l;
}

/* [::] that takes IPv4 too becomes 0.0.0.0 where there is no IPv6. */
static void listener_fall_back(struct knet_listener *l)
{
	__be16 port = l->local.in6.sin6_port;

	if (l->local.sa.sa_family != AF_INET6 || !ipv6_addr_any(&l->local.in6.sin6_addr) ||
	    (l->flags & KNETCTL_LISTENER_FLAGS_V6ONLY) || !knet_ipv6_off(l->kn->net))
		return;
	memset(&l->local, 0, sizeof(l->local));
	l->local.in.sin_family = AF_INET;
	l->local.in.sin_port = port;
	l->flags |= KNETCTL_LISTENER_FLAGS_IPV4_FALLBACK;
}

static int listener_set_device(struct knet_listener *l, struct socket *sock)
{
	struct net_device *dev;

	if (!l->ifindex)
		return 0;
	dev = dev_get_by_index(l->kn->net, l->ifindex);
	if (!dev)
		return -ENODEV;
	dev_put(dev);
	return sock_bindtoindex(sock->sk, l->ifindex, true);
}

static int listener_prepare(struct knet_listener *l, struct socket *sock)
{
	int v6only = !!(l->flags & KNETCTL_LISTENER_FLAGS_V6ONLY);
	int err = 0;

	/* Connections inherit these; one that is closed at once needs no timer. */
	if (!l->ops->ends)
		sock_set_keepalive(sock->sk);
	if (l->service != KNETCTL_SERVICE_HANDOFF)
		knet_sock_set(sock, SOL_SOCKET, SO_OOBINLINE, 1);
	sock_set_reuseaddr(sock->sk);
	if (l->local.sa.sa_family == AF_INET6)
		err = knet_sock_set(sock, SOL_IPV6, IPV6_V6ONLY, v6only);
	return err ?: listener_set_device(l, sock);
}

static const char *listener_why(int err)
{
	switch (err) {
	case -EADDRINUSE:
		return "another socket has this address and port";
	case -EADDRNOTAVAIL:
		return "the address is none of this machine's";
	case -EACCES:
		return "the port needs CAP_NET_BIND_SERVICE in the network namespace";
	case -EAFNOSUPPORT:
		return "there is no IPv6 here";
	case -ENODEV:
		return "there is no such interface";
	case -EPERM:
		return "an interface needs CAP_NET_RAW in the network namespace";
	case -EINVAL:
		return "nobody can listen there; a link-local address needs its interface";
	default:
		return "cannot listen";
	}
}

/**
 * knet_listener_set_backlog() - change how many connections may wait
 * @l: open
 * @backlog: 0 is the default, the most is what the namespace allows
 *
 * Context: Process, not under knet_net.lock.
 * Return: 0 or a negative errno.
 */
int knet_listener_set_backlog(struct knet_listener *l, u32 backlog)
{
	u32 most = READ_ONCE(l->kn->net->core.sysctl_somaxconn);
	int err = -ESHUTDOWN;

	backlog = backlog ? min(backlog, most) : most;
	mutex_lock(&l->lock);
	if (l->ks.sock)
		err = kernel_listen(l->ks.sock, backlog);
	mutex_unlock(&l->lock);
	if (!err)
		WRITE_ONCE(l->backlog, backlog);
	return err;
}

/**
 * knet_listener_open() - make the socket, bind it, listen
 * @l: complete but for the socket; its address gets the port
 * @why: set to the reason of a failure
 *
 * Nothing is accepted before knet_listener_start().
 *
 * Context: Process, the caller's own.
 * Return: 0 or a negative errno.
 */
int knet_listener_open(struct knet_listener *l, const char **why)
{
	struct socket *sock;
	int err;

	listener_fall_back(l);
	l->ops = knet_service(l->service);
	err = sock_create_kern(l->kn->net, l->local.sa.sa_family, SOCK_STREAM, IPPROTO_TCP, &sock);
	if (err) {
		*why = listener_why(err);
		return err;
	}
	knet_sock_take(&l->ks, sock, listener_woken);
	err = listener_prepare(l, sock) ?: knet_sock_bind(&l->ks, &l->local) ?:
	      knet_listener_set_backlog(l, l->backlog);
	if (err) {
		*why = listener_why(err);
		knet_sock_abort(&l->ks);
		return err;
	}
	knet_sock_local(&l->ks, &l->local);
	return 0;
}

/**
 * knet_listener_start() - give a listener its id, and accept from now on
 * @l: open; the caller's reference goes to the table of objects
 * @extack: says why not
 *
 * Context: Process, knet_net.lock held.
 * Return: 0 or a negative errno; the socket is then the caller's to abort.
 */
int knet_listener_start(struct knet_listener *l, struct netlink_ext_ack *extack)
{
	int err;

	lockdep_assert_held(&l->kn->lock);
	if (l->kn->draining) {
		NL_SET_ERR_MSG(extack, "the module or the network namespace is going away");
		return -ESHUTDOWN;
	}
	err = knet_object_add(l->kn, &l->obj, KNET_OBJECT_LISTENER, listener_release);
	if (err)
		return err;
	l->kn->listener_count++;
	knet_sock_watch_on(&l->ks);
	/* Somebody may have connected since it listens. */
	listener_queue(l, 0);
	return 0;
}

/**
 * knet_listener_resume() - accept again, when there may be room
 * @l: listener
 *
 * Context: Process, knet_net.lock held.
 */
void knet_listener_resume(struct knet_listener *l)
{
	lockdep_assert_held(&l->kn->lock);
	if (l->stopped)
		return;
	WRITE_ONCE(l->paused, false);
	mod_delayed_work(knet_service_wq(NULL), &l->work, 0);
}

/**
 * knet_listener_stop() - delete a listener
 * @l: referenced by the caller
 * @reason: enum knetctl_connection_reason that its connections end with; 0
 *	lets them live on
 *
 * What waits in the backlog is reset.
 *
 * Context: Process, waits for an accept that runs, which waits for nothing.
 * Return: 0, or -ENOENT when somebody else did it.
 */
int knet_listener_stop(struct knet_listener *l, u32 reason)
{
	struct knet_net *kn = l->kn;
	struct knet_connection *conn;
	bool first;

	mutex_lock(&kn->lock);
	first = !l->stopped;
	l->stopped = true;
	if (first) {
		kn->listener_count--;
		knet_object_remove(kn, &l->obj);
	}
	if (first && reason)
		list_for_each_entry(conn, &l->connections, node)
			knet_connection_close(conn, reason);
	mutex_unlock(&kn->lock);
	if (!first)
		return -ENOENT;

	mutex_lock(&l->lock);
	knet_sock_abort(&l->ks);
	mutex_unlock(&l->lock);
	/* The socket queues it no more, and a limit does not when it is stopped. */
	cancel_delayed_work_sync(&l->work);
	return 0;
}

/**
 * knet_listener_stop_all() - delete all listeners of a namespace
 * @kn: namespace, draining
 * @reason: as for knet_listener_stop()
 *
 * Context: Process, as knet_listener_stop().
 */
void knet_listener_stop_all(struct knet_net *kn, u32 reason)
{
	struct knet_object *obj;
	unsigned long id = 1;

	for (; (obj = knet_object_next(kn, &id, KNET_OBJECT_LISTENER)); id++) {
		knet_listener_stop(knet_listener_of(obj), reason);
		knet_object_put(obj);
	}
}
