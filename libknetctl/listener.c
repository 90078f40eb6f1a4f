// SPDX-License-Identifier: LGPL-2.1-or-later
/* Listeners, and the connections that a process takes from them. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "private.h"

#define LISTENER_ROOM	256	/* bytes of a request besides the text */
#define LOOK_MS		1000	/* while waiting for a connection, try at least this often */

/**
 * kn_take_args() - take a caller's structure whatever version it was compiled for
 * @from: begins with its size
 * @first: size of the first version
 * @args: filled; members that @from lacks are zero
 * @size: of @args; members behind it must be zero
 */
int kn_take_args(struct knetctl *h, const void *from, size_t first, void *args, size_t size)
{
	const char *bytes = from;
	size_t given, i;

	if (!from)
		return kn_fail(h, EINVAL, "no arguments");
	memcpy(&given, from, sizeof(given));
	if (given < first)
		return kn_fail(h, EINVAL, "the size of the arguments is not set");
	for (i = size; i < given; i++)
		if (bytes[i])
			return kn_fail(h, E2BIG, "an argument needs a newer library");
	memset(args, 0, size);
	memcpy(args, from, given < size ? given : size);
	return 0;
}

/* A request could not be written. */
int kn_put_failed(struct knetctl *h, struct nl_msg *msg, int err)
{
	kn_msg_free(msg);
	return kn_fail(h, -err, err == -EAFNOSUPPORT ?
		       "an address is neither IPv4 nor IPv6" : "an argument is too long");
}

/* ------------------------------------------------------------ answers -- */

static void get_limits(struct nlattr **tb, struct knetctl_listener *l)
{
	kn_get_u32(tb[KNETCTL_A_LISTENER_BACKLOG], &l->backlog);
	kn_get_u32(tb[KNETCTL_A_LISTENER_MAX_CONNECTIONS], &l->max);
	kn_get_u32(tb[KNETCTL_A_LISTENER_PER_SOURCE], &l->per_source);
	kn_get_u32(tb[KNETCTL_A_LISTENER_PER_SOURCE_PREFIX], &l->per_source_prefix);
	kn_get_u32(tb[KNETCTL_A_LISTENER_RATE], &l->rate);
	kn_get_u32(tb[KNETCTL_A_LISTENER_ON_LIMIT], &l->on_limit);
	kn_get_u32(tb[KNETCTL_A_LISTENER_IDLE], &l->idle);
}

static void get_text(const struct nlattr *attr, struct knetctl_listener *l)
{
	size_t len;

	if (!attr)
		return;
	len = (size_t)nla_len(attr);
	if (len > sizeof(l->text))
		len = sizeof(l->text);
	memcpy(l->text, nla_data(attr), len);
	l->text_len = (uint32_t)len;
}

static int get_listener(const struct nlmsghdr *nlh, struct knetctl_listener *l)
{
	struct nlattr *tb[KNETCTL_A_LISTENER_MAX + 1];

	memset(l, 0, sizeof(*l));
	if (kn_parse_message(nlh, tb, KNETCTL_A_LISTENER_MAX) ||
	    !tb[KNETCTL_A_LISTENER_ID])
		return -EBADMSG;
	kn_get_u32(tb[KNETCTL_A_LISTENER_ID], &l->id);
	kn_get_u32(tb[KNETCTL_A_LISTENER_FLAGS], &l->flags);
	kn_get_u32(tb[KNETCTL_A_LISTENER_SERVICE], &l->service);
	kn_get_u32(tb[KNETCTL_A_LISTENER_IFINDEX], &l->ifindex);
	get_limits(tb, l);
	kn_get_u32(tb[KNETCTL_A_LISTENER_CONNECTIONS], &l->connections);
	kn_get_u32(tb[KNETCTL_A_LISTENER_WAITING], &l->waiting);
	kn_get_u64(tb[KNETCTL_A_LISTENER_ACCEPTED], &l->accepted);
	kn_get_u64(tb[KNETCTL_A_LISTENER_REJECTED], &l->rejected);
	kn_get_u64(tb[KNETCTL_A_LISTENER_DURATION_NS], &l->duration_ns);
	kn_get_endpoint(tb[KNETCTL_A_LISTENER_LOCAL], &l->local);
	get_text(tb[KNETCTL_A_LISTENER_TEXT], l);
	return 0;
}

