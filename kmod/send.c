// SPDX-License-Identifier: GPL-2.0-only
/* What sends of both kinds have in common: the socket, and the job around it. */
#include <linux/slab.h>
#include <net/sock.h>
#include <net/tcp.h>

#include "knetctl.h"
#include "netlink-gen.h"

/* Each worker blocks for as long as its job lasts. */
static struct workqueue_struct *send_wq;

/* ------------------------------------------------------------ socket -- */

static int send_set_multicast(struct knet_send *send, struct socket *sock, bool ipv6)
{
	struct ip_mreqn mreq = { .imr_ifindex = send->multicast_ifindex };

	if (ipv6)
		return knet_sock_set(sock, SOL_IPV6, IPV6_MULTICAST_IF, send->multicast_ifindex);
	return sock->ops->setsockopt(sock, SOL_IP, IP_MULTICAST_IF, KERNEL_SOCKPTR(&mreq),
				     sizeof(mreq));
}

static int send_set_ttl(struct knet_send *send, struct socket *sock, bool ipv6)
{
	int err;

	if (ipv6)
		err = knet_sock_set(sock, SOL_IPV6, IPV6_UNICAST_HOPS, send->ttl);
	else
		err = knet_sock_set(sock, SOL_IP, IP_TTL, send->ttl);
	if (err || !send->udp)
		return err;
	if (ipv6)
		return knet_sock_set(sock, SOL_IPV6, IPV6_MULTICAST_HOPS, send->ttl);
	return knet_sock_set(sock, SOL_IP, IP_MULTICAST_TTL, send->ttl);
}

/* Options as the caller sets them: what they need is asked of the caller. */
static int send_prepare(struct knet_send *send, struct socket *sock, bool ipv6)
{
	int err = 0;

	if (send->udp) {
		/* ICMP errors of all kinds, and a full queue, become errors of the socket. */
		if (ipv6)
			err = knet_sock_set(sock, SOL_IPV6, IPV6_RECVERR, 1);
		if (!err)
			err = knet_sock_set(sock, SOL_IP, IP_RECVERR, 1);
	}
	if (!err && send->ifindex)
		err = sock_bindtoindex(sock->sk, send->ifindex, true);
	if (!err && send->mark)
		err = knet_sock_set(sock, SOL_SOCKET, SO_MARK, send->mark);
	if (!err && (send->flags & KNETCTL_SEND_FLAGS_BROADCAST))
		err = knet_sock_set(sock, SOL_SOCKET, SO_BROADCAST, 1);
	if (!err && send->ttl)
		err = send_set_ttl(send, sock, ipv6);
	if (!err && send->tos >= 0)
		err = ipv6 ? knet_sock_set(sock, SOL_IPV6, IPV6_TCLASS, send->tos) :
			     knet_sock_set(sock, SOL_IP, IP_TOS, send->tos);
	if (!err && send->multicast_ifindex)
		err = send_set_multicast(send, sock, ipv6);
	return err;
}

static const char *send_why(int err)
{
	switch (err) {
	case -EACCES:
		return "a broadcast address needs the flag broadcast, a low port a privilege";
	case -EADDRINUSE:
		return "another socket has the source's address and port";
	case -EADDRNOTAVAIL:
		return "the source is none of this machine's addresses";
	case -EAFNOSUPPORT:
		return "the source is of another family, or there is no IPv6 here";
	case -EINVAL:
		return "an address that cannot be used; a link-local one needs its interface";
	case -ENETUNREACH:
	case -EHOSTUNREACH:
		return "there is no route";
	case -ENODEV:
		return "there is no such interface";
	default:
		return "cannot connect";
	}
}

