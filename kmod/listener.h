/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Listeners, their connections and what is done with these.
 *
 *	knet_listener	a listening socket; in knet_net.objects until deleted,
 *			referenced by its connections
 *	knet_connection	an accepted socket; in knet_net.objects until it ends
 *
 * Neither has a thread. A listener's work accepts what waits, a connection's
 * work does what can be done without waiting; both are queued by the socket.
 * A connection is ended by its own work and by nothing else, so that there is
 * one end; who wants it leaves the reason and queues the work.
 */
#ifndef _KNETCTL_LISTENER_H
#define _KNETCTL_LISTENER_H

#include <linux/cred.h>
#include <linux/in6.h>
#include <linux/list.h>
#include <linux/memcontrol.h>
#include <linux/mutex.h>
#include <linux/rbtree.h>
#include <linux/workqueue.h>

#include "addr.h"
#include "object.h"
#include "sock.h"

struct knet_connection;
struct knet_listener;
struct knet_net;

/* What a service says after it did what it could. */
enum knet_step {
	KNET_STEP_WAIT,		/* for the socket */
	KNET_STEP_MORE,		/* there is more to do, others may go first */
	KNET_STEP_SENT,		/* all was sent, close when the peer has it */
	KNET_STEP_PEER,		/* the peer has closed, and so do we */
};

/**
 * struct knet_service - what is done with a connection
 * @starts: has something to do before the peer does anything
 * @ends: has nothing at all to do; a connection ends as soon as it is accepted
 * @blocks: may wait for a file system; then @run takes the lock itself
 * @patient: the peer waits for nothing, so an accept may wait for others
 * @run: does what can be done without waiting for the socket, with
 *	knet_connection.lock held; an enum knet_step or a negative errno
 */
struct knet_service {
	bool starts;
	bool ends;
	bool blocks;
	bool patient;
	int (*run)(struct knet_connection *conn);
};

/**
 * struct knet_limits - of a listener; 0 is no limit
 * @max: connections at once
 * @per_source: connections at once from one network
 * @prefix: bits of a network; 0 for the default
 * @rate: connections a second
 * @on_limit: enum knetctl_on_limit
 * @idle: ms without a byte
 */
struct knet_limits {
	u32 max;
	u32 per_source;
	u32 prefix;
	u32 rate;
	u32 on_limit;
	u32 idle;
};

/**
 * struct knet_source - a network that connections come from
 * @node: in knet_listener.sources
 * @network: an IPv4 one as mapped
 * @count: connections
 */
struct knet_source {
	struct rb_node node;
	struct in6_addr network;
	unsigned int count;
};

/**
 * struct knet_listener - a listening socket
 * @obj: id and references
 * @kn: namespace, referenced
 * @work: accepts
 * @lock: protects @ks
 * @ks: the socket
 * @local: where it listens
 * @flags: enum knetctl_listener_flags
 * @ifindex: the interface, 0 for any
 * @backlog: in force; this and all below: knet_net.lock
 * @service: enum knetctl_service
 * @ops: what it does
 * @text: of the banner
 * @text_len: of it
 * @file: of the service file
 * @cred: of who made it, whose file access it is
 * @memcg: who pays for connections, or NULL
 * @gather: jiffies that an accept waits for others, the work's
 * @gather_from: not before that, jiffies; the work's
 * @tick: jiffies in which connections were last counted, the work's
 * @tick_count: accepted in @tick; the work's
 * @stopped: deleted, nothing more is accepted
 * @paused: a limit holds the backlog up until a connection ends
 * @limits: in force
 * @sources: struct knet_source by network, when there is a limit for them
 * @next_arrival: when the next connection is due at the rate, ns
 * @connections: struct knet_connection
 * @waiting: those that wait for a process
 * @connection_count: members of @connections
 * @waiting_count: members of @waiting
 * @accepted: ever
 * @rejected: ever
 * @started: CLOCK_MONOTONIC
 */
