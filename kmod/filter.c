// SPDX-License-Identifier: GPL-2.0-only
/*
 * The rules of the filter: added, removed and replaced, all of a message or
 * nothing of it.
 *
 * Readers see a table behind an RCU pointer. The rules of a message that adds
 * or removes go into the table in force one by one. A replace makes a table of
 * its own, of as many messages as it takes, and changes the pointer; what it
 * had made until then goes when its socket does.
 */
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "knetctl.h"

/* Replaces under way in a namespace: each may be as large as the filter. */
#define STAGES_MAX	4
/* Rules that one work frees. */
#define GRAVE_RULES	480
/* Rules that time out together are removed in pieces, for others to get the lock. */
#define EXPIRE_BATCH	512

unsigned int knet_max_filters = 1048576;

/**
 * struct filter_stage - a replace under way
 * @node: in knet_filter.stages
 * @portid: the netlink socket whose it is
 * @table: not in force yet
 */
struct filter_stage {
	struct list_head node;
	u32 portid;
	struct knet_filter_table *table;
};

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

/* -------------------------------------------------------------- rules -- */

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

/* Free what was removed, when no reader has it any more. */
static void filter_bury(struct knet_filter *filter)
{
	struct knet_filter_grave *grave = filter->grave;

	if (!grave)
		return;
	filter->grave = NULL;
	INIT_RCU_WORK(&grave->work, grave_free_work);
	queue_rcu_work(knet_wq, &grave->work);
}

static void filter_retire(struct knet_filter *filter, struct knet_filter_rule *rule)
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
		filter_bury(filter);
}

/* ------------------------------------------------------------- tables -- */

static struct knet_filter_table *table_alloc(void)
{
	struct knet_filter_table *table = kzalloc(sizeof(*table), GFP_KERNEL_ACCOUNT);

	if (!table)
		return NULL;
	knet_filter_set_init(&table->set);
	table->expiry = RB_ROOT_CACHED;
	refcount_set(&table->ref, 1);
	return table;
}

static void table_free_work(struct work_struct *work)
{
	struct knet_filter_table *table = container_of(to_rcu_work(work),
						       struct knet_filter_table, free_work);

	knet_filter_set_clear(&table->set, knet_filter_rule_free);
	kfree(table);
}

/**
 * knet_filter_table_put() - drop a reference
 * @table: invalid for the caller afterwards; NULL is allowed
 */
void knet_filter_table_put(struct knet_filter_table *table)
{
	if (!table || !refcount_dec_and_test(&table->ref))
		return;
	INIT_RCU_WORK(&table->free_work, table_free_work);
	queue_rcu_work(knet_wq, &table->free_work);
}

/**
 * knet_filter_table_count() - how many rules it has
 * @table: of this one
 *
 * Return: the sum of its parts.
 */
u32 knet_filter_table_count(const struct knet_filter_table *table)
{
	u32 count = 0;
	int part;

	for (part = 0; part < KNET_FILTER_PARTS; part++)
		count += table->set.list[part].count;
	return count;
}

static void expiry_add(struct rb_root_cached *expiry, struct knet_filter_extra *extra)
{
	struct rb_node **link = &expiry->rb_root.rb_node, *parent = NULL;
	bool first = true;

	while (*link) {
		parent = *link;
		if (extra->expires < rb_entry(parent, struct knet_filter_extra, node)->expires) {
			link = &parent->rb_left;
		} else {
			link = &parent->rb_right;
			first = false;
		}
	}
	rb_link_node(&extra->node, parent, link);
	rb_insert_color_cached(&extra->node, expiry, first);
}

static size_t extra_bytes(const struct knet_filter_extra *extra)
{
	return struct_size(extra, comment, extra->comment_len);
}

/* Of a rule that has come into the table. */
static void table_add_extra(struct knet_filter_table *table, struct knet_filter_extra *extra)
{
	if (!extra)
		return;
	table->extra_bytes += extra_bytes(extra);
	if (extra->expires)
		expiry_add(&table->expiry, extra);
}

