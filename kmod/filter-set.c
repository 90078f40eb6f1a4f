// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table behind the filter: the longest prefix wins, then the fewest ports.
 *
 * A rule is found by a hash of its prefix, once for each prefix length that is
 * in use, the longest first. So the cost of a lookup depends on how many
 * lengths there are and not on how many rules, a change touches one bucket,
 * and a rule takes little more than what it says.
 *
 * All rules of a family stand in one list, in the order of their hashes, and a
 * bucket is a pointer into it. Hence the buckets can be made anew, more or
 * fewer of them, without moving a rule: a reader with old buckets reads on in
 * the same list. And whoever walks through the rules in many steps goes on
 * behind the last one's key, however the table has changed in between.
 */
#include <linux/bitops.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "filter-set.h"

#include <uapi/linux/knetctl.h>

#define BUCKET_BITS_MIN	4
#define BUCKET_BITS_MAX	28
/* Rules a bucket before there are twice as many buckets, or half as many. */
#define LOAD_MAX	2U
#define LOAD_MIN_SHIFT	3	/* 1/8 */

/* Whoever changes a table has it alone. */
#define table_pointer(p)	rcu_dereference_protected(p, true)

static const u8 part_words[KNET_FILTER_PARTS] = {
	[KNET_FILTER_IPV4] = 1,
	[KNET_FILTER_IPV6] = 4,
};

/**
 * knet_filter_mask() - clear the bits behind a prefix
 * @addr: in network byte order
 * @words: of @addr
 * @prefix_len: bits to keep
 */
void knet_filter_mask(__be32 *addr, unsigned int words, unsigned int prefix_len)
{
	unsigned int i;

	for (i = 0; i < words; i++) {
		if (prefix_len >= 32) {
			prefix_len -= 32;
			continue;
		}
		addr[i] &= prefix_len ? htonl(~0U << (32 - prefix_len)) : 0;
		prefix_len = 0;
	}
}

/*
 * Multiply and shift, with random odd factors: as even as a random function
 * for whoever does not know the factors, and a few instructions.
 */
static u32 prefix_hash(const struct knet_filter_set *set, unsigned int part, const __be32 *addr,
		       unsigned int prefix_len)
{
	const u64 *factor = set->factor;
	u64 sum = factor[5] * (prefix_len + 1);

	switch (part) {
	case KNET_FILTER_IPV6:
		sum += factor[1] * (__force u32)addr[1];
		sum += factor[2] * (__force u32)addr[2];
		sum += factor[3] * (__force u32)addr[3];
		fallthrough;
	case KNET_FILTER_IPV4:
		sum += factor[0] * (__force u32)addr[0];
		break;
	}
	return (sum + factor[4]) >> 32;
}

/* Not kept in the rule: there are more rules than anyone asks about. */
static u32 rule_hash(const struct knet_filter_set *set, const struct knet_filter_rule *rule)
{
	return prefix_hash(set, rule->part, rule->addr, rule->prefix_len);
}

static struct knet_filter_rule __rcu **bucket_of(struct knet_filter_buckets *buckets, u32 hash)
{
	return &buckets->first[hash >> (32 - buckets->bits)];
}

static bool same_addr(const __be32 *a, const __be32 *b, unsigned int words)
{
	switch (words) {
	case 4:
		if (a[1] != b[1] || a[2] != b[2] || a[3] != b[3])
			return false;
		fallthrough;
	case 1:
		return a[0] == b[0];
	default:
		return true;
	}
}

static int compare(u32 a, u32 b)
{
	return a < b ? -1 : a > b;
}

/* The order of rules of a part: by hash, by prefix, then the one that decides first. */
static int rule_compare(const struct knet_filter_set *set, const struct knet_filter_rule *rule,
			u32 hash, const struct knet_filter_key *key)
{
	unsigned int i, words = part_words[key->part];
	int order = compare(rule_hash(set, rule), hash);

	if (!order)
		order = compare(rule->prefix_len, key->prefix_len);
	for (i = 0; !order && i < words; i++)
		order = compare((__force u32)rule->addr[i], (__force u32)key->addr[i]);
	if (!order)
		order = compare(rule->port_max - rule->port_min, key->port_max - key->port_min);
	if (!order)
		order = compare(rule->port_min, key->port_min);
	return order ?: compare(key->exclude, rule->exclude);
}

