// SPDX-License-Identifier: LGPL-2.1-or-later
/* The filter: rules to and from C, many in a message, lists of any length. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <string.h>

#include <netlink/genl/genl.h>

#include "private.h"

#define BATCH_RULES	1024		/* in a message */
#define BATCH_BYTES	(128 << 10)	/* of a message: less than a socket sends by default */
#define RULE_BYTES	512		/* at least what the longest rule takes */

/* ------------------------------------------------------- to the wire -- */

static bool has_ports(const struct knetctl_filter *rule)
{
	return rule->port_max && (rule->port_min || rule->port_max != UINT16_MAX);
}

static int put_prefix(struct nl_msg *msg, const struct knetctl_filter *rule)
{
	int len = rule->family == AF_INET ? 4 : 16;

	if (rule->family == AF_UNSPEC)
		return 0;
	if ((rule->family != AF_INET && rule->family != AF_INET6) ||
	    rule->prefix_len > (unsigned int)len * 8)
		return -EAFNOSUPPORT;
	if (nla_put(msg, KNETCTL_A_FILTER_ADDRESS, len, rule->address) ||
	    nla_put_u8(msg, KNETCTL_A_FILTER_PREFIX_LEN, (uint8_t)rule->prefix_len))
		return -EMSGSIZE;
	return 0;
}

static int put_key(struct nl_msg *msg, const struct knetctl_filter *rule)
{
	int err = put_prefix(msg, rule);

	if (err)
		return err;
	if (has_ports(rule) &&
	    (nla_put_u16(msg, KNETCTL_A_FILTER_PORT_MIN, rule->port_min) ||
	     nla_put_u16(msg, KNETCTL_A_FILTER_PORT_MAX, rule->port_max)))
		return -EMSGSIZE;
	/* Always there: libnl takes an empty nest back. */
	return nla_put_u32(msg, KNETCTL_A_FILTER_FLAGS,
			   rule->exclude ? KNETCTL_FILTER_FLAGS_EXCLUDE : 0) ? -EMSGSIZE : 0;
}

/* One rule of a list, of which only the key counts when @key_only. */
int kn_put_filter(struct nl_msg *msg, const struct knetctl_filter *rule, bool key_only)
{
	struct nlattr *nest = nla_nest_start(msg, KNETCTL_A_FILTER_LIST_RULE);
	int err;

	if (!nest)
		return -EMSGSIZE;
	err = put_key(msg, rule);
	if (!err && !key_only && rule->timeout_ms &&
	    nla_put_u64(msg, KNETCTL_A_FILTER_TIMEOUT, rule->timeout_ms))
		err = -EMSGSIZE;
	if (!err && !key_only && rule->comment[0])
		err = kn_put_string(msg, KNETCTL_A_FILTER_COMMENT, rule->comment);
	nla_nest_end(msg, nest);
	return err;
}

/* ----------------------------------------------------- from the wire -- */

static void get_prefix(struct nlattr **tb, struct knetctl_filter *rule)
{
	struct nlattr *address = tb[KNETCTL_A_FILTER_ADDRESS];
	int len = address ? nla_len(address) : 0;

	if (len != 4 && len != 16)
		return;
	rule->family = len == 4 ? AF_INET : AF_INET6;
	memcpy(rule->address, nla_data(address), (size_t)len);
	rule->prefix_len = (uint32_t)len * 8;
	if (tb[KNETCTL_A_FILTER_PREFIX_LEN] && nla_len(tb[KNETCTL_A_FILTER_PREFIX_LEN]) >= 1)
		rule->prefix_len = nla_get_u8(tb[KNETCTL_A_FILTER_PREFIX_LEN]);
	if (rule->prefix_len > (uint32_t)len * 8)
		rule->prefix_len = (uint32_t)len * 8;
}

