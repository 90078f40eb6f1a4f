// SPDX-License-Identifier: LGPL-2.1-or-later
/* Start FTP jobs. */
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include "private.h"

#define REMOTES_MAX	1024	/* what a request has room for; the module takes fewer */
#define REMOTE_ROOM	48	/* bytes of one in a request */
#define QUOTES_MAX	1024	/* likewise */
#define QUOTE_ROOM	8

/* Servers ask for one, and want it to look like an address (RFC 1635). */
#define ANONYMOUS_PASSWORD	"anonymous@"

/* End of the structures as they were in their first versions. */
#define SIZE_GET	sizeof(struct knetctl_ftp_get)
#define SIZE_FTP	(offsetof(struct knetctl_ftp, reserved) + sizeof(uint32_t))

/* The one structure begins as the other. */
#define SAME(member) \
	_Static_assert(offsetof(struct knetctl_ftp_get, member) == \
		       offsetof(struct knetctl_ftp, member), #member " is elsewhere")
SAME(remote);
SAME(pathname);
SAME(stall_bytes);
_Static_assert(SIZE_GET == offsetof(struct knetctl_ftp, argument), "a get has less");

/*
 * Take the caller's structure whatever version it was compiled for: members
 * that it lacks are zero, and members that this library lacks must be zero.
 */
static int take_args(struct knetctl *h, const void *from, size_t least, struct knetctl_ftp *args)
{
	const char *bytes = from;
	size_t size = 0, known = sizeof(*args), i;

	if (from)
		memcpy(&size, from, sizeof(size));
	if (size < least)
		return kn_fail(h, EINVAL, "the size of the arguments is not set");
	if (least == SIZE_GET)
		known = SIZE_GET;
	for (i = known; i < size; i++)
		if (bytes[i])
			return kn_fail(h, E2BIG, "an argument needs a newer library");
	memset(args, 0, sizeof(*args));
	memcpy(args, from, size < known ? size : known);
	if (args->reserved)
		return kn_fail(h, E2BIG, "an argument needs a newer library");
	if (args->remote_count && !args->remote)
		return kn_fail(h, EINVAL, "no list of addresses");
	if (args->remote_count > REMOTES_MAX)
		return kn_fail(h, E2BIG, "more than %d addresses", REMOTES_MAX);
	if (args->quote_count && !args->quotes)
		return kn_fail(h, EINVAL, "no list of quotes");
	if (args->quote_count > QUOTES_MAX)
		return kn_fail(h, E2BIG, "more than %d quotes", QUOTES_MAX);
	if (!args->password && (!args->user || !strcmp(args->user, "anonymous")))
		args->password = ANONYMOUS_PASSWORD;
	return 0;
}

static size_t length(const char *text)
{
	return text ? strlen(text) : 0;
}

static size_t room(const struct knetctl_ftp *args)
{
	size_t quotes = 0, i;

	for (i = 0; i < args->quote_count; i++)
		quotes += length(args->quotes[i]) + QUOTE_ROOM;
	return quotes + length(args->user) + length(args->password) + length(args->account) +
	       length(args->pathname) + length(args->argument) + args->remote_count * REMOTE_ROOM;
}

static int started(const struct nlmsghdr *nlh, void *data)
{
	struct nlattr *tb[KNETCTL_A_JOB_MAX + 1];

	if (kn_parse_message(nlh, tb, KNETCTL_A_JOB_MAX) ||
	    !tb[KNETCTL_A_JOB_ID])
		return -EBADMSG;
	kn_get_u32(tb[KNETCTL_A_JOB_ID], data);
	return 0;
}

static int start(struct knetctl *h, uint32_t kind, const struct knetctl_ftp *args, uint32_t *id)
{
	struct nl_msg *msg;
	uint32_t new_id = 0;
	int err;

	msg = kn_msg_new(h, KNETCTL_CMD_JOB_START, room(args));
	err = msg ? kn_put_ftp(msg, kind, args) : 0;
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

static int check_and_start(struct knetctl *h, uint32_t kind, const void *from, size_t least,
			   uint32_t *id)
{
	struct knetctl_ftp args;
	int err;

	err = kn_check(h);
	if (err)
		return err;
	if (!id)
		return kn_fail(h, EINVAL, "no room for an id");
	err = take_args(h, from, least, &args);
	return err ? err : start(h, kind, &args, id);
}

KN_EXPORT int knetctl_ftp_get_start(struct knetctl *h, const struct knetctl_ftp_get *args,
				    uint32_t *id)
{
	return check_and_start(h, KNETCTL_JOB_KIND_FTP_GET, args, SIZE_GET, id);
}

KN_EXPORT int knetctl_ftp_start(struct knetctl *h, uint32_t kind, const struct knetctl_ftp *args,
				uint32_t *id)
{
	int err = kn_check(h);

	if (err)
		return err;
	if (kind < KNETCTL_JOB_KIND_FTP_GET || kind > KNETCTL_JOB_KIND_FTP_SITE)
		return kn_fail(h, EINVAL, "the kind is not one of FTP");
	return check_and_start(h, kind, args, SIZE_FTP, id);
}

KN_EXPORT int knetctl_pipe(struct knetctl *h, int fds[2])
{
	int err = kn_check(h);

	if (err)
		return err;
	if (!fds)
		return kn_fail(h, EINVAL, "no room for the descriptors");
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0)
		return kn_fail(h, errno, "no pair of sockets");
	return 0;
}