static void table_del_extra(struct knet_filter_table *table, struct knet_filter_extra *extra)
{
	if (!extra)
		return;
	table->extra_bytes -= extra_bytes(extra);
	if (extra->expires)
		rb_erase_cached(&extra->node, &table->expiry);
}

static void table_remove(struct knet_filter_table *table, struct knet_filter_rule *rule)
{
	table_del_extra(table, rule->extra);
	knet_filter_set_remove(&table->set, rule);
}

static void table_exchange(struct knet_filter_table *table, struct knet_filter_rule *old,
			   struct knet_filter_rule *rule)
{
	table_del_extra(table, old->extra);
	knet_filter_set_replace(&table->set, old, rule);
	table_add_extra(table, rule->extra);
}

static int table_add_new(struct knet_filter_table *table, struct knet_filter_rule *rule,
			 struct netlink_ext_ack *extack)
{
	int err;

	if (knet_filter_table_count(table) >= READ_ONCE(knet_max_filters)) {
		NL_SET_ERR_MSG(extack, "the filter is full (module parameter max_filters)");
		return -ENOSPC;
	}
	err = knet_filter_set_add(&table->set, rule);
	if (!err)
		table_add_extra(table, rule->extra);
	else if (err == -EEXIST)
		NL_SET_ERR_MSG(extack, "there is such a rule already");
	else if (err == -E2BIG)
		NL_SET_ERR_MSG(extack, "too many rules for different ports of this prefix");
	return err;
}

static int table_add_one(struct knet_filter_table *table, struct knet_filter_entry *entry,
			 bool overwrite, struct netlink_ext_ack *extack)
{
	struct knet_filter_rule *rule = entry->rule, *old;
	struct knet_filter_key key;

	knet_filter_rule_key(rule, &key);
	old = knet_filter_set_find(&table->set, &key);
	/* One whose time is over is only there because nobody has removed it yet. */
	if (!old || (!overwrite && (!old->extra || knet_filter_rule_alive(old))))
		return table_add_new(table, rule, extack);
	if (overwrite) {
		atomic64_set(&rule->hits, atomic64_read(&old->hits));
		rule->last_hit = READ_ONCE(old->last_hit);
	}
	table_exchange(table, old, rule);
	entry->old = old;
	return 0;
}

/* All rules of a batch, or none; what is left in the batch is the caller's to free. */
static int table_add(struct knet_filter *filter, struct knet_filter_table *table,
		     struct knet_filter_batch *batch, bool overwrite,
		     struct netlink_ext_ack *extack)
{
	struct knet_filter_entry *entry = batch->entry;
	int err = 0;
	unsigned int i;

	for (i = 0; i < batch->count && !err; i++)
		err = table_add_one(table, &entry[i], overwrite, extack);
	if (!err) {
		for (i = 0; i < batch->count; i++) {
			entry[i].rule = NULL;
			if (entry[i].old)
				filter_retire(filter, entry[i].old);
		}
		return 0;
	}
	batch->bad = --i;
	while (i--) {
		if (entry[i].old)
			table_exchange(table, entry[i].rule, entry[i].old);
		else
			table_remove(table, entry[i].rule);
		/* Readers may have it. */
		filter_retire(filter, entry[i].rule);
		entry[i].rule = NULL;
	}
	return err;
}

/* ----------------------------------------------------------- in force -- */

static struct knet_filter_table *filter_table(struct knet_filter *filter)
{
	return rcu_dereference_protected(filter->table, lockdep_is_held(&filter->lock));
}

/* When the next rule's time is over. */
static void filter_arm(struct knet_filter *filter)
{
	struct knet_filter_table *table = filter_table(filter);
	u64 now = get_jiffies_64(), expires;
	struct rb_node *node;

	node = table ? rb_first_cached(&table->expiry) : NULL;
	if (!node || filter->closed)
		return;
	expires = rb_entry(node, struct knet_filter_extra, node)->expires;
	expires = time_after64(expires, now) ? expires - now : 0;
	mod_delayed_work(knet_wq, &filter->expire, min_t(u64, expires, MAX_JIFFY_OFFSET));
}

