// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kernel TCP sockets without a namespace reference, so that they pin nothing.
 *
 * They are watched the way poll() does it: an entry on the socket's own wait
 * queue. The socket's callbacks stay what they are, so there is nothing to
 * restore, and after remove_wait_queue() no CPU runs our code for the socket.
 */
#include <linux/tcp.h>
#include <net/ipv6.h>
#include <net/sock.h>
#include <net/tcp.h>

#include "knetctl.h"

static int sock_woken(wait_queue_entry_t *entry, unsigned int mode, int flags, void *key)
{
	struct knet_sock *ks = container_of(entry, struct knet_sock, entry);

	if (!READ_ONCE(ks->quiet))
		knet_waker_wake(ks->waker);
	return 0;
}

/**
 * knet_sock_take() - take a socket over, with a wake function of one's own
 * @ks: closed; open afterwards
 * @sock: of nobody else
 * @woken: what knet_sock_watch_on() lets run
 */
void knet_sock_take(struct knet_sock *ks, struct socket *sock, wait_queue_func_t woken)
{
	ks->sock = sock;
	ks->quiet = false;
	init_waitqueue_func_entry(&ks->entry, woken);
	INIT_LIST_HEAD(&ks->entry.entry);
}

/**
 * knet_sock_watch_on() - begin to watch a socket
 * @ks: of knet_sock_take(), once
 *
 * The wake function runs in softirq, with the socket's wait queue locked. What
 * happened before is not told: look at the socket afterwards.
 */
void knet_sock_watch_on(struct knet_sock *ks)
{
	add_wait_queue(sk_sleep(ks->sock->sk), &ks->entry);
}

/**
 * knet_sock_watch() - take a socket over
 * @ks: closed; open afterwards
 * @sock: of nobody else
 * @waker: whom to wake
 */
void knet_sock_watch(struct knet_sock *ks, struct socket *sock, struct knet_waker *waker)
{
	ks->waker = waker;
	knet_sock_take(ks, sock, sock_woken);
	knet_sock_watch_on(ks);
}

/**
 * knet_sock_unwatch() - give a socket away
 * @ks: open; closed afterwards
 *
 * Nobody is woken for the socket when it returns.
 *
 * Return: the socket, the caller's.
 */
struct socket *knet_sock_unwatch(struct knet_sock *ks)
{
	struct socket *sock = ks->sock;

	remove_wait_queue(sk_sleep(sock->sk), &ks->entry);
	ks->sock = NULL;
	return sock;
}

/**
 * knet_sock_set() - set an option that is a number, as setsockopt() does it
 * @sock: of any type
 * @level: SOL_SOCKET and others
 * @option: of that level
 * @value: for it
 *
 * Context: Process; what the option needs is asked of the calling task.
 * Return: 0 or a negative errno.
 */
int knet_sock_set(struct socket *sock, int level, int option, int value)
{
	sockptr_t ptr = KERNEL_SOCKPTR(&value);

	if (level == SOL_SOCKET)
		return sock_setsockopt(sock, level, option, ptr, sizeof(value));
	return sock->ops->setsockopt(sock, level, option, ptr, sizeof(value));
}

/**
 * knet_sock_open() - make a TCP socket
 * @ks: closed; open afterwards
 * @net: namespace, not held by the socket
 * @family: AF_INET or AF_INET6
 * @waker: whom to wake
 *
 * The socket belongs to the fsuid of the calling task.
 *
 * Context: Process, may sleep.
 * Return: 0 or a negative errno.
 */
int knet_sock_open(struct knet_sock *ks, struct net *net, int family, struct knet_waker *waker)
{
	struct socket *sock;
	int err;

	err = sock_create_kern(net, family, SOCK_STREAM, IPPROTO_TCP, &sock);
	if (err)
		return err;
	knet_sock_watch(ks, sock, waker);
	return 0;
}

/**
 * knet_sock_bind() - bind, with the port check for the calling task
 * @ks: open
 * @addr: port 0 for any
 *
 * Return: 0 or a negative errno.
 */
int knet_sock_bind(struct knet_sock *ks, const struct knet_addr *addr)
{
	return kernel_bind(ks->sock, (struct knet_sockaddr_arg *)&addr->sa, knet_addr_len(addr));
}

/**
 * knet_sock_connect() - begin to connect
 * @ks: open
 * @addr: to whom
 *
 * Return: 0, -EINPROGRESS (then knet_sock_connected() tells), or another negative errno.
 */