static bool same_prefix(const struct knet_filter_rule *rule, const struct knet_filter_rule *other)
{
	return rule->prefix_len == other->prefix_len &&
	       same_addr(rule->addr, other->addr, part_words[rule->part]);
}

/**
 * knet_filter_rule_init() - write a key into a rule
 * @rule: zeroed, of knet_filter_rule_size()
 * @key: its addr must be masked
 */
void knet_filter_rule_init(struct knet_filter_rule *rule, const struct knet_filter_key *key)
{
	rule->part = key->part;
	rule->prefix_len = key->prefix_len;
	rule->exclude = key->exclude;
	rule->port_min = key->port_min;
	rule->port_max = key->port_max;
	memcpy(rule->addr, key->addr, sizeof(__be32) * part_words[key->part]);
}

/**
 * knet_filter_rule_key() - the key of a rule
 * @rule: of a table, or not yet
 * @key: set
 */
void knet_filter_rule_key(const struct knet_filter_rule *rule, struct knet_filter_key *key)
{
	memset(key, 0, sizeof(*key));
	key->part = rule->part;
	key->prefix_len = rule->prefix_len;
	key->exclude = rule->exclude;
	key->port_min = rule->port_min;
	key->port_max = rule->port_max;
	memcpy(key->addr, rule->addr, sizeof(__be32) * part_words[rule->part]);
}

/**
 * knet_filter_set_init() - begin
 * @set: anything
 */
void knet_filter_set_init(struct knet_filter_set *set)
{
	unsigned int i;

	memset(set, 0, sizeof(*set));
	get_random_bytes(set->factor, sizeof(set->factor));
	for (i = 0; i < ARRAY_SIZE(set->factor); i++)
		set->factor[i] |= 1;
}

/**
 * knet_filter_set_clear() - forget all rules
 * @set: that no reader has any more
 * @release: called for each rule
 *
 * Context: Process, may sleep: a million rules take their time.
 */
void knet_filter_set_clear(struct knet_filter_set *set,
			   void (*release)(struct knet_filter_rule *rule))
{
	struct knet_filter_rule *rule, *next;
	struct knet_filter_list *list;
	unsigned int n = 0;

	for (list = set->list; list < set->list + KNET_FILTER_PARTS; list++) {
		for (rule = table_pointer(list->first); rule; rule = next) {
			next = table_pointer(rule->next);
			release(rule);
			if (!(++n % 1024))
				cond_resched();
		}
		kvfree(table_pointer(list->buckets));
	}
	memset(set->list, 0, sizeof(set->list));
}

/* As many buckets as it says; the rules stay where they are. */
static int list_resize(const struct knet_filter_set *set, struct knet_filter_list *list,
		       unsigned int bits)
{
	struct knet_filter_buckets *old = table_pointer(list->buckets), *buckets;
	struct knet_filter_rule __rcu **bucket;
	struct knet_filter_rule *rule;

	buckets = kvzalloc(struct_size(buckets, first, 1UL << bits),
			   GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!buckets)
		return -ENOMEM;
	buckets->bits = bits;
	for (rule = table_pointer(list->first); rule; rule = table_pointer(rule->next)) {
		bucket = bucket_of(buckets, rule_hash(set, rule));
		if (!table_pointer(*bucket))
			RCU_INIT_POINTER(*bucket, rule);
	}
	rcu_assign_pointer(list->buckets, buckets);
	if (old)
		kvfree_rcu(old, rcu);
	return 0;
}

