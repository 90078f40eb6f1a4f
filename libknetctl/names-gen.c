// SPDX-License-Identifier: LGPL-2.1-or-later
/* Made from include/netlink/knetctl.yaml by 'make regen', do not edit. */

#include <stddef.h>

#include <linux/knetctl.h>

#include "names.h"

const char *const knetctl_names_job_kind[] = {
	[KNETCTL_JOB_KIND_FTP_GET] = "ftp-get",
	[KNETCTL_JOB_KIND_FTP_PUT] = "ftp-put",
	[KNETCTL_JOB_KIND_FTP_LS] = "ftp-ls",
	[KNETCTL_JOB_KIND_FTP_SIZE] = "ftp-size",
	[KNETCTL_JOB_KIND_FTP_MTIME] = "ftp-mtime",
	[KNETCTL_JOB_KIND_FTP_SET_MTIME] = "ftp-set-mtime",
	[KNETCTL_JOB_KIND_FTP_CHECKSUM] = "ftp-checksum",
	[KNETCTL_JOB_KIND_FTP_RM] = "ftp-rm",
	[KNETCTL_JOB_KIND_FTP_MKDIR] = "ftp-mkdir",
	[KNETCTL_JOB_KIND_FTP_RMDIR] = "ftp-rmdir",
	[KNETCTL_JOB_KIND_FTP_MV] = "ftp-mv",
	[KNETCTL_JOB_KIND_FTP_SITE] = "ftp-site",
	[KNETCTL_JOB_KIND_SEND_TCP] = "send-tcp",
	[KNETCTL_JOB_KIND_SEND_UDP] = "send-udp",
};
const size_t knetctl_names_job_kind_count = sizeof(knetctl_names_job_kind) / sizeof(knetctl_names_job_kind[0]);

const char *const knetctl_names_job_state[] = {
	[KNETCTL_JOB_STATE_QUEUED] = "queued",
	[KNETCTL_JOB_STATE_RUNNING] = "running",
	[KNETCTL_JOB_STATE_DONE] = "done",
	[KNETCTL_JOB_STATE_FAILED] = "failed",
	[KNETCTL_JOB_STATE_CANCELLED] = "cancelled",
};
const size_t knetctl_names_job_state_count = sizeof(knetctl_names_job_state) / sizeof(knetctl_names_job_state[0]);

const char *const knetctl_names_error_class[] = {
	[KNETCTL_ERROR_CLASS_LOCAL] = "local",
	[KNETCTL_ERROR_CLASS_NETWORK] = "network",
	[KNETCTL_ERROR_CLASS_TIMER] = "timer",
	[KNETCTL_ERROR_CLASS_TRANSIENT] = "transient",
	[KNETCTL_ERROR_CLASS_PERMANENT] = "permanent",
	[KNETCTL_ERROR_CLASS_PROTOCOL] = "protocol",
	[KNETCTL_ERROR_CLASS_SHORT] = "short",
	[KNETCTL_ERROR_CLASS_LONG] = "long",
	[KNETCTL_ERROR_CLASS_PEER] = "peer",
};
const size_t knetctl_names_error_class_count = sizeof(knetctl_names_error_class) / sizeof(knetctl_names_error_class[0]);

const char *const knetctl_names_ftp_listing[] = {
	[KNETCTL_FTP_LISTING_MLSD] = "mlsd",
	[KNETCTL_FTP_LISTING_LIST] = "list",
	[KNETCTL_FTP_LISTING_NLST] = "nlst",
};
const size_t knetctl_names_ftp_listing_count = sizeof(knetctl_names_ftp_listing) / sizeof(knetctl_names_ftp_listing[0]);

const char *const knetctl_names_ftp_checksum[] = {
	[KNETCTL_FTP_CHECKSUM_HASH] = "hash",
	[KNETCTL_FTP_CHECKSUM_XSHA256] = "xsha256",
	[KNETCTL_FTP_CHECKSUM_XCRC] = "xcrc",
};
const size_t knetctl_names_ftp_checksum_count = sizeof(knetctl_names_ftp_checksum) / sizeof(knetctl_names_ftp_checksum[0]);

const char *const knetctl_names_data_path[] = {
	[KNETCTL_DATA_PATH_BUFFERED] = "buffered",
	[KNETCTL_DATA_PATH_DIRECT] = "direct",
};
const size_t knetctl_names_data_path_count = sizeof(knetctl_names_data_path) / sizeof(knetctl_names_data_path[0]);

