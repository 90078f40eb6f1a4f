// SPDX-License-Identifier: GPL-2.0-only
/*
 * One rule of the filter: how it is made, how long it is used, and how it is
 * freed when no reader has it any more.
 */
#include <linux/jiffies.h>
#include <linux/slab.h>

#include "knetctl.h"

/* Rules that one work frees. */
#define GRAVE_RULES	480

/**
 * struct knet_filter_grave - removed rules, freed when no reader has them
 * @work: frees them
 * @count: of @rule
 * @rule: not in a table any more
 */
struct knet_filter_grave {
	struct rcu_work work;
	unsigned int count;
	struct knet_filter_rule *rule[GRAVE_RULES];
};

static struct kmem_cache *rule_cache[KNET_FILTER_PARTS];

/**
 * knet_filter_caches_create() - before the first rule
 *
 * Caches of our own, because kmalloc() has no sizes that fit.
 *
 * Return: 0 or -ENOMEM.
 */
int knet_filter_caches_create(void)
{
	struct kmem_cache *cache;

	cache = kmem_cache_create("knetctl_rule_ipv4", knet_filter_rule_size(KNET_FILTER_IPV4), 8,
				  0, NULL);
	if (!cache)
		return -ENOMEM;
	rule_cache[KNET_FILTER_ANY] = cache;
	rule_cache[KNET_FILTER_IPV4] = cache;
	cache = kmem_cache_create("knetctl_rule_ipv6", knet_filter_rule_size(KNET_FILTER_IPV6), 8,
				  0, NULL);
	if (!cache) {
		kmem_cache_destroy(rule_cache[KNET_FILTER_IPV4]);
		return -ENOMEM;
	}
	rule_cache[KNET_FILTER_IPV6] = cache;
	return 0;
}

/**
 * knet_filter_caches_destroy() - after the last rule was freed
 */
void knet_filter_caches_destroy(void)
{
	kmem_cache_destroy(rule_cache[KNET_FILTER_IPV6]);
	kmem_cache_destroy(rule_cache[KNET_FILTER_IPV4]);
}

static struct knet_filter_extra *extra_alloc(struct knet_filter_rule *rule, const char *comment,
					     u64 timeout_ms)
{
	size_t len = comment ? strlen(comment) : 0;
	struct knet_filter_extra *extra;

	extra = kzalloc(struct_size(extra, comment, len), GFP_KERNEL_ACCOUNT);
	if (!extra)
		return NULL;
	extra->rule = rule;
	extra->comment_len = len;
	memcpy(extra->comment, comment ?: "", len);
	if (timeout_ms)
		extra->expires = get_jiffies_64() + max_t(u64, 1, div_u64(timeout_ms * HZ, 1000));
	return extra;
}

/**
 * knet_filter_rule_alloc() - make a rule
 * @key: masked
 * @comment: at most KNETCTL_COMMENT_MAX bytes, or NULL
 * @timeout_ms: until it removes itself, 0 for never; the time begins now
 *
 * Return: the rule, in no table; or NULL.
 */
struct knet_filter_rule *knet_filter_rule_alloc(const struct knet_filter_key *key,
						const char *comment, u64 timeout_ms)
{
	struct knet_filter_rule *rule;

	rule = kmem_cache_zalloc(rule_cache[key->part], GFP_KERNEL_ACCOUNT);
	if (!rule)
		return NULL;
	knet_filter_rule_init(rule, key);
	if (!comment && !timeout_ms)
		return rule;
	rule->extra = extra_alloc(rule, comment, timeout_ms);
	if (rule->extra)
		return rule;
	knet_filter_rule_free(rule);
	return NULL;
}

/**
 * knet_filter_rule_free() - free a rule that no reader can have
 * @rule: in no table
 */
void knet_filter_rule_free(struct knet_filter_rule *rule)
{
	kfree(rule->extra);
	kmem_cache_free(rule_cache[rule->part], rule);
}

/**
 * knet_filter_rule_alive() - is its time not over yet?
 * @rule: with extra
 *
 * Return: true if it is to be used.
 */
bool knet_filter_rule_alive(const struct knet_filter_rule *rule)
{
	return !rule->extra->expires || time_before64(get_jiffies_64(), rule->extra->expires);
}

/**
 * knet_filter_rule_timeout() - how long it has
 * @rule: any
 *
 * Return: milliseconds, at least 1; 0 when it has no timeout.
 */
u64 knet_filter_rule_timeout(const struct knet_filter_rule *rule)
{
	u64 left;

	if (!rule->extra || !rule->extra->expires)
		return 0;
	left = rule->extra->expires - get_jiffies_64();
	return (s64)left > 0 ? max_t(u64, 1, div_u64(left * 1000, HZ)) : 1;
}

static void grave_free_work(struct work_struct *work)
{
	struct knet_filter_grave *grave = container_of(to_rcu_work(work),
						       struct knet_filter_grave, work);

	while (grave->count)
		knet_filter_rule_free(grave->rule[--grave->count]);
	kfree(grave);
}

/**
 * knet_filter_bury() - free what was removed, when no reader has it any more
 * @filter: its lock is held
 */
void knet_filter_bury(struct knet_filter *filter)
{
	struct knet_filter_grave *grave = filter->grave;

	lockdep_assert_held(&filter->lock);
	if (!grave)
		return;
	filter->grave = NULL;
	INIT_RCU_WORK(&grave->work, grave_free_work);
	queue_rcu_work(knet_wq, &grave->work);
}

/**
 * knet_filter_retire() - have a rule freed by knet_filter_bury()
 * @filter: its lock is held
 * @rule: in no table any more, but readers may have it
 *
 * Context: Process, may sleep.
 */
void knet_filter_retire(struct knet_filter *filter, struct knet_filter_rule *rule)
{
	lockdep_assert_held(&filter->lock);
	if (!filter->grave)
		filter->grave = kzalloc(sizeof(*filter->grave), GFP_KERNEL_ACCOUNT);
	if (!filter->grave) {
		synchronize_rcu();
		knet_filter_rule_free(rule);
		return;
	}
	filter->grave->rule[filter->grave->count++] = rule;
	if (filter->grave->count == GRAVE_RULES)
		knet_filter_bury(filter);
}
