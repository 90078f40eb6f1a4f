/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every part of the command shares: state, tables, messages. */
#ifndef KNETCTL_CLI_H
#define KNETCTL_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <knetctl/knetctl.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define printf_like(f, a) __attribute__((format(printf, f, a)))

/* Exit statuses. Scripts depend on them. */
enum status {
	STATUS_OK = 0,
	STATUS_FAILED = 1,	/* failed or refused */
	STATUS_USAGE = 2,
	STATUS_MODULE = 3,	/* not loaded, or went away */
	STATUS_LOST = 4,	/* events, under --strict */
	STATUS_ENDED = 5,	/* cancelled, or ended by a timer */
};

struct cli;

/* An option of a verb; a table of them ends with a NULL name. */
struct opt {
	int id;
	const char *name;	/* without dashes */
	char letter;		/* the short one, or 0 */
	const char *value;	/* what it takes, NULL for nothing */
	const char *help;
};

struct verb {
	const char *name;	/* "" for a noun without verbs */
	const char *args;
	const char *help;
	const struct opt *const *opts;	/* tables, ended by NULL; may be NULL */
	const char *note;	/* what help says after the options; may be NULL */
	int (*run)(struct cli *c, int argc, char **argv);
};

struct noun {
	const char *name;
	const char *help;
	const struct verb *verbs;
	size_t verb_count;
};

extern const struct noun noun_connection, noun_filter, noun_ftp, noun_job, noun_listener;
extern const struct noun noun_monitor, noun_send, noun_status;

extern const struct noun *const nouns[];	/* ended by NULL */

struct cli {
	struct knetctl *handle;		/* opened by need_handle() */
	const struct noun *noun;	/* what is being run, for messages */
	const struct verb *verb;
	const char *batch;		/* file, NULL outside a batch */
	unsigned int line;		/* in it */
	const char *subject;		/* which of many files a job is about, or NULL */
	bool json, pretty, quiet, verbose, keep_going;
	bool interrupted;		/* a signal asked for the end */
	int family;			/* AF_UNSPEC, AF_INET, AF_INET6 */
};

/* main.c */
int run_command(struct cli *c, int argc, char **argv);
/* Opens the handle once; a status, with the message given. */
int need_handle(struct cli *c);
void drop_handle(struct cli *c);

/* batch.c */
#define WORDS_MAX 1024

struct words {
	char *word[WORDS_MAX + 1];
	int count;
};

/* As getline(), but -1 for a line that is far too long, too; errno is 0 at the end. */
ssize_t file_line(char **line, size_t *room, FILE *f);
/* The words of a line, written back in place; none of an empty one. A status. */
int split_words(struct cli *c, char *line, struct words *w);
int run_batch(struct cli *c, const char *file);

/* netns.c: NAME, PATH or pid:N */
int enter_netns(struct cli *c, const char *which);

/* help.c */
extern const struct opt global_opts[];
void help_program(void);
void help_noun(const struct noun *noun);
void help_verb(const struct noun *noun, const struct verb *verb);
int help_command(struct cli *c, int argc, char **argv);
/* The one of the names that is nearest to a mistyped word, NULL if none is. */
const char *suggest(const char *word, const char *const *names, size_t count);
const struct noun *find_noun(struct cli *c, const char *word, int *status);
const struct verb *find_verb(struct cli *c, const struct noun *noun, const char *word, int *status);

/* args.c: the options and operands of a verb */
typedef int opt_fn(struct cli *c, void *data, int id, const char *value);
/*
 * Gives every option to @take and leaves the operands at argv[1]... Returns
 * their number, or minus a status; ARGS_HELP when help was asked and given.
 */
#define ARGS_HELP (-1000)
int args_parse(struct cli *c, int argc, char **argv, opt_fn *take, void *data);
int args_status(int n);		/* of a negative result */
/* Values. They return a status, with the message given. */
int arg_size(struct cli *c, const char *what, const char *text, uint64_t *value);
int arg_number(struct cli *c, const char *what, const char *text, uint64_t min, uint64_t max,
	       uint64_t *value);
int arg_ms(struct cli *c, const char *what, const char *text, uint32_t *ms);
int arg_address(struct cli *c, const char *what, const char *text, struct sockaddr_storage *addr);
int arg_id(struct cli *c, const char *text, uint32_t *id);

/* error.c: the one place that writes to stderr. All return their status. */
int fail_usage(struct cli *c, const char *format, ...) printf_like(2, 3);
int fail_errno(struct cli *c, int err, const char *format, ...) printf_like(3, 4);
int fail_text(struct cli *c, int status, int err, const char *format, ...) printf_like(4, 5);
/* A library call that returned @err (negative); @what was tried, or NULL. */
int fail_library(struct cli *c, int err, const char *what);
/*
 * A job that did not end well; @peer is who it was to talk to, should the job
 * not know an address yet, and @hint tells how to go on, or NULL.
 */
int fail_job(struct cli *c, const struct knetctl_job *job, const char *peer, const char *hint);
void hint(struct cli *c, const char *format, ...) printf_like(2, 3);
/* With -v, and never with -j. */
void note(struct cli *c, const char *format, ...) printf_like(2, 3);

/* text.c */
/* Foreign text for a terminal: control bytes and what is no UTF-8 as \xNN. To free. */
char *text_escape(const char *text);
/* Foreign text for JSON: only what is no UTF-8 as \xNN. To free. */
char *text_utf8(const char *text);
/*
 * A line that is put together by hand and not by printf(): a monitor has one for
 * every connection. What does not fit is cut off.
 */
struct line {
	size_t len;
	char text[512];
};

/* Here, so that words of a length that is known are not copied by a call. */
static inline void line_add(struct line *line, const char *text, size_t len)
{
	size_t room = sizeof(line->text) - 1 - line->len;

	if (len > room)
		len = room;
	memcpy(line->text + line->len, text, len);
	line->len += len;
	line->text[line->len] = '\0';
}

static inline void line_add_text(struct line *line, const char *text)
{
	if (!text)	/* the name of something that only newer modules know */
		text = "?";
	line_add(line, text, strlen(text));
}

void line_add_number(struct line *line, uint64_t value);
void line_add_endpoint(struct line *line, const struct sockaddr_storage *addr);
/* Nothing but ASCII that can be shown. */
bool text_plain(const char *text);
/* "64.0M" in @buf of at least TEXT_SIZE; returns it. */
#define TEXT_SIZE 64
const char *text_size(char *buf, uint64_t bytes);
const char *text_seconds(char *buf, uint64_t ns);
const char *text_rate(char *buf, uint64_t bytes, uint64_t ns);
/* "127.0.0.1:21", "[::1]:21" */
const char *text_endpoint(char *buf, const struct sockaddr_storage *addr);
/* The address alone; the port is returned, -1 when the address is unknown. */
int text_address(char *buf, const struct sockaddr_storage *addr);

/* signals.c */
/* Block INT, TERM and HUP and get a descriptor that tells of them. */
int signals_block(void);
void signals_restore(int fd);
/* Number of the signal that came, 0 for none. */
int signals_next(int fd);
/* Have INT, TERM and HUP end a library call with -EINTR, or no longer. */
void signals_catch(bool on);
int signals_caught(void);

#endif
