// SPDX-License-Identifier: GPL-2.0-or-later
/* Events as they are shown, and which ones. */
#include <inttypes.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "connection.h"
#include "job.h"
#include "monitor.h"
#include "out.h"

#define COLUMNS 80

/* ------------------------------------------------------------ text -- */

static void print_line(struct cli *c, struct line *line)
{
	line_add(line, "\n", 1);
	out_bytes(c, line->text, line->len);
}

/* The end of the line, cut to what the columns leave but for -v. */
static void print_cut(struct cli *c, const struct line *line, const char *rest)
{
	char *safe = text_escape(rest);
	size_t room = COLUMNS, at = 0, columns = 0;

	room -= line->len + 1 < room ? line->len + 1 : room;
	while (safe[at]) {
		/* Bytes that go on with a character take no column. */
		columns += ((unsigned char)safe[at] & 0xc0) != 0x80;
		if (columns > room)
			break;
		at++;
	}
	if (!safe[at] || c->verbose) {
		out_text(c, "%s%s%s\n", line->text, *safe ? " " : "", safe);
	} else {
		while (at > 0 && columns-- > room - 2)
			while (at > 0 && ((unsigned char)safe[--at] & 0xc0) == 0x80)
				;
		out_text(c, "%s %.*s...\n", line->text, (int)at, safe);
	}
	free(safe);
}

/* The same, of what stands in the line already, behind a blank. */
static void print_cut_from(struct cli *c, struct line *line, size_t begin)
{
	char *rest = strdup(line->text + begin);

	if (!rest)
		abort();
	line->len = begin - 1;
	line->text[line->len] = '\0';
	print_cut(c, line, rest);
	free(rest);
}

/* Plain text, which most is, has as many columns as bytes. */
static void print_rest(struct cli *c, struct line *line, const char *rest)
{
	size_t room = line->len + 1 < COLUMNS ? COLUMNS - line->len - 1 : 0, len = strlen(rest);

	if ((len > room && c->verbose) || !text_plain(rest)) {
		print_cut(c, line, rest);
		return;
	}
	if (len)
		line_add(line, " ", 1);
	if (len <= room) {
		line_add(line, rest, len);
	} else {
		line_add(line, rest, room > 3 ? room - 3 : 0);
		line_add(line, "...", 3);
	}
	print_line(c, line);
}

static void job_text(struct cli *c, struct line *line, const struct knetctl_event *event)
{
	char a[TEXT_SIZE], b[TEXT_SIZE], t[TEXT_SIZE], reason[sizeof(event->u.job.message) + 32];
	const struct knetctl_job *job = &event->u.job;

	line_add(line, " ", 1);
	line_add_number(line, job->id);
	line_add(line, " ", 1);
	text_size(a, job->bytes);
	switch (event->type) {
	case KNETCTL_EVENT_JOB_STARTED:
		line_add_text(line, knetctl_kind_name(job->kind));
		line_add(line, " ", 1);
		line_add_endpoint(line, &job->remote);
		print_rest(c, line, job->pathname);
		return;
	case KNETCTL_EVENT_JOB_PROGRESS:
		out_text(c, "%s %s %s of %s, %s\n", line->text, knetctl_state_name(job->state), a,
			 job->size_known ? text_size(b, job->size) : "?",
			 text_rate(t, job->bytes, job->duration_ns));
		return;
	default:
		line_add_text(line, knetctl_state_name(job->state));
		line_add(line, " ", 1);
		line_add_text(line, a);
		line_add_text(line, " in ");
		line_add_text(line, text_seconds(t, job->duration_ns));
		print_rest(c, line, job_reason(job, reason, sizeof(reason)));
	}
}

static void dialogue_text(struct cli *c, struct line *line, const struct knetctl_event *event)
{
	const struct knetctl_dialogue *dialogue = &event->u.dialogue;

	line_add(line, " ", 1);
	line_add_number(line, dialogue->id);
	line_add_text(line, dialogue->direction == KNETCTL_DIRECTION_SENT ? " >" : " <");
	print_rest(c, line, dialogue->text);
}

static void line_add_rule(struct line *line, const struct knetctl_filter *rule)
{
	size_t room = sizeof(line->text) - line->len;
	int len = knetctl_filter_text(rule, line->text + line->len, room);

	line->len += (size_t)len < room ? (size_t)len : room - 1;
}

static void match_text(struct cli *c, struct line *line, const struct knetctl_event *event)
{
	const struct knetctl_filter_match *match = &event->u.filter;
	bool plain = true;
	size_t begin;

	line_add(line, " ", 1);
	line_add_endpoint(line, &match->local);
	line_add_text(line, " > ");
	line_add_endpoint(line, &match->remote);
	line_add(line, " ", 1);
	begin = line->len;
	if (match->attribution == KNETCTL_ATTRIBUTED_TASK) {
		plain = text_plain(match->comm);
		line_add_text(line, match->comm);
		line_add(line, "[", 1);
		line_add_number(line, match->pid);
		line_add(line, "] ", 2);
	} else if (match->uid_known) {
		line_add_text(line, "uid ");
		line_add_number(line, match->uid);
		line_add(line, " ", 1);
	}
	line_add_rule(line, &match->rule);
	if (plain && line->len <= COLUMNS)
		print_line(c, line);
	else
		print_cut_from(c, line, begin);
}

