/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of `knetctl monitor'. */
#ifndef KNETCTL_CLI_MONITOR_H
#define KNETCTL_CLI_MONITOR_H

#include "filter.h"

/* One of the terms of a group: filter dst PREFIX port N. */
struct narrow {
	bool has_dst;
	struct range dst;
	uint16_t port_min, port_max;	/* 0: all */
};

struct seen;

/* One network namespace. */
struct source {
	struct knetctl *handle;
	uint64_t netns;			/* inode number */
	char *name;			/* as it may be shown, with --all-netns, else NULL */
	bool present;			/* in the last look at what there is */
	struct seen *seen;		/* jobs and connections that the dump has shown, by id */
	size_t seen_count, seen_room;
	bool dump_due;			/* again, after a loss */
	int64_t dumped;			/* when, ms of CLOCK_MONOTONIC */
};

struct monitor {
	unsigned int groups;
	struct narrow *narrow;		/* of the filter; a connection passes with any */
	size_t narrow_count;
	uint64_t count;			/* events to show, 0 is no limit */
	bool has_end;
	uint32_t for_ms;
	int64_t end;			/* when, CLOCK_MONOTONIC */
	uint64_t rcvbuf;
	bool strict, times, dump, all_netns;
	const char *exec;		/* or NULL */
	uint64_t shown;
	bool lost;
	struct source *source;
	size_t source_count;
	int64_t looked;			/* for namespaces, ms of CLOCK_MONOTONIC */
};

int64_t now_ms(void);

/* The module went, or a call failed: the text is that of the source's handle. A status. */
int fail_source(struct cli *c, struct source *s, int err);

/* monitor-show.c */
void show_event(struct cli *c, const struct monitor *m, const struct source *s,
		const struct knetctl_event *event);
/* The event as one line of JSON, to free. */
char *event_json(struct cli *c, const struct knetctl_event *event);
bool event_passes(const struct monitor *m, const struct knetctl_event *event);

/* monitor-dump.c */
/* Print the objects and `synced'. A status. */
int dump_objects(struct cli *c, const struct monitor *m, struct source *s);
/* Has the dump shown what this event tells? */
bool dump_knows(const struct source *s, const struct knetctl_event *event);

/* monitor-netns.c: a status */
int source_open(struct cli *c, struct monitor *m, struct source *s);
void source_close(struct source *s);
/* Begin with namespaces that are new; see which of the others are present. */
int look_for_netns(struct cli *c, struct monitor *m);

/* monitor-exec.c */
int exec_begin(struct cli *c);		/* a status */
void exec_end(void);
int exec_fd(void);			/* readable: call exec_reap() */
void exec_reap(void);
bool exec_full(void);
/* Until another one may run, or none does, or a signal ends the monitor. */
void exec_wait_room(struct cli *c, int signals);
void exec_wait_all(struct cli *c, int signals);
int exec_run(struct cli *c, const struct monitor *m, const struct knetctl_event *event);

#endif
