// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events: numbered, written into a message buffer, delivered a little later.
 *
 * A number is taken only while somebody listens, under the same lock that
 * orders the events. Many events share a buffer, each as an ordinary netlink
 * message. What finds no room uses up its number and is told of by a lost
 * event with the exact count, so that received + lost = generated.
 */
#include <linux/ktime.h>
#include <linux/timekeeping.h>

#include "knetctl.h"
#include "netlink-gen.h"
#include "netlink-put.h"

/* One buffer: the largest event and many of the usual ones. */
#define EVENT_BUFFER	SKB_WITH_OVERHEAD(2 * PAGE_SIZE)
/* All buffers of a namespace. */
#define EVENT_BYTES_MAX	(4 * 1024 * 1024)
/* Events wait this long for others. */
#define EVENT_DELAY	msecs_to_jiffies(5)

static const struct {
	const char *name;
	unsigned int nlgrp;
} event_groups[KNET_GROUP_COUNT] = {
	[KNET_GROUP_JOB] = { KNETCTL_MCGRP_JOB, KNETCTL_NLGRP_JOB },
	[KNET_GROUP_FILTER] = { KNETCTL_MCGRP_FILTER, KNETCTL_NLGRP_FILTER },
	[KNET_GROUP_CONNECTION] = { KNETCTL_MCGRP_CONNECTION, KNETCTL_NLGRP_CONNECTION },
};

/* The group of a buffer, kept beside it until it is delivered. */
struct event_cb {
	enum knet_group group;
};

static struct event_cb *event_cb(struct sk_buff *skb)
{
	return (struct event_cb *)skb->cb;
}

static void events_work(struct work_struct *work)
{
	struct knet_events *events = container_of(work, struct knet_events, work.work);

	knet_events_flush(container_of(events, struct knet_net, events));
}

/**
 * knet_events_init() - begin
 * @events: of a new namespace, zeroed
 */
void knet_events_init(struct knet_events *events)
{
	int i;

	spin_lock_init(&events->lock);
	mutex_init(&events->flush_lock);
	skb_queue_head_init(&events->queue);
	INIT_DELAYED_WORK(&events->work, events_work);
	for (i = 0; i < KNET_GROUP_COUNT; i++)
		events->group[i].next_seq = 1;
}

/* Close the buffer being filled, if any. */
static void group_finish_buffer(struct knet_events *events, enum knet_group group)
{
	struct knet_event_group *eg = &events->group[group];

	lockdep_assert_held(&events->lock);
	if (!eg->skb)
		return;
	event_cb(eg->skb)->group = group;
	__skb_queue_tail(&events->queue, eg->skb);
	eg->skb = NULL;
}

static bool group_new_buffer(struct knet_events *events, struct knet_event_group *eg)
{
	struct sk_buff *skb;

	lockdep_assert_held(&events->lock);
	if (events->bytes + EVENT_BUFFER > EVENT_BYTES_MAX)
		return false;
	skb = genlmsg_new(EVENT_BUFFER - NLMSG_HDRLEN - GENL_HDRLEN, GFP_ATOMIC | __GFP_NOWARN);
	if (!skb)
		return false;
	eg->skb = skb;
	events->bytes += EVENT_BUFFER;
	return true;
}

static int event_put_head(struct sk_buff *skb, int attr, u64 seq)
{
	struct nlattr *nest;

	if (!knet_nl_room(skb, NLA_HDRLEN + 3 * KNET_NL_U64))
		return -EMSGSIZE;
	nest = knet_nl_nest(skb, attr);
	if (seq)
		knet_nl_put_u64(skb, KNETCTL_A_EVENT_SEQ, seq, KNETCTL_A_EVENT_PAD);
	knet_nl_put_u64(skb, KNETCTL_A_EVENT_TIME, ktime_get_real_ns(), KNETCTL_A_EVENT_PAD);
	knet_nl_put_u64(skb, KNETCTL_A_EVENT_MONO_NS, ktime_get_ns(), KNETCTL_A_EVENT_PAD);
	nla_nest_end(skb, nest);
	return 0;
}

