// SPDX-License-Identifier: GPL-2.0-only
/* Print sizes and offsets of what programs share with the library. */
#include <stdio.h>

#include <knetctl/knetctl.h>

#define STRUCT(name) \
	printf("struct %s %zu\n", #name, sizeof(struct name))
#define MEMBER(name, member) \
	printf("member %s.%s %zu %zu\n", #name, #member, offsetof(struct name, member), \
	       sizeof(((struct name *)0)->member))
#define VALUE(name) \
	printf("value %s %lld\n", #name, (long long)(name))

static void job(void)
{
	STRUCT(knetctl_job);
	MEMBER(knetctl_job, id);
	MEMBER(knetctl_job, kind);
	MEMBER(knetctl_job, state);
	MEMBER(knetctl_job, error_class);
	MEMBER(knetctl_job, errnum);
	MEMBER(knetctl_job, ftp_code);
	MEMBER(knetctl_job, path);
	MEMBER(knetctl_job, bound);
	MEMBER(knetctl_job, bytes);
	MEMBER(knetctl_job, size);
	MEMBER(knetctl_job, size_known);
	MEMBER(knetctl_job, active);
	MEMBER(knetctl_job, offset);
	MEMBER(knetctl_job, duration_ns);
	MEMBER(knetctl_job, last_seq);
	MEMBER(knetctl_job, local);
	MEMBER(knetctl_job, remote);
	MEMBER(knetctl_job, message);
	MEMBER(knetctl_job, user);
	MEMBER(knetctl_job, pathname);
	MEMBER(knetctl_job, interval_ns);
	MEMBER(knetctl_job, send_count);
	MEMBER(knetctl_job, sent);
	MEMBER(knetctl_job, rate);
	MEMBER(knetctl_job, reserved);
}

static void listener(void)
{
	STRUCT(knetctl_listener);
	MEMBER(knetctl_listener, id);
	MEMBER(knetctl_listener, flags);
	MEMBER(knetctl_listener, service);
	MEMBER(knetctl_listener, ifindex);
	MEMBER(knetctl_listener, backlog);
	MEMBER(knetctl_listener, max);
	MEMBER(knetctl_listener, per_source);
	MEMBER(knetctl_listener, per_source_prefix);
	MEMBER(knetctl_listener, rate);
	MEMBER(knetctl_listener, on_limit);
	MEMBER(knetctl_listener, idle);
	MEMBER(knetctl_listener, connections);
	MEMBER(knetctl_listener, waiting);
	MEMBER(knetctl_listener, accepted);
	MEMBER(knetctl_listener, rejected);
	MEMBER(knetctl_listener, duration_ns);
	MEMBER(knetctl_listener, local);
	MEMBER(knetctl_listener, text_len);
	MEMBER(knetctl_listener, text);
	MEMBER(knetctl_listener, reserved);
}

static void listener_add(void)
{
	STRUCT(knetctl_listener_add);
	MEMBER(knetctl_listener_add, size);
	MEMBER(knetctl_listener_add, local);
	MEMBER(knetctl_listener_add, flags);
	MEMBER(knetctl_listener_add, ifindex);
	MEMBER(knetctl_listener_add, backlog);
	MEMBER(knetctl_listener_add, max);
	MEMBER(knetctl_listener_add, per_source);
	MEMBER(knetctl_listener_add, per_source_prefix);
	MEMBER(knetctl_listener_add, rate);
	MEMBER(knetctl_listener_add, on_limit);
	MEMBER(knetctl_listener_add, idle);
	MEMBER(knetctl_listener_add, service);
	MEMBER(knetctl_listener_add, text);
	MEMBER(knetctl_listener_add, text_len);
	MEMBER(knetctl_listener_add, fd);
}

static void listener_set(void)
{
	STRUCT(knetctl_listener_set);
	MEMBER(knetctl_listener_set, size);
	MEMBER(knetctl_listener_set, set);
	MEMBER(knetctl_listener_set, backlog);
	MEMBER(knetctl_listener_set, max);
	MEMBER(knetctl_listener_set, per_source);
	MEMBER(knetctl_listener_set, per_source_prefix);
	MEMBER(knetctl_listener_set, rate);
	MEMBER(knetctl_listener_set, on_limit);
	MEMBER(knetctl_listener_set, idle);
}

static void connection(void)
{
	STRUCT(knetctl_connection);
	MEMBER(knetctl_connection, id);
	MEMBER(knetctl_connection, listener);
	MEMBER(knetctl_connection, service);
	MEMBER(knetctl_connection, reason);
	MEMBER(knetctl_connection, errnum);
	MEMBER(knetctl_connection, bytes_in);
	MEMBER(knetctl_connection, bytes_out);
	MEMBER(knetctl_connection, duration_ns);
	MEMBER(knetctl_connection, last_seq);
	MEMBER(knetctl_connection, local);
	MEMBER(knetctl_connection, remote);
	MEMBER(knetctl_connection, reserved);
}

static void message(void)
{
	STRUCT(knetctl_send);
	MEMBER(knetctl_send, size);
	MEMBER(knetctl_send, kind);
	MEMBER(knetctl_send, flags);
	MEMBER(knetctl_send, remote);
	MEMBER(knetctl_send, remote_count);
	MEMBER(knetctl_send, source);
	MEMBER(knetctl_send, data);
	MEMBER(knetctl_send, len);
	MEMBER(knetctl_send, fd);
	MEMBER(knetctl_send, count);
	MEMBER(knetctl_send, interval_ns);
	MEMBER(knetctl_send, wait);
	MEMBER(knetctl_send, connect_timeout);
	MEMBER(knetctl_send, timeout);
	MEMBER(knetctl_send, ifindex);
	MEMBER(knetctl_send, multicast_ifindex);
	MEMBER(knetctl_send, mark);
	MEMBER(knetctl_send, ttl);
	MEMBER(knetctl_send, tos);
}

static void ftp_get(void)
{
	STRUCT(knetctl_ftp_get);
	MEMBER(knetctl_ftp_get, size);
	MEMBER(knetctl_ftp_get, fd);
	MEMBER(knetctl_ftp_get, flags);
	MEMBER(knetctl_ftp_get, remote);
	MEMBER(knetctl_ftp_get, remote_count);
	MEMBER(knetctl_ftp_get, source);
	MEMBER(knetctl_ftp_get, active_address);
	MEMBER(knetctl_ftp_get, port_min);
	MEMBER(knetctl_ftp_get, port_max);
	MEMBER(knetctl_ftp_get, user);
	MEMBER(knetctl_ftp_get, password);
	MEMBER(knetctl_ftp_get, account);
	MEMBER(knetctl_ftp_get, pathname);
	MEMBER(knetctl_ftp_get, offset);
	MEMBER(knetctl_ftp_get, max_size);
	MEMBER(knetctl_ftp_get, connect_timeout);
	MEMBER(knetctl_ftp_get, reply_timeout);
	MEMBER(knetctl_ftp_get, stall_timeout);
	MEMBER(knetctl_ftp_get, timeout);
	MEMBER(knetctl_ftp_get, stall_bytes);
}

static void ftp(void)
{
	STRUCT(knetctl_ftp);
	MEMBER(knetctl_ftp, size);
	MEMBER(knetctl_ftp, fd);
	MEMBER(knetctl_ftp, flags);
	MEMBER(knetctl_ftp, remote);
	MEMBER(knetctl_ftp, remote_count);
	MEMBER(knetctl_ftp, source);
	MEMBER(knetctl_ftp, active_address);
	MEMBER(knetctl_ftp, port_min);
	MEMBER(knetctl_ftp, port_max);
	MEMBER(knetctl_ftp, user);
	MEMBER(knetctl_ftp, password);
	MEMBER(knetctl_ftp, account);
	MEMBER(knetctl_ftp, pathname);
	MEMBER(knetctl_ftp, offset);
	MEMBER(knetctl_ftp, max_size);
	MEMBER(knetctl_ftp, connect_timeout);
	MEMBER(knetctl_ftp, reply_timeout);
	MEMBER(knetctl_ftp, stall_timeout);
	MEMBER(knetctl_ftp, timeout);
	MEMBER(knetctl_ftp, stall_bytes);
	MEMBER(knetctl_ftp, argument);
	MEMBER(knetctl_ftp, listing);
	MEMBER(knetctl_ftp, checksum);
	MEMBER(knetctl_ftp, sessions);
	MEMBER(knetctl_ftp, quotes);
	MEMBER(knetctl_ftp, quote_count);
	MEMBER(knetctl_ftp, reserved);
	MEMBER(knetctl_ftp, rate);
}

static void filter(void)
{
	STRUCT(knetctl_filter);
	MEMBER(knetctl_filter, family);
	MEMBER(knetctl_filter, prefix_len);
	MEMBER(knetctl_filter, address);
	MEMBER(knetctl_filter, port_min);
	MEMBER(knetctl_filter, port_max);
	MEMBER(knetctl_filter, exclude);
	MEMBER(knetctl_filter, timeout_ms);
	MEMBER(knetctl_filter, hits);
	MEMBER(knetctl_filter, last_hit_ns);
	MEMBER(knetctl_filter, comment);
	MEMBER(knetctl_filter, reserved);
	STRUCT(knetctl_filter_counts);
	MEMBER(knetctl_filter_counts, count);
	MEMBER(knetctl_filter_counts, count_ipv4);
	MEMBER(knetctl_filter_counts, count_ipv6);
	MEMBER(knetctl_filter_counts, limit);
	MEMBER(knetctl_filter_counts, bytes);
	MEMBER(knetctl_filter_counts, reserved);
	STRUCT(knetctl_filter_match);
	MEMBER(knetctl_filter_match, local);
	MEMBER(knetctl_filter_match, remote);
	MEMBER(knetctl_filter_match, rule);
	MEMBER(knetctl_filter_match, attribution);
	MEMBER(knetctl_filter_match, pid);
	MEMBER(knetctl_filter_match, uid);
	MEMBER(knetctl_filter_match, uid_known);
	MEMBER(knetctl_filter_match, cgroup);
	MEMBER(knetctl_filter_match, comm);
	MEMBER(knetctl_filter_match, reserved);
}

static void event(void)
{
	STRUCT(knetctl_dialogue);
	MEMBER(knetctl_dialogue, id);
	MEMBER(knetctl_dialogue, direction);
	MEMBER(knetctl_dialogue, text);
	STRUCT(knetctl_event);
	MEMBER(knetctl_event, type);
	MEMBER(knetctl_event, group);
	MEMBER(knetctl_event, seq);
	MEMBER(knetctl_event, time_ns);
	MEMBER(knetctl_event, mono_ns);
	MEMBER(knetctl_event, netns);
	MEMBER(knetctl_event, u);
	MEMBER(knetctl_event, u.lost.count);
	MEMBER(knetctl_event, u.lost.first_seq);
	MEMBER(knetctl_event, u.lost.last_seq);
	MEMBER(knetctl_event, u.lost.where);
}

static void status(void)
{
	STRUCT(knetctl_group_status);
	MEMBER(knetctl_group_status, name);
	MEMBER(knetctl_group_status, next_seq);
	MEMBER(knetctl_group_status, lost);
	STRUCT(knetctl_status);
	MEMBER(knetctl_status, version);
	MEMBER(knetctl_status, jobs);
	MEMBER(knetctl_status, jobs_max);
	MEMBER(knetctl_status, jobs_finished);
	MEMBER(knetctl_status, sessions);
	MEMBER(knetctl_status, sessions_max);
	MEMBER(knetctl_status, group_count);
	MEMBER(knetctl_status, group);
	MEMBER(knetctl_status, listeners);
	MEMBER(knetctl_status, connections);
	MEMBER(knetctl_status, reserved);
}

static void url(void)
{
	STRUCT(knetctl_url);
	MEMBER(knetctl_url, user);
	MEMBER(knetctl_url, password);
	MEMBER(knetctl_url, host);
	MEMBER(knetctl_url, path);
	MEMBER(knetctl_url, name);
	MEMBER(knetctl_url, port);
	MEMBER(knetctl_url, type);
}

static void values(void)
{
	VALUE(KNETCTL_RATE_UNLIMITED);
	VALUE(KNETCTL_PATH_DIRECT);
	VALUE(KNETCTL_FTP_DIRECT);
	VALUE(KNETCTL_FTP_BUFFERED);
	VALUE(KNETCTL_KIND_FTP_GET);
	VALUE(KNETCTL_KIND_FTP_PUT);
	VALUE(KNETCTL_KIND_FTP_LS);
	VALUE(KNETCTL_KIND_FTP_CHECKSUM);
	VALUE(KNETCTL_KIND_FTP_SITE);
	VALUE(KNETCTL_KIND_SEND_UDP);
	VALUE(KNETCTL_SERVE_HANDOFF);
	VALUE(KNETCTL_LIMIT_RESET);
	VALUE(KNETCTL_REASON_SHUTDOWN);
	VALUE(KNETCTL_SET_IDLE);
	VALUE(KNETCTL_SEND_TOS);
	VALUE(KNETCTL_STATE_QUEUED);
	VALUE(KNETCTL_STATE_CANCELLED);
	VALUE(KNETCTL_CLASS_NONE);
	VALUE(KNETCTL_CLASS_PEER);
	VALUE(KNETCTL_PATH_BUFFERED);
	VALUE(KNETCTL_FTP_ACTIVE);
	VALUE(KNETCTL_FTP_NO_EXTENDED);
	VALUE(KNETCTL_FTP_RELAXED_REPLIES);
	VALUE(KNETCTL_FTP_RESUME);
	VALUE(KNETCTL_FTP_APPEND);
	VALUE(KNETCTL_FTP_TRACE);
	VALUE(KNETCTL_FTP_DETACHED);
	VALUE(KNETCTL_LISTING_NLST);
	VALUE(KNETCTL_CHECKSUM_XCRC);
	VALUE(KNETCTL_EVENT_JOB_STARTED);
	VALUE(KNETCTL_EVENT_JOB_PROGRESS);
	VALUE(KNETCTL_EVENT_JOB_DONE);
	VALUE(KNETCTL_EVENT_LOST);
	VALUE(KNETCTL_EVENT_SYNCED);
	VALUE(KNETCTL_EVENT_GONE);
	VALUE(KNETCTL_EVENT_FILTER_MATCH);
	VALUE(KNETCTL_FILTER_OVERWRITE);
	VALUE(KNETCTL_ATTRIBUTED_NONE);
	VALUE(KNETCTL_ATTRIBUTED_TASK);
	VALUE(KNETCTL_EVENT_CONNECTION_CLOSED);
	VALUE(KNETCTL_EVENT_JOB_DIALOGUE);
	VALUE(KNETCTL_DIRECTION_SENT);
	VALUE(KNETCTL_DIRECTION_RECEIVED);
	VALUE(KNETCTL_GROUP_CONNECTION);
	VALUE(KNETCTL_GROUP_JOB);
	VALUE(KNETCTL_GROUP_FILTER);
	VALUE(KNETCTL_GROUP_ALL);
}

int main(void)
{
	job();
	listener();
	listener_add();
	listener_set();
	connection();
	message();
	ftp_get();
	ftp();
	filter();
	event();
	status();
	url();
	values();
	return 0;
}
