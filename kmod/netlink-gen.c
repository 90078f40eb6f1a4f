// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	include/netlink/knetctl.yaml */
/* YNL-GEN kernel source */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "netlink-gen.h"

#include <uapi/linux/knetctl.h>

/* Common nested types */
const struct nla_policy knetctl_endpoint_nl_policy[KNETCTL_A_ENDPOINT_IFINDEX + 1] = {
	[KNETCTL_A_ENDPOINT_ADDRESS] = { .type = NLA_BINARY, },
	[KNETCTL_A_ENDPOINT_PORT] = { .type = NLA_U16, },
	[KNETCTL_A_ENDPOINT_IFINDEX] = { .type = NLA_U32, },
};

const struct nla_policy knetctl_filter_nl_policy[KNETCTL_A_FILTER_LAST_HIT + 1] = {
	[KNETCTL_A_FILTER_ADDRESS] = { .type = NLA_BINARY, },
	[KNETCTL_A_FILTER_PREFIX_LEN] = { .type = NLA_U8, },
	[KNETCTL_A_FILTER_PORT_MIN] = { .type = NLA_U16, },
	[KNETCTL_A_FILTER_PORT_MAX] = { .type = NLA_U16, },
	[KNETCTL_A_FILTER_FLAGS] = NLA_POLICY_MASK(NLA_U32, 0x1),
	[KNETCTL_A_FILTER_TIMEOUT] = { .type = NLA_U64, },
	[KNETCTL_A_FILTER_COMMENT] = { .type = NLA_BINARY, },
	[KNETCTL_A_FILTER_HITS] = { .type = NLA_U64, },
	[KNETCTL_A_FILTER_LAST_HIT] = { .type = NLA_U64, },
};

const struct nla_policy knetctl_ftp_nl_policy[KNETCTL_A_FTP_SESSIONS + 1] = {
	[KNETCTL_A_FTP_FLAGS] = NLA_POLICY_MASK(NLA_U32, 0x1f),
	[KNETCTL_A_FTP_USER] = { .type = NLA_BINARY, },
	[KNETCTL_A_FTP_PASSWORD] = { .type = NLA_BINARY, },
	[KNETCTL_A_FTP_ACCOUNT] = { .type = NLA_BINARY, },
	[KNETCTL_A_FTP_PATHNAME] = { .type = NLA_BINARY, },
	[KNETCTL_A_FTP_OFFSET] = { .type = NLA_U64, },
	[KNETCTL_A_FTP_ACTIVE_ADDRESS] = { .type = NLA_BINARY, },
	[KNETCTL_A_FTP_PORT_MIN] = NLA_POLICY_MIN(NLA_U16, 1),
	[KNETCTL_A_FTP_PORT_MAX] = NLA_POLICY_MIN(NLA_U16, 1),
	[KNETCTL_A_FTP_ARGUMENT] = { .type = NLA_BINARY, },
	[KNETCTL_A_FTP_LISTING] = NLA_POLICY_RANGE(NLA_U32, 1, 3),
	[KNETCTL_A_FTP_CHECKSUM] = NLA_POLICY_RANGE(NLA_U32, 1, 3),
	[KNETCTL_A_FTP_SESSIONS] = NLA_POLICY_RANGE(NLA_U32, 1, 512),
};

/* KNETCTL_CMD_STATUS - do */
const struct nla_policy knetctl_status_nl_policy[KNETCTL_A_STATUS_PAD + 1] = {
};

/* KNETCTL_CMD_EVENT_SYNC - do */
const struct nla_policy knetctl_event_sync_nl_policy[KNETCTL_A_SYNC_PAD + 1] = {
};

/* KNETCTL_CMD_JOB_START - do */
const struct nla_policy knetctl_job_start_nl_policy[KNETCTL_A_JOB_FTP + 1] = {
	[KNETCTL_A_JOB_KIND] = NLA_POLICY_RANGE(NLA_U32, 1, 12),
	[KNETCTL_A_JOB_FLAGS] = NLA_POLICY_MASK(NLA_U32, 0x1),
	[KNETCTL_A_JOB_FD] = NLA_POLICY_MIN(NLA_S32, 0),
	[KNETCTL_A_JOB_REMOTE] = NLA_POLICY_NESTED(knetctl_endpoint_nl_policy),
	[KNETCTL_A_JOB_SOURCE] = NLA_POLICY_NESTED(knetctl_endpoint_nl_policy),
	[KNETCTL_A_JOB_CONNECT_TIMEOUT] = { .type = NLA_U32, },
	[KNETCTL_A_JOB_REPLY_TIMEOUT] = { .type = NLA_U32, },
	[KNETCTL_A_JOB_STALL_TIMEOUT] = { .type = NLA_U32, },
	[KNETCTL_A_JOB_STALL_BYTES] = { .type = NLA_U64, },
	[KNETCTL_A_JOB_TIMEOUT] = { .type = NLA_U32, },
	[KNETCTL_A_JOB_MAX_SIZE] = { .type = NLA_U64, },
	[KNETCTL_A_JOB_FTP] = NLA_POLICY_NESTED(knetctl_ftp_nl_policy),
};

