// SPDX-License-Identifier: GPL-2.0-or-later
/* knetctl ftp: get */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ftp.h"
#include "job.h"
#include "out.h"

#define REMOTES_MAX 16

enum {
	OPT_ACTIVE = 1, OPT_PASSIVE, OPT_SOURCE, OPT_ACTIVE_ADDRESS, OPT_PORT_RANGE,
	OPT_NO_EXTENDED, OPT_RELAXED_REPLIES, OPT_USER, OPT_PASSWORD_FILE, OPT_NETRC, OPT_ACCOUNT,
	OPT_CONNECT_TIMEOUT, OPT_REPLY_TIMEOUT, OPT_STALL_TIMEOUT, OPT_STALL_BYTES, OPT_TIMEOUT,
	OPT_NO_WAIT, OPT_NO_PROGRESS,
	OPT_RESUME, OPT_FORCE, OPT_ATOMIC, OPT_FSYNC, OPT_MAX_SIZE,
};

static const struct opt session_opts[] = {
	{ OPT_ACTIVE, "active", 0, NULL, "The server connects to us (EPRT, PORT)" },
	{ OPT_PASSIVE, "passive", 0, NULL, "We connect to the server (EPSV, PASV); default" },
	{ OPT_SOURCE, "source", 0, "ADDR", "Connect from this address" },
	{ OPT_ACTIVE_ADDRESS, "active-address", 0, "ADDR", "With --active: announce this one" },
	{ OPT_PORT_RANGE, "port-range", 0, "LO-HI", "With --active: listen on one of these" },
	{ OPT_NO_EXTENDED, "no-extended", 0, NULL, "Neither EPSV nor EPRT" },
	{ OPT_RELAXED_REPLIES, "relaxed-replies", 0, NULL,
	  "Any code and blank end a long reply" },
	{ OPT_USER, "user", 0, "NAME", "Log in as NAME; default is anonymous" },
	{ OPT_PASSWORD_FILE, "password-file", 0, "FILE", "The password is its first line" },
	{ OPT_NETRC, "netrc", 0, NULL, "User, password and account from ~/.netrc" },
	{ OPT_ACCOUNT, "account", 0, "ACCT", "Sent when the server asks for it" },
	{ OPT_CONNECT_TIMEOUT, "connect-timeout", 0, "S", "For a connection (30)" },
	{ OPT_REPLY_TIMEOUT, "reply-timeout", 0, "S", "For one whole reply (60)" },
	{ OPT_STALL_TIMEOUT, "stall-timeout", 0, "S", "For --stall-bytes to come (60)" },
	{ OPT_STALL_BYTES, "stall-bytes", 0, "N", "Fewer than this is a stall (1)" },
	{ OPT_TIMEOUT, "timeout", 0, "S", "For all of it (no limit)" },
	{ OPT_NO_WAIT, "no-wait", 0, NULL, "Print the id and let the job live" },
	{ OPT_NO_PROGRESS, "no-progress", 0, NULL, "No progress bar" },
	{ 0 }
};

static const struct opt get_opts[] = {
	{ OPT_RESUME, "resume", 0, NULL, "Go on where FILE ends" },
	{ OPT_FORCE, "force", 0, NULL, "Replace FILE, when the new one is whole" },
	{ OPT_ATOMIC, "atomic", 0, NULL, "FILE appears when it is whole" },
	{ OPT_FSYNC, "fsync", 0, NULL, "Done is when it is on the disk" },
	{ OPT_MAX_SIZE, "max-size", 0, "BYTES", "Refuse and end what is larger (k, M, G)" },
	{ 0 }
};

static const struct opt *const get_tables[] = { get_opts, session_opts, NULL };

struct transfer {
	struct knetctl_ftp_get args;
	struct login login;
	struct sockaddr_storage source, active_address;
	bool active, passive, resume, force, atomic, fsync, no_wait, no_progress;
	struct knetctl_url url;
	const char *where;
	struct sockaddr_storage remote[REMOTES_MAX];
	struct target target;
	struct progress progress;
};

/* ------------------------------------------------------- arguments -- */

