/* SPDX-License-Identifier: GPL-2.0-only */
/* The filter: which outgoing connections are reported. */
#ifndef _KNETCTL_FILTER_H
#define _KNETCTL_FILTER_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/netlink.h>
#include <linux/rbtree.h>
#include <linux/refcount.h>
#include <linux/sched.h>
#include <linux/uidgid.h>
#include <linux/workqueue.h>

#include "addr.h"
#include "filter-set.h"

struct knet_net;

/**
 * struct knet_filter_extra - what most rules do not have
 * @node: in knet_filter_table.expiry when there is a timeout
 * @rule: whose it is
 * @expires: when the rule removes itself, in jiffies; 0 for never
 * @comment_len: of it
 * @comment: not terminated
 */
struct knet_filter_extra {
	struct rb_node node;
	struct knet_filter_rule *rule;
	u64 expires;
	u8 comment_len;
	char comment[];
};

/**
 * struct knet_filter_table - one generation of the rules
 * @set: the rules
 * @expiry: the extras of those with a timeout, the next one first
 * @extra_bytes: memory of all extras
 * @ref: being in force has one, and each dump
 * @free_work: frees it all after the last reader
 */
struct knet_filter_table {
	struct knet_filter_set set;
	struct rb_root_cached expiry;
	size_t extra_bytes;
	refcount_t ref;
	struct rcu_work free_work;
};

/**
 * struct knet_filter - the filter of one namespace
 * @lock: of all changes, and of everything below but @table's readers, which
 *	need RCU only; no other lock but those of the kernel is taken under it
 * @closed: no rule any more, the namespace or the module goes away
 * @hooked: packets are looked at
 * @table: in force; NULL when there is no rule
 * @stages: replaces that are under way, struct filter_stage
 * @grave: removed rules that readers may still have, or NULL
 * @expire: removes rules whose time is over
 */
struct knet_filter {
	struct mutex lock;	/* of all changes */
	bool closed;
	bool hooked;
	struct knet_filter_table __rcu *table;
	struct list_head stages;
	struct knet_filter_grave *grave;
	struct delayed_work expire;
};

/**
 * struct knet_filter_entry - a rule on its way into a table
 * @rule: the table's when it was added
 * @old: whose place it took, or NULL
 */
struct knet_filter_entry {
	struct knet_filter_rule *rule;
	struct knet_filter_rule *old;
};

/**
 * struct knet_filter_batch - rules of one message
 * @count: of @entry
 * @bad: the entry that was refused; UINT_MAX when it is no entry's fault
 * @entry: in their order
 */
struct knet_filter_batch {
	unsigned int count;
	unsigned int bad;
	struct knet_filter_entry entry[];
};

/**
 * struct knet_filter_match - an outgoing connection, for its event
 * @local: our end
 * @remote: the other
 * @rule: that decided; valid under RCU
 * @pid: of the process, 0 when it is not known
 * @comm: its name
 * @uid: of who made the socket, if @has_uid
 * @has_uid: there is a socket
 * @cgroup: id of the one it was made in, 0 when it is not known
 */
struct knet_filter_match {
	struct knet_addr local;
	struct knet_addr remote;
	const struct knet_filter_rule *rule;
	pid_t pid;
	char comm[TASK_COMM_LEN];
	kuid_t uid;
	bool has_uid;
	u64 cgroup;
};

/* filter-rule.c */
int knet_filter_caches_create(void);
void knet_filter_caches_destroy(void);
struct knet_filter_rule *knet_filter_rule_alloc(const struct knet_filter_key *key,
						const char *comment, u64 timeout_ms);
void knet_filter_rule_free(struct knet_filter_rule *rule);
bool knet_filter_rule_alive(const struct knet_filter_rule *rule);
u64 knet_filter_rule_timeout(const struct knet_filter_rule *rule);
void knet_filter_retire(struct knet_filter *filter, struct knet_filter_rule *rule);
void knet_filter_bury(struct knet_filter *filter);

/* filter.c */
extern unsigned int knet_max_filters;

struct knet_filter_table *knet_filter_table_alloc(void);
struct knet_filter_table *knet_filter_table_get(struct knet_net *kn);
void knet_filter_table_put(struct knet_filter_table *table);
u32 knet_filter_table_count(const struct knet_filter_table *table);
int knet_filter_table_add(struct knet_filter *filter, struct knet_filter_table *table,
			  struct knet_filter_batch *batch, bool overwrite,
			  struct netlink_ext_ack *extack);
int knet_filter_begin(struct knet_filter *filter);
void knet_filter_end(struct knet_filter *filter);
int knet_filter_publish(struct knet_net *kn, struct knet_filter_table *table);
int knet_filter_add(struct knet_net *kn, struct knet_filter_batch *batch, bool overwrite,
		    struct netlink_ext_ack *extack);
int knet_filter_del(struct knet_net *kn, const struct knet_filter_key *keys, unsigned int count,
		    unsigned int *bad);
void knet_filter_flush(struct knet_net *kn);
void knet_filter_init(struct knet_net *kn);
void knet_filter_close(struct knet_net *kn);
void knet_filter_exit(struct knet_net *kn);

/* filter-replace.c */
int knet_filter_stage(struct knet_net *kn, u32 portid, struct knet_filter_batch *batch, u32 flags,
		      const u32 *total, struct netlink_ext_ack *extack);
void knet_filter_portid_gone(struct knet_net *kn, u32 portid);
void knet_filter_stages_drop(struct knet_filter *filter);

/* filter-hook.c */
int knet_filter_hook(struct net *net);
void knet_filter_unhook(struct net *net);

/* netlink-rule.c */
int knet_nl_rule_put(struct sk_buff *skb, const void *object);
int knet_nl_rule_get_key(const struct nlattr *nest, struct knet_filter_key *key,
			 struct netlink_ext_ack *extack);
int knet_nl_rule_get(const struct nlattr *nest, struct knet_filter_rule **rule,
		     struct netlink_ext_ack *extack);
int knet_nl_filter_fill_match(struct sk_buff *skb, const void *object);

/* netlink-filter.c */
int knet_nl_filter_get_start(struct netlink_callback *cb);
int knet_nl_filter_get_done(struct netlink_callback *cb);

#endif /* _KNETCTL_FILTER_H */