/* One message into the buffer being filled; all of it or nothing. */
static int event_write(struct sk_buff *skb, u8 cmd, int event_attr, u64 seq,
		       knet_event_fill fill, const void *object)
{
	void *head = genlmsg_put(skb, 0, 0, &knet_family, 0, cmd);

	if (!head)
		return -EMSGSIZE;
	if (event_put_head(skb, event_attr, seq) || fill(skb, object)) {
		genlmsg_cancel(skb, head);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, head);
	return 0;
}

/* The same, into the next buffer when this one is full. */
static bool group_write(struct knet_events *events, enum knet_group group, u8 cmd, int event_attr,
			u64 seq, knet_event_fill fill, const void *object)
{
	struct knet_event_group *eg = &events->group[group];

	if (eg->skb && !event_write(eg->skb, cmd, event_attr, seq, fill, object))
		return true;
	group_finish_buffer(events, group);
	return group_new_buffer(events, eg) &&
	       !event_write(eg->skb, cmd, event_attr, seq, fill, object);
}

struct event_gap {
	const char *name;
	u64 first;
	u64 count;
};

static int event_fill_gap(struct sk_buff *skb, const void *object)
{
	const struct event_gap *gap = object;

	if (nla_put_string(skb, KNETCTL_A_LOST_GROUP, gap->name) ||
	    nla_put_u64_64bit(skb, KNETCTL_A_LOST_COUNT, gap->count, KNETCTL_A_LOST_PAD) ||
	    nla_put_u64_64bit(skb, KNETCTL_A_LOST_FIRST_SEQ, gap->first, KNETCTL_A_LOST_PAD) ||
	    nla_put_u64_64bit(skb, KNETCTL_A_LOST_LAST_SEQ, gap->first + gap->count - 1,
			      KNETCTL_A_LOST_PAD))
		return -EMSGSIZE;
	return 0;
}

/* Tell of what was dropped before; true when nothing is left to tell. */
static bool group_tell_gap(struct knet_events *events, enum knet_group group)
{
	struct knet_event_group *eg = &events->group[group];
	struct event_gap gap = {
		.name = event_groups[group].name,
		.first = eg->gap_first,
		.count = eg->gap_count,
	};

	if (!gap.count)
		return true;
	if (!group_write(events, group, KNETCTL_CMD_LOST, KNETCTL_A_LOST_EVENT, 0,
			 event_fill_gap, &gap))
		return false;
	eg->gap_count = 0;
	return true;
}

static void group_drop(struct knet_event_group *eg, u64 seq)
{
	if (!eg->gap_count++)
		eg->gap_first = seq;
	eg->lost++;
}

/**
 * knet_event_wanted() - does anybody listen?
 * @kn: namespace
 * @group: to whom an event would go
 *
 * Asked before an event is put together. Who begins to listen at this moment
 * does not get it.
 *
 * Context: Any.
 * Return: true if somebody does.
 */
bool knet_event_wanted(struct knet_net *kn, enum knet_group group)
{
	return !READ_ONCE(kn->events.closed) &&
	       genl_has_listeners(&knet_family, kn->net, event_groups[group].nlgrp);
}

/**
 * knet_event_send() - tell whoever listens
 * @kn: namespace
 * @group: to whom
 * @cmd: the event, KNETCTL_CMD_*
 * @event_attr: the attribute of @cmd's set that takes number and times
 * @fill: writes the other attributes; must not sleep
 * @object: for @fill
 *
 * Context: Any but hard interrupts.
 * Return: the number of the event, 0 when nobody listens.
 */
