/* SPDX-License-Identifier: GPL-2.0-only */
/* Netlink messages as the kernel would send them, and a handle that reads them. */
#ifndef TESTS_UNIT_MESSAGE_H
#define TESTS_UNIT_MESSAGE_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "private.h"

#define FAMILY	0x20	/* the id of the family in these tests */
#define NETNS	4026531840u

/* A datagram in the making. */
struct datagram {
	size_t len;
	char data[16384] __attribute__((aligned(8)));
};

static inline struct nlmsghdr *message_begin(struct datagram *d, uint16_t type, uint16_t flags,
					     uint32_t seq)
{
	struct nlmsghdr *nlh = (struct nlmsghdr *)(d->data + d->len);

	memset(nlh, 0, sizeof(*nlh));
	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = flags;
	nlh->nlmsg_seq = seq;
	d->len += NLMSG_HDRLEN;
	return nlh;
}

static inline void message_end(struct datagram *d, struct nlmsghdr *nlh)
{
	nlh->nlmsg_len = (uint32_t)(d->data + d->len - (char *)nlh);
	d->len = (size_t)((char *)nlh - d->data) + NLMSG_ALIGN(nlh->nlmsg_len);
}

static inline void *put_bytes(struct datagram *d, const void *data, size_t len)
{
	void *at = d->data + d->len;

	memset(at, 0, NLMSG_ALIGN(len));
	if (len)
		memcpy(at, data, len);
	d->len += NLMSG_ALIGN(len);
	return at;
}

static inline struct nlattr *put_attr(struct datagram *d, unsigned int type, const void *data,
				      size_t len)
{
	struct nlattr nla = { (uint16_t)(NLA_HDRLEN + len), (uint16_t)type };
	struct nlattr *at = put_bytes(d, &nla, sizeof(nla));

	put_bytes(d, data, len);
	return at;
}

static inline void put_u32(struct datagram *d, unsigned int type, uint32_t value)
{
	put_attr(d, type, &value, sizeof(value));
}

static inline void put_u64(struct datagram *d, unsigned int type, uint64_t value)
{
	put_attr(d, type, &value, sizeof(value));
}

static inline void put_text(struct datagram *d, unsigned int type, const char *text)
{
	put_attr(d, type, text, strlen(text) + 1);
}

static inline struct nlattr *nest_begin(struct datagram *d, unsigned int type)
{
	return put_attr(d, type | NLA_F_NESTED, NULL, 0);
}

static inline void nest_end(struct datagram *d, struct nlattr *nest)
{
	nest->nla_len = (uint16_t)(d->data + d->len - (char *)nest);
}

static inline struct nlmsghdr *genl_begin(struct datagram *d, uint16_t family, uint8_t cmd,
					  uint16_t flags, uint32_t seq)
{
	struct genlmsghdr genl = { .cmd = cmd, .version = 1 };
	struct nlmsghdr *nlh = message_begin(d, family, flags, seq);

	put_bytes(d, &genl, sizeof(genl));
	return nlh;
}

static inline void put_event_nest(struct datagram *d, unsigned int type, uint64_t seq)
{
	struct nlattr *nest = nest_begin(d, type);

	if (seq)
		put_u64(d, KNETCTL_A_EVENT_SEQ, seq);
	put_u64(d, KNETCTL_A_EVENT_TIME, 1000 + seq);
	put_u64(d, KNETCTL_A_EVENT_MONO_NS, 2000 + seq);
	nest_end(d, nest);
}

/* An event of a job, number @seq. */
static inline void put_job_event(struct datagram *d, uint8_t cmd, uint64_t seq, uint32_t id)
{
	struct nlmsghdr *nlh = genl_begin(d, FAMILY, cmd, 0, 0);

	put_event_nest(d, KNETCTL_A_JOB_EVENT, seq);
	put_u32(d, KNETCTL_A_JOB_ID, id);
	put_u32(d, KNETCTL_A_JOB_STATE, cmd == KNETCTL_CMD_JOB_DONE ? KNETCTL_JOB_STATE_DONE :
		KNETCTL_JOB_STATE_RUNNING);
	message_end(d, nlh);
}

