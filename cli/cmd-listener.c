// SPDX-License-Identifier: GPL-2.0-or-later
/* knetctl listener: add, list, show, set, del; accept is in accept.c */
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "connection.h"
#include "listener.h"
#include "out.h"

/* ---------------------------------------------------------- showing -- */

static void limit_member(struct cli *c, const char *key, uint32_t value)
{
	if (value)
		out_u64(c, key, NULL, value);
	else
		out_null(c, key);
}

/* What `listener list` and the monitor's dump have; only in JSON. */
void listener_members(struct cli *c, const struct knetctl_listener *l)
{
	char dev[IF_NAMESIZE], text[sizeof(l->text) + 1];

	if (!c->json)
		return;
	out_u64(c, "id", NULL, l->id);
	out_endpoint(c, "local", &l->local);
	out_str(c, "service", NULL, knetctl_service_name(l->service));
	out_bool(c, "v6only", l->flags & KNETCTL_LISTENER_V6ONLY);
	out_bool(c, "ipv4_fallback", l->flags & KNETCTL_LISTENER_IPV4_FALLBACK);
	out_str(c, "dev", NULL, l->ifindex ? if_indextoname(l->ifindex, dev) : NULL);
	out_u64(c, "backlog", NULL, l->backlog);
	limit_member(c, "max_connections", l->max);
	limit_member(c, "per_source", l->per_source);
	limit_member(c, "per_source_prefix", l->per_source_prefix);
	limit_member(c, "rate", l->rate);
	out_str(c, "on_limit", NULL, knetctl_on_limit_name(l->on_limit));
	limit_member(c, "idle", l->idle);
	memcpy(text, l->text, l->text_len);
	text[l->text_len] = '\0';
	out_str(c, "text", NULL, l->service == KNETCTL_SERVE_BANNER ? text : NULL);
	out_bool(c, "paused", l->flags & KNETCTL_LISTENER_PAUSED);
	out_u64(c, "connections", NULL, l->connections);
	out_u64(c, "waiting", NULL, l->waiting);
	out_u64(c, "accepted", NULL, l->accepted);
	out_u64(c, "rejected", NULL, l->rejected);
	out_u64(c, "duration_ns", NULL, l->duration_ns);
}

static int list_one(const struct knetctl_listener *l, void *data)
{
	struct cli *c = data;
	char local[TEXT_SIZE];

	out_object(c);
	listener_members(c, l);
	out_text(c, "%-7u %-8s %8u %10llu %10llu %s%s\n", l->id, knetctl_service_name(l->service),
		 l->connections, (unsigned long long)l->accepted,
		 (unsigned long long)l->rejected, text_endpoint(local, &l->local),
		 l->flags & KNETCTL_LISTENER_PAUSED ? " paused" : "");
	out_object_end(c);
	return out_error();
}

static int list_listeners(struct cli *c)
{
	int status = need_handle(c);
	int err;

	if (status)
		return status;
	out_list(c);
	if (!c->quiet)
		out_text(c, "%-7s %-8s %8s %10s %10s %s\n", "ID", "SERVICE", "NOW", "ACCEPTED",
			 "REJECTED", "LOCAL");
	err = knetctl_listener_list(c->handle, list_one, c);
	out_list_end(c);
	return err < 0 ? fail_library(c, err, NULL) : STATUS_OK;
}

static int run_list(struct cli *c, int argc, char **argv)
{
	int n = args_parse(c, argc, argv, NULL, NULL);

	if (n < 0)
		return args_status(n);
	return n ? fail_usage(c, "too much: '%s'", argv[1]) : list_listeners(c);
}

static void show_limit(struct cli *c, const char *name, uint32_t value)
{
	if (value)
		out_text(c, "%s%u\n", name, value);
}

static void show_text(struct cli *c, const struct knetctl_listener *l)
{
	char buf[TEXT_SIZE], dev[IF_NAMESIZE];

	out_text(c, "id          %u\nlocal       %s\nservice     %s\n", l->id,
		 text_endpoint(buf, &l->local), knetctl_service_name(l->service));
	if (l->flags & KNETCTL_LISTENER_V6ONLY)
		out_text(c, "v6only      yes\n");
	if (l->ifindex)
		out_text(c, "dev         %s\n", if_indextoname(l->ifindex, dev) ? dev : "?");
	show_limit(c, "backlog     ", l->backlog);
	show_limit(c, "max         ", l->max);
	show_limit(c, "per-source  ", l->per_source);
	show_limit(c, "prefix      ", l->per_source_prefix);
	show_limit(c, "rate        ", l->rate);
	out_text(c, "on-limit    %s\n", knetctl_on_limit_name(l->on_limit));
	if (l->idle)
		out_text(c, "idle        %s\n", text_seconds(buf, l->idle * UINT64_C(1000000)));
	out_text(c, "connections %u\nwaiting     %u\naccepted    %llu\nrejected    %llu\n",
		 l->connections, l->waiting, (unsigned long long)l->accepted,
		 (unsigned long long)l->rejected);
	out_text(c, "age         %s\n", text_seconds(buf, l->duration_ns));
	if (l->flags & KNETCTL_LISTENER_PAUSED)
		out_text(c, "paused      yes, a limit is reached\n");
}

