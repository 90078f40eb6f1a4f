// SPDX-License-Identifier: LGPL-2.1-or-later
/* Ask nlctrl for the ids of the family and of the multicast groups. */
#include <errno.h>
#include <string.h>

#include "private.h"

struct family {
	uint16_t id;
	uint32_t group[KN_GROUPS];
	uint32_t notify;
};

static void family_group(struct nlattr *attr, struct family *family)
{
	struct nlattr *tb[CTRL_ATTR_MCAST_GRP_MAX + 1];
	const char *name;
	uint32_t id;
	int i;

	if (kn_parse_nest(attr, tb, CTRL_ATTR_MCAST_GRP_MAX))
		return;
	if (!tb[CTRL_ATTR_MCAST_GRP_NAME] || !tb[CTRL_ATTR_MCAST_GRP_ID])
		return;
	name = nla_get_string(tb[CTRL_ATTR_MCAST_GRP_NAME]);
	id = nla_get_u32(tb[CTRL_ATTR_MCAST_GRP_ID]);
	if (!strcmp(name, "notify"))
		family->notify = id;
	i = kn_group_index(name);
	if (i >= 0)
		family->group[i] = id;
}

static int family_reply(const struct nlmsghdr *nlh, void *data)
{
	struct nlattr *tb[CTRL_ATTR_MAX + 1], *group;
	struct family *family = data;
	int rest;

	if (kn_parse_message(nlh, tb, CTRL_ATTR_MAX) ||
	    !tb[CTRL_ATTR_FAMILY_ID])
		return -EBADMSG;
	family->id = nla_get_u16(tb[CTRL_ATTR_FAMILY_ID]);
	if (!tb[CTRL_ATTR_MCAST_GROUPS])
		return 0;
	nla_for_each_nested(group, tb[CTRL_ATTR_MCAST_GROUPS], rest) {
		family_group(group, family);
	}
	return 0;
}

static int family_get(struct knetctl *h, const char *name, struct family *family)
{
	int err;

	memset(family, 0, sizeof(*family));
	err = kn_request_nlctrl(h, name, family_reply, family);
	if (!err && !family->id)
		err = -ENOENT;
	return err;
}

int kn_family_resolve(struct knetctl *h)
{
	struct family family;
	int err;

	err = family_get(h, KNETCTL_FAMILY_NAME, &family);
	if (err == -ENOENT)
		return kn_fail_text(h, ENOENT,
				    "the knetctl module is not loaded: run 'modprobe knetctl'");
	if (err)
		return err;
	h->family = family.id;
	memcpy(h->group_id, family.group, sizeof(h->group_id));
	return 0;
}

/* 1: the family that this handle was opened for is still there, 0: it is not. */
int kn_family_present(struct knetctl *h)
{
	struct family family;
	int err;

	err = family_get(h, KNETCTL_FAMILY_NAME, &family);
	if (err == -ENOENT)
		return 0;
	return err ? err : family.id == h->family;
}

int kn_notify_resolve(struct knetctl *h)
{
	struct family family;
	int err;

	if (h->notify_id)
		return 0;
	err = family_get(h, "nlctrl", &family);
	if (!err && !family.notify)
		err = kn_fail(h, EOPNOTSUPP, "the kernel does not tell of families that go");
	if (!err)
		h->notify_id = family.notify;
	return err;
}
