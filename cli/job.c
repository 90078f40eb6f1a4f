// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "job.h"
#include "out.h"

bool job_ended(const struct knetctl_job *job)
{
	return job->state == KNETCTL_STATE_DONE || job->state == KNETCTL_STATE_FAILED ||
	       job->state == KNETCTL_STATE_CANCELLED;
}

int job_status(const struct knetctl_job *job)
{
	switch (job->state) {
	case KNETCTL_STATE_DONE:
		return STATUS_OK;
	case KNETCTL_STATE_CANCELLED:
		return STATUS_ENDED;
	default:
		return job->error_class == KNETCTL_CLASS_TIMER ? STATUS_ENDED : STATUS_FAILED;
	}
}

static void number_or_null(struct cli *c, const char *key, uint64_t value, bool known)
{
	if (known)
		out_u64(c, key, NULL, value);
	else
		out_null(c, key);
}

void job_members(struct cli *c, const struct knetctl_job *job)
{
	if (!c->json)
		return;
	number_or_null(c, "id", job->id, job->id);
	out_str(c, "kind", NULL, knetctl_kind_name(job->kind));
	out_str(c, "state", NULL, knetctl_state_name(job->state));
	out_u64(c, "bytes", NULL, job->bytes);
	number_or_null(c, "size", job->size, job->size_known);
	out_u64(c, "duration_ns", NULL, job->duration_ns);
	out_str(c, "class", NULL, job->error_class ? knetctl_class_name(job->error_class) : NULL);
	out_errno(c, "errno", NULL, job->errnum);
	number_or_null(c, "ftp_code", job->ftp_code, job->ftp_code);
	out_str(c, "message", NULL, job->message[0] ? job->message : NULL);
	out_str(c, "path", NULL, job->path ? knetctl_path_name(job->path) : NULL);
	out_endpoint(c, "local", &job->local);
	out_endpoint(c, "remote", &job->remote);
}

const char *job_reason(const struct knetctl_job *job, char *buf, size_t size)
{
	const char *name = job->errnum ? knetctl_errno_name((int)job->errnum) : NULL;

	if (job->ftp_code && job->state != KNETCTL_STATE_DONE)
		snprintf(buf, size, "%u %s", job->ftp_code, job->message);
	else if (name && job->message[0])
		snprintf(buf, size, "%s: %s", name, job->message);
	else if (job->state == KNETCTL_STATE_DONE)
		*buf = '\0';
	else
		snprintf(buf, size, "%s", name ? name : job->message);
	return buf;
}

void print_dialogue(const struct cli *c, struct progress *p,
		    const struct knetctl_dialogue *dialogue, bool many)
{
	char direction = dialogue->direction == KNETCTL_DIRECTION_SENT ? '>' : '<';
	char *safe;

	/* There standard error has nothing but an error. */
	if (c->json)
		return;
	safe = text_escape(dialogue->text);
	progress_clear(p);
	if (many)
		fprintf(stderr, "%u ", dialogue->id);
	fprintf(stderr, "%c %s\n", direction, safe);
	free(safe);
}
