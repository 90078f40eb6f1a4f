// SPDX-License-Identifier: GPL-2.0-or-later
/* Options, operands and the values in them. */
#include <errno.h>
#include <getopt.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

#define OPTS_MAX 64

/* What getopt_long() gives for the long option number i. */
#define LONG_BASE 0x1000
#define LONG_HELP (LONG_BASE - 1)

struct table {
	const struct opt *opt[OPTS_MAX];
	struct option longs[OPTS_MAX + 2];
	/* "-:" (operands in their place, no messages), letters, "h" */
	char shorts[2 * OPTS_MAX + 4];
	int count;
};

static void table_add(struct table *t, const struct opt *opt, char **shorts)
{
	if (t->count == OPTS_MAX)
		abort();
	t->longs[t->count].name = opt->name;
	t->longs[t->count].has_arg = opt->value ? required_argument : no_argument;
	t->longs[t->count].val = LONG_BASE + t->count;
	t->opt[t->count++] = opt;
	if (!opt->letter)
		return;
	*(*shorts)++ = opt->letter;
	if (opt->value)
		*(*shorts)++ = ':';
}

static void table_fill(struct table *t, const struct verb *verb)
{
	const struct opt *const *tables;
	const struct opt *opt;
	char *shorts = t->shorts;

	*shorts++ = '-';
	*shorts++ = ':';
	for (tables = verb->opts; tables && *tables; tables++)
		for (opt = *tables; opt->name; opt++)
			table_add(t, opt, &shorts);
	t->longs[t->count].name = "help";
	t->longs[t->count].val = LONG_HELP;
	*shorts = 'h';
}

static const struct opt *table_find(const struct table *t, int got)
{
	int i;

	if (got >= LONG_BASE)
		return t->opt[got - LONG_BASE];
	for (i = 0; i < t->count; i++)
		if (t->opt[i]->letter == got)
			return t->opt[i];
	return NULL;
}

static bool is_global(const char *word)
{
	const struct opt *opt;

	for (opt = global_opts; opt->name; opt++)
		if ((word[1] == '-' && !strcmp(word + 2, opt->name)) ||
		    (word[1] == opt->letter && !word[2]))
			return true;
	return false;
}

static int ambiguous(const struct table *t, const char *word, size_t len)
{
	int i, n = 0;

	for (i = 0; i < t->count; i++)
		n += !strncmp(t->opt[i]->name, word, len);
	return n > 1;
}

/* A password may follow "=" of an option that does not exist: it is not shown. */
static int unknown_option(struct cli *c, const struct table *t, const char *word)
{
	const char *names[OPTS_MAX];
	int len = (int)strcspn(word, "=");
	const char *best;
	char *bare;
	int i;

	if (word[0] != '-' || word[1] != '-')
		return fail_usage(c, "unknown option -%c", optopt);
	if (ambiguous(t, word + 2, (size_t)len - 2))
		return fail_usage(c, "option %.*s is ambiguous", len, word);
	for (i = 0; i < t->count; i++)
		names[i] = t->opt[i]->name;
	bare = strndup(word + 2, (size_t)len - 2);
	best = bare ? suggest(bare, names, (size_t)t->count) : NULL;
	free(bare);
	if (best)
		return fail_usage(c, "unknown option %.*s, did you mean --%s?", len, word, best);
	return fail_usage(c, "unknown option %.*s", len, word);
}

static int bad_option(struct cli *c, const struct table *t, char **argv, int got)
{
	const char *word = argv[optind - 1];
	const struct opt *opt = optopt ? table_find(t, optopt) : NULL;

	if (got == ':' || opt) {
		if (opt && !opt->value)
			return fail_usage(c, "option --%s takes no value", opt->name);
		return fail_usage(c, "option --%s needs %s", opt ? opt->name : "?",
				  opt ? opt->value : "a value");
	}
	if (optopt == LONG_HELP)
		return fail_usage(c, "option --help takes no value");
	if (is_global(word))
		return fail_usage(c, "option %s stands before the noun: knetctl %s %s ...", word,
				  word, c->noun->name);
	return unknown_option(c, t, word);
}

