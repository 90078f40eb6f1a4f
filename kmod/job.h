/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Jobs: accepted once, ended once, listed for a while afterwards.
 */
#ifndef _KNETCTL_JOB_H
#define _KNETCTL_JOB_H

#include <linux/cred.h>
#include <linux/list.h>
#include <linux/memcontrol.h>
#include <linux/workqueue.h>

#include "addr.h"
#include "ftp.h"
#include "object.h"

struct knet_job;
struct knet_net;
struct knet_send;
struct knet_server;
struct knet_session;

enum knet_job_bit {
	KNET_JOB_CANCEL,	/* somebody asked for the end */
	KNET_JOB_ENDED,		/* the end is decided, exactly once */
};

/**
 * struct knet_timers - how long a job waits, in jiffies; 0 is no limit
 * @connect: for a connection, made or taken
 * @reply: for one whole reply
 * @stall: for @stall_bytes to arrive
 * @stall_bytes: at least 1
 * @total: for the job, from when a session took it
 */
struct knet_timers {
	unsigned long connect;
	unsigned long reply;
	unsigned long stall;
	u64 stall_bytes;
	unsigned long total;
};

/**
 * struct knet_job_ops - what a kind of job does in its own way
 * @submit: begin; knet_net.lock held
 * @cancel: KNET_JOB_CANCEL was set, wake the worker; knet_net.lock held
 * @release: free what is the kind's own
 * @fill: write the kind's own attributes; knet_net.lock held, must not sleep
 */
struct knet_job_ops {
	int (*submit)(struct knet_job *job, struct netlink_ext_ack *extack);
	void (*cancel)(struct knet_job *job);
	void (*release)(struct knet_job *job);
	int (*fill)(struct sk_buff *skb, const struct knet_job *job);
};

/**
 * struct knet_job - one thing that a user asked for
 * @obj: id and references
 * @kn: namespace, referenced
 * @ops: of a kind that is no FTP transfer, or NULL
 * @send: of a kind that sends, or NULL
 * @kind: enum knetctl_job_kind
 * @flags: enum knetctl_job_flags
 * @ftp_flags: enum knetctl_ftp_flags
 * @portid: the netlink socket that started it
 * @bits: enum knet_job_bit
 * @cancel_err: why KNET_JOB_CANCEL was set, positive errno
 * @state: enum knetctl_job_state; knet_net.lock
 * @node: in knet_net.finished; knet_net.lock
 * @queue: in knet_server.jobs while queued; knet_net.lock
 * @forgotten: no longer in knet_net.objects; knet_net.lock
 * @holds: sockets that want the result, struct knet_hold; knet_net.lock
 * @redone: begun a second time, after it had failed by what was done to be fast
 * @deadline: of @timers.total, jiffies; 0 for none
 * @ahead: the session that asks for it while it is queued, only to be compared; knet_net.lock
 * @server: referenced until the end; knet_net.lock
 * @session: while one works on it; knet_net.lock
 * @file: the target, until the end; the worker's
 * @cred: whose file access it is, until the end
 * @memcg: who pays for the page cache, or NULL
 * @fsize_limit: RLIMIT_FSIZE of the caller
 * @rate: bytes a second, KNET_RATE_UNLIMITED; written under knet_net.lock, read without
 * @timers: how long it waits
 * @moves: an FTP transfer, with a file
 * @sends: the file goes to the server
 * @request: for the FTP machine; its strings are @pathname and @argument
 * @user: who logs in, NUL-terminated
 * @pathname: NUL-terminated
 * @argument: NUL-terminated, or NULL
 * @active_addr: announced instead of the control connection's, length 0 for none
 * @active_addr_len: 0, 4 or 16
 * @port_min: of the data socket in active mode; 0 for any
 * @port_max: likewise
 * @direct: bytes went past the page cache; knet_net.lock
 * @bytes: written so far
 * @size: what the server said; KNET_SIZE_UNKNOWN; knet_net.lock
 * @started: when it was accepted, CLOCK_MONOTONIC
 * @duration: ns, of a finished job
 * @finished: jiffies of the end
 * @progress_due: when the next progress event may be sent, jiffies; the worker's
 * @local: our end of the control connection; knet_net.lock
 * @remote: its other end; knet_net.lock
 * @class: enum knetctl_error_class; this and the next four: knet_net.lock
 * @err: positive errno
 * @code: FTP reply code
 * @message: server's text or ours, or NULL
 * @message_len: of it
 * @last_seq: number of the last event that told of it; knet_net.lock
 * @end_work: ends a job that no session has
 */
struct knet_job {
	struct knet_object obj;
	struct knet_net *kn;
	const struct knet_job_ops *ops;
	struct knet_send *send;
	u32 kind;
	u32 flags;
	u32 ftp_flags;
	u32 portid;
	unsigned long bits;
	int cancel_err;
	u32 state;
	struct list_head node;
	struct list_head queue;
	struct list_head holds;
	bool forgotten;
	bool redone;
	unsigned long deadline;
	const struct knet_session *ahead;
	struct knet_server *server;
	struct knet_session *session;
	struct file *file;
	const struct cred *cred;
	struct mem_cgroup *memcg;
	u64 fsize_limit;
	u64 rate;
	struct knet_timers timers;
	bool moves;
	bool sends;
	struct knet_ftp_request request;
	char *user;
	char *pathname;
	char *argument;
	u8 active_addr[16];
	u8 active_addr_len;
	u16 port_min;
	u16 port_max;
	bool direct;
	atomic64_t bytes;
	u64 size;
	ktime_t started;
	u64 duration;
	unsigned long finished;
	unsigned long progress_due;
	struct knet_addr local;
	struct knet_addr remote;
	u32 class;
	int err;
	u16 code;
	char *message;
	u16 message_len;
	u64 last_seq;
	struct work_struct end_work;
};

#define KNET_SIZE_UNKNOWN	U64_MAX

struct knet_job *knet_job_alloc(struct knet_net *kn);
int knet_job_accept(struct knet_job *job, struct netlink_ext_ack *extack);
int knet_job_cancel(struct knet_job *job, int err);
int knet_job_set_rate(struct knet_job *job, u64 rate, struct netlink_ext_ack *extack);
int knet_job_hold(struct knet_job *job, u32 portid, struct netlink_ext_ack *extack);
void knet_job_unhold(struct knet_job *job, u32 portid);
void knet_job_run(struct knet_job *job, struct knet_session *session);
void knet_job_requeue(struct knet_job *job);
void knet_job_progress(struct knet_job *job);
void knet_job_dialogue(struct knet_job *job, bool sent, const char *line, size_t len);
void knet_job_end(struct knet_job *job, u32 state, const struct knet_ftp_result *result);
void knet_job_cancel_all(struct knet_net *kn, int err);
void knet_job_portid_gone(struct knet_net *kn, u32 portid);
void knet_job_prune(struct knet_net *kn);
void knet_job_forget_all(struct knet_net *kn);

static inline struct knet_job *knet_job_of(struct knet_object *obj)
{
	return container_of(obj, struct knet_job, obj);
}

static inline void knet_job_put(struct knet_job *job)
{
	knet_object_put(&job->obj);
}

#endif
