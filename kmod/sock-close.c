// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ends of TCP connections: TCP goes on to deliver what was sent, also when
 * the namespace is left by all others, or the peer gets a reset.
 */
#include <linux/tcp.h>
#include <net/tcp.h>

#include "knetctl.h"

/*
 * A kernel socket that holds no namespace loses its timers when it is closed,
 * and with them what was not yet acknowledged. So it takes a reference first
 * and is an ordinary orphan from then on. In a namespace that is already
 * going away there is none to take: then the connection is reset.
 *
 * The namespace, to be put after the close, or NULL.
 */
static struct net *sk_before_close(struct sock *sk)
{
	struct net *net = maybe_get_net(sock_net(sk));

	if (!net) {
		sock_no_linger(sk);
		return NULL;
	}
	lock_sock(sk);
	sk_net_refcnt_upgrade(sk);
	release_sock(sk);
	return net;
}

/**
 * knet_sock_close() - close, TCP delivers what was sent
 * @ks: open or closed; closed afterwards
 *
 * In a namespace that is already going away the connection is reset.
 *
 * Context: Process, may sleep.
 */
void knet_sock_close(struct knet_sock *ks)
{
	struct net *net;

	if (!ks->sock)
		return;
	net = sk_before_close(ks->sock->sk);
	sock_release(knet_sock_unwatch(ks));
	if (net)
		put_net(net);
}

/**
 * knet_sock_close_within() - knet_sock_close(), but give up soon
 * @ks: open or closed; closed afterwards
 * @ms: milliseconds without an answer after which TCP forgets the connection
 *
 * For connections on which nothing is left to be delivered but their end: a
 * peer that is gone must not keep the namespace for minutes.
 *
 * Context: Process, may sleep.
 */
void knet_sock_close_within(struct knet_sock *ks, unsigned int ms)
{
	if (ks->sock)
		tcp_sock_set_user_timeout(ks->sock->sk, ms);
	knet_sock_close(ks);
}

/**
 * knet_sock_abort() - close at once, with a reset
 * @ks: open or closed; closed afterwards
 *
 * Context: Process, may sleep.
 */
void knet_sock_abort(struct knet_sock *ks)
{
	if (!ks->sock)
		return;
	sock_no_linger(ks->sock->sk);
	sock_release(knet_sock_unwatch(ks));
}

/**
 * knet_sk_close() - close, TCP delivers the end
 * @sk: of knet_sk_accept(), invalid afterwards
 *
 * Context: Process, may sleep.
 */
void knet_sk_close(struct sock *sk)
{
	struct net *net = sk_before_close(sk);

	sk->sk_prot->close(sk, 0);
	if (net)
		put_net(net);
}

/**
 * knet_sk_abort() - close at once, with a reset
 * @sk: of knet_sk_accept(), invalid afterwards
 *
 * Context: Process, may sleep.
 */
void knet_sk_abort(struct sock *sk)
{
	sock_no_linger(sk);
	sk->sk_prot->close(sk, 0);
}