int knet_sock_connect(struct knet_sock *ks, const struct knet_addr *addr)
{
	return kernel_connect(ks->sock, (struct knet_sockaddr_arg *)&addr->sa,
			      knet_addr_len(addr), O_NONBLOCK);
}

/**
 * knet_sock_connected() - what became of knet_sock_connect()
 * @ks: open
 *
 * Return: 0 when it stands, -EINPROGRESS while it is tried, or a negative errno.
 */
int knet_sock_connected(struct knet_sock *ks)
{
	struct sock *sk = ks->sock->sk;
	int err;

	switch (READ_ONCE(sk->sk_state)) {
	case TCP_SYN_SENT:
	case TCP_SYN_RECV:
		return -EINPROGRESS;
	case TCP_CLOSE:
		err = sock_error(sk);
		return err ? err : -ECONNREFUSED;
	default:
		return 0;
	}
}

/**
 * knet_sock_listen() - listen on a bound socket
 * @ks: open and bound
 * @backlog: connections that may wait
 *
 * Return: 0 or a negative errno.
 */
int knet_sock_listen(struct knet_sock *ks, int backlog)
{
	return kernel_listen(ks->sock, backlog);
}

/**
 * knet_sock_accept() - take a connection that waits
 * @listener: listening
 * @ks: closed; open afterwards, wakes the same worker
 *
 * Return: 0, -EAGAIN when none waits, or another negative errno.
 */
int knet_sock_accept(struct knet_sock *listener, struct knet_sock *ks)
{
	struct socket *sock;
	int err;

	err = kernel_accept(listener->sock, &sock, O_NONBLOCK);
	if (err)
		return err;
	knet_sock_watch(ks, sock, listener->waker);
	return 0;
}

/**
 * knet_sock_send() - send without waiting
 * @ks: connected
 * @bytes: what
 * @len: how many
 *
 * Return: how many were taken, -EAGAIN (the owner is woken when there is room),
 * or another negative errno.
 */
int knet_sock_send(struct knet_sock *ks, const char *bytes, size_t len)
{
	struct kvec vec = { .iov_base = (void *)bytes, .iov_len = len };
	struct msghdr msg = { .msg_flags = MSG_DONTWAIT | MSG_NOSIGNAL };

	return kernel_sendmsg(ks->sock, &msg, &vec, 1, len);
}

/**
 * knet_sock_recv() - receive without waiting
 * @ks: connected
 * @bytes: where to
 * @len: room
 *
 * Return: how many, 0 at the end, -EAGAIN, or another negative errno.
 */
int knet_sock_recv(struct knet_sock *ks, char *bytes, size_t len)
{
	struct kvec vec = { .iov_base = bytes, .iov_len = len };
	struct msghdr msg = { .msg_flags = MSG_DONTWAIT };

	return kernel_recvmsg(ks->sock, &msg, &vec, 1, len, MSG_DONTWAIT);
}

/**
 * knet_sock_discard() - drop what has arrived, without copying it
 * @ks: connected, TCP
 * @max: the most bytes
 *
 * Return: how many, 0 at the end, -EAGAIN, or another negative errno.
 */
int knet_sock_discard(struct knet_sock *ks, size_t max)
{
	struct msghdr msg = { .msg_flags = MSG_DONTWAIT };

	iov_iter_discard(&msg.msg_iter, ITER_DEST, max);
	return sock_recvmsg(ks->sock, &msg, MSG_DONTWAIT | MSG_TRUNC);
}

/**
 * knet_sock_readable() - whether knet_sock_recv() would tell anything
 * @ks: open
 *
 * Cheap, takes no lock.
 *
 * Return: true when there are bytes, the end, or an error.
 */
bool knet_sock_readable(const struct knet_sock *ks)
{
	struct sock *sk = ks->sock->sk;

	return !skb_queue_empty_lockless(&sk->sk_receive_queue) || READ_ONCE(sk->sk_err) ||
	       (READ_ONCE(sk->sk_shutdown) & RCV_SHUTDOWN);
}

/**
 * knet_sock_owes_ack() - whether TCP waits with an acknowledgment
 * @ks: open
 *
 * It does for up to 40 ms or more, so that something of ours can go with it. Cheap, takes
 * no lock.
 *
 * Return: true if so.
 */
bool knet_sock_owes_ack(const struct knet_sock *ks)
{
	return inet_csk_ack_scheduled(ks->sock->sk);
}

/**
 * knet_sock_acknowledge() - acknowledge now what TCP waits with
 * @ks: open
 *
 * Only this once, unlike TCP_QUICKACK of 1.
 *
 * Context: Process, may sleep.
 */
