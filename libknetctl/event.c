// SPDX-License-Identifier: LGPL-2.1-or-later
/* The event socket: subscribe, poll, process. What comes out of it is in stream.c. */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "private.h"

#define IDLE_MS		1000	/* silence after which a loss at the tail is asked for */
#define RETRY_MS	100	/* until the next try while the module is on its way out */

static int membership(struct knetctl *h, int option, uint32_t group)
{
	int id = (int)group;

	return setsockopt(h->event_fd, SOL_NETLINK, option, &id, sizeof(id)) ? -errno : 0;
}

/* More than net.core.rmem_max needs CAP_NET_ADMIN; without it take what is given. */
static void apply_rcvbuf(const struct knetctl *h)
{
	int bytes = h->rcvbuf ? h->rcvbuf : KN_RCVBUF;

	if (setsockopt(h->event_fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)))
		(void)setsockopt(h->event_fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
}

static int event_open(struct knetctl *h)
{
	struct sockaddr_nl local = { .nl_family = AF_NETLINK };
	int err, on = 1;

	if (h->event_fd >= 0)
		return 0;
	err = kn_notify_resolve(h);
	if (err)
		return err;
	h->event_fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
			     NETLINK_GENERIC);
	if (h->event_fd < 0)
		return kn_fail(h, errno, "cannot open a netlink socket");
	apply_rcvbuf(h);
	if (bind(h->event_fd, (struct sockaddr *)&local, sizeof(local)) ||
	    setsockopt(h->event_fd, SOL_NETLINK, NETLINK_PKTINFO, &on, sizeof(on)))
		err = -errno;
	else
		err = membership(h, NETLINK_ADD_MEMBERSHIP, h->notify_id);
	if (err) {
		kn_event_close(h);
		return kn_fail(h, -err, "cannot prepare the event socket");
	}
	return 0;
}

void kn_event_close(struct knetctl *h)
{
	close(h->event_fd);
	h->event_fd = -1;
	h->joined = 0;
	h->need_sync = false;
	h->active = false;
	kn_stream_clear(&h->stream);
}

struct sync_reply {
	uint64_t next[KN_GROUPS];
	unsigned int groups;	/* that the kernel answered */
};

static int sync_reply(const struct nlmsghdr *nlh, void *data)
{
	struct knetctl_group_status group;
	struct sync_reply *reply = data;
	struct nlattr *attr;
	int rest, i;

	nlmsg_for_each_attr(attr, (struct nlmsghdr *)nlh, GENL_HDRLEN, rest) {
		if (nla_type(attr) != KNETCTL_A_SYNC_GROUP || kn_get_group(attr, &group))
			continue;
		i = kn_group_index(group.name);
		if (i < 0)
			continue;
		reply->next[i] = group.next_seq;
		reply->groups |= 1u << i;
	}
	return 0;
}

static int event_sync(struct knetctl *h, struct sync_reply *reply)
{
	memset(reply, 0, sizeof(*reply));
	return kn_request(h, kn_msg_new(h, KNETCTL_CMD_EVENT_SYNC, 0), sync_reply, reply);
}

/* Every group in @groups on the event socket; the numbers before are then old. */
static int join_all(struct knetctl *h, unsigned int groups)
{
	int i, err;

	for (i = 0; i < KN_GROUPS; i++) {
		if (!(groups & ~h->joined & 1u << i))
			continue;
		if (!h->group_id[i])
			return kn_fail(h, EOPNOTSUPP, "this module has no events of group %s",
				       kn_group_names[i]);
		err = membership(h, NETLINK_ADD_MEMBERSHIP, h->group_id[i]);
		if (err == -EPERM)
			return kn_fail(h, EPERM, "CAP_NET_ADMIN is needed to get events");
		if (err)
			return kn_fail(h, -err, "cannot join group %s", kn_group_names[i]);
		h->joined |= 1u << i;
	}
	return 0;
}

/* Join and learn where the stream of each group in @groups begins. */
static int join(struct knetctl *h, unsigned int groups, struct sync_reply *reply)
{
	unsigned int before = h->joined;
	int i, err;

	err = event_open(h);
	if (err)
		return err;
	err = join_all(h, groups);
	if (!err)
		err = event_sync(h, reply);
	if (err) {
		kn_event_leave(h, h->joined & ~before);
		return err;
	}
	for (i = 0; i < KN_GROUPS; i++)
		if (groups & ~before & 1u << i)
			kn_stream_start(&h->stream, (unsigned int)i, reply->next[i]);
	return 0;
}

/* For the library's own use; the user sees nothing of it. */
int kn_event_join(struct knetctl *h, unsigned int groups)
{
	struct sync_reply reply;

	return (groups & ~h->joined) ? join(h, groups, &reply) : 0;
}