struct knet_listener {
	struct knet_object obj;
	struct knet_net *kn;
	struct delayed_work work;
	struct mutex lock;	/* of @ks */
	struct knet_sock ks;
	struct knet_addr local;
	u32 flags;
	int ifindex;
	u32 backlog;
	u32 service;
	const struct knet_service *ops;
	char *text;
	size_t text_len;
	struct file *file;
	const struct cred *cred;
	struct mem_cgroup *memcg;
	unsigned int gather;
	unsigned int tick_count;
	unsigned long gather_from;
	unsigned long tick;
	bool stopped;
	bool paused;
	struct knet_limits limits;
	struct rb_root sources;
	u64 next_arrival;
	struct list_head connections;
	struct list_head waiting;
	unsigned int connection_count;
	unsigned int waiting_count;
	u64 accepted;
	u64 rejected;
	ktime_t started;
};

/**
 * struct knet_connection - an accepted socket; 10,000 of them are usual
 * @obj: id and references
 * @listener: referenced
 * @work: does what there is to do, or looks whether it was idle for too long
 * @lock: protects @ks
 * @ks: the socket
 * @node: in knet_listener.connections; knet_net.lock
 * @waiting: in knet_listener.waiting; knet_net.lock
 * @source: counted there, or NULL; knet_net.lock
 * @end: why it is to end, enum knetctl_connection_reason, 0 for not yet; set
 *	under knet_net.lock
 * @linked: from its accepted to its closed event; knet_net.lock
 * @lingering: all was sent, it waits for the peer's end; the work's
 * @file_failed: the errno is the file's; the work's
 * @reason: how it ended, for the event
 * @err: positive errno, for the event
 * @pos: how far the service is; the work's
 * @bytes_in: read; the work's
 * @bytes_out: sent; the work's
 * @active: when a byte moved last, jiffies; the work's
 * @started: when it was accepted, CLOCK_MONOTONIC
 * @last_seq: number of the last event that told of it; knet_net.lock
 * @local: our end
 * @remote: its other end
 */
struct knet_connection {
	struct knet_object obj;
	struct knet_listener *listener;
	struct delayed_work work;
	struct mutex lock;	/* of @ks */
	struct knet_sock ks;
	struct list_head node;
	struct list_head waiting;
	struct knet_source *source;
	u32 end;
	bool linked;
	bool lingering;
	bool file_failed;
	u32 reason;
	int err;
	loff_t pos;
	u64 bytes_in;
	u64 bytes_out;
	unsigned long active;
	ktime_t started;
	u64 last_seq;
	struct knet_addr local;
	struct knet_addr remote;
};

static inline struct knet_listener *knet_listener_of(struct knet_object *obj)
{
	return container_of(obj, struct knet_listener, obj);
}

static inline struct knet_connection *knet_connection_of(struct knet_object *obj)
{
	return container_of(obj, struct knet_connection, obj);
}

/* ------------------------------------------------------- listener.c -- */

struct knet_listener *knet_listener_alloc(struct knet_net *kn);
int knet_listener_open(struct knet_listener *l, const char **why);
int knet_listener_start(struct knet_listener *l, struct netlink_ext_ack *extack);
int knet_listener_set_backlog(struct knet_listener *l, u32 backlog);
void knet_listener_resume(struct knet_listener *l);
int knet_listener_stop(struct knet_listener *l, u32 reason);
void knet_listener_stop_all(struct knet_net *kn, u32 reason);

/* ---------------------------------------------------------- limit.c -- */

unsigned long knet_limit_wait(struct knet_listener *l);
u32 knet_limit_admit(struct knet_listener *l, struct knet_connection *conn);
void knet_limit_leave(struct knet_listener *l, struct knet_connection *conn);
int knet_limit_set(struct knet_listener *l, const struct knet_limits *limits);

/* ----------------------------------------------------- connection.c -- */

void knet_connection_create(struct knet_listener *l, struct socket *sock);
void knet_connection_pass(struct knet_listener *l, struct sock *sk);
void knet_connection_wake(struct knet_connection *conn);
int knet_connection_close(struct knet_connection *conn, u32 reason);
void knet_connection_close_all(struct knet_net *kn, u32 reason);
void knet_connection_abort_all(struct knet_net *kn);
struct knet_connection *knet_connection_hand_over(struct knet_listener *l, struct socket **sock);

/* -------------------------------------------------------- service.c -- */

const struct knet_service *knet_service(u32 service);
struct workqueue_struct *knet_service_wq(const struct knet_service *service);
int knet_service_init(void);
void knet_service_exit(void);

/* ------------------------------------------- netlink-connection.c -- */

int knet_nl_connection_fill(struct sk_buff *skb, const void *object);

#endif