void knet_sock_acknowledge(struct knet_sock *ks)
{
	tcp_sock_set_quickack(ks->sock->sk, 2);
}

/* @peer as for proto_ops.getname: 0 our end, 1 the other one, 2 that whatever the state is. */
static void sock_name(const struct knet_sock *ks, struct knet_addr *addr, int peer)
{
	struct sockaddr_storage ss = {};

	addr->sa.sa_family = AF_UNSPEC;
	if (ks->sock->ops->getname(ks->sock, (struct sockaddr *)&ss, peer) > 0)
		memcpy(addr, &ss, sizeof(*addr));
}

/**
 * knet_sock_local() - our end
 * @ks: open
 * @addr: set; AF_UNSPEC when there is none
 */
void knet_sock_local(const struct knet_sock *ks, struct knet_addr *addr)
{
	sock_name(ks, addr, 0);
}

/**
 * knet_sock_remote() - the other end
 * @ks: open
 * @addr: set; AF_UNSPEC when there is none
 */
void knet_sock_remote(const struct knet_sock *ks, struct knet_addr *addr)
{
	sock_name(ks, addr, 1);
}

/**
 * knet_sock_came_from() - the other end of an accepted socket
 * @ks: open
 * @addr: set; AF_UNSPEC when there is none
 *
 * Unlike knet_sock_remote() also when the other end has reset the connection since.
 */
void knet_sock_came_from(const struct knet_sock *ks, struct knet_addr *addr)
{
	sock_name(ks, addr, 2);
}

/**
 * knet_sock_move() - move a socket to another owner's member
 * @to: closed; open afterwards
 * @from: open; closed afterwards
 */
void knet_sock_move(struct knet_sock *to, struct knet_sock *from)
{
	struct knet_waker *waker = from->waker;

	knet_sock_watch(to, knet_sock_unwatch(from), waker);
}

/**
 * knet_sock_waits() - whether a connection waits to be accepted
 * @ks: open, listening
 *
 * Cheap, takes no lock: an accept in vain makes a socket and drops it.
 *
 * Return: true if so.
 */
bool knet_sock_waits(const struct knet_sock *ks)
{
	return !reqsk_queue_empty(&inet_csk(ks->sock->sk)->icsk_accept_queue);
}

/**
 * knet_sk_accept() - take a connection that waits, without a struct socket
 * @listener: listening
 * @sk: set to the connection, to be closed with knet_sk_close() or knet_sk_abort()
 *
 * A struct socket with its inode is half of what an accept costs, and is of no
 * use where nothing is sent and nothing is watched.
 *
 * Context: Process, may sleep.
 * Return: 0, -EAGAIN when none waits, or another negative errno.
 */
int knet_sk_accept(const struct knet_sock *listener, struct sock **sk)
{
	int err = -EINVAL;

	*sk = knet_accept(listener->sock->sk, &err);
	return *sk ? 0 : err;
}

static void sk_end6(struct knet_addr *addr, const struct in6_addr *in6, __be16 port, int ifindex)
{
	addr->in6 = (struct sockaddr_in6) {
		.sin6_family = AF_INET6,
		.sin6_port = port,
		.sin6_addr = *in6,
		.sin6_scope_id = ipv6_iface_scope_id(in6, ifindex),
	};
	knet_addr_unmap(addr);
}

static void sk_end4(struct knet_addr *addr, __be32 v4, __be16 port)
{
	memset(addr, 0, sizeof(*addr));
	addr->in.sin_family = AF_INET;
	addr->in.sin_port = port;
	addr->in.sin_addr.s_addr = v4;
}

/**
 * knet_sk_ends() - both ends of an accepted connection
 * @sk: accepted; may have been reset since
 * @local: set, an IPv4 address as such
 * @remote: likewise
 *
 * They do not change while it is there, so no lock is needed.
 */
void knet_sk_ends(const struct sock *sk, struct knet_addr *local, struct knet_addr *remote)
{
	const struct inet_sock *inet = inet_sk(sk);

#if IS_ENABLED(CONFIG_IPV6)
	if (sk->sk_family == AF_INET6) {
		sk_end6(local, &sk->sk_v6_rcv_saddr, inet->inet_sport, sk->sk_bound_dev_if);
		sk_end6(remote, &sk->sk_v6_daddr, inet->inet_dport, sk->sk_bound_dev_if);
		return;
	}
#endif
	sk_end4(local, inet->inet_rcv_saddr, inet->inet_sport);
	sk_end4(remote, inet->inet_daddr, inet->inet_dport);
}
