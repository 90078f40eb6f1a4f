// SPDX-License-Identifier: LGPL-2.1-or-later
/* Jobs of any kind: look at them, cancel them, wait for them. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "private.h"

#define LOOK_MS	1000	/* while waiting, look at the job at least this often */

struct wanted {
	struct knetctl_job *job;
	bool found;
};

static int one_job(const struct nlmsghdr *nlh, void *data)
{
	struct wanted *wanted = data;

	wanted->found = true;
	return kn_get_job(nlh, wanted->job);
}

static struct nl_msg *job_message(struct knetctl *h, unsigned int cmd, uint32_t id)
{
	struct nl_msg *msg = kn_msg_new(h, cmd, 0);

	if (msg)
		nla_put_u32(msg, KNETCTL_A_JOB_ID, id);
	return msg;
}

/* A command whose only argument is a job, and that answers nothing. */
int kn_job_command(struct knetctl *h, unsigned int cmd, uint32_t id)
{
	return kn_request(h, job_message(h, cmd, id), NULL, NULL);
}

static int job_get(struct knetctl *h, uint32_t id, struct knetctl_job *job)
{
	struct wanted wanted = { job, false };
	int err;

	err = kn_request(h, job_message(h, KNETCTL_CMD_JOB_GET, id), one_job, &wanted);
	if (!err && !wanted.found)
		err = kn_fail(h, EBADMSG, "the kernel answered no job");
	return err;
}

KN_EXPORT int knetctl_job_get(struct knetctl *h, uint32_t id, struct knetctl_job *job)
{
	int err;

	err = kn_check(h);
	if (err)
		return err;
	if (!job)
		return kn_fail(h, EINVAL, "no room for a job");
	return job_get(h, id, job);
}

struct listing {
	int (*each)(const struct knetctl_job *job, void *data);
	void *data;
	struct knetctl_job *job;
	int result;
};

static int list_one(const struct nlmsghdr *nlh, void *data)
{
	struct listing *list = data;

	if (kn_get_job(nlh, list->job))
		return -EBADMSG;
	list->result = list->each(list->job, list->data);
	return list->result ? 1 : 0;
}

KN_EXPORT int knetctl_job_list(struct knetctl *h,
			       int (*each)(const struct knetctl_job *job, void *data),
			       void *data)
{
	struct listing list = { .each = each, .data = data };
	int err;

	err = kn_check(h);
	if (err)
		return err;
	if (!each)
		return kn_fail(h, EINVAL, "no function to call for each job");
	list.job = malloc(sizeof(*list.job));
	if (!list.job)
		return kn_fail(h, ENOMEM, NULL);
	err = kn_dump(h, kn_msg_new(h, KNETCTL_CMD_JOB_GET, 0), list_one, &list);
	free(list.job);
	if (err == -EBADMSG)
		kn_fail(h, EBADMSG, "the kernel's answer cannot be read");
	return err > 0 ? list.result : err;
}

KN_EXPORT int knetctl_job_cancel(struct knetctl *h, uint32_t id)
{
	int err;

	err = kn_check(h);
	return err ? err : kn_job_command(h, KNETCTL_CMD_JOB_CANCEL, id);
}

KN_EXPORT int knetctl_job_set_rate(struct knetctl *h, uint32_t id, uint64_t rate)
{
	struct nl_msg *msg;
	int err;

	err = kn_check(h);
	if (err)
		return err;
	msg = job_message(h, KNETCTL_CMD_JOB_SET, id);
	if (msg)
		kn_put_u64(msg, KNETCTL_A_JOB_RATE, rate);
	return kn_request(h, msg, NULL, NULL);
}

/* ------------------------------------------------------------- wait -- */

struct waiting {
	struct knetctl_job *job;	/* result */
	struct knetctl_job *scratch;	/* job-done of somebody */
	uint32_t id;
	uint64_t deadline;		/* ms, UINT64_MAX for none */
	bool told;			/* @job is the job-done of this one */
};

static bool is_final(const struct knetctl_job *job)
{
	return job->state >= KNETCTL_STATE_DONE;
}