/* Put a table, or NULL, into force; the hooks are there if and only if there is a rule. */
static int filter_publish(struct knet_net *kn, struct knet_filter_table *table)
{
	struct knet_filter *filter = &kn->filter;
	struct knet_filter_table *old = filter_table(filter);
	int err;

	lockdep_assert_held(&filter->lock);
	if (table && !filter->hooked) {
		err = knet_filter_hook(kn->net);
		if (err)
			return err;
		filter->hooked = true;
	}
	rcu_assign_pointer(filter->table, table);
	if (!table && filter->hooked) {
		knet_filter_unhook(kn->net);
		filter->hooked = false;
	}
	knet_filter_table_put(old);
	filter_arm(filter);
	return 0;
}

/* After a removal: an empty filter costs nothing. */
static void filter_drop_empty(struct knet_net *kn)
{
	struct knet_filter_table *table = filter_table(&kn->filter);

	if (table && !knet_filter_table_count(table))
		filter_publish(kn, NULL);
}

static int filter_add(struct knet_net *kn, struct knet_filter_batch *batch, bool overwrite,
		      struct netlink_ext_ack *extack)
{
	struct knet_filter *filter = &kn->filter;
	struct knet_filter_table *table = filter_table(filter);
	int err;

	if (table) {
		err = table_add(filter, table, batch, overwrite, extack);
		filter_arm(filter);
		return err;
	}
	table = table_alloc();
	if (!table)
		return -ENOMEM;
	err = table_add(filter, table, batch, overwrite, extack);
	if (!err)
		err = filter_publish(kn, table);
	if (err)
		knet_filter_table_put(table);
	return err;
}

static int filter_begin(struct knet_filter *filter)
{
	mutex_lock(&filter->lock);
	if (!filter->closed)
		return 0;
	mutex_unlock(&filter->lock);
	return -ESHUTDOWN;
}

static void filter_end(struct knet_filter *filter)
{
	filter_bury(filter);
	mutex_unlock(&filter->lock);
}

/**
 * knet_filter_add() - add rules, all or none
 * @kn: namespace
 * @batch: at least one; on failure what is in it stays the caller's
 * @overwrite: a key that is there is no error
 * @extack: says what is wrong
 *
 * Context: Process, may sleep.
 * Return: 0 or a negative errno; @batch->bad then is the entry that was refused.
 */
int knet_filter_add(struct knet_net *kn, struct knet_filter_batch *batch, bool overwrite,
		    struct netlink_ext_ack *extack)
{
	int err = filter_begin(&kn->filter);

	if (err)
		return err;
	err = filter_add(kn, batch, overwrite, extack);
	filter_end(&kn->filter);
	return err;
}

static bool rule_is_there(struct knet_filter_table *table, const struct knet_filter_key *key)
{
	struct knet_filter_rule *rule = table ? knet_filter_set_find(&table->set, key) : NULL;

	return rule && (!rule->extra || knet_filter_rule_alive(rule));
}

static int filter_del(struct knet_net *kn, const struct knet_filter_key *keys, unsigned int count,
		      unsigned int *bad)
{
	struct knet_filter *filter = &kn->filter;
	struct knet_filter_table *table = filter_table(filter);
	struct knet_filter_rule *rule;
	unsigned int i;

	for (i = 0; i < count; i++) {
		*bad = i;
		if (!rule_is_there(table, &keys[i]))
			return -ENOENT;
	}
	for (i = 0; i < count; i++) {
		rule = knet_filter_set_find(&table->set, &keys[i]);
		if (!rule)	/* named twice */
			continue;
		table_remove(table, rule);
		filter_retire(filter, rule);
	}
	filter_drop_empty(kn);
	return 0;
}

