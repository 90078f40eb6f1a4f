// SPDX-License-Identifier: LGPL-2.1-or-later
/* What the kernel answers to a request: errno, its words, the attribute they are about. */
#include <stdio.h>
#include <string.h>

#include "private.h"

/* Since Linux 6.1; older headers lack them. */
#define ATTR_MISS_TYPE	5
#define ATTR_MISS_NEST	6

static void append_name(char *path, const struct knetctl_names_set *set, unsigned int type)
{
	size_t used = strlen(path);
	const char *name = NULL;

	if (set && type < set->count)
		name = set->attrs[type].name;
	if (name)
		snprintf(path + used, KN_ATTR_MAX - used, "%s%s", used ? "." : "", name);
}

static const struct knetctl_names_set *nested_set(const struct knetctl_names_set *set,
						  unsigned int type)
{
	return set && type < set->count ? set->attrs[type].nested : NULL;
}

/*
 * Name the attribute at @offset from the start of @request, "remote.address".
 * Returns the set of what is nested in it, for the name of a missing one.
 */
static const struct knetctl_names_set *name_at(const struct nlmsghdr *request, size_t offset,
					       const struct knetctl_names_set *set, char *path)
{
	const char *base = (const char *)request;
	size_t at = NLMSG_HDRLEN + GENL_HDRLEN, end = request->nlmsg_len;
	struct nlattr nla;
	unsigned int type;

	while (set && at + NLA_HDRLEN <= end && at <= offset) {
		memcpy(&nla, base + at, sizeof(nla));
		if (nla.nla_len < NLA_HDRLEN || nla.nla_len > end - at)
			return NULL;
		type = nla.nla_type & NLA_TYPE_MASK;
		if (offset >= at + (size_t)NLA_ALIGN(nla.nla_len)) {
			at += (size_t)NLA_ALIGN(nla.nla_len);
			continue;
		}
		append_name(path, set, type);
		set = nested_set(set, type);
		if (offset == at)
			return set;
		end = at + nla.nla_len;
		at += NLA_HDRLEN;
	}
	return NULL;
}

static void get_text(const struct nlattr *attr, struct kn_ack *out)
{
	size_t len;

	if (!attr)
		return;
	len = strnlen(nla_data(attr), (size_t)nla_len(attr));
	if (len >= sizeof(out->text))
		len = sizeof(out->text) - 1;
	memcpy(out->text, nla_data(attr), len);
	out->text[len] = '\0';
}

static bool is_u32(struct nlattr *attr)
{
	return attr && nla_len(attr) >= (int)sizeof(uint32_t);
}

static void get_attribute(struct nlattr **tb, const struct nlmsghdr *request,
			  const struct knetctl_names_set *set, struct kn_ack *out)
{
	if (is_u32(tb[ATTR_MISS_TYPE])) {
		if (is_u32(tb[ATTR_MISS_NEST]))
			set = name_at(request, nla_get_u32(tb[ATTR_MISS_NEST]), set,
				      out->attribute);
		append_name(out->attribute, set, nla_get_u32(tb[ATTR_MISS_TYPE]));
		out->missing = true;
	} else if (is_u32(tb[NLMSGERR_ATTR_OFFS])) {
		out->offset = nla_get_u32(tb[NLMSGERR_ATTR_OFFS]);
		name_at(request, out->offset, set, out->attribute);
	}
}

/**
 * kn_ack_parse() - read an acknowledgement or the end of a dump
 * @ack: NLMSG_ERROR or NLMSG_DONE, whole
 * @request: what it answers, for the offset that the kernel gives
 * @set: names of the request's attributes, or NULL
 * @out: filled
 */
void kn_ack_parse(const struct nlmsghdr *ack, const struct nlmsghdr *request,
		  const struct knetctl_names_set *set, struct kn_ack *out)
{
	struct nlattr *tb[ATTR_MISS_NEST + 1];
	size_t head = sizeof(int), len;
	const struct nlmsgerr *err = NLMSG_DATA(ack);

	memset(out, 0, sizeof(*out));
	if (ack->nlmsg_len < NLMSG_HDRLEN + sizeof(int))
		return;
	len = ack->nlmsg_len - NLMSG_HDRLEN;
	memcpy(&out->error, NLMSG_DATA(ack), sizeof(int));
	if (!(ack->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	if (ack->nlmsg_type == NLMSG_ERROR) {
		head = sizeof(struct nlmsgerr);
		if (len < head)
			return;
		if (!(ack->nlmsg_flags & NLM_F_CAPPED) && err->msg.nlmsg_len > NLMSG_HDRLEN)
			head += NLMSG_ALIGN(err->msg.nlmsg_len) - NLMSG_HDRLEN;
	}
	if (len < head ||
	    nla_parse(tb, ATTR_MISS_NEST, (struct nlattr *)((char *)NLMSG_DATA(ack) + head),
		      (int)(len - head), NULL) < 0)
		return;
	get_text(tb[NLMSGERR_ATTR_MSG], out);
	get_attribute(tb, request, set, out);
}
