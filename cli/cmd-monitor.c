// SPDX-License-Identifier: GPL-2.0-or-later
/* knetctl monitor: events as they come, and no loss without its number */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "connection.h"
#include "job.h"
#include "out.h"

#define COLUMNS 80

enum { OPT_COUNT = 1, OPT_FOR, OPT_STRICT, OPT_RCVBUF, OPT_TIME };

struct monitor {
	unsigned int groups;
	uint64_t count;		/* events to show, 0 is no limit */
	bool has_end;
	uint32_t for_ms;
	int64_t end;		/* when, CLOCK_MONOTONIC */
	uint64_t rcvbuf;
	bool strict, times;
	uint64_t shown;
	bool lost;
};

/* ------------------------------------------------------------ text -- */

/* The end of the line, cut to what the columns leave but for -v. */
static void print_rest(struct cli *c, const char *line, const char *rest)
{
	char *safe = text_escape(rest);
	size_t room = COLUMNS, at = 0, columns = 0;

	room -= strlen(line) + 1 < room ? strlen(line) + 1 : room;
	while (safe[at]) {
		/* Bytes that go on with a character take no column. */
		columns += ((unsigned char)safe[at] & 0xc0) != 0x80;
		if (columns > room)
			break;
		at++;
	}
	if (!safe[at] || c->verbose) {
		out_text(c, "%s %s\n", line, safe);
	} else {
		while (at > 0 && columns-- > room - 2)
			while (at > 0 && ((unsigned char)safe[--at] & 0xc0) == 0x80)
				;
		out_text(c, "%s %.*s...\n", line, (int)at, safe);
	}
	free(safe);
}

static void job_text(struct cli *c, char *line, size_t size, const struct knetctl_event *event)
{
	char a[TEXT_SIZE], b[TEXT_SIZE], t[TEXT_SIZE], reason[sizeof(event->u.job.message) + 32];
	const struct knetctl_job *job = &event->u.job;
	size_t len = strlen(line);
	char *p = line + len;

	size -= len;
	text_size(a, job->bytes);
	switch (event->type) {
	case KNETCTL_EVENT_JOB_STARTED:
		snprintf(p, size, " %u %s %s", job->id, knetctl_kind_name(job->kind),
			 text_endpoint(a, &job->remote));
		print_rest(c, line, job->pathname);
		return;
	case KNETCTL_EVENT_JOB_PROGRESS:
		snprintf(p, size, " %u %s %s of %s, %s\n", job->id, knetctl_state_name(job->state),
			 a, job->size_known ? text_size(b, job->size) : "?",
			 text_rate(t, job->bytes, job->duration_ns));
		out_text(c, "%s", line);
		return;
	default:
		snprintf(p, size, " %u %s %s in %s", job->id, knetctl_state_name(job->state), a,
			 text_seconds(t, job->duration_ns));
		print_rest(c, line, job_reason(job, reason, sizeof(reason)));
	}
}

static bool is_connection(const struct knetctl_event *event)
{
	return event->type >= KNETCTL_EVENT_CONNECTION_ACCEPTED &&
	       event->type <= KNETCTL_EVENT_CONNECTION_CLOSED;
}

static void connection_text(struct cli *c, char *line, size_t size,
			    const struct knetctl_event *event)
{
	const struct knetctl_connection *conn = &event->u.connection;
	char local[TEXT_SIZE], remote[TEXT_SIZE], end[2 * TEXT_SIZE] = "";
	const char *reason = knetctl_reason_name(conn->reason);
	size_t len = strlen(line);

	if (event->type == KNETCTL_EVENT_CONNECTION_REJECTED)
		snprintf(end, sizeof(end), "%s", reason ? reason : "?");
	if (event->type == KNETCTL_EVENT_CONNECTION_CLOSED)
		connection_end_text(end, sizeof(end), conn);
	text_endpoint(remote, &conn->remote);
	if (conn->id)
		snprintf(line + len, size - len, " %u %s from %s", conn->id,
			 text_endpoint(local, &conn->local), remote);
	else
		snprintf(line + len, size - len, " %s from %s",
			 text_endpoint(local, &conn->local), remote);
	out_text(c, *end ? "%s: %s\n" : "%s\n", line, end);
}

