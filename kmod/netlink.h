/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The generic netlink family, and what its handlers share.
 */
#ifndef _KNETCTL_NETLINK_H
#define _KNETCTL_NETLINK_H

#include <net/genetlink.h>

#include "addr.h"
#include "object.h"

#define KNET_REPLY_SIZE	1024	/* attributes without a text or a list */

extern struct genl_family knet_family;

void knet_nl_init(void);

int knet_nl_get_addr(const struct nlattr *nest, struct knet_addr *addr,
		     struct netlink_ext_ack *extack);
int knet_nl_put_addr(struct sk_buff *skb, int attr, const struct knet_addr *addr);
int knet_nl_get_text(const struct nlattr *attr, size_t max, char **text,
		     struct netlink_ext_ack *extack);
unsigned long knet_nl_timeout(const struct nlattr *attr, u32 def);
struct sk_buff *knet_nl_reply(struct genl_info *info, u8 cmd, size_t size, void **head);
int knet_nl_reply_send(struct sk_buff *skb, void *head, struct genl_info *info, int err);

typedef int (*knet_nl_put)(struct sk_buff *skb, const void *object);

int knet_nl_dump_one(struct sk_buff *skb, struct netlink_callback *cb, knet_nl_put put,
		     const void *object);
int knet_nl_dump(struct sk_buff *skb, struct netlink_callback *cb, enum knet_object_type type,
		 knet_nl_put put);

/* For a text that is no literal; it must outlive the request. */
static inline void knet_nl_set_msg(struct netlink_ext_ack *extack, const char *msg)
{
	if (extack)
		extack->_msg = msg;
}

/* netlink-job.c */
int knet_nl_job_fill(struct sk_buff *skb, const void *object);

#endif
