// SPDX-License-Identifier: GPL-2.0-only
/* A rule of the filter, and what it reports, as attributes; and back. */
#include <net/ipv6.h>

#include "knetctl.h"
#include "netlink-gen.h"
#include "netlink-put.h"

/* So that milliseconds fit wherever they become jiffies or nanoseconds. */
#define TIMEOUT_MAX_MS	((u64)INT_MAX * MSEC_PER_SEC)

/* ------------------------------------------------------------ answers -- */

static bool rule_has_ports(const struct knet_filter_rule *rule)
{
	return rule->port_min || rule->port_max != U16_MAX;
}

/* What tells the rule from others. */
static int put_key(struct sk_buff *skb, const struct knet_filter_rule *rule)
{
	unsigned int len = rule->part == KNET_FILTER_IPV4 ? 4 : 16;

	if ((rule->part != KNET_FILTER_ANY &&
	     (nla_put(skb, KNETCTL_A_FILTER_ADDRESS, len, rule->addr) ||
	      nla_put_u8(skb, KNETCTL_A_FILTER_PREFIX_LEN, rule->prefix_len))) ||
	    (rule_has_ports(rule) &&
	     (nla_put_u16(skb, KNETCTL_A_FILTER_PORT_MIN, rule->port_min) ||
	      nla_put_u16(skb, KNETCTL_A_FILTER_PORT_MAX, rule->port_max))) ||
	    (rule->exclude &&
	     nla_put_u32(skb, KNETCTL_A_FILTER_FLAGS, KNETCTL_FILTER_FLAGS_EXCLUDE)))
		return -EMSGSIZE;
	return 0;
}

/**
 * knet_nl_rule_put() - write all that is to be known of a rule
 * @skb: message
 * @object: struct knet_filter_rule, under RCU or the filter's lock
 *
 * Context: Any, does not sleep.
 * Return: 0 or -EMSGSIZE.
 */