static int parse_range(struct cli *c, const char *text, struct knetctl_ftp_get *args)
{
	const char *dash = strchr(text, '-');
	uint64_t low, high;
	char first[8];
	int status;

	if (dash && dash - text < (int)sizeof(first)) {
		snprintf(first, sizeof(first), "%.*s", (int)(dash - text), text);
		status = arg_number(c, "--port-range", first, 1, 65535, &low);
		if (!status)
			status = arg_number(c, "--port-range", dash + 1, 1, 65535, &high);
	} else {
		status = arg_number(c, "--port-range", text, 1, 65535, &low);
		high = low;
	}
	if (status)
		return status;
	if (low > high)
		return fail_usage(c, "--port-range: %s ends before it begins", text);
	args->port_min = (uint16_t)low;
	args->port_max = (uint16_t)high;
	return STATUS_OK;
}

static int take_login(struct transfer *t, int id, const char *value)
{
	switch (id) {
	case OPT_USER:
		t->login.user_option = value;
		return STATUS_OK;
	case OPT_PASSWORD_FILE:
		t->login.password_file = value;
		return STATUS_OK;
	case OPT_NETRC:
		t->login.netrc = true;
		return STATUS_OK;
	default:
		t->login.account_option = value;
		return STATUS_OK;
	}
}

static int take_time(struct cli *c, struct transfer *t, int id, const char *value)
{
	int status;

	switch (id) {
	case OPT_CONNECT_TIMEOUT:
		return arg_ms(c, "--connect-timeout", value, &t->args.connect_timeout);
	case OPT_REPLY_TIMEOUT:
		return arg_ms(c, "--reply-timeout", value, &t->args.reply_timeout);
	case OPT_STALL_TIMEOUT:
		return arg_ms(c, "--stall-timeout", value, &t->args.stall_timeout);
	case OPT_TIMEOUT:
		return arg_ms(c, "--timeout", value, &t->args.timeout);
	default:
		status = arg_size(c, "--stall-bytes", value, &t->args.stall_bytes);
		if (!status && !t->args.stall_bytes)
			return fail_usage(c, "--stall-bytes: at least 1");
		return status;
	}
}

static int take_session(struct cli *c, struct transfer *t, int id, const char *value)
{
	switch (id) {
	case OPT_ACTIVE:
		t->active = true;
		return STATUS_OK;
	case OPT_PASSIVE:
		t->passive = true;
		return STATUS_OK;
	case OPT_SOURCE:
		t->args.source = (struct sockaddr *)&t->source;
		return arg_address(c, "--source", value, &t->source);
	case OPT_ACTIVE_ADDRESS:
		t->args.active_address = (struct sockaddr *)&t->active_address;
		return arg_address(c, "--active-address", value, &t->active_address);
	case OPT_PORT_RANGE:
		return parse_range(c, value, &t->args);
	case OPT_NO_EXTENDED:
		t->args.flags |= KNETCTL_FTP_NO_EXTENDED;
		return STATUS_OK;
	case OPT_RELAXED_REPLIES:
		t->args.flags |= KNETCTL_FTP_RELAXED_REPLIES;
		return STATUS_OK;
	case OPT_NO_WAIT:
		t->no_wait = true;
		return STATUS_OK;
	case OPT_NO_PROGRESS:
		t->no_progress = true;
		return STATUS_OK;
	case OPT_USER:
	case OPT_PASSWORD_FILE:
	case OPT_NETRC:
	case OPT_ACCOUNT:
		return take_login(t, id, value);
	default:
		return take_time(c, t, id, value);
	}
}

static int take_get(struct cli *c, void *data, int id, const char *value)
{
	struct transfer *t = data;

	switch (id) {
	case OPT_RESUME:
		t->resume = true;
		return STATUS_OK;
	case OPT_FORCE:
		t->force = true;
		return STATUS_OK;
	case OPT_ATOMIC:
		t->atomic = true;
		return STATUS_OK;
	case OPT_FSYNC:
		t->fsync = true;
		return STATUS_OK;
	case OPT_MAX_SIZE:
		return arg_size(c, "--max-size", value, &t->args.max_size);
	default:
		return take_session(c, t, id, value);
	}
}

/* What the session options say together. */
static int check_session(struct cli *c, struct transfer *t)
{
	if (t->active && t->passive)
		return fail_usage(c, "--active and --passive exclude each other");
	if (t->active)
		t->args.flags |= KNETCTL_FTP_ACTIVE;
	if (t->args.active_address && !t->active)
		return fail_usage(c, "--active-address goes with --active");
	if (t->args.port_min && !t->active)
		return fail_usage(c, "--port-range goes with --active");
	if (t->args.source && c->family && c->family != t->source.ss_family)
		return fail_usage(c, "--source is not of the family that -%c says",
				  c->family == AF_INET ? '4' : '6');
	return STATUS_OK;
}

