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
	[KNETCTL_A_FILTER_PORT_MAX] = NLA_POLICY_MIN(NLA_U16, 1),
	[KNETCTL_A_FILTER_FLAGS] = NLA_POLICY_MASK(NLA_U32, 0x1),
	[KNETCTL_A_FILTER_TIMEOUT] = { .type = NLA_U64, },
	[KNETCTL_A_FILTER_COMMENT] = { .type = NLA_BINARY, },
	[KNETCTL_A_FILTER_HITS] = { .type = NLA_U64, },
	[KNETCTL_A_FILTER_LAST_HIT] = { .type = NLA_U64, },
};

const struct nla_policy knetctl_ftp_nl_policy[KNETCTL_A_FTP_QUOTE + 1] = {
	[KNETCTL_A_FTP_FLAGS] = NLA_POLICY_MASK(NLA_U32, 0xff),
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
	[KNETCTL_A_FTP_QUOTE] = { .type = NLA_BINARY, },
};

const struct nla_policy knetctl_send_nl_policy[KNETCTL_A_SEND_MULTICAST_IFINDEX + 1] = {
	[KNETCTL_A_SEND_FLAGS] = NLA_POLICY_MASK(NLA_U32, 0x1),
	[KNETCTL_A_SEND_COUNT] = NLA_POLICY_MIN(NLA_U32, 1),
	[KNETCTL_A_SEND_SENT] = { .type = NLA_U32, },
	[KNETCTL_A_SEND_INTERVAL_NS] = { .type = NLA_U64, },
	[KNETCTL_A_SEND_WAIT] = { .type = NLA_U32, },
	[KNETCTL_A_SEND_IFINDEX] = { .type = NLA_U32, },
	[KNETCTL_A_SEND_MARK] = { .type = NLA_U32, },
	[KNETCTL_A_SEND_TTL] = NLA_POLICY_RANGE(NLA_U32, 1, 255),
	[KNETCTL_A_SEND_TOS] = NLA_POLICY_MAX(NLA_U32, 255),
	[KNETCTL_A_SEND_MULTICAST_IFINDEX] = { .type = NLA_U32, },
};

/* KNETCTL_CMD_STATUS - do */
const struct nla_policy knetctl_status_nl_policy[KNETCTL_A_STATUS_PAD + 1] = {
};

/* KNETCTL_CMD_EVENT_SYNC - do */
const struct nla_policy knetctl_event_sync_nl_policy[KNETCTL_A_SYNC_PAD + 1] = {
};

