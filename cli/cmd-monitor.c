// SPDX-License-Identifier: GPL-2.0-or-later
/* knetctl monitor: events as they come, and no loss without its number */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "monitor.h"
#include "out.h"

#define DUMP_AGAIN_MS	10000	/* at least, between two dumps of a namespace */
#define LOOK_MS		1000	/* for new namespaces */
#define FDS_OTHER	3	/* of poll: signals, standard output, children */

enum {
	OPT_COUNT = 1, OPT_FOR, OPT_STRICT, OPT_RCVBUF, OPT_TIME, OPT_DUMP, OPT_ALL_NETNS, OPT_EXEC,
};

int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ------------------------------------------------------------ loop -- */

static bool enough(const struct monitor *m)
{
	return (m->count && m->shown >= m->count) || out_error();
}

int fail_source(struct cli *c, struct source *s, int err)
{
	drop_handle(c);
	c->handle = s->handle;
	s->handle = NULL;
	return fail_library(c, err, s->name);
}

/* After a signal no command is begun any more, and none is waited for. */
static bool full(const struct cli *c)
{
	return !c->interrupted && exec_full();
}

/* A status. */
static int take_event(struct cli *c, struct monitor *m, struct source *s,
		      const struct knetctl_event *event)
{
	int status = STATUS_OK;

	/* A newer library may tell of what this command has no name for. */
	if (!knetctl_event_name(event->type) || event->type > KNETCTL_EVENT_JOB_DIALOGUE ||
	    !event_passes(m, event) || dump_knows(s, event))
		return STATUS_OK;
	show_event(c, m, s, event);
	if (m->exec && !c->interrupted)
		status = exec_run(c, m, event);
	if (event->type == KNETCTL_EVENT_LOST) {
		m->lost = true;
		s->dump_due = m->dump;
	}
	m->shown++;
	return status;
}

/* All that is there, as far as it may be taken. A status. */
static int drain(struct cli *c, struct monitor *m, struct source *s)
{
	struct knetctl_event event;
	int got = 0, status = STATUS_OK;

	while (!status && !enough(m) && !full(c) &&
	       (got = knetctl_process(s->handle, &event)) > 0) {
		if (event.type == KNETCTL_EVENT_GONE) {
			out_flush(c);
			return fail_source(c, s, -ESHUTDOWN);
		}
		status = take_event(c, m, s, &event);
	}
	/* Once for all that came together, and always before waiting. */
	out_flush(c);
	return got < 0 ? fail_source(c, s, got) : status;
}

static bool dump_is_due(const struct source *s)
{
	return s->dump_due && (s->dumped == INT64_MIN || now_ms() - s->dumped >= DUMP_AGAIN_MS);
}

static int drain_all(struct cli *c, struct monitor *m)
{
	int status = STATUS_OK;
	size_t i;

	for (i = 0; !status && i < m->source_count && !enough(m); i++) {
		if (dump_is_due(&m->source[i]))
			status = dump_objects(c, m, &m->source[i]);
		if (!status)
			status = drain(c, m, &m->source[i]);
	}
	return status;
}

static void sooner(int *ms, int64_t then)
{
	int64_t left = then - now_ms();

	if (left < 0)
		left = 0;
	if (left < INT32_MAX && (*ms < 0 || left < *ms))
		*ms = (int)left;
}

static int timeout(const struct monitor *m)
{
	int ms = -1, own;
	size_t i;

	if (m->has_end)
		sooner(&ms, m->end);
	if (m->all_netns)
		sooner(&ms, m->looked + LOOK_MS);
	for (i = 0; i < m->source_count; i++) {
		own = exec_full() ? -1 : knetctl_timeout(m->source[i].handle);
		if (own >= 0 && (ms < 0 || own < ms))
			ms = own;
		if (m->source[i].dump_due)
			sooner(&ms, m->source[i].dumped + DUMP_AGAIN_MS);
	}
	return ms;
}

/* What happened in a namespace up to now. A status. */
static int drain_last(struct cli *c, struct monitor *m, struct source *s)
{
	int err = knetctl_sync(s->handle);

	return err < 0 ? fail_source(c, s, err) : drain(c, m, s);
}

/* What happened before the end was asked for is shown before it. */
static int last_events(struct cli *c, struct monitor *m, int signals)
{
	int status = STATUS_OK;
	size_t i;

	for (i = 0; !status && i < m->source_count; i++) {
		status = drain_last(c, m, &m->source[i]);
		while (!status && full(c) && !enough(m)) {
			exec_wait_room(c, signals);
			status = drain(c, m, &m->source[i]);
		}
	}
	return status;
}

