/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Events: numbered, collected into messages, delivered to whoever listens.
 */
#ifndef _KNETCTL_EVENT_H
#define _KNETCTL_EVENT_H

#include <linux/mutex.h>
#include <linux/skbuff.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

struct knet_net;

enum knet_group {
	KNET_GROUP_JOB,
	KNET_GROUP_FILTER,
	KNET_GROUP_CONNECTION,
	KNET_GROUP_COUNT,
};

/**
 * struct knet_event_group - one multicast group of one namespace
 * @next_seq: number of the next event
 * @lost: events dropped since the namespace began
 * @gap_first: first of the dropped events that no lost event told of yet
 * @gap_count: how many; 0 for none
 * @skb: the message buffer being filled, or NULL
 */
struct knet_event_group {
	u64 next_seq;
	u64 lost;
	u64 gap_first;
	u64 gap_count;
	struct sk_buff *skb;
};

/**
 * struct knet_events - events of one namespace that wait for delivery
 * @lock: protects all members but @flush_lock and @work; taken in softirq too
 * @flush_lock: one deliverer at a time, so that the order stays
 * @group: by enum knet_group
 * @queue: full buffers, oldest first
 * @bytes: in @queue and the buffers being filled
 * @closed: the namespace goes away, drop everything
 * @work: delivers
 */
struct knet_events {
	spinlock_t lock;		/* protects all but @flush_lock and @work */
	struct mutex flush_lock;	/* one deliverer at a time */
	struct knet_event_group group[KNET_GROUP_COUNT];
	struct sk_buff_head queue;
	size_t bytes;
	bool closed;
	struct delayed_work work;
};

/* Writes the attributes of an event; 0 or -EMSGSIZE. */
typedef int (*knet_event_fill)(struct sk_buff *skb, const void *object);

void knet_events_init(struct knet_events *events);
void knet_events_flush(struct knet_net *kn);
void knet_events_close(struct knet_net *kn);
u64 knet_event_send(struct knet_net *kn, enum knet_group group, u8 cmd, int event_attr,
		    knet_event_fill fill, const void *object);
bool knet_event_wanted(struct knet_net *kn, enum knet_group group);
void knet_event_group_get(struct knet_net *kn, enum knet_group group,
			  struct knet_event_group *copy);
const char *knet_group_name(enum knet_group group);

#endif
