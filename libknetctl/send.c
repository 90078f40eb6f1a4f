// SPDX-License-Identifier: LGPL-2.1-or-later
/* Messages: datagrams, and bytes over a TCP connection of their own. */
#include <errno.h>
#include <string.h>

#include "private.h"

#define REMOTES_MAX	1024	/* what a request has room for; the module takes fewer */
#define REMOTE_ROOM	48	/* bytes of one in a request */

/* An attribute's length has 16 bits, with its header. */
#define DATA_MAX	(UINT16_MAX - 4)

#define SIZE_FIRST	(offsetof(struct knetctl_send, tos) + sizeof(uint32_t))

static int put_number(struct nl_msg *msg, int type, uint32_t value)
{
	return value ? kn_put_u32(msg, type, value) : 0;
}

static int put_options(struct nl_msg *msg, const struct knetctl_send *args)
{
	int err;

	err = put_number(msg, KNETCTL_A_SEND_FLAGS, args->flags & KNETCTL_SEND_BROADCAST);
	if (!err)
		err = put_number(msg, KNETCTL_A_SEND_COUNT, args->count);
	if (!err && args->interval_ns)
		err = kn_put_u64(msg, KNETCTL_A_SEND_INTERVAL_NS, args->interval_ns);
	if (!err)
		err = put_number(msg, KNETCTL_A_SEND_WAIT, args->wait);
	if (!err)
		err = put_number(msg, KNETCTL_A_SEND_IFINDEX, args->ifindex);
	if (!err)
		err = put_number(msg, KNETCTL_A_SEND_MULTICAST_IFINDEX, args->multicast_ifindex);
	if (!err)
		err = put_number(msg, KNETCTL_A_SEND_MARK, args->mark);
	if (!err)
		err = put_number(msg, KNETCTL_A_SEND_TTL, args->ttl);
	if (!err && args->flags & KNETCTL_SEND_TOS)
		err = kn_put_u32(msg, KNETCTL_A_SEND_TOS, args->tos);
	return err;
}

static int put_nest(struct nl_msg *msg, const struct knetctl_send *args)
{
	struct nlattr *nest = nla_nest_start(msg, KNETCTL_A_JOB_SEND);
	int err;

	if (!nest)
		return -EMSGSIZE;
	err = put_options(msg, args);
	if (!err)
		nla_nest_end(msg, nest);
	return err;
}

static int put_send(struct nl_msg *msg, const struct knetctl_send *args)
{
	size_t i;
	int err;

	err = kn_put_u32(msg, KNETCTL_A_JOB_KIND, args->kind);
	if (!err && !(args->flags & KNETCTL_SEND_DETACHED))
		err = kn_put_u32(msg, KNETCTL_A_JOB_FLAGS, KNETCTL_JOB_FLAGS_BOUND);
	if (!err && !args->data)
		err = kn_put_u32(msg, KNETCTL_A_JOB_FD, (uint32_t)args->fd);
	for (i = 0; !err && i < args->remote_count; i++)
		err = kn_put_endpoint(msg, KNETCTL_A_JOB_REMOTE,
				      (const struct sockaddr *)&args->remote[i]);
	if (!err && args->source)
		err = kn_put_endpoint(msg, KNETCTL_A_JOB_SOURCE, args->source);
	if (!err)
		err = kn_put_timeout(msg, KNETCTL_A_JOB_CONNECT_TIMEOUT, args->connect_timeout);
	if (!err)
		err = kn_put_timeout(msg, KNETCTL_A_JOB_TIMEOUT, args->timeout);
	if (!err)
		err = put_nest(msg, args);
	if (!err && args->data)
		err = kn_put_bytes(msg, KNETCTL_A_JOB_DATA, args->data, args->len);
	return err;
}

static int check(struct knetctl *h, const struct knetctl_send *args)
{
	if (args->kind != KNETCTL_KIND_SEND_UDP && args->kind != KNETCTL_KIND_SEND_TCP)
		return kn_fail(h, EINVAL, "the kind is neither send-udp nor send-tcp");
	if (!args->remote_count || !args->remote)
		return kn_fail(h, EINVAL, "no address");
	if (args->remote_count > REMOTES_MAX)
		return kn_fail(h, E2BIG, "more than %d addresses", REMOTES_MAX);
	if (args->data && args->len > DATA_MAX)
		return kn_fail(h, EMSGSIZE, args->kind == KNETCTL_KIND_SEND_UDP ?
			       "a datagram has at most 65507 bytes over IPv4, 65527 over IPv6" :
			       "so much is sent from a file");
	return 0;
}

struct answer {
	struct knetctl_job *job;
	uint32_t id;
};

static int answered(const struct nlmsghdr *nlh, void *data)
{
	struct nlattr *tb[KNETCTL_A_JOB_MAX + 1];
	struct answer *answer = data;

	if (kn_parse_message(nlh, tb, KNETCTL_A_JOB_MAX))
		return -EBADMSG;
	kn_get_u32(tb[KNETCTL_A_JOB_ID], &answer->id);
	if (answer->id || !answer->job)
		return 0;
	kn_get_u64(tb[KNETCTL_A_JOB_BYTES], &answer->job->bytes);
	kn_get_endpoint(tb[KNETCTL_A_JOB_LOCAL], &answer->job->local);
	kn_get_endpoint(tb[KNETCTL_A_JOB_REMOTE], &answer->job->remote);
	return 0;
}

KN_EXPORT int knetctl_send_start(struct knetctl *h, const struct knetctl_send *from,
				 uint32_t *id, struct knetctl_job *job)
{
	struct answer answer = { .job = job };
	struct knetctl_send args;
	struct nl_msg *msg;
	int err;

	err = kn_check(h);
	if (err)
		return err;
	if (!id)
		return kn_fail(h, EINVAL, "no room for an id");
	err = kn_take_args(h, from, SIZE_FIRST, &args, sizeof(args));
	if (!err)
		err = check(h, &args);
	if (err)
		return err;
	if (job)
		memset(job, 0, sizeof(*job));
	msg = kn_msg_new(h, KNETCTL_CMD_SEND_START,
			 args.remote_count * REMOTE_ROOM + (args.data ? args.len : 0));
	err = msg ? put_send(msg, &args) : 0;
	if (err)
		return kn_put_failed(h, msg, err);
	err = kn_request(h, msg, answered, &answer);
	if (err)
		return err;
	*id = answer.id;
	if (!answer.id && job) {
		job->kind = args.kind;
		job->state = KNETCTL_STATE_DONE;
		job->size = job->bytes;
		job->size_known = 1;
		job->send_count = 1;
		job->sent = 1;
	}
	return 0;
}