/* Fails only when there are no buckets at all: too few are slow, not wrong. */
static int list_make_room(const struct knet_filter_set *set, struct knet_filter_list *list)
{
	struct knet_filter_buckets *buckets = table_pointer(list->buckets);

	if (!buckets)
		return list_resize(set, list, BUCKET_BITS_MIN);
	if (list->count >= LOAD_MAX << buckets->bits && buckets->bits < BUCKET_BITS_MAX)
		list_resize(set, list, buckets->bits + 1);
	return 0;
}

static void list_give_back(const struct knet_filter_set *set, struct knet_filter_list *list)
{
	struct knet_filter_buckets *buckets = table_pointer(list->buckets);

	if (buckets->bits > BUCKET_BITS_MIN &&
	    list->count < 1U << buckets->bits >> LOAD_MIN_SHIFT)
		list_resize(set, list, buckets->bits - 1);
}

/* The link of the last rule before a bucket, or the head of the list. */
static struct knet_filter_rule __rcu **list_before(struct knet_filter_list *list,
						   struct knet_filter_rule __rcu **bucket)
{
	struct knet_filter_buckets *buckets = table_pointer(list->buckets);
	struct knet_filter_rule *rule;

	/* Few steps: there are not many more buckets than rules. */
	while (bucket > buckets->first) {
		rule = table_pointer(*--bucket);
		if (rule)
			return &rule->next;
	}
	return &list->first;
}

/* The link that points, or would point, to the rule with a key. */
static struct knet_filter_rule __rcu **list_link(struct knet_filter_set *set, u32 hash,
						 const struct knet_filter_key *key)
{
	struct knet_filter_list *list = &set->list[key->part];
	struct knet_filter_rule __rcu **bucket = bucket_of(table_pointer(list->buckets), hash);
	struct knet_filter_rule *rule = table_pointer(*bucket);
	struct knet_filter_rule __rcu **link;

	if (rule && rule_compare(set, rule, hash, key) < 0)
		link = &rule->next;
	else
		link = list_before(list, bucket);
	while ((rule = table_pointer(*link)) && rule_compare(set, rule, hash, key) < 0)
		link = &rule->next;
	return link;
}

static struct knet_filter_rule __rcu **rule_link(struct knet_filter_set *set,
						 struct knet_filter_rule *rule)
{
	struct knet_filter_key key;

	knet_filter_rule_key(rule, &key);
	return list_link(set, rule_hash(set, rule), &key);
}

static void count_length(struct knet_filter_list *list, unsigned int prefix_len, int more)
{
	u64 *word = &list->lens[prefix_len / 64];
	u64 bit = 1ULL << (prefix_len % 64);

	list->len_count[prefix_len] += more;
	list->count += more;
	WRITE_ONCE(*word, list->len_count[prefix_len] ? *word | bit : *word & ~bit);
}

/* How many rules of a prefix there are, counted up to the limit. */
static bool prefix_is_full(const struct knet_filter_set *set, u32 hash,
			   const struct knet_filter_rule *like)
{
	struct knet_filter_buckets *buckets = table_pointer(set->list[like->part].buckets);
	struct knet_filter_rule *rule = table_pointer(*bucket_of(buckets, hash));
	unsigned int n = 0;

	for (; rule && n < KNETCTL_PREFIX_RULES_MAX; rule = table_pointer(rule->next)) {
		if (same_prefix(rule, like))
			n++;
		else if (rule_hash(set, rule) > hash)
			break;
	}
	return n >= KNETCTL_PREFIX_RULES_MAX;
}

/**
 * knet_filter_set_add() - add a rule
 * @set: to this one
 * @rule: of knet_filter_rule_init(); the table's from now on
 *
 * Context: Process, may sleep.
 * Return: 0, -EEXIST when its key is there, -E2BIG when its prefix has too many
 * rules, or -ENOMEM.
 */
