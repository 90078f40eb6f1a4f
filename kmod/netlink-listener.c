// SPDX-License-Identifier: GPL-2.0-only
/* Commands of the noun listener. */
#include <linux/file.h>
#include <linux/slab.h>
#include <net/sock.h>

#include "knetctl.h"
#include "netlink-gen.h"

/* Room for an answer about one. */
#define LISTENER_SIZE	(KNET_REPLY_SIZE + KNETCTL_BANNER_MAX)

/* ------------------------------------------------------------ answers -- */

static int put_limits(struct sk_buff *skb, const struct knet_limits *limits)
{
	if ((limits->max && nla_put_u32(skb, KNETCTL_A_LISTENER_MAX_CONNECTIONS, limits->max)) ||
	    (limits->per_source &&
	     nla_put_u32(skb, KNETCTL_A_LISTENER_PER_SOURCE, limits->per_source)) ||
	    (limits->prefix &&
	     nla_put_u32(skb, KNETCTL_A_LISTENER_PER_SOURCE_PREFIX, limits->prefix)) ||
	    (limits->rate && nla_put_u32(skb, KNETCTL_A_LISTENER_RATE, limits->rate)) ||
	    nla_put_u32(skb, KNETCTL_A_LISTENER_ON_LIMIT, limits->on_limit) ||
	    (limits->idle && nla_put_u32(skb, KNETCTL_A_LISTENER_IDLE, limits->idle)))
		return -EMSGSIZE;
	return 0;
}

static int put_counts(struct sk_buff *skb, const struct knet_listener *l)
{
	u64 age = ktime_to_ns(ktime_sub(ktime_get(), l->started));

	if (nla_put_u32(skb, KNETCTL_A_LISTENER_CONNECTIONS, l->connection_count) ||
	    nla_put_u32(skb, KNETCTL_A_LISTENER_WAITING, l->waiting_count) ||
	    nla_put_u64_64bit(skb, KNETCTL_A_LISTENER_ACCEPTED, l->accepted,
			      KNETCTL_A_LISTENER_PAD) ||
	    nla_put_u64_64bit(skb, KNETCTL_A_LISTENER_REJECTED, l->rejected,
			      KNETCTL_A_LISTENER_PAD) ||
	    nla_put_u64_64bit(skb, KNETCTL_A_LISTENER_DURATION_NS, age, KNETCTL_A_LISTENER_PAD))
		return -EMSGSIZE;
	return 0;
}

static int put_listener(struct sk_buff *skb, const struct knet_listener *l)
{
	u32 flags = l->flags;

	lockdep_assert_held(&l->kn->lock);
	if (l->paused)
		flags |= KNETCTL_LISTENER_FLAGS_PAUSED;
	if (nla_put_u32(skb, KNETCTL_A_LISTENER_ID, l->obj.id) ||
	    knet_nl_put_addr(skb, KNETCTL_A_LISTENER_LOCAL, &l->local) ||
	    nla_put_u32(skb, KNETCTL_A_LISTENER_FLAGS, flags) ||
	    (l->ifindex && nla_put_u32(skb, KNETCTL_A_LISTENER_IFINDEX, l->ifindex)) ||
	    nla_put_u32(skb, KNETCTL_A_LISTENER_BACKLOG, READ_ONCE(l->backlog)) ||
	    nla_put_u32(skb, KNETCTL_A_LISTENER_SERVICE, l->service) ||
	    (l->text && nla_put(skb, KNETCTL_A_LISTENER_TEXT, l->text_len, l->text)))
		return -EMSGSIZE;
	return put_limits(skb, &l->limits) ?: put_counts(skb, l);
}

/* ---------------------------------------------------------------- add -- */

static int refuse(struct netlink_ext_ack *extack, const struct nlattr *attr, int err,
		  const char *why)
{
	if (attr)
		NL_SET_BAD_ATTR(extack, attr);
	knet_nl_set_msg(extack, why);
	return err;
}

static void get_u32(const struct nlattr *attr, u32 *value)
{
	if (attr)
		*value = nla_get_u32(attr);
}

static int get_limits(struct nlattr **tb, const struct knet_listener *l,
		      struct knet_limits *limits, struct netlink_ext_ack *extack)
{
	get_u32(tb[KNETCTL_A_LISTENER_MAX_CONNECTIONS], &limits->max);
	get_u32(tb[KNETCTL_A_LISTENER_PER_SOURCE], &limits->per_source);
	get_u32(tb[KNETCTL_A_LISTENER_PER_SOURCE_PREFIX], &limits->prefix);
	get_u32(tb[KNETCTL_A_LISTENER_RATE], &limits->rate);
	get_u32(tb[KNETCTL_A_LISTENER_ON_LIMIT], &limits->on_limit);
	get_u32(tb[KNETCTL_A_LISTENER_IDLE], &limits->idle);
	if (l->local.sa.sa_family == AF_INET && limits->prefix > 32)
		return refuse(extack, tb[KNETCTL_A_LISTENER_PER_SOURCE_PREFIX], -EINVAL,
			      "an IPv4 address has 32 bits");
	return 0;
}

