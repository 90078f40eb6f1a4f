// SPDX-License-Identifier: GPL-2.0-or-later
/* knetctl job: list, show, wait, cancel, set */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "job.h"
#include "out.h"

/* A job that is not there has its own words. */
static int fail_id(struct cli *c, int err, uint32_t id, const char *what)
{
	if (err == -ENOENT)
		return fail_text(c, STATUS_FAILED, ENOENT, "there is no job %u", id);
	return fail_library(c, err, what);
}

static void rate_member(struct cli *c, uint64_t rate)
{
	if (rate == KNETCTL_RATE_UNLIMITED)
		out_null(c, "rate");
	else
		out_u64(c, "rate", NULL, rate);
}

/* What a listed job has besides the members of its job-done. */
static void more_members(struct cli *c, const struct knetctl_job *job)
{
	if (!c->json)
		return;
	out_bool(c, "bound", job->bound);
	out_bool(c, "active", job->active);
	out_str(c, "user", NULL, job->user[0] ? job->user : NULL);
	out_str(c, "pathname", NULL, job->pathname[0] ? job->pathname : NULL);
	out_u64(c, "offset", NULL, job->offset);
	rate_member(c, job->rate);
}

/* ------------------------------------------------------------ list -- */

struct list {
	struct cli *c;
	uint32_t state;		/* 0: any */
	bool begun;
};

/* Not before it is known that there is a list: an error leaves stdout empty. */
static void list_begin(struct list *list)
{
	struct cli *c = list->c;

	if (list->begun)
		return;
	list->begun = true;
	out_list(c);
	if (!c->quiet)
		out_text(c, "%-7s %-8s %-9s %8s %8s %s\n", "ID", "KIND", "STATE", "BYTES", "SIZE",
			 "REMOTE AND PATHNAME");
}

static int list_one(const struct knetctl_job *job, void *data)
{
	char bytes[TEXT_SIZE], size[TEXT_SIZE], remote[TEXT_SIZE];
	struct list *list = data;
	struct cli *c = list->c;

	if (list->state && job->state != list->state)
		return 0;
	list_begin(list);
	out_object(c);
	job_members(c, job);
	more_members(c, job);
	out_text(c, "%-7u %-8s %-9s %8s %8s %s", job->id, knetctl_kind_name(job->kind),
		 knetctl_state_name(job->state), text_size(bytes, job->bytes),
		 job->size_known ? text_size(size, job->size) : "-",
		 text_endpoint(remote, &job->remote));
	out_str(c, NULL, " ", job->pathname);
	out_text(c, "\n");
	out_object_end(c);
	return out_error();
}

static int parse_state(struct cli *c, const char *word, uint32_t *state)
{
	const char *names[16], *name;
	uint32_t i, found = 0;
	size_t n = 0;

	for (i = 1; i < ARRAY_SIZE(names) && (name = knetctl_state_name(i)); i++) {
		names[n++] = name;
		if (!strncmp(name, word, strlen(word)))
			found = found ? UINT32_MAX : i;
		if (!strcmp(name, word)) {
			*state = i;
			return STATUS_OK;
		}
	}
	if (found && found != UINT32_MAX && *word) {
		*state = found;
		return STATUS_OK;
	}
	name = suggest(word, names, n);
	if (name)
		return fail_usage(c, "unknown state '%s', did you mean '%s'?", word, name);
	return fail_usage(c, "unknown state '%s': queued, running, done, failed or cancelled",
			  word);
}

static int list_jobs(struct cli *c, uint32_t state)
{
	struct list list = { .c = c, .state = state };
	int status = need_handle(c);
	int err;

	if (status)
		return status;
	err = knetctl_job_list(c->handle, list_one, &list);
	if (err >= 0)
		list_begin(&list);
	if (list.begun)
		out_list_end(c);
	return err < 0 ? fail_library(c, err, NULL) : STATUS_OK;
}

