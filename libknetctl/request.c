// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Requests on the command socket, and their answers. The acknowledgement is
 * read here and not by libnl, which keeps neither the errno nor the kernel's
 * words.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <netlink/genl/genl.h>

#include "private.h"

#define DUMP_TRIES	10	/* then the list is taken as it came */

/* Where the answer to one request is in the making. */
struct exchange {
	const struct nlmsghdr *request;
	const struct knetctl_names_set *set;
	kn_reply_fn fn;
	void *data;
	int result;		/* first failure of @fn */
	bool one;		/* a message of the answer is all that comes */
	bool interrupted;	/* a dump whose objects changed meanwhile */
	struct kn_ack ack;
};

/* The messages of a dump, held until it is known to be whole. */
struct collected {
	char *data;
	size_t len, size;
};

/**
 * kn_msg_new() - begin a request
 * @cmd: KNETCTL_CMD_*
 * @room: bytes of strings and lists that will be put in
 *
 * Returns NULL when there is no memory; kn_request() then gives -ENOMEM.
 */
struct nl_msg *kn_msg_new(struct knetctl *h, unsigned int cmd, size_t room)
{
	struct nl_msg *msg = nlmsg_alloc_size(KN_MSG_ROOM + room);

	if (!msg)
		return NULL;
	genlmsg_put(msg, 0, ++h->seq, h->family, 0, NLM_F_REQUEST | NLM_F_ACK, (uint8_t)cmd,
		    KNETCTL_FAMILY_VERSION);
	return msg;
}

/* It may have held a password. */
void kn_msg_free(struct nl_msg *msg)
{
	explicit_bzero(nlmsg_hdr(msg), nlmsg_get_max_size(msg));
	nlmsg_free(msg);
}

