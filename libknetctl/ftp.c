// SPDX-License-Identifier: LGPL-2.1-or-later
/* Start FTP transfers. */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "private.h"

#define REMOTES_MAX	1024	/* what a request has room for; the module takes fewer */
#define REMOTE_ROOM	48	/* bytes of one in a request */

/* Servers ask for one, and want it to look like an address (RFC 1635). */
#define ANONYMOUS_PASSWORD	"anonymous@"

/* End of the structure as it was in the first version. */
#define SIZE_FIRST	(offsetof(struct knetctl_ftp_get, stall_bytes) + sizeof(uint64_t))

/*
 * Take the caller's structure whatever version it was compiled for: members
 * that it lacks are zero, and members that this library lacks must be zero.
 */
static int take_args(struct knetctl *h, const struct knetctl_ftp_get *from,
		     struct knetctl_ftp_get *args)
{
	const char *bytes = (const char *)from;
	size_t i;

	if (!from || from->size < SIZE_FIRST)
		return kn_fail(h, EINVAL, "the size of the arguments is not set");
	for (i = sizeof(*args); i < from->size; i++)
		if (bytes[i])
			return kn_fail(h, E2BIG, "an argument needs a newer library");
	memset(args, 0, sizeof(*args));
	memcpy(args, from, from->size < sizeof(*args) ? from->size : sizeof(*args));
	if (args->remote_count && !args->remote)
		return kn_fail(h, EINVAL, "no list of addresses");
	if (args->remote_count > REMOTES_MAX)
		return kn_fail(h, E2BIG, "more than %d addresses", REMOTES_MAX);
	if (!args->password && (!args->user || !strcmp(args->user, "anonymous")))
		args->password = ANONYMOUS_PASSWORD;
	return 0;
}

static size_t length(const char *text)
{
	return text ? strlen(text) : 0;
}

static size_t room(const struct knetctl_ftp_get *args)
{
	return length(args->user) + length(args->password) + length(args->account) +
	       length(args->pathname) + args->remote_count * REMOTE_ROOM;
}

static int started(const struct nlmsghdr *nlh, void *data)
{
	struct nlattr *tb[KNETCTL_A_JOB_MAX + 1];

	if (nlmsg_parse((struct nlmsghdr *)nlh, GENL_HDRLEN, tb, KNETCTL_A_JOB_MAX, NULL) < 0 ||
	    !tb[KNETCTL_A_JOB_ID])
		return -EBADMSG;
	kn_get_u32(tb[KNETCTL_A_JOB_ID], data);
	return 0;
}

KN_EXPORT int knetctl_ftp_get_start(struct knetctl *h, const struct knetctl_ftp_get *from,
				    uint32_t *id)
{
	struct knetctl_ftp_get args;
	struct nl_msg *msg;
	uint32_t new_id = 0;
	int err;

	err = kn_check(h);
	if (err)
		return err;
	if (!id)
		return kn_fail(h, EINVAL, "no room for an id");
	err = take_args(h, from, &args);
	if (err)
		return err;
	msg = kn_msg_new(h, KNETCTL_CMD_JOB_START, room(&args));
	err = msg ? kn_put_ftp_get(msg, &args) : 0;
	if (err) {
		kn_msg_free(msg);
		return kn_fail(h, -err, err == -EAFNOSUPPORT ?
			       "an address is neither IPv4 nor IPv6" :
			       "an argument is too long");
	}
	err = kn_request(h, msg, started, &new_id);
	if (!err && !new_id)
		err = kn_fail(h, EBADMSG, "the kernel answered no id");
	if (!err)
		*id = new_id;
	return err;
}
