// SPDX-License-Identifier: GPL-2.0-only
/* Commands and messages of the noun filter. */
#include <linux/mm.h>
#include <linux/slab.h>
#include <net/sock.h>

#include "knetctl.h"
#include "netlink-gen.h"

/* ----------------------------------------------------------- requests -- */

static unsigned int count_rules(struct genl_info *info)
{
	const struct nlattr *attr;
	unsigned int count = 0;
	int rem;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem)
		count += nla_type(attr) == KNETCTL_A_FILTER_LIST_RULE;
	return count;
}

/* The one that was refused, unless it is known better. */
static void set_bad_rule(struct genl_info *info, unsigned int bad)
{
	const struct nlattr *attr;
	unsigned int i = 0;
	int rem;

	if (!info->extack || info->extack->bad_attr)
		return;
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != KNETCTL_A_FILTER_LIST_RULE || i++ != bad)
			continue;
		NL_SET_BAD_ATTR(info->extack, attr);
		return;
	}
}

static void batch_free(struct knet_filter_batch *batch)
{
	unsigned int i;

	for (i = 0; i < batch->count; i++)
		if (batch->entry[i].rule)
			knet_filter_rule_free(batch->entry[i].rule);
	kvfree(batch);
}

static struct knet_filter_batch *get_batch(struct genl_info *info)
{
	unsigned int count = count_rules(info);
	struct knet_filter_batch *batch;
	const struct nlattr *attr;
	int rem, err;

	batch = kvzalloc(struct_size(batch, entry, count), GFP_KERNEL_ACCOUNT);
	if (!batch)
		return ERR_PTR(-ENOMEM);
	batch->bad = UINT_MAX;
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != KNETCTL_A_FILTER_LIST_RULE)
			continue;
		err = knet_nl_rule_get(attr, &batch->entry[batch->count].rule, info->extack);
		if (err) {
			set_bad_rule(info, batch->count);
			batch_free(batch);
			return ERR_PTR(err);
		}
		batch->count++;
	}
	return batch;
}

static u32 get_flags(struct genl_info *info)
{
	const struct nlattr *attr = info->attrs[KNETCTL_A_FILTER_LIST_FLAGS];

	return attr ? nla_get_u32(attr) : 0;
}

static int need_rule(struct genl_info *info)
{
	if (info->attrs[KNETCTL_A_FILTER_LIST_RULE])
		return 0;
	NL_SET_ERR_MSG(info->extack, "rule is missing");
	return -EINVAL;
}

/**
 * knetctl_nl_filter_add_doit() - KNETCTL_CMD_FILTER_ADD
 * @skb: request
 * @info: parsed request
 *
 * Return: 0 or a negative errno.
 */
int knetctl_nl_filter_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	u32 flags = get_flags(info);
	struct knet_filter_batch *batch;
	int err = need_rule(info);

	if (err)
		return err;
	if (flags & ~KNETCTL_FILTER_LIST_FLAGS_OVERWRITE) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[KNETCTL_A_FILTER_LIST_FLAGS],
				    "this is a flag of a replace");
		return -EINVAL;
	}
	batch = get_batch(info);
	if (IS_ERR(batch))
		return PTR_ERR(batch);
	err = knet_filter_add(knet_net(genl_info_net(info)), batch, flags, info->extack);
	if (err)
		set_bad_rule(info, batch->bad);
	batch_free(batch);
	return err;
}

/**
 * knetctl_nl_filter_replace_doit() - KNETCTL_CMD_FILTER_REPLACE
 * @skb: request
 * @info: parsed request
 *
 * Return: 0 or a negative errno.
 */
int knetctl_nl_filter_replace_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *count = info->attrs[KNETCTL_A_FILTER_LIST_COUNT];
	struct knet_net *kn = knet_net(genl_info_net(info));
	struct knet_filter_batch *batch;
	u32 flags = get_flags(info);
	int err;

	if (flags & KNETCTL_FILTER_LIST_FLAGS_ABORT) {
		knet_filter_portid_gone(kn, info->snd_portid);
		return 0;
	}
	batch = get_batch(info);
	if (IS_ERR(batch)) {
		knet_filter_portid_gone(kn, info->snd_portid);
		return PTR_ERR(batch);
	}
	err = knet_filter_stage(kn, info->snd_portid, batch, flags, count ? nla_data(count) : NULL,
				info->extack);
	if (err && batch->count)
		set_bad_rule(info, batch->bad);
	batch_free(batch);
	return err;
}

