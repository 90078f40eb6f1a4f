// SPDX-License-Identifier: GPL-2.0-or-later
/* Everything that goes to stderr: text for people, or one JSON object. */
#include <errno.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

struct failure {
	int err;			/* positive, 0 for none */
	const char *attribute;
	const struct knetctl_job *job;	/* that failed, or NULL */
	const char *hint;
};

/* "ftp get: ", and in a batch which line it is. */
static void print_where(struct cli *c, FILE *f)
{
	if (c->batch)
		fprintf(f, "%s:%u: ", c->batch, c->line);
	if (c->noun)
		fprintf(f, "%s%s%s: ", c->noun->name, c->verb && *c->verb->name ? " " : "",
			c->verb ? c->verb->name : "");
}

static json_t *json_or_null(const char *text)
{
	json_t *value;
	char *utf8;

	if (!text)
		return json_null();
	utf8 = text_utf8(text);
	value = json_string(utf8);
	free(utf8);
	return value;
}

static json_t *json_errno(int err)
{
	const char *name = err ? knetctl_errno_name(err) : NULL;
	char number[16];

	if (!err)
		return json_null();
	snprintf(number, sizeof(number), "%d", err);
	return json_string(name ? name : number);
}

static void report_json(struct cli *c, const struct failure *f, const char *message)
{
	json_t *error = json_object(), *all = json_object();
	char *where = NULL, *full = NULL;
	size_t len;
	FILE *mem;

	/* The noun and verb are known to who reads JSON, the line of a batch is not. */
	mem = c->batch ? open_memstream(&where, &len) : NULL;
	if (mem) {
		fprintf(mem, "%s:%u: %s", c->batch, c->line, message);
		fclose(mem);
		full = where;
	}
	json_object_set_new(error, "errno", json_errno(f->err));
	json_object_set_new(error, "message", json_or_null(full ? full : message));
	json_object_set_new(error, "attribute", json_or_null(f->attribute));
	if (f->job) {
		json_object_set_new(error, "id", json_integer(f->job->id));
		json_object_set_new(error, "bytes", json_integer((json_int_t)f->job->bytes));
		json_object_set_new(error, "ftp_code", f->job->ftp_code ?
				    json_integer(f->job->ftp_code) : json_null());
		json_object_set_new(error, "hint", json_or_null(f->hint));
	}
	json_object_set_new(all, "error", error);
	json_dumpf(all, stderr, c->pretty ? JSON_INDENT(4) : JSON_COMPACT);
	fputc('\n', stderr);
	json_decref(all);
	free(where);
}

static void report(struct cli *c, const struct failure *f, const char *message)
{
	char *text;

	fflush(stdout);
	if (c->json) {
		report_json(c, f, message);
		return;
	}
	text = text_escape(message);
	fputs("knetctl: ", stderr);
	print_where(c, stderr);
	fprintf(stderr, "%s\n", text);
	free(text);
	if (f->hint)
		hint(c, "%s", f->hint);
}

static char *format_text(const char *format, va_list args)
{
	char *text;

	if (vasprintf(&text, format, args) < 0)
		abort();
	return text;
}

void hint(struct cli *c, const char *format, ...)
{
	va_list args;
	char *text, *safe;

	if (c->json)
		return;
	va_start(args, format);
	text = format_text(format, args);
	va_end(args);
	safe = text_escape(text);
	fprintf(stderr, "hint: %s\n", safe);
	free(safe);
	free(text);
}

void note(struct cli *c, const char *format, ...)
{
	va_list args;
	char *text, *safe;

	if (c->json || !c->verbose)
		return;
	va_start(args, format);
	text = format_text(format, args);
	va_end(args);
	safe = text_escape(text);
	fputs("knetctl: ", stderr);
	print_where(c, stderr);
	fprintf(stderr, "%s\n", safe);
	free(safe);
	free(text);
}

static void report_text(struct cli *c, int err, const char *format, va_list args)
{
	struct failure f = { .err = err };
	char *text = format_text(format, args);

	report(c, &f, text);
	free(text);
}