static int run_show(struct cli *c, int argc, char **argv)
{
	int n = args_parse(c, argc, argv, NULL, NULL);
	struct knetctl_listener l;
	uint32_t id;
	int status, err;

	if (n < 0)
		return args_status(n);
	if (n == 0)
		return list_listeners(c);
	if (n > 1)
		return fail_usage(c, "one listener at a time, not '%s' too", argv[2]);
	status = arg_id(c, argv[1], &id);
	if (!status)
		status = need_handle(c);
	if (status)
		return status;
	err = knetctl_listener_get(c->handle, id, &l);
	if (err < 0)
		return fail_library(c, err, argv[1]);
	out_object(c);
	listener_members(c, &l);
	if (!c->json)
		show_text(c, &l);
	out_object_end(c);
	return STATUS_OK;
}

/* -------------------------------------------------------- arguments -- */

struct adding {
	struct knetctl_listener_add args;
	struct sockaddr_storage local;
	const char *file;
};

static int parse_name(struct cli *c, const char *what, const char *word,
		      const char *(*name_of)(unsigned int), uint32_t *value)
{
	const char *names[16], *name;
	uint32_t i, found = 0;
	size_t n = 0;

	for (i = 1; i < ARRAY_SIZE(names) && (name = name_of(i)); i++) {
		names[n++] = name;
		if (*word && !strncmp(name, word, strlen(word)))
			found = found ? UINT32_MAX : i;
		if (!strcmp(name, word)) {
			found = i;
			break;
		}
	}
	if (found && found != UINT32_MAX) {
		*value = found;
		return STATUS_OK;
	}
	if (found)
		return fail_usage(c, "%s '%s' is ambiguous", what, word);
	name = suggest(word, names, n);
	return fail_usage(c, name ? "unknown %s '%s', did you mean '%s'?" : "unknown %s '%s'", what,
			  word, name);
}

/* N or N/PREFIX */
static int parse_per_source(struct cli *c, const char *text, uint32_t *count, uint32_t *prefix)
{
	const char *slash = strchr(text, '/');
	char *number = strndup(text, slash ? (size_t)(slash - text) : strlen(text));
	int status;

	if (!number)
		return fail_errno(c, errno, "per-source");
	status = arg_u32(c, "per-source", number, 0, UINT32_MAX, count);
	free(number);
	if (!status && slash)
		status = arg_u32(c, "per-source", slash + 1, 1, 128, prefix);
	return status;
}

static int parse_idle(struct cli *c, const char *text, uint32_t *ms)
{
	int status = arg_ms(c, "idle", text, ms);

	if (*ms == UINT32_MAX)
		*ms = 0;
	return status;
}

/* What add and set have in common. -1 when the word is none of these. */
static int take_limit(struct cli *c, const char *word, const char *value,
		      struct knetctl_listener_set *set)
{
	if (!strcmp(word, "backlog")) {
		set->set |= KNETCTL_SET_BACKLOG;
		return arg_u32(c, word, value, 1, INT32_MAX, &set->backlog);
	}
	if (!strcmp(word, "max")) {
		set->set |= KNETCTL_SET_MAX;
		return arg_u32(c, word, value, 0, UINT32_MAX, &set->max);
	}
	if (!strcmp(word, "per-source")) {
		set->set |= KNETCTL_SET_PER_SOURCE;
		if (strchr(value, '/'))
			set->set |= KNETCTL_SET_PER_SOURCE_PREFIX;
		return parse_per_source(c, value, &set->per_source, &set->per_source_prefix);
	}
	if (!strcmp(word, "rate")) {
		set->set |= KNETCTL_SET_RATE;
		return arg_u32(c, word, value, 0, 1000000000, &set->rate);
	}
	if (!strcmp(word, "on-limit")) {
		set->set |= KNETCTL_SET_ON_LIMIT;
		return parse_name(c, word, value, knetctl_on_limit_name, &set->on_limit);
	}
	if (!strcmp(word, "idle")) {
		set->set |= KNETCTL_SET_IDLE;
		return parse_idle(c, value, &set->idle);
	}
	return -1;
}