static int run_list(struct cli *c, int argc, char **argv)
{
	int n = args_parse(c, argc, argv, NULL, NULL);
	uint32_t state = 0;
	int status;

	if (n < 0)
		return args_status(n);
	if (n > 0 && strcmp(argv[1], "state") != 0)
		return fail_usage(c, "unknown selector '%s': state", argv[1]);
	if (n == 1)
		return fail_usage(c, "which state?");
	if (n > 2)
		return fail_usage(c, "too much: '%s'", argv[3]);
	status = n ? parse_state(c, argv[2], &state) : STATUS_OK;
	return status ? status : list_jobs(c, state);
}

/* ------------------------------------------------------------ show -- */

static void show_text(struct cli *c, const struct knetctl_job *job)
{
	char buf[TEXT_SIZE];

	out_u64(c, NULL, "id         ", job->id);
	out_str(c, NULL, "\nkind       ", knetctl_kind_name(job->kind));
	out_str(c, NULL, "\nstate      ", knetctl_state_name(job->state));
	out_u64(c, NULL, "\nbytes      ", job->bytes);
	if (job->offset)
		out_u64(c, NULL, "\noffset     ", job->offset);
	if (job->size_known)
		out_u64(c, NULL, "\nsize       ", job->size);
	out_text(c, "\nduration   %s", text_seconds(buf, job->duration_ns));
	if (job->error_class)
		out_str(c, NULL, "\nclass      ", knetctl_class_name(job->error_class));
	if (job->errnum)
		out_errno(c, NULL, "\nerrno      ", job->errnum);
	if (job->ftp_code)
		out_u64(c, NULL, "\nftp code   ", job->ftp_code);
	if (job->message[0])
		out_str(c, NULL, "\nmessage    ", job->message);
	if (job->path)
		out_str(c, NULL, "\npath       ", knetctl_path_name(job->path));
	if (job->local.ss_family)
		out_text(c, "\nlocal      %s", text_endpoint(buf, &job->local));
	if (job->remote.ss_family)
		out_text(c, "\nremote     %s", text_endpoint(buf, &job->remote));
	if (job->user[0])
		out_str(c, NULL, "\nuser       ", job->user);
	if (job->pathname[0])
		out_str(c, NULL, "\npathname   ", job->pathname);
	if (job->rate != KNETCTL_RATE_UNLIMITED)
		out_text(c, "\nrate       %s/s%s", text_size(buf, job->rate),
			 job->rate ? "" : ", paused");
	out_text(c, "\nmode       %s, %s\n", job->active ? "active" : "passive",
		 job->bound ? "cancelled when its starter ends" : "lives on its own");
}

static int run_show(struct cli *c, int argc, char **argv)
{
	int n = args_parse(c, argc, argv, NULL, NULL);
	struct knetctl_job job;
	uint32_t id;
	int status, err;

	if (n < 0)
		return args_status(n);
	if (n == 0)
		return list_jobs(c, 0);
	if (n > 1)
		return fail_usage(c, "one job at a time, not '%s' too", argv[2]);
	status = arg_id(c, argv[1], &id);
	if (!status)
		status = need_handle(c);
	if (status)
		return status;
	err = knetctl_job_get(c->handle, id, &job);
	if (err < 0)
		return fail_id(c, err, id, argv[1]);
	out_object(c);
	job_members(c, &job);
	more_members(c, &job);
	if (!c->json)
		show_text(c, &job);
	out_object_end(c);
	return STATUS_OK;
}

/* ------------------------------------------------------ wait, cancel -- */

static int parse_ids(struct cli *c, int n, char **argv, uint32_t **ids)
{
	int i, status;

	*ids = calloc((size_t)n + 1, sizeof(**ids));
	if (!*ids)
		return fail_errno(c, errno, "%d jobs", n);
	for (i = 0; i < n; i++) {
		status = arg_id(c, argv[i + 1], *ids + i);
		if (status)
			return status;
	}
	return STATUS_OK;
}

