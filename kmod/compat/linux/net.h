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

#endif
