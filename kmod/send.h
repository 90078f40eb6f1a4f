/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Messages: datagrams and what goes over a TCP connection in one piece.
 *
 * One datagram is sent in the handler, which does not wait. All else is a job
 * with a worker of its own; the namespace's exit closes its socket at any time
 * between two bursts of socket work, which the worker does under the lock.
 */
#ifndef _KNETCTL_SEND_H
#define _KNETCTL_SEND_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>

#include "addr.h"
#include "job.h"
#include "sock.h"
#include "waker.h"

/* The largest payload of a datagram. */
#define KNET_DATAGRAM_MAX4	65507
#define KNET_DATAGRAM_MAX6	65527

/**
 * struct knet_send - what is sent and how
 * @job: of which it is the part of its kind; NULL in a handler
 * @work: the worker
 * @node: in knet_net.sends; knet_net.lock
 * @waker: what the socket, cancel and exit wake
 * @lock: protects @ks and @aborted against the namespace's exit
 * @ks: the socket
 * @aborted: the namespace is gone
 * @net: namespace, valid while not @aborted
 * @udp: datagrams
 * @remote: addresses to try, in order
 * @remote_count: of @remote
 * @index: of the one in use
 * @source: to bind to, family AF_UNSPEC for none
 * @data: what to send, or NULL when it is in the job's file
 * @len: of @data
 * @flags: enum knetctl_send_flags
 * @count: datagrams
 * @sent: of them; the worker's
 * @interval: ns from one to the next
 * @wait: ms to wait for an ICMP error
 * @ifindex: the interface, 0 for any
 * @mark: of the packets
 * @ttl: 0 for the default
 * @tos: or -1 for the default
 * @multicast_ifindex: the interface for multicast, 0 for the default
 */
struct knet_send {
	struct knet_job *job;
	struct delayed_work work;
	struct list_head node;
	struct knet_waker waker;
	struct mutex lock;	/* of @ks */
	struct knet_sock ks;
	bool aborted;
	struct net *net;
	bool udp;
	struct knet_addr remote[KNETCTL_REMOTES_MAX];
	unsigned int remote_count;
	unsigned int index;
	struct knet_addr source;
	void *data;
	size_t len;
	u32 flags;
	u32 count;
	u32 sent;
	u64 interval;
	u32 wait;
	int ifindex;
	u32 mark;
	u32 ttl;
	int tos;
	int multicast_ifindex;
};

/* ----------------------------------------------------------- send.c -- */

extern const struct knet_job_ops knet_send_job_ops;

struct knet_send *knet_send_alloc(struct net *net);
void knet_send_free(struct knet_send *send);
int knet_send_open(struct knet_send *send, const char **why);
void knet_send_addresses(struct knet_send *send, struct knet_addr *local,
			 struct knet_addr *remote);
int knet_send_must_end(struct knet_send *send, const char **why);
void knet_send_abort_all(struct knet_net *kn);
int knet_send_init(void);
void knet_send_exit(void);

/* ------------------------------------------- send-udp.c, send-tcp.c -- */

int knet_send_datagram(struct knet_send *send);
int knet_send_udp(struct knet_send *send, const char **why);
int knet_send_tcp(struct knet_send *send, const char **why);

#endif