static int get_keys(struct genl_info *info, struct knet_filter_key *keys)
{
	const struct nlattr *attr;
	unsigned int i = 0;
	int rem, err;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != KNETCTL_A_FILTER_LIST_RULE)
			continue;
		err = knet_nl_rule_get_key(attr, &keys[i], info->extack);
		if (err) {
			set_bad_rule(info, i);
			return err;
		}
		i++;
	}
	return 0;
}

/**
 * knetctl_nl_filter_del_doit() - KNETCTL_CMD_FILTER_DEL
 * @skb: request
 * @info: parsed request
 *
 * Return: 0 or a negative errno.
 */
int knetctl_nl_filter_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	unsigned int count = count_rules(info), bad = 0;
	struct knet_filter_key *keys;
	int err = need_rule(info);

	if (err)
		return err;
	keys = kvmalloc_array(count, sizeof(*keys), GFP_KERNEL_ACCOUNT);
	if (!keys)
		return -ENOMEM;
	err = get_keys(info, keys);
	if (!err) {
		err = knet_filter_del(knet_net(genl_info_net(info)), keys, count, &bad);
		if (err == -ENOENT) {
			NL_SET_ERR_MSG(info->extack, "there is no such rule");
			set_bad_rule(info, bad);
		}
	}
	kvfree(keys);
	return err;
}

/**
 * knetctl_nl_filter_flush_doit() - KNETCTL_CMD_FILTER_FLUSH
 * @skb: request
 * @info: parsed request
 *
 * Return: 0.
 */
int knetctl_nl_filter_flush_doit(struct sk_buff *skb, struct genl_info *info)
{
	knet_filter_flush(knet_net(genl_info_net(info)));
	return 0;
}

/* ------------------------------------------------------- get and test -- */

static int put_counts(struct sk_buff *skb, struct knet_net *kn)
{
	u32 count[KNET_FILTER_PARTS] = { 0 }, sum = 0;
	struct knet_filter_table *table;
	size_t bytes = 0;
	int part;

	mutex_lock(&kn->filter.lock);
	table = rcu_dereference_protected(kn->filter.table, lockdep_is_held(&kn->filter.lock));
	for (part = 0; table && part < KNET_FILTER_PARTS; part++) {
		count[part] = table->set.list[part].count;
		sum += count[part];
	}
	if (table)
		bytes = sizeof(*table) - sizeof(table->set) + table->extra_bytes +
			knet_filter_set_bytes(&table->set);
	mutex_unlock(&kn->filter.lock);
	return nla_put_u32(skb, KNETCTL_A_FILTER_LIST_COUNT, sum) ?:
	       nla_put_u32(skb, KNETCTL_A_FILTER_LIST_COUNT_IPV4, count[KNET_FILTER_IPV4]) ?:
	       nla_put_u32(skb, KNETCTL_A_FILTER_LIST_COUNT_IPV6, count[KNET_FILTER_IPV6]) ?:
	       nla_put_u32(skb, KNETCTL_A_FILTER_LIST_LIMIT, READ_ONCE(knet_max_filters)) ?:
	       nla_put_u64_64bit(skb, KNETCTL_A_FILTER_LIST_BYTES, bytes,
				 KNETCTL_A_FILTER_LIST_PAD);
}

/**
 * knetctl_nl_filter_get_doit() - KNETCTL_CMD_FILTER_GET, only the counts
 * @skb: request
 * @info: parsed request
 *
 * Return: 0 or a negative errno.
 */
int knetctl_nl_filter_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	void *head;
	struct sk_buff *reply = knet_nl_reply(info, KNETCTL_CMD_FILTER_GET, KNET_REPLY_SIZE, &head);

	if (!reply)
		return -ENOMEM;
	return knet_nl_reply_send(reply, head, info,
				  put_counts(reply, knet_net(genl_info_net(info))));
}

/**
 * struct filter_dump - where a dump is
 * @table: referenced; NULL when there is no rule
 * @begun: @last is set
 * @last: key of the rule that was written last
 */
