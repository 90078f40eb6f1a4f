// SPDX-License-Identifier: GPL-2.0-only
/*
 * The generic netlink family, what its nouns share, and the commands that
 * belong to none of them. Handlers check, hand over and answer; they never
 * wait for the network or a disk.
 */
#include <linux/inet.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <net/ipv6.h>

#include "knetctl.h"
#include "netlink-gen.h"
#include "netlink-put.h"

static const struct genl_multicast_group netlink_groups[] = {
	[KNETCTL_NLGRP_JOB] = {
		.name = KNETCTL_MCGRP_JOB,
		.flags = GENL_MCAST_CAP_NET_ADMIN,
	},
	[KNETCTL_NLGRP_FILTER] = {
		.name = KNETCTL_MCGRP_FILTER,
		.flags = GENL_MCAST_CAP_NET_ADMIN,
	},
	[KNETCTL_NLGRP_CONNECTION] = {
		.name = KNETCTL_MCGRP_CONNECTION,
		.flags = GENL_MCAST_CAP_NET_ADMIN,
	},
};

/* The generated table, and what the generator has no words for. */
static struct genl_ops netlink_ops[ARRAY_SIZE(knetctl_nl_ops)] __ro_after_init;

struct genl_family knet_family __ro_after_init = {
	.name = KNETCTL_FAMILY_NAME,
	.version = KNETCTL_FAMILY_VERSION,
	.netnsok = true,
	.parallel_ops = true,
	.module = THIS_MODULE,
	.ops = netlink_ops,
	.n_ops = ARRAY_SIZE(netlink_ops),
	.resv_start_op = KNETCTL_CMD_STATUS,
	.mcgrps = netlink_groups,
	.n_mcgrps = ARRAY_SIZE(netlink_groups),
};

/**
 * knet_nl_init() - before the family is registered
 */
void __init knet_nl_init(void)
{
	int i;

	memcpy(netlink_ops, knetctl_nl_ops, sizeof(netlink_ops));
	for (i = 0; i < ARRAY_SIZE(netlink_ops); i++) {
		if (netlink_ops[i].cmd != KNETCTL_CMD_FILTER_GET)
			continue;
		netlink_ops[i].start = knet_nl_filter_get_start;
		netlink_ops[i].done = knet_nl_filter_get_done;
	}
}

static int get_address(const struct nlattr *attr, struct knet_addr *addr,
		       struct netlink_ext_ack *extack)
{
	const struct in6_addr *in6;

	switch (nla_len(attr)) {
	case sizeof(struct in_addr):
		addr->in.sin_family = AF_INET;
		addr->in.sin_addr.s_addr = nla_get_in_addr(attr);
		return 0;
	case sizeof(struct in6_addr):
		in6 = nla_data(attr);
		if (ipv6_addr_v4mapped(in6)) {
			addr->in.sin_family = AF_INET;
			addr->in.sin_addr.s_addr = in6->s6_addr32[3];
			return 0;
		}
		addr->in6.sin6_family = AF_INET6;
		addr->in6.sin6_addr = *in6;
		return 0;
	default:
		NL_SET_ERR_MSG_ATTR(extack, attr, "an address has 4 or 16 bytes");
		return -EINVAL;
	}
}

/**
 * knet_nl_get_addr() - read an endpoint
 * @nest: validated, of the set endpoint
 * @addr: set; port 0 when none was given
 * @extack: says what is wrong
 *
 * Return: 0 or -EINVAL.
 */
int knet_nl_get_addr(const struct nlattr *nest, struct knet_addr *addr,
		     struct netlink_ext_ack *extack)
{
	struct nlattr *tb[KNETCTL_A_ENDPOINT_MAX + 1];
	int err;

	memset(addr, 0, sizeof(*addr));
	err = nla_parse_nested(tb, KNETCTL_A_ENDPOINT_MAX, nest, knetctl_endpoint_nl_policy,
			       extack);
	if (err)
		return err;
	if (!tb[KNETCTL_A_ENDPOINT_ADDRESS]) {
		NL_SET_ERR_MSG_ATTR(extack, nest, "the address is missing");
		return -EINVAL;
	}
	err = get_address(tb[KNETCTL_A_ENDPOINT_ADDRESS], addr, extack);
	if (err)
		return err;
	if (tb[KNETCTL_A_ENDPOINT_PORT])
		knet_addr_set_port(addr, nla_get_u16(tb[KNETCTL_A_ENDPOINT_PORT]));
	if (tb[KNETCTL_A_ENDPOINT_IFINDEX] && addr->sa.sa_family == AF_INET6)
		addr->in6.sin6_scope_id = nla_get_u32(tb[KNETCTL_A_ENDPOINT_IFINDEX]);
	return 0;
}

/**
 * knet_nl_put_addr() - write an endpoint
 * @skb: message
 * @attr: that takes it
 * @addr: AF_UNSPEC writes nothing
 *
 * Return: 0 or -EMSGSIZE.
 */
