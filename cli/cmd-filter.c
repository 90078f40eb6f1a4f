// SPDX-License-Identifier: GPL-2.0-or-later
/* knetctl filter: which outgoing connections are reported */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "filter.h"
#include "out.h"

#define BATCH 256	/* rules that are added all or none */

enum { OPT_REPLACE = 1, OPT_TERSE };

struct options {
	bool replace, terse;
};

static int take(struct cli *c, void *data, int id, const char *value)
{
	struct options *o = data;

	(void)c;
	(void)value;
	if (id == OPT_REPLACE)
		o->replace = true;
	else
		o->terse = true;
	return STATUS_OK;
}

/* ------------------------------------------------- rules out of words -- */

/* The rules of some words, one after the other. */
struct rules {
	struct rule_words words;
	int next;		/* word after @range */
	struct range range;
};

static bool rules_next(const struct cli *c, struct rules *r, struct knetctl_filter *rule)
{
	while (r->range.done) {
		if (r->next >= r->words.count)
			return false;
		(void)range_parse(c, r->words.word[r->next++], &r->range);
	}
	*rule = r->words.like;
	return range_next(&r->range, rule);
}

static int rules_begin(struct cli *c, struct rules *r, char **word, int count)
{
	int status = rule_words_parse(c, word, count, &r->words);

	r->next = 1;
	r->range = r->words.first;
	r->range.done |= !!status;
	return status;
}

/* ------------------------------------------------------- add and del -- */

static int send_batch(struct cli *c, const struct knetctl_filter *rule, size_t count, bool add,
		      unsigned int flags)
{
	char text[96];
	int64_t bad;
	int err;

	err = add ? knetctl_filter_add(c->handle, rule, count, flags) :
		    knetctl_filter_del(c->handle, rule, count);
	if (err >= 0)
		return STATUS_OK;
	bad = err == -ESHUTDOWN ? -1 : knetctl_filter_error_rule(c->handle);
	if (bad < 0 || (size_t)bad >= count)
		return fail_library(c, err, NULL);
	knetctl_filter_text(&rule[bad], text, sizeof(text));
	return fail_library(c, err, text);
}

static int change(struct cli *c, int argc, char **argv, bool add)
{
	struct options o = { 0 };
	int n = args_parse(c, argc, argv, take, &o);
	struct knetctl_filter *batch;
	struct rules rules;
	size_t count = 0;
	bool more = true;
	int status;

	if (n < 0)
		return args_status(n);
	status = rules_begin(c, &rules, argv + 1, n);
	if (status)
		return status;
	if (!add && (rules.words.like.timeout_ms || rules.words.like.comment[0]))
		return fail_usage(c, "a rule is known by prefix, port and exclude");
	status = need_handle(c);
	if (status)
		return status;
	batch = calloc(BATCH, sizeof(*batch));
	if (!batch)
		return fail_errno(c, ENOMEM, "rules");
	while (more && !status) {
		more = rules_next(c, &rules, &batch[count]);
		count += more;
		if (!count || (more && count < BATCH))
			continue;
		status = send_batch(c, batch, count, add,
				    o.replace ? KNETCTL_FILTER_OVERWRITE : 0);
		count = 0;
	}
	free(batch);
	return status;
}

static int run_add(struct cli *c, int argc, char **argv)
{
	return change(c, argc, argv, true);
}

static int run_del(struct cli *c, int argc, char **argv)
{
	return change(c, argc, argv, false);
}

/* ---------------------------------------------------------- replace -- */

#define LINES 4096	/* more than the library has on the way, a power of 2 */

/* Where the rules of a replace come from. */
struct source {
	struct cli *c;
	FILE *file;		/* or NULL: only @rules */
	char *line;
	size_t room;
	struct words *words;
	struct rules rules;
	int status;		/* of an error that was told */
	uint64_t count;		/* rules given out */
	unsigned int lines[LINES];	/* where each of the last ones came from */
};

/* The rules of the next line. 1, 0 at the end, or -errno. */
static int next_line(struct source *s)
{
	struct cli *c = s->c;
	ssize_t len;

	for (;;) {
		len = file_line(&s->line, &s->room, s->file);
		if (len < 0 && errno) {
			s->status = fail_errno(c, errno, "cannot read");
			return -EIO;
		}
		if (len < 0)
			return 0;
		c->line++;
		if (memchr(s->line, '\0', (size_t)len))
			s->status = fail_usage(c, "a NUL byte");
		else
			s->status = split_words(c, s->line, s->words);
		if (!s->status && !s->words->count)
			continue;
		if (!s->status)
			s->status = rules_begin(c, &s->rules, s->words->word, s->words->count);
		return s->status ? -EINVAL : 1;
	}
}