const char *const knetctl_names_dialogue_direction[] = {
	[KNETCTL_DIALOGUE_DIRECTION_SENT] = "sent",
	[KNETCTL_DIALOGUE_DIRECTION_RECEIVED] = "received",
};
const size_t knetctl_names_dialogue_direction_count = sizeof(knetctl_names_dialogue_direction) / sizeof(knetctl_names_dialogue_direction[0]);

const char *const knetctl_names_attribution[] = {
	[KNETCTL_ATTRIBUTION_NONE] = "none",
	[KNETCTL_ATTRIBUTION_TASK] = "task",
};
const size_t knetctl_names_attribution_count = sizeof(knetctl_names_attribution) / sizeof(knetctl_names_attribution[0]);

const char *const knetctl_names_service[] = {
	[KNETCTL_SERVICE_HOLD] = "hold",
	[KNETCTL_SERVICE_CLOSE] = "close",
	[KNETCTL_SERVICE_ECHO] = "echo",
	[KNETCTL_SERVICE_DISCARD] = "discard",
	[KNETCTL_SERVICE_CHARGEN] = "chargen",
	[KNETCTL_SERVICE_DAYTIME] = "daytime",
	[KNETCTL_SERVICE_BANNER] = "banner",
	[KNETCTL_SERVICE_FILE] = "file",
	[KNETCTL_SERVICE_HANDOFF] = "handoff",
};
const size_t knetctl_names_service_count = sizeof(knetctl_names_service) / sizeof(knetctl_names_service[0]);

const char *const knetctl_names_on_limit[] = {
	[KNETCTL_ON_LIMIT_QUEUE] = "queue",
	[KNETCTL_ON_LIMIT_CLOSE] = "close",
	[KNETCTL_ON_LIMIT_RESET] = "reset",
};
const size_t knetctl_names_on_limit_count = sizeof(knetctl_names_on_limit) / sizeof(knetctl_names_on_limit[0]);

const char *const knetctl_names_connection_reason[] = {
	[KNETCTL_CONNECTION_REASON_MAX] = "max",
	[KNETCTL_CONNECTION_REASON_PER_SOURCE] = "per-source",
	[KNETCTL_CONNECTION_REASON_RATE] = "rate",
	[KNETCTL_CONNECTION_REASON_MEMORY] = "memory",
	[KNETCTL_CONNECTION_REASON_DONE] = "done",
	[KNETCTL_CONNECTION_REASON_PEER] = "peer",
	[KNETCTL_CONNECTION_REASON_RESET] = "reset",
	[KNETCTL_CONNECTION_REASON_IDLE] = "idle",
	[KNETCTL_CONNECTION_REASON_CLOSED] = "closed",
	[KNETCTL_CONNECTION_REASON_DELETED] = "deleted",
	[KNETCTL_CONNECTION_REASON_HANDED_OVER] = "handed-over",
	[KNETCTL_CONNECTION_REASON_FILE] = "file",
	[KNETCTL_CONNECTION_REASON_SHUTDOWN] = "shutdown",
};
const size_t knetctl_names_connection_reason_count = sizeof(knetctl_names_connection_reason) / sizeof(knetctl_names_connection_reason[0]);

static const struct knetctl_names_attr endpoint_attrs[] = {
	[KNETCTL_A_ENDPOINT_ADDRESS] = { "address", NULL },
	[KNETCTL_A_ENDPOINT_PORT] = { "port", NULL },
	[KNETCTL_A_ENDPOINT_IFINDEX] = { "ifindex", NULL },
};

const struct knetctl_names_set knetctl_names_set_endpoint = {
	endpoint_attrs, sizeof(endpoint_attrs) / sizeof(endpoint_attrs[0]),
};

static const struct knetctl_names_attr event_attrs[] = {
	[KNETCTL_A_EVENT_SEQ] = { "seq", NULL },
	[KNETCTL_A_EVENT_TIME] = { "time", NULL },
	[KNETCTL_A_EVENT_MONO_NS] = { "mono-ns", NULL },
};

const struct knetctl_names_set knetctl_names_set_event = {
	event_attrs, sizeof(event_attrs) / sizeof(event_attrs[0]),
};

static const struct knetctl_names_attr group_attrs[] = {
	[KNETCTL_A_GROUP_NAME] = { "name", NULL },
	[KNETCTL_A_GROUP_NEXT_SEQ] = { "next-seq", NULL },
	[KNETCTL_A_GROUP_LOST] = { "lost", NULL },
};

