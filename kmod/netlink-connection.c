// SPDX-License-Identifier: GPL-2.0-only
/* Commands and messages of the noun connection. */
#include <net/sock.h>

#include "knetctl.h"
#include "netlink-gen.h"
#include "netlink-put.h"

/**
 * knet_nl_connection_fill() - write what is to be known of a connection
 * @skb: message
 * @object: the connection; its knet_net.lock is held
 *
 * Context: Any, does not sleep.
 * Return: 0 or -EMSGSIZE.
 */
int knet_nl_connection_fill(struct sk_buff *skb, const void *object)
{
	const struct knet_connection *conn = object;
	u64 age = ktime_to_ns(ktime_sub(ktime_get(), conn->started));

	/* Both endpoints ask for their own room. */
	if (knet_nl_put_addr(skb, KNETCTL_A_CONNECTION_LOCAL, &conn->local) ||
	    knet_nl_put_addr(skb, KNETCTL_A_CONNECTION_REMOTE, &conn->remote) ||
	    !knet_nl_room(skb, 5 * KNET_NL_U32 + 3 * KNET_NL_U64))
		return -EMSGSIZE;
	if (conn->obj.id)
		knet_nl_put_u32(skb, KNETCTL_A_CONNECTION_ID, conn->obj.id);
	knet_nl_put_u32(skb, KNETCTL_A_CONNECTION_LISTENER, conn->listener->obj.id);
	knet_nl_put_u32(skb, KNETCTL_A_CONNECTION_SERVICE, conn->listener->service);
	if (conn->reason)
		knet_nl_put_u32(skb, KNETCTL_A_CONNECTION_REASON, conn->reason);
	if (conn->err)
		knet_nl_put_u32(skb, KNETCTL_A_CONNECTION_ERRNO, conn->err);
	knet_nl_put_u64(skb, KNETCTL_A_CONNECTION_BYTES_IN, READ_ONCE(conn->bytes_in),
			KNETCTL_A_CONNECTION_PAD);
	knet_nl_put_u64(skb, KNETCTL_A_CONNECTION_BYTES_OUT, READ_ONCE(conn->bytes_out),
			KNETCTL_A_CONNECTION_PAD);
	knet_nl_put_u64(skb, KNETCTL_A_CONNECTION_DURATION_NS, age, KNETCTL_A_CONNECTION_PAD);
	return 0;
}

/* An object carries the number of the last event that told of it. */
static int put_connection(struct sk_buff *skb, const struct knet_connection *conn)
{
	struct nlattr *nest;

	lockdep_assert_held(&conn->listener->kn->lock);
	if (conn->last_seq) {
		nest = nla_nest_start(skb, KNETCTL_A_CONNECTION_EVENT);
		if (!nest || nla_put_u64_64bit(skb, KNETCTL_A_EVENT_SEQ, conn->last_seq,
					       KNETCTL_A_EVENT_PAD))
			return -EMSGSIZE;
		nla_nest_end(skb, nest);
	}
	return knet_nl_connection_fill(skb, conn);
}

/* The connection that a request names, with a reference. */
static struct knet_connection *connection_lookup(struct genl_info *info)
{
	const struct nlattr *attr = info->attrs[KNETCTL_A_CONNECTION_ID];
	struct knet_object *obj;

	if (!attr) {
		NL_SET_ERR_MSG(info->extack, "id is missing");
		return ERR_PTR(-EINVAL);
	}
	obj = knet_object_get(knet_net(genl_info_net(info)), nla_get_u32(attr),
			      KNET_OBJECT_CONNECTION);
	if (obj)
		return knet_connection_of(obj);
	NL_SET_ERR_MSG_ATTR(info->extack, attr, "there is no connection with this id");
	return ERR_PTR(-ENOENT);
}

/**
 * knetctl_nl_connection_get_doit() - KNETCTL_CMD_CONNECTION_GET of one connection
 * @skb: request
 * @info: parsed request
 *
 * Return: 0 or a negative errno.
 */
int knetctl_nl_connection_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct knet_connection *conn = connection_lookup(info);
	struct sk_buff *reply;
	struct knet_net *kn;
	int err = -ENOMEM;
	void *head;

	if (IS_ERR(conn))
		return PTR_ERR(conn);
	kn = conn->listener->kn;
	reply = knet_nl_reply(info, KNETCTL_CMD_CONNECTION_GET, KNET_REPLY_SIZE, &head);
	if (reply) {
		mutex_lock(&kn->lock);
		err = put_connection(reply, conn);
		mutex_unlock(&kn->lock);
		err = knet_nl_reply_send(reply, head, info, err);
	}
	knet_object_put(&conn->obj);
	return err;
}

/* It may have ended since it was found, and is not listed then. */
static int put_object(struct sk_buff *skb, const void *object)
{
	const struct knet_connection *conn = container_of(object, struct knet_connection, obj);

	return conn->linked ? put_connection(skb, conn) : -ENOENT;
}

/**
 * knetctl_nl_connection_get_dumpit() - KNETCTL_CMD_CONNECTION_GET of all connections
 * @skb: answer
 * @cb: where the dump is
 *
 * Return: bytes written, 0 at the end, or a negative errno.
 */
int knetctl_nl_connection_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return knet_nl_dump(skb, cb, KNET_OBJECT_CONNECTION, put_object);
}

/**
 * knetctl_nl_connection_close_doit() - KNETCTL_CMD_CONNECTION_CLOSE
 * @skb: request
 * @info: parsed request
 *
 * Return: 0 or a negative errno.
 */
int knetctl_nl_connection_close_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct knet_connection *conn = connection_lookup(info);
	struct knet_net *kn;
	int err;

	if (IS_ERR(conn))
		return PTR_ERR(conn);
	kn = conn->listener->kn;
	mutex_lock(&kn->lock);
	err = knet_connection_close(conn, KNETCTL_CONNECTION_REASON_CLOSED);
	mutex_unlock(&kn->lock);
	if (err == -EALREADY)
		NL_SET_ERR_MSG(info->extack, "the connection has ended");
	knet_object_put(&conn->obj);
	return err;
}