static int send_try(struct knet_send *send)
{
	const struct knet_addr *remote = &send->remote[send->index];
	bool ipv6 = remote->sa.sa_family == AF_INET6;
	struct socket *sock;
	int err;

	if (send->source.sa.sa_family != AF_UNSPEC &&
	    send->source.sa.sa_family != remote->sa.sa_family)
		return -EAFNOSUPPORT;
	err = sock_create_kern(send->net, remote->sa.sa_family,
			       send->udp ? SOCK_DGRAM : SOCK_STREAM,
			       send->udp ? IPPROTO_UDP : IPPROTO_TCP, &sock);
	if (err)
		return err;
	knet_sock_watch(&send->ks, sock, &send->waker);
	err = send_prepare(send, sock, ipv6);
	if (!err && send->source.sa.sa_family != AF_UNSPEC)
		err = knet_sock_bind(&send->ks, &send->source);
	if (!err)
		err = knet_sock_connect(&send->ks, remote);
	if (!err || err == -EINPROGRESS)
		return 0;
	knet_sock_abort(&send->ks);
	return err;
}

/**
 * knet_send_open() - make the socket, and connect it or begin to
 * @send: without a socket; @index is the first address to try
 * @why: set to the reason of a failure
 *
 * Context: Process, with the credentials that the socket is for; the lock held
 * when the worker knows it already.
 * Return: 0, or a negative errno when no address can be tried.
 */
int knet_send_open(struct knet_send *send, const char **why)
{
	int err = -EADDRNOTAVAIL;

	for (; send->index < send->remote_count; send->index++) {
		err = send_try(send);
		if (!err)
			return 0;
	}
	*why = send_why(err);
	return err;
}

/**
 * knet_send_addresses() - both ends, as far as they are known
 * @send: of the worker or handler that asks
 * @local: set
 * @remote: set
 */
void knet_send_addresses(struct knet_send *send, struct knet_addr *local,
			 struct knet_addr *remote)
{
	*remote = send->remote[min(send->index, send->remote_count - 1)];
	local->sa.sa_family = AF_UNSPEC;
	mutex_lock(&send->lock);
	if (send->ks.sock)
		knet_sock_local(&send->ks, local);
	mutex_unlock(&send->lock);
}

/* ------------------------------------------------------ making, freeing -- */

static void send_work(struct work_struct *work);

/**
 * knet_send_alloc() - something to send
 * @net: namespace of the caller
 *
 * Return: it, empty, or NULL.
 */
struct knet_send *knet_send_alloc(struct net *net)
{
	struct knet_send *send = kzalloc(sizeof(*send), GFP_KERNEL_ACCOUNT);

	if (!send)
		return NULL;
	INIT_DELAYED_WORK(&send->work, send_work);
	INIT_LIST_HEAD(&send->node);
	knet_waker_init(&send->waker, NULL, NULL);
	mutex_init(&send->lock);
	send->net = net;
	send->count = 1;
	send->tos = -1;
	return send;
}

/**
 * knet_send_free() - forget it
 * @send: in no list; NULL is allowed
 */
void knet_send_free(struct knet_send *send)
{
	if (!send)
		return;
	knet_sock_abort(&send->ks);
	kvfree(send->data);
	kfree(send);
}

/* --------------------------------------------------------------- job -- */

/**
 * knet_send_must_end() - whether the job must end now
 * @send: of the worker that asks
 * @why: set when it must
 *
 * Return: 0, or a negative errno.
 */
int knet_send_must_end(struct knet_send *send, const char **why)
{
	if (READ_ONCE(send->aborted)) {
		*why = "the network namespace is gone";
		return -ENETDOWN;
	}
	if (test_bit(KNET_JOB_CANCEL, &send->job->bits)) {
		*why = send->job->cancel_err == ESHUTDOWN ? "the module is being unloaded" :
							    "cancelled";
		return -send->job->cancel_err;
	}
	return 0;
}

static u32 send_class(const struct knet_send *send, int err)
{
	if (test_bit(KNET_JOB_CANCEL, &send->job->bits))
		return KNETCTL_ERROR_CLASS_LOCAL;
	switch (err) {
	case -ETIME:
		return KNETCTL_ERROR_CLASS_TIMER;
	case -ENOMEM:
	case -EMSGSIZE:
	case -EACCES:
	case -EPERM:
	case -EIO:
		return KNETCTL_ERROR_CLASS_LOCAL;
	default:
		return KNETCTL_ERROR_CLASS_NETWORK;
	}
}