int knet_nl_put_addr(struct sk_buff *skb, int attr, const struct knet_addr *addr)
{
	struct nlattr *nest;

	if (addr->sa.sa_family == AF_UNSPEC)
		return 0;
	if (!knet_nl_room(skb, 2 * NLA_HDRLEN + sizeof(addr->in6.sin6_addr) + 2 * KNET_NL_U32))
		return -EMSGSIZE;
	nest = knet_nl_nest(skb, attr);
	if (addr->sa.sa_family == AF_INET6)
		knet_nl_put_fixed(skb, KNETCTL_A_ENDPOINT_ADDRESS, &addr->in6.sin6_addr,
				  sizeof(addr->in6.sin6_addr));
	else
		knet_nl_put_fixed(skb, KNETCTL_A_ENDPOINT_ADDRESS, &addr->in.sin_addr,
				  sizeof(addr->in.sin_addr));
	knet_nl_put_u16(skb, KNETCTL_A_ENDPOINT_PORT, knet_addr_port(addr));
	if (addr->sa.sa_family == AF_INET6 && addr->in6.sin6_scope_id)
		knet_nl_put_u32(skb, KNETCTL_A_ENDPOINT_IFINDEX, addr->in6.sin6_scope_id);
	nla_nest_end(skb, nest);
	return 0;
}

/**
 * knet_nl_get_text() - copy a string that may become part of a command
 * @attr: binary, without NUL; or NULL, then nothing happens
 * @max: the most bytes
 * @text: set to a NUL-terminated copy
 * @extack: says what is wrong
 *
 * Return: 0, -EINVAL for a byte that may not stand in a command, -ENAMETOOLONG,
 * or -ENOMEM.
 */
int knet_nl_get_text(const struct nlattr *attr, size_t max, char **text,
		     struct netlink_ext_ack *extack)
{
	if (!attr)
		return 0;
	if (nla_len(attr) > max) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "too long");
		return -ENAMETOOLONG;
	}
	if (!knet_ftp_arg_ok(nla_data(attr), nla_len(attr))) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "control bytes are not allowed");
		return -EINVAL;
	}
	*text = kmemdup_nul(nla_data(attr), nla_len(attr), GFP_KERNEL_ACCOUNT);
	return *text ? 0 : -ENOMEM;
}

/**
 * knet_nl_timeout() - a time limit
 * @attr: milliseconds, or NULL
 * @def: milliseconds without it
 *
 * It begins somewhere within a jiffy, and is never early for that.
 *
 * Return: jiffies; 0, which is no limit, for 0 only.
 */
unsigned long knet_nl_timeout(const struct nlattr *attr, u32 def)
{
	u32 ms = attr ? nla_get_u32(attr) : def;

	return ms ? msecs_to_jiffies(ms) + 1 : 0;
}

/**
 * knet_nl_reply() - begin an answer
 * @info: of the request
 * @cmd: of the answer
 * @size: the most bytes that its attributes take
 * @head: set, for knet_nl_reply_send()
 *
 * Return: the message, or NULL without memory.
 */
struct sk_buff *knet_nl_reply(struct genl_info *info, u8 cmd, size_t size, void **head)
{
	struct sk_buff *skb = genlmsg_new(size, GFP_KERNEL);

	if (!skb)
		return NULL;
	*head = genlmsg_put_reply(skb, info, &knet_family, 0, cmd);
	if (*head)
		return skb;
	nlmsg_free(skb);
	return NULL;
}

/**
 * knet_nl_reply_send() - send or drop an answer
 * @skb: of knet_nl_reply()
 * @head: of knet_nl_reply()
 * @info: of the request
 * @err: what writing the attributes gave: not 0 drops it
 *
 * Return: 0, @err, or what sending gave.
 */
int knet_nl_reply_send(struct sk_buff *skb, void *head, struct genl_info *info, int err)
{
	if (err) {
		nlmsg_free(skb);
		return err;
	}
	genlmsg_end(skb, head);
	return genlmsg_reply(skb, info);
}

/**
 * knet_nl_dump_one() - write one message of a dump
 * @skb: answer
 * @cb: of the dump
 * @put: writes the attributes: 0, -EMSGSIZE, or -ENOENT to leave the object out
 * @object: for @put
 *
 * Return: 0 or -EMSGSIZE.
 */
int knet_nl_dump_one(struct sk_buff *skb, struct netlink_callback *cb, knet_nl_put put,
		     const void *object)
{
	const struct genlmsghdr *request = nlmsg_data(cb->nlh);
	void *head = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq, &knet_family,
				 NLM_F_MULTI, request->cmd);
	int err;

	if (!head)
		return -EMSGSIZE;
	err = put(skb, object);
	if (err)
		genlmsg_cancel(skb, head);
	else
		genlmsg_end(skb, head);
	return err == -ENOENT ? 0 : err;
}

