// SPDX-License-Identifier: LGPL-2.1-or-later
/* Connections of listeners. */
#include <errno.h>
#include <string.h>

#include "private.h"

/* Returns 0, or -EBADMSG for a message that is no connection. */
int kn_get_connection(const struct nlmsghdr *nlh, struct knetctl_connection *conn)
{
	struct nlattr *tb[KNETCTL_A_CONNECTION_MAX + 1];
	uint64_t none = 0;

	memset(conn, 0, sizeof(*conn));
	if (kn_parse_message(nlh, tb, KNETCTL_A_CONNECTION_MAX) ||
	    !tb[KNETCTL_A_CONNECTION_LISTENER])
		return -EBADMSG;
	kn_get_u32(tb[KNETCTL_A_CONNECTION_ID], &conn->id);
	kn_get_u32(tb[KNETCTL_A_CONNECTION_LISTENER], &conn->listener);
	kn_get_u32(tb[KNETCTL_A_CONNECTION_SERVICE], &conn->service);
	kn_get_u32(tb[KNETCTL_A_CONNECTION_REASON], &conn->reason);
	kn_get_u32(tb[KNETCTL_A_CONNECTION_ERRNO], &conn->errnum);
	kn_get_u64(tb[KNETCTL_A_CONNECTION_BYTES_IN], &conn->bytes_in);
	kn_get_u64(tb[KNETCTL_A_CONNECTION_BYTES_OUT], &conn->bytes_out);
	kn_get_u64(tb[KNETCTL_A_CONNECTION_DURATION_NS], &conn->duration_ns);
	kn_get_endpoint(tb[KNETCTL_A_CONNECTION_LOCAL], &conn->local);
	kn_get_endpoint(tb[KNETCTL_A_CONNECTION_REMOTE], &conn->remote);
	kn_get_event(tb[KNETCTL_A_CONNECTION_EVENT], &conn->last_seq, &none, &none);
	return 0;
}

static int one_connection(const struct nlmsghdr *nlh, void *data)
{
	return kn_get_connection(nlh, data);
}

static struct nl_msg *id_message(struct knetctl *h, unsigned int cmd, uint32_t id)
{
	struct nl_msg *msg = kn_msg_new(h, cmd, 0);

	if (msg)
		kn_put_u32(msg, KNETCTL_A_CONNECTION_ID, id);
	return msg;
}

KN_EXPORT int knetctl_connection_get(struct knetctl *h, uint32_t id,
				     struct knetctl_connection *connection)
{
	int err;

	err = kn_check(h);
	if (err)
		return err;
	if (!connection)
		return kn_fail(h, EINVAL, "no room for a connection");
	memset(connection, 0, sizeof(*connection));
	err = kn_request(h, id_message(h, KNETCTL_CMD_CONNECTION_GET, id), one_connection,
			 connection);
	if (!err && !connection->id)
		err = kn_fail(h, EBADMSG, "the kernel answered no connection");
	return err;
}

struct listing {
	uint32_t listener;
	int (*each)(const struct knetctl_connection *connection, void *data);
	void *data;
	int result;
};

static int list_one(const struct nlmsghdr *nlh, void *data)
{
	struct knetctl_connection connection;
	struct listing *list = data;

	if (kn_get_connection(nlh, &connection))
		return -EBADMSG;
	if (list->listener && connection.listener != list->listener)
		return 0;
	list->result = list->each(&connection, list->data);
	return list->result ? 1 : 0;
}

KN_EXPORT int knetctl_connection_list(struct knetctl *h, uint32_t listener,
				      int (*each)(const struct knetctl_connection *connection,
						  void *data),
				      void *data)
{
	struct listing list = { .listener = listener, .each = each, .data = data };
	int err;

	err = kn_check(h);
	if (err)
		return err;
	if (!each)
		return kn_fail(h, EINVAL, "no function to call for each connection");
	err = kn_dump(h, kn_msg_new(h, KNETCTL_CMD_CONNECTION_GET, 0), list_one, &list);
	if (err == -EBADMSG)
		kn_fail(h, EBADMSG, "the kernel's answer cannot be read");
	return err > 0 ? list.result : err;
}

KN_EXPORT int knetctl_connection_close(struct knetctl *h, uint32_t id)
{
	int err;

	err = kn_check(h);
	return err ? err : kn_request(h, id_message(h, KNETCTL_CMD_CONNECTION_CLOSE, id), NULL,
				      NULL);
}
