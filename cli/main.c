// SPDX-License-Identifier: GPL-2.0-or-later
/* knetctl: the options before the noun, and the way to the verb. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "out.h"

const struct noun *const nouns[] = {
	&noun_filter,
	&noun_ftp,
	&noun_job,
	&noun_listener,
	&noun_connection,
	&noun_send,
	&noun_monitor,
	&noun_status,
	NULL,
};

enum { OPT_KEEP_GOING = 0x100 };

const struct opt global_opts[] = {
	{ 'j', "json", 'j', NULL, "Results and errors as JSON" },
	{ 'p', "pretty", 'p', NULL, "JSON for people: indented (implies -j)" },
	{ '4', "ipv4", '4', NULL, "Only IPv4" },
	{ '6', "ipv6", '6', NULL, "Only IPv6" },
	{ 'n', "netns", 'n', "NAME", "In this network namespace: NAME, PATH or pid:N" },
	{ 'b', "batch", 'b', "FILE", "Commands from FILE, one a line; - is standard input" },
	{ OPT_KEEP_GOING, "keep-going", 0, NULL, "Do not stop a batch at an error" },
	{ 'q', "quiet", 'q', NULL, "No progress, no summary" },
	{ 'v', "verbose", 'v', NULL, "Tell what is done" },
	{ 'V', "version", 'V', NULL, "Print the version" },
	{ 'h', "help", 'h', NULL, "Print help" },
	{ 0 }
};

int need_handle(struct cli *c)
{
	int err;

	if (c->handle)
		return STATUS_OK;
	err = knetctl_open(&c->handle);
	if (!err)
		return STATUS_OK;
	if (err == -ENOENT)
		err = fail_text(c, STATUS_MODULE, ENOENT,
				"the kernel module is not loaded; load it with: modprobe knetctl");
	else
		err = fail_library(c, err, NULL);
	drop_handle(c);
	return err;
}

void drop_handle(struct cli *c)
{
	knetctl_close(c->handle);
	c->handle = NULL;
}

static int run_verb(struct cli *c, int argc, char **argv)
{
	const struct noun *noun = c->noun;
	int status;

	if (noun->verb_count == 1 && !*noun->verbs->name) {
		c->verb = noun->verbs;
		return c->verb->run(c, argc, argv);
	}
	if (argc < 2)
		return fail_usage(c, "which verb?");
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help")) {
		help_noun(noun);
		return STATUS_OK;
	}
	c->verb = find_verb(c, noun, argv[1], &status);
	if (!c->verb)
		return status;
	return c->verb->run(c, argc - 1, argv + 1);
}

/* argv[0] is the noun. */
int run_command(struct cli *c, int argc, char **argv)
{
	int status;

	c->noun = NULL;
	c->verb = NULL;
	c->noun = find_noun(c, argv[0], &status);
	if (!c->noun)
		return status ? status : help_command(c, argc, argv);
	return run_verb(c, argc, argv);
}

struct start {
	const char *netns, *batch;
	bool done;	/* help or version was printed */
};

static int global_option(struct cli *c, struct start *s, int got)
{
	switch (got) {
	case 'p':
		c->pretty = true;
		/* fall through */
	case 'j':
		c->json = true;
		return STATUS_OK;
	case '4':
	case '6':
		if (c->family && c->family != (got == '4' ? AF_INET : AF_INET6))
			return fail_usage(c, "-4 and -6 exclude each other");
		c->family = got == '4' ? AF_INET : AF_INET6;
		return STATUS_OK;
	case 'n':
		s->netns = optarg;
		return STATUS_OK;
	case 'b':
		s->batch = optarg;
		return STATUS_OK;
	case OPT_KEEP_GOING:
		c->keep_going = true;
		return STATUS_OK;
	case 'q':
		c->quiet = true;
		return STATUS_OK;
	case 'v':
		c->verbose = true;
		return STATUS_OK;
	case 'V':
		printf("knetctl %s (libknetctl %s)\n", KNETCTL_CLI_VERSION, knetctl_version());
		s->done = true;
		return STATUS_OK;
	case 'h':
		help_program();
		s->done = true;
		return STATUS_OK;
	default:
		return STATUS_USAGE;
	}
}

static int bad_global(struct cli *c, char **argv, int got)
{
	const char *names[ARRAY_SIZE(global_opts)];
	const char *word = argv[optind - 1], *best = NULL;
	size_t n;

	if (got == ':')
		return fail_usage(c, "option %s needs a value", word);
	if (optopt && word[1] != '-')
		return fail_usage(c, "unknown option -%c", optopt);
	for (n = 0; global_opts[n].name; n++)
		names[n] = global_opts[n].name;
	if (word[1] == '-')
		best = suggest(word + 2, names, n);
	if (best)
		return fail_usage(c, "unknown option %s, did you mean --%s?", word, best);
	return fail_usage(c, "unknown option %s", word);
}

static int global_options(struct cli *c, struct start *s, int argc, char **argv)
{
	struct option longs[ARRAY_SIZE(global_opts)] = { 0 };
	int got, status;
	size_t i;

	for (i = 0; global_opts[i].name; i++) {
		longs[i].name = global_opts[i].name;
		longs[i].has_arg = global_opts[i].value ? required_argument : no_argument;
		longs[i].val = global_opts[i].id;
	}
	opterr = 0;
	while ((got = getopt_long(argc, argv, "+:jp46n:b:qvVh", longs, NULL)) != -1) {
		if (got == '?' || got == ':')
			return bad_global(c, argv, got);
		status = global_option(c, s, got);
		if (status || s->done)
			return status;
	}
	if (c->keep_going && !s->batch)
		return fail_usage(c, "--keep-going goes with --batch");
	if (s->batch && optind < argc)
		return fail_usage(c, "--batch takes its commands from the file, not '%s'",
				  argv[optind]);
	if (!s->batch && optind == argc) {
		status = fail_usage(c, "what is to be done?");
		return status;
	}
	return STATUS_OK;
}

static int start(struct cli *c, int argc, char **argv)
{
	struct start s = { 0 };
	int status = global_options(c, &s, argc, argv);

	if (status || s.done)
		return status;
	/* A reader that went away is an error of the write, not the end of us. */
	signal(SIGPIPE, SIG_IGN);
	if (s.netns)
		status = enter_netns(c, s.netns);
	if (status)
		return status;
	if (s.batch)
		return run_batch(c, s.batch);
	return run_command(c, argc - optind, argv + optind);
}

/*
 * A standard stream that is closed stays of no use: otherwise the next socket or
 * file would have its number, and the result would be written into that.
 */
static void guard_streams(void)
{
	/* The wrong way round, so that it fails as a closed one does. */
	static const int modes[] = { O_WRONLY, O_RDONLY, O_RDONLY };
	int fd;

	for (fd = 0; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", modes[fd]) != fd)
			_exit(STATUS_FAILED);
}

int main(int argc, char **argv)
{
	struct cli c = { .family = AF_UNSPEC };
	int status, err;

	guard_streams();
	/* Who ignores it would have the ends of our children ignored, too. */
	signal(SIGCHLD, SIG_DFL);
	setvbuf(stdout, NULL, _IOFBF, 1 << 16);
	status = start(&c, argc, argv);
	knetctl_close(c.handle);
	out_flush(&c);
	err = out_error();
	if (err && err != EPIPE && status == STATUS_OK) {
		c.noun = NULL;
		status = fail_errno(&c, err, "cannot write the result");
	}
	return status;
}