static enum target_mode target_mode(const struct transfer *t)
{
	if (t->resume)
		return TARGET_RESUME;
	if (t->atomic)
		return TARGET_ATOMIC;
	return t->force ? TARGET_FORCE : TARGET_NEW;
}

static int check_get(struct cli *c, const struct transfer *t)
{
	if (t->where && !strcmp(t->where, "-"))
		return fail_usage(c, "cannot write to standard output, say FILE (./- for a file)");
	if (t->resume && (t->force || t->atomic))
		return fail_usage(c, "--resume keeps what is there, --%s replaces it",
				  t->force ? "force" : "atomic");
	if (t->no_wait && t->fsync)
		return fail_usage(c, "--fsync needs somebody who waits, not --no-wait");
	if (t->no_wait && target_replaces(t->where, t->url.name, target_mode(t)))
		return fail_usage(c, "--no-wait: nobody would give the file its name; "
				  "not with --atomic, or --force on a file that exists");
	return target_check(c, t->where, t->url.name);
}

static int parse_url(struct cli *c, char *text, struct knetctl_url *url)
{
	const char *reason = NULL;
	int err = knetctl_url_parse(text, url, &reason);

	/* From here on neither ps nor a message shows the password. */
	login_hide(text);
	if (err < 0)
		return fail_usage(c, "%s: %s", text, reason ? reason : strerror(-err));
	if (!url->path || !*url->path || !url->name || !*url->name)
		return fail_usage(c, "%s: the URL of a directory, not of a file", text);
	if (url->type == 'd' || url->type == 'D')
		return fail_usage(c, "%s: ;type=d is a list, not a file", text);
	return STATUS_OK;
}

/* ------------------------------------------------------------ get -- */

static int resolve(struct cli *c, struct transfer *t)
{
	int family = t->args.source ? t->source.ss_family : c->family;
	const char *reason = NULL;
	char text[TEXT_SIZE];
	int n, i;

	n = knetctl_resolve(t->url.host, t->url.port, family, t->remote, REMOTES_MAX, &reason);
	if (n < 0)
		return fail_text(c, STATUS_FAILED, -n, "%s: %s", t->url.host,
				 reason ? reason : strerror(-n));
	for (i = 0; i < n; i++)
		note(c, "%s is %s", t->url.host, text_endpoint(text, &t->remote[i]));
	t->args.remote = t->remote;
	t->args.remote_count = (size_t)n;
	return STATUS_OK;
}

static int start(struct cli *c, struct transfer *t, uint32_t *id)
{
	int err = 0;

	t->args.fd = t->target.fd;
	t->args.offset = t->target.offset;
	if (t->target.offset)
		t->args.flags |= KNETCTL_FTP_RESUME;
	if (t->no_wait)
		t->args.flags |= KNETCTL_FTP_DETACHED;
	t->args.user = t->login.user;
	t->args.password = t->login.password;
	t->args.account = t->login.account;
	t->args.pathname = t->url.path;
	/* Before the start, so that no event of the job is missed. */
	if (!t->no_wait)
		err = knetctl_subscribe(c->handle, KNETCTL_GROUP_JOB);
	if (err >= 0)
		err = knetctl_ftp_get_start(c->handle, &t->args, id);
	if (err < 0)
		return fail_library(c, err, NULL);
	note(c, "job %u", *id);
	return STATUS_OK;
}

static void print_done(struct cli *c, const struct transfer *t, const struct knetctl_job *job)
{
	char size[TEXT_SIZE], time[TEXT_SIZE], rate[TEXT_SIZE];

	out_object(c);
	job_members(c, job);
	if (!c->quiet) {
		out_str(c, NULL, "", t->target.shown);
		if (!job->bytes && t->target.offset)
			out_text(c, ": was whole already, %s\n",
				 text_size(size, t->target.offset));
		else
			out_text(c, ": %s in %s, %s\n", text_size(size, job->bytes),
				 text_seconds(time, job->duration_ns),
				 text_rate(rate, job->bytes, job->duration_ns));
	}
	out_object_end(c);
}

