/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the library's files share. Nothing here is visible outside of it. */
#ifndef LIBKNETCTL_PRIVATE_H
#define LIBKNETCTL_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/knetctl.h>

#include <netlink/attr.h>
#include <netlink/msg.h>

#include <knetctl/knetctl.h>

#include "names.h"
#include "stream.h"

#define KN_EXPORT	__attribute__((visibility("default")))
#define KN_PRINTF(f, a)	__attribute__((format(printf, f, a)))

#define KN_ERROR_MAX	1024		/* text of an error with its NUL */
#define KN_ATTR_MAX	96		/* dotted name of an attribute with its NUL */
#define KN_REPLY_MAX	(64 << 10)	/* one datagram of the command socket */
#define KN_RCVBUF	(8 << 20)	/* event socket's buffer unless told */
#define KN_MSG_ROOM	512		/* in a request, for headers and numbers */

struct knetctl {
	pid_t pid;			/* who opened it: a fork must not use it */
	char *ours;			/* page that a fork finds empty, or NULL */
	int cmd_fd;
	int event_fd;			/* -1 until somebody wants events */
	int rcvbuf;			/* asked for, in bytes; 0: KN_RCVBUF */
	int open_error;			/* errno of a failed open, else 0 */
	uint32_t seq;			/* of requests */
	uint16_t family;		/* id that nlctrl gave */
	uint32_t group_id[KN_GROUPS];	/* multicast groups, 0: the module lacks it */
	uint32_t notify_id;		/* nlctrl's own group */
	unsigned int joined;		/* groups joined on event_fd, ours too */
	unsigned int subscribed;	/* groups the user wants */
	unsigned int overruns;		/* of event_fd */
	bool need_sync;			/* the event socket dropped something */
	bool active;			/* events came since the last sync */
	uint64_t idle_at;		/* then ask for a loss at the tail, ms */
	struct kn_stream stream;
	void *reply;			/* KN_REPLY_MAX bytes */
	uint32_t error_offset;		/* in the request, of what was refused; 0: unknown */
	int64_t error_rule;		/* of the filter, -1: unknown */
	char error[KN_ERROR_MAX];
	char attribute[KN_ATTR_MAX];
};

/* handle.c */
int kn_check(struct knetctl *h);
int kn_fail(struct knetctl *h, int err, const char *format, ...) KN_PRINTF(3, 4);
int kn_fail_text(struct knetctl *h, int err, const char *text);
int kn_gone(struct knetctl *h);
uint64_t kn_now_ms(void);

/* family.c */
int kn_family_resolve(struct knetctl *h);
int kn_family_present(struct knetctl *h);
int kn_notify_resolve(struct knetctl *h);

/* extack.c: a kernel's acknowledgement, without state so that tests can feed it */
struct kn_ack {
	int error;			/* 0 or a negative errno */
	uint32_t offset;		/* in the request, of @attribute; 0: unknown */
	bool missing;			/* @attribute is not refused but absent */
	char text[512];			/* the kernel's words, "" for none */
	char attribute[KN_ATTR_MAX];	/* "ftp.pathname", "" for none */
};

void kn_ack_parse(const struct nlmsghdr *ack, const struct nlmsghdr *request,
		  const struct knetctl_names_set *set, struct kn_ack *out);

/* request.c */
typedef int (*kn_reply_fn)(const struct nlmsghdr *nlh, void *data);

struct nl_msg *kn_msg_new(struct knetctl *h, unsigned int cmd, size_t room);
void kn_msg_free(struct nl_msg *msg);
int kn_request(struct knetctl *h, struct nl_msg *msg, kn_reply_fn fn, void *data);
int kn_dump(struct knetctl *h, struct nl_msg *msg, kn_reply_fn fn, void *data);
int kn_dump_stream(struct knetctl *h, struct nl_msg *msg, kn_reply_fn fn, void *data);
int kn_request_nlctrl(struct knetctl *h, const char *family, kn_reply_fn fn, void *data);

/* attr.c */
int kn_put_string(struct nl_msg *msg, int type, const char *text);
int kn_put_address(struct nl_msg *msg, int type, const struct sockaddr *address);
int kn_put_endpoint(struct nl_msg *msg, int type, const struct sockaddr *address);
int kn_put_ftp(struct nl_msg *msg, uint32_t kind, const struct knetctl_ftp *args);
void kn_get_endpoint(struct nlattr *attr, struct sockaddr_storage *address);
int kn_get_event(struct nlattr *attr, uint64_t *seq, uint64_t *time_ns, uint64_t *mono_ns);
int kn_get_job(const struct nlmsghdr *nlh, struct knetctl_job *job);
int kn_get_dialogue(const struct nlmsghdr *nlh, struct knetctl_dialogue *dialogue);
int kn_get_connection(const struct nlmsghdr *nlh, struct knetctl_connection *conn);
int kn_put_bytes(struct nl_msg *msg, int type, const void *data, size_t len);
int kn_put_u32(struct nl_msg *msg, int type, uint32_t value);
int kn_put_u64(struct nl_msg *msg, int type, uint64_t value);
int kn_put_timeout(struct nl_msg *msg, int type, uint32_t ms);
uint64_t kn_get_job_seq(const struct nlmsghdr *nlh);
struct nlattr *kn_find_attr(const struct nlmsghdr *nlh, unsigned int type);
int kn_parse_nest(const struct nlattr *attr, struct nlattr **tb, unsigned int max);
int kn_parse_message(const struct nlmsghdr *nlh, struct nlattr **tb, unsigned int max);
void kn_get_bytes(const struct nlattr *attr, char *text, size_t size);
void kn_get_string(struct nlattr *attr, char *text, size_t size);
void kn_get_u32(struct nlattr *attr, uint32_t *value);
void kn_get_u64(struct nlattr *attr, uint64_t *value);
int kn_get_group(struct nlattr *attr, struct knetctl_group_status *group);

/* event.c */
int kn_event_join(struct knetctl *h, unsigned int groups);
void kn_event_leave(struct knetctl *h, unsigned int groups);
int kn_event_read(struct knetctl *h, struct kn_chunk **chunk);
void kn_event_close(struct knetctl *h);

/* filter.c */
int kn_put_filter(struct nl_msg *msg, const struct knetctl_filter *rule, bool key_only);
int kn_get_filter(struct nlattr *attr, struct knetctl_filter *rule);
int kn_get_filter_match(const struct nlmsghdr *nlh, struct knetctl_filter_match *match);

/* listener.c */
int kn_take_args(struct knetctl *h, const void *from, size_t first, void *args, size_t size);
int kn_put_failed(struct knetctl *h, struct nl_msg *msg, int err);

/* job.c */
int kn_job_command(struct knetctl *h, unsigned int cmd, uint32_t id);

#endif