static int get_text(struct nlattr **tb, struct knet_listener *l, struct netlink_ext_ack *extack)
{
	const struct nlattr *attr = tb[KNETCTL_A_LISTENER_TEXT];

	if (l->service != KNETCTL_SERVICE_BANNER)
		return attr ? refuse(extack, attr, -EINVAL, "only a banner has a text") : 0;
	if (!attr)
		return refuse(extack, NULL, -EINVAL, "the text of the banner is missing");
	if (nla_len(attr) > KNETCTL_BANNER_MAX)
		return refuse(extack, attr, -EMSGSIZE, "a banner has at most 4096 bytes");
	l->text_len = nla_len(attr);
	l->text = kmemdup_nul(nla_data(attr), l->text_len, GFP_KERNEL_ACCOUNT);
	return l->text ? 0 : -ENOMEM;
}

static int take_file(struct nlattr **tb, struct knet_listener *l, struct netlink_ext_ack *extack)
{
	const struct nlattr *attr = tb[KNETCTL_A_LISTENER_FD];
	const char *reason;
	int err;

	if (l->service != KNETCTL_SERVICE_FILE)
		return attr ? refuse(extack, attr, -EINVAL, "only the service file has a file") : 0;
	if (!attr)
		return refuse(extack, NULL, -EINVAL, "fd is missing");
	l->file = fget(nla_get_s32(attr));
	if (!l->file)
		return refuse(extack, attr, -EBADF, "not an open file descriptor");
	err = knet_stream_check_source(l->file, &reason);
	return err ? refuse(extack, attr, err, reason) : 0;
}

static int get_listener(struct nlattr **tb, struct knet_listener *l,
			struct netlink_ext_ack *extack)
{
	const u32 result = KNETCTL_LISTENER_FLAGS_IPV4_FALLBACK | KNETCTL_LISTENER_FLAGS_PAUSED |
			   KNETCTL_LISTENER_FLAGS_KEEP_CONNECTIONS;
	u32 ifindex = 0;
	int err;

	if (!tb[KNETCTL_A_LISTENER_LOCAL])
		return refuse(extack, NULL, -EINVAL, "local is missing");
	err = knet_nl_get_addr(tb[KNETCTL_A_LISTENER_LOCAL], &l->local, extack);
	if (err)
		return err;
	l->service = KNETCTL_SERVICE_HOLD;
	get_u32(tb[KNETCTL_A_LISTENER_FLAGS], &l->flags);
	get_u32(tb[KNETCTL_A_LISTENER_BACKLOG], &l->backlog);
	get_u32(tb[KNETCTL_A_LISTENER_SERVICE], &l->service);
	get_u32(tb[KNETCTL_A_LISTENER_IFINDEX], &ifindex);
	l->ifindex = ifindex;
	if (l->flags & result)
		return refuse(extack, tb[KNETCTL_A_LISTENER_FLAGS], -EINVAL,
			      "only v6only can be asked for");
	if ((l->flags & KNETCTL_LISTENER_FLAGS_V6ONLY) && l->local.sa.sa_family != AF_INET6)
		return refuse(extack, tb[KNETCTL_A_LISTENER_FLAGS], -EINVAL,
			      "v6only goes with an IPv6 address");
	return get_limits(tb, l, &l->limits, extack) ?: get_text(tb, l, extack) ?:
	       take_file(tb, l, extack);
}

static int listener_add(struct genl_info *info, struct knet_listener *l, struct sk_buff *reply)
{
	struct knet_net *kn = l->kn;
	const char *why;
	int err;

	err = get_listener(info->attrs, l, info->extack);
	if (err)
		return err;
	err = knet_listener_open(l, &why);
	if (err)
		return refuse(info->extack, info->attrs[KNETCTL_A_LISTENER_LOCAL], err, why);
	mutex_lock(&kn->lock);
	err = knet_listener_start(l, info->extack);
	if (!err)
		err = put_listener(reply, l);
	mutex_unlock(&kn->lock);
	/* The answer has room: it cannot fail once the listener is there. */
	if (err)
		knet_sock_abort(&l->ks);
	return err;
}