static int next_rule(struct knetctl_filter *rule, void *data)
{
	struct source *s = data;
	int got = 1;

	while (!rules_next(s->c, &s->rules, rule)) {
		got = s->file ? next_line(s) : 0;
		if (got <= 0)
			return got;
	}
	s->lines[s->count++ % LINES] = s->c->line;
	return 1;
}

static int replace(struct cli *c, struct source *s, bool overwrite)
{
	int64_t bad;
	int err;

	err = knetctl_filter_replace(c->handle, next_rule, s,
				     overwrite ? KNETCTL_FILTER_OVERWRITE : 0);
	if (err >= 0)
		return STATUS_OK;
	if (s->status)
		return s->status;
	bad = err == -ESHUTDOWN ? -1 : knetctl_filter_error_rule(c->handle);
	if (s->file && bad >= 0)
		c->line = s->lines[bad % LINES];
	else if (s->file)
		c->batch = NULL;	/* not the fault of a line */
	return fail_library(c, err, NULL);
}

static int replace_file(struct cli *c, struct source *s, const char *name, bool overwrite)
{
	bool is_stdin = !strcmp(name, "-");
	const char *batch = c->batch;
	unsigned int line = c->line;
	struct words *words;
	int status;

	s->file = is_stdin ? stdin : fopen(name, "re");
	if (!s->file)
		return fail_errno(c, errno, "%s", name);
	words = malloc(sizeof(*words));
	if (!words)
		abort();
	s->words = words;
	c->batch = is_stdin ? "stdin" : name;
	c->line = 0;
	status = replace(c, s, overwrite);
	c->batch = batch;
	c->line = line;
	free(s->line);
	free(words);
	if (!is_stdin)
		fclose(s->file);
	return status;
}

static int run_replace(struct cli *c, int argc, char **argv)
{
	static struct source s;
	struct options o = { 0 };
	int n = args_parse(c, argc, argv, take, &o);
	int status;

	if (n < 0)
		return args_status(n);
	if (!n)
		return fail_usage(c, "which file or prefixes?");
	memset(&s, 0, sizeof(s));
	s.c = c;
	s.rules.range.done = true;
	if (range_is_meant(argv[1]))
		status = rules_begin(c, &s.rules, argv + 1, n);
	else
		status = n > 1 ? fail_usage(c, "one file, not '%s'", argv[2]) : STATUS_OK;
	if (!status)
		status = need_handle(c);
	if (status)
		return status;
	if (range_is_meant(argv[1]))
		return replace(c, &s, o.replace);
	return replace_file(c, &s, argv[1], o.replace);
}

/* ------------------------------------------------------ list and save -- */

struct list {
	struct cli *c;
	bool begun;
};

static void list_begin(struct list *list)
{
	struct cli *c = list->c;

	if (list->begun)
		return;
	list->begun = true;
	out_list(c);
	if (!c->quiet)
		out_text(c, "%-34s %10s %-19s %s\n", "RULE", "HITS", "LAST HIT", "TIMEOUT, COMMENT");
}

static void list_text(struct cli *c, const struct knetctl_filter *rule)
{
	time_t seconds = (time_t)(rule->last_hit_ns / 1000000000);
	char text[96], last[32] = "-";
	struct tm tm;

	knetctl_filter_text(rule, text, sizeof(text));
	if (rule->last_hit_ns && localtime_r(&seconds, &tm))
		strftime(last, sizeof(last), "%Y-%m-%d %H:%M:%S", &tm);
	out_text(c, "%-34s %10" PRIu64 " %-19s", text, rule->hits, last);
	if (rule->timeout_ms)
		out_text(c, " %" PRIu64 ".%03us", rule->timeout_ms / 1000,
			 (unsigned int)(rule->timeout_ms % 1000));
	if (rule->comment[0])
		out_str(c, NULL, " ", rule->comment);
	out_text(c, "\n");
}

/* -4 and -6 leave the other family's rules out; any is of both. */
static bool left_out(const struct cli *c, const struct knetctl_filter *rule)
{
	return c->family && rule->family && rule->family != (uint32_t)c->family;
}