/* A word that is none of those, or the last one and without its value. */
static int unknown_word(struct cli *c, const char *word, bool all)
{
	static const char *const words[] = {
		"backlog", "max", "per-source", "rate", "on-limit", "idle",
		"dev", "v6only", "service",
	};
	const char *best = suggest(word, words, all ? ARRAY_SIZE(words) : 6);

	if (best && !strcmp(best, word))
		return fail_usage(c, "%s: the value is missing", word);
	return fail_usage(c, best ? "unknown word '%s', did you mean '%s'?" :
				    "unknown word '%s'", word, best);
}

/* The service and what it takes; moves @argv to its last word. */
static int take_service(struct cli *c, char ***argv, struct adding *a)
{
	const char *name = (*argv)[1];
	int status;

	if (!name)
		return fail_usage(c, "which service?");
	status = parse_name(c, "service", name, knetctl_service_name, &a->args.service);
	if (status)
		return status;
	(*argv)++;
	if (a->args.service != KNETCTL_SERVE_BANNER && a->args.service != KNETCTL_SERVE_FILE)
		return STATUS_OK;
	if (!(*argv)[1])
		return fail_usage(c, a->args.service == KNETCTL_SERVE_FILE ?
				  "which file?" : "which text?");
	(*argv)++;
	if (a->args.service == KNETCTL_SERVE_FILE) {
		a->file = **argv;
	} else {
		a->args.text = **argv;
		a->args.text_len = strlen(**argv);
	}
	return STATUS_OK;
}

static int parse_add(struct cli *c, char **argv, struct adding *a)
{
	struct knetctl_listener_set set = KNETCTL_INIT(struct knetctl_listener_set);
	int status = STATUS_OK;

	for (; *argv && !status; argv++) {
		if (!strcmp(*argv, "v6only")) {
			a->args.flags |= KNETCTL_LISTENER_V6ONLY;
			continue;
		}
		if (!strcmp(*argv, "service")) {
			status = take_service(c, &argv, a);
			continue;
		}
		if (!argv[1])
			return unknown_word(c, *argv, true);
		if (!strcmp(*argv, "dev"))
			status = arg_device(c, "dev", argv[1], &a->args.ifindex);
		else
			status = take_limit(c, *argv, argv[1], &set);
		if (status < 0)
			return unknown_word(c, *argv, true);
		argv++;
	}
	a->args.backlog = set.backlog;
	a->args.max = set.max;
	a->args.per_source = set.per_source;
	a->args.per_source_prefix = set.per_source_prefix;
	a->args.rate = set.rate;
	a->args.on_limit = set.on_limit;
	a->args.idle = set.idle;
	return status;
}

/* ------------------------------------------------- add, set and del -- */

static void print_one(struct cli *c, const struct knetctl_listener *l)
{
	char local[TEXT_SIZE];

	out_object(c);
	listener_members(c, l);
	out_text(c, "%u %s%s\n", l->id, text_endpoint(local, &l->local),
		 l->flags & KNETCTL_LISTENER_IPV4_FALLBACK ?
		 " (there is no IPv6 here, IPv4 only)" : "");
	out_object_end(c);
}