/*
 * Namespaces of which only we hold something: nothing happens there any more,
 * but what has happened may still wait for us.
 */
static int leave_netns(struct cli *c, struct monitor *m)
{
	int status = STATUS_OK;
	size_t i = 0;

	while (!status && i < m->source_count) {
		if (!m->source[i].present)
			status = drain_last(c, m, &m->source[i]);
		/* When there is no room for its events, next time. */
		if (status || m->source[i].present || full(c) || enough(m)) {
			i++;
			continue;
		}
		source_close(&m->source[i]);
		m->source[i] = m->source[--m->source_count];
	}
	return status;
}

static int look_again(struct cli *c, struct monitor *m)
{
	int status = look_for_netns(c, m);

	return status ? status : leave_netns(c, m);
}

/* Wait for something to happen. False when poll() failed. */
static bool wait_for(struct monitor *m, int signals, struct pollfd **fds)
{
	size_t i, n = FDS_OTHER + m->source_count;
	struct pollfd *p = realloc(*fds, n * sizeof(*p));

	if (!p)
		abort();
	*fds = p;
	p[0] = (struct pollfd){ .fd = signals, .events = POLLIN };
	/* Only to learn that the reader went away while nothing happens. */
	p[1] = (struct pollfd){ .fd = STDOUT_FILENO, .events = 0 };
	p[2] = (struct pollfd){ .fd = exec_fd(), .events = POLLIN };
	for (i = 0; i < m->source_count; i++)
		p[FDS_OTHER + i] = (struct pollfd){
			.fd = exec_full() ? -1 : knetctl_fd(m->source[i].handle),
			.events = (short)knetctl_events(m->source[i].handle),
		};
	return poll(p, n, timeout(m)) >= 0 || errno == EINTR;
}

/* A status; STATUS_OK for a regular end. */
static int loop(struct cli *c, struct monitor *m, int signals, struct pollfd **fds)
{
	int status;

	for (;;) {
		if (m->all_netns && now_ms() - m->looked >= LOOK_MS) {
			status = look_again(c, m);
			if (status)
				return status;
		}
		status = drain_all(c, m);
		if (status || enough(m))
			return status;
		if (!wait_for(m, signals, fds))
			return fail_errno(c, errno, "poll");
		if ((*fds)[1].revents & (POLLERR | POLLHUP | POLLNVAL))
			return STATUS_OK;
		if ((*fds)[2].revents)
			exec_reap();
		if ((*fds)[0].revents && signals_next(signals)) {
			c->interrupted = true;
			return last_events(c, m, signals);
		}
		if (m->has_end && now_ms() >= m->end)
			return last_events(c, m, signals);
	}
}

/* ------------------------------------------------------- arguments -- */

static int take(struct cli *c, void *data, int id, const char *value)
{
	struct monitor *m = data;
	int status = STATUS_OK;

	switch (id) {
	case OPT_COUNT:
		return arg_number(c, "--count", value, 1, UINT64_MAX, &m->count);
	case OPT_FOR:
		m->has_end = true;
		status = arg_ms(c, "--for", value, &m->for_ms);
		if (m->for_ms == UINT32_MAX)
			m->for_ms = 0;
		break;
	case OPT_STRICT:
		m->strict = true;
		break;
	case OPT_RCVBUF:
		status = arg_size(c, "--rcvbuf", value, &m->rcvbuf);
		if (!status && (!m->rcvbuf || m->rcvbuf > INT32_MAX / 2))
			return fail_usage(c, "--rcvbuf: '%s' is no size of a buffer", value);
		break;
	case OPT_DUMP:
		m->dump = true;
		break;
	case OPT_ALL_NETNS:
		m->all_netns = true;
		break;
	case OPT_EXEC:
		m->exec = value;
		break;
	default:
		m->times = true;
	}
	return status;
}

static int parse_group(struct cli *c, const char *word, unsigned int *group)
{
	const char *names[32], *name;
	unsigned int bit;
	size_t n = 0;

	*group = 0;
	for (bit = 1; bit && (name = knetctl_group_name(bit)); bit <<= 1) {
		names[n++] = name;
		if (!*word || strncmp(name, word, strlen(word)) != 0)
			continue;
		if (*group)
			return fail_usage(c, "group '%s' is ambiguous", word);
		*group = bit;
	}
	if (*group)
		return STATUS_OK;
	name = suggest(word, names, n);
	return fail_usage(c, name ? "unknown group '%s', did you mean '%s'?" :
			  "unknown group '%s'", word, name);
}

