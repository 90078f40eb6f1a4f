// SPDX-License-Identifier: GPL-2.0-only
/*
 * Looks at what this machine sends, and tells of the connections it begins.
 *
 * It only looks: the verdict is to accept, whatever it finds. Every packet that
 * is no SYN leaves after the flags of its TCP header, and nothing is believed
 * that a header says of its own length.
 */
#include <linux/cgroup.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/tcp.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/sock.h>
#include <net/tcp.h>

#include "knetctl.h"

/*
 * A packet to an enslaved device of a VRF passes the hook twice: on its way to
 * the VRF, in the context of its sender, and then on its way to the device, to
 * which it has a route only now or to which it had one all the time. On the way
 * to the VRF one of the two, output device and route, is already the VRF's.
 */
static bool passed_before(const struct sk_buff *skb, const struct nf_hook_state *state)
{
	const struct net_device *out = state->out;
	const struct dst_entry *dst = skb_dst(skb);

	return out && netif_is_l3_slave(out) && dst && dst->dev == out;
}

/*
 * A SYN that is sent once more, because none had an answer. The counter was
 * raised before this one was made; icsk_retransmits comes too late for the
 * first of them. Or because one with data, of Fast Open, was dropped on its way
 * out: now it goes without, and the data waits, which it does for no first SYN.
 */
static bool sent_before(const struct sock *sk)
{
	return sk && sk->sk_protocol == IPPROTO_TCP && sk->sk_type == SOCK_STREAM &&
	       sk->sk_state == TCP_SYN_SENT &&
	       (READ_ONCE(tcp_sk(sk)->total_retrans) || !skb_queue_empty(&sk->sk_write_queue));
}

/*
 * Is this the owner of the socket, who sends? Not when a timer or a packet that
 * came in made the kernel send, not for a socket that the kernel has for
 * itself.
 */
static bool in_owner(const struct sock *sk)
{
	return in_task() && !(current->flags & PF_KTHREAD) && sk->sk_socket && sk->sk_socket->file;
}

static void set_owner(struct knet_filter_match *match, const struct sock *sk)
{
	struct task_struct *leader = current->group_leader;

	if (!sk)
		return;
	match->has_uid = true;
	match->uid = READ_ONCE(sk->sk_uid);
	match->cgroup = cgroup_id(sock_cgroup_ptr(&((struct sock *)sk)->sk_cgrp_data));
	if (!in_owner(sk))
		return;
	match->pid = task_tgid_nr(current);
	/* Of the process, not of the thread that happens to connect. */
	strscpy(match->comm, leader->comm, sizeof(match->comm));
}

/* Does a rule want it? Counts the hit. */
static const struct knet_filter_rule *find_rule(struct knet_net *kn, unsigned int part,
						const __be32 *addr, __be16 port)
{
	struct knet_filter_table *table = rcu_dereference(kn->filter.table);
	struct knet_filter_rule *rule;

	if (!table)
		return NULL;
	rule = knet_filter_set_match(&table->set, part, addr, ntohs(port), knet_filter_rule_alive);
	if (!rule)
		return NULL;
	atomic64_inc(&rule->hits);
	WRITE_ONCE(rule->last_hit, ktime_get_real_seconds());
	return rule->exclude ? NULL : rule;
}

static void report(struct knet_net *kn, struct knet_filter_match *match, const struct sock *sk)
{
	set_owner(match, sk);
	knet_event_send(kn, KNET_GROUP_FILTER, KNETCTL_CMD_FILTER_MATCH,
			KNETCTL_A_FILTER_MATCH_EVENT, knet_nl_filter_fill_match, match);
}

static const struct tcphdr *get_syn(struct sk_buff *skb, int offset, struct tcphdr *buf)
{
	const struct tcphdr *tcp = skb_header_pointer(skb, offset, sizeof(*buf), buf);

	if (!tcp || (tcp_flag_word(tcp) & (TCP_FLAG_SYN | TCP_FLAG_ACK)) != TCP_FLAG_SYN)
		return NULL;
	return tcp;
}

