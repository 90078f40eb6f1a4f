// SPDX-License-Identifier: GPL-2.0-only
/*
 * The replace of all rules: a table of its own grows by as many messages as it
 * takes, and comes into force with the last one. It belongs to the netlink
 * socket that began it, and goes when that is closed.
 */
#include <linux/slab.h>

#include "knetctl.h"

/* Replaces under way in a namespace: each may be as large as the filter. */
#define STAGES_MAX	4

/**
 * struct filter_stage - a replace under way
 * @node: in knet_filter.stages
 * @portid: the netlink socket whose it is
 * @received: rules so far, also those that have replaced another
 * @table: not in force yet
 */
struct filter_stage {
	struct list_head node;
	u32 portid;
	u32 received;
	struct knet_filter_table *table;
};

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
	stage->table = knet_filter_table_alloc();
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

	err = knet_filter_publish(kn, empty ? NULL : table);
	if (!err && !empty)
		stage->table = NULL;	/* in force now */
	return err;
}

/* A message that was no valid one went by without a trace, but for the count. */
static int stage_check(const struct filter_stage *stage, const u32 *total,
		       struct netlink_ext_ack *extack)
{
	if (!total || *total == stage->received)
		return 0;
	NL_SET_ERR_MSG(extack, "count is another one than that of the rules that came");
	return -EINVAL;
}

static int filter_stage(struct knet_net *kn, u32 portid, struct knet_filter_batch *batch, u32 flags,
			const u32 *total, struct netlink_ext_ack *extack)
{
	bool commit = flags & KNETCTL_FILTER_LIST_FLAGS_COMMIT;
	struct knet_filter *filter = &kn->filter;
	struct filter_stage *stage;
	int err;

	stage = stage_get(filter, portid, flags, extack);
	if (IS_ERR(stage))
		return PTR_ERR(stage);
	stage->received += batch->count;
	err = knet_filter_table_add(filter, stage->table, batch,
				    flags & KNETCTL_FILTER_LIST_FLAGS_OVERWRITE, extack);
	if (!err && commit)
		err = stage_check(stage, total, extack) ?: stage_commit(kn, stage);
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
 * @total: of a commit: how many rules the replace has; NULL if that was not said
 * @extack: says what is wrong
 *
 * Context: Process, may sleep.
 * Return: 0, or a negative errno; the replace is then dropped, and @batch->bad
 * is the entry that was refused.
 */
int knet_filter_stage(struct knet_net *kn, u32 portid, struct knet_filter_batch *batch, u32 flags,
		      const u32 *total, struct netlink_ext_ack *extack)
{
	int err = knet_filter_begin(&kn->filter);

	if (err)
		return err;
	err = filter_stage(kn, portid, batch, flags, total, extack);
	knet_filter_end(&kn->filter);
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

/**
 * knet_filter_stages_drop() - end all replaces that are under way
 * @filter: its lock is held
 */
void knet_filter_stages_drop(struct knet_filter *filter)
{
	struct filter_stage *stage, *next;

	lockdep_assert_held(&filter->lock);
	list_for_each_entry_safe(stage, next, &filter->stages, node)
		stage_drop(stage);
}
