/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every verb that has to do with jobs needs. */
#ifndef KNETCTL_CLI_JOB_H
#define KNETCTL_CLI_JOB_H

#include "cli.h"

bool job_ended(const struct knetctl_job *job);
/* The exit status that the end of a job stands for. */
int job_status(const struct knetctl_job *job);
/* The members of a job-done, into an open JSON object. */
void job_members(struct cli *c, const struct knetctl_job *job);
/* What went wrong, in words; empty for a job that went well. In @buf, not escaped. */
const char *job_reason(const struct knetctl_job *job, char *buf, size_t size);

/* progress.c: a line on a terminal that tells how far a transfer is */
struct progress {
	bool on, shown;
	const char *name;
	uint64_t bytes, mono_ns;	/* of the last event that made the rate */
	double rate;			/* bytes a second, smoothed; 0 unknown */
	struct knetctl_job job;		/* as last seen */
};

void progress_init(struct progress *p, const struct cli *c, const char *name, bool wanted);
void progress_update(struct progress *p, const struct knetctl_job *job, uint64_t mono_ns);
void progress_draw(struct progress *p);
void progress_clear(struct progress *p);

/* A line of --trace on standard error; with the job's number when there are many. */
void print_dialogue(const struct cli *c, struct progress *p,
		    const struct knetctl_dialogue *dialogue, bool many);

/*
 * wait.c: wait for the end of a job of our own. The handle is subscribed to
 * the job events since before the job was started. A signal from @signals
 * cancels the job. Returns 0 with the ended job, or a status.
 */
int wait_for_job(struct cli *c, uint32_t id, int signals, struct progress *p,
		 struct knetctl_job *job);

#endif