static int send_request(struct knetctl *h, const struct nlmsghdr *nlh)
{
	ssize_t n;

	do {
		n = send(h->cmd_fd, nlh, nlh->nlmsg_len, 0);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? kn_fail(h, errno, "cannot send to the kernel") : 0;
}

static ssize_t receive(struct knetctl *h)
{
	struct sockaddr_nl from = { 0 };
	struct iovec iov = { h->reply, KN_REPLY_MAX };
	struct msghdr msg = {
		.msg_name = &from, .msg_namelen = sizeof(from), .msg_iov = &iov, .msg_iovlen = 1,
	};
	ssize_t n;

	do {
		n = recvmsg(h->cmd_fd, &msg, 0);
	} while ((n < 0 && errno == EINTR) || (n >= 0 && from.nl_pid));
	if (n < 0)
		return kn_fail(h, errno, "cannot read the kernel's answer");
	if (msg.msg_flags & MSG_TRUNC)
		return kn_fail(h, EMSGSIZE, "the kernel's answer is too long");
	return n;
}

/* Returns true when @nlh ends the exchange. */
static bool one_message(struct exchange *x, const struct nlmsghdr *nlh)
{
	if (nlh->nlmsg_seq != x->request->nlmsg_seq)
		return false;	/* of an earlier request that failed half way */
	if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
		x->interrupted = true;
	if (nlh->nlmsg_type == NLMSG_ERROR || nlh->nlmsg_type == NLMSG_DONE) {
		kn_ack_parse(nlh, x->request, x->set, &x->ack);
		return true;
	}
	if (nlh->nlmsg_type >= NLMSG_MIN_TYPE && x->fn && !x->result)
		x->result = x->fn(nlh, x->data);
	return x->one;
}

static int exchange(struct knetctl *h, struct exchange *x)
{
	const struct nlmsghdr *nlh;
	ssize_t n;
	int len, err;

	err = send_request(h, x->request);
	if (err)
		return err;
	for (;;) {
		n = receive(h);
		if (n < 0)
			return (int)n;
		len = (int)n;
		for (nlh = h->reply; NLMSG_OK(nlh, (unsigned int)len);
		     nlh = NLMSG_NEXT(nlh, len))
			if (one_message(x, nlh))
				return 0;
	}
}

/* Turn what the kernel refused into the errno and the text for the user. */
static int refused(struct knetctl *h, const struct exchange *x)
{
	const struct kn_ack *ack = &x->ack;
	bool ours = x->request->nlmsg_type != GENL_ID_CTRL;
	const char *text = ack->text;
	int err = -ack->error;

	h->error_offset = ack->offset;
	if (ours && err == ENOENT && !text[0] && kn_family_present(h) == 0)
		return kn_gone(h);
	if (ours && err == EPERM && !text[0])
		text = "CAP_NET_ADMIN in the initial user namespace is needed";
	if (!text[0] && !ack->attribute[0])
		return kn_fail(h, err, NULL);
	if (!ack->attribute[0])
		return kn_fail(h, err, "%s", text);
	kn_fail(h, err, "%s%s(%s%s)", text, text[0] ? " " : "", ack->attribute,
		ack->missing ? " is missing" : "");
	memcpy(h->attribute, ack->attribute, sizeof(h->attribute));
	return -err;
}

static int finish(struct knetctl *h, struct exchange *x, int err)
{
	if (err)
		return err;
	if (x->ack.error)
		return refused(h, x);
	if (x->result == -EBADMSG)
		return kn_fail(h, EBADMSG, "the kernel's answer cannot be read");
	return x->result < 0 ? kn_fail(h, -x->result, NULL) : x->result;
}

static const struct knetctl_names_set *set_of(const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = NLMSG_DATA(nlh);

	if (nlh->nlmsg_type == GENL_ID_CTRL || genl->cmd >= knetctl_names_cmds_count)
		return NULL;
	return knetctl_names_cmds[genl->cmd].set;
}

/**
 * kn_request() - send a request, read what it answers or its acknowledgement
 * @msg: freed and wiped here; NULL gives -ENOMEM
 * @fn: called for the one message of the answer; NULL: there is none
 *
 * Who gets an answer needs no acknowledgement besides.
 *
 * Returns 0, what @fn returned, or a negative errno with its text kept.
 * -ESHUTDOWN: the family went away.
 */
int kn_request(struct knetctl *h, struct nl_msg *msg, kn_reply_fn fn, void *data)
{
	struct exchange x = { .fn = fn, .data = data };
	int err;

	if (!msg)
		return kn_fail(h, ENOMEM, NULL);
	x.request = nlmsg_hdr(msg);
	x.set = set_of(x.request);
	x.one = fn;
	if (fn)
		nlmsg_hdr(msg)->nlmsg_flags &= (uint16_t)~NLM_F_ACK;
	err = finish(h, &x, exchange(h, &x));
	kn_msg_free(msg);
	return err;
}

static int collect(const struct nlmsghdr *nlh, void *data)
{
	struct collected *c = data;
	size_t len = NLMSG_ALIGN(nlh->nlmsg_len), size;
	char *more;

	if (c->len + len > c->size) {
		size = 2 * c->size + len + KN_REPLY_MAX;
		more = realloc(c->data, size);
		if (!more)
			return -ENOMEM;
		c->data = more;
		c->size = size;
	}
	memset(c->data + c->len + len - NLMSG_ALIGNTO, 0, NLMSG_ALIGNTO);
	memcpy(c->data + c->len, nlh, nlh->nlmsg_len);
	c->len += len;
	return 0;
}

static int hand_out(const struct collected *c, kn_reply_fn fn, void *data)
{
	const struct nlmsghdr *nlh;
	size_t at = 0;
	int err = 0;

	while (!err && at < c->len) {
		nlh = (const struct nlmsghdr *)(c->data + at);
		at += NLMSG_ALIGN(nlh->nlmsg_len);
		err = fn(nlh, data);
	}
	return err;
}

/**
 * kn_dump() - get a list, whole, then call @fn for each message of it
 *
 * A list that changed while it was read is asked for again, up to DUMP_TRIES
 * times; the last one is taken as it is. @fn may use the handle.
 */
int kn_dump(struct knetctl *h, struct nl_msg *msg, kn_reply_fn fn, void *data)
{
	struct collected all = { 0 };
	struct exchange x = { .fn = collect, .data = &all };
	struct nlmsghdr *nlh;
	int err = 0, tries = DUMP_TRIES;

	if (!msg)
		return kn_fail(h, ENOMEM, NULL);
	nlh = nlmsg_hdr(msg);
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	x.request = nlh;
	x.set = set_of(nlh);
	do {
		all.len = 0;
		x.interrupted = false;
		nlh->nlmsg_seq = ++h->seq;
		err = finish(h, &x, exchange(h, &x));
	} while (!err && x.interrupted && --tries);
	if (!err)
		err = hand_out(&all, fn, data);
	free(all.data);
	kn_msg_free(msg);
	return err;
}

/**
 * kn_dump_stream() - get a list of any length, @fn is called as it comes
 *
 * For lists that the kernel gives whole even while they change. @fn must not
 * use the handle; when it returns other than 0 the rest is read and dropped.
 */
int kn_dump_stream(struct knetctl *h, struct nl_msg *msg, kn_reply_fn fn, void *data)
{
	struct exchange x = { .fn = fn, .data = data };
	int err;

	if (!msg)
		return kn_fail(h, ENOMEM, NULL);
	nlmsg_hdr(msg)->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	x.request = nlmsg_hdr(msg);
	x.set = set_of(x.request);
	err = finish(h, &x, exchange(h, &x));
	kn_msg_free(msg);
	return err;
}

/* Ask nlctrl for a family. -ENOENT: there is none of that name. */
int kn_request_nlctrl(struct knetctl *h, const char *family, kn_reply_fn fn, void *data)
{
	struct nl_msg *msg = nlmsg_alloc_size(KN_MSG_ROOM);

	if (msg) {
		genlmsg_put(msg, 0, ++h->seq, GENL_ID_CTRL, 0, NLM_F_REQUEST | NLM_F_ACK,
			    CTRL_CMD_GETFAMILY, 1);
		nla_put_string(msg, CTRL_ATTR_FAMILY_NAME, family);
	}
	return kn_request(h, msg, fn, data);
}
