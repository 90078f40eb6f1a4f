// SPDX-License-Identifier: GPL-2.0-only
/*
 * The rules of the filter: added and removed, all of a message or nothing of
 * it, and removed when their time is over.
 *
 * Readers see a table behind an RCU pointer. The rules of a message go into the
 * table in force one by one, and out of it again when one of them is refused.
 */
#include <linux/jiffies.h>
#include <linux/slab.h>

#include "knetctl.h"

/* Rules that time out together are removed in pieces, for others to get the lock. */
#define EXPIRE_BATCH	512

unsigned int knet_max_filters = 1048576;

/* ------------------------------------------------------------- tables -- */

/**
 * knet_filter_table_alloc() - make an empty table
 *
 * Return: the table with one reference, not in force; or NULL.
 */
struct knet_filter_table *knet_filter_table_alloc(void)
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
	if (!old)
		return table_add_new(table, rule, extack);
	/* One whose time is over is only there because nobody has removed it yet. */
	if (!overwrite && (!old->extra || knet_filter_rule_alive(old))) {
		NL_SET_ERR_MSG(extack, "there is such a rule already");
		return -EEXIST;
	}
	if (overwrite) {
		atomic64_set(&rule->hits, atomic64_read(&old->hits));
		rule->last_hit = READ_ONCE(old->last_hit);
	}
	table_exchange(table, old, rule);
	entry->old = old;
	return 0;
}

/* Take back what was added, the last one first. */
static void table_undo(struct knet_filter *filter, struct knet_filter_table *table,
		       struct knet_filter_entry *entry, unsigned int count)
{
	while (count--) {
		if (entry[count].old)
			table_exchange(table, entry[count].rule, entry[count].old);
		else
			table_remove(table, entry[count].rule);
		/* Readers may have it. */
		knet_filter_retire(filter, entry[count].rule);
		entry[count].rule = NULL;
	}
}

/**
 * knet_filter_table_add() - add all rules of a batch, or none
 * @filter: its lock is held
 * @table: in force or not
 * @batch: what is left in it afterwards is the caller's to free
 * @overwrite: a key that is there is no error
 * @extack: says what is wrong
 *
 * Context: Process, may sleep.
 * Return: 0 or a negative errno; @batch->bad then is the entry that was refused.
 */
int knet_filter_table_add(struct knet_filter *filter, struct knet_filter_table *table,
			  struct knet_filter_batch *batch, bool overwrite,
			  struct netlink_ext_ack *extack)
{
	struct knet_filter_entry *entry = batch->entry;
	unsigned int i;
	int err;

	lockdep_assert_held(&filter->lock);
	for (i = 0; i < batch->count; i++) {
		err = table_add_one(table, &entry[i], overwrite, extack);
		if (err) {
			batch->bad = i;
			table_undo(filter, table, entry, i);
			return err;
		}
	}
	for (i = 0; i < batch->count; i++) {
		entry[i].rule = NULL;
		if (entry[i].old)
			knet_filter_retire(filter, entry[i].old);
	}
	return 0;
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

/**
 * knet_filter_publish() - put a table into force
 * @kn: namespace, whose filter's lock is held
 * @table: with at least one rule, its reference is used up; or NULL for no rules
 *
 * The hooks are there if and only if there is a rule.
 *
 * Context: Process, may sleep.
 * Return: 0, or a negative errno of the hooks: nothing was changed then.
 */
int knet_filter_publish(struct knet_net *kn, struct knet_filter_table *table)
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
		knet_filter_publish(kn, NULL);
}

static int filter_add(struct knet_net *kn, struct knet_filter_batch *batch, bool overwrite,
		      struct netlink_ext_ack *extack)
{
	struct knet_filter *filter = &kn->filter;
	struct knet_filter_table *table = filter_table(filter);
	int err;

	if (table) {
		err = knet_filter_table_add(filter, table, batch, overwrite, extack);
		filter_arm(filter);
		return err;
	}
	table = knet_filter_table_alloc();
	if (!table)
		return -ENOMEM;
	err = knet_filter_table_add(filter, table, batch, overwrite, extack);
	if (!err)
		err = knet_filter_publish(kn, table);
	if (err)
		knet_filter_table_put(table);
	return err;
}

/**
 * knet_filter_begin() - begin a change
 * @filter: of a namespace
 *
 * Context: Process, may sleep.
 * Return: 0 with the lock held, or -ESHUTDOWN.
 */
int knet_filter_begin(struct knet_filter *filter)
{
	mutex_lock(&filter->lock);
	if (!filter->closed)
		return 0;
	mutex_unlock(&filter->lock);
	return -ESHUTDOWN;
}

/**
 * knet_filter_end() - end a change
 * @filter: of knet_filter_begin()
 */
void knet_filter_end(struct knet_filter *filter)
{
	knet_filter_bury(filter);
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
	int err = knet_filter_begin(&kn->filter);

	if (err)
		return err;
	err = filter_add(kn, batch, overwrite, extack);
	knet_filter_end(&kn->filter);
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
		knet_filter_retire(filter, rule);
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
	int err = knet_filter_begin(&kn->filter);

	if (err)
		return err;
	err = filter_del(kn, keys, count, bad);
	knet_filter_end(&kn->filter);
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
	knet_filter_publish(kn, NULL);
	knet_filter_end(&kn->filter);
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
	knet_filter_retire(filter, extra->rule);
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
	knet_filter_end(filter);
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
	mutex_lock(&kn->filter.lock);
	kn->filter.closed = true;
	knet_filter_publish(kn, NULL);
	knet_filter_stages_drop(&kn->filter);
	knet_filter_end(&kn->filter);
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
