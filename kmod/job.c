// SPDX-License-Identifier: GPL-2.0-only
/*
 * Jobs: accepted once, ended once, listed for a while after their end.
 *
 * A job that is not finished is always in knet_net.objects, whose reference
 * keeps it: its server and its session need none of their own.
 */
#include <linux/file.h>
#include <linux/slab.h>
#include <linux/wait_bit.h>

#include "knetctl.h"

/* Finished jobs stay listed until they are this old, or so many newer ones are there. */
#define JOB_KEEP_TIME	(10 * 60 * HZ)
#define JOB_KEEP_COUNT	1000
/* How many may wait for one job's result. */
#define JOB_HOLDS_MAX	64
/* Between two progress events of a job. */
#define JOB_PROGRESS_TIME	(HZ / 10)

/* A socket that wants the result of a job. */
struct job_hold {
	struct list_head node;
	u32 portid;
};

static bool job_finished(const struct knet_job *job)
{
	return job->state >= KNETCTL_JOB_STATE_DONE;
}

static void job_free(struct rcu_head *rcu)
{
	kfree(container_of(rcu, struct knet_job, obj.rcu));
}

static void job_release(struct knet_object *obj)
{
	struct knet_job *job = knet_job_of(obj);

	if (job->ops)
		job->ops->release(job);
	if (job->file)
		fput(job->file);
	if (job->memcg)
		mem_cgroup_put(job->memcg);
	put_cred(job->cred);
	kfree(job->user);
	kfree(job->pathname);
	kfree(job->argument);
	kfree(job->message);
	knet_net_put(job->kn);
	call_rcu(&job->obj.rcu, job_free);
}

static void job_end_cancelled(struct knet_job *job)
{
	struct knet_ftp_result result = {
		.class = KNETCTL_ERROR_CLASS_LOCAL,
		.err = job->cancel_err,
	};

	knet_job_end(job, KNETCTL_JOB_STATE_CANCELLED, &result);
}

static void job_end_work(struct work_struct *work)
{
	job_end_cancelled(container_of(work, struct knet_job, end_work));
}

/**
 * knet_job_alloc() - a job of the calling task, not yet accepted
 * @kn: namespace
 *
 * Drop it with knet_job_put() when it is not accepted.
 *
 * Context: Process, the caller's own: its credentials, limits and memory
 * cgroup are taken.
 * Return: the job or NULL.
 */
struct knet_job *knet_job_alloc(struct knet_net *kn)
{
	struct knet_job *job = kzalloc(sizeof(*job), GFP_KERNEL_ACCOUNT);

	if (!job)
		return NULL;
	refcount_set(&job->obj.ref, 1);
	job->obj.release = job_release;
	job->kn = kn;
	knet_net_get(kn);
	INIT_LIST_HEAD(&job->node);
	INIT_LIST_HEAD(&job->queue);
	INIT_LIST_HEAD(&job->holds);
	INIT_WORK(&job->end_work, job_end_work);
	job->cred = get_current_cred();
	job->memcg = get_mem_cgroup_from_mm(current->mm);
	job->fsize_limit = rlimit(RLIMIT_FSIZE);
	job->size = KNET_SIZE_UNKNOWN;
	job->rate = KNET_RATE_UNLIMITED;
	job->started = ktime_get();
	return job;
}

static void job_event(struct knet_job *job, u8 cmd)
{
	u64 seq;

	lockdep_assert_held(&job->kn->lock);
	seq = knet_event_send(job->kn, KNET_GROUP_JOB, cmd, KNETCTL_A_JOB_EVENT,
			      knet_nl_job_fill, job);
	if (seq)
		job->last_seq = seq;
}

static int job_check_room(struct knet_net *kn, struct netlink_ext_ack *extack)
{
	if (kn->draining) {
		NL_SET_ERR_MSG(extack, "the module or the network namespace is going away");
		return -ESHUTDOWN;
	}
	if (kn->active_count + kn->held_count >= READ_ONCE(knet_max_jobs)) {
		NL_SET_ERR_MSG(extack,
			       "too many jobs in this network namespace (module parameter max_jobs)");
		return -EBUSY;
	}
	return 0;
}

/**
 * knet_job_accept() - give a job its id and its place in the queue
 * @job: complete, with its server
 * @extack: says why not
 *
 * After success the job ends in exactly one knet_job_end(), and the reference
 * belongs to the table of objects. After failure nobody has seen it.
 *
 * Context: Process, the caller's own; knet_net.lock held.
 * Return: 0 or a negative errno.
 */