/**
 * knet_filter_del() - remove rules, all or none
 * @kn: namespace
 * @keys: of them
 * @count: of @keys
 * @bad: set to the first that is not there
 *
 * Context: Process, may sleep.
 * Return: 0, -ENOENT, or another negative errno.
 */
int knet_filter_del(struct knet_net *kn, const struct knet_filter_key *keys, unsigned int count,
		    unsigned int *bad)
{
	int err = filter_begin(&kn->filter);

	if (err)
		return err;
	err = filter_del(kn, keys, count, bad);
	filter_end(&kn->filter);
	return err;
}

/**
 * knet_filter_flush() - remove all rules
 * @kn: namespace
 *
 * Context: Process, may sleep.
 */
void knet_filter_flush(struct knet_net *kn)
{
	mutex_lock(&kn->filter.lock);
	filter_publish(kn, NULL);
	filter_end(&kn->filter);
}

/**
 * knet_filter_table_get() - the table in force
 * @kn: namespace
 *
 * Return: the table with a reference, which keeps its rules even when another
 * one takes its place; or NULL when there is no rule.
 */
struct knet_filter_table *knet_filter_table_get(struct knet_net *kn)
{
	struct knet_filter_table *table;

	mutex_lock(&kn->filter.lock);
	table = filter_table(&kn->filter);
	if (table)
		refcount_inc(&table->ref);
	mutex_unlock(&kn->filter.lock);
	return table;
}

/* ------------------------------------------------------------ replace -- */

static struct filter_stage *stage_find(struct knet_filter *filter, u32 portid)
{
	struct filter_stage *stage;

	list_for_each_entry(stage, &filter->stages, node)
		if (stage->portid == portid)
			return stage;
	return NULL;
}

static void stage_drop(struct filter_stage *stage)
{
	list_del(&stage->node);
	knet_filter_table_put(stage->table);
	kfree(stage);
}

static struct filter_stage *stage_new(struct knet_filter *filter, u32 portid,
				      struct netlink_ext_ack *extack)
{
	struct filter_stage *stage;
	unsigned int count = 0;

	list_for_each_entry(stage, &filter->stages, node)
		count++;
	if (count >= STAGES_MAX) {
		NL_SET_ERR_MSG(extack, "too many replaces are under way");
		return ERR_PTR(-EBUSY);
	}
	stage = kzalloc(sizeof(*stage), GFP_KERNEL_ACCOUNT);
	if (!stage)
		return ERR_PTR(-ENOMEM);
	stage->table = table_alloc();
	if (!stage->table) {
		kfree(stage);
		return ERR_PTR(-ENOMEM);
	}
	stage->portid = portid;
	list_add_tail(&stage->node, &filter->stages);
	return stage;
}

static struct filter_stage *stage_get(struct knet_filter *filter, u32 portid, u32 flags,
				      struct netlink_ext_ack *extack)
{
	struct filter_stage *stage = stage_find(filter, portid);

	if (flags & KNETCTL_FILTER_LIST_FLAGS_BEGIN) {
		if (stage)
			stage_drop(stage);
		return stage_new(filter, portid, extack);
	}
	if (stage)
		return stage;
	NL_SET_ERR_MSG(extack, "this socket has begun no replace");
	return ERR_PTR(-ENOENT);
}

static int stage_commit(struct knet_net *kn, struct filter_stage *stage)
{
	struct knet_filter_table *table = stage->table;
	bool empty = !knet_filter_table_count(table);
	int err;

	err = filter_publish(kn, empty ? NULL : table);
	if (!err && !empty)
		stage->table = NULL;	/* in force now */
	return err;
}

static int filter_stage(struct knet_net *kn, u32 portid, struct knet_filter_batch *batch, u32 flags,
			struct netlink_ext_ack *extack)
{
	bool commit = flags & KNETCTL_FILTER_LIST_FLAGS_COMMIT;
	struct knet_filter *filter = &kn->filter;
	struct filter_stage *stage;
	int err;