const struct knetctl_names_set knetctl_names_set_group = {
	group_attrs, sizeof(group_attrs) / sizeof(group_attrs[0]),
};

static const struct knetctl_names_attr lost_attrs[] = {
	[KNETCTL_A_LOST_EVENT] = { "event", &knetctl_names_set_event },
	[KNETCTL_A_LOST_GROUP] = { "group", NULL },
	[KNETCTL_A_LOST_COUNT] = { "count", NULL },
	[KNETCTL_A_LOST_FIRST_SEQ] = { "first-seq", NULL },
	[KNETCTL_A_LOST_LAST_SEQ] = { "last-seq", NULL },
};

const struct knetctl_names_set knetctl_names_set_lost = {
	lost_attrs, sizeof(lost_attrs) / sizeof(lost_attrs[0]),
};

static const struct knetctl_names_attr sync_attrs[] = {
	[KNETCTL_A_SYNC_GROUP] = { "group", &knetctl_names_set_group },
};

const struct knetctl_names_set knetctl_names_set_sync = {
	sync_attrs, sizeof(sync_attrs) / sizeof(sync_attrs[0]),
};

static const struct knetctl_names_attr ftp_attrs[] = {
	[KNETCTL_A_FTP_FLAGS] = { "flags", NULL },
	[KNETCTL_A_FTP_USER] = { "user", NULL },
	[KNETCTL_A_FTP_PASSWORD] = { "password", NULL },
	[KNETCTL_A_FTP_ACCOUNT] = { "account", NULL },
	[KNETCTL_A_FTP_PATHNAME] = { "pathname", NULL },
	[KNETCTL_A_FTP_OFFSET] = { "offset", NULL },
	[KNETCTL_A_FTP_ACTIVE_ADDRESS] = { "active-address", NULL },
	[KNETCTL_A_FTP_PORT_MIN] = { "port-min", NULL },
	[KNETCTL_A_FTP_PORT_MAX] = { "port-max", NULL },
	[KNETCTL_A_FTP_ARGUMENT] = { "argument", NULL },
	[KNETCTL_A_FTP_LISTING] = { "listing", NULL },
	[KNETCTL_A_FTP_CHECKSUM] = { "checksum", NULL },
	[KNETCTL_A_FTP_SESSIONS] = { "sessions", NULL },
	[KNETCTL_A_FTP_QUOTE] = { "quote", NULL },
};

const struct knetctl_names_set knetctl_names_set_ftp = {
	ftp_attrs, sizeof(ftp_attrs) / sizeof(ftp_attrs[0]),
};

static const struct knetctl_names_attr send_attrs[] = {
	[KNETCTL_A_SEND_FLAGS] = { "flags", NULL },
	[KNETCTL_A_SEND_COUNT] = { "count", NULL },
	[KNETCTL_A_SEND_SENT] = { "sent", NULL },
	[KNETCTL_A_SEND_INTERVAL_NS] = { "interval-ns", NULL },
	[KNETCTL_A_SEND_WAIT] = { "wait", NULL },
	[KNETCTL_A_SEND_IFINDEX] = { "ifindex", NULL },
	[KNETCTL_A_SEND_MARK] = { "mark", NULL },
	[KNETCTL_A_SEND_TTL] = { "ttl", NULL },
	[KNETCTL_A_SEND_TOS] = { "tos", NULL },
	[KNETCTL_A_SEND_MULTICAST_IFINDEX] = { "multicast-ifindex", NULL },
};

const struct knetctl_names_set knetctl_names_set_send = {
	send_attrs, sizeof(send_attrs) / sizeof(send_attrs[0]),
};