int knet_job_accept(struct knet_job *job, struct netlink_ext_ack *extack)
{
	struct knet_net *kn = job->kn;
	int err;

	lockdep_assert_held(&kn->lock);
	err = job_check_room(kn, extack);
	if (err)
		return err;
	/* Nobody can use it before knet_net.lock is dropped. */
	job->state = KNETCTL_JOB_STATE_QUEUED;
	if (!job->ops)
		job->remote = job->server->remote[0];
	err = knet_object_add(kn, &job->obj, KNET_OBJECT_JOB, job_release);
	if (err)
		return err;
	kn->active_count++;
	if (job->flags & KNETCTL_JOB_FLAGS_BOUND)
		err = knet_job_hold(job, job->portid, extack);
	if (err)
		goto remove;
	err = job->ops ? job->ops->submit(job, extack) :
			 knet_server_submit(job->server, job, extack);
	if (err)
		goto unhold;
	job_event(job, KNETCTL_CMD_JOB_STARTED);
	return 0;

unhold:
	knet_job_unhold(job, job->portid);
remove:
	kn->active_count--;
	/* The caller drops its reference itself. */
	refcount_inc(&job->obj.ref);
	knet_object_remove(kn, &job->obj);
	return err;
}

/**
 * knet_job_cancel() - end a job soon
 * @job: of the namespace
 * @err: why, positive errno: ECANCELED, or ESHUTDOWN on unload
 *
 * Context: Process, knet_net.lock held.
 * Return: 0, or -EALREADY when it has ended.
 */
int knet_job_cancel(struct knet_job *job, int err)
{
	lockdep_assert_held(&job->kn->lock);
	if (job_finished(job))
		return -EALREADY;
	if (test_bit(KNET_JOB_CANCEL, &job->bits))
		return 0;
	job->cancel_err = err;
	set_bit(KNET_JOB_CANCEL, &job->bits);
	if (job->ops) {
		job->ops->cancel(job);
	} else if (job->session) {
		knet_session_wake(job->session);
	} else {
		list_del_init(&job->queue);
		queue_work(knet_wq, &job->end_work);
	}
	return 0;
}

/**
 * knet_job_set_rate() - change how fast a job may move its file
 * @job: of the namespace
 * @rate: bytes a second, 0 to pause, KNET_RATE_UNLIMITED
 * @extack: says why not
 *
 * Context: Process, knet_net.lock held.
 * Return: 0, -EALREADY when it has ended, -EOPNOTSUPP when it moves no file.
 */
int knet_job_set_rate(struct knet_job *job, u64 rate, struct netlink_ext_ack *extack)
{
	lockdep_assert_held(&job->kn->lock);
	if (!job->moves) {
		NL_SET_ERR_MSG(extack, "this kind of job has no rate");
		return -EOPNOTSUPP;
	}
	if (job_finished(job)) {
		NL_SET_ERR_MSG(extack, "the job has ended");
		return -EALREADY;
	}
	WRITE_ONCE(job->rate, rate);
	if (job->session)
		knet_session_wake(job->session);
	return 0;
}

/**
 * knet_job_cancel_all() - end all jobs of a namespace soon
 * @kn: namespace
 * @err: why, positive errno
 *
 * Context: Process, knet_net.lock held.
 */
void knet_job_cancel_all(struct knet_net *kn, int err)
{
	struct knet_object *obj;
	unsigned long id = 1;

	lockdep_assert_held(&kn->lock);
	for (; (obj = knet_object_next(kn, &id, KNET_OBJECT_JOB)); id++) {
		knet_job_cancel(knet_job_of(obj), err);
		knet_object_put(obj);
	}
}

static struct job_hold *job_find_hold(struct knet_job *job, u32 portid, unsigned int *count)
{
	struct job_hold *hold;

	*count = 0;
	list_for_each_entry(hold, &job->holds, node) {
		if (hold->portid == portid)
			return hold;
		(*count)++;
	}
	return NULL;
}

/**
 * knet_job_hold() - keep a job's result until a socket has it
 * @job: of the namespace
 * @portid: the socket
 * @extack: says why not
 *
 * Context: Process, knet_net.lock held.
 * Return: 0, -ENOMEM, or -EUSERS when too many wait.
 */