static int list_one(const struct knetctl_filter *rule, void *data)
{
	struct list *list = data;

	if (left_out(list->c, rule))
		return 0;
	list_begin(list);
	out_object(list->c);
	rule_members(list->c, rule);
	if (!list->c->json)
		list_text(list->c, rule);
	out_object_end(list->c);
	return out_error() ? 1 : 0;
}

static int show_counts(struct cli *c)
{
	struct knetctl_filter_counts counts;
	int err = knetctl_filter_counts(c->handle, &counts);

	if (err < 0)
		return fail_library(c, err, NULL);
	out_object(c);
	out_u64(c, "count", "rules ", counts.count);
	out_u64(c, "count_ipv4", ", IPv4 ", counts.count_ipv4);
	out_u64(c, "count_ipv6", ", IPv6 ", counts.count_ipv6);
	out_u64(c, "limit", ", at most ", counts.limit);
	out_u64(c, "bytes", "\nkernel memory ", counts.bytes);
	out_text(c, " bytes\n");
	out_object_end(c);
	return STATUS_OK;
}

static int run_list(struct cli *c, int argc, char **argv)
{
	struct list list = { .c = c };
	struct options o = { 0 };
	int n = args_parse(c, argc, argv, take, &o);
	int status, err;

	if (n < 0)
		return args_status(n);
	if (n)
		return fail_usage(c, "list takes no '%s'", argv[1]);
	status = need_handle(c);
	if (status)
		return status;
	if (o.terse)
		return show_counts(c);
	err = knetctl_filter_list(c->handle, list_one, &list);
	if (err < 0 && !list.begun)
		return fail_library(c, err, NULL);
	list_begin(&list);
	out_list_end(c);
	return err < 0 ? fail_library(c, err, NULL) : STATUS_OK;
}

static int save_one(const struct knetctl_filter *rule, void *data)
{
	struct cli *c = data;
	char text[96];
	const char *p;

	if (left_out(c, rule))
		return 0;
	knetctl_filter_text(rule, text, sizeof(text));
	if (!rule->timeout_ms && !rule->comment[0]) {
		out_line(c, text);
		return out_error() ? 1 : 0;
	}
	out_text(c, "%s", text);
	if (rule->timeout_ms)
		out_text(c, " timeout %" PRIu64 ".%03u", rule->timeout_ms / 1000,
			 (unsigned int)(rule->timeout_ms % 1000));
	if (rule->comment[0]) {
		out_text(c, " comment \"");
		for (p = rule->comment; *p; p++)
			out_text(c, *p == '"' || *p == '\\' ? "\\%c" : "%c", *p);
		out_text(c, "\"");
	}
	out_text(c, "\n");
	return out_error() ? 1 : 0;
}

static int run_save(struct cli *c, int argc, char **argv)
{
	int n = args_parse(c, argc, argv, NULL, NULL);
	int status, err;

	if (n < 0)
		return args_status(n);
	if (n)
		return fail_usage(c, "save takes no '%s'", argv[1]);
	if (c->json)
		return fail_usage(c, "save writes what replace reads; list has the JSON");
	status = need_handle(c);
	if (status)
		return status;
	err = knetctl_filter_list(c->handle, save_one, c);
	return err < 0 ? fail_library(c, err, NULL) : STATUS_OK;
}

/* --------------------------------------------------- test and flush -- */

static bool set_address(const char *text, struct sockaddr_storage *addr)
{
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)addr;
	struct sockaddr_in *in = (struct sockaddr_in *)addr;

	memset(addr, 0, sizeof(*addr));
	if (inet_pton(AF_INET, text, &in->sin_addr) == 1) {
		in->sin_family = AF_INET;
		return true;
	}
	in6->sin6_family = AF_INET6;
	return inet_pton(AF_INET6, text, &in6->sin6_addr) == 1;
}