	stage = stage_get(filter, portid, flags, extack);
	if (IS_ERR(stage))
		return PTR_ERR(stage);
	err = table_add(filter, stage->table, batch, flags & KNETCTL_FILTER_LIST_FLAGS_OVERWRITE,
			extack);
	if (!err && commit)
		err = stage_commit(kn, stage);
	if (err || commit)
		stage_drop(stage);
	return err;
}

/**
 * knet_filter_stage() - go on with a replace
 * @kn: namespace
 * @portid: the socket whose replace it is
 * @batch: may be empty; on failure what is in it stays the caller's
 * @flags: enum knetctl_filter_list_flags: begin, commit, overwrite
 * @extack: says what is wrong
 *
 * Context: Process, may sleep.
 * Return: 0, or a negative errno; the replace is then dropped, and @batch->bad
 * is the entry that was refused.
 */
int knet_filter_stage(struct knet_net *kn, u32 portid, struct knet_filter_batch *batch, u32 flags,
		      struct netlink_ext_ack *extack)
{
	int err = filter_begin(&kn->filter);

	if (err)
		return err;
	err = filter_stage(kn, portid, batch, flags, extack);
	filter_end(&kn->filter);
	return err;
}

/**
 * knet_filter_portid_gone() - a netlink socket was closed, or gives up a replace
 * @kn: namespace
 * @portid: of the socket
 */
void knet_filter_portid_gone(struct knet_net *kn, u32 portid)
{
	struct filter_stage *stage;

	/* Only the socket itself could make one for it. */
	if (list_empty_careful(&kn->filter.stages))
		return;
	mutex_lock(&kn->filter.lock);
	stage = stage_find(&kn->filter, portid);
	if (stage)
		stage_drop(stage);
	mutex_unlock(&kn->filter.lock);
}

/* ---------------------------------------------------- begin and end -- */

static bool filter_expire_one(struct knet_filter *filter)
{
	struct knet_filter_table *table = filter_table(filter);
	struct rb_node *node = table ? rb_first_cached(&table->expiry) : NULL;
	struct knet_filter_extra *extra;

	if (!node)
		return false;
	extra = rb_entry(node, struct knet_filter_extra, node);
	if (knet_filter_rule_alive(extra->rule))
		return false;
	table_remove(table, extra->rule);
	filter_retire(filter, extra->rule);
	return true;
}

static void filter_expire_work(struct work_struct *work)
{
	struct knet_filter *filter = container_of(work, struct knet_filter, expire.work);
	struct knet_net *kn = container_of(filter, struct knet_net, filter);
	int n;

	mutex_lock(&filter->lock);
	for (n = 0; n < EXPIRE_BATCH && filter_expire_one(filter); n++)
		;
	if (!filter->closed)
		filter_drop_empty(kn);
	filter_arm(filter);
	filter_end(filter);
}

/**
 * knet_filter_init() - begin
 * @kn: new namespace, zeroed
 */
void knet_filter_init(struct knet_net *kn)
{
	mutex_init(&kn->filter.lock);
	INIT_LIST_HEAD(&kn->filter.stages);
	INIT_DELAYED_WORK(&kn->filter.expire, filter_expire_work);
}

/**
 * knet_filter_close() - look at no packet any more, and take no rule
 * @kn: namespace
 *
 * Context: Process, may sleep.
 */
void knet_filter_close(struct knet_net *kn)
{
	struct filter_stage *stage, *next;

	mutex_lock(&kn->filter.lock);
	kn->filter.closed = true;
	filter_publish(kn, NULL);
	list_for_each_entry_safe(stage, next, &kn->filter.stages, node)
		stage_drop(stage);
	filter_end(&kn->filter);
}

/**
 * knet_filter_exit() - end
 * @kn: namespace, whose knet_filter_close() was called
 *
 * Context: Process, may sleep.
 */
void knet_filter_exit(struct knet_net *kn)
{
	cancel_delayed_work_sync(&kn->filter.expire);
}