int knet_job_hold(struct knet_job *job, u32 portid, struct netlink_ext_ack *extack)
{
	struct job_hold *hold;
	unsigned int count;

	lockdep_assert_held(&job->kn->lock);
	if (job_find_hold(job, portid, &count))
		return 0;
	if (count >= JOB_HOLDS_MAX) {
		NL_SET_ERR_MSG(extack, "too many wait for this job");
		return -EUSERS;
	}
	hold = kzalloc(sizeof(*hold), GFP_KERNEL_ACCOUNT);
	if (!hold)
		return -ENOMEM;
	hold->portid = portid;
	if (job_finished(job) && list_empty(&job->holds))
		job->kn->held_count++;
	list_add_tail(&hold->node, &job->holds);
	job->kn->hold_count++;
	return 0;
}

/**
 * knet_job_unhold() - a socket has a job's result, or wants it no longer
 * @job: of the namespace
 * @portid: the socket
 *
 * Context: Process, knet_net.lock held.
 */
void knet_job_unhold(struct knet_job *job, u32 portid)
{
	struct job_hold *hold;
	unsigned int count;

	lockdep_assert_held(&job->kn->lock);
	hold = job_find_hold(job, portid, &count);
	if (!hold)
		return;
	list_del(&hold->node);
	kfree(hold);
	job->kn->hold_count--;
	if (job_finished(job) && list_empty(&job->holds))
		job->kn->held_count--;
}

/**
 * knet_job_portid_gone() - a netlink socket was closed
 * @kn: its namespace
 * @portid: its port
 *
 * Context: Process.
 */
void knet_job_portid_gone(struct knet_net *kn, u32 portid)
{
	struct knet_object *obj;
	unsigned long id = 1;

	/* Most sockets that close have nothing to do with us. */
	if (!READ_ONCE(kn->hold_count))
		return;
	mutex_lock(&kn->lock);
	for (; kn->hold_count && (obj = knet_object_next(kn, &id, KNET_OBJECT_JOB)); id++) {
		struct knet_job *job = knet_job_of(obj);

		knet_job_unhold(job, portid);
		if ((job->flags & KNETCTL_JOB_FLAGS_BOUND) && job->portid == portid)
			knet_job_cancel(job, ECANCELED);
		knet_object_put(obj);
	}
	knet_job_prune(kn);
	mutex_unlock(&kn->lock);
}

/**
 * knet_job_run() - a session takes a job
 * @job: queued
 * @session: that works on it
 *
 * Context: Process, knet_net.lock held.
 */
void knet_job_run(struct knet_job *job, struct knet_session *session)
{
	lockdep_assert_held(&job->kn->lock);
	list_del_init(&job->queue);
	job->session = session;
	session->job = job;
	job->state = KNETCTL_JOB_STATE_RUNNING;
	/* What is over by then is told at its end. */
	job->progress_due = (jiffies + JOB_PROGRESS_TIME) ?: 1;
}

/**
 * knet_job_requeue() - a session gives a job back that another one can do
 * @job: running, nothing of it was done
 *
 * Context: Process, knet_net.lock held.
 */
void knet_job_requeue(struct knet_job *job)
{
	lockdep_assert_held(&job->kn->lock);
	job->session->job = NULL;
	job->session = NULL;
	job->state = KNETCTL_JOB_STATE_QUEUED;
	list_add(&job->queue, &job->server->jobs);
	if (test_bit(KNET_JOB_CANCEL, &job->bits)) {
		list_del_init(&job->queue);
		queue_work(knet_wq, &job->end_work);
	}
}

/**
 * knet_job_progress() - tell how far a job is, but not too often
 * @job: running
 *
 * Context: The job's worker.
 */
void knet_job_progress(struct knet_job *job)
{
	if (job->progress_due && time_before(jiffies, job->progress_due))
		return;
	job->progress_due = (jiffies + JOB_PROGRESS_TIME) ?: 1;
	mutex_lock(&job->kn->lock);
	job_event(job, KNETCTL_CMD_JOB_PROGRESS);
	mutex_unlock(&job->kn->lock);
}

/* A line of a job's dialogue while it is told. */
struct job_line {
	const struct knet_job *job;
	u32 direction;
	const char *text;
	size_t len;
};

static int job_fill_line(struct sk_buff *skb, const void *object)
{
	const struct job_line *line = object;

	if (nla_put_u32(skb, KNETCTL_A_JOB_ID, line->job->obj.id) ||
	    nla_put_u32(skb, KNETCTL_A_JOB_DIRECTION, line->direction) ||
	    nla_put(skb, KNETCTL_A_JOB_TEXT, line->len, line->text))
		return -EMSGSIZE;
	return 0;
}

