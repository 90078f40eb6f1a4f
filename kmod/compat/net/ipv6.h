/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KNETCTL_COMPAT_NET_IPV6_H
#define _KNETCTL_COMPAT_NET_IPV6_H

#include_next <net/ipv6.h>

#include <net/net_namespace.h>

/* Whether there is no IPv6, by the kernel's command line or in the namespace. */
static inline bool knet_ipv6_off(const struct net *net)
{
#if IS_ENABLED(CONFIG_IPV6)
	return !ipv6_mod_enabled() || READ_ONCE(net->ipv6.devconf_all->disable_ipv6);
#else
	return true;
#endif
}

#endif