/* A job that was ended because the module is being removed has no result of its own. */
static int result_of(struct knetctl *h, const struct knetctl_job *job)
{
	if (job->state == KNETCTL_STATE_CANCELLED && job->errnum == ESHUTDOWN)
		return kn_gone(h);
	return 0;
}

/* 1: it has ended and @job tells how, 0: not yet. */
static int look(struct knetctl *h, struct waiting *w)
{
	int err;

	err = job_get(h, w->id, w->told ? w->scratch : w->job);
	if (w->told)
		return 1;	/* job-done told the same; this only released the hold */
	if (err)
		return err;
	return is_final(w->job);
}

/* Read all events that are there. 1: look at the job again. */
static int drain(struct knetctl *h, struct waiting *w)
{
	unsigned int overruns = h->overruns;
	struct kn_chunk *chunk;
	enum kn_found found;
	bool look_again = false;
	int err;

	for (;;) {
		err = kn_event_read(h, &chunk);
		if (err <= 0)
			return err ? err : look_again || h->overruns != overruns;
		found = kn_stream_scan(&h->stream, chunk, w->id, w->scratch);
		if (h->subscribed)
			kn_stream_feed(&h->stream, chunk);
		else
			free(chunk);
		if (found == KN_FOUND_GONE)
			return kn_gone(h);
		if (found == KN_FOUND_JOB) {
			memcpy(w->job, w->scratch, sizeof(*w->job));
			w->told = true;
			return 1;
		}
		if (found == KN_FOUND_LOSS)
			look_again = true;
	}
}

static int late(struct knetctl *h)
{
	return kn_fail_text(h, ETIMEDOUT, "the job has not ended in time");
}

/*
 * Wait for a sign of the job. Returns 0 to look at it again, or -errno. Events
 * may be lost, and with them the sign: so it returns after LOOK_MS anyway.
 */
static int wait_sign(struct knetctl *h, struct waiting *w)
{
	uint64_t now = kn_now_ms(), until = now + LOOK_MS;
	struct pollfd pfd = { .fd = h->event_fd, .events = POLLIN };
	int n;

	if (until > w->deadline)
		until = w->deadline;
	for (;;) {
		n = drain(h, w);
		if (n)
			return n < 0 ? n : 0;
		now = kn_now_ms();
		if (now >= until)
			return now >= w->deadline ? late(h) : 0;
		n = poll(&pfd, 1, (int)(until - now));
		if (n < 0)
			return kn_fail(h, errno, NULL);
	}
}

static int wait_end(struct knetctl *h, struct waiting *w)
{
	unsigned int ours;
	int done;

	done = look(h, w);
	if (done)
		return done < 0 ? done : 0;
	ours = KNETCTL_GROUP_JOB & ~h->joined;
	done = kn_event_join(h, KNETCTL_GROUP_JOB);
	if (done)
		return done;
	while (!(done = look(h, w))) {
		done = wait_sign(h, w);
		if (done)
			break;
	}
	kn_event_leave(h, ours);
	return done < 0 ? done : 0;
}

static uint64_t deadline_of(int timeout_ms)
{
	return timeout_ms < 0 ? UINT64_MAX : kn_now_ms() + (uint64_t)timeout_ms;
}

KN_EXPORT int knetctl_job_wait(struct knetctl *h, uint32_t id, int timeout_ms,
			       struct knetctl_job *job)
{
	struct waiting w = { .job = job, .id = id, .deadline = deadline_of(timeout_ms) };
	int err;

	err = kn_check(h);
	if (err)
		return err;
	if (!job)
		return kn_fail(h, EINVAL, "no room for a job");
	err = kn_job_command(h, KNETCTL_CMD_JOB_WAIT, id);
	if (err)
		return err;
	w.scratch = malloc(sizeof(*w.scratch));
	if (!w.scratch)
		return kn_fail(h, ENOMEM, NULL);
	err = wait_end(h, &w);
	free(w.scratch);
	return err ? err : result_of(h, job);
}