/* KNETCTL_CMD_JOB_START - do */
const struct nla_policy knetctl_job_start_nl_policy[KNETCTL_A_JOB_RATE + 1] = {
	[KNETCTL_A_JOB_KIND] = NLA_POLICY_RANGE(NLA_U32, 1, 14),
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
	[KNETCTL_A_JOB_RATE] = { .type = NLA_U64, },
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
const struct nla_policy knetctl_filter_replace_nl_policy[KNETCTL_A_FILTER_LIST_COUNT + 1] = {
	[KNETCTL_A_FILTER_LIST_RULE] = NLA_POLICY_NESTED(knetctl_filter_nl_policy),
	[KNETCTL_A_FILTER_LIST_FLAGS] = NLA_POLICY_MASK(NLA_U32, 0xf),
	[KNETCTL_A_FILTER_LIST_COUNT] = { .type = NLA_U32, },
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

/* KNETCTL_CMD_SEND_START - do */
const struct nla_policy knetctl_send_start_nl_policy[KNETCTL_A_JOB_DATA + 1] = {
	[KNETCTL_A_JOB_KIND] = NLA_POLICY_RANGE(NLA_U32, 1, 14),
	[KNETCTL_A_JOB_FLAGS] = NLA_POLICY_MASK(NLA_U32, 0x1),
	[KNETCTL_A_JOB_FD] = NLA_POLICY_MIN(NLA_S32, 0),
	[KNETCTL_A_JOB_REMOTE] = NLA_POLICY_NESTED(knetctl_endpoint_nl_policy),
	[KNETCTL_A_JOB_SOURCE] = NLA_POLICY_NESTED(knetctl_endpoint_nl_policy),
	[KNETCTL_A_JOB_CONNECT_TIMEOUT] = { .type = NLA_U32, },
	[KNETCTL_A_JOB_TIMEOUT] = { .type = NLA_U32, },
	[KNETCTL_A_JOB_SEND] = NLA_POLICY_NESTED(knetctl_send_nl_policy),
	[KNETCTL_A_JOB_DATA] = { .type = NLA_BINARY, },
};

/* KNETCTL_CMD_LISTENER_ADD - do */
const struct nla_policy knetctl_listener_add_nl_policy[KNETCTL_A_LISTENER_FD + 1] = {
	[KNETCTL_A_LISTENER_LOCAL] = NLA_POLICY_NESTED(knetctl_endpoint_nl_policy),
	[KNETCTL_A_LISTENER_FLAGS] = NLA_POLICY_MASK(NLA_U32, 0xf),
	[KNETCTL_A_LISTENER_IFINDEX] = { .type = NLA_U32, },
	[KNETCTL_A_LISTENER_BACKLOG] = { .type = NLA_U32, },
	[KNETCTL_A_LISTENER_MAX_CONNECTIONS] = { .type = NLA_U32, },
	[KNETCTL_A_LISTENER_PER_SOURCE] = { .type = NLA_U32, },
	[KNETCTL_A_LISTENER_PER_SOURCE_PREFIX] = NLA_POLICY_MAX(NLA_U32, 128),
	[KNETCTL_A_LISTENER_RATE] = { .type = NLA_U32, },
	[KNETCTL_A_LISTENER_ON_LIMIT] = NLA_POLICY_RANGE(NLA_U32, 1, 3),
	[KNETCTL_A_LISTENER_IDLE] = { .type = NLA_U32, },
	[KNETCTL_A_LISTENER_SERVICE] = NLA_POLICY_RANGE(NLA_U32, 1, 9),
	[KNETCTL_A_LISTENER_TEXT] = { .type = NLA_BINARY, },
	[KNETCTL_A_LISTENER_FD] = NLA_POLICY_MIN(NLA_S32, 0),
};

/* KNETCTL_CMD_LISTENER_GET - do */
const struct nla_policy knetctl_listener_get_nl_policy[KNETCTL_A_LISTENER_ID + 1] = {
	[KNETCTL_A_LISTENER_ID] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* KNETCTL_CMD_LISTENER_SET - do */
const struct nla_policy knetctl_listener_set_nl_policy[KNETCTL_A_LISTENER_IDLE + 1] = {
	[KNETCTL_A_LISTENER_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[KNETCTL_A_LISTENER_BACKLOG] = { .type = NLA_U32, },
	[KNETCTL_A_LISTENER_MAX_CONNECTIONS] = { .type = NLA_U32, },
	[KNETCTL_A_LISTENER_PER_SOURCE] = { .type = NLA_U32, },
	[KNETCTL_A_LISTENER_PER_SOURCE_PREFIX] = NLA_POLICY_MAX(NLA_U32, 128),
	[KNETCTL_A_LISTENER_RATE] = { .type = NLA_U32, },
	[KNETCTL_A_LISTENER_ON_LIMIT] = NLA_POLICY_RANGE(NLA_U32, 1, 3),
	[KNETCTL_A_LISTENER_IDLE] = { .type = NLA_U32, },
};

/* KNETCTL_CMD_LISTENER_DEL - do */
const struct nla_policy knetctl_listener_del_nl_policy[KNETCTL_A_LISTENER_FLAGS + 1] = {
	[KNETCTL_A_LISTENER_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[KNETCTL_A_LISTENER_FLAGS] = NLA_POLICY_MASK(NLA_U32, 0xf),
};

/* KNETCTL_CMD_LISTENER_ACCEPT - do */
const struct nla_policy knetctl_listener_accept_nl_policy[KNETCTL_A_CONNECTION_LISTENER + 1] = {
	[KNETCTL_A_CONNECTION_LISTENER] = { .type = NLA_U32, },
};

/* KNETCTL_CMD_CONNECTION_GET - do */
const struct nla_policy knetctl_connection_get_nl_policy[KNETCTL_A_CONNECTION_ID + 1] = {
	[KNETCTL_A_CONNECTION_ID] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* KNETCTL_CMD_CONNECTION_CLOSE - do */
const struct nla_policy knetctl_connection_close_nl_policy[KNETCTL_A_CONNECTION_ID + 1] = {
	[KNETCTL_A_CONNECTION_ID] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* KNETCTL_CMD_JOB_SET - do */
const struct nla_policy knetctl_job_set_nl_policy[KNETCTL_A_JOB_RATE + 1] = {
	[KNETCTL_A_JOB_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[KNETCTL_A_JOB_RATE] = { .type = NLA_U64, },
};

/* Ops table for knetctl */
const struct genl_ops knetctl_nl_ops[21] = {
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
		.maxattr	= KNETCTL_A_JOB_RATE,
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
		.maxattr	= KNETCTL_A_FILTER_LIST_COUNT,
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
	{
		.cmd		= KNETCTL_CMD_SEND_START,
		.doit		= knetctl_nl_send_start_doit,
		.policy		= knetctl_send_start_nl_policy,
		.maxattr	= KNETCTL_A_JOB_DATA,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= KNETCTL_CMD_LISTENER_ADD,
		.doit		= knetctl_nl_listener_add_doit,
		.policy		= knetctl_listener_add_nl_policy,
		.maxattr	= KNETCTL_A_LISTENER_FD,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= KNETCTL_CMD_LISTENER_GET,
		.doit		= knetctl_nl_listener_get_doit,
		.dumpit		= knetctl_nl_listener_get_dumpit,
		.policy		= knetctl_listener_get_nl_policy,
		.maxattr	= KNETCTL_A_LISTENER_ID,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= KNETCTL_CMD_LISTENER_SET,
		.doit		= knetctl_nl_listener_set_doit,
		.policy		= knetctl_listener_set_nl_policy,
		.maxattr	= KNETCTL_A_LISTENER_IDLE,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= KNETCTL_CMD_LISTENER_DEL,
		.doit		= knetctl_nl_listener_del_doit,
		.policy		= knetctl_listener_del_nl_policy,
		.maxattr	= KNETCTL_A_LISTENER_FLAGS,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= KNETCTL_CMD_LISTENER_ACCEPT,
		.doit		= knetctl_nl_listener_accept_doit,
		.policy		= knetctl_listener_accept_nl_policy,
		.maxattr	= KNETCTL_A_CONNECTION_LISTENER,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= KNETCTL_CMD_CONNECTION_GET,
		.doit		= knetctl_nl_connection_get_doit,
		.dumpit		= knetctl_nl_connection_get_dumpit,
		.policy		= knetctl_connection_get_nl_policy,
		.maxattr	= KNETCTL_A_CONNECTION_ID,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= KNETCTL_CMD_CONNECTION_CLOSE,
		.doit		= knetctl_nl_connection_close_doit,
		.policy		= knetctl_connection_close_nl_policy,
		.maxattr	= KNETCTL_A_CONNECTION_ID,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= KNETCTL_CMD_JOB_SET,
		.doit		= knetctl_nl_job_set_doit,
		.policy		= knetctl_job_set_nl_policy,
		.maxattr	= KNETCTL_A_JOB_RATE,
		.flags		= GENL_ADMIN_PERM,
	},
};

static const struct genl_multicast_group knetctl_nl_mcgrps[] = {
	[KNETCTL_NLGRP_JOB] = { "job", },
	[KNETCTL_NLGRP_FILTER] = { "filter", },
	[KNETCTL_NLGRP_CONNECTION] = { "connection", },
};