static void lost_text(struct cli *c, char *line, size_t size, const struct knetctl_event *event)
{
	size_t len = strlen(line);
	const char *group = knetctl_group_name(event->group);

	snprintf(line + len, size - len, " %s %" PRIu64 " events, %" PRIu64 " to %" PRIu64 ", %s",
		 group ? group : "?", event->u.lost.count, event->u.lost.first_seq,
		 event->u.lost.last_seq, event->u.lost.where ? "socket" : "kernel");
	out_text(c, "%s\n", line);
}

static void print_text(struct cli *c, const struct monitor *m, const struct knetctl_event *event)
{
	time_t seconds = (time_t)(event->time_ns / 1000000000);
	char line[256] = "";
	size_t len = 0;
	struct tm tm;

	if (m->times && localtime_r(&seconds, &tm)) {
		len = strftime(line, sizeof(line), "%H:%M:%S", &tm);
		len += (size_t)snprintf(line + len, sizeof(line) - len, ".%06u ",
					(unsigned int)(event->time_ns % 1000000000 / 1000));
	}
	snprintf(line + len, sizeof(line) - len, "%s", knetctl_event_name(event->type));
	if (event->type == KNETCTL_EVENT_LOST)
		lost_text(c, line, sizeof(line), event);
	else if (event->type <= KNETCTL_EVENT_JOB_DONE)
		job_text(c, line, sizeof(line), event);
	else if (is_connection(event))
		connection_text(c, line, sizeof(line), event);
	else
		out_text(c, "%s\n", line);
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
	} else if (event->type <= KNETCTL_EVENT_JOB_DONE) {
		job_members(c, &event->u.job);
	} else if (is_connection(event)) {
		connection_members(c, &event->u.connection,
				   event->type == KNETCTL_EVENT_CONNECTION_CLOSED);
	}
	out_object_end(c);
}

/* ------------------------------------------------------------ loop -- */

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool enough(const struct monitor *m)
{
	return (m->count && m->shown >= m->count) || out_error();
}

/* All that is there. 0, or minus a status. */
static int drain(struct cli *c, struct monitor *m)
{
	struct knetctl_event event;
	int got = 0;

	while (!enough(m) && (got = knetctl_process(c->handle, &event)) > 0) {
		if (event.type == KNETCTL_EVENT_GONE) {
			out_flush(c);
			return -fail_library(c, -ESHUTDOWN, NULL);
		}
		/* A newer library may tell of what this command has no name for. */
		if (!knetctl_event_name(event.type) || event.type > KNETCTL_EVENT_CONNECTION_CLOSED)
			continue;
		if (c->json)
			print_json(c, &event);
		else
			print_text(c, m, &event);
		m->lost |= event.type == KNETCTL_EVENT_LOST;
		m->shown += event.type != KNETCTL_EVENT_SYNCED;
	}
	/* Once for all that came together, and always before waiting. */
	out_flush(c);
	return got < 0 ? -fail_library(c, got, NULL) : 0;
}

static int timeout(struct cli *c, const struct monitor *m)
{
	int ms = knetctl_timeout(c->handle);
	int64_t left;

	if (!m->has_end)
		return ms;
	left = m->end - now_ms();
	if (left < 0)
		left = 0;
	if (left > INT32_MAX)
		left = INT32_MAX;
	return ms >= 0 && ms < left ? ms : (int)left;
}

/* What happened before the end was asked for is shown before it. */
static int last_events(struct cli *c, struct monitor *m)
{
	int err = knetctl_sync(c->handle);

	if (err < 0)
		return -fail_library(c, err, NULL);
	return drain(c, m);
}

/* 0 at a regular end, or minus a status. */
static int loop(struct cli *c, struct monitor *m, int signals)
{
	struct pollfd fds[3] = {
		{ .fd = knetctl_fd(c->handle), .events = (short)knetctl_events(c->handle) },
		{ .fd = signals, .events = POLLIN },
		/* Only to learn that the reader went away while nothing happens. */
		{ .fd = STDOUT_FILENO, .events = 0 },
	};
	int got;

	for (;;) {
		got = drain(c, m);
		if (got < 0 || enough(m))
			return got;
		got = poll(fds, 3, timeout(c, m));
		if (got < 0 && errno != EINTR)
			return -fail_errno(c, errno, "poll");
		if (fds[2].revents & (POLLERR | POLLHUP | POLLNVAL))
			return 0;
		if (fds[1].revents && signals_next(signals)) {
			c->interrupted = true;
			return last_events(c, m);
		}
		if (m->has_end && now_ms() >= m->end)
			return last_events(c, m);
	}
}