/**
 * knetctl_nl_listener_add_doit() - KNETCTL_CMD_LISTENER_ADD
 * @skb: request
 * @info: parsed request
 *
 * Return: 0 or a negative errno, the refusal.
 */
int knetctl_nl_listener_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct knet_listener *l;
	struct sk_buff *reply;
	void *head;
	int err;

	reply = knet_nl_reply(info, KNETCTL_CMD_LISTENER_ADD, LISTENER_SIZE, &head);
	l = knet_listener_alloc(knet_net(genl_info_net(info)));
	err = reply && l ? listener_add(info, l, reply) : -ENOMEM;
	if (!err)
		return knet_nl_reply_send(reply, head, info, 0);
	if (l)
		knet_object_put(&l->obj);
	nlmsg_free(reply);
	return err;
}

/* ------------------------------------------------- get, set and delete -- */

/* The listener that a request names, with a reference. */
static struct knet_listener *listener_lookup(struct genl_info *info, int attr_id)
{
	const struct nlattr *attr = info->attrs[attr_id];
	struct knet_object *obj;

	if (!attr) {
		NL_SET_ERR_MSG(info->extack, "the id of the listener is missing");
		return ERR_PTR(-EINVAL);
	}
	obj = knet_object_get(knet_net(genl_info_net(info)), nla_get_u32(attr),
			      KNET_OBJECT_LISTENER);
	if (obj)
		return knet_listener_of(obj);
	NL_SET_ERR_MSG_ATTR(info->extack, attr, "there is no listener with this id");
	return ERR_PTR(-ENOENT);
}

/**
 * knetctl_nl_listener_get_doit() - KNETCTL_CMD_LISTENER_GET of one listener
 * @skb: request
 * @info: parsed request
 *
 * Return: 0 or a negative errno.
 */
int knetctl_nl_listener_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct knet_listener *l = listener_lookup(info, KNETCTL_A_LISTENER_ID);
	struct sk_buff *reply;
	int err = -ENOMEM;
	void *head;

	if (IS_ERR(l))
		return PTR_ERR(l);
	reply = knet_nl_reply(info, KNETCTL_CMD_LISTENER_GET, LISTENER_SIZE, &head);
	if (reply) {
		mutex_lock(&l->kn->lock);
		err = put_listener(reply, l);
		mutex_unlock(&l->kn->lock);
		err = knet_nl_reply_send(reply, head, info, err);
	}
	knet_object_put(&l->obj);
	return err;
}

static int put_object(struct sk_buff *skb, const void *object)
{
	return put_listener(skb, container_of(object, struct knet_listener, obj));
}

/**
 * knetctl_nl_listener_get_dumpit() - KNETCTL_CMD_LISTENER_GET of all listeners
 * @skb: answer
 * @cb: where the dump is
 *
 * Return: bytes written, 0 at the end, or a negative errno.
 */
int knetctl_nl_listener_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return knet_nl_dump(skb, cb, KNET_OBJECT_LISTENER, put_object);
}

/* Connections look at the idle limit when they run. */
static void idle_changed(struct knet_listener *l)
{
	struct knet_connection *conn;

	list_for_each_entry(conn, &l->connections, node)
		knet_connection_wake(conn);
}

static int listener_set(struct genl_info *info, struct knet_listener *l, struct sk_buff *reply)
{
	struct knet_limits limits;
	u32 idle;
	int err;

	lockdep_assert_held(&l->kn->lock);
	if (l->stopped)
		return -ENOENT;
	limits = l->limits;
	idle = limits.idle;
	err = get_limits(info->attrs, l, &limits, info->extack) ?: knet_limit_set(l, &limits);
	if (err)
		return err;
	if (idle != limits.idle)
		idle_changed(l);
	knet_listener_resume(l);
	return put_listener(reply, l);
}

/**
 * knetctl_nl_listener_set_doit() - KNETCTL_CMD_LISTENER_SET
 * @skb: request
 * @info: parsed request
 *
 * Return: 0 or a negative errno.
 */
int knetctl_nl_listener_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *backlog = info->attrs[KNETCTL_A_LISTENER_BACKLOG];
	struct knet_listener *l = listener_lookup(info, KNETCTL_A_LISTENER_ID);
	struct sk_buff *reply;
	int err = -ENOMEM;
	void *head;

	if (IS_ERR(l))
		return PTR_ERR(l);
	reply = knet_nl_reply(info, KNETCTL_CMD_LISTENER_SET, LISTENER_SIZE, &head);
	if (!reply)
		goto put;
	err = backlog ? knet_listener_set_backlog(l, nla_get_u32(backlog)) : 0;
	if (!err) {
		mutex_lock(&l->kn->lock);
		err = listener_set(info, l, reply);
		mutex_unlock(&l->kn->lock);
	}
	err = knet_nl_reply_send(reply, head, info, err);