static const struct knetctl_names_attr job_attrs[] = {
	[KNETCTL_A_JOB_ID] = { "id", NULL },
	[KNETCTL_A_JOB_KIND] = { "kind", NULL },
	[KNETCTL_A_JOB_STATE] = { "state", NULL },
	[KNETCTL_A_JOB_FLAGS] = { "flags", NULL },
	[KNETCTL_A_JOB_FD] = { "fd", NULL },
	[KNETCTL_A_JOB_REMOTE] = { "remote", &knetctl_names_set_endpoint },
	[KNETCTL_A_JOB_SOURCE] = { "source", &knetctl_names_set_endpoint },
	[KNETCTL_A_JOB_LOCAL] = { "local", &knetctl_names_set_endpoint },
	[KNETCTL_A_JOB_CONNECT_TIMEOUT] = { "connect-timeout", NULL },
	[KNETCTL_A_JOB_REPLY_TIMEOUT] = { "reply-timeout", NULL },
	[KNETCTL_A_JOB_STALL_TIMEOUT] = { "stall-timeout", NULL },
	[KNETCTL_A_JOB_STALL_BYTES] = { "stall-bytes", NULL },
	[KNETCTL_A_JOB_TIMEOUT] = { "timeout", NULL },
	[KNETCTL_A_JOB_MAX_SIZE] = { "max-size", NULL },
	[KNETCTL_A_JOB_FTP] = { "ftp", &knetctl_names_set_ftp },
	[KNETCTL_A_JOB_BYTES] = { "bytes", NULL },
	[KNETCTL_A_JOB_SIZE] = { "size", NULL },
	[KNETCTL_A_JOB_DURATION_NS] = { "duration-ns", NULL },
	[KNETCTL_A_JOB_CLASS] = { "class", NULL },
	[KNETCTL_A_JOB_ERRNO] = { "errno", NULL },
	[KNETCTL_A_JOB_FTP_CODE] = { "ftp-code", NULL },
	[KNETCTL_A_JOB_MESSAGE] = { "message", NULL },
	[KNETCTL_A_JOB_PATH] = { "path", NULL },
	[KNETCTL_A_JOB_EVENT] = { "event", &knetctl_names_set_event },
	[KNETCTL_A_JOB_SEND] = { "send", &knetctl_names_set_send },
	[KNETCTL_A_JOB_DATA] = { "data", NULL },
	[KNETCTL_A_JOB_RATE] = { "rate", NULL },
	[KNETCTL_A_JOB_DIRECTION] = { "direction", NULL },
	[KNETCTL_A_JOB_TEXT] = { "text", NULL },
};

const struct knetctl_names_set knetctl_names_set_job = {
	job_attrs, sizeof(job_attrs) / sizeof(job_attrs[0]),
};

static const struct knetctl_names_attr filter_attrs[] = {
	[KNETCTL_A_FILTER_ADDRESS] = { "address", NULL },
	[KNETCTL_A_FILTER_PREFIX_LEN] = { "prefix-len", NULL },
	[KNETCTL_A_FILTER_PORT_MIN] = { "port-min", NULL },
	[KNETCTL_A_FILTER_PORT_MAX] = { "port-max", NULL },
	[KNETCTL_A_FILTER_FLAGS] = { "flags", NULL },
	[KNETCTL_A_FILTER_TIMEOUT] = { "timeout", NULL },
	[KNETCTL_A_FILTER_COMMENT] = { "comment", NULL },
	[KNETCTL_A_FILTER_HITS] = { "hits", NULL },
	[KNETCTL_A_FILTER_LAST_HIT] = { "last-hit", NULL },
};

const struct knetctl_names_set knetctl_names_set_filter = {
	filter_attrs, sizeof(filter_attrs) / sizeof(filter_attrs[0]),
};

static const struct knetctl_names_attr filter_list_attrs[] = {
	[KNETCTL_A_FILTER_LIST_RULE] = { "rule", &knetctl_names_set_filter },
	[KNETCTL_A_FILTER_LIST_FLAGS] = { "flags", NULL },
	[KNETCTL_A_FILTER_LIST_COUNT] = { "count", NULL },
	[KNETCTL_A_FILTER_LIST_COUNT_IPV4] = { "count-ipv4", NULL },
	[KNETCTL_A_FILTER_LIST_COUNT_IPV6] = { "count-ipv6", NULL },
	[KNETCTL_A_FILTER_LIST_LIMIT] = { "limit", NULL },
	[KNETCTL_A_FILTER_LIST_BYTES] = { "bytes", NULL },
	[KNETCTL_A_FILTER_LIST_REMOTE] = { "remote", &knetctl_names_set_endpoint },
};

const struct knetctl_names_set knetctl_names_set_filter_list = {
	filter_list_attrs, sizeof(filter_list_attrs) / sizeof(filter_list_attrs[0]),
};

