// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * monitor --dump: what there is, before what happens.
 *
 * The subscription comes first, so nothing is missed. An event that was made
 * before its job was read tells nothing new: the job carries the number of the
 * last event that told of it. Listeners and rules have no events; they are shown
 * because those of their connections name them.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "connection.h"
#include "job.h"
#include "listener.h"
#include "monitor.h"
#include "out.h"

struct seen {
	uint32_t id;
	uint64_t last_seq;
};

struct dump {
	struct cli *c;
	const struct monitor *m;
	struct source *s;
};

static void remember(struct source *s, uint32_t id, uint64_t last_seq)
{
	if (s->seen_count == s->seen_room) {
		s->seen_room = 2 * s->seen_room + 64;
		s->seen = realloc(s->seen, s->seen_room * sizeof(*s->seen));
		if (!s->seen)
			abort();
	}
	s->seen[s->seen_count].id = id;
	s->seen[s->seen_count++].last_seq = last_seq;
}

static int by_id(const void *a, const void *b)
{
	const struct seen *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

bool dump_knows(const struct source *s, const struct knetctl_event *event)
{
	struct seen key = { .id = event->u.job.id }, *found;

	/* A line of a dialogue is in no object. */
	if (event->type == KNETCTL_EVENT_LOST || event->type == KNETCTL_EVENT_JOB_DIALOGUE ||
	    !s->seen_count)
		return false;
	if (event->group == KNETCTL_GROUP_CONNECTION)
		key.id = event->u.connection.id;
	else if (event->group != KNETCTL_GROUP_JOB)
		return false;
	found = bsearch(&key, s->seen, s->seen_count, sizeof(key), by_id);
	return found && event->seq <= found->last_seq;
}

static void begin_object(struct dump *d, const char *kind)
{
	struct cli *c = d->c;

	out_object(c);
	out_str(c, "object", NULL, kind);
	out_u64(c, "netns", NULL, d->s->netns);
	out_text(c, "%s%s%s", d->s->name ? d->s->name : "", d->s->name ? ": " : "", kind);
}

static int one_job(const struct knetctl_job *job, void *data)
{
	char remote[TEXT_SIZE];
	struct dump *d = data;
	struct cli *c = d->c;

	remember(d->s, job->id, job->last_seq);
	begin_object(d, "job");
	if (job->last_seq)
		out_u64(c, "last_seq", NULL, job->last_seq);
	else
		out_null(c, "last_seq");
	job_members(c, job);
	out_text(c, " %u %s %s %s", job->id, knetctl_kind_name(job->kind),
		 knetctl_state_name(job->state), text_endpoint(remote, &job->remote));
	out_str(c, NULL, " ", job->pathname);
	out_text(c, "\n");
	out_object_end(c);
	return out_error() ? 1 : 0;
}

static int one_listener(const struct knetctl_listener *l, void *data)
{
	char local[TEXT_SIZE];
	struct dump *d = data;

	begin_object(d, "listener");
	listener_members(d->c, l);
	out_text(d->c, " %u %s %s\n", l->id, text_endpoint(local, &l->local),
		 knetctl_service_name(l->service));
	out_object_end(d->c);
	return out_error() ? 1 : 0;
}

static int one_connection(const struct knetctl_connection *conn, void *data)
{
	char local[TEXT_SIZE], remote[TEXT_SIZE];
	struct dump *d = data;
	struct cli *c = d->c;

	remember(d->s, conn->id, conn->last_seq);
	begin_object(d, "connection");
	if (conn->last_seq)
		out_u64(c, "last_seq", NULL, conn->last_seq);
	else
		out_null(c, "last_seq");
	connection_members(c, conn, true);
	if (c->json)
		out_str(c, "service", NULL, knetctl_service_name(conn->service));
	out_text(c, " %u %s from %s\n", conn->id, text_endpoint(local, &conn->local),
		 text_endpoint(remote, &conn->remote));
	out_object_end(c);
	return out_error() ? 1 : 0;
}

static int one_rule(const struct knetctl_filter *rule, void *data)
{
	struct dump *d = data;
	char text[96];

	knetctl_filter_text(rule, text, sizeof(text));
	begin_object(d, "filter");
	rule_members(d->c, rule);
	out_text(d->c, " %s\n", text);
	out_object_end(d->c);
	return out_error() ? 1 : 0;
}

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

int dump_objects(struct cli *c, const struct monitor *m, struct source *s)
{
	struct knetctl_event synced = { .type = KNETCTL_EVENT_SYNCED };
	struct dump d = { c, m, s };
	int err = 0;

	s->dump_due = false;
	s->seen_count = 0;
	if (m->groups & KNETCTL_GROUP_JOB)
		err = knetctl_job_list(s->handle, one_job, &d);
	if (!err && m->groups & KNETCTL_GROUP_CONNECTION)
		err = knetctl_listener_list(s->handle, one_listener, &d);
	if (!err && m->groups & KNETCTL_GROUP_CONNECTION)
		err = knetctl_connection_list(s->handle, 0, one_connection, &d);
	if (!err && m->groups & KNETCTL_GROUP_FILTER)
		err = knetctl_filter_list(s->handle, one_rule, &d);
	if (err < 0)
		return fail_source(c, s, err);
	if (s->seen_count)
		qsort(s->seen, s->seen_count, sizeof(*s->seen), by_id);
	synced.time_ns = clock_ns(CLOCK_REALTIME);
	synced.mono_ns = clock_ns(CLOCK_MONOTONIC);
	synced.netns = s->netns;
	show_event(c, m, s, &synced);
	out_flush(c);
	s->dumped = now_ms();
	return STATUS_OK;
}
