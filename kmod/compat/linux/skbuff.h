/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KNETCTL_COMPAT_LINUX_SKBUFF_H
#define _KNETCTL_COMPAT_LINUX_SKBUFF_H

#include_next <linux/skbuff.h>

#ifndef KNET_HAVE_FRAGS_READABLE
/* From 6.12: device memory that the CPU cannot read. Before, there was none. */
static inline bool skb_frags_readable(const struct sk_buff *skb)
{
	return true;
}
#endif

#endif