/* Leave groups; with the last one the socket is closed. Keeps the error text. */
void kn_event_leave(struct knetctl *h, unsigned int groups)
{
	int i;

	for (i = 0; i < KN_GROUPS; i++)
		if (groups & h->joined & 1u << i)
			(void)membership(h, NETLINK_DROP_MEMBERSHIP, h->group_id[i]);
	h->joined &= ~groups;
	if (!h->joined && h->event_fd >= 0)
		kn_event_close(h);
}

/* What the library knows and the module has. */
static unsigned int all_groups(const struct knetctl *h)
{
	unsigned int groups = 0;
	int i;

	for (i = 0; i < KN_GROUPS; i++)
		if (h->group_id[i])
			groups |= 1u << i;
	return groups;
}

KN_EXPORT int knetctl_subscribe(struct knetctl *h, unsigned int groups)
{
	struct sync_reply reply;
	int i, err;

	err = kn_check(h);
	if (err)
		return err;
	if (groups == KNETCTL_GROUP_ALL) {
		groups = all_groups(h);
		if (!groups)
			return kn_fail(h, EOPNOTSUPP, "this module has no events");
	}
	if (!groups || groups & ~KN_GROUPS_MASK)
		return kn_fail(h, EINVAL, "no such group of events");
	groups &= ~h->subscribed;
	if (!groups)
		return 0;
	err = join(h, groups, &reply);
	if (err)
		return err;
	for (i = 0; i < KN_GROUPS; i++)
		if (groups & 1u << i)
			h->stream.group[i].user_from = reply.next[i];
	h->subscribed |= groups;
	return 0;
}

KN_EXPORT int knetctl_set_rcvbuf(struct knetctl *h, int bytes)
{
	socklen_t len = sizeof(bytes);
	int err;

	err = kn_check(h);
	if (err)
		return err;
	if (bytes <= 0 || bytes > INT_MAX / 2)
		return kn_fail(h, EINVAL, "a receive buffer has 1 to %d bytes", INT_MAX / 2);
	h->rcvbuf = bytes;
	err = event_open(h);
	if (err)
		return err;
	apply_rcvbuf(h);
	if (getsockopt(h->event_fd, SOL_SOCKET, SO_RCVBUF, &bytes, &len))
		return kn_fail(h, errno, "cannot read the size of the receive buffer");
	return bytes / 2;	/* the kernel counts its own overhead as much again */
}

KN_EXPORT int knetctl_fd(const struct knetctl *h)
{
	return h && h->subscribed ? h->event_fd : -1;
}

KN_EXPORT int knetctl_events(const struct knetctl *h)
{
	(void)h;
	return POLLIN;
}

KN_EXPORT int knetctl_timeout(const struct knetctl *h)
{
	uint64_t now;

	if (!h || !h->subscribed || h->stream.gone)
		return -1;
	if (kn_stream_pending(&h->stream) || kn_stream_draining(&h->stream))
		return 0;
	if (!h->need_sync && !h->active)
		return -1;
	now = kn_now_ms();
	return now >= h->idle_at ? 0 : (int)(h->idle_at - now);
}

static void saw_activity(struct knetctl *h)
{
	h->active = true;
	if (!h->need_sync)
		h->idle_at = kn_now_ms() + IDLE_MS;
}

/* No event of the module is longer, nor is any message of netlink. */
#define DATAGRAM_MAX	32768

/* The socket dropped something: ask as soon as it is empty. */
static void saw_overrun(struct knetctl *h)
{
	h->overruns++;
	h->need_sync = true;
	h->idle_at = 0;
}

/* Which group a datagram was sent to, an index; -1 for one that is none of ours. */
static int group_of(const struct knetctl *h, struct msghdr *msg)
{
	struct cmsghdr *cmsg;
	struct nl_pktinfo info;
	int i;

	for (cmsg = CMSG_FIRSTHDR(msg); cmsg; cmsg = CMSG_NXTHDR(msg, cmsg)) {
		if (cmsg->cmsg_level != SOL_NETLINK || cmsg->cmsg_type != NETLINK_PKTINFO)
			continue;
		memcpy(&info, CMSG_DATA(cmsg), sizeof(info));
		for (i = 0; i < KN_GROUPS; i++)
			if (info.group && info.group == h->group_id[i])
				return i;
	}
	return -1;
}

