// SPDX-License-Identifier: LGPL-2.1-or-later
/* The module's version, limits and counts. */
#include <errno.h>
#include <string.h>

#include "private.h"

#define GROUPS_MAX \
	(sizeof(((struct knetctl_status *)0)->group) / sizeof(struct knetctl_group_status))

static int status_reply(const struct nlmsghdr *nlh, void *data)
{
	struct nlattr *tb[KNETCTL_A_STATUS_MAX + 1], *attr;
	struct knetctl_status *status = data;
	int rest;

	if (kn_parse_message(nlh, tb, KNETCTL_A_STATUS_MAX))
		return -EBADMSG;
	kn_get_string(tb[KNETCTL_A_STATUS_VERSION], status->version, sizeof(status->version));
	kn_get_u32(tb[KNETCTL_A_STATUS_JOBS], &status->jobs);
	kn_get_u32(tb[KNETCTL_A_STATUS_JOBS_MAX], &status->jobs_max);
	kn_get_u32(tb[KNETCTL_A_STATUS_JOBS_FINISHED], &status->jobs_finished);
	kn_get_u32(tb[KNETCTL_A_STATUS_SESSIONS], &status->sessions);
	kn_get_u32(tb[KNETCTL_A_STATUS_SESSIONS_MAX], &status->sessions_max);
	kn_get_u32(tb[KNETCTL_A_STATUS_LISTENERS], &status->listeners);
	kn_get_u32(tb[KNETCTL_A_STATUS_CONNECTIONS], &status->connections);
	nlmsg_for_each_attr(attr, (struct nlmsghdr *)nlh, GENL_HDRLEN, rest) {
		if (nla_type(attr) != KNETCTL_A_STATUS_GROUP || status->group_count == GROUPS_MAX)
			continue;
		if (!kn_get_group(attr, &status->group[status->group_count]))
			status->group_count++;
	}
	return 0;
}

KN_EXPORT int knetctl_status(struct knetctl *h, struct knetctl_status *status)
{
	int err;

	err = kn_check(h);
	if (err)
		return err;
	if (!status)
		return kn_fail(h, EINVAL, "no room for a status");
	memset(status, 0, sizeof(*status));
	return kn_request(h, kn_msg_new(h, KNETCTL_CMD_STATUS, 0), status_reply, status);
}