static void print_result(struct cli *c, const struct knetctl_job *job)
{
	char size[TEXT_SIZE], time[TEXT_SIZE], rate[TEXT_SIZE];
	char reason[sizeof(job->message) + 32];

	out_object(c);
	job_members(c, job);
	out_text(c, "%u %s: %s in %s", job->id, knetctl_state_name(job->state),
		 text_size(size, job->bytes), text_seconds(time, job->duration_ns));
	if (job->state == KNETCTL_STATE_DONE)
		out_text(c, ", %s", text_rate(rate, job->bytes, job->duration_ns));
	else if (*job_reason(job, reason, sizeof(reason)))
		out_str(c, NULL, ", ", reason);
	out_text(c, "\n");
	out_object_end(c);
	out_flush(c);
}

static int wait_one(struct cli *c, uint32_t id, struct knetctl_job *job)
{
	int err;

	/* A signal may come before the library waits: look at times. */
	do {
		err = signals_caught() ? -EINTR : knetctl_job_wait(c->handle, id, 1000, job);
	} while (err == -ETIMEDOUT);
	if (err == -EINTR) {
		c->interrupted = true;
		return fail_text(c, STATUS_ENDED, EINTR, "interrupted, job %u goes on", id);
	}
	return err < 0 ? fail_id(c, err, id, NULL) : STATUS_OK;
}

static int wait_all(struct cli *c, const uint32_t *ids, struct knetctl_job **jobs, int n)
{
	int i, status, worst = STATUS_OK;

	/*
	 * A result is kept for who waits: let the kernel know for all of them
	 * before waiting for the first. What has ended is had by that.
	 */
	for (i = 0; n > 1 && i < n; i++) {
		jobs[i] = calloc(1, sizeof(**jobs));
		if (jobs[i] && knetctl_job_wait(c->handle, ids[i], 0, jobs[i]) < 0)
			jobs[i]->id = 0;
	}
	for (i = 0; i < n; i++) {
		if (!jobs[i])
			jobs[i] = calloc(1, sizeof(**jobs));
		if (!jobs[i])
			return fail_errno(c, errno, "job %u", ids[i]);
		status = jobs[i]->id ? STATUS_OK : wait_one(c, ids[i], jobs[i]);
		if (!status) {
			if (!c->quiet || c->json)
				print_result(c, jobs[i]);
			status = job_status(jobs[i]);
		}
		if (status > worst)
			worst = status;
		if (c->interrupted || !c->handle)
			break;
	}
	return worst;
}

static int wait_ids(struct cli *c, const uint32_t *ids, int n)
{
	struct knetctl_job **jobs = calloc((size_t)n, sizeof(*jobs));
	int i, status;

	if (!jobs)
		return fail_errno(c, errno, "%d jobs", n);
	signals_catch(true);
	out_stream(n > 1);
	status = wait_all(c, ids, jobs, n);
	out_stream(false);
	signals_catch(false);
	for (i = 0; i < n; i++)
		free(jobs[i]);
	free(jobs);
	return status;
}

static int run_wait(struct cli *c, int argc, char **argv)
{
	int n = args_parse(c, argc, argv, NULL, NULL);
	uint32_t *ids;
	int status;

	if (n < 0)
		return args_status(n);
	if (n == 0)
		return fail_usage(c, "which job?");
	status = parse_ids(c, n, argv, &ids);
	if (!status)
		status = need_handle(c);
	if (!status)
		status = wait_ids(c, ids, n);
	free(ids);
	return status;
}

static int cancel_one(struct cli *c, uint32_t id, bool must_exist)
{
	int err = knetctl_job_cancel(c->handle, id);

	if (err < 0 && !must_exist && err != -ESHUTDOWN && err != -EPERM)
		return STATUS_OK;
	if (err < 0)
		return fail_id(c, err, id, NULL);
	out_object(c);
	out_u64(c, "id", NULL, id);
	out_object_end(c);
	note(c, "job %u cancelled", id);
	return STATUS_OK;
}

struct running {
	uint32_t *ids;
	int count, room;
};

static int collect(const struct knetctl_job *job, void *data)
{
	struct running *r = data;
	uint32_t *ids;

	if (job_ended(job))
		return 0;
	if (r->count == r->room) {
		r->room = r->room ? 2 * r->room : 64;
		ids = realloc(r->ids, (size_t)r->room * sizeof(*ids));
		if (!ids)
			return -ENOMEM;
		r->ids = ids;
	}
	r->ids[r->count++] = job->id;
	return 0;
}