put:
	knet_object_put(&l->obj);
	return err;
}

/**
 * knetctl_nl_listener_del_doit() - KNETCTL_CMD_LISTENER_DEL
 * @skb: request
 * @info: parsed request
 *
 * Return: 0 or a negative errno.
 */
int knetctl_nl_listener_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct knet_listener *l = listener_lookup(info, KNETCTL_A_LISTENER_ID);
	u32 flags = 0;
	int err;

	if (IS_ERR(l))
		return PTR_ERR(l);
	get_u32(info->attrs[KNETCTL_A_LISTENER_FLAGS], &flags);
	err = knet_listener_stop(l, flags & KNETCTL_LISTENER_FLAGS_KEEP_CONNECTIONS ? 0 :
				    KNETCTL_CONNECTION_REASON_DELETED);
	knet_object_put(&l->obj);
	return err;
}

/* ------------------------------------------------------------- accept -- */

/* Make a file of @sock, which is used up. */
static struct file *accept_file(struct socket *sock)
{
	struct sock *sk = sock->sk;

	/* The caller's netlink socket holds the namespace. */
	lock_sock(sk);
	sk_net_refcnt_upgrade(sk);
	release_sock(sk);
	return sock_alloc_file(sock, 0, NULL);
}

static int accept_reply(struct genl_info *info, struct sk_buff *reply, void *head,
			const struct knet_connection *conn, int fd)
{
	int err;

	err = nla_put_u32(reply, KNETCTL_A_CONNECTION_ID, conn->obj.id) ?:
	      nla_put_u32(reply, KNETCTL_A_CONNECTION_LISTENER, conn->listener->obj.id) ?:
	      nla_put_u32(reply, KNETCTL_A_CONNECTION_SERVICE, conn->listener->service) ?:
	      knet_nl_put_addr(reply, KNETCTL_A_CONNECTION_LOCAL, &conn->local) ?:
	      knet_nl_put_addr(reply, KNETCTL_A_CONNECTION_REMOTE, &conn->remote) ?:
	      nla_put_s32(reply, KNETCTL_A_CONNECTION_FD, fd);
	return knet_nl_reply_send(reply, head, info, err);
}

static int listener_accept(struct genl_info *info, struct knet_listener *l, int fd,
			   struct sk_buff *reply, void *head)
{
	struct knet_connection *conn;
	struct socket *sock;
	struct file *file;
	int err;

	mutex_lock(&l->kn->lock);
	conn = knet_connection_hand_over(l, &sock);
	mutex_unlock(&l->kn->lock);
	if (!conn) {
		nlmsg_free(reply);
		NL_SET_ERR_MSG(info->extack, "no connection waits");
		return -EAGAIN;
	}
	file = accept_file(sock);
	if (IS_ERR(file)) {
		nlmsg_free(reply);
		err = PTR_ERR(file);
	} else {
		err = accept_reply(info, reply, head, conn, fd);
		if (err)
			fput(file);
		else
			fd_install(fd, file);
	}
	knet_object_put(&conn->obj);
	return err;
}

/**
 * knetctl_nl_listener_accept_doit() - KNETCTL_CMD_LISTENER_ACCEPT
 * @skb: request
 * @info: parsed request
 *
 * Return: 0, -EAGAIN when no connection waits, or another negative errno.
 */
int knetctl_nl_listener_accept_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct knet_listener *l = listener_lookup(info, KNETCTL_A_CONNECTION_LISTENER);
	struct sk_buff *reply;
	int err = -ENOMEM, fd;
	void *head;

	if (IS_ERR(l))
		return PTR_ERR(l);
	if (l->service != KNETCTL_SERVICE_HANDOFF) {
		err = refuse(info->extack, info->attrs[KNETCTL_A_CONNECTION_LISTENER], -EINVAL,
			     "the listener's service is not handoff");
		goto put;
	}
	/* First what can fail, so that no connection is lost by it. */
	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0) {
		err = fd;
		goto put;
	}
	reply = knet_nl_reply(info, KNETCTL_CMD_LISTENER_ACCEPT, KNET_REPLY_SIZE, &head);
	if (reply)
		err = listener_accept(info, l, fd, reply, head);
	if (err)
		put_unused_fd(fd);
put:
	knet_object_put(&l->obj);
	return err;
}