static const struct knetctl_names_attr filter_match_attrs[] = {
	[KNETCTL_A_FILTER_MATCH_EVENT] = { "event", &knetctl_names_set_event },
	[KNETCTL_A_FILTER_MATCH_LOCAL] = { "local", &knetctl_names_set_endpoint },
	[KNETCTL_A_FILTER_MATCH_REMOTE] = { "remote", &knetctl_names_set_endpoint },
	[KNETCTL_A_FILTER_MATCH_RULE] = { "rule", &knetctl_names_set_filter },
	[KNETCTL_A_FILTER_MATCH_ATTRIBUTION] = { "attribution", NULL },
	[KNETCTL_A_FILTER_MATCH_PID] = { "pid", NULL },
	[KNETCTL_A_FILTER_MATCH_COMM] = { "comm", NULL },
	[KNETCTL_A_FILTER_MATCH_UID] = { "uid", NULL },
	[KNETCTL_A_FILTER_MATCH_CGROUP] = { "cgroup", NULL },
};

const struct knetctl_names_set knetctl_names_set_filter_match = {
	filter_match_attrs, sizeof(filter_match_attrs) / sizeof(filter_match_attrs[0]),
};

static const struct knetctl_names_attr status_attrs[] = {
	[KNETCTL_A_STATUS_VERSION] = { "version", NULL },
	[KNETCTL_A_STATUS_JOBS] = { "jobs", NULL },
	[KNETCTL_A_STATUS_JOBS_MAX] = { "jobs-max", NULL },
	[KNETCTL_A_STATUS_JOBS_FINISHED] = { "jobs-finished", NULL },
	[KNETCTL_A_STATUS_SESSIONS] = { "sessions", NULL },
	[KNETCTL_A_STATUS_SESSIONS_MAX] = { "sessions-max", NULL },
	[KNETCTL_A_STATUS_GROUP] = { "group", &knetctl_names_set_group },
	[KNETCTL_A_STATUS_LISTENERS] = { "listeners", NULL },
	[KNETCTL_A_STATUS_CONNECTIONS] = { "connections", NULL },
};

const struct knetctl_names_set knetctl_names_set_status = {
	status_attrs, sizeof(status_attrs) / sizeof(status_attrs[0]),
};

static const struct knetctl_names_attr listener_attrs[] = {
	[KNETCTL_A_LISTENER_ID] = { "id", NULL },
	[KNETCTL_A_LISTENER_LOCAL] = { "local", &knetctl_names_set_endpoint },
	[KNETCTL_A_LISTENER_FLAGS] = { "flags", NULL },
	[KNETCTL_A_LISTENER_IFINDEX] = { "ifindex", NULL },
	[KNETCTL_A_LISTENER_BACKLOG] = { "backlog", NULL },
	[KNETCTL_A_LISTENER_MAX_CONNECTIONS] = { "max-connections", NULL },
	[KNETCTL_A_LISTENER_PER_SOURCE] = { "per-source", NULL },
	[KNETCTL_A_LISTENER_PER_SOURCE_PREFIX] = { "per-source-prefix", NULL },
	[KNETCTL_A_LISTENER_RATE] = { "rate", NULL },
	[KNETCTL_A_LISTENER_ON_LIMIT] = { "on-limit", NULL },
	[KNETCTL_A_LISTENER_IDLE] = { "idle", NULL },
	[KNETCTL_A_LISTENER_SERVICE] = { "service", NULL },
	[KNETCTL_A_LISTENER_TEXT] = { "text", NULL },
	[KNETCTL_A_LISTENER_FD] = { "fd", NULL },
	[KNETCTL_A_LISTENER_CONNECTIONS] = { "connections", NULL },
	[KNETCTL_A_LISTENER_WAITING] = { "waiting", NULL },
	[KNETCTL_A_LISTENER_ACCEPTED] = { "accepted", NULL },
	[KNETCTL_A_LISTENER_REJECTED] = { "rejected", NULL },
	[KNETCTL_A_LISTENER_DURATION_NS] = { "duration-ns", NULL },
};

const struct knetctl_names_set knetctl_names_set_listener = {
	listener_attrs, sizeof(listener_attrs) / sizeof(listener_attrs[0]),
};