static int one_listener(const struct nlmsghdr *nlh, void *data)
{
	return get_listener(nlh, data);
}

/* Send a request that answers a listener. */
static int request(struct knetctl *h, struct nl_msg *msg, struct knetctl_listener *listener)
{
	int err;

	memset(listener, 0, sizeof(*listener));
	err = kn_request(h, msg, one_listener, listener);
	if (!err && !listener->id)
		err = kn_fail(h, EBADMSG, "the kernel answered no listener");
	return err;
}

/* ---------------------------------------------------------------- add -- */

#define ADD_SIZE_FIRST	(offsetof(struct knetctl_listener_add, fd) + sizeof(int))

static int put_if(struct nl_msg *msg, int type, uint32_t value)
{
	return value ? kn_put_u32(msg, type, value) : 0;
}

static int put_add(struct nl_msg *msg, const struct knetctl_listener_add *args)
{
	const struct { int type; uint32_t value; } numbers[] = {
		{ KNETCTL_A_LISTENER_FLAGS, args->flags },
		{ KNETCTL_A_LISTENER_IFINDEX, args->ifindex },
		{ KNETCTL_A_LISTENER_BACKLOG, args->backlog },
		{ KNETCTL_A_LISTENER_MAX_CONNECTIONS, args->max },
		{ KNETCTL_A_LISTENER_PER_SOURCE, args->per_source },
		{ KNETCTL_A_LISTENER_PER_SOURCE_PREFIX, args->per_source_prefix },
		{ KNETCTL_A_LISTENER_RATE, args->rate },
		{ KNETCTL_A_LISTENER_ON_LIMIT, args->on_limit },
		{ KNETCTL_A_LISTENER_IDLE, args->idle },
		{ KNETCTL_A_LISTENER_SERVICE, args->service },
	};
	size_t i;
	int err;

	err = kn_put_endpoint(msg, KNETCTL_A_LISTENER_LOCAL, args->local);
	for (i = 0; !err && i < sizeof(numbers) / sizeof(numbers[0]); i++)
		err = put_if(msg, numbers[i].type, numbers[i].value);
	if (!err && args->text)
		err = kn_put_bytes(msg, KNETCTL_A_LISTENER_TEXT, args->text, args->text_len);
	if (!err && args->service == KNETCTL_SERVE_FILE)
		err = kn_put_u32(msg, KNETCTL_A_LISTENER_FD, (uint32_t)args->fd);
	return err;
}

KN_EXPORT int knetctl_listener_add(struct knetctl *h, const struct knetctl_listener_add *from,
				   struct knetctl_listener *listener)
{
	struct knetctl_listener_add args;
	struct nl_msg *msg;
	int err;

	err = kn_check(h);
	if (err)
		return err;
	if (!listener)
		return kn_fail(h, EINVAL, "no room for a listener");
	err = kn_take_args(h, from, ADD_SIZE_FIRST, &args, sizeof(args));
	if (err)
		return err;
	if (!args.local)
		return kn_fail(h, EINVAL, "no address");
	if (!args.text)
		args.text_len = 0;
	if (args.text_len > UINT16_MAX / 2)
		return kn_fail(h, EMSGSIZE, "a banner has at most 4096 bytes");
	msg = kn_msg_new(h, KNETCTL_CMD_LISTENER_ADD, LISTENER_ROOM + args.text_len);
	err = msg ? put_add(msg, &args) : 0;
	return err ? kn_put_failed(h, msg, err) : request(h, msg, listener);
}

/* -------------------------------------------------- get, set and delete -- */

static struct nl_msg *id_message(struct knetctl *h, unsigned int cmd, uint32_t id)
{
	struct nl_msg *msg = kn_msg_new(h, cmd, LISTENER_ROOM);

