/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Many jobs in one loop. A flow is what needs one job after the other, such as
 * a file with its retries, its checksum and its time; an engine has a window of
 * them under way.
 */
#ifndef KNETCTL_CLI_ENGINE_H
#define KNETCTL_CLI_ENGINE_H

#include "cli.h"
#include "job.h"
#include "pump.h"

#define ENGINE_WINDOW 256

struct engine;
struct flow;

struct flow_ops {
	/*
	 * To begin (@job is NULL), after a pause (NULL too), and after the end of
	 * its job. Calls one of flow_job(), flow_pause() and flow_end().
	 */
	void (*step)(struct flow *f, const struct knetctl_job *job);
	/* There will be no further step: clean up. NULL when there is nothing to do. */
	void (*abandon)(struct flow *f, int status);
	void (*free)(struct flow *f);
};

struct flow {
	const struct flow_ops *ops;
	struct engine *engine;
	struct cli *c;
	struct flow *next;
	uint32_t id;		/* of its job, 0 for none */
	int64_t wake;		/* end of its pause, 0 for none */
	uint64_t bytes;		/* of its job so far */
	bool over;
	bool aside;		/* no file of its own: not counted as one, unless it fails */
	int status;		/* when it is over */
	const char *subject;	/* which file of a mirror it is about, or NULL */
	unsigned int line;	/* of the list that it came from */
	char *origin;		/* that line, or NULL */
};

struct engine {
	struct cli *c;
	int signals;
	bool many;		/* not only one: no word about each */
	/* The next flow. NULL: none before @input is readable, if that was set, or a flow ends. */
	struct flow *(*more)(struct engine *e);
	void (*ended)(struct engine *e, struct flow *f);	/* may be NULL */
	void *data;		/* for the two */
	struct progress bar;
	bool bar_wanted;
	int input;		/* that more() waits for; -1 when it does not */
	struct pump *pump;	/* of the only flow, from when it needs one; or NULL */
	uint64_t files, failed, bytes, begin_ns, moved;

	/* private */
	struct flow *flows;
	unsigned int count;
	bool stopping;
	struct flow *held;	/* its job has ended, but not all of its data went on */
	struct knetctl_job held_job;
	int64_t give_up;
	int64_t drawn;
	double rate;
};

/* Runs until nothing is left; 0, or a status that ended it as a whole. */
int engine_run(struct engine *e);

/* A status; for a failure the message was given, and the flow must end. */
int flow_job(struct flow *f, uint32_t kind, const struct knetctl_ftp *args);
void flow_pause(struct flow *f, uint32_t ms);
void flow_end(struct flow *f, int status);
/* A flow that was not given to an engine. */
void flow_free(struct flow *f);
/* Is it of no use to say how it failed? A signal ended all. */
bool flow_stopped(const struct flow *f);

uint64_t engine_now_ns(void);

#endif
