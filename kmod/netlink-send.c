// SPDX-License-Identifier: GPL-2.0-only
/* The command of the noun send. What becomes of a job is told as that of any job. */
#include <linux/file.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <net/sock.h>

#include "knetctl.h"
#include "netlink-gen.h"

#define CONNECT_TIMEOUT_MS	30000

static int refuse(struct netlink_ext_ack *extack, const struct nlattr *attr, int err,
		  const char *why)
{
	if (attr)
		NL_SET_BAD_ATTR(extack, attr);
	knet_nl_set_msg(extack, why);
	return err;
}

/* All addresses to try; they are repeated attributes of the message. */
static int get_remotes(struct genl_info *info, struct knet_send *send)
{
	struct nlattr *attr;
	int rem, err;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		struct knet_addr *remote = &send->remote[send->remote_count];

		if (nla_type(attr) != KNETCTL_A_JOB_REMOTE)
			continue;
		if (send->remote_count == KNETCTL_REMOTES_MAX)
			return refuse(info->extack, attr, -E2BIG, "too many addresses");
		err = knet_nl_get_addr(attr, remote, info->extack);
		if (err)
			return err;
		if (!knet_addr_port(remote))
			return refuse(info->extack, attr, -EINVAL, "the port is missing");
		send->remote_count++;
	}
	return send->remote_count ? 0 : refuse(info->extack, NULL, -EINVAL, "remote is missing");
}

static int get_data(struct nlattr **tb, struct knet_send *send,
		    struct netlink_ext_ack *extack)
{
	const struct nlattr *data = tb[KNETCTL_A_JOB_DATA];
	const struct nlattr *fd = tb[KNETCTL_A_JOB_FD];

	if (data && fd)
		return refuse(extack, fd, -EINVAL, "data or fd, not both");
	if (!data)
		return fd && !send->udp ? 0 : refuse(extack, fd, -EINVAL, "data is missing");
	send->len = nla_len(data);
	if (send->udp && send->remote[0].sa.sa_family == AF_INET &&
	    send->len > KNET_DATAGRAM_MAX4)
		return refuse(extack, data, -EMSGSIZE,
			      "a datagram over IPv4 has at most 65507 bytes");
	if (send->udp && send->len > KNET_DATAGRAM_MAX6)
		return refuse(extack, data, -EMSGSIZE,
			      "a datagram over IPv6 has at most 65527 bytes");
	/* A byte more, so that nothing has an address too. */
	send->data = kvmalloc(send->len + 1, GFP_KERNEL_ACCOUNT);
	if (!send->data)
		return -ENOMEM;
	memcpy(send->data, nla_data(data), send->len);
	return 0;
}

static void get_u32(const struct nlattr *attr, u32 *value)
{
	if (attr)
		*value = nla_get_u32(attr);
}

static int check_ifindex(struct knet_send *send, const struct nlattr *attr, int *ifindex,
			 struct netlink_ext_ack *extack)
{
	struct net_device *dev;

	if (!attr)
		return 0;
	*ifindex = nla_get_u32(attr);
	dev = dev_get_by_index(send->net, *ifindex);
	if (!dev)
		return refuse(extack, attr, -ENODEV, "there is no such interface");
	dev_put(dev);
	return 0;
}

static int take_options(struct nlattr **opts, struct knet_send *send,
			struct netlink_ext_ack *extack)
{
	u32 tos;

	get_u32(opts[KNETCTL_A_SEND_FLAGS], &send->flags);
	get_u32(opts[KNETCTL_A_SEND_COUNT], &send->count);
	get_u32(opts[KNETCTL_A_SEND_WAIT], &send->wait);
	get_u32(opts[KNETCTL_A_SEND_MARK], &send->mark);
	get_u32(opts[KNETCTL_A_SEND_TTL], &send->ttl);
	if (opts[KNETCTL_A_SEND_TOS]) {
		tos = nla_get_u32(opts[KNETCTL_A_SEND_TOS]);
		send->tos = tos;
	}
	if (opts[KNETCTL_A_SEND_INTERVAL_NS])
		send->interval = nla_get_u64(opts[KNETCTL_A_SEND_INTERVAL_NS]);
	/* The last datagram's time must be a number. */
	if (send->interval && send->interval > (u64)S64_MAX / 2 / send->count)
		return refuse(extack, opts[KNETCTL_A_SEND_INTERVAL_NS], -ERANGE,
			      "so many at this interval take centuries");
	if (!send->udp && (send->count > 1 || send->interval || send->wait || send->flags))
		return refuse(extack, opts[KNETCTL_A_SEND_COUNT], -EINVAL,
			      "count, interval, wait and broadcast are for datagrams");
	return check_ifindex(send, opts[KNETCTL_A_SEND_IFINDEX], &send->ifindex, extack) ?:
	       check_ifindex(send, opts[KNETCTL_A_SEND_MULTICAST_IFINDEX],
			     &send->multicast_ifindex, extack);
}