struct filter_dump {
	struct knet_filter_table *table;
	bool begun;
	struct knet_filter_key last;
};

/**
 * knet_nl_filter_get_start() - begin a dump
 * @cb: args[0] takes struct filter_dump
 *
 * Return: 0 or -ENOMEM.
 */
int knet_nl_filter_get_start(struct netlink_callback *cb)
{
	struct filter_dump *dump = kzalloc(sizeof(*dump), GFP_KERNEL_ACCOUNT);

	if (!dump)
		return -ENOMEM;
	dump->table = knet_filter_table_get(knet_net(sock_net(cb->skb->sk)));
	cb->args[0] = (long)dump;
	return 0;
}

/**
 * knet_nl_filter_get_done() - end a dump
 * @cb: of knet_nl_filter_get_start()
 *
 * Return: 0.
 */
int knet_nl_filter_get_done(struct netlink_callback *cb)
{
	struct filter_dump *dump = (struct filter_dump *)cb->args[0];

	if (dump)
		knet_filter_table_put(dump->table);
	kfree(dump);
	return 0;
}

/**
 * knetctl_nl_filter_get_dumpit() - KNETCTL_CMD_FILTER_GET, all rules
 * @skb: answer
 * @cb: where the dump is
 *
 * A rule that is there from the begin of the dump to its end is written once,
 * whatever is added and removed meanwhile.
 *
 * Return: bytes written, 0 at the end, or a negative errno.
 */
int knetctl_nl_filter_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct filter_dump *dump = (struct filter_dump *)cb->args[0];
	struct knet_net *kn = knet_net(sock_net(skb->sk));
	struct knet_filter_rule *rule;

	if (!dump->table)
		return 0;
	mutex_lock(&kn->filter.lock);
	rule = knet_filter_set_after(&dump->table->set, dump->begun ? &dump->last : NULL);
	for (; rule; rule = knet_filter_set_next(&dump->table->set, rule)) {
		if (rule->extra && !knet_filter_rule_alive(rule))
			continue;
		if (knet_nl_dump_one(skb, cb, knet_nl_rule_put, rule))
			break;
		knet_filter_rule_key(rule, &dump->last);
		dump->begun = true;
	}
	mutex_unlock(&kn->filter.lock);
	return skb->len ?: (rule ? -EMSGSIZE : 0);
}

/* Under RCU. */
static int put_match(struct sk_buff *skb, struct knet_net *kn, const struct knet_addr *remote)
{
	bool v4 = remote->sa.sa_family == AF_INET;
	struct knet_filter_table *table = rcu_dereference(kn->filter.table);
	int port = knet_addr_port(remote) ?: -1;
	struct knet_filter_rule *rule;

	if (!table)
		return -ENOENT;
	rule = knet_filter_set_match(&table->set, v4 ? KNET_FILTER_IPV4 : KNET_FILTER_IPV6,
				     v4 ? &remote->in.sin_addr.s_addr :
				     remote->in6.sin6_addr.s6_addr32, port, knet_filter_rule_alive);
	return rule ? knet_nl_rule_put(skb, rule) : -ENOENT;
}

/**
 * knetctl_nl_filter_test_doit() - KNETCTL_CMD_FILTER_TEST
 * @skb: request
 * @info: parsed request
 *
 * Return: 0 or a negative errno.
 */
int knetctl_nl_filter_test_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *attr = info->attrs[KNETCTL_A_FILTER_LIST_REMOTE];
	struct knet_addr remote;
	struct sk_buff *reply;
	void *head;
	int err;

	if (!attr) {
		NL_SET_ERR_MSG(info->extack, "remote is missing");
		return -EINVAL;
	}
	err = knet_nl_get_addr(attr, &remote, info->extack);
	if (err)
		return err;
	reply = knet_nl_reply(info, KNETCTL_CMD_FILTER_TEST, KNET_REPLY_SIZE, &head);
	if (!reply)
		return -ENOMEM;
	rcu_read_lock();
	err = put_match(reply, knet_net(genl_info_net(info)), &remote);
	rcu_read_unlock();
	if (err == -ENOENT)
		NL_SET_ERR_MSG(info->extack, "no rule fits");
	return knet_nl_reply_send(reply, head, info, err);
}
