// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <time.h>

#include "job.h"

#define REDRAW_MS	500
#define CANCEL_MS	5000	/* for the end of a cancelled job to be told */

struct wait {
	uint32_t id;
	int signals;
	struct progress *progress;
	int64_t give_up;	/* when, after a cancel; 0 is never */
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* After a loss: was it the end of our job that was lost? 1 yes, 0 no, or minus a status. */
static int look(struct cli *c, const struct wait *w, struct knetctl_job *job)
{
	int err = knetctl_job_get(c->handle, w->id, job);

	if (err < 0)
		return -fail_library(c, err, NULL);
	return job_ended(job);
}

/* 1 when the job has ended, 0 when there is no event left, or minus a status. */
static int read_events(struct cli *c, const struct wait *w, struct knetctl_job *job)
{
	struct knetctl_event event;
	int got;

	while ((got = knetctl_process(c->handle, &event)) > 0) {
		if (event.type == KNETCTL_EVENT_GONE)
			return -fail_library(c, -ESHUTDOWN, NULL);
		if (event.type == KNETCTL_EVENT_LOST) {
			got = look(c, w, job);
			if (got)
				return got;
			continue;
		}
		if (event.type == KNETCTL_EVENT_JOB_DIALOGUE && event.u.dialogue.id == w->id)
			print_dialogue(c, w->progress, &event.u.dialogue, false);
		if (event.type < KNETCTL_EVENT_JOB_STARTED ||
		    event.type > KNETCTL_EVENT_JOB_DONE || event.u.job.id != w->id)
			continue;
		if (event.type == KNETCTL_EVENT_JOB_DONE) {
			/* Fetching it also tells the kernel to let go of it. */
			if (knetctl_job_get(c->handle, w->id, job) < 0 || !job_ended(job))
				*job = event.u.job;
			/* It was ended because the module is being removed. */
			if (job->state == KNETCTL_STATE_CANCELLED && job->errnum == ESHUTDOWN)
				return -fail_library(c, -ESHUTDOWN, NULL);
			return 1;
		}
		progress_update(w->progress, &event.u.job, event.mono_ns);
	}
	return got < 0 ? -fail_library(c, got, NULL) : 0;
}

/* The first signal cancels, a second one does not wait for what comes of it. */
static int on_signal(struct cli *c, struct wait *w)
{
	if (!signals_next(w->signals))
		return STATUS_OK;
	c->interrupted = true;
	if (w->give_up)
		w->give_up = 1;
	else
		w->give_up = now_ms() + CANCEL_MS;
	/* It may have ended just now; then job-done is on its way. */
	knetctl_job_cancel(c->handle, w->id);
	return STATUS_OK;
}

static int timeout(struct cli *c, const struct wait *w)
{
	int ms = knetctl_timeout(c->handle);
	int64_t left;

	if (w->progress->on && (ms < 0 || ms > REDRAW_MS))
		ms = REDRAW_MS;
	if (w->give_up) {
		left = w->give_up - now_ms();
		if (ms < 0 || ms > left)
			ms = left > 0 ? (int)left : 0;
	}
	return ms;
}

int wait_for_job(struct cli *c, uint32_t id, int signals, struct progress *p,
		 struct knetctl_job *job)
{
	struct wait w = { .id = id, .signals = signals, .progress = p };
	struct pollfd fds[2] = {
		{ .fd = knetctl_fd(c->handle), .events = (short)knetctl_events(c->handle) },
		{ .fd = signals, .events = POLLIN },
	};
	int got;

	for (;;) {
		got = read_events(c, &w, job);
		if (got)
			break;
		if (w.give_up && now_ms() >= w.give_up) {
			got = -fail_text(c, STATUS_ENDED, EINTR,
					 "job %u was cancelled, but its end did not come", id);
			break;
		}
		got = poll(fds, 2, timeout(c, &w));
		if (got < 0 && errno != EINTR) {
			got = -fail_errno(c, errno, "poll");
			break;
		}
		if (got > 0 && fds[1].revents)
			on_signal(c, &w);
		if (got == 0)
			progress_draw(p);
	}
	progress_clear(p);
	return got > 0 ? STATUS_OK : -got;
}