static int get_send(struct genl_info *info, struct knet_send *send)
{
	struct nlattr *opts[KNETCTL_A_SEND_MAX + 1] = {};
	struct nlattr **tb = info->attrs;
	u32 kind;
	int err;

	if (!tb[KNETCTL_A_JOB_KIND])
		return refuse(info->extack, NULL, -EINVAL, "kind is missing");
	kind = nla_get_u32(tb[KNETCTL_A_JOB_KIND]);
	if (kind != KNETCTL_JOB_KIND_SEND_UDP && kind != KNETCTL_JOB_KIND_SEND_TCP)
		return refuse(info->extack, tb[KNETCTL_A_JOB_KIND], -EINVAL,
			      "the kind is send-udp or send-tcp");
	send->udp = kind == KNETCTL_JOB_KIND_SEND_UDP;
	if (tb[KNETCTL_A_JOB_SEND]) {
		err = nla_parse_nested(opts, KNETCTL_A_SEND_MAX, tb[KNETCTL_A_JOB_SEND],
				       knetctl_send_nl_policy, info->extack);
		if (err)
			return err;
	}
	err = get_remotes(info, send);
	if (!err && tb[KNETCTL_A_JOB_SOURCE])
		err = knet_nl_get_addr(tb[KNETCTL_A_JOB_SOURCE], &send->source, info->extack);
	return err ?: take_options(opts, send, info->extack) ?:
	       get_data(tb, send, info->extack);
}

static int open_socket(struct genl_info *info, struct knet_send *send)
{
	const struct nlattr *source = info->attrs[KNETCTL_A_JOB_SOURCE];
	const char *why;
	int err = knet_send_open(send, &why);

	if (source && (err == -EADDRINUSE || err == -EADDRNOTAVAIL))
		return refuse(info->extack, source, err, why);
	return err ? refuse(info->extack, info->attrs[KNETCTL_A_JOB_REMOTE], err, why) : 0;
}

/* One datagram, now. */
static int send_at_once(struct genl_info *info, struct knet_send *send, struct sk_buff *reply)
{
	struct knet_addr local, remote;
	int n = knet_send_datagram(send);

	if (n == -EMSGSIZE)
		return refuse(info->extack, NULL, n,
			      "the datagram is longer than the path or the socket takes");
	if (n < 0)
		return refuse(info->extack, info->attrs[KNETCTL_A_JOB_REMOTE], n,
			      "the datagram was not taken, or an ICMP error came back");
	knet_send_addresses(send, &local, &remote);
	return knet_nl_put_addr(reply, KNETCTL_A_JOB_REMOTE, &remote) ?:
	       knet_nl_put_addr(reply, KNETCTL_A_JOB_LOCAL, &local) ?:
	       nla_put_u64_64bit(reply, KNETCTL_A_JOB_BYTES, n, KNETCTL_A_JOB_PAD);
}

static int get_job(struct genl_info *info, struct knet_job *job, struct knet_send *send)
{
	struct nlattr **tb = info->attrs;
	const char *reason;
	int err;

	job->ops = &knet_send_job_ops;
	job->send = send;
	send->job = job;
	job->kind = nla_get_u32(tb[KNETCTL_A_JOB_KIND]);
	job->portid = info->snd_portid;
	if (tb[KNETCTL_A_JOB_FLAGS])
		job->flags = nla_get_u32(tb[KNETCTL_A_JOB_FLAGS]);
	job->timers.connect = knet_nl_timeout(tb[KNETCTL_A_JOB_CONNECT_TIMEOUT],
					      CONNECT_TIMEOUT_MS);
	job->timers.total = knet_nl_timeout(tb[KNETCTL_A_JOB_TIMEOUT], 0);
	knet_send_addresses(send, &job->local, &job->remote);
	job->size = (u64)send->len * send->count;
	if (send->data)
		return 0;
	job->file = fget(nla_get_s32(tb[KNETCTL_A_JOB_FD]));
	if (!job->file)
		return refuse(info->extack, tb[KNETCTL_A_JOB_FD], -EBADF,
			      "not an open file descriptor");
	err = knet_stream_check_source(job->file, &reason);
	if (err)
		return refuse(info->extack, tb[KNETCTL_A_JOB_FD], err, reason);
	job->size = i_size_read(file_inode(job->file));
	return 0;
}

/* The job takes over @send, whatever comes of it. */
static int send_as_job(struct genl_info *info, struct knet_send *send, struct sk_buff *reply)
{
	struct knet_net *kn = knet_net(genl_info_net(info));
	struct knet_job *job = knet_job_alloc(kn);
	int err;

	if (!job) {
		knet_send_free(send);
		return -ENOMEM;
	}
	err = get_job(info, job, send);
	if (!err) {
		mutex_lock(&kn->lock);
		err = knet_job_accept(job, info->extack);
		if (!err)
			err = nla_put_u32(reply, KNETCTL_A_JOB_ID, job->obj.id);
		mutex_unlock(&kn->lock);
	}
	if (err)
		knet_job_put(job);
	return err;
}

/**
 * knetctl_nl_send_start_doit() - KNETCTL_CMD_SEND_START
 * @skb: request
 * @info: parsed request
 *
 * Return: 0 or a negative errno, the refusal.
 */
int knetctl_nl_send_start_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct knet_send *send;
	struct sk_buff *reply;
	void *head;
	int err;

	/* First what can fail: what was sent must be answered. */
	reply = knet_nl_reply(info, KNETCTL_CMD_SEND_START, KNET_REPLY_SIZE, &head);
	send = knet_send_alloc(genl_info_net(info));
	err = reply && send ? get_send(info, send) ?: open_socket(info, send) : -ENOMEM;
	if (err) {
		knet_send_free(send);
	} else if (send->udp && send->count == 1 && !send->wait) {
		err = send_at_once(info, send, reply);
		knet_send_free(send);
	} else {
		err = send_as_job(info, send, reply);
	}
	if (!err)
		return knet_nl_reply_send(reply, head, info, 0);
	nlmsg_free(reply);
	return err;
}