static int cancel_all(struct cli *c)
{
	struct running r = { 0 };
	int status = STATUS_OK, i;
	int err = knetctl_job_list(c->handle, collect, &r);

	if (err < 0)
		status = fail_library(c, err, NULL);
	out_stream(true);
	/* One that ended meanwhile is no error here. */
	for (i = 0; i < r.count && !status; i++)
		status = cancel_one(c, r.ids[i], false);
	out_stream(false);
	free(r.ids);
	return status;
}

static int cancel_option(struct cli *c, void *data, int id, const char *value)
{
	(void)c;
	(void)id;
	(void)value;
	*(bool *)data = true;
	return STATUS_OK;
}

static int cancel_ids(struct cli *c, const uint32_t *ids, int n)
{
	int i, status, worst = STATUS_OK;

	out_stream(n > 1);
	for (i = 0; i < n && c->handle; i++) {
		status = cancel_one(c, ids[i], true);
		if (status > worst)
			worst = status;
	}
	out_stream(false);
	return worst;
}

static int run_cancel(struct cli *c, int argc, char **argv)
{
	bool all = false;
	int n = args_parse(c, argc, argv, cancel_option, &all);
	uint32_t *ids = NULL;
	int status;

	if (n < 0)
		return args_status(n);
	if (all && n)
		return fail_usage(c, "--all or IDs, not both");
	if (!all && !n)
		return fail_usage(c, "which job?");
	status = parse_ids(c, n, argv, &ids);
	if (!status)
		status = need_handle(c);
	if (!status)
		status = all ? cancel_all(c) : cancel_ids(c, ids, n);
	free(ids);
	return status;
}

/* -------------------------------------------------------------- set -- */

static int set_rate(struct cli *c, uint32_t id, uint64_t rate)
{
	int err = knetctl_job_set_rate(c->handle, id, rate);

	if (err < 0)
		return fail_id(c, err, id, NULL);
	out_object(c);
	out_u64(c, "id", NULL, id);
	rate_member(c, rate);
	out_object_end(c);
	return STATUS_OK;
}

static int run_set(struct cli *c, int argc, char **argv)
{
	int n = args_parse(c, argc, argv, NULL, NULL);
	uint64_t rate = KNETCTL_RATE_UNLIMITED;
	uint32_t id;
	int status;

	if (n < 0)
		return args_status(n);
	if (n == 0)
		return fail_usage(c, "which job?");
	if (n > 1 && strcmp(argv[2], "rate") != 0)
		return fail_usage(c, "unknown word '%s': rate", argv[2]);
	if (n < 3)
		return fail_usage(c, n == 1 ? "set what? rate" : "rate: which?");
	if (n > 3)
		return fail_usage(c, "too much: '%s'", argv[4]);
	status = arg_id(c, argv[1], &id);
	if (!status && strcmp(argv[3], "unlimited") != 0)
		status = arg_size(c, "rate", argv[3], &rate);
	if (!status)
		status = need_handle(c);
	return status ? status : set_rate(c, id, rate);
}

static const struct opt cancel_opts[] = {
	{ 1, "all", 0, NULL, "Every job that has not ended" },
	{ 0 }
};

static const struct opt *const cancel_tables[] = { cancel_opts, NULL };

static const struct verb verbs[] = {
	{ "list", "[state STATE]", "All jobs of the network namespace, or those in a state",
	  NULL, "STATE is queued, running, done, failed or cancelled.", run_list },
	{ "show", "[ID]", "One job; without ID all of them", NULL, NULL, run_show },
	{ "wait", "ID...", "Wait for the end of jobs; the status is the highest of theirs",
	  NULL, NULL, run_wait },
	{ "cancel", "ID...|--all", "Ask for the end of jobs", cancel_tables, NULL, run_cancel },
	{ "set", "ID rate BYTES/S|unlimited", "Change how fast a transfer may go", NULL,
	  "BYTES/S may have k, M or G; 0 pauses the transfer.", run_set },
};

const struct noun noun_job = {
	"job", "What the module is doing and has done", verbs, ARRAY_SIZE(verbs)
};
