// SPDX-License-Identifier: GPL-2.0-only
/* Commands and messages of the noun job, but for the start. */
#include <net/sock.h>

#include "knetctl.h"
#include "netlink-gen.h"

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
	    (!job->ops && atomic64_read(&job->bytes) &&
	     nla_put_u32(skb, KNETCTL_A_JOB_PATH,
			 job->direct ? KNETCTL_DATA_PATH_DIRECT : KNETCTL_DATA_PATH_BUFFERED)))
		return -EMSGSIZE;
	if (job->rate != KNET_RATE_UNLIMITED &&
	    nla_put_u64_64bit(skb, KNETCTL_A_JOB_RATE, job->rate, KNETCTL_A_JOB_PAD))
		return -EMSGSIZE;
	return put_result(skb, job) ?:
	       (job->ops ? job->ops->fill(skb, job) : put_ftp(skb, job));
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

/* ------------------------------------------- get, cancel, wait and set -- */

/* Room for an answer about it; a message that it gets meanwhile has room as well. */
static size_t job_size(const struct knet_job *job)
{
	return KNET_REPLY_SIZE + KNETCTL_TEXT_MAX + KNETCTL_CREDENTIAL_MAX +
	       (job->pathname ? strlen(job->pathname) : 0);
}

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
	reply = knet_nl_reply(info, KNETCTL_CMD_JOB_GET, job_size(job), &head);
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

static int put_object(struct sk_buff *skb, const void *object)
{
	return put_job(skb, container_of(object, struct knet_job, obj));
}

/**
 * knetctl_nl_job_get_dumpit() - KNETCTL_CMD_JOB_GET of all jobs
 * @skb: answer
 * @cb: where the dump is
 *
 * Return: bytes written, 0 at the end, or a negative errno.
 */
int knetctl_nl_job_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return knet_nl_dump(skb, cb, KNET_OBJECT_JOB, put_object);
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

/**
 * knetctl_nl_job_set_doit() - KNETCTL_CMD_JOB_SET
 * @skb: request
 * @info: parsed request
 *
 * Return: 0 or a negative errno.
 */
int knetctl_nl_job_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *rate = info->attrs[KNETCTL_A_JOB_RATE];
	struct knet_job *job;
	int err;

	if (!rate) {
		NL_SET_ERR_MSG(info->extack, "rate is missing");
		return -EINVAL;
	}
	job = job_lookup(info);
	if (IS_ERR(job))
		return PTR_ERR(job);
	mutex_lock(&job->kn->lock);
	err = knet_job_set_rate(job, nla_get_u64(rate), info->extack);
	mutex_unlock(&job->kn->lock);
	knet_job_put(job);
	return err;
}