/* Close: what was sent well is delivered, all else is reset. Nobody finds it afterwards. */
static void send_close(struct knet_send *send, int err)
{
	struct knet_net *kn = send->job->kn;

	mutex_lock(&kn->lock);
	list_del_init(&send->node);
	mutex_unlock(&kn->lock);
	mutex_lock(&send->lock);
	if (err)
		knet_sock_abort(&send->ks);
	else
		knet_sock_close(&send->ks);
	mutex_unlock(&send->lock);
}

static void send_end(struct knet_send *send, int err, const char *why)
{
	struct knet_ftp_result result = {};
	u32 state = KNETCTL_JOB_STATE_DONE;

	send_close(send, err);
	if (err) {
		state = test_bit(KNET_JOB_CANCEL, &send->job->bits) &&
			-err == send->job->cancel_err ? KNETCTL_JOB_STATE_CANCELLED :
							KNETCTL_JOB_STATE_FAILED;
		result.class = send_class(send, err);
		result.err = err == -ETIME ? ETIMEDOUT : -err;
		result.text_len = strscpy(result.text, why, sizeof(result.text));
	}
	knet_job_end(send->job, state, &result);
}

static void send_work(struct work_struct *work)
{
	struct knet_send *send = container_of(to_delayed_work(work), struct knet_send, work);
	struct knet_job *job = send->job;
	const struct cred *old = override_creds(job->cred);
	struct mem_cgroup *old_memcg = set_active_memcg(job->memcg);
	const char *why = "cannot send";
	int err;

	mutex_lock(&job->kn->lock);
	job->state = KNETCTL_JOB_STATE_RUNNING;
	mutex_unlock(&job->kn->lock);
	err = send->udp ? knet_send_udp(send, &why) : knet_send_tcp(send, &why);
	set_active_memcg(old_memcg);
	revert_creds(old);
	send_end(send, err, why);
}

static int send_submit(struct knet_job *job, struct netlink_ext_ack *extack)
{
	lockdep_assert_held(&job->kn->lock);
	list_add_tail(&job->send->node, &job->kn->sends);
	queue_delayed_work(send_wq, &job->send->work, 0);
	return 0;
}

static void send_cancel(struct knet_job *job)
{
	/* A worker that has not begun ends it when it does. */
	knet_waker_wake(&job->send->waker);
}

static void send_release(struct knet_job *job)
{
	knet_send_free(job->send);
}

static int send_fill(struct sk_buff *skb, const struct knet_job *job)
{
	const struct knet_send *send = job->send;
	struct nlattr *nest = nla_nest_start(skb, KNETCTL_A_JOB_SEND);

	if (!nest)
		return -EMSGSIZE;
	if (nla_put_u32(skb, KNETCTL_A_SEND_FLAGS, send->flags) ||
	    nla_put_u32(skb, KNETCTL_A_SEND_COUNT, send->count) ||
	    nla_put_u32(skb, KNETCTL_A_SEND_SENT, READ_ONCE(send->sent)) ||
	    (send->interval && nla_put_u64_64bit(skb, KNETCTL_A_SEND_INTERVAL_NS, send->interval,
						 KNETCTL_A_SEND_PAD)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

const struct knet_job_ops knet_send_job_ops = {
	.submit = send_submit,
	.cancel = send_cancel,
	.release = send_release,
	.fill = send_fill,
};

/**
 * knet_send_abort_all() - close all sockets, the namespace goes away
 * @kn: namespace
 *
 * Context: Process, knet_net.lock held.
 */
void knet_send_abort_all(struct knet_net *kn)
{
	struct knet_send *send;

	lockdep_assert_held(&kn->lock);
	list_for_each_entry(send, &kn->sends, node) {
		mutex_lock(&send->lock);
		WRITE_ONCE(send->aborted, true);
		knet_sock_abort(&send->ks);
		mutex_unlock(&send->lock);
		knet_waker_wake(&send->waker);
	}
}

/**
 * knet_send_init() - when the module is loaded
 *
 * Return: 0 or -ENOMEM.
 */
int knet_send_init(void)
{
	send_wq = alloc_workqueue("knetctl-send", WQ_UNBOUND, 0);
	return send_wq ? 0 : -ENOMEM;
}

/**
 * knet_send_exit() - when the module is unloaded
 *
 * No job is left.
 */
void knet_send_exit(void)
{
	destroy_workqueue(send_wq);
}
