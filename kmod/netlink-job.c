// SPDX-License-Identifier: GPL-2.0-only
/* Commands and messages of the noun job. */
#include <linux/file.h>
#include <linux/slab.h>
#include <net/sock.h>

#include "knetctl.h"
#include "netlink-gen.h"

#define CONNECT_TIMEOUT_MS	30000
#define REPLY_TIMEOUT_MS	60000
#define STALL_TIMEOUT_MS	60000

/* ------------------------------------------------------------ answers -- */

static int put_ftp(struct sk_buff *skb, const struct knet_job *job)
{
	struct nlattr *nest = nla_nest_start(skb, KNETCTL_A_JOB_FTP);

	if (!nest)
		return -EMSGSIZE;
	if (nla_put_u32(skb, KNETCTL_A_FTP_FLAGS, job->ftp_flags) ||
	    nla_put(skb, KNETCTL_A_FTP_USER, strlen(job->user), job->user) ||
	    nla_put(skb, KNETCTL_A_FTP_PATHNAME, strlen(job->pathname), job->pathname) ||
	    nla_put_u64_64bit(skb, KNETCTL_A_FTP_OFFSET, job->request.offset, KNETCTL_A_FTP_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_result(struct sk_buff *skb, const struct knet_job *job)
{
	if ((job->class && nla_put_u32(skb, KNETCTL_A_JOB_CLASS, job->class)) ||
	    (job->err && nla_put_u32(skb, KNETCTL_A_JOB_ERRNO, job->err)) ||
	    (job->code && nla_put_u32(skb, KNETCTL_A_JOB_FTP_CODE, job->code)) ||
	    (job->message &&
	     nla_put(skb, KNETCTL_A_JOB_MESSAGE, job->message_len, job->message)))
		return -EMSGSIZE;
	return 0;
}

static u64 job_duration(const struct knet_job *job)
{
	if (job->state >= KNETCTL_JOB_STATE_DONE)
		return job->duration;
	return ktime_to_ns(ktime_sub(ktime_get(), job->started));
}

/**
 * knet_nl_job_fill() - write what is to be known of a job
 * @skb: message
 * @object: the job; its knet_net.lock is held
 *
 * Context: Any, does not sleep.
 * Return: 0 or -EMSGSIZE.
 */
int knet_nl_job_fill(struct sk_buff *skb, const void *object)
{
	const struct knet_job *job = object;

	if (nla_put_u32(skb, KNETCTL_A_JOB_ID, job->obj.id) ||
	    nla_put_u32(skb, KNETCTL_A_JOB_KIND, job->kind) ||
	    nla_put_u32(skb, KNETCTL_A_JOB_STATE, job->state) ||
	    nla_put_u32(skb, KNETCTL_A_JOB_FLAGS, job->flags) ||
	    knet_nl_put_addr(skb, KNETCTL_A_JOB_REMOTE, &job->remote) ||
	    knet_nl_put_addr(skb, KNETCTL_A_JOB_LOCAL, &job->local) ||
	    nla_put_u64_64bit(skb, KNETCTL_A_JOB_BYTES, atomic64_read(&job->bytes),
			      KNETCTL_A_JOB_PAD) ||
	    (job->size != KNET_SIZE_UNKNOWN &&
	     nla_put_u64_64bit(skb, KNETCTL_A_JOB_SIZE, job->size, KNETCTL_A_JOB_PAD)) ||
	    nla_put_u64_64bit(skb, KNETCTL_A_JOB_DURATION_NS, job_duration(job),
			      KNETCTL_A_JOB_PAD) ||
	    (atomic64_read(&job->bytes) &&
	     nla_put_u32(skb, KNETCTL_A_JOB_PATH, KNETCTL_DATA_PATH_BUFFERED)))
		return -EMSGSIZE;
	return put_result(skb, job) ?: put_ftp(skb, job);
}

/* An object carries the number of the last event that told of it. */
static int put_job(struct sk_buff *skb, const struct knet_job *job)
{
	struct nlattr *nest;

	if (job->last_seq) {
		nest = nla_nest_start(skb, KNETCTL_A_JOB_EVENT);
		if (!nest || nla_put_u64_64bit(skb, KNETCTL_A_EVENT_SEQ, job->last_seq,
					       KNETCTL_A_EVENT_PAD))
			return -EMSGSIZE;
		nla_nest_end(skb, nest);
	}
	return knet_nl_job_fill(skb, job);
}

/* -------------------------------------------------------------- start -- */

static unsigned long get_timeout(const struct nlattr *attr, u32 def)
{
	/* No limit is 0 in both units, and nothing else may become it. */
	return msecs_to_jiffies(attr ? nla_get_u32(attr) : def);
}

static void get_timers(struct nlattr **tb, struct knet_timers *timers)
{
	timers->connect = get_timeout(tb[KNETCTL_A_JOB_CONNECT_TIMEOUT], CONNECT_TIMEOUT_MS);
	timers->reply = get_timeout(tb[KNETCTL_A_JOB_REPLY_TIMEOUT], REPLY_TIMEOUT_MS);
	timers->stall = get_timeout(tb[KNETCTL_A_JOB_STALL_TIMEOUT], STALL_TIMEOUT_MS);
	timers->total = get_timeout(tb[KNETCTL_A_JOB_TIMEOUT], 0);
	timers->stall_bytes = 1;
	if (tb[KNETCTL_A_JOB_STALL_BYTES])
		timers->stall_bytes = max_t(u64, 1, nla_get_u64(tb[KNETCTL_A_JOB_STALL_BYTES]));
}

/* All addresses of the server; they are repeated attributes of the message. */
static int get_remotes(struct genl_info *info, struct knet_server *server)
{
	struct nlattr *attr;
	int rem, err;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != KNETCTL_A_JOB_REMOTE)
			continue;
		if (server->remote_count == KNETCTL_REMOTES_MAX) {
			NL_SET_ERR_MSG_ATTR(info->extack, attr, "too many addresses");
			return -E2BIG;
		}
		err = knet_nl_get_addr(attr, &server->remote[server->remote_count], info->extack);
		if (err)
			return err;
		if (!knet_addr_port(&server->remote[server->remote_count])) {
			NL_SET_ERR_MSG_ATTR(info->extack, attr, "the port is missing");
			return -EINVAL;
		}
		server->remote_count++;
	}
	return 0;
}

static int get_login(struct nlattr **ftp, u32 flags, struct knet_server *server,
		     struct netlink_ext_ack *extack)
{
	int err;

	err = knet_nl_get_text(ftp[KNETCTL_A_FTP_USER], KNETCTL_CREDENTIAL_MAX, &server->user,
			       extack) ?:
	      knet_nl_get_text(ftp[KNETCTL_A_FTP_PASSWORD], KNETCTL_CREDENTIAL_MAX,
			       &server->password, extack) ?:
	      knet_nl_get_text(ftp[KNETCTL_A_FTP_ACCOUNT], KNETCTL_CREDENTIAL_MAX,
			       &server->account, extack);
	if (err)
		return err;
	if (!server->user)
		server->user = kstrdup("anonymous", GFP_KERNEL_ACCOUNT);
	if (!server->user)
		return -ENOMEM;
	server->login.user = server->user;
	server->login.password = server->password;
	server->login.account = server->account;
	server->login.plain = flags & KNETCTL_FTP_FLAGS_NO_EXTENDED;
	server->login.relaxed = flags & KNETCTL_FTP_FLAGS_RELAXED_REPLIES;
	return 0;
}

static struct knet_server *get_server(struct genl_info *info, struct nlattr **ftp, u32 flags)
{
	struct knet_server *server = knet_server_alloc(knet_net(genl_info_net(info)));
	struct nlattr *source = info->attrs[KNETCTL_A_JOB_SOURCE];
	int err;

	if (!server)
		return ERR_PTR(-ENOMEM);
	err = get_remotes(info, server);
	if (!err && source)
		err = knet_nl_get_addr(source, &server->source, info->extack);
	if (!err)
		err = get_login(ftp, flags, server, info->extack);
	if (!err)
		return server;
	knet_server_free(server);
	return ERR_PTR(err);
}

static int get_active(struct nlattr **ftp, struct knet_job *job, struct netlink_ext_ack *extack)
{
	const struct nlattr *addr = ftp[KNETCTL_A_FTP_ACTIVE_ADDRESS];

	if (addr) {
		if (nla_len(addr) != 4 && nla_len(addr) != 16) {
			NL_SET_ERR_MSG_ATTR(extack, addr, "an address has 4 or 16 bytes");
			return -EINVAL;
		}
		job->active_addr_len = nla_len(addr);
		memcpy(job->active_addr, nla_data(addr), nla_len(addr));
	}
	if (!ftp[KNETCTL_A_FTP_PORT_MIN] && !ftp[KNETCTL_A_FTP_PORT_MAX])
		return 0;
	if (!ftp[KNETCTL_A_FTP_PORT_MIN] || !ftp[KNETCTL_A_FTP_PORT_MAX]) {
		NL_SET_ERR_MSG(extack, "a port range has both port-min and port-max");
		return -EINVAL;
	}
	job->port_min = nla_get_u16(ftp[KNETCTL_A_FTP_PORT_MIN]);
	job->port_max = nla_get_u16(ftp[KNETCTL_A_FTP_PORT_MAX]);
	if (job->port_min > job->port_max) {
		NL_SET_ERR_MSG_ATTR(extack, ftp[KNETCTL_A_FTP_PORT_MAX],
				    "port-max is below port-min");
		return -EINVAL;
	}
	return 0;
}

static int get_request(struct nlattr **tb, struct nlattr **ftp, struct knet_job *job,
		       struct netlink_ext_ack *extack)
{
	struct knet_ftp_request *request = &job->request;
	int err;

	err = knet_nl_get_text(ftp[KNETCTL_A_FTP_PATHNAME], KNETCTL_PATHNAME_MAX, &job->pathname,
			       extack);
	if (err)
		return err;
	if (!job->pathname || !*job->pathname) {
		NL_SET_ERR_MSG(extack, "the pathname is missing");
		return -EINVAL;
	}
	request->op = KNET_FTP_RETR;
	request->pathname = job->pathname;
	request->active = job->ftp_flags & KNETCTL_FTP_FLAGS_ACTIVE;
	request->resume = job->ftp_flags & KNETCTL_FTP_FLAGS_RESUME;
	if (ftp[KNETCTL_A_FTP_OFFSET])
		request->offset = nla_get_u64(ftp[KNETCTL_A_FTP_OFFSET]);
	if (request->offset > MAX_LFS_FILESIZE) {
		NL_SET_ERR_MSG_ATTR(extack, ftp[KNETCTL_A_FTP_OFFSET], "no file is that large");
		return -EFBIG;
	}
	if (tb[KNETCTL_A_JOB_MAX_SIZE])
		request->max_size = nla_get_u64(tb[KNETCTL_A_JOB_MAX_SIZE]);
	return get_active(ftp, job, extack);
}

/* The caller's descriptor, held from here to the end of the job. */
static int take_file(const struct nlattr *attr, struct knet_job *job,
		     struct netlink_ext_ack *extack)
{
	const char *reason;
	int err;

	job->file = fget(nla_get_s32(attr));
	if (!job->file) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "not an open file descriptor");
		return -EBADF;
	}
	err = knet_stream_check_target(job->file, &reason);
	if (!err)
		return 0;
	NL_SET_BAD_ATTR(extack, attr);
	knet_nl_set_msg(extack, reason);
	return err;
}

