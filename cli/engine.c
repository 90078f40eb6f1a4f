// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "engine.h"

#define REDRAW_MS	500
#define CANCEL_MS	5000	/* for the ends of cancelled jobs to be told */

uint64_t engine_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static int64_t now_ms(void)
{
	return (int64_t)(engine_now_ns() / 1000000);
}

int flow_job(struct flow *f, uint32_t kind, const struct knetctl_ftp *args)
{
	struct cli *c = f->c;
	int err = knetctl_ftp_start(c->handle, kind, args, &f->id);

	f->bytes = 0;
	if (err < 0) {
		f->id = 0;
		return fail_library(c, err, NULL);
	}
	note(c, "job %u: %s", f->id, knetctl_kind_name(kind));
	return STATUS_OK;
}

void flow_pause(struct flow *f, uint32_t ms)
{
	f->wake = now_ms() + ms;
}

void flow_end(struct flow *f, int status)
{
	f->over = true;
	f->status = status;
}

void flow_free(struct flow *f)
{
	free(f->origin);
	f->ops->free(f);
}

bool flow_stopped(const struct flow *f)
{
	return f->engine->stopping && f->engine->many;
}

/* ------------------------------------------------------------ flows -- */

static void settle(struct engine *e, struct flow *f)
{
	struct flow **p;

	if (!f->over)
		return;
	for (p = &e->flows; *p != f; p = &(*p)->next)
		;
	*p = f->next;
	e->count--;
	e->files += !f->aside;
	e->failed += f->status != STATUS_OK;
	if (e->ended)
		e->ended(e, f);
	flow_free(f);
}

static void step(struct engine *e, struct flow *f, const struct knetctl_job *job)
{
	if (e->many)
		e->c->line = f->line;
	e->c->subject = f->subject;
	f->wake = 0;
	f->id = 0;
	f->bytes = 0;
	f->ops->step(f, job);
	e->c->subject = NULL;
	settle(e, f);
}

static void fill(struct engine *e)
{
	struct flow *f;

	e->input = -1;
	/* Without a handle the module went away, and that was said. */
	while (e->c->handle && !e->stopping && e->count < ENGINE_WINDOW && (f = e->more(e))) {
		f->engine = e;
		f->c = e->c;
		f->next = e->flows;
		e->flows = f;
		e->count++;
		step(e, f, NULL);
	}
}

/* No flow goes on. */
static void abandon(struct engine *e, int status)
{
	struct flow *f;

	while ((f = e->flows)) {
		if (f->ops->abandon)
			f->ops->abandon(f, status);
		flow_end(f, status);
		settle(e, f);
	}
}

/* --------------------------------------------------------- progress -- */

static uint64_t bytes_now(const struct engine *e)
{
	uint64_t bytes = e->bytes;
	const struct flow *f;

	for (f = e->flows; f; f = f->next)
		bytes += f->bytes;
	return bytes;
}

/* Files, bytes, rate, failures: one line. */
static void draw(struct engine *e)
{
	char bytes[TEXT_SIZE], rate[TEXT_SIZE];
	int64_t now = now_ms();
	uint64_t have;
	double one;

	if (!e->bar.on || !e->many || now - e->drawn < REDRAW_MS / 2)
		return;
	have = bytes_now(e);
	if (e->drawn && have >= e->moved) {
		one = (double)(have - e->moved) * 1000 / (double)(now - e->drawn);
		e->rate = e->rate > 0 ? 0.8 * e->rate + 0.2 * one : one;
	}
	e->drawn = now;
	e->moved = have;
	fprintf(stderr, "\r%llu files, %s, %s", (unsigned long long)e->files,
		text_size(bytes, have), text_rate(rate, (uint64_t)e->rate, 1000000000));
	if (e->failed)
		fprintf(stderr, ", %llu failed", (unsigned long long)e->failed);
	fputs("\033[K", stderr);
	fflush(stderr);
	e->bar.shown = true;
}

/* ----------------------------------------------------------- events -- */

static struct flow *find(const struct engine *e, uint32_t id)
{
	struct flow *f;

	for (f = e->flows; f && f->id != id; f = f->next)
		;
	return f;
}

static bool module_goes(const struct knetctl_job *job)
{
	return job->state == KNETCTL_STATE_CANCELLED && job->errnum == ESHUTDOWN;
}

/* Its job has ended. 0, or -errno. */
static int ended(struct engine *e, struct flow *f, const struct knetctl_job *job)
{
	if (module_goes(job))
		return -ESHUTDOWN;
	if (job->kind == KNETCTL_KIND_FTP_GET || job->kind == KNETCTL_KIND_FTP_PUT)
		e->bytes += job->bytes;
	progress_clear(&e->bar);
	/* What it left in the socket is still to be written. */
	if (e->pump && e->pump->out && !e->pump->over && !e->stopping) {
		e->held = f;
		e->held_job = *job;
		f->id = 0;
		return 0;
	}
	step(e, f, job);
	return 0;
}

static void let_go(struct engine *e)
{
	struct flow *f = e->held;

	e->held = NULL;
	if (f)
		step(e, f, &e->held_job);
}

/* After a loss: whose end was lost? */
static int look(struct engine *e)
{
	struct flow *f, *next;
	struct knetctl_job job;
	int err;

	for (f = e->flows; f; f = next) {
		next = f->next;
		if (!f->id)
			continue;
		err = knetctl_job_get(e->c->handle, f->id, &job);
		if (!err && job_ended(&job))
			err = ended(e, f, &job);
		if (err)
			return err;
	}
	return 0;
}