/* ADDR, ADDR:PORT, [ADDR] or [ADDR]:PORT */
static int parse_remote(struct cli *c, const char *text, struct sockaddr_storage *addr)
{
	char copy[INET6_ADDRSTRLEN + 2], *end = NULL;
	const char *port = NULL, *whole = text;
	uint16_t min = 0, max;
	int status;

	if (*text == '[') {
		end = strchr(text, ']');
		if (end && end[1] == ':')
			port = end + 2;
		else if (end && end[1])
			end = NULL;
		text++;
	} else {
		end = strchr(text, ':');
		if (end && !strchr(end + 1, ':'))
			port = end + 1;
		else
			end = strchr(text, '\0');
	}
	if (!end || (size_t)(end - text) >= sizeof(copy))
		return fail_usage(c, "'%s' is no ADDR[:PORT]", whole);
	memcpy(copy, text, (size_t)(end - text));
	copy[end - text] = '\0';
	if (!set_address(copy, addr))
		return fail_usage(c, "'%s' is no ADDR[:PORT]", whole);
	if (c->family && c->family != addr->ss_family)
		return fail_usage(c, "'%s' is not of the family that -%c says", whole,
				  c->family == AF_INET ? '4' : '6');
	if (port) {
		status = arg_ports(c, port, &min, &max);
		if (status || min != max)
			return status ? status : fail_usage(c, "one port, not '%s'", port);
	}
	/* The same place in both families. */
	((struct sockaddr_in *)addr)->sin_port = htons(min);
	return STATUS_OK;
}

static int run_test(struct cli *c, int argc, char **argv)
{
	int n = args_parse(c, argc, argv, NULL, NULL);
	struct sockaddr_storage remote;
	struct knetctl_filter rule;
	char text[96];
	int status, got;

	if (n < 0)
		return args_status(n);
	if (n != 1)
		return fail_usage(c, "which ADDR[:PORT]?");
	status = parse_remote(c, argv[1], &remote);
	if (!status)
		status = need_handle(c);
	if (status)
		return status;
	got = knetctl_filter_test(c->handle, (struct sockaddr *)&remote, &rule);
	if (got < 0)
		return fail_library(c, got, NULL);
	if (!got)
		return STATUS_FAILED;
	knetctl_filter_text(&rule, text, sizeof(text));
	if (rule.exclude) {
		note(c, "not reported because of %s", text);
		return STATUS_FAILED;
	}
	out_object(c);
	rule_members(c, &rule);
	out_text(c, "%s\n", text);
	out_object_end(c);
	return STATUS_OK;
}

static int run_flush(struct cli *c, int argc, char **argv)
{
	int n = args_parse(c, argc, argv, NULL, NULL);
	int status, err;

	if (n < 0)
		return args_status(n);
	if (n)
		return fail_usage(c, "flush takes no '%s'", argv[1]);
	status = need_handle(c);
	if (status)
		return status;
	err = knetctl_filter_flush(c->handle);
	return err < 0 ? fail_library(c, err, NULL) : STATUS_OK;
}

static const struct opt add_opts[] = {
	{ OPT_REPLACE, "replace", 0, NULL, "A rule that is there already is no error" },
	{ 0 }
};

static const struct opt list_opts[] = {
	{ OPT_TERSE, "terse", 0, NULL, "Only how many there are" },
	{ 0 }
};

static const struct opt *const add_tables[] = { add_opts, NULL };
static const struct opt *const list_tables[] = { list_opts, NULL };

#define REPORTS "Reports connections, never blocks one. "
#define RULE "any|PREFIX... [port LO[-HI]] [exclude] [timeout S] [comment TEXT]"

static const struct verb verbs[] = {
	{ "add", RULE " [--replace]", REPORTS "Add rules: connections to these are reported",
	  add_tables,
	  "PREFIX is ADDR, ADDR/LEN or ADDR-ADDR, `any' is all of IPv4 and IPv6. The longest\n"
	  "prefix decides, then the fewest ports. See knetctl-monitor(8) for the reports.",
	  run_add },
	{ "del", "any|PREFIX... [port LO[-HI]] [exclude]", REPORTS "Remove rules", NULL, NULL,
	  run_del },
	{ "replace", "FILE|-|" RULE, REPORTS "Replace all rules at once", add_tables,
	  "A line of FILE has what `add' takes; `save' writes such a file. A file that is named\n"
	  "like a prefix is ./NAME.", run_replace },
	{ "test", "ADDR[:PORT]", "Which rule reports a connection to it? 1 if none does", NULL, NULL,
	  run_test },
	{ "list", "[--terse]", "List the rules and their hits", list_tables, NULL, run_list },
	{ "flush", "", "Remove all rules: nothing is watched any more", NULL, NULL, run_flush },
	{ "save", "", "Write the rules as `replace' reads them", NULL, NULL, run_save },
};

const struct noun noun_filter = {
	"filter", "Outgoing connections to report; it reports, and never blocks one", verbs,
	ARRAY_SIZE(verbs)
};