/* Its length, whatever room there was; -1 with errno. */
static ssize_t receive(struct knetctl *h, struct kn_chunk *chunk, struct sockaddr_nl *from)
{
	char control[CMSG_SPACE(sizeof(struct nl_pktinfo))]
		__attribute__((aligned(__alignof__(struct cmsghdr))));
	struct iovec iov = { chunk->data, chunk->len };
	struct msghdr msg = {
		.msg_name = from, .msg_namelen = sizeof(*from),
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	ssize_t n = recvmsg(h->event_fd, &msg, MSG_TRUNC);

	if (n >= 0)
		chunk->group = group_of(h, &msg);
	return n;
}

/**
 * kn_event_read() - read one datagram
 * @chunk: the datagram when 1 is returned, the caller's from then on
 *
 * Returns 0 when there is none. ENOBUFS is noted and is no error.
 */
int kn_event_read(struct knetctl *h, struct kn_chunk **chunk)
{
	struct sockaddr_nl from = { 0 };
	ssize_t n;

	for (;;) {
		*chunk = kn_chunk_new(DATAGRAM_MAX);
		if (!*chunk)
			return kn_fail(h, ENOMEM, NULL);
		n = receive(h, *chunk, &from);
		if (n >= 0 && (size_t)n <= (*chunk)->len && !from.nl_pid) {
			*chunk = kn_chunk_cut(*chunk, (size_t)n);
			saw_activity(h);
			return 1;
		}
		free(*chunk);
		/* What is too long is as good as dropped: its events lack. */
		if (n > DATAGRAM_MAX && !from.nl_pid)
			saw_overrun(h);
		if (n >= 0 || errno == EINTR)
			continue;
		if (errno == EAGAIN)
			return 0;
		if (errno != ENOBUFS)
			return kn_fail(h, errno, "cannot read events");
		saw_overrun(h);
	}
}

static int synchronize(struct knetctl *h)
{
	struct sync_reply reply;
	int i, err;

	err = event_sync(h, &reply);
	if (err)
		return err;
	h->need_sync = false;
	h->active = false;
	for (i = 0; i < KN_GROUPS; i++)
		if (h->joined & reply.groups & 1u << i)
			kn_stream_synced(&h->stream, (unsigned int)i, reply.next[i]);
	return 0;
}

/* The notice that the family went can be lost too, with a full socket. */
static int tell_gone(struct knetctl *h, struct knetctl_event *event)
{
	memset(event, 0, offsetof(struct knetctl_event, u) + sizeof(event->u.lost));
	event->type = KNETCTL_EVENT_GONE;
	event->netns = h->stream.netns;
	h->stream.gone = true;
	kn_gone(h);
	return 1;
}

/*
 * The socket is empty. Returns 1 with an event, 0 when there is nothing to do,
 * -EAGAIN to read it again.
 */
static int when_empty(struct knetctl *h, struct knetctl_event *event)
{
	int err;

	if (kn_stream_draining(&h->stream))
		return kn_stream_tail(&h->stream, event) ? 1 : -EAGAIN;
	if ((!h->need_sync && !h->active) || kn_now_ms() < h->idle_at)
		return 0;
	err = synchronize(h);
	if (!err)
		return -EAGAIN;
	if (err == -EPERM) {	/* privileges dropped since: the next event will tell */
		h->need_sync = false;
		h->active = false;
		return 0;
	}
	if (err != -ESHUTDOWN)
		return err;
	if (kn_family_present(h) == 0)
		return tell_gone(h, event);
	h->idle_at = kn_now_ms() + RETRY_MS;
	return 0;
}

KN_EXPORT int knetctl_process(struct knetctl *h, struct knetctl_event *event)
{
	struct kn_chunk *chunk;
	int err;

	err = kn_check(h);
	if (err)
		return err;
	if (!event || !h->subscribed)
		return kn_fail(h, EINVAL, "no group of events is subscribed");
	for (;;) {
		if (h->stream.gone)
			return kn_gone(h);
		if (kn_stream_next(&h->stream, event)) {
			if (h->stream.gone)
				kn_gone(h);	/* the text that fits */
			return 1;
		}
		err = kn_event_read(h, &chunk);
		if (err == 1) {
			kn_stream_feed(&h->stream, chunk);
			continue;
		}
		if (!err)
			err = when_empty(h, event);
		if (err != -EAGAIN)
			return err;
	}
}

KN_EXPORT int knetctl_wait(struct knetctl *h, int timeout_ms)
{
	struct pollfd pfd;
	int own, n;

	n = kn_check(h);
	if (n)
		return n;
	if (!h->subscribed)
		return kn_fail(h, EINVAL, "no group of events is subscribed");
	if (h->stream.gone)
		return 1;
	own = knetctl_timeout(h);
	pfd.fd = h->event_fd;
	pfd.events = POLLIN;
	if (own < 0 || (timeout_ms >= 0 && timeout_ms < own))
		own = -1;
	n = poll(&pfd, 1, own >= 0 ? own : timeout_ms);
	if (n < 0)
		return kn_fail(h, errno, NULL);
	return n > 0 || own >= 0;
}

KN_EXPORT int knetctl_sync(struct knetctl *h)
{
	int err;

	err = kn_check(h);
	if (err)
		return err;
	if (!h->subscribed)
		return kn_fail(h, EINVAL, "no group of events is subscribed");
	return synchronize(h);
}