/* The socket that sends it, if there is a whole one. */
static const struct sock *sender(struct sk_buff *skb)
{
	const struct sock *sk = skb_to_full_sk(skb);

	return sk && sk_fullsock(sk) ? sk : NULL;
}

static void report_ipv4(struct knet_net *kn, const struct sock *sk,
			const struct knet_filter_rule *rule, const struct iphdr *ip,
			const struct tcphdr *tcp)
{
	struct knet_filter_match match = {
		.local.in = {
			.sin_family = AF_INET,
			.sin_addr.s_addr = ip->saddr,
			.sin_port = tcp->source,
		},
		.remote.in = {
			.sin_family = AF_INET,
			.sin_addr.s_addr = ip->daddr,
			.sin_port = tcp->dest,
		},
		.rule = rule,
	};

	report(kn, &match, sk);
}

static noinline void syn_ipv4(struct sk_buff *skb, const struct nf_hook_state *state,
			      const struct iphdr *ip, const struct tcphdr *tcp)
{
	struct knet_net *kn = knet_net(state->net);
	const struct sock *sk = sender(skb);
	const struct knet_filter_rule *rule;

	if (sent_before(sk) || passed_before(skb, state))
		return;
	rule = find_rule(kn, KNET_FILTER_IPV4, &ip->daddr, tcp->dest);
	if (rule && knet_event_wanted(kn, KNET_GROUP_FILTER))
		report_ipv4(kn, sk, rule, ip, tcp);
}

/* A link-local address means nothing without its link. */
static u32 scope_of(const struct in6_addr *addr, const struct nf_hook_state *state)
{
	return ipv6_addr_type(addr) & IPV6_ADDR_LINKLOCAL && state->out ? state->out->ifindex : 0;
}

static void report_ipv6(struct knet_net *kn, const struct sock *sk,
			const struct knet_filter_rule *rule, const struct nf_hook_state *state,
			const struct ipv6hdr *ip, const struct tcphdr *tcp)
{
	struct knet_filter_match match = {
		.local.in6 = {
			.sin6_family = AF_INET6,
			.sin6_addr = ip->saddr,
			.sin6_port = tcp->source,
			.sin6_scope_id = scope_of(&ip->saddr, state),
		},
		.remote.in6 = {
			.sin6_family = AF_INET6,
			.sin6_addr = ip->daddr,
			.sin6_port = tcp->dest,
			.sin6_scope_id = scope_of(&ip->daddr, state),
		},
		.rule = rule,
	};

	report(kn, &match, sk);
}

static noinline void syn_ipv6(struct sk_buff *skb, const struct nf_hook_state *state,
			      const struct ipv6hdr *ip, const struct tcphdr *tcp)
{
	struct knet_net *kn = knet_net(state->net);
	const struct sock *sk = sender(skb);
	const struct knet_filter_rule *rule;

	/* What has to stay on its link is not sent by way of the VRF. */
	if (sent_before(sk) || (passed_before(skb, state) && !rt6_need_strict(&ip->daddr)))
		return;
	rule = find_rule(kn, KNET_FILTER_IPV6, ip->daddr.s6_addr32, tcp->dest);
	if (rule && knet_event_wanted(kn, KNET_GROUP_FILTER))
		report_ipv6(kn, sk, rule, state, ip, tcp);
}

/*
 * All but a few packets end here, so this has to be short: false for what can
 * be seen at once to be no SYN. What lies deeper is for get_syn().
 */
static __always_inline bool maybe_syn(const struct sk_buff *skb, unsigned int offset)
{
	const struct tcphdr *tcp = (const struct tcphdr *)(skb->data + offset);

	if (unlikely(offset + sizeof(*tcp) > skb_headlen(skb)))
		return true;
	return (tcp_flag_word(tcp) & (TCP_FLAG_SYN | TCP_FLAG_ACK)) == TCP_FLAG_SYN;
}