static int get_job(struct genl_info *info, struct nlattr **ftp, struct knet_job *job)
{
	struct nlattr **tb = info->attrs;

	job->kind = nla_get_u32(tb[KNETCTL_A_JOB_KIND]);
	job->portid = info->snd_portid;
	if (tb[KNETCTL_A_JOB_FLAGS])
		job->flags = nla_get_u32(tb[KNETCTL_A_JOB_FLAGS]);
	if (ftp[KNETCTL_A_FTP_FLAGS])
		job->ftp_flags = nla_get_u32(ftp[KNETCTL_A_FTP_FLAGS]);
	get_timers(tb, &job->timers);
	return get_request(tb, ftp, job, info->extack) ?:
	       take_file(tb[KNETCTL_A_JOB_FD], job, info->extack);
}

static int check_required(struct genl_info *info)
{
	static const u8 required[] = {
		KNETCTL_A_JOB_KIND, KNETCTL_A_JOB_FD, KNETCTL_A_JOB_REMOTE, KNETCTL_A_JOB_FTP,
	};
	static const char * const missing[] = {
		"kind is missing", "fd is missing", "remote is missing", "ftp is missing",
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(required); i++) {
		if (info->attrs[required[i]])
			continue;
		knet_nl_set_msg(info->extack, missing[i]);
		return -EINVAL;
	}
	return 0;
}