static inline void put_lost(struct datagram *d, const char *group, uint64_t first, uint64_t last)
{
	struct nlmsghdr *nlh = genl_begin(d, FAMILY, KNETCTL_CMD_LOST, 0, 0);

	put_event_nest(d, KNETCTL_A_LOST_EVENT, 0);
	put_text(d, KNETCTL_A_LOST_GROUP, group);
	put_u64(d, KNETCTL_A_LOST_COUNT, last - first + 1);
	put_u64(d, KNETCTL_A_LOST_FIRST_SEQ, first);
	put_u64(d, KNETCTL_A_LOST_LAST_SEQ, last);
	message_end(d, nlh);
}

static inline void put_delfamily(struct datagram *d, uint16_t family)
{
	struct nlmsghdr *nlh = genl_begin(d, GENL_ID_CTRL, CTRL_CMD_DELFAMILY, 0, 0);

	put_text(d, CTRL_ATTR_FAMILY_NAME, KNETCTL_FAMILY_NAME);
	put_attr(d, CTRL_ATTR_FAMILY_ID, &family, sizeof(family));
	message_end(d, nlh);
}

/* An acknowledgement as with NETLINK_CAP_ACK and NETLINK_EXT_ACK, to be ended. */
static inline struct nlmsghdr *ack_begin(struct datagram *d, int error, uint32_t seq)
{
	struct nlmsghdr *nlh = message_begin(d, NLMSG_ERROR, NLM_F_CAPPED | NLM_F_ACK_TLVS, seq);
	struct nlmsghdr request = { .nlmsg_len = 100, .nlmsg_type = FAMILY, .nlmsg_seq = seq };

	put_bytes(d, &error, sizeof(error));
	put_bytes(d, &request, sizeof(request));
	return nlh;
}

static inline void put_ack(struct datagram *d, int error, uint32_t seq)
{
	message_end(d, ack_begin(d, error, seq));
}

static inline void put_sync_reply(struct datagram *d, uint32_t seq, uint64_t next)
{
	struct nlmsghdr *nlh = genl_begin(d, FAMILY, KNETCTL_CMD_EVENT_SYNC, 0, seq);
	struct nlattr *nest = nest_begin(d, KNETCTL_A_SYNC_GROUP);

	put_text(d, KNETCTL_A_GROUP_NAME, "job");
	put_u64(d, KNETCTL_A_GROUP_NEXT_SEQ, next);
	nest_end(d, nest);
	message_end(d, nlh);
}

/* A handle whose kernel is the other end of two socketpairs. */
struct fake {
	struct knetctl *handle;
	int cmd, event;		/* the kernel's ends */
};

static inline void fake_open(struct fake *fake)
{
	struct knetctl *h = calloc(1, sizeof(*h));
	int pair[2];

	if (!h || socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair))
		abort();
	h->pid = getpid();
	h->reply = malloc(KN_REPLY_MAX);
	h->family = FAMILY;
	h->group_id[0] = 7;
	h->notify_id = 16;
	h->cmd_fd = pair[0];
	fake->cmd = pair[1];
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, pair))
		abort();
	h->event_fd = pair[0];
	fake->event = pair[1];
	kn_stream_init(&h->stream, FAMILY, NETNS);
	fake->handle = h;
}

static inline void fake_close(struct fake *fake)
{
	knetctl_close(fake->handle);
	close(fake->cmd);
	close(fake->event);
}

static inline void fake_send(int fd, struct datagram *d)
{
	if (send(fd, d->data, d->len, 0) != (ssize_t)d->len)
		abort();
	d->len = 0;
}

static inline struct kn_chunk *to_chunk(const struct datagram *d)
{
	struct kn_chunk *chunk = kn_chunk_new(d->len);

	if (!chunk)
		abort();
	memcpy(chunk->data, d->data, d->len);
	return chunk;
}

#endif