static void connection_text(struct cli *c, struct line *line, const struct knetctl_event *event)
{
	const struct knetctl_connection *conn = &event->u.connection;
	struct line end = { .len = 0 };

	line_add(line, " ", 1);
	if (conn->id) {
		line_add_number(line, conn->id);
		line_add(line, " ", 1);
	}
	line_add_endpoint(line, &conn->local);
	line_add_text(line, " from ");
	line_add_endpoint(line, &conn->remote);
	if (event->type == KNETCTL_EVENT_CONNECTION_REJECTED) {
		line_add_text(&end, knetctl_reason_name(conn->reason));
	} else if (event->type == KNETCTL_EVENT_CONNECTION_CLOSED) {
		connection_end_text(&end, conn);
	} else {
		print_line(c, line);
		return;
	}
	line_add(line, ":", 1);
	print_rest(c, line, end.text);
}

static void lost_text(struct cli *c, const struct line *line, const struct knetctl_event *event)
{
	const char *group = knetctl_group_name(event->group);

	out_text(c, "%s %s %" PRIu64 " events, %" PRIu64 " to %" PRIu64 ", %s\n", line->text,
		 group ? group : "?", event->u.lost.count, event->u.lost.first_seq,
		 event->u.lost.last_seq, event->u.lost.where ? "socket" : "kernel");
}

static void print_text(struct cli *c, const struct monitor *m, const struct source *s,
		       const struct knetctl_event *event)
{
	time_t seconds = (time_t)(event->time_ns / 1000000000);
	struct line line;
	struct tm tm;

	line.len = 0;
	if (m->times && localtime_r(&seconds, &tm)) {
		line.len = strftime(line.text, sizeof(line.text), "%H:%M:%S", &tm);
		line.len += (size_t)sprintf(line.text + line.len, ".%06u ",
					    (unsigned int)(event->time_ns % 1000000000 / 1000));
	}
	if (s->name) {
		line_add_text(&line, s->name);
		line_add(&line, ": ", 2);
	}
	line_add_text(&line, knetctl_event_name(event->type));
	if (event->type == KNETCTL_EVENT_LOST)
		lost_text(c, &line, event);
	else if (event->type == KNETCTL_EVENT_JOB_DIALOGUE)
		dialogue_text(c, &line, event);
	else if (event->type == KNETCTL_EVENT_FILTER_MATCH)
		match_text(c, &line, event);
	else if (event->group == KNETCTL_GROUP_CONNECTION)
		connection_text(c, &line, event);
	else if (event->type <= KNETCTL_EVENT_JOB_DONE)
		job_text(c, &line, event);
	else
		print_line(c, &line);
}

/* ------------------------------------------------------------ JSON -- */

static void print_json(struct cli *c, const struct knetctl_event *event)
{
	out_object(c);
	if (event->type != KNETCTL_EVENT_LOST && event->type != KNETCTL_EVENT_SYNCED)
		out_u64(c, "seq", NULL, event->seq);
	out_time(c, "time", event->time_ns);
	out_u64(c, "mono_ns", NULL, event->mono_ns);
	out_u64(c, "netns", NULL, event->netns);
	out_str(c, "event", NULL, knetctl_event_name(event->type));
	if (event->type == KNETCTL_EVENT_LOST) {
		out_str(c, "group", NULL, knetctl_group_name(event->group));
		out_u64(c, "count", NULL, event->u.lost.count);
		out_u64(c, "first_seq", NULL, event->u.lost.first_seq);
		out_u64(c, "last_seq", NULL, event->u.lost.last_seq);
		out_str(c, "where", NULL, event->u.lost.where ? "socket" : "kernel");
	} else if (event->type == KNETCTL_EVENT_JOB_DIALOGUE) {
		out_u64(c, "id", NULL, event->u.dialogue.id);
		out_str(c, "direction", NULL,
			knetctl_direction_name(event->u.dialogue.direction));
		out_str(c, "text", NULL, event->u.dialogue.text);
	} else if (event->type == KNETCTL_EVENT_FILTER_MATCH) {
		match_members(c, &event->u.filter);
	} else if (event->group == KNETCTL_GROUP_CONNECTION) {
		connection_members(c, &event->u.connection,
				   event->type == KNETCTL_EVENT_CONNECTION_CLOSED);
	} else if (event->type <= KNETCTL_EVENT_JOB_DONE) {
		job_members(c, &event->u.job);
	}
	out_object_end(c);
}

void show_event(struct cli *c, const struct monitor *m, const struct source *s,
		const struct knetctl_event *event)
{
	if (c->json)
		print_json(c, event);
	else
		print_text(c, m, s, event);
}

char *event_json(struct cli *c, const struct knetctl_event *event)
{
	bool json = c->json;
	char *text;

	out_capture();
	c->json = true;
	print_json(c, event);
	c->json = json;
	text = out_captured();
	text[strcspn(text, "\n")] = '\0';
	return text;
}

/* ---------------------------------------------------------- narrowing -- */

static bool narrow_passes(const struct narrow *n, const struct sockaddr_storage *remote)
{
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)remote;
	const struct sockaddr_in *in = (const struct sockaddr_in *)remote;
	bool v4 = remote->ss_family == AF_INET;
	const void *address = v4 ? (const void *)&in->sin_addr : &in6->sin6_addr;
	uint16_t port = ntohs(v4 ? in->sin_port : in6->sin6_port);

	if (n->port_max && (port < n->port_min || port > n->port_max))
		return false;
	if (!n->has_dst || n->dst.family == AF_UNSPEC)
		return true;
	return n->dst.family == remote->ss_family &&
	       memcmp(address, n->dst.first, n->dst.bits / 8) >= 0 &&
	       memcmp(address, n->dst.last, n->dst.bits / 8) <= 0;
}

bool event_passes(const struct monitor *m, const struct knetctl_event *event)
{
	size_t i;

	if (event->type != KNETCTL_EVENT_FILTER_MATCH || !m->narrow_count)
		return true;
	for (i = 0; i < m->narrow_count; i++)
		if (narrow_passes(&m->narrow[i], &event->u.filter.remote))
			return true;
	return false;
}