static int job_start(struct genl_info *info, struct knet_job *job, struct nlattr **ftp, u32 *id)
{
	struct knet_server *server;
	struct knet_net *kn = job->kn;
	int err;

	err = get_job(info, ftp, job);
	if (err)
		return err;
	server = get_server(info, ftp, job->ftp_flags);
	if (IS_ERR(server))
		return PTR_ERR(server);
	job->user = kstrdup(server->user, GFP_KERNEL_ACCOUNT);
	if (!job->user) {
		knet_server_free(server);
		return -ENOMEM;
	}
	mutex_lock(&kn->lock);
	job->server = knet_server_find(kn, server);
	err = knet_job_accept(job, info->extack);
	*id = job->obj.id;
	if (err) {
		knet_server_put(job->server);
		job->server = NULL;
	}
	mutex_unlock(&kn->lock);
	return err;
}

/**
 * knetctl_nl_job_start_doit() - KNETCTL_CMD_JOB_START
 * @skb: request
 * @info: parsed request
 *
 * Return: 0 or a negative errno, the refusal.
 */
int knetctl_nl_job_start_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *ftp[KNETCTL_A_FTP_MAX + 1];
	struct sk_buff *reply;
	struct knet_job *job;
	void *head;
	u32 id;
	int err;

	err = check_required(info) ?:
	      nla_parse_nested(ftp, KNETCTL_A_FTP_MAX, info->attrs[KNETCTL_A_JOB_FTP],
			       knetctl_ftp_nl_policy, info->extack);
	if (err)
		return err;
	/* First what can fail: an accepted job must be answered. */
	reply = knet_nl_reply(info, KNETCTL_CMD_JOB_START, &head);
	job = knet_job_alloc(knet_net(genl_info_net(info)));
	err = reply && job ? job_start(info, job, ftp, &id) : -ENOMEM;
	if (err)
		goto drop;
	return knet_nl_reply_send(reply, head, info, nla_put_u32(reply, KNETCTL_A_JOB_ID, id));