/**
 * knet_nl_dump() - write all objects of a type
 * @skb: answer
 * @cb: where the dump is: args[0] is the id to go on from
 * @type: of the objects
 * @put: see knet_nl_dump_one(); gets the struct knet_object, knet_net.lock is held
 *
 * Context: Process, may sleep.
 * Return: bytes written, 0 at the end, or a negative errno.
 */
int knet_nl_dump(struct sk_buff *skb, struct netlink_callback *cb, enum knet_object_type type,
		 knet_nl_put put)
{
	struct knet_net *kn = knet_net(sock_net(skb->sk));
	unsigned long id = cb->args[0] ?: 1;
	struct knet_object *obj;
	int err = 0;

	while ((obj = knet_object_next(kn, &id, type))) {
		mutex_lock(&kn->lock);
		err = knet_nl_dump_one(skb, cb, put, obj);
		mutex_unlock(&kn->lock);
		knet_object_put(obj);
		if (err)
			break;
		id++;
	}
	cb->args[0] = id;
	return err && !skb->len ? err : skb->len;
}

static int put_group(struct sk_buff *skb, int attr, struct knet_net *kn, enum knet_group group)
{
	struct knet_event_group eg;
	struct nlattr *nest = nla_nest_start(skb, attr);

	if (!nest)
		return -EMSGSIZE;
	knet_event_group_get(kn, group, &eg);
	if (nla_put_string(skb, KNETCTL_A_GROUP_NAME, knet_group_name(group)) ||
	    nla_put_u64_64bit(skb, KNETCTL_A_GROUP_NEXT_SEQ, eg.next_seq, KNETCTL_A_GROUP_PAD) ||
	    nla_put_u64_64bit(skb, KNETCTL_A_GROUP_LOST, eg.lost, KNETCTL_A_GROUP_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_groups(struct sk_buff *skb, int attr, struct knet_net *kn)
{
	enum knet_group group;
	int err = 0;

	for (group = 0; group < KNET_GROUP_COUNT && !err; group++)
		err = put_group(skb, attr, kn, group);
	return err;
}

static int put_status(struct sk_buff *skb, struct knet_net *kn)
{
	int err;

	mutex_lock(&kn->lock);
	err = nla_put_string(skb, KNETCTL_A_STATUS_VERSION, KNET_VERSION) ?:
	      nla_put_u32(skb, KNETCTL_A_STATUS_JOBS, kn->active_count) ?:
	      nla_put_u32(skb, KNETCTL_A_STATUS_JOBS_MAX, READ_ONCE(knet_max_jobs)) ?:
	      nla_put_u32(skb, KNETCTL_A_STATUS_JOBS_FINISHED, kn->finished_count) ?:
	      nla_put_u32(skb, KNETCTL_A_STATUS_SESSIONS, kn->session_count) ?:
	      nla_put_u32(skb, KNETCTL_A_STATUS_SESSIONS_MAX, knet_max_sessions) ?:
	      nla_put_u32(skb, KNETCTL_A_STATUS_LISTENERS, kn->listener_count) ?:
	      nla_put_u32(skb, KNETCTL_A_STATUS_CONNECTIONS, kn->connection_count) ?:
	      put_groups(skb, KNETCTL_A_STATUS_GROUP, kn);
	mutex_unlock(&kn->lock);
	return err;
}

/**
 * knetctl_nl_status_doit() - KNETCTL_CMD_STATUS
 * @skb: request
 * @info: parsed request
 *
 * Return: 0 or a negative errno.
 */
int knetctl_nl_status_doit(struct sk_buff *skb, struct genl_info *info)
{
	void *head;
	struct sk_buff *reply = knet_nl_reply(info, KNETCTL_CMD_STATUS, KNET_REPLY_SIZE, &head);

	if (!reply)
		return -ENOMEM;
	return knet_nl_reply_send(reply, head, info,
				  put_status(reply, knet_net(genl_info_net(info))));
}

/**
 * knetctl_nl_event_sync_doit() - KNETCTL_CMD_EVENT_SYNC
 * @skb: request
 * @info: parsed request
 *
 * The answer's numbers are taken before the delivery: whatever has a lower one
 * stands in the subscribers' sockets when the answer arrives, or is lost.
 *
 * Return: 0 or a negative errno.
 */
int knetctl_nl_event_sync_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct knet_net *kn = knet_net(genl_info_net(info));
	void *head;
	struct sk_buff *reply = knet_nl_reply(info, KNETCTL_CMD_EVENT_SYNC, KNET_REPLY_SIZE, &head);
	int err;

	if (!reply)
		return -ENOMEM;
	err = put_groups(reply, KNETCTL_A_SYNC_GROUP, kn);
	knet_events_flush(kn);
	return knet_nl_reply_send(reply, head, info, err);
}