	if (msg)
		kn_put_u32(msg, KNETCTL_A_LISTENER_ID, id);
	return msg;
}

KN_EXPORT int knetctl_listener_get(struct knetctl *h, uint32_t id,
				   struct knetctl_listener *listener)
{
	int err;

	err = kn_check(h);
	if (err)
		return err;
	if (!listener)
		return kn_fail(h, EINVAL, "no room for a listener");
	return request(h, id_message(h, KNETCTL_CMD_LISTENER_GET, id), listener);
}

struct listing {
	int (*each)(const struct knetctl_listener *listener, void *data);
	void *data;
	int result;
};

static int list_one(const struct nlmsghdr *nlh, void *data)
{
	struct listing *list = data;
	struct knetctl_listener listener;

	if (get_listener(nlh, &listener))
		return -EBADMSG;
	list->result = list->each(&listener, list->data);
	return list->result ? 1 : 0;
}

KN_EXPORT int knetctl_listener_list(struct knetctl *h,
				    int (*each)(const struct knetctl_listener *listener,
						void *data),
				    void *data)
{
	struct listing list = { .each = each, .data = data };
	int err;

	err = kn_check(h);
	if (err)
		return err;
	if (!each)
		return kn_fail(h, EINVAL, "no function to call for each listener");
	err = kn_dump(h, kn_msg_new(h, KNETCTL_CMD_LISTENER_GET, 0), list_one, &list);
	if (err == -EBADMSG)
		kn_fail(h, EBADMSG, "the kernel's answer cannot be read");
	return err > 0 ? list.result : err;
}

#define SET_SIZE_FIRST	(offsetof(struct knetctl_listener_set, idle) + sizeof(uint32_t))