drop:
	if (job)
		knet_job_put(job);
	nlmsg_free(reply);
	return err;
}

/* ------------------------------------------------ get, cancel and wait -- */

/* The job that a request names, with a reference. */
static struct knet_job *job_lookup(struct genl_info *info)
{
	const struct nlattr *attr = info->attrs[KNETCTL_A_JOB_ID];
	struct knet_object *obj;

	if (!attr) {
		NL_SET_ERR_MSG(info->extack, "id is missing");
		return ERR_PTR(-EINVAL);
	}
	obj = knet_object_get(knet_net(genl_info_net(info)), nla_get_u32(attr), KNET_OBJECT_JOB);
	if (!obj) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr, "there is no job with this id");
		return ERR_PTR(-ENOENT);
	}
	return knet_job_of(obj);
}

/**
 * knetctl_nl_job_get_doit() - KNETCTL_CMD_JOB_GET of one job
 * @skb: request
 * @info: parsed request
 *
 * Return: 0 or a negative errno.
 */
int knetctl_nl_job_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct knet_job *job = job_lookup(info);
	struct sk_buff *reply;
	void *head;
	int err;

	if (IS_ERR(job))
		return PTR_ERR(job);
	reply = knet_nl_reply(info, KNETCTL_CMD_JOB_GET, &head);
	if (!reply) {
		knet_job_put(job);
		return -ENOMEM;
	}
	mutex_lock(&job->kn->lock);
	err = put_job(reply, job);
	if (!err && job->state >= KNETCTL_JOB_STATE_DONE)
		knet_job_unhold(job, info->snd_portid);
	mutex_unlock(&job->kn->lock);
	knet_job_put(job);
	return knet_nl_reply_send(reply, head, info, err);
}