int knet_filter_set_add(struct knet_filter_set *set, struct knet_filter_rule *rule)
{
	struct knet_filter_list *list = &set->list[rule->part];
	struct knet_filter_rule __rcu **link, **bucket;
	struct knet_filter_rule *first, *next;
	struct knet_filter_key key;
	u32 hash;
	int err;

	err = list_make_room(set, list);
	if (err)
		return err;
	knet_filter_rule_key(rule, &key);
	hash = rule_hash(set, rule);
	if (prefix_is_full(set, hash, rule))
		return -E2BIG;
	link = list_link(set, hash, &key);
	next = table_pointer(*link);
	if (next && !rule_compare(set, next, hash, &key))
		return -EEXIST;
	RCU_INIT_POINTER(rule->next, next);
	rcu_assign_pointer(*link, rule);
	bucket = bucket_of(table_pointer(list->buckets), hash);
	first = table_pointer(*bucket);
	if (!first || first == next)
		rcu_assign_pointer(*bucket, rule);
	count_length(list, key.prefix_len, 1);
	return 0;
}

/**
 * knet_filter_set_find() - the rule with a key
 * @set: in this one
 * @key: all of it must be the same
 *
 * Return: the rule, or NULL.
 */
struct knet_filter_rule *knet_filter_set_find(struct knet_filter_set *set,
					      const struct knet_filter_key *key)
{
	struct knet_filter_list *list = &set->list[key->part];
	u32 hash = prefix_hash(set, key->part, key->addr, key->prefix_len);
	struct knet_filter_rule *rule;

	if (!list->count)
		return NULL;
	rule = table_pointer(*list_link(set, hash, key));
	return rule && !rule_compare(set, rule, hash, key) ? rule : NULL;
}

/**
 * knet_filter_set_remove() - remove a rule
 * @set: from this one
 * @rule: in @set; readers may have it for another RCU grace period
 *
 * Context: Process, may sleep.
 */
void knet_filter_set_remove(struct knet_filter_set *set, struct knet_filter_rule *rule)
{
	struct knet_filter_list *list = &set->list[rule->part];
	struct knet_filter_buckets *buckets = table_pointer(list->buckets);
	struct knet_filter_rule __rcu **link = rule_link(set, rule);
	struct knet_filter_rule __rcu **bucket = bucket_of(buckets, rule_hash(set, rule));
	struct knet_filter_rule *next = table_pointer(rule->next);

	if (table_pointer(*bucket) == rule) {
		if (next && bucket_of(buckets, rule_hash(set, next)) != bucket)
			RCU_INIT_POINTER(*bucket, NULL);
		else
			rcu_assign_pointer(*bucket, next);
	}
	rcu_assign_pointer(*link, next);
	count_length(list, rule->prefix_len, -1);
	list_give_back(set, list);
}

/**
 * knet_filter_set_replace() - put a rule into the place of another
 * @set: in this one
 * @old: in @set; readers may have it for another RCU grace period
 * @rule: with the same key; the table's from now on
 */
void knet_filter_set_replace(struct knet_filter_set *set, struct knet_filter_rule *old,
			     struct knet_filter_rule *rule)
{
	struct knet_filter_list *list = &set->list[old->part];
	struct knet_filter_rule __rcu **link = rule_link(set, old);
	struct knet_filter_rule __rcu **bucket;

	RCU_INIT_POINTER(rule->next, table_pointer(old->next));
	rcu_assign_pointer(*link, rule);
	bucket = bucket_of(table_pointer(list->buckets), rule_hash(set, rule));
	if (table_pointer(*bucket) == old)
		rcu_assign_pointer(*bucket, rule);
}

/**
 * knet_filter_set_after() - walk through the rules
 * @set: through this one
 * @key: of the rule before, which need not be there any more; NULL to begin
 *
 * Return: the rule, or NULL at the end.
 */
struct knet_filter_rule *knet_filter_set_after(struct knet_filter_set *set,
					       const struct knet_filter_key *key)
{
	struct knet_filter_rule *rule = NULL;
	struct knet_filter_list *list;
	unsigned int part = 0;
	u32 hash;

	if (key) {
		part = key->part;
		list = &set->list[part++];
		if (list->count) {
			hash = prefix_hash(set, key->part, key->addr, key->prefix_len);
			rule = table_pointer(*list_link(set, hash, key));
			if (rule && !rule_compare(set, rule, hash, key))
				rule = table_pointer(rule->next);
		}
	}
	while (!rule && part < KNET_FILTER_PARTS)
		rule = table_pointer(set->list[part++].first);
	return rule;
}

