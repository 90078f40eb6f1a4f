// SPDX-License-Identifier: GPL-2.0-or-later
/* Many transfers, from a file with a line for each. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ftp.h"
#include "list-line.h"
#include "out.h"

struct list {
	struct ftp_options *o;
	list_make *make;
	bool put;
	FILE *file;
	char *failed_name;	/* NULL when the list is standard input */
	FILE *failed;		/* once a line has failed */
	char *line;
	size_t room;
	bool begun;		/* @line is the next one to do */
	unsigned int number;
};

static void wipe(char *text)
{
	if (text)
		explicit_bzero(text, strlen(text));
	free(text);
}

/* A line that can be given again. It may hold a password. */
static void keep_failed(struct cli *c, struct list *list, const char *line)
{
	int fd;

	if (!list->failed_name)
		return;
	if (!list->failed) {
		unlink(list->failed_name);
		fd = open(list->failed_name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		list->failed = fd < 0 ? NULL : fdopen(fd, "w");
	}
	if (list->failed && fprintf(list->failed, "%s\n", line) > 0)
		return;
	fail_errno(c, errno, "%s", list->failed_name);
	free(list->failed_name);
	list->failed_name = NULL;
}

/* The flow of a line; NULL with a status, 0 when the line is to be skipped. */
static struct flow *line_flow(struct cli *c, struct list *list, char *text, size_t len,
			      int *status)
{
	const char *reason = NULL;
	char *url, *file;
	int n = list_line(text, len, list->put, &url, &file, &reason);

	*status = STATUS_OK;
	if (n < 0)
		*status = fail_text(c, STATUS_FAILED, EINVAL, "%s", reason);
	return n > 0 ? list->make(c, list->o, url, file, status) : NULL;
}

/* Until one can be begun. NULL: there are no more. */
static struct flow *more(struct engine *e)
{
	struct list *list = e->data;
	struct cli *c = e->c;
	struct flow *f;
	char *origin;
	ssize_t len;
	int status;

	while ((len = getline(&list->line, &list->room, list->file)) >= 0) {
		c->line = ++list->number;
		origin = strndup(list->line, strcspn(list->line, "\r\n"));
		if (!origin)
			abort();
		f = line_flow(c, list, list->line, (size_t)len, &status);
		explicit_bzero(list->line, list->room);
		if (f) {
			f->origin = origin;
			f->line = list->number;
			return f;
		}
		if (status) {
			e->files++;
			e->failed++;
			keep_failed(c, list, origin);
		}
		wipe(origin);
	}
	return NULL;
}

static void ended(struct engine *e, struct flow *f)
{
	if (f->status)
		keep_failed(e->c, e->data, f->origin);
	if (f->origin)
		explicit_bzero(f->origin, strlen(f->origin));
	out_flush(e->c);
}

/* What was not begun when a signal ended all is still to be done. */
static void keep_rest(struct cli *c, struct list *list)
{
	char *url, *file, *copy;
	const char *reason;
	ssize_t len;

	while ((len = getline(&list->line, &list->room, list->file)) >= 0) {
		copy = strndup(list->line, strcspn(list->line, "\r\n"));
		if (!copy)
			abort();
		if (list_line(list->line, (size_t)len, list->put, &url, &file, &reason) > 0)
			keep_failed(c, list, copy);
		wipe(copy);
	}
}

static int list_open(struct cli *c, struct list *list, const char *name)
{
	if (!strcmp(name, "-")) {
		list->file = stdin;
		return STATUS_OK;
	}
	list->file = fopen(name, "re");
	if (!list->file)
		return fail_errno(c, errno, "%s", name);
	if (asprintf(&list->failed_name, "%s.failed", name) < 0)
		abort();
	return STATUS_OK;
}

static void list_close(struct cli *c, struct list *list)
{
	if (list->failed && fclose(list->failed))
		fail_errno(c, errno, "%s", list->failed_name);
	/* Of an earlier run; nothing of it is left to do. */
	if (!list->failed && list->failed_name)
		unlink(list->failed_name);
	if (list->file && list->file != stdin)
		fclose(list->file);
	if (list->line)
		explicit_bzero(list->line, list->room);
	free(list->line);
	free(list->failed_name);
}

static int run(struct cli *c, struct list *list, int signals)
{
	struct engine e = {
		.c = c, .signals = signals, .many = true, .more = more, .ended = ended,
		.data = list, .bar_wanted = !list->o->no_progress,
	};
	int status;

	progress_init(&e.bar, c, "", e.bar_wanted);
	status = engine_run(&e);
	if (!status && ferror(list->file))
		status = fail_errno(c, errno, "cannot read the list");
	if ((c->interrupted || status) && list->file != stdin)
		keep_rest(c, list);
	print_summary(c, &e, list->failed ? list->failed_name : NULL);
	if (c->interrupted)
		return STATUS_ENDED;
	return status ? status : e.failed ? STATUS_FAILED : STATUS_OK;
}

int run_list(struct cli *c, struct ftp_options *o, bool put, list_make *make)
{
	struct list list = { .o = o, .put = put, .make = make };
	const char *batch = c->batch;
	unsigned int line = c->line;
	int status, signals;

	status = need_handle(c);
	if (!status)
		status = list_open(c, &list, o->list);
	if (status)
		return status;
	signals = signals_block();
	if (signals < 0)
		return fail_errno(c, errno, "signalfd");
	c->batch = list.file == stdin ? "stdin" : o->list;
	out_stream(true);
	status = run(c, &list, signals);
	out_stream(false);
	c->batch = batch;
	c->line = line;
	signals_restore(signals);
	list_close(c, &list);
	return status;
}