u64 knet_event_send(struct knet_net *kn, enum knet_group group, u8 cmd, int event_attr,
		    knet_event_fill fill, const void *object)
{
	struct knet_events *events = &kn->events;
	struct knet_event_group *eg = &events->group[group];
	u64 seq = 0;

	spin_lock_bh(&events->lock);
	if (!events->closed &&
	    genl_has_listeners(&knet_family, kn->net, event_groups[group].nlgrp)) {
		seq = eg->next_seq++;
		if (!group_tell_gap(events, group) ||
		    !group_write(events, group, cmd, event_attr, seq, fill, object))
			group_drop(eg, seq);
		/* Somebody waits for the end of a job: no delay then. */
		if (cmd == KNETCTL_CMD_JOB_DONE)
			mod_delayed_work(knet_wq, &events->work, 0);
		else
			queue_delayed_work(knet_wq, &events->work, EVENT_DELAY);
	}
	spin_unlock_bh(&events->lock);
	return seq;
}

/*
 * All that is there, unfinished buffers too; true when a loss could not be told
 * of because there was no room.
 */
static bool events_take(struct knet_events *events, struct sk_buff_head *list)
{
	bool told = true;
	int i;

	spin_lock_bh(&events->lock);
	for (i = 0; i < KNET_GROUP_COUNT; i++) {
		told &= group_tell_gap(events, i);
		group_finish_buffer(events, i);
	}
	skb_queue_splice_tail_init(&events->queue, list);
	spin_unlock_bh(&events->lock);
	return !told;
}

static void events_deliver(struct knet_net *kn, struct sk_buff_head *list)
{
	struct knet_events *events = &kn->events;
	struct sk_buff *skb;

	while ((skb = __skb_dequeue(list))) {
		if (READ_ONCE(events->closed))
			kfree_skb(skb);
		else
			genlmsg_multicast_netns(&knet_family, kn->net, skb, 0,
						event_groups[event_cb(skb)->group].nlgrp,
						GFP_KERNEL);
		spin_lock_bh(&events->lock);
		events->bytes -= EVENT_BUFFER;
		spin_unlock_bh(&events->lock);
		cond_resched();
	}
}

/**
 * knet_events_flush() - deliver all events up to now
 * @kn: namespace
 *
 * When it returns they stand in the subscribers' sockets, or were dropped
 * there, which each subscriber sees by the numbers. Events that are made
 * meanwhile do not keep it: they have their own delivery.
 *
 * Context: Process, may sleep.
 */
void knet_events_flush(struct knet_net *kn)
{
	struct sk_buff_head list;
	bool again;

	__skb_queue_head_init(&list);
	mutex_lock(&kn->events.flush_lock);
	again = events_take(&kn->events, &list);
	events_deliver(kn, &list);
	if (again) {	/* there is room now */
		events_take(&kn->events, &list);
		events_deliver(kn, &list);
	}
	mutex_unlock(&kn->events.flush_lock);
}

/**
 * knet_events_close() - no event from now on; forget what waits
 * @kn: namespace, which may be gone afterwards
 *
 * Context: Process, may sleep.
 */
void knet_events_close(struct knet_net *kn)
{
	struct knet_events *events = &kn->events;

	spin_lock_bh(&events->lock);
	WRITE_ONCE(events->closed, true);
	spin_unlock_bh(&events->lock);
	cancel_delayed_work_sync(&events->work);
	/* Waits for a flush by somebody else, too; nothing is delivered any more. */
	knet_events_flush(kn);
}

/**
 * knet_event_group_get() - copy a group's counters
 * @kn: namespace
 * @group: which
 * @copy: filled, but for the buffer
 */
void knet_event_group_get(struct knet_net *kn, enum knet_group group,
			  struct knet_event_group *copy)
{
	spin_lock_bh(&kn->events.lock);
	*copy = kn->events.group[group];
	spin_unlock_bh(&kn->events.lock);
	copy->skb = NULL;
}

/**
 * knet_group_name() - the name of a group
 * @group: which
 *
 * Return: as in the protocol.
 */
const char *knet_group_name(enum knet_group group)
{
	return event_groups[group].name;
}