/**
 * knet_filter_set_next() - walk on to the next rule
 * @set: through this one, which has not changed since
 * @rule: of @set
 *
 * Return: the rule, or NULL at the end.
 */
struct knet_filter_rule *knet_filter_set_next(struct knet_filter_set *set,
					      struct knet_filter_rule *rule)
{
	struct knet_filter_rule *next = table_pointer(rule->next);
	unsigned int part = rule->part + 1;

	while (!next && part < KNET_FILTER_PARTS)
		next = table_pointer(set->list[part++].first);
	return next;
}

/* The rule of one prefix that decides about a port. */
static struct knet_filter_rule *prefix_match(const struct knet_filter_set *set, unsigned int part,
					     const __be32 *addr, unsigned int prefix_len, int port,
					     bool (*alive)(const struct knet_filter_rule *rule))
{
	u32 hash = prefix_hash(set, part, addr, prefix_len);
	struct knet_filter_buckets *buckets = rcu_dereference(set->list[part].buckets);
	struct knet_filter_rule *rule;

	rule = buckets ? rcu_dereference(*bucket_of(buckets, hash)) : NULL;
	for (; rule; rule = rcu_dereference(rule->next)) {
		if (rule->prefix_len != prefix_len ||
		    !same_addr(rule->addr, addr, part_words[part])) {
			if (rule_hash(set, rule) > hash)
				break;
			continue;
		}
		if (port >= 0 && (port < rule->port_min || port > rule->port_max))
			continue;
		if (!rule->extra || alive(rule))
			return rule;
	}
	return NULL;
}

/**
 * knet_filter_set_match() - the rule that decides about a connection
 * @set: in this one
 * @part: KNET_FILTER_IPV4 or KNET_FILTER_IPV6
 * @addr: where it goes
 * @port: where it goes, or -1 to ignore the ports of rules
 * @alive: is asked whether a rule with extra is still to be used
 *
 * Context: Any, under RCU.
 * Return: the rule, valid under RCU; or NULL.
 */
struct knet_filter_rule *knet_filter_set_match(const struct knet_filter_set *set,
					       unsigned int part, const __be32 *addr, int port,
					       bool (*alive)(const struct knet_filter_rule *rule))
{
	const struct knet_filter_list *list = &set->list[part];
	unsigned int words = part_words[part], prefix_len;
	struct knet_filter_rule *rule;
	__be32 masked[4];
	u64 lens;
	int i;

	memcpy(masked, addr, sizeof(__be32) * words);
	for (i = part == KNET_FILTER_IPV4 ? 0 : 2; i >= 0; i--) {
		lens = READ_ONCE(list->lens[i]);
		while (lens) {
			prefix_len = i * 64 + fls64(lens) - 1;
			lens ^= 1ULL << (prefix_len % 64);
			/* From long to short: bits that are cleared stay so. */
			knet_filter_mask(masked, words, prefix_len);
			rule = prefix_match(set, part, masked, prefix_len, port, alive);
			if (rule)
				return rule;
		}
	}
	if (!READ_ONCE(set->list[KNET_FILTER_ANY].lens[0]))
		return NULL;
	return prefix_match(set, KNET_FILTER_ANY, masked, 0, port, alive);
}

/**
 * knet_filter_set_bytes() - memory that a table takes, without what is extra
 * @set: of this one
 *
 * Return: bytes.
 */
size_t knet_filter_set_bytes(const struct knet_filter_set *set)
{
	const struct knet_filter_buckets *buckets;
	size_t bytes = sizeof(*set);
	unsigned int part;

	for (part = 0; part < KNET_FILTER_PARTS; part++) {
		buckets = table_pointer(set->list[part].buckets);
		bytes += ALIGN(knet_filter_rule_size(part), 8) * set->list[part].count;
		if (buckets)
			bytes += struct_size(buckets, first, 1UL << buckets->bits);
	}
	return bytes;
}
