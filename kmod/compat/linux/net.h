/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KNETCTL_COMPAT_LINUX_NET_H
#define _KNETCTL_COMPAT_LINUX_NET_H

#include_next <linux/net.h>

/* From 6.19 bind and connect take an address of unknown size by its own type. */
#ifdef KNET_HAVE_SOCKADDR_UNSIZED
#define knet_sockaddr_arg sockaddr_unsized
#else
#define knet_sockaddr_arg sockaddr
#endif

#ifndef MSG_SPLICE_PAGES
#include <linux/bvec.h>
#include <net/sock.h>

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
		bool last = i == count - 1 && !more;

		n = kernel_sendpage_locked(sock->sk, vec[i].bv_page, vec[i].bv_offset,
					   vec[i].bv_len,
					   last ? flags : flags | MSG_MORE | MSG_SENDPAGE_NOTLAST);
		if (n > 0)
			sent += n;
		if (n < (int)vec[i].bv_len)
			break;
	}
	release_sock(sock->sk);
	return sent ? sent : n;
}
#else
#include <linux/bvec.h>
#include <linux/uio.h>

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