/**
 * knet_job_dialogue() - tell what was said between a job's server and us
 * @job: running
 * @sent: by us
 * @line: at most KNETCTL_TEXT_MAX bytes, nothing secret among them
 * @len: of it
 *
 * It changes nothing of the job, so it is not the last event that told of it.
 *
 * Context: The job's worker; the session's lock may be held.
 */
void knet_job_dialogue(struct knet_job *job, bool sent, const char *line, size_t len)
{
	struct job_line event = {
		.job = job,
		.direction = sent ? KNETCTL_DIALOGUE_DIRECTION_SENT :
				    KNETCTL_DIALOGUE_DIRECTION_RECEIVED,
		.text = line,
		.len = len,
	};

	knet_event_send(job->kn, KNET_GROUP_JOB, KNETCTL_CMD_JOB_DIALOGUE, KNETCTL_A_JOB_EVENT,
			job_fill_line, &event);
}

static void job_forget(struct knet_job *job)
{
	struct knet_net *kn = job->kn;
	struct job_hold *hold, *next;

	list_for_each_entry_safe(hold, next, &job->holds, node)
		knet_job_unhold(job, hold->portid);
	list_del_init(&job->node);
	kn->finished_count--;
	job->forgotten = true;
	knet_object_remove(kn, &job->obj);
}

static void job_finish(struct knet_job *job)
{
	struct knet_net *kn = job->kn;

	list_add_tail(&job->node, &kn->finished);
	kn->finished_count++;
	kn->active_count--;
	if (!list_empty(&job->holds))
		kn->held_count++;
	/* Nobody can ask any more. */
	if (kn->gone)
		job_forget(job);
	wake_up_var(&kn->active_count);
}

static void job_set_result(struct knet_job *job, u32 state, const struct knet_ftp_result *result)
{
	job->state = state;
	job->duration = ktime_to_ns(ktime_sub(ktime_get(), job->started));
	job->finished = jiffies;
	job->class = result->class;
	job->err = result->err;
	job->code = result->code;
	if (!result->text_len)
		return;
	/* Without memory the text is missing, the result stays. */
	job->message = kmemdup(result->text, result->text_len, GFP_KERNEL | __GFP_NOWARN);
	job->message_len = job->message ? result->text_len : 0;
}

/**
 * knet_job_end() - the one end of a job
 * @job: not a reference of the caller's; invalid afterwards
 * @state: a final one
 * @result: how it ended
 *
 * The file is closed before anybody is told.
 *
 * Context: A kernel thread, may sleep.
 */
void knet_job_end(struct knet_job *job, u32 state, const struct knet_ftp_result *result)
{
	struct knet_net *kn = job->kn;

	if (WARN_ON_ONCE(test_and_set_bit(KNET_JOB_ENDED, &job->bits)))
		return;
	if (job->file)
		__fput_sync(job->file);
	job->file = NULL;

	knet_net_get(kn);
	mutex_lock(&kn->lock);
	if (job->session)
		job->session->job = NULL;
	job->session = NULL;
	if (atomic64_read(&job->bytes))
		job_event(job, KNETCTL_CMD_JOB_PROGRESS);
	job_set_result(job, state, result);
	job_event(job, KNETCTL_CMD_JOB_DONE);
	knet_server_put(job->server);
	job->server = NULL;
	job_finish(job);
	knet_job_prune(kn);
	mutex_unlock(&kn->lock);
	knet_net_put(kn);
}

/**
 * knet_job_prune() - forget finished jobs that were listed for long enough
 * @kn: namespace
 *
 * Context: Process, knet_net.lock held.
 */
void knet_job_prune(struct knet_net *kn)
{
	struct knet_job *job, *next;
	unsigned long now = jiffies;

	lockdep_assert_held(&kn->lock);
	list_for_each_entry_safe(job, next, &kn->finished, node) {
		bool old = time_after_eq(now, job->finished + JOB_KEEP_TIME);

		if (!old && kn->finished_count <= JOB_KEEP_COUNT)
			break;
		if (list_empty(&job->holds))
			job_forget(job);
	}
	if (!list_empty(&kn->finished) && !kn->draining)
		queue_delayed_work(knet_wq, &kn->prune, JOB_KEEP_TIME);
}

/**
 * knet_job_forget_all() - forget all finished jobs, whoever wants their result
 * @kn: namespace that goes away
 *
 * Context: Process, knet_net.lock held.
 */
void knet_job_forget_all(struct knet_net *kn)
{
	struct knet_job *job, *next;

	lockdep_assert_held(&kn->lock);
	list_for_each_entry_safe(job, next, &kn->finished, node)
		job_forget(job);
}