/* ------------------------------------------------------- arguments -- */

static int take(struct cli *c, void *data, int id, const char *value)
{
	struct monitor *m = data;
	int status;

	switch (id) {
	case OPT_COUNT:
		return arg_number(c, "--count", value, 1, UINT64_MAX, &m->count);
	case OPT_FOR:
		m->has_end = true;
		status = arg_ms(c, "--for", value, &m->for_ms);
		if (m->for_ms == UINT32_MAX)
			m->for_ms = 0;
		return status;
	case OPT_STRICT:
		m->strict = true;
		return STATUS_OK;
	case OPT_RCVBUF:
		status = arg_size(c, "--rcvbuf", value, &m->rcvbuf);
		if (!status && (!m->rcvbuf || m->rcvbuf > INT32_MAX))
			return fail_usage(c, "--rcvbuf: '%s' is no size of a buffer", value);
		return status;
	default:
		m->times = true;
		return STATUS_OK;
	}
}

static int parse_group(struct cli *c, const char *word, unsigned int *groups)
{
	unsigned int bit, found = 0;
	const char *names[32], *name;
	size_t n = 0;

	for (bit = 1; bit && (name = knetctl_group_name(bit)); bit <<= 1) {
		names[n++] = name;
		if (!*word || strncmp(name, word, strlen(word)) != 0)
			continue;
		if (found)
			return fail_usage(c, "group '%s' is ambiguous", word);
		found = bit;
	}
	if (!found) {
		name = suggest(word, names, n);
		return fail_usage(c, name ? "unknown group '%s', did you mean '%s'?" :
				  "unknown group '%s'", word, name);
	}
	*groups |= found;
	return STATUS_OK;
}

static int subscribe(struct cli *c, const struct monitor *m)
{
	int status = need_handle(c);
	int err = 0;

	if (status)
		return status;
	if (m->rcvbuf)
		err = knetctl_set_rcvbuf(c->handle, (int)m->rcvbuf);
	if (err >= 0)
		err = knetctl_subscribe(c->handle, m->groups);
	return err < 0 ? fail_library(c, err, NULL) : STATUS_OK;
}

static int run_monitor(struct cli *c, int argc, char **argv)
{
	struct monitor m = { 0 };
	int n = args_parse(c, argc, argv, take, &m);
	int i, status, signals;

	if (n < 0)
		return args_status(n);
	for (i = 1; i <= n; i++) {
		status = parse_group(c, argv[i], &m.groups);
		if (status)
			return status;
	}
	if (!m.groups)
		m.groups = KNETCTL_GROUP_ALL;
	signals = signals_block();
	if (signals < 0)
		return fail_errno(c, errno, "signalfd");
	m.end = now_ms() + m.for_ms;
	status = subscribe(c, &m);
	if (!status) {
		out_stream(true);
		status = -loop(c, &m, signals);
		out_stream(false);
	}
	signals_restore(signals);
	/* The groups stay joined otherwise: a batch may go on with this handle. */
	drop_handle(c);
	if (!status && m.lost && m.strict)
		return STATUS_LOST;
	return status;
}

static const struct opt opts[] = {
	{ OPT_COUNT, "count", 0, "N", "End after N events" },
	{ OPT_FOR, "for", 0, "S", "End after S seconds" },
	{ OPT_STRICT, "strict", 0, NULL, "End with status 4 when events were lost" },
	{ OPT_RCVBUF, "rcvbuf", 0, "BYTES", "Size of the receive buffer (k, M)" },
	{ OPT_TIME, "time", 't', NULL, "Begin a line of text with the time" },
	{ 0 }
};

static const struct opt *const tables[] = { opts, NULL };

static const struct verb verbs[] = {
	{ "", "[job|connection]... [OPTIONS]", "Show events as they happen; without a group, of all groups",
	  tables, "With -j every event is one JSON object on one line. INT and TERM end it with 0.",
	  run_monitor },
};

const struct noun noun_monitor = {
	"monitor", "Events as they happen", verbs, ARRAY_SIZE(verbs)
};
