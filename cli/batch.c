// SPDX-License-Identifier: GPL-2.0-or-later
/* Many commands with one start and one handle. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "out.h"

/* Inside of quotes up to their end. NULL when they do not end. */
static char *quoted(char *p, char **to)
{
	char quote = *p++;

	for (; *p && *p != quote; p++) {
		if (quote == '"' && *p == '\\' && (p[1] == '"' || p[1] == '\\'))
			p++;
		*(*to)++ = *p;
	}
	return *p ? p + 1 : NULL;
}

/* One word from @p, written back in place. Where to go on, NULL for an error. */
static char *word(char *p, char **result)
{
	char *to = p;
	bool end = false;

	*result = p;
	while (p && *p && !isspace((unsigned char)*p)) {
		if (*p == '\'' || *p == '"') {
			p = quoted(p, &to);
			continue;
		}
		if (*p == '\\' && !*++p)
			return NULL;
		*to++ = *p++;
	}
	if (!p)
		return NULL;
	end = !*p;
	*to = '\0';
	return end ? p : p + 1;
}

int split_words(struct cli *c, char *line, struct words *w)
{
	char *p = line;

	w->count = 0;
	for (;;) {
		while (isspace((unsigned char)*p))
			p++;
		if (!*p || *p == '#')
			break;
		if (w->count == WORDS_MAX)
			return fail_usage(c, "more than %d words", WORDS_MAX);
		p = word(p, &w->word[w->count]);
		if (!p)
			return fail_usage(c, "a quote or backslash without its end");
		w->count++;
	}
	w->word[w->count] = NULL;
	return STATUS_OK;
}

/* More than any command takes; a device has no end. */
#define LINE_BYTES (1 << 20)

ssize_t file_line(char **line, size_t *room, FILE *f)
{
	size_t len = 0;
	int byte = 0;

	errno = 0;
	while (byte != '\n' && (byte = getc_unlocked(f)) != EOF) {
		if (len == LINE_BYTES) {
			errno = EMSGSIZE;
			return -1;
		}
		if (len + 1 >= *room) {
			*room = 2 * *room + 128;
			*line = realloc(*line, *room);
			if (!*line)
				abort();
		}
		(*line)[len++] = (char)byte;
	}
	if (!len || ferror(f))
		return -1;
	(*line)[len] = '\0';
	return (ssize_t)len;
}

static int run_line(struct cli *c, char *line, size_t len)
{
	static struct words w;
	int status;

	c->noun = NULL;
	c->verb = NULL;
	if (memchr(line, '\0', len))
		return fail_usage(c, "a NUL byte");
	status = split_words(c, line, &w);
	if (status || !w.count)
		return status;
	return run_command(c, w.count, w.word);
}

static int run_lines(struct cli *c, FILE *f)
{
	int status = STATUS_OK, one;
	char *line = NULL;
	size_t room = 0;
	ssize_t len;

	while ((len = file_line(&line, &room, f)) >= 0) {
		c->line++;
		one = run_line(c, line, (size_t)len);
		out_flush(c);
		/* The line may hold a password. */
		explicit_bzero(line, room);
		if (c->interrupted || (one && !c->keep_going)) {
			status = !one ? STATUS_ENDED : one;
			break;
		}
		if (one)
			status = STATUS_FAILED;
	}
	c->noun = NULL;
	c->verb = NULL;
	if (len < 0 && errno)
		status = fail_errno(c, errno, "cannot read");
	free(line);
	return status;
}

int run_batch(struct cli *c, const char *file)
{
	bool is_stdin = !strcmp(file, "-");
	FILE *f = is_stdin ? stdin : fopen(file, "re");
	int status;

	if (!f)
		return fail_errno(c, errno, "%s", file);
	c->batch = is_stdin ? "stdin" : file;
	status = run_lines(c, f);
	c->batch = NULL;
	if (!is_stdin)
		fclose(f);
	return status;
}