static int take(struct engine *e, const struct knetctl_event *event)
{
	const struct knetctl_job *job = &event->u.job;
	struct knetctl_job result;
	struct flow *f;

	if (event->type == KNETCTL_EVENT_GONE)
		return -ESHUTDOWN;
	if (event->type == KNETCTL_EVENT_LOST)
		return look(e);
	if (event->type == KNETCTL_EVENT_JOB_DIALOGUE && find(e, event->u.dialogue.id))
		print_dialogue(e->c, &e->bar, &event->u.dialogue, e->many);
	if (event->type < KNETCTL_EVENT_JOB_STARTED || event->type > KNETCTL_EVENT_JOB_DONE)
		return 0;
	f = find(e, job->id);
	if (!f)
		return 0;
	if (event->type != KNETCTL_EVENT_JOB_DONE) {
		f->bytes = job->bytes;
		if (!e->many && (job->kind == KNETCTL_KIND_FTP_GET ||
				 job->kind == KNETCTL_KIND_FTP_PUT))
			progress_update(&e->bar, job, event->mono_ns);
		return 0;
	}
	/* Fetching it also tells the kernel to let go of it. */
	if (!knetctl_job_get(e->c->handle, f->id, &result) && job_ended(&result))
		job = &result;
	return ended(e, f, job);
}

static int read_events(struct engine *e)
{
	struct knetctl_event event;
	int got, err;

	while ((got = knetctl_process(e->c->handle, &event)) > 0) {
		err = take(e, &event);
		if (err || !e->c->handle)
			return err ? err : -ESHUTDOWN;
		draw(e);
	}
	return got;
}

/* The first signal cancels all, a second one does not wait for what comes of it. */
static void stop(struct engine *e)
{
	struct flow *f, *next;

	e->c->interrupted = true;
	e->give_up = e->stopping ? 1 : now_ms() + CANCEL_MS;
	e->stopping = true;
	let_go(e);
	for (f = e->flows; f; f = next) {
		next = f->next;
		if (f->id) {
			/* It may have ended just now; then job-done is on its way. */
			knetctl_job_cancel(e->c->handle, f->id);
			continue;
		}
		if (f->ops->abandon)
			f->ops->abandon(f, STATUS_ENDED);
		flow_end(f, STATUS_ENDED);
		settle(e, f);
	}
}

static void wake(struct engine *e)
{
	int64_t now = now_ms();
	struct flow *f, *next;

	for (f = e->flows; f; f = next) {
		next = f->next;
		if (f->wake && f->wake <= now)
			step(e, f, NULL);
	}
}

static int timeout(const struct engine *e)
{
	int ms = knetctl_timeout(e->c->handle);
	int64_t at = e->give_up, left;
	const struct flow *f;

	if (e->bar.on && (ms < 0 || ms > REDRAW_MS))
		ms = REDRAW_MS;
	for (f = e->flows; f; f = f->next)
		if (f->wake && (!at || f->wake < at))
			at = f->wake;
	left = at ? at - now_ms() : -1;
	if (at && (ms < 0 || ms > left))
		ms = left > 0 ? (int)left : 0;
	return ms;
}

/* Standard input or output ended in a way that ends the job too. */
static void move_data(struct engine *e, const struct pollfd *fds)
{
	struct flow *f;

	if (e->pump->over)
		return;
	pump_move(e->pump, fds);
	if (!e->pump->over)
		return;
	let_go(e);
	for (f = e->flows; f && e->pump->err; f = f->next)
		if (f->id)
			knetctl_job_cancel(e->c->handle, f->id);
}

/* Wait for something to happen. A status. */
static int wait_for_more(struct engine *e)
{
	struct pollfd fds[3 + PUMP_FDS] = {
		{ .fd = knetctl_fd(e->c->handle), .events = (short)knetctl_events(e->c->handle) },
		{ .fd = e->signals, .events = POLLIN },
		{ .fd = e->input, .events = POLLIN },
	};
	int got;

	if (e->pump)
		pump_poll(e->pump, fds + 3);
	got = poll(fds, e->pump ? 3 + PUMP_FDS : 3, timeout(e));

	if (got < 0 && errno != EINTR)
		return fail_errno(e->c, errno, "poll");
	if (got > 0 && fds[1].revents && signals_next(e->signals))
		stop(e);
	if (got > 0 && e->pump)
		move_data(e, fds + 3);
	if (got == 0) {
		draw(e);
		if (!e->many)
			progress_draw(&e->bar);
	}
	return STATUS_OK;
}

/* A status, 0 to go on. */
static int turn(struct engine *e)
{
	int err = read_events(e);

	if (err < 0)
		return e->c->handle ? fail_library(e->c, err, NULL) : STATUS_MODULE;
	wake(e);
	fill(e);
	if (!e->c->handle)
		return STATUS_MODULE;
	if (!e->count && e->input < 0)
		return STATUS_OK;
	if (e->give_up && now_ms() >= e->give_up)
		return fail_text(e->c, STATUS_ENDED, EINTR,
				 "jobs were cancelled, but the end of %u did not come", e->count);
	return wait_for_more(e);
}

int engine_run(struct engine *e)
{
	int status = STATUS_OK;
	int err;

	e->begin_ns = engine_now_ns();
	/* Before the first start, so that no event of a job is missed. */
	err = knetctl_subscribe(e->c->handle, KNETCTL_GROUP_JOB);
	if (err < 0)
		return fail_library(e->c, err, NULL);
	fill(e);
	while (!status && (e->count || e->input >= 0))
		status = turn(e);
	progress_clear(&e->bar);
	abandon(e, status);
	return status;
}