/* How to go on after a failure. To free, NULL when there is nothing to say. */
static char *failure_hint(const struct transfer *t, const struct knetctl_job *job, bool left)
{
	char have[TEXT_SIZE], size[TEXT_SIZE];
	char *text = NULL;
	int n = 0;

	text_size(have, t->target.offset + job->bytes);
	text_size(size, job->size);
	if (left && job->bytes)
		n = asprintf(&text, "%s has the first %s%s%s; --resume gets the rest",
			     t->target.shown, have, job->size_known ? " of " : "",
			     job->size_known ? size : "");
	else if (job->ftp_code == 332 || job->ftp_code == 532)
		n = asprintf(&text, "--account says which");
	else if (job->ftp_code == 530 || job->ftp_code == 331)
		n = asprintf(&text, "the login comes from the URL, --user and --password-file, "
			     "or --netrc");
	return n < 0 ? NULL : text;
}

static int finish(struct cli *c, struct transfer *t, const struct knetctl_job *job)
{
	char *text;
	int status;

	if (job->state != KNETCTL_STATE_DONE) {
		text = failure_hint(t, job, target_abandon(&t->target));
		status = fail_job(c, job, t->url.host, text);
		free(text);
		return status;
	}
	status = target_commit(c, &t->target, t->fsync);
	if (status)
		target_abandon(&t->target);
	else
		print_done(c, t, job);
	return status;
}

static int print_id(struct cli *c, uint32_t id)
{
	out_object(c);
	out_u64(c, "id", "", id);
	out_text(c, "\n");
	out_object_end(c);
	return STATUS_OK;
}

/* From here on signals are blocked, so that a file is not left behind by one. */
static int transfer(struct cli *c, struct transfer *t, int signals)
{
	struct knetctl_job job;
	uint32_t id;
	int status;

	status = target_open(c, &t->target, t->where, t->url.name, target_mode(t));
	if (!status)
		status = start(c, t, &id);
	login_free(&t->login);
	if (!status && t->no_wait)
		return print_id(c, id);
	progress_init(&t->progress, c, t->target.shown, !t->no_progress);
	if (!status)
		status = wait_for_job(c, id, signals, &t->progress, &job);
	if (!status)
		return finish(c, t, &job);
	if (target_abandon(&t->target) && status == STATUS_MODULE)
		hint(c, "%s keeps what came; --resume gets the rest", t->target.shown);
	return status;
}

static int get(struct cli *c, struct transfer *t)
{
	int status = check_get(c, t);
	int signals;

	if (!status)
		status = need_handle(c);
	if (!status)
		status = login_find(c, &t->login, &t->url);
	if (!status)
		status = resolve(c, t);
	if (status)
		return status;
	signals = signals_block();
	if (signals < 0)
		return fail_errno(c, errno, "signalfd");
	memset(&t->target, 0, sizeof(t->target));
	t->target.fd = t->target.dir = -1;
	status = transfer(c, t, signals);
	target_free(&t->target);
	signals_restore(signals);
	return status;
}

static int run_get(struct cli *c, int argc, char **argv)
{
	struct transfer t = { .args = KNETCTL_INIT(struct knetctl_ftp_get) };
	int n = args_parse(c, argc, argv, take_get, &t);
	int status;

	if (n < 0)
		return args_status(n);
	if (n == 0)
		return fail_usage(c, "which URL?");
	if (n > 2)
		return fail_usage(c, "too much: '%s'", argv[3]);
	t.where = argv[2];
	status = parse_url(c, argv[1], &t.url);
	if (!status)
		status = check_session(c, &t);
	if (!status)
		status = get(c, &t);
	login_free(&t.login);
	knetctl_url_free(&t.url);
	return status;
}

static const struct verb verbs[] = {
	{ "get", "[OPTIONS] URL [FILE|DIR]", "Fetch a file", get_tables,
	  "URL is ftp://[USER[:PASSWORD]@]HOST[:PORT]/PATH; PATH is relative to the login\n"
	  "directory, and %2F in front makes it absolute. A DIR, or no FILE, takes the last\n"
	  "part of PATH as name. Times are in seconds and may have a fraction, 0 is no limit.",
	  run_get },
};

const struct noun noun_ftp = {
	"ftp", "Transfers of files from and to FTP servers", verbs, ARRAY_SIZE(verbs)
};