/* Returns 0, or -EBADMSG for what is no rule. */
int kn_get_filter(struct nlattr *attr, struct knetctl_filter *rule)
{
	struct nlattr *tb[KNETCTL_A_FILTER_MAX + 1];
	uint32_t flags = 0;

	memset(rule, 0, sizeof(*rule));
	rule->port_max = UINT16_MAX;
	if (kn_parse_nest(attr, tb, KNETCTL_A_FILTER_MAX))
		return -EBADMSG;
	get_prefix(tb, rule);
	if (tb[KNETCTL_A_FILTER_PORT_MIN] && nla_len(tb[KNETCTL_A_FILTER_PORT_MIN]) >= 2 &&
	    tb[KNETCTL_A_FILTER_PORT_MAX] && nla_len(tb[KNETCTL_A_FILTER_PORT_MAX]) >= 2) {
		rule->port_min = nla_get_u16(tb[KNETCTL_A_FILTER_PORT_MIN]);
		rule->port_max = nla_get_u16(tb[KNETCTL_A_FILTER_PORT_MAX]);
	}
	kn_get_u32(tb[KNETCTL_A_FILTER_FLAGS], &flags);
	rule->exclude = !!(flags & KNETCTL_FILTER_FLAGS_EXCLUDE);
	kn_get_u64(tb[KNETCTL_A_FILTER_TIMEOUT], &rule->timeout_ms);
	kn_get_u64(tb[KNETCTL_A_FILTER_HITS], &rule->hits);
	kn_get_u64(tb[KNETCTL_A_FILTER_LAST_HIT], &rule->last_hit_ns);
	kn_get_bytes(tb[KNETCTL_A_FILTER_COMMENT], rule->comment, sizeof(rule->comment));
	return 0;
}

/* Returns 0, or -EBADMSG for a message that tells of no connection. */
int kn_get_filter_match(const struct nlmsghdr *nlh, struct knetctl_filter_match *match)
{
	struct nlattr *tb[KNETCTL_A_FILTER_MATCH_MAX + 1];

	memset(match, 0, sizeof(*match));
	if (kn_parse_message(nlh, tb, KNETCTL_A_FILTER_MATCH_MAX) ||
	    kn_get_filter(tb[KNETCTL_A_FILTER_MATCH_RULE], &match->rule))
		return -EBADMSG;
	kn_get_endpoint(tb[KNETCTL_A_FILTER_MATCH_LOCAL], &match->local);
	kn_get_endpoint(tb[KNETCTL_A_FILTER_MATCH_REMOTE], &match->remote);
	kn_get_u32(tb[KNETCTL_A_FILTER_MATCH_ATTRIBUTION], &match->attribution);
	kn_get_u32(tb[KNETCTL_A_FILTER_MATCH_PID], &match->pid);
	kn_get_string(tb[KNETCTL_A_FILTER_MATCH_COMM], match->comm, sizeof(match->comm));
	match->uid_known = !!tb[KNETCTL_A_FILTER_MATCH_UID];
	kn_get_u32(tb[KNETCTL_A_FILTER_MATCH_UID], &match->uid);
	kn_get_u64(tb[KNETCTL_A_FILTER_MATCH_CGROUP], &match->cgroup);
	return 0;
}

/* --------------------------------------------------------------- text -- */

/* By hand and not by snprintf(): lists have millions of them. */
static char *add_text(char *to, const char *text)
{
	while (*text)
		*to++ = *text++;
	return to;
}