int fail_usage(struct cli *c, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	report_text(c, EINVAL, format, args);
	va_end(args);
	if (c->json)
		return STATUS_USAGE;
	fputs("Try 'knetctl ", stderr);
	if (c->noun)
		fprintf(stderr, "%s ", c->noun->name);
	if (c->verb && *c->verb->name)
		fprintf(stderr, "%s ", c->verb->name);
	fputs("--help'.\n", stderr);
	return STATUS_USAGE;
}

int fail_text(struct cli *c, int status, int err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	report_text(c, err, format, args);
	va_end(args);
	return status;
}

int fail_errno(struct cli *c, int err, const char *format, ...)
{
	struct failure f = { .err = err };
	va_list args;
	char *text, *full;

	va_start(args, format);
	text = format_text(format, args);
	va_end(args);
	if (asprintf(&full, "%s: %s", text, strerror(err)) < 0)
		abort();
	report(c, &f, full);
	free(full);
	free(text);
	return STATUS_FAILED;
}

int fail_library(struct cli *c, int err, const char *what)
{
	struct failure f = { .err = -err };
	const char *text = c->handle ? knetctl_error(c->handle) : NULL;
	char *full;

	if (err == -ESHUTDOWN) {
		drop_handle(c);
		return fail_text(c, STATUS_MODULE, -err, "the module knetctl went away");
	}
	if (c->handle)
		f.attribute = knetctl_error_attribute(c->handle);
	if (!text || !*text)
		text = strerror(-err);
	if (err == -EPERM)
		f.hint = "only a process with CAP_NET_ADMIN may do this: run it as root";
	if (asprintf(&full, "%s%s%s", what ? what : "", what ? ": " : "", text) < 0)
		abort();
	report(c, &f, full);
	free(full);
	return STATUS_FAILED;
}

/* The server's own words, the module's, or at least what the errno means. */
static char *job_message(const struct knetctl_job *job, const char *peer)
{
	const char *where = peer;
	char buf[TEXT_SIZE];
	char *text;
	int n;

	if (job->remote.ss_family)
		where = text_endpoint(buf, &job->remote);
	if (job->state == KNETCTL_STATE_CANCELLED)
		n = asprintf(&text, "job %u was cancelled%s%s", job->id,
			     strcmp(job->message, "cancelled") && job->message[0] ? ": " : "",
			     strcmp(job->message, "cancelled") ? job->message : "");
	else if (job->ftp_code && job->message[0])
		n = asprintf(&text, "%s: the server says %u %s", where, job->ftp_code,
			     job->message);
	else if (job->ftp_code)
		n = asprintf(&text, "%s: the server says %u", where, job->ftp_code);
	else if (job->message[0] && job->errnum && job->error_class != KNETCTL_CLASS_TIMER)
		n = asprintf(&text, "%s: %s: %s", where, job->message,
			     strerror((int)job->errnum));
	else if (job->message[0])
		n = asprintf(&text, "%s: %s", where, job->message);
	else
		n = asprintf(&text, "%s: %s", where,
			     job->errnum ? strerror((int)job->errnum) : "failed");
	if (n < 0)
		abort();
	return text;
}

int fail_job(struct cli *c, const struct knetctl_job *job, const char *peer,
	     const char *hint_text)
{
	struct failure f = { .err = (int)job->errnum, .job = job, .hint = hint_text };
	char *text = job_message(job, peer), *full;

	if (c->subject) {
		if (asprintf(&full, "%s: %s", c->subject, text) < 0)
			abort();
		free(text);
		text = full;
	}
	if (!f.err && job->state == KNETCTL_STATE_CANCELLED)
		f.err = ECANCELED;
	report(c, &f, text);
	free(text);
	if (job->state == KNETCTL_STATE_CANCELLED || job->error_class == KNETCTL_CLASS_TIMER)
		return STATUS_ENDED;
	return STATUS_FAILED;
}