static const struct knetctl_names_attr connection_attrs[] = {
	[KNETCTL_A_CONNECTION_ID] = { "id", NULL },
	[KNETCTL_A_CONNECTION_LISTENER] = { "listener", NULL },
	[KNETCTL_A_CONNECTION_LOCAL] = { "local", &knetctl_names_set_endpoint },
	[KNETCTL_A_CONNECTION_REMOTE] = { "remote", &knetctl_names_set_endpoint },
	[KNETCTL_A_CONNECTION_SERVICE] = { "service", NULL },
	[KNETCTL_A_CONNECTION_REASON] = { "reason", NULL },
	[KNETCTL_A_CONNECTION_ERRNO] = { "errno", NULL },
	[KNETCTL_A_CONNECTION_BYTES_IN] = { "bytes-in", NULL },
	[KNETCTL_A_CONNECTION_BYTES_OUT] = { "bytes-out", NULL },
	[KNETCTL_A_CONNECTION_DURATION_NS] = { "duration-ns", NULL },
	[KNETCTL_A_CONNECTION_FD] = { "fd", NULL },
	[KNETCTL_A_CONNECTION_EVENT] = { "event", &knetctl_names_set_event },
};

const struct knetctl_names_set knetctl_names_set_connection = {
	connection_attrs, sizeof(connection_attrs) / sizeof(connection_attrs[0]),
};

const struct knetctl_names_cmd knetctl_names_cmds[] = {
	[KNETCTL_CMD_STATUS] = { "status", &knetctl_names_set_status },
	[KNETCTL_CMD_EVENT_SYNC] = { "event-sync", &knetctl_names_set_sync },
	[KNETCTL_CMD_JOB_START] = { "job-start", &knetctl_names_set_job },
	[KNETCTL_CMD_JOB_GET] = { "job-get", &knetctl_names_set_job },
	[KNETCTL_CMD_JOB_CANCEL] = { "job-cancel", &knetctl_names_set_job },
	[KNETCTL_CMD_JOB_WAIT] = { "job-wait", &knetctl_names_set_job },
	[KNETCTL_CMD_JOB_STARTED] = { "job-started", &knetctl_names_set_job },
	[KNETCTL_CMD_JOB_PROGRESS] = { "job-progress", &knetctl_names_set_job },
	[KNETCTL_CMD_JOB_DONE] = { "job-done", &knetctl_names_set_job },
	[KNETCTL_CMD_LOST] = { "lost", &knetctl_names_set_lost },
	[KNETCTL_CMD_FILTER_ADD] = { "filter-add", &knetctl_names_set_filter_list },
	[KNETCTL_CMD_FILTER_DEL] = { "filter-del", &knetctl_names_set_filter_list },
	[KNETCTL_CMD_FILTER_REPLACE] = { "filter-replace", &knetctl_names_set_filter_list },
	[KNETCTL_CMD_FILTER_FLUSH] = { "filter-flush", &knetctl_names_set_filter_list },
	[KNETCTL_CMD_FILTER_GET] = { "filter-get", &knetctl_names_set_filter_list },
	[KNETCTL_CMD_FILTER_TEST] = { "filter-test", &knetctl_names_set_filter_list },
	[KNETCTL_CMD_FILTER_MATCH] = { "filter-match", &knetctl_names_set_filter_match },
	[KNETCTL_CMD_SEND_START] = { "send-start", &knetctl_names_set_job },
	[KNETCTL_CMD_LISTENER_ADD] = { "listener-add", &knetctl_names_set_listener },
	[KNETCTL_CMD_LISTENER_GET] = { "listener-get", &knetctl_names_set_listener },
	[KNETCTL_CMD_LISTENER_SET] = { "listener-set", &knetctl_names_set_listener },
	[KNETCTL_CMD_LISTENER_DEL] = { "listener-del", &knetctl_names_set_listener },
	[KNETCTL_CMD_LISTENER_ACCEPT] = { "listener-accept", &knetctl_names_set_connection },
	[KNETCTL_CMD_CONNECTION_GET] = { "connection-get", &knetctl_names_set_connection },
	[KNETCTL_CMD_CONNECTION_CLOSE] = { "connection-close", &knetctl_names_set_connection },
	[KNETCTL_CMD_CONNECTION_ACCEPTED] = { "connection-accepted", &knetctl_names_set_connection },
	[KNETCTL_CMD_CONNECTION_REJECTED] = { "connection-rejected", &knetctl_names_set_connection },
	[KNETCTL_CMD_CONNECTION_CLOSED] = { "connection-closed", &knetctl_names_set_connection },
	[KNETCTL_CMD_JOB_SET] = { "job-set", &knetctl_names_set_job },
	[KNETCTL_CMD_JOB_DIALOGUE] = { "job-dialogue", &knetctl_names_set_job },
};
const size_t knetctl_names_cmds_count = sizeof(knetctl_names_cmds) / sizeof(knetctl_names_cmds[0]);