static int dump_one(struct sk_buff *skb, struct netlink_callback *cb, struct knet_job *job)
{
	void *head = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq, &knet_family,
				 NLM_F_MULTI, KNETCTL_CMD_JOB_GET);
	int err;

	if (!head)
		return -EMSGSIZE;
	mutex_lock(&job->kn->lock);
	err = put_job(skb, job);
	mutex_unlock(&job->kn->lock);
	if (err)
		genlmsg_cancel(skb, head);
	else
		genlmsg_end(skb, head);
	return err;
}

/**
 * knetctl_nl_job_get_dumpit() - KNETCTL_CMD_JOB_GET of all jobs
 * @skb: answer
 * @cb: where the dump is: args[0] is the id to go on from
 *
 * Return: bytes written, 0 at the end, or a negative errno.
 */
int knetctl_nl_job_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct knet_net *kn = knet_net(sock_net(skb->sk));
	unsigned long id = cb->args[0] ?: 1;
	struct knet_object *obj;
	int err = 0;

	while ((obj = knet_object_next(kn, &id, KNET_OBJECT_JOB))) {
		err = dump_one(skb, cb, knet_job_of(obj));
		knet_object_put(obj);
		if (err)
			break;
		id++;
	}
	cb->args[0] = id;
	return err && !skb->len ? err : skb->len;
}

/**
 * knetctl_nl_job_cancel_doit() - KNETCTL_CMD_JOB_CANCEL
 * @skb: request
 * @info: parsed request
 *
 * Return: 0 or a negative errno.
 */
int knetctl_nl_job_cancel_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct knet_job *job = job_lookup(info);
	int err;

	if (IS_ERR(job))
		return PTR_ERR(job);
	mutex_lock(&job->kn->lock);
	err = knet_job_cancel(job, ECANCELED);
	mutex_unlock(&job->kn->lock);
	if (err == -EALREADY)
		NL_SET_ERR_MSG(info->extack, "the job has ended");
	knet_job_put(job);
	return err;
}

/**
 * knetctl_nl_job_wait_doit() - KNETCTL_CMD_JOB_WAIT
 * @skb: request
 * @info: parsed request
 *
 * Return: 0 or a negative errno.
 */
int knetctl_nl_job_wait_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct knet_job *job = job_lookup(info);
	int err;

	if (IS_ERR(job))
		return PTR_ERR(job);
	mutex_lock(&job->kn->lock);
	/* It may have been forgotten between the lookup and the lock. */
	err = job->forgotten ? -ENOENT : knet_job_hold(job, info->snd_portid, info->extack);
	mutex_unlock(&job->kn->lock);
	knet_job_put(job);
	return err;
}