static int put_set(struct nl_msg *msg, const struct knetctl_listener_set *args)
{
	const struct { uint32_t bit; int type; uint32_t value; } numbers[] = {
		{ KNETCTL_SET_BACKLOG, KNETCTL_A_LISTENER_BACKLOG, args->backlog },
		{ KNETCTL_SET_MAX, KNETCTL_A_LISTENER_MAX_CONNECTIONS, args->max },
		{ KNETCTL_SET_PER_SOURCE, KNETCTL_A_LISTENER_PER_SOURCE, args->per_source },
		{ KNETCTL_SET_PER_SOURCE_PREFIX, KNETCTL_A_LISTENER_PER_SOURCE_PREFIX,
		  args->per_source_prefix },
		{ KNETCTL_SET_RATE, KNETCTL_A_LISTENER_RATE, args->rate },
		{ KNETCTL_SET_ON_LIMIT, KNETCTL_A_LISTENER_ON_LIMIT, args->on_limit },
		{ KNETCTL_SET_IDLE, KNETCTL_A_LISTENER_IDLE, args->idle },
	};
	size_t i;
	int err = 0;

	for (i = 0; !err && i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (args->set & numbers[i].bit)
			err = kn_put_u32(msg, numbers[i].type, numbers[i].value);
	return err;
}

KN_EXPORT int knetctl_listener_set(struct knetctl *h, uint32_t id,
				   const struct knetctl_listener_set *from,
				   struct knetctl_listener *listener)
{
	struct knetctl_listener_set args;
	struct nl_msg *msg;
	int err;

	err = kn_check(h);
	if (err)
		return err;
	if (!listener)
		return kn_fail(h, EINVAL, "no room for a listener");
	err = kn_take_args(h, from, SET_SIZE_FIRST, &args, sizeof(args));
	if (err)
		return err;
	msg = id_message(h, KNETCTL_CMD_LISTENER_SET, id);
	err = msg ? put_set(msg, &args) : 0;
	return err ? kn_put_failed(h, msg, err) : request(h, msg, listener);
}

KN_EXPORT int knetctl_listener_del(struct knetctl *h, uint32_t id, uint32_t flags)
{
	struct nl_msg *msg;
	int err;

	err = kn_check(h);
	if (err)
		return err;
	msg = id_message(h, KNETCTL_CMD_LISTENER_DEL, id);
	if (msg && flags)
		kn_put_u32(msg, KNETCTL_A_LISTENER_FLAGS, flags);
	return kn_request(h, msg, NULL, NULL);
}

/* ------------------------------------------------------------- accept -- */

struct taken {
	struct knetctl_connection connection;
	int fd;
};

static int taken_reply(const struct nlmsghdr *nlh, void *data)
{
	struct nlattr *attr = kn_find_attr(nlh, KNETCTL_A_CONNECTION_FD);
	struct taken *taken = data;
	uint32_t fd = UINT32_MAX;

	kn_get_u32(attr, &fd);
	taken->fd = (int)fd;
	return kn_get_connection(nlh, &taken->connection);
}

static int take(struct knetctl *h, uint32_t id, struct knetctl_connection *connection)
{
	struct nl_msg *msg = kn_msg_new(h, KNETCTL_CMD_LISTENER_ACCEPT, 0);
	struct taken taken = { .fd = -1 };
	int err;

	if (msg)
		kn_put_u32(msg, KNETCTL_A_CONNECTION_LISTENER, id);
	err = kn_request(h, msg, taken_reply, &taken);
	if (err) {
		if (taken.fd >= 0)
			close(taken.fd);
		return err;
	}
	if (taken.fd < 0)
		return kn_fail(h, EBADMSG, "the kernel answered no socket");
	if (connection)
		*connection = taken.connection;
	return taken.fd;
}

/* All events that are there. 1: one may have told of a connection for us. */
static int drain(struct knetctl *h, uint32_t id)
{
	enum kn_found found;
	struct kn_chunk *chunk;
	bool overrun, look = false;
	int err;

	for (;;) {
		overrun = h->need_sync;
		err = kn_event_read(h, &chunk);
		look |= h->need_sync && !overrun;
		if (err <= 0)
			return err ? err : look;
		found = kn_stream_scan_accepted(&h->stream, chunk, id);
		if (h->subscribed)
			kn_stream_feed(&h->stream, chunk);
		else
			free(chunk);
		if (found == KN_FOUND_GONE)
			return kn_gone(h);
		look |= found != KN_FOUND_NOTHING;
	}
}

/*
 * Wait until it is worth to try. Nothing tells of a listener that was deleted,
 * so it returns after LOOK_MS anyway.
 */
static int wait_sign(struct knetctl *h, uint32_t id, uint64_t deadline)
{
	struct pollfd pfd = { .fd = h->event_fd, .events = POLLIN };
	uint64_t now = kn_now_ms(), look = now + LOOK_MS;
	int n;

	if (look > deadline)
		look = deadline;

	for (;;) {
		n = drain(h, id);
		if (n)
			return n < 0 ? n : 0;
		now = kn_now_ms();
		if (now >= look)
			return now >= deadline ? kn_fail(h, ETIMEDOUT, NULL) : 0;
		n = poll(&pfd, 1, (int)(look - now));
		if (n < 0)
			return kn_fail(h, errno, NULL);
	}
}

KN_EXPORT int knetctl_listener_accept(struct knetctl *h, uint32_t id, int timeout_ms,
				      struct knetctl_connection *connection)
{
	uint64_t deadline = timeout_ms < 0 ? UINT64_MAX : kn_now_ms() + (uint64_t)timeout_ms;
	unsigned int ours;
	int fd, err;

	err = kn_check(h);
	if (err)
		return err;
	fd = take(h, id, connection);
	if (fd != -EAGAIN || !timeout_ms)
		return fd;
	ours = KNETCTL_GROUP_CONNECTION & ~h->joined;
	err = kn_event_join(h, KNETCTL_GROUP_CONNECTION);
	if (err)
		return err;
	/* The first try after joining: what came before it is not told. */
	while ((fd = take(h, id, connection)) == -EAGAIN) {
		err = wait_sign(h, id, deadline);
		if (err) {
			fd = err;
			break;
		}
	}
	kn_event_leave(h, ours);
	return fd;
}
