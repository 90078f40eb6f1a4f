/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KNETCTL_COMPAT_NET_SOCK_H
#define _KNETCTL_COMPAT_NET_SOCK_H

#include_next <net/sock.h>

#include <linux/bvec.h>
#include <linux/fcntl.h>
#include <linux/uio.h>
#include <linux/version.h>
#include <net/net_namespace.h>

#ifndef KNET_HAVE_NET_REFCNT_UPGRADE
/* From 6.14, and in stable kernels: turn a kernel socket into one that holds its namespace. */
static inline void sk_net_refcnt_upgrade(struct sock *sk)
{
	struct net *net = sock_net(sk);

	WARN_ON_ONCE(sk->sk_net_refcnt);
#if KERNEL_VERSION(6, 2, 0) <= LINUX_VERSION_CODE
	__netns_tracker_free(net, &sk->ns_tracker, false);
#endif
	sk->sk_net_refcnt = 1;
#if KERNEL_VERSION(5, 17, 0) <= LINUX_VERSION_CODE
	get_net_track(net, &sk->ns_tracker, GFP_KERNEL);
#else
	get_net(net);
#endif
	sock_inuse_add(net, 1);
}
#endif

/* A connection that waits, or NULL with *err set. From 6.10 arguments are a structure. */
static inline struct sock *knet_accept(struct sock *listener, int *err)
{
#ifdef KNET_HAVE_PROTO_ACCEPT_ARG
	struct proto_accept_arg arg = { .flags = O_NONBLOCK, .kern = true };
	struct sock *sk = READ_ONCE(listener->sk_prot)->accept(listener, &arg);

	*err = arg.err;
	return sk;
#else
	return READ_ONCE(listener->sk_prot)->accept(listener, O_NONBLOCK, err, true);
#endif
}

/* 6.1 knows the name of MSG_SPLICE_PAGES, but its TCP copies whatever it says. */
#ifndef KNET_HAVE_SPLICE_PAGES
/*
 * Before 6.5: page after page, under one lock. MSG_SENDPAGE_NOTLAST keeps TCP
 * from sending small packets meanwhile.
 */
static inline int knet_send_pages(struct socket *sock, struct bio_vec *vec, unsigned int count,
				  size_t len, bool more)
{
	int flags = MSG_DONTWAIT | MSG_NOSIGNAL, sent = 0, n = 0;
	unsigned int i;

	lock_sock(sock->sk);
	for (i = 0; i < count; i++) {
		/* The last one is pushed even if more comes: that waits until these are sent. */
		int hint = i < count - 1 ? MSG_MORE | MSG_SENDPAGE_NOTLAST : more ? MSG_MORE : 0;

		n = kernel_sendpage_locked(sock->sk, vec[i].bv_page, vec[i].bv_offset,
					   vec[i].bv_len, flags | hint);
		if (n > 0)
			sent += n;
		if (n < (int)vec[i].bv_len)
			break;
	}
	release_sock(sock->sk);
	return sent ? sent : n;
}
#else
static inline int knet_send_pages(struct socket *sock, struct bio_vec *vec, unsigned int count,
				  size_t len, bool more)
{
	struct msghdr msg = {
		.msg_flags = MSG_DONTWAIT | MSG_NOSIGNAL | MSG_SPLICE_PAGES |
			     (more ? MSG_MORE : 0),
	};

	iov_iter_bvec(&msg.msg_iter, 1 /* source */, vec, count, len);
	return sock_sendmsg(sock, &msg);
}
#endif

#endif
