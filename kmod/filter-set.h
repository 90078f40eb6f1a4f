/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A table of rules by prefix and port, for the filter.
 *
 * Nothing here knows of packets, sockets or namespaces, so that the same file
 * runs in user space under the tests.
 */
#ifndef _KNETCTL_FILTER_SET_H
#define _KNETCTL_FILTER_SET_H

#include <linux/atomic.h>
#include <linux/rcupdate.h>
#include <linux/types.h>

/* Which of the three parts of a table a rule is in. */
enum knet_filter_part {
	KNET_FILTER_ANY,	/* both families, no prefix */
	KNET_FILTER_IPV4,
	KNET_FILTER_IPV6,
	KNET_FILTER_PARTS,
};

/**
 * struct knet_filter_key - what tells one rule from another
 * @part: enum knet_filter_part
 * @prefix_len: bits of @addr that count
 * @exclude: connections are not to be reported
 * @port_min: lowest remote port
 * @port_max: highest one; 0 and U16_MAX are all
 * @addr: in network byte order, the bits behind the prefix are 0; as 32-bit
 *	words, of which IPv4 uses the first
 */
struct knet_filter_key {
	u8 part;
	u8 prefix_len;
	bool exclude;
	u16 port_min;
	u16 port_max;
	__be32 addr[4];
};

struct knet_filter_extra;

/**
 * struct knet_filter_rule - one rule; a table has up to millions of them
 * @next: of the part, in the order of @hash, then prefix, then precedence
 * @extra: what most rules do not have, or NULL
 * @hits: connections that it decided
 * @last_hit: when the last one was, seconds since 1970; 0 for never
 * @port_min: lowest remote port
 * @port_max: highest one
 * @prefix_len: of @addr
 * @part: enum knet_filter_part
 * @exclude: connections are not to be reported
 * @addr: one word for IPv4, four for IPv6, none for both
 */
struct knet_filter_rule {
	struct knet_filter_rule __rcu *next;
	struct knet_filter_extra *extra;
	atomic64_t hits;
	u32 last_hit;
	u16 port_min;
	u16 port_max;
	u8 prefix_len;
	u8 part;
	bool exclude;
	__be32 addr[];
};

/* Bytes of a rule of a part. */
static inline size_t knet_filter_rule_size(unsigned int part)
{
	static const u8 words[KNET_FILTER_PARTS] = { 0, 1, 4 };

	return offsetof(struct knet_filter_rule, addr) + sizeof(__be32) * words[part];
}

/**
 * struct knet_filter_buckets - where to begin in the list of a part
 * @rcu: frees it
 * @bits: there are 1 << @bits
 * @first: the first rule whose hash begins with the bucket's number, or NULL
 */
struct knet_filter_buckets {
	struct rcu_head rcu;
	unsigned int bits;
	struct knet_filter_rule __rcu *first[];
};

/**
 * struct knet_filter_list - one part of a table
 * @first: all rules, in order
 * @buckets: NULL while there is no rule
 * @lens: prefix lengths in use, length n is bit n % 64 of word n / 64
 * @len_count: rules of each length
 * @count: rules
 */
struct knet_filter_list {
	struct knet_filter_rule __rcu *first;
	struct knet_filter_buckets __rcu *buckets;
	u64 lens[3];
	u32 len_count[129];
	u32 count;
};

/**
 * struct knet_filter_set - rules, and how to find one
 * @list: by enum knet_filter_part
 * @factor: random, of the hash
 *
 * Readers need nothing but RCU. Whoever changes it has it alone.
 */
struct knet_filter_set {
	struct knet_filter_list list[KNET_FILTER_PARTS];
	u64 factor[6];
};

void knet_filter_set_init(struct knet_filter_set *set);
void knet_filter_set_clear(struct knet_filter_set *set,
			   void (*release)(struct knet_filter_rule *rule));
int knet_filter_set_add(struct knet_filter_set *set, struct knet_filter_rule *rule);
struct knet_filter_rule *knet_filter_set_find(struct knet_filter_set *set,
					      const struct knet_filter_key *key);
void knet_filter_set_remove(struct knet_filter_set *set, struct knet_filter_rule *rule);
void knet_filter_set_replace(struct knet_filter_set *set, struct knet_filter_rule *old,
			     struct knet_filter_rule *rule);
struct knet_filter_rule *knet_filter_set_after(struct knet_filter_set *set,
					       const struct knet_filter_key *key);
struct knet_filter_rule *knet_filter_set_next(struct knet_filter_set *set,
					      struct knet_filter_rule *rule);
struct knet_filter_rule *knet_filter_set_match(const struct knet_filter_set *set,
					       unsigned int part, const __be32 *addr, int port,
					       bool (*alive)(const struct knet_filter_rule *rule));
size_t knet_filter_set_bytes(const struct knet_filter_set *set);
void knet_filter_rule_init(struct knet_filter_rule *rule, const struct knet_filter_key *key);
void knet_filter_rule_key(const struct knet_filter_rule *rule, struct knet_filter_key *key);
void knet_filter_mask(__be32 *addr, unsigned int words, unsigned int prefix_len);

#endif /* _KNETCTL_FILTER_SET_H */
