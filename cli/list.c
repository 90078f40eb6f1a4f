// SPDX-License-Identifier: GPL-2.0-or-later
/* Many transfers, from a file with a line for each. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
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
	int fd;			/* -1 before it is open */
	char *failed_name;	/* NULL when the list is standard input */
	FILE *failed;		/* once a line has failed */
	char *text;		/* what was read of it ... */
	size_t room, begin, end;	/* ... and was not yet given out */
	bool over;		/* there is nothing more to read */
	int err;		/* why, if it is not the end of the list */
	unsigned int number;
};

static void wipe(char *text)
{
	if (text)
		explicit_bzero(text, strlen(text));
	free(text);
}

/* Room for one byte more, and for a NUL. No copy of a line, which may hold a password, stays. */
static void make_room(struct list *list)
{
	size_t len = list->end - list->begin, room = list->room ? list->room : 1 << 12;
	char *text;

	if (list->end + 1 < list->room)
		return;
	if (len >= room / 2)
		room *= 2;
	text = malloc(room);
	if (!text)
		abort();
	if (len)
		memcpy(text, list->text + list->begin, len);
	if (list->text)
		explicit_bzero(list->text, list->room);
	free(list->text);
	list->text = text;
	list->room = room;
	list->begin = 0;
	list->end = len;
}

/*
 * Whoever writes the list may take his time for it: transfers and signals are not to wait
 * for him. false: nothing is there now.
 */
static bool read_some(struct list *list)
{
	struct pollfd ready = { .fd = list->fd, .events = POLLIN };
	ssize_t got;

	if (poll(&ready, 1, 0) == 0)
		return false;
	make_room(list);
	got = read(list->fd, list->text + list->end, list->room - list->end - 1);
	if (got > 0)
		list->end += (size_t)got;
	else if (!got || (errno != EINTR && errno != EAGAIN))
		list->over = true;
	if (got < 0 && list->over)
		list->err = errno;
	return got >= 0 || list->over;
}

/* The next line with its newline and a byte behind it; NULL: none is there, or there are no more. */
static char *next_line(struct list *list, size_t *len)
{
	char *line, *newline = NULL;
	size_t seen = 0;

	for (;;) {
		*len = list->end - list->begin;
		line = list->text + list->begin;
		if (*len > seen)
			newline = memchr(line + seen, '\n', *len - seen);
		if (newline || list->over)
			break;
		seen = *len;
		if (!read_some(list))
			return NULL;
	}
	if (newline)
		*len = (size_t)(newline + 1 - line);
	list->begin += *len;
	return *len ? line : NULL;
}

/* Without its end; to free. */
static char *line_copy(const char *line, size_t len)
{
	size_t i;
	char *copy;

	for (i = 0; i < len && line[i] != '\r' && line[i] != '\n'; i++)
		;
	copy = strndup(line, i);
	if (!copy)
		abort();
	return copy;
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
	return n > 0 ? list->make(c, list->o, list->put, url, file, status) : NULL;
}

/* Until one can be begun. NULL: there are no more. */
static struct flow *more(struct engine *e)
{
	struct list *list = e->data;
	struct cli *c = e->c;
	char *line, *origin;
	struct flow *f;
	size_t len;
	int status;

	while ((line = next_line(list, &len))) {
		c->line = ++list->number;
		origin = line_copy(line, len);
		f = line_flow(c, list, line, len, &status);
		explicit_bzero(line, len);
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
	if (!list->over)
		e->input = list->fd;
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
	char *url, *file, *copy, *line;
	const char *reason;
	size_t len;

	while ((line = next_line(list, &len))) {
		copy = line_copy(line, len);
		if (list_line(line, len, list->put, &url, &file, &reason) > 0)
			keep_failed(c, list, copy);
		wipe(copy);
	}
}

static int list_open(struct cli *c, struct list *list, const char *name)
{
	if (!strcmp(name, "-")) {
		list->fd = STDIN_FILENO;
		return STATUS_OK;
	}
	list->fd = open(name, O_RDONLY | O_NOCTTY | O_CLOEXEC);
	if (list->fd < 0)
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
	if (list->fd > STDIN_FILENO)
		close(list->fd);
	if (list->text)
		explicit_bzero(list->text, list->room);
	free(list->text);
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
	if (!status && list->err)
		status = fail_errno(c, list->err, "cannot read the list");
	if ((c->interrupted || status) && list->fd != STDIN_FILENO)
		keep_rest(c, list);
	print_summary(c, &e, list->failed ? list->failed_name : NULL);
	if (c->interrupted)
		return STATUS_ENDED;
	return status ? status : e.failed ? STATUS_FAILED : STATUS_OK;
}

int run_list(struct cli *c, struct ftp_options *o, bool put, list_make *make)
{
	struct list list = { .o = o, .put = put, .make = make, .fd = -1 };
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
	c->batch = list.fd == STDIN_FILENO ? "stdin" : o->list;
	out_stream(true);
	status = run(c, &list, signals);
	out_stream(false);
	c->batch = batch;
	c->line = line;
	signals_restore(signals);
	list_close(c, &list);
	return status;
}
