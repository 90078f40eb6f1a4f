// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a listener's limits say of a connection. A limit pauses the listener or
 * turns a connection away, and never ends one that is there.
 */
#include <linux/ktime.h>
#include <linux/slab.h>
#include <net/ipv6.h>

#include "knetctl.h"

#define PREFIX_IPV4	32
#define PREFIX_IPV6	64

/* The network of an address, an IPv4 one as mapped. */
static void source_network(const struct knet_listener *l, const struct knet_limits *limits,
			   const struct knet_addr *addr, struct in6_addr *network)
{
	struct in6_addr in6;
	unsigned int prefix;

	if (addr->sa.sa_family == AF_INET6) {
		in6 = addr->in6.sin6_addr;
		prefix = limits->prefix ?: PREFIX_IPV6;
	} else {
		ipv6_addr_set_v4mapped(addr->in.sin_addr.s_addr, &in6);
		prefix = PREFIX_IPV4;
		if (limits->prefix && l->local.sa.sa_family == AF_INET)
			prefix = min_t(unsigned int, limits->prefix, PREFIX_IPV4);
		prefix += 128 - PREFIX_IPV4;
	}
	ipv6_addr_prefix(network, &in6, prefix);
}

static struct knet_source *source_find(struct rb_root *sources, const struct in6_addr *network,
				       struct rb_node **parent, struct rb_node ***link)
{
	struct rb_node **p = &sources->rb_node;
	struct knet_source *source;
	int cmp;

	*parent = NULL;
	while (*p) {
		source = rb_entry(*p, struct knet_source, node);
		cmp = memcmp(network, &source->network, sizeof(*network));
		if (!cmp)
			return source;
		*parent = *p;
		p = cmp < 0 ? &(*p)->rb_left : &(*p)->rb_right;
	}
	*link = p;
	return NULL;
}

/* The source of an address, made if there is none; NULL without memory. */
static struct knet_source *source_get(struct knet_listener *l, struct rb_root *sources,
				      const struct knet_limits *limits,
				      const struct knet_addr *addr)
{
	struct rb_node *parent, **link;
	struct knet_source *source;
	struct in6_addr network;

	source_network(l, limits, addr, &network);
	source = source_find(sources, &network, &parent, &link);
	if (source)
		return source;
	source = kzalloc(sizeof(*source), GFP_KERNEL_ACCOUNT);
	if (!source)
		return NULL;
	source->network = network;
	rb_link_node(&source->node, parent, link);
	rb_insert_color(&source->node, sources);
	return source;
}

static void source_drop(struct rb_root *sources, struct knet_source *source)
{
	if (source->count)
		return;
	rb_erase(&source->node, sources);
	kfree(source);
}

static void sources_free(struct rb_root *sources)
{
	struct knet_source *source, *next;

	rbtree_postorder_for_each_entry_safe(source, next, sources, node)
		kfree(source);
	*sources = RB_ROOT;
}

/* ns until the next connection is within the rate; 0 when it is. */
static u64 rate_wait(const struct knet_listener *l, u64 now)
{
	u64 interval, early;

	if (!l->limits.rate || l->next_arrival <= now)
		return 0;
	/* As many as come in a second may come at once. */
	interval = div_u64(NSEC_PER_SEC, l->limits.rate);
	early = l->next_arrival - now;
	return early > NSEC_PER_SEC - interval ? early - (NSEC_PER_SEC - interval) : 0;
}

static void rate_take(struct knet_listener *l, u64 now)
{
	if (l->limits.rate)
		l->next_arrival = max(l->next_arrival, now) +
				  div_u64(NSEC_PER_SEC, l->limits.rate);
}

/**
 * knet_limit_wait() - whether connections must stay in the backlog
 * @l: listener
 *
 * Context: Process, knet_net.lock held.
 * Return: 0 for no, jiffies to wait, or MAX_SCHEDULE_TIMEOUT until one ends.
 */
unsigned long knet_limit_wait(struct knet_listener *l)
{
	u64 wait;

	lockdep_assert_held(&l->kn->lock);
	if (l->limits.on_limit != KNETCTL_ON_LIMIT_QUEUE)
		return 0;
	if (l->limits.max && l->connection_count >= l->limits.max)
		return MAX_SCHEDULE_TIMEOUT;
	wait = rate_wait(l, ktime_get_ns());
	return wait ? nsecs_to_jiffies(wait) + 1 : 0;
}

/**
 * knet_limit_admit() - whether a connection is within the limits
 * @l: listener
 * @conn: its remote address is known; counted if it is let in
 *
 * Context: Process, knet_net.lock held.
 * Return: 0, or the enum knetctl_connection_reason why not.
 */
u32 knet_limit_admit(struct knet_listener *l, struct knet_connection *conn)
{
	const struct knet_limits *limits = &l->limits;
	struct knet_source *source;
	u64 now = 0;

	lockdep_assert_held(&l->kn->lock);
	if (limits->max && l->connection_count >= limits->max)
		return KNETCTL_CONNECTION_REASON_MAX;
	if (limits->rate) {
		now = ktime_get_ns();
		if (rate_wait(l, now))
			return KNETCTL_CONNECTION_REASON_RATE;
	}
	if (limits->per_source) {
		source = source_get(l, &l->sources, limits, &conn->remote);
		if (!source)
			return KNETCTL_CONNECTION_REASON_MEMORY;
		if (source->count >= limits->per_source)
			return KNETCTL_CONNECTION_REASON_PER_SOURCE;
		source->count++;
		conn->source = source;
	}
	rate_take(l, now);
	return 0;
}

/**
 * knet_limit_leave() - a connection that was let in is no more
 * @l: listener
 * @conn: of it
 *
 * Context: Process, knet_net.lock held.
 */
void knet_limit_leave(struct knet_listener *l, struct knet_connection *conn)
{
	lockdep_assert_held(&l->kn->lock);
	if (!conn->source)
		return;
	conn->source->count--;
	source_drop(&l->sources, conn->source);
	conn->source = NULL;
}

/* Count the connections that are there by other networks, or no longer. */
static int limit_recount(struct knet_listener *l, const struct knet_limits *limits)
{
	struct rb_root sources = RB_ROOT;
	struct rb_node *parent, **link;
	struct knet_connection *conn;
	struct in6_addr network;

	if (limits->per_source)
		list_for_each_entry(conn, &l->connections, node)
			if (!source_get(l, &sources, limits, &conn->remote)) {
				sources_free(&sources);
				return -ENOMEM;
			}
	sources_free(&l->sources);
	l->sources = sources;
	list_for_each_entry(conn, &l->connections, node) {
		source_network(l, limits, &conn->remote, &network);
		conn->source = source_find(&l->sources, &network, &parent, &link);
		if (conn->source)
			conn->source->count++;
	}
	return 0;
}

/**
 * knet_limit_set() - change the limits of a listener
 * @l: listener
 * @limits: checked
 *
 * Context: Process, knet_net.lock held.
 * Return: 0 or -ENOMEM.
 */
int knet_limit_set(struct knet_listener *l, const struct knet_limits *limits)
{
	int err = 0;

	lockdep_assert_held(&l->kn->lock);
	if (!limits->per_source != !l->limits.per_source || limits->prefix != l->limits.prefix)
		err = limit_recount(l, limits);
	if (err)
		return err;
	if (limits->rate != l->limits.rate)
		l->next_arrival = 0;
	l->limits = *limits;
	return 0;
}
