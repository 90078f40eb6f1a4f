/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KNETCTL_COMPAT_NET_SOCK_H
#define _KNETCTL_COMPAT_NET_SOCK_H

#include_next <net/sock.h>

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

#endif
