/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	include/netlink/knetctl.yaml */
/* YNL-GEN kernel header */

#ifndef _LINUX_KNETCTL_GEN_H
#define _LINUX_KNETCTL_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include <uapi/linux/knetctl.h>

/* Common nested types */
extern const struct nla_policy knetctl_endpoint_nl_policy[KNETCTL_A_ENDPOINT_IFINDEX + 1];
extern const struct nla_policy knetctl_filter_nl_policy[KNETCTL_A_FILTER_LAST_HIT + 1];
extern const struct nla_policy knetctl_ftp_nl_policy[KNETCTL_A_FTP_QUOTE + 1];
extern const struct nla_policy knetctl_send_nl_policy[KNETCTL_A_SEND_MULTICAST_IFINDEX + 1];

extern const struct nla_policy knetctl_status_nl_policy[KNETCTL_A_STATUS_PAD + 1];

extern const struct nla_policy knetctl_event_sync_nl_policy[KNETCTL_A_SYNC_PAD + 1];

extern const struct nla_policy knetctl_job_start_nl_policy[KNETCTL_A_JOB_RATE + 1];

extern const struct nla_policy knetctl_job_get_nl_policy[KNETCTL_A_JOB_ID + 1];

extern const struct nla_policy knetctl_job_cancel_nl_policy[KNETCTL_A_JOB_ID + 1];

extern const struct nla_policy knetctl_job_wait_nl_policy[KNETCTL_A_JOB_ID + 1];

extern const struct nla_policy knetctl_filter_add_nl_policy[KNETCTL_A_FILTER_LIST_FLAGS + 1];

extern const struct nla_policy knetctl_filter_del_nl_policy[KNETCTL_A_FILTER_LIST_RULE + 1];

extern const struct nla_policy knetctl_filter_replace_nl_policy[KNETCTL_A_FILTER_LIST_COUNT + 1];

extern const struct nla_policy knetctl_filter_flush_nl_policy[KNETCTL_A_FILTER_LIST_PAD + 1];

extern const struct nla_policy knetctl_filter_get_nl_policy[KNETCTL_A_FILTER_LIST_PAD + 1];

extern const struct nla_policy knetctl_filter_test_nl_policy[KNETCTL_A_FILTER_LIST_REMOTE + 1];

extern const struct nla_policy knetctl_send_start_nl_policy[KNETCTL_A_JOB_DATA + 1];

extern const struct nla_policy knetctl_listener_add_nl_policy[KNETCTL_A_LISTENER_FD + 1];

extern const struct nla_policy knetctl_listener_get_nl_policy[KNETCTL_A_LISTENER_ID + 1];

extern const struct nla_policy knetctl_listener_set_nl_policy[KNETCTL_A_LISTENER_IDLE + 1];

extern const struct nla_policy knetctl_listener_del_nl_policy[KNETCTL_A_LISTENER_FLAGS + 1];

extern const struct nla_policy knetctl_listener_accept_nl_policy[KNETCTL_A_CONNECTION_LISTENER + 1];

extern const struct nla_policy knetctl_connection_get_nl_policy[KNETCTL_A_CONNECTION_ID + 1];

extern const struct nla_policy knetctl_connection_close_nl_policy[KNETCTL_A_CONNECTION_ID + 1];

extern const struct nla_policy knetctl_job_set_nl_policy[KNETCTL_A_JOB_RATE + 1];

/* Ops table for knetctl */
extern const struct genl_ops knetctl_nl_ops[21];

int knetctl_nl_status_doit(struct sk_buff *skb, struct genl_info *info);
int knetctl_nl_event_sync_doit(struct sk_buff *skb, struct genl_info *info);
int knetctl_nl_job_start_doit(struct sk_buff *skb, struct genl_info *info);
int knetctl_nl_job_get_doit(struct sk_buff *skb, struct genl_info *info);
int knetctl_nl_job_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int knetctl_nl_job_cancel_doit(struct sk_buff *skb, struct genl_info *info);
int knetctl_nl_job_wait_doit(struct sk_buff *skb, struct genl_info *info);
int knetctl_nl_filter_add_doit(struct sk_buff *skb, struct genl_info *info);
int knetctl_nl_filter_del_doit(struct sk_buff *skb, struct genl_info *info);
int knetctl_nl_filter_replace_doit(struct sk_buff *skb, struct genl_info *info);
int knetctl_nl_filter_flush_doit(struct sk_buff *skb, struct genl_info *info);
int knetctl_nl_filter_get_doit(struct sk_buff *skb, struct genl_info *info);
int knetctl_nl_filter_get_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb);
int knetctl_nl_filter_test_doit(struct sk_buff *skb, struct genl_info *info);
int knetctl_nl_send_start_doit(struct sk_buff *skb, struct genl_info *info);
int knetctl_nl_listener_add_doit(struct sk_buff *skb, struct genl_info *info);
int knetctl_nl_listener_get_doit(struct sk_buff *skb, struct genl_info *info);
int knetctl_nl_listener_get_dumpit(struct sk_buff *skb,
				   struct netlink_callback *cb);
int knetctl_nl_listener_set_doit(struct sk_buff *skb, struct genl_info *info);
int knetctl_nl_listener_del_doit(struct sk_buff *skb, struct genl_info *info);
int knetctl_nl_listener_accept_doit(struct sk_buff *skb,
				    struct genl_info *info);
int knetctl_nl_connection_get_doit(struct sk_buff *skb, struct genl_info *info);
int knetctl_nl_connection_get_dumpit(struct sk_buff *skb,
				     struct netlink_callback *cb);
int knetctl_nl_connection_close_doit(struct sk_buff *skb,
				     struct genl_info *info);
int knetctl_nl_job_set_doit(struct sk_buff *skb, struct genl_info *info);

enum {
	KNETCTL_NLGRP_JOB,
	KNETCTL_NLGRP_FILTER,
	KNETCTL_NLGRP_CONNECTION,
};

#endif /* _LINUX_KNETCTL_GEN_H */