static int add(struct cli *c, struct adding *a, const char *where)
{
	struct knetctl_listener l;
	int err;

	a->args.local = (struct sockaddr *)&a->local;
	if (a->file) {
		a->args.fd = open(a->file, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
		if (a->args.fd < 0)
			return fail_errno(c, errno, "%s", a->file);
	}
	err = knetctl_listener_add(c->handle, &a->args, &l);
	if (a->file)
		close(a->args.fd);
	if (err < 0)
		return fail_library(c, err, where);
	print_one(c, &l);
	return STATUS_OK;
}

static int run_add(struct cli *c, int argc, char **argv)
{
	struct adding a = { .args = KNETCTL_INIT(struct knetctl_listener_add) };
	int n = args_parse(c, argc, argv, NULL, NULL);
	int status;

	if (n < 0)
		return args_status(n);
	if (n == 0)
		return fail_usage(c, "where? ADDR:PORT");
	status = arg_endpoint(c, "ADDR:PORT", argv[1], 0, &a.local);
	if (!status)
		status = parse_add(c, argv + 2, &a);
	if (!status)
		status = need_handle(c);
	return status ? status : add(c, &a, argv[1]);
}

static int run_set(struct cli *c, int argc, char **argv)
{
	struct knetctl_listener_set set = KNETCTL_INIT(struct knetctl_listener_set);
	int n = args_parse(c, argc, argv, NULL, NULL);
	struct knetctl_listener l;
	int status, err, i;
	uint32_t id;

	if (n < 0)
		return args_status(n);
	if (n < 2)
		return fail_usage(c, n ? "what is to be changed?" : "which listener?");
	status = arg_id(c, argv[1], &id);
	for (i = 2; i <= n && !status; i += 2) {
		status = i < n ? take_limit(c, argv[i], argv[i + 1], &set) : -1;
		if (status < 0)
			return unknown_word(c, argv[i], false);
	}
	if (!status)
		status = need_handle(c);
	if (status)
		return status;
	err = knetctl_listener_set(c->handle, id, &set, &l);
	if (err < 0)
		return fail_library(c, err, argv[1]);
	print_one(c, &l);
	return STATUS_OK;
}

struct search {
	struct sockaddr_storage local;
	uint32_t id;
};

static int match_one(const struct knetctl_listener *l, void *data)
{
	struct search *search = data;
	char a[TEXT_SIZE], b[TEXT_SIZE];

	if (strcmp(text_endpoint(a, &l->local), text_endpoint(b, &search->local)) != 0)
		return 0;
	search->id = l->id;
	return 1;
}

static int find_listener(struct cli *c, const char *text, uint32_t *id)
{
	struct search search = { 0 };
	int status, err;

	if (!strchr(text, ':'))
		return arg_id(c, text, id);
	status = arg_endpoint(c, "ADDR:PORT", text, 1, &search.local);
	if (status)
		return status;
	err = knetctl_listener_list(c->handle, match_one, &search);
	if (err < 0)
		return fail_library(c, err, NULL);
	*id = search.id;
	return search.id ? STATUS_OK :
	       fail_text(c, STATUS_FAILED, ENOENT, "there is no listener at %s", text);
}

static int del_one(struct cli *c, const char *text, bool keep)
{
	uint32_t id;
	int status = find_listener(c, text, &id);
	int err;

	if (status)
		return status;
	err = knetctl_listener_del(c->handle, id, keep ? KNETCTL_LISTENER_KEEP_CONNECTIONS : 0);
	if (err == -ENOENT)
		return fail_text(c, STATUS_FAILED, ENOENT, "there is no listener %u", id);
	if (err < 0)
		return fail_library(c, err, text);
	out_object(c);
	out_u64(c, "id", NULL, id);
	out_object_end(c);
	return STATUS_OK;
}

static int take_keep(struct cli *c, void *data, int id, const char *value)
{
	(void)c;
	(void)id;
	(void)value;
	*(bool *)data = true;
	return STATUS_OK;
}

static int run_del(struct cli *c, int argc, char **argv)
{
	bool keep = false;
	int n = args_parse(c, argc, argv, take_keep, &keep);
	int i, status, worst;

	if (n < 0)
		return args_status(n);
	if (n == 0)
		return fail_usage(c, "which listener?");
	worst = need_handle(c);
	out_stream(n > 1);
	for (i = 1; i <= n && c->handle; i++) {
		status = del_one(c, argv[i], keep);
		if (status > worst)
			worst = status;
	}
	out_stream(false);
	return worst;
}

static const struct opt del_opts[] = {
	{ 1, "keep-connections", 0, NULL, "Its connections live on" },
	{ 0 }
};

static const struct opt *const del_tables[] = { del_opts, NULL };

static const struct verb verbs[] = {
	{ "add", "ADDR:PORT [backlog N] [max N] [per-source N[/PREFIX]] [rate N]\n"
	  "          [on-limit queue|close|reset] [idle S] [dev IF] [v6only] [service SERVICE]",
	  "Listen on a TCP port", NULL,
	  "ADDR is a number, [::1] for IPv6; [::] takes IPv4 too, unless v6only. Port 0 is any.\n"
	  "SERVICE is hold (read and drop; default), close, echo, discard, chargen, daytime,\n"
	  "banner TEXT, file FILE, or handoff (a process takes the connection: accept).",
	  run_add },
	{ "list", "", "All listeners of the network namespace", NULL, NULL, run_list },
	{ "show", "[ID]", "One listener; without ID all of them", NULL, NULL, run_show },
	{ "set", "ID [max|per-source|rate|on-limit|idle|backlog VALUE]...",
	  "Change a live listener, its connections stay", NULL, "A limit of 0 is none.",
	  run_set },
	{ "del", "ID|ADDR:PORT... [--keep-connections]", "Stop listening, close the connections",
	  del_tables, NULL, run_del },
	{ "accept", "ID [--loop] [--exec CMD...]", "Take a connection of service handoff",
	  accept_tables,
	  "CMD gets it as standard input and output, and its status is the command's. Without\n"
	  "CMD standard input is sent and what comes is printed. --exec takes all that follows.",
	  run_accept },
};

const struct noun noun_listener = {
	"listener", "TCP ports that the kernel serves", verbs, ARRAY_SIZE(verbs)
};
