/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * knetctl: what its files share.
 *
 * Objects and who owns whom:
 *
 *	knet_net	one a network namespace, refcounted apart from it
 *	knet_job	what a user asked for; in knet_net.objects by its id
 *	knet_server	one FTP server and one login to it, as one caller sees
 *			it: the jobs that wait and the sessions that serve them
 *	knet_session	one control connection with one worker
 *	knet_filter	the rules of a namespace, see filter.h
 *
 *	knet_listener	a listening socket; its connections hold it
 *	knet_connection	an accepted socket
 *	knet_send	what a job sends, and its socket
 *
 * Locks, in the order in which they are taken:
 *
 *	knet_nets_lock (mutex)		the list of namespaces, in main.c
 *	knet_net.lock (mutex)		lists, states and results of all objects
 *	knet_session.lock (mutex)	the session's sockets; knet_listener.lock,
 *					knet_connection.lock and knet_send.lock too
 *	lock_sock()
 *	knet_filter.lock (mutex)	the rules; taken under none of the above
 *	knet_events.lock (spinlock, bh)	events that wait for delivery
 *
 * No lock is held while a worker waits or touches a file.
 */
#ifndef _KNETCTL_H
#define _KNETCTL_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>
#include <net/net_namespace.h>
#include <uapi/linux/knetctl.h>

#include "event.h"
#include "filter.h"
#include "job.h"
#include "listener.h"
#include "netlink.h"
#include "object.h"
#include "send.h"
#include "session.h"

#define KNET_VERSION		"0.1.0"

#define KNET_CLOSE_TIMEOUT	2000	/* ms for the end of a connection to be acknowledged */
#define KNET_SESSIONS_DEFAULT	4	/* to one server, for one caller */
#define KNET_SESSIONS_LIMIT	512	/* of WQ_UNBOUND's max_active on 6.1 */

/**
 * struct knet_net - what knetctl has in one network namespace
 * @net: the namespace; not held, valid while not @events.closed
 * @ref: of this structure; jobs and sessions have one each
 * @lock: protects everything below but @filter and @events
 * @draining: no new object, the namespace or the module goes away
 * @gone: the namespace is gone, forget everything that ends
 * @node: in the list of all namespaces
 * @drained: the module's exit has waited for it
 * @objects: all objects by id
 * @next_id: where the search for a free id starts
 * @servers: all of struct knet_server
 * @sessions: all of struct knet_session, by @net_node
 * @session_count: members of @sessions
 * @finished: finished jobs, oldest first
 * @finished_count: members of @finished
 * @active_count: jobs that are not finished
 * @held_count: finished jobs whose result is held for somebody
 * @hold_count: how many holds there are on all jobs
 * @listener_count: listeners
 * @connection_count: connections, also of deleted listeners
 * @sends: jobs that have a socket to send on, struct knet_send
 * @prune: forgets finished jobs
 * @filter: has its own lock
 * @events: has its own lock
 */
struct knet_net {
	struct net *net;
	refcount_t ref;
	struct mutex lock;		/* protects what follows, but not @events */
	bool draining;
	bool gone;
	bool drained;
	struct list_head node;
	struct xarray objects;
	u32 next_id;
	struct list_head servers;
	struct list_head sessions;
	unsigned int session_count;
	struct list_head finished;
	unsigned int finished_count;
	unsigned int active_count;
	unsigned int held_count;
	unsigned int hold_count;
	unsigned int listener_count;
	unsigned int connection_count;
	struct list_head sends;
	struct delayed_work prune;
	struct knet_filter filter;
	struct knet_events events;
};

/* main.c */
extern unsigned int knet_max_jobs;
extern unsigned int knet_max_sessions;
extern unsigned int knet_session_idle;
extern struct workqueue_struct *knet_session_wq;
extern struct workqueue_struct *knet_wq;
extern atomic_t knet_sessions_total;

struct knet_net *knet_net(const struct net *net);
void knet_net_get(struct knet_net *kn);
void knet_net_put(struct knet_net *kn);

#endif /* _KNETCTL_H */