/* KNETCTL_CMD_JOB_GET - do */
const struct nla_policy knetctl_job_get_nl_policy[KNETCTL_A_JOB_ID + 1] = {
	[KNETCTL_A_JOB_ID] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* KNETCTL_CMD_JOB_CANCEL - do */
const struct nla_policy knetctl_job_cancel_nl_policy[KNETCTL_A_JOB_ID + 1] = {
	[KNETCTL_A_JOB_ID] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* KNETCTL_CMD_JOB_WAIT - do */
const struct nla_policy knetctl_job_wait_nl_policy[KNETCTL_A_JOB_ID + 1] = {
	[KNETCTL_A_JOB_ID] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* KNETCTL_CMD_FILTER_ADD - do */
const struct nla_policy knetctl_filter_add_nl_policy[KNETCTL_A_FILTER_LIST_FLAGS + 1] = {
	[KNETCTL_A_FILTER_LIST_RULE] = NLA_POLICY_NESTED(knetctl_filter_nl_policy),
	[KNETCTL_A_FILTER_LIST_FLAGS] = NLA_POLICY_MASK(NLA_U32, 0xf),
};

/* KNETCTL_CMD_FILTER_DEL - do */
const struct nla_policy knetctl_filter_del_nl_policy[KNETCTL_A_FILTER_LIST_RULE + 1] = {
	[KNETCTL_A_FILTER_LIST_RULE] = NLA_POLICY_NESTED(knetctl_filter_nl_policy),
};

/* KNETCTL_CMD_FILTER_REPLACE - do */
const struct nla_policy knetctl_filter_replace_nl_policy[KNETCTL_A_FILTER_LIST_FLAGS + 1] = {
	[KNETCTL_A_FILTER_LIST_RULE] = NLA_POLICY_NESTED(knetctl_filter_nl_policy),
	[KNETCTL_A_FILTER_LIST_FLAGS] = NLA_POLICY_MASK(NLA_U32, 0xf),
};

/* KNETCTL_CMD_FILTER_FLUSH - do */
const struct nla_policy knetctl_filter_flush_nl_policy[KNETCTL_A_FILTER_LIST_PAD + 1] = {
};

/* KNETCTL_CMD_FILTER_GET - do */
const struct nla_policy knetctl_filter_get_nl_policy[KNETCTL_A_FILTER_LIST_PAD + 1] = {
};

/* KNETCTL_CMD_FILTER_TEST - do */
const struct nla_policy knetctl_filter_test_nl_policy[KNETCTL_A_FILTER_LIST_REMOTE + 1] = {
	[KNETCTL_A_FILTER_LIST_REMOTE] = NLA_POLICY_NESTED(knetctl_endpoint_nl_policy),
};

/* Ops table for knetctl */
const struct genl_ops knetctl_nl_ops[12] = {
	{
		.cmd		= KNETCTL_CMD_STATUS,
		.doit		= knetctl_nl_status_doit,
		.policy		= knetctl_status_nl_policy,
		.maxattr	= KNETCTL_A_STATUS_PAD,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= KNETCTL_CMD_EVENT_SYNC,
		.doit		= knetctl_nl_event_sync_doit,
		.policy		= knetctl_event_sync_nl_policy,
		.maxattr	= KNETCTL_A_SYNC_PAD,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= KNETCTL_CMD_JOB_START,
		.doit		= knetctl_nl_job_start_doit,
		.policy		= knetctl_job_start_nl_policy,
		.maxattr	= KNETCTL_A_JOB_FTP,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= KNETCTL_CMD_JOB_GET,
		.doit		= knetctl_nl_job_get_doit,
		.dumpit		= knetctl_nl_job_get_dumpit,
		.policy		= knetctl_job_get_nl_policy,
		.maxattr	= KNETCTL_A_JOB_ID,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= KNETCTL_CMD_JOB_CANCEL,
		.doit		= knetctl_nl_job_cancel_doit,
		.policy		= knetctl_job_cancel_nl_policy,
		.maxattr	= KNETCTL_A_JOB_ID,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= KNETCTL_CMD_JOB_WAIT,
		.doit		= knetctl_nl_job_wait_doit,
		.policy		= knetctl_job_wait_nl_policy,
		.maxattr	= KNETCTL_A_JOB_ID,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= KNETCTL_CMD_FILTER_ADD,
		.doit		= knetctl_nl_filter_add_doit,
		.policy		= knetctl_filter_add_nl_policy,
		.maxattr	= KNETCTL_A_FILTER_LIST_FLAGS,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= KNETCTL_CMD_FILTER_DEL,
		.doit		= knetctl_nl_filter_del_doit,
		.policy		= knetctl_filter_del_nl_policy,
		.maxattr	= KNETCTL_A_FILTER_LIST_RULE,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= KNETCTL_CMD_FILTER_REPLACE,
		.doit		= knetctl_nl_filter_replace_doit,
		.policy		= knetctl_filter_replace_nl_policy,
		.maxattr	= KNETCTL_A_FILTER_LIST_FLAGS,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= KNETCTL_CMD_FILTER_FLUSH,
		.doit		= knetctl_nl_filter_flush_doit,
		.policy		= knetctl_filter_flush_nl_policy,
		.maxattr	= KNETCTL_A_FILTER_LIST_PAD,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= KNETCTL_CMD_FILTER_GET,
		.doit		= knetctl_nl_filter_get_doit,
		.dumpit		= knetctl_nl_filter_get_dumpit,
		.policy		= knetctl_filter_get_nl_policy,
		.maxattr	= KNETCTL_A_FILTER_LIST_PAD,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= KNETCTL_CMD_FILTER_TEST,
		.doit		= knetctl_nl_filter_test_doit,
		.policy		= knetctl_filter_test_nl_policy,
		.maxattr	= KNETCTL_A_FILTER_LIST_REMOTE,
		.flags		= GENL_ADMIN_PERM,
	},
};

static const struct genl_multicast_group knetctl_nl_mcgrps[] = {
	[KNETCTL_NLGRP_JOB] = { "job", },
	[KNETCTL_NLGRP_FILTER] = { "filter", },
};