int args_parse(struct cli *c, int argc, char **argv, opt_fn *take, void *data)
{
	struct table t = { 0 };
	int got, status, n = 0;

	table_fill(&t, c->verb);
	opterr = 0;
	optind = 0;
	while ((got = getopt_long(argc, argv, t.shorts, t.longs, NULL)) != -1) {
		if (got == 1) {
			argv[++n] = optarg;
			continue;
		}
		if (got == 'h' || got == LONG_HELP) {
			help_verb(c->noun, c->verb);
			return ARGS_HELP;
		}
		if (got == '?' || got == ':')
			return -bad_option(c, &t, argv, got);
		status = take(c, data, table_find(&t, got)->id, optarg);
		if (status)
			return -status;
	}
	while (optind < argc)
		argv[++n] = argv[optind++];
	argv[n + 1] = NULL;
	return n;
}

int args_status(int n)
{
	return n == ARGS_HELP ? STATUS_OK : -n;
}

/* Digits only: neither sign nor blank nor base. Returns what follows, NULL for none. */
static const char *digits(const char *text, uint64_t *value)
{
	const char *p = text;

	for (*value = 0; *p >= '0' && *p <= '9'; p++)
		if (__builtin_mul_overflow(*value, 10, value) ||
		    __builtin_add_overflow(*value, (uint64_t)(*p - '0'), value))
			return NULL;
	return p == text ? NULL : p;
}

int arg_size(struct cli *c, const char *what, const char *text, uint64_t *value)
{
	static const char units[] = "kMGTP";
	const char *end = digits(text, value);
	const char *unit;
	int shift = 0;

	if (end && *end) {
		unit = strchr(units, *end == 'K' ? 'k' : *end);
		if (unit && !end[1])
			shift = 10 * (int)(unit - units + 1);
		else
			end = NULL;
	}
	if (!end || *value > (uint64_t)INT64_MAX >> shift)
		return fail_usage(c, "%s: '%s' is no size (a number, with k, M or G)", what, text);
	*value <<= shift;
	return STATUS_OK;
}

int arg_number(struct cli *c, const char *what, const char *text, uint64_t min, uint64_t max,
	       uint64_t *value)
{
	const char *end = digits(text, value);

	if (!end || *end || *value < min || *value > max)
		return fail_usage(c, "%s: '%s' is no number from %llu to %llu", what, text,
				  (unsigned long long)min, (unsigned long long)max);
	return STATUS_OK;
}

/* Seconds with a fraction; 0 is no limit, and less than a millisecond is one. */
int arg_ms(struct cli *c, const char *what, const char *text, uint32_t *ms)
{
	uint64_t seconds = 0, fraction = 0, part;
	const char *end = text;
	uint64_t weight = 100;
	bool more = false;

	if (*text != '.')
		end = digits(text, &seconds);
	if (end && *end == '.') {
		if (end == text && !end[1])
			end = NULL;
		else
			end++;
		for (; end && *end >= '0' && *end <= '9'; end++, weight /= 10) {
			part = (uint64_t)(*end - '0');
			fraction += weight * part;
			more |= !weight && part;
		}
	}
	if (!end || *end || seconds > UINT32_MAX / 1000 - 1)
		return fail_usage(c, "%s: '%s' is no time (seconds, may have a fraction)", what,
				  text);
	*ms = (uint32_t)(seconds * 1000 + fraction + more);
	if (!*ms)
		*ms = UINT32_MAX;
	return STATUS_OK;
}

int arg_address(struct cli *c, const char *what, const char *text, struct sockaddr_storage *addr)
{
	struct addrinfo hints = {
		.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST,
	};
	struct addrinfo *info;

	memset(addr, 0, sizeof(*addr));
	if (getaddrinfo(text, NULL, &hints, &info))
		return fail_usage(c, "%s: '%s' is no address", what, text);
	memcpy(addr, info->ai_addr, info->ai_addrlen);
	freeaddrinfo(info);
	return STATUS_OK;
}

int arg_id(struct cli *c, const char *text, uint32_t *id)
{
	uint64_t value;
	int status = arg_number(c, "ID", text, 1, UINT32_MAX, &value);

	*id = (uint32_t)value;
	return status;
}