int knet_nl_rule_put(struct sk_buff *skb, const void *object)
{
	struct nlattr *nest = nla_nest_start(skb, KNETCTL_A_FILTER_LIST_RULE);
	const struct knet_filter_rule *rule = object;
	const struct knet_filter_extra *extra = rule->extra;
	u64 timeout = knet_filter_rule_timeout(rule);
	u64 last_hit = READ_ONCE(rule->last_hit);

	if (!nest || put_key(skb, rule) ||
	    nla_put_u64_64bit(skb, KNETCTL_A_FILTER_HITS, atomic64_read(&rule->hits),
			      KNETCTL_A_FILTER_PAD) ||
	    (last_hit && nla_put_u64_64bit(skb, KNETCTL_A_FILTER_LAST_HIT, last_hit * NSEC_PER_SEC,
					   KNETCTL_A_FILTER_PAD)) ||
	    (timeout && nla_put_u64_64bit(skb, KNETCTL_A_FILTER_TIMEOUT, timeout,
					  KNETCTL_A_FILTER_PAD)) ||
	    (extra && extra->comment_len &&
	     nla_put(skb, KNETCTL_A_FILTER_COMMENT, extra->comment_len, extra->comment)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_match_owner(struct sk_buff *skb, const struct knet_filter_match *match)
{
	if (!knet_nl_room(skb, NLA_HDRLEN + sizeof(match->comm) + 3 * KNET_NL_U32 + KNET_NL_U64))
		return -EMSGSIZE;
	if (match->pid)
		knet_nl_put_text(skb, KNETCTL_A_FILTER_MATCH_COMM, match->comm);
	knet_nl_put_u32(skb, KNETCTL_A_FILTER_MATCH_ATTRIBUTION,
			match->pid ? KNETCTL_ATTRIBUTION_TASK : KNETCTL_ATTRIBUTION_NONE);
	if (match->pid)
		knet_nl_put_u32(skb, KNETCTL_A_FILTER_MATCH_PID, match->pid);
	if (match->has_uid)
		knet_nl_put_u32(skb, KNETCTL_A_FILTER_MATCH_UID,
				from_kuid_munged(&init_user_ns, match->uid));
	if (match->cgroup)
		knet_nl_put_u64(skb, KNETCTL_A_FILTER_MATCH_CGROUP, match->cgroup,
				KNETCTL_A_FILTER_MATCH_PAD);
	return 0;
}

/**
 * knet_nl_filter_fill_match() - write what is to be known of a connection
 * @skb: message
 * @object: struct knet_filter_match
 *
 * Context: Any, under RCU.
 * Return: 0 or -EMSGSIZE.
 */
int knet_nl_filter_fill_match(struct sk_buff *skb, const void *object)
{
	const struct knet_filter_match *match = object;
	struct nlattr *nest;

	if (knet_nl_put_addr(skb, KNETCTL_A_FILTER_MATCH_LOCAL, &match->local) ||
	    knet_nl_put_addr(skb, KNETCTL_A_FILTER_MATCH_REMOTE, &match->remote))
		return -EMSGSIZE;
	if (!knet_nl_room(skb, NLA_HDRLEN))
		return -EMSGSIZE;
	nest = knet_nl_nest(skb, KNETCTL_A_FILTER_MATCH_RULE);
	if (put_key(skb, match->rule))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return put_match_owner(skb, match);
}

/* ----------------------------------------------------------- requests -- */

static int get_prefix(struct nlattr **tb, struct knet_filter_key *key,
		      struct netlink_ext_ack *extack)
{
	const struct nlattr *addr = tb[KNETCTL_A_FILTER_ADDRESS];
	const struct nlattr *len = tb[KNETCTL_A_FILTER_PREFIX_LEN];

	if (!addr) {
		key->part = KNET_FILTER_ANY;
		if (!len)
			return 0;
		NL_SET_ERR_MSG_ATTR(extack, len, "a prefix length without an address");
		return -EINVAL;
	}
	if (nla_len(addr) != 4 && nla_len(addr) != 16) {
		NL_SET_ERR_MSG_ATTR(extack, addr, "an address has 4 or 16 bytes");
		return -EINVAL;
	}
	key->part = nla_len(addr) == 4 ? KNET_FILTER_IPV4 : KNET_FILTER_IPV6;
	key->prefix_len = len ? nla_get_u8(len) : nla_len(addr) * 8;
	if (key->prefix_len > nla_len(addr) * 8) {
		NL_SET_ERR_MSG_ATTR(extack, len, "the prefix is longer than the address");
		return -EINVAL;
	}
	memcpy(key->addr, nla_data(addr), nla_len(addr));
	/* An IPv4 address in an IPv6 one is sent as IPv4. */
	if (key->part == KNET_FILTER_IPV6 && key->prefix_len >= 96 &&
	    ipv6_addr_v4mapped(nla_data(addr))) {
		key->part = KNET_FILTER_IPV4;
		key->prefix_len -= 96;
		key->addr[0] = key->addr[3];
		memset(&key->addr[1], 0, sizeof(key->addr) - sizeof(key->addr[0]));
	}
	knet_filter_mask(key->addr, ARRAY_SIZE(key->addr), key->prefix_len);
	return 0;
}

static int get_ports(struct nlattr **tb, struct knet_filter_key *key,
		     struct netlink_ext_ack *extack)
{
	key->port_max = U16_MAX;
	if (!tb[KNETCTL_A_FILTER_PORT_MIN] && !tb[KNETCTL_A_FILTER_PORT_MAX])
		return 0;
	if (!tb[KNETCTL_A_FILTER_PORT_MIN] || !tb[KNETCTL_A_FILTER_PORT_MAX]) {
		NL_SET_ERR_MSG(extack, "a port range has both port-min and port-max");
		return -EINVAL;
	}
	key->port_min = nla_get_u16(tb[KNETCTL_A_FILTER_PORT_MIN]);
	key->port_max = nla_get_u16(tb[KNETCTL_A_FILTER_PORT_MAX]);
	if (key->port_min <= key->port_max)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, tb[KNETCTL_A_FILTER_PORT_MAX], "port-max is below port-min");
	return -EINVAL;
}

static int get_key(struct nlattr **tb, const struct nlattr *nest, struct knet_filter_key *key,
		   struct netlink_ext_ack *extack)
{
	u32 flags = 0;
	int err;

	err = nla_parse_nested(tb, KNETCTL_A_FILTER_MAX, nest, knetctl_filter_nl_policy, extack);
	if (err)
		return err;
	memset(key, 0, sizeof(*key));
	if (tb[KNETCTL_A_FILTER_FLAGS])
		flags = nla_get_u32(tb[KNETCTL_A_FILTER_FLAGS]);
	key->exclude = flags & KNETCTL_FILTER_FLAGS_EXCLUDE;
	return get_prefix(tb, key, extack) ?: get_ports(tb, key, extack);
}

/**
 * knet_nl_rule_get_key() - read what tells a rule from others
 * @nest: validated, of the set filter
 * @key: set
 * @extack: says what is wrong
 *
 * Return: 0 or a negative errno.
 */
int knet_nl_rule_get_key(const struct nlattr *nest, struct knet_filter_key *key,
			 struct netlink_ext_ack *extack)
{
	struct nlattr *tb[KNETCTL_A_FILTER_MAX + 1];

	return get_key(tb, nest, key, extack);
}

static int get_timeout(const struct nlattr *attr, u64 *timeout, struct netlink_ext_ack *extack)
{
	*timeout = attr ? nla_get_u64(attr) : 0;
	if (!attr || (*timeout && *timeout <= TIMEOUT_MAX_MS))
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr, "a timeout has 1 ms to 68 years");
	return -ERANGE;
}

/**
 * knet_nl_rule_get() - make the rule that an attribute describes
 * @nest: validated, of the set filter
 * @rule: set to it, in no table
 * @extack: says what is wrong
 *
 * Context: Process, may sleep.
 * Return: 0 or a negative errno.
 */
int knet_nl_rule_get(const struct nlattr *nest, struct knet_filter_rule **rule,
		     struct netlink_ext_ack *extack)
{
	struct nlattr *tb[KNETCTL_A_FILTER_MAX + 1];
	struct knet_filter_key key;
	char *comment = NULL;
	u64 timeout;
	int err;

	err = get_key(tb, nest, &key, extack) ?:
	      get_timeout(tb[KNETCTL_A_FILTER_TIMEOUT], &timeout, extack) ?:
	      knet_nl_get_text(tb[KNETCTL_A_FILTER_COMMENT], KNETCTL_COMMENT_MAX, &comment,
			       extack);
	if (err)
		return err;
	*rule = knet_filter_rule_alloc(&key, comment, timeout);
	kfree(comment);
	return *rule ? 0 : -ENOMEM;
}