static char *add_number(char *to, unsigned int value)
{
	char digits[10];
	int n = 0;

	do {
		digits[n++] = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	while (n)
		*to++ = digits[--n];
	return to;
}

static char *add_prefix(char *to, const struct knetctl_filter *rule)
{
	char address[INET6_ADDRSTRLEN];
	int i;

	switch (rule->family) {
	case AF_UNSPEC:
		return add_text(to, "any");
	case AF_INET:
		for (i = 0; i < 4; i++) {
			to = add_number(to, rule->address[i]);
			*to++ = i < 3 ? '.' : '/';
		}
		return add_number(to, rule->prefix_len);
	case AF_INET6:
		to = add_text(to, inet_ntop(AF_INET6, rule->address, address, sizeof(address)));
		*to++ = '/';
		return add_number(to, rule->prefix_len);
	default:
		return add_text(to, "?");
	}
}

KN_EXPORT int knetctl_filter_text(const struct knetctl_filter *rule, char *text, size_t size)
{
	char whole[INET6_ADDRSTRLEN + 64], *end = add_prefix(whole, rule);
	size_t len;

	if (has_ports(rule)) {
		end = add_number(add_text(end, " port "), rule->port_min);
		if (rule->port_max != rule->port_min) {
			*end++ = '-';
			end = add_number(end, rule->port_max);
		}
	}
	if (rule->exclude)
		end = add_text(end, " exclude");
	len = (size_t)(end - whole);
	if (size) {
		size_t fits = len < size ? len : size - 1;

		memcpy(text, whole, fits);
		text[fits] = '\0';
	}
	return (int)len;
}

KN_EXPORT const char *knetctl_attribution_name(unsigned int attribution)
{
	return attribution < knetctl_names_attribution_count ?
	       knetctl_names_attribution[attribution] : NULL;
}

/* ------------------------------------------------------- add and more -- */

/* A message in the making, and where each rule in it begins. */
struct batch {
	struct knetctl *h;
	struct nl_msg *msg;
	unsigned int cmd;
	uint32_t flags;			/* of the next message; begin is for the first only */
	uint64_t sent;			/* rules of earlier messages */
	unsigned int count;
	uint32_t start[BATCH_RULES];
};

static bool batch_full(const struct batch *b)
{
	return b->count == BATCH_RULES ||
	       nlmsg_hdr(b->msg)->nlmsg_len + RULE_BYTES > BATCH_BYTES;
}

static int batch_begin(struct batch *b)
{
	b->count = 0;
	if (!b->msg)
		b->msg = kn_msg_new(b->h, b->cmd, BATCH_BYTES);
	return b->msg ? 0 : kn_fail(b->h, ENOMEM, NULL);
}

/* The rule that the kernel's answer points to. */
static void batch_blame(const struct batch *b)
{
	unsigned int i;

	b->h->error_rule = -1;
	for (i = 0; b->h->error_offset && i < b->count; i++)
		if (b->start[i] <= b->h->error_offset)
			b->h->error_rule = (int64_t)(b->sent + i);
}

static int batch_send(struct batch *b, uint32_t more_flags)
{
	uint32_t flags = b->flags | more_flags;
	struct nl_msg *msg = b->msg;
	int err;

	if (flags)
		nla_put_u32(msg, KNETCTL_A_FILTER_LIST_FLAGS, flags);
	if (flags & KNETCTL_FILTER_LIST_FLAGS_COMMIT)
		nla_put_u32(msg, KNETCTL_A_FILTER_LIST_COUNT, (uint32_t)(b->sent + b->count));
	b->msg = NULL;
	b->h->error_offset = 0;
	err = kn_request(b->h, msg, NULL, NULL);
	if (err) {
		batch_blame(b);
		return err;
	}
	b->sent += b->count;
	b->flags &= ~(uint32_t)KNETCTL_FILTER_LIST_FLAGS_BEGIN;
	return 0;
}

static int batch_put(struct batch *b, const struct knetctl_filter *rule)
{
	int err = b->msg ? 0 : batch_begin(b);

	if (!err && batch_full(b)) {
		err = batch_send(b, 0);
		if (!err)
			err = batch_begin(b);
	}
	if (err)
		return err;
	b->start[b->count] = nlmsg_hdr(b->msg)->nlmsg_len;
	err = kn_put_filter(b->msg, rule, b->cmd == KNETCTL_CMD_FILTER_DEL);
	if (!err) {
		b->count++;
		return 0;
	}
	b->h->error_rule = (int64_t)(b->sent + b->count);
	return kn_fail(b->h, -err, err == -EAFNOSUPPORT ? "this is no prefix" : NULL);
}

static void batch_drop(struct batch *b)
{
	if (b->msg)
		kn_msg_free(b->msg);
}

static int send_rules(struct knetctl *h, unsigned int cmd, const struct knetctl_filter *rules,
		      size_t count, uint32_t flags)
{
	struct batch b = { .h = h, .cmd = cmd, .flags = flags };
	int err;
	size_t i;

	err = kn_check(h);
	if (err)
		return err;
	h->error_rule = -1;
	if (!rules || !count)
		return kn_fail(h, EINVAL, "no rule");
	for (i = 0; !err && i < count; i++)
		err = batch_put(&b, &rules[i]);
	if (!err)
		err = batch_send(&b, 0);
	batch_drop(&b);
	return err;
}

static int check_flags(struct knetctl *h, unsigned int flags)
{
	int err = kn_check(h);

	if (!err && flags & ~KNETCTL_FILTER_OVERWRITE)
		err = kn_fail(h, EINVAL, "a flag that is not known");
	return err;
}

KN_EXPORT int knetctl_filter_add(struct knetctl *h, const struct knetctl_filter *rules,
				 size_t count, unsigned int flags)
{
	int err = check_flags(h, flags);

	if (err)
		return err;
	return send_rules(h, KNETCTL_CMD_FILTER_ADD, rules, count,
			  flags & KNETCTL_FILTER_OVERWRITE ?
			  KNETCTL_FILTER_LIST_FLAGS_OVERWRITE : 0);
}

KN_EXPORT int knetctl_filter_del(struct knetctl *h, const struct knetctl_filter *rules,
				 size_t count)
{
	return send_rules(h, KNETCTL_CMD_FILTER_DEL, rules, count, 0);
}

/* What was begun goes with its socket; without that it would stay until then. */
static void replace_abort(struct knetctl *h, const struct batch *b)
{
	char text[KN_ERROR_MAX], attribute[KN_ATTR_MAX];
	int64_t rule = h->error_rule;
	struct nl_msg *msg;

	if (!b->sent)
		return;
	memcpy(text, h->error, sizeof(text));
	memcpy(attribute, h->attribute, sizeof(attribute));
	msg = kn_msg_new(h, KNETCTL_CMD_FILTER_REPLACE, 0);
	if (msg)
		nla_put_u32(msg, KNETCTL_A_FILTER_LIST_FLAGS, KNETCTL_FILTER_LIST_FLAGS_ABORT);
	(void)kn_request(h, msg, NULL, NULL);
	memcpy(h->error, text, sizeof(text));
	memcpy(h->attribute, attribute, sizeof(attribute));
	h->error_rule = rule;
}

KN_EXPORT int knetctl_filter_replace(struct knetctl *h,
				     int (*next)(struct knetctl_filter *rule, void *data),
				     void *data, unsigned int flags)
{
	struct batch b = {
		.h = h, .cmd = KNETCTL_CMD_FILTER_REPLACE,
		.flags = KNETCTL_FILTER_LIST_FLAGS_BEGIN |
			 (flags & KNETCTL_FILTER_OVERWRITE ?
			  KNETCTL_FILTER_LIST_FLAGS_OVERWRITE : 0),
	};
	struct knetctl_filter rule;
	int err, got;

	err = check_flags(h, flags);
	if (err)
		return err;
	h->error_rule = -1;
	if (!next)
		return kn_fail(h, EINVAL, "no function that gives the rules");
	for (;;) {
		memset(&rule, 0, sizeof(rule));
		got = next(&rule, data);
		if (got <= 0)
			break;
		err = batch_put(&b, &rule);
		if (err)
			break;
	}
	if (!err && !got)
		err = b.msg ? 0 : batch_begin(&b);
	if (!err && !got)
		err = batch_send(&b, KNETCTL_FILTER_LIST_FLAGS_COMMIT);
	else if (err != -ESHUTDOWN)
		replace_abort(h, &b);
	batch_drop(&b);
	if (!err && got)
		return kn_fail(h, -got, NULL);
	return err;
}

KN_EXPORT int64_t knetctl_filter_error_rule(const struct knetctl *h)
{
	return h ? h->error_rule : -1;
}

KN_EXPORT int knetctl_filter_flush(struct knetctl *h)
{
	int err = kn_check(h);

	return err ? err : kn_request(h, kn_msg_new(h, KNETCTL_CMD_FILTER_FLUSH, 0), NULL, NULL);
}

/* ------------------------------------------------------ list and test -- */

struct listing {
	int (*each)(const struct knetctl_filter *rule, void *data);
	void *data;
	int result;
};

static struct nlattr *rule_of(const struct nlmsghdr *nlh)
{
	return kn_find_attr(nlh, KNETCTL_A_FILTER_LIST_RULE);
}

static int list_one(const struct nlmsghdr *nlh, void *data)
{
	struct listing *list = data;
	struct knetctl_filter rule;

	if (kn_get_filter(rule_of(nlh), &rule))
		return -EBADMSG;
	list->result = list->each(&rule, list->data);
	return list->result ? 1 : 0;
}

KN_EXPORT int knetctl_filter_list(struct knetctl *h,
				  int (*each)(const struct knetctl_filter *rule, void *data),
				  void *data)
{
	struct listing list = { each, data, 0 };
	int err;

	err = kn_check(h);
	if (err)
		return err;
	if (!each)
		return kn_fail(h, EINVAL, "no function to call for each rule");
	err = kn_dump_stream(h, kn_msg_new(h, KNETCTL_CMD_FILTER_GET, 0), list_one, &list);
	return err > 0 ? list.result : err;
}

static int counts_reply(const struct nlmsghdr *nlh, void *data)
{
	struct nlattr *tb[KNETCTL_A_FILTER_LIST_MAX + 1];
	struct knetctl_filter_counts *counts = data;

	if (kn_parse_message(nlh, tb, KNETCTL_A_FILTER_LIST_MAX))
		return -EBADMSG;
	kn_get_u32(tb[KNETCTL_A_FILTER_LIST_COUNT], &counts->count);
	kn_get_u32(tb[KNETCTL_A_FILTER_LIST_COUNT_IPV4], &counts->count_ipv4);
	kn_get_u32(tb[KNETCTL_A_FILTER_LIST_COUNT_IPV6], &counts->count_ipv6);
	kn_get_u32(tb[KNETCTL_A_FILTER_LIST_LIMIT], &counts->limit);
	kn_get_u64(tb[KNETCTL_A_FILTER_LIST_BYTES], &counts->bytes);
	return 0;
}

KN_EXPORT int knetctl_filter_counts(struct knetctl *h, struct knetctl_filter_counts *counts)
{
	int err = kn_check(h);

	if (err)
		return err;
	if (!counts)
		return kn_fail(h, EINVAL, "no room for the counts");
	memset(counts, 0, sizeof(*counts));
	return kn_request(h, kn_msg_new(h, KNETCTL_CMD_FILTER_GET, 0), counts_reply, counts);
}

static int test_reply(const struct nlmsghdr *nlh, void *data)
{
	return kn_get_filter(rule_of(nlh), data) ? -EBADMSG : 1;
}

KN_EXPORT int knetctl_filter_test(struct knetctl *h, const struct sockaddr *remote,
				  struct knetctl_filter *rule)
{
	struct nl_msg *msg;
	int err;

	err = kn_check(h);
	if (err)
		return err;
	if (!remote || !rule)
		return kn_fail(h, EINVAL, "an address and room for a rule are needed");
	msg = kn_msg_new(h, KNETCTL_CMD_FILTER_TEST, 0);
	err = msg ? kn_put_endpoint(msg, KNETCTL_A_FILTER_LIST_REMOTE, remote) : 0;
	if (err) {
		kn_msg_free(msg);
		return kn_fail(h, -err, NULL);
	}
	err = kn_request(h, msg, test_reply, rule);
	return err == -ENOENT ? 0 : err;
}