static noinline void look_ipv4(struct sk_buff *skb, const struct nf_hook_state *state)
{
	int offset = skb_network_offset(skb);
	const struct tcphdr *tcp;
	const struct iphdr *ip;
	struct tcphdr tcp_buf;
	struct iphdr ip_buf;

	ip = skb_header_pointer(skb, offset, sizeof(ip_buf), &ip_buf);
	if (!ip || ip->protocol != IPPROTO_TCP || ip->ihl < 5 ||
	    ip->frag_off & htons(IP_OFFSET))
		return;
	tcp = get_syn(skb, offset + ip->ihl * 4, &tcp_buf);
	if (tcp)
		syn_ipv4(skb, state, ip, tcp);
}

static unsigned int hook_ipv4(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	unsigned int offset = skb_network_offset(skb);
	const struct iphdr *ip = (const struct iphdr *)(skb->data + offset);

	if (unlikely(offset + sizeof(*ip) > skb_headlen(skb)) ||
	    (ip->protocol == IPPROTO_TCP && maybe_syn(skb, offset + ip->ihl * 4)))
		look_ipv4(skb, state);
	return NF_ACCEPT;
}

static noinline void look_ipv6(struct sk_buff *skb, const struct nf_hook_state *state)
{
	int offset = skb_network_offset(skb), at;
	const struct tcphdr *tcp;
	const struct ipv6hdr *ip;
	struct ipv6hdr ip_buf;
	struct tcphdr tcp_buf;
	__be16 frag_off = 0;
	u8 proto;

	ip = skb_header_pointer(skb, offset, sizeof(ip_buf), &ip_buf);
	if (!ip)
		return;
	proto = ip->nexthdr;
	at = offset + sizeof(*ip);
	if (proto != IPPROTO_TCP) {
		at = ipv6_skip_exthdr(skb, at, &proto, &frag_off);
		if (at < 0 || proto != IPPROTO_TCP || frag_off & htons(IP6_OFFSET))
			return;
	}
	tcp = get_syn(skb, at, &tcp_buf);
	if (tcp)
		syn_ipv6(skb, state, ip, tcp);
}

/* Any header may have an extension after it, but that of the usual protocols. */
static unsigned int hook_ipv6(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	unsigned int offset = skb_network_offset(skb);
	const struct ipv6hdr *ip = (const struct ipv6hdr *)(skb->data + offset);

	if (likely(offset + sizeof(*ip) <= skb_headlen(skb)) &&
	    (ip->nexthdr == IPPROTO_UDP ||
	     (ip->nexthdr == IPPROTO_TCP && !maybe_syn(skb, offset + sizeof(*ip)))))
		return NF_ACCEPT;
	look_ipv6(skb, state);
	return NF_ACCEPT;
}

/* Before anything that could drop or redirect it: what counts is what was asked for. */
static const struct nf_hook_ops hook_ops[] = {
	{
		.hook = hook_ipv4,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_LOCAL_OUT,
		.priority = NF_IP_PRI_FIRST,
	},
	{
		.hook = hook_ipv6,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_LOCAL_OUT,
		.priority = NF_IP6_PRI_FIRST,
	},
};

/**
 * knet_filter_hook() - begin to look at packets
 * @net: of this namespace
 *
 * Context: Process, may sleep.
 * Return: 0 or a negative errno.
 */
int knet_filter_hook(struct net *net)
{
	return nf_register_net_hooks(net, hook_ops, ARRAY_SIZE(hook_ops));
}

/**
 * knet_filter_unhook() - look at packets no longer
 * @net: of this namespace
 *
 * A packet may be under way in the hook for another RCU grace period.
 *
 * Context: Process, may sleep.
 */
void knet_filter_unhook(struct net *net)
{
	nf_unregister_net_hooks(net, hook_ops, ARRAY_SIZE(hook_ops));
}