/* What may follow the group filter; how many words it took, or minus a status. */
static int parse_narrow(struct cli *c, struct monitor *m, char **word, int count)
{
	struct narrow *n;
	const char *why;
	int i, status;

	m->narrow = realloc(m->narrow, (m->narrow_count + 1) * sizeof(*n));
	if (!m->narrow)
		abort();
	n = &m->narrow[m->narrow_count++];
	memset(n, 0, sizeof(*n));
	for (i = 0; i < count; i += 2) {
		bool dst = !strcmp(word[i], "dst");

		if (!dst && strcmp(word[i], "port") != 0)
			break;
		if (i + 1 == count)
			return -fail_usage(c, "%s: the value is missing", word[i]);
		if (dst && n->has_dst)
			return -fail_usage(c, "dst is there twice; begin again with filter");
		if (!dst && n->port_max)
			return -fail_usage(c, "port is there twice; begin again with filter");
		why = dst ? range_parse(c, word[i + 1], &n->dst) : NULL;
		if (why)
			return -fail_usage(c, "dst: '%s' %s", word[i + 1], why);
		n->has_dst |= dst;
		status = dst ? STATUS_OK : arg_ports(c, word[i + 1], &n->port_min, &n->port_max);
		if (status)
			return -status;
	}
	return i;
}

static int parse_groups(struct cli *c, struct monitor *m, char **word, int count)
{
	unsigned int group;
	int i, used, status;

	for (i = 0; i < count; i++) {
		status = parse_group(c, word[i], &group);
		if (status)
			return status;
		m->groups |= group;
		if (group != KNETCTL_GROUP_FILTER)
			continue;
		used = parse_narrow(c, m, word + i + 1, count - i - 1);
		if (used < 0)
			return -used;
		i += used;
	}
	if (!m->groups)
		m->groups = KNETCTL_GROUP_ALL;
	return STATUS_OK;
}

static int begin(struct cli *c, struct monitor *m)
{
	if (m->exec) {
		int status = exec_begin(c);

		if (status)
			return status;
	}
	if (m->all_netns)
		return look_for_netns(c, m);
	m->source = calloc(1, sizeof(*m->source));
	if (!m->source)
		abort();
	m->source_count = 1;
	return source_open(c, m, m->source);
}

static void end(struct monitor *m)
{
	size_t i;

	exec_end();
	for (i = 0; i < m->source_count; i++)
		source_close(&m->source[i]);
	free(m->source);
	free(m->narrow);
}

static int run(struct cli *c, struct monitor *m)
{
	struct pollfd *fds = NULL;
	int status, signals;

	signals = signals_block();
	if (signals < 0)
		return fail_errno(c, errno, "signalfd");
	m->end = now_ms() + m->for_ms;
	status = begin(c, m);
	if (!status) {
		out_stream(true);
		status = loop(c, m, signals, &fds);
		out_stream(false);
	}
	exec_wait_all(c, signals);
	free(fds);
	signals_restore(signals);
	return status;
}

static int run_monitor(struct cli *c, int argc, char **argv)
{
	struct monitor m = { 0 };
	int n = args_parse(c, argc, argv, take, &m);
	int status;

	if (n < 0)
		return args_status(n);
	status = parse_groups(c, &m, argv + 1, n);
	if (!status)
		status = run(c, &m);
	end(&m);
	if (!status && m.lost && m.strict)
		return STATUS_LOST;
	return status;
}

static const struct opt opts[] = {
	{ OPT_COUNT, "count", 0, "N", "End after N events" },
	{ OPT_FOR, "for", 0, "S", "End after S seconds" },
	{ OPT_DUMP, "dump", 0, NULL, "First what there is, again after a loss" },
	{ OPT_STRICT, "strict", 0, NULL, "End with status 4 when events were lost" },
	{ OPT_ALL_NETNS, "all-netns", 0, NULL, "Of all network namespaces" },
	{ OPT_EXEC, "exec", 0, "CMD", "Run CMD for each, with KNETCTL_EVENT and KNETCTL_JSON" },
	{ OPT_RCVBUF, "rcvbuf", 0, "BYTES", "Size of the receive buffer (k, M)" },
	{ OPT_TIME, "time", 't', NULL, "Begin a line of text with the time" },
	{ 0 }
};

static const struct opt *const tables[] = { opts, NULL };

static const struct verb verbs[] = {
	{ "", "[job|connection|filter [dst PREFIX] [port LO[-HI]]]... [OPTIONS]",
	  "Show events as they happen; without a group, of all groups",
	  tables, "With -j every event is one JSON object on one line. INT and TERM end it with 0.",
	  run_monitor },
};

const struct noun noun_monitor = {
	"monitor", "Events as they happen", verbs, ARRAY_SIZE(verbs)
};
