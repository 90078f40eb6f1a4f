// SPDX-License-Identifier: GPL-2.0-or-later
/* The options of the verbs of ftp. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ftp.h"

const struct opt ftp_session_opts[] = {
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
	{ OPT_SESSIONS, "sessions", 0, "N", "At most N connections to the server (4)" },
	{ OPT_QUOTE, "quote", 0, "CMD", "Send CMD after the login; *CMD may be refused" },
	{ OPT_TRACE, "trace", 0, NULL, "Show the dialogue with the server" },
	{ 0 }
};

const struct opt ftp_wait_opts[] = {
	{ OPT_NO_WAIT, "no-wait", 0, NULL, "Print the id and let the job live" },
	{ OPT_NO_PROGRESS, "no-progress", 0, NULL, "No progress bar" },
	{ 0 }
};

const struct opt ftp_get_opts[] = {
	{ OPT_RESUME, "resume", 0, NULL, "Go on where FILE ends" },
	{ OPT_FORCE, "force", 0, NULL, "Replace FILE, when the new one is whole" },
	{ OPT_ATOMIC, "atomic", 0, NULL, "FILE appears when it is whole" },
	{ OPT_FSYNC, "fsync", 0, NULL, "Done is when it is on the disk" },
	{ OPT_DIRECT, "direct", 0, NULL, "Write past the page cache; default from 16M on" },
	{ OPT_BUFFERED, "buffered", 0, NULL, "Write through the page cache" },
	{ OPT_CREATE_DIRS, "create-dirs", 0, NULL, "Make the local directories that lack" },
	{ OPT_MAX_SIZE, "max-size", 0, "BYTES", "Refuse and end what is larger (k, M, G)" },
	{ OPT_REMOTE_TIME, "remote-time", 0, NULL, "FILE gets the remote file's time" },
	{ OPT_VERIFY, "verify", 0, NULL, "Compare with the server's checksum, if it has one" },
	{ OPT_RETRY, "retry", 0, "N", "Up to N further tries from where it stopped (0)" },
	{ OPT_RATE, "rate", 0, "BYTES/S", "Not faster than this (k, M, G)" },
	{ OPT_LIST, "list", 0, "FILE", "Lines of a URL and maybe a FILE; - is standard input" },
	{ 0 }
};

const struct opt ftp_put_opts[] = {
	{ OPT_RESUME, "resume", 0, NULL, "Send what the remote file lacks" },
	{ OPT_APPEND, "append", 0, NULL, "Append FILE to the remote file" },
	{ OPT_ATOMIC, "atomic", 0, NULL, "The remote file appears when it is whole" },
	{ OPT_CREATE_DIRS, "create-dirs", 0, NULL, "Make the remote directories that lack" },
	{ OPT_REMOTE_TIME, "remote-time", 0, NULL, "The remote file gets FILE's time" },
	{ OPT_VERIFY, "verify", 0, NULL, "Compare with the server's checksum, if it has one" },
	{ OPT_RETRY, "retry", 0, "N", "Up to N further tries from where it stopped (0)" },
	{ OPT_RATE, "rate", 0, "BYTES/S", "Not faster than this (k, M, G)" },
	{ OPT_LIST, "list", 0, "FILE", "Lines of a FILE, a tab and a URL; - is standard input" },
	{ 0 }
};

const struct opt ftp_ls_opts[] = {
	{ OPT_RAW, "raw", 0, NULL, "What the server says to LIST, as it stands" },
	{ 0 }
};

static int take_number(struct cli *c, const char *what, const char *text, uint64_t min,
		       uint64_t max, uint32_t *value)
{
	uint64_t number = 0;
	int status = arg_number(c, what, text, min, max, &number);

	*value = (uint32_t)number;
	return status;
}

static int parse_range(struct cli *c, const char *text, struct knetctl_ftp *args)
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

static int take_login(struct ftp_options *o, int id, const char *value)
{
	switch (id) {
	case OPT_USER:
		o->login.user_option = value;
		return STATUS_OK;
	case OPT_PASSWORD_FILE:
		o->login.password_file = value;
		return STATUS_OK;
	case OPT_NETRC:
		o->login.netrc = true;
		return STATUS_OK;
	default:
		o->login.account_option = value;
		return STATUS_OK;
	}
}

static int take_time(struct cli *c, struct ftp_options *o, int id, const char *value)
{
	int status;

	switch (id) {
	case OPT_CONNECT_TIMEOUT:
		return arg_ms(c, "--connect-timeout", value, &o->args.connect_timeout);
	case OPT_REPLY_TIMEOUT:
		return arg_ms(c, "--reply-timeout", value, &o->args.reply_timeout);
	case OPT_STALL_TIMEOUT:
		return arg_ms(c, "--stall-timeout", value, &o->args.stall_timeout);
	case OPT_TIMEOUT:
		return arg_ms(c, "--timeout", value, &o->args.timeout);
	default:
		status = arg_size(c, "--stall-bytes", value, &o->args.stall_bytes);
		if (!status && !o->args.stall_bytes)
			return fail_usage(c, "--stall-bytes: at least 1");
		return status;
	}
}

/* As curl's; one that begins with an asterisk may be refused. */
static int take_quote(struct cli *c, struct ftp_options *o, const char *value)
{
	const char *command = value + (*value == '*');
	size_t i;

	if (!((*command | 0x20) >= 'a' && (*command | 0x20) <= 'z'))
		return fail_usage(c, "--quote: a command begins with a letter, or * and a letter");
	if (strlen(value) > QUOTE_MAX)
		return fail_usage(c, "--quote: a command has at most %d bytes", QUOTE_MAX);
	for (i = 0; value[i]; i++)
		if ((unsigned char)value[i] < 0x20 || value[i] == 0x7f)
			return fail_usage(c, "--quote: a command has no control bytes");
	if (o->args.quote_count == QUOTES_MAX)
		return fail_usage(c, "--quote: at most %d commands", QUOTES_MAX);
	o->quotes[o->args.quote_count++] = value;
	o->args.quotes = o->quotes;
	return STATUS_OK;
}

static int take_session(struct cli *c, struct ftp_options *o, int id, const char *value)
{
	switch (id) {
	case OPT_ACTIVE:
		o->active = true;
		return STATUS_OK;
	case OPT_PASSIVE:
		o->passive = true;
		return STATUS_OK;
	case OPT_SOURCE:
		o->args.source = (struct sockaddr *)&o->source;
		return arg_address(c, "--source", value, &o->source);
	case OPT_ACTIVE_ADDRESS:
		o->args.active_address = (struct sockaddr *)&o->active_address;
		return arg_address(c, "--active-address", value, &o->active_address);
	case OPT_PORT_RANGE:
		return parse_range(c, value, &o->args);
	case OPT_NO_EXTENDED:
		o->args.flags |= KNETCTL_FTP_NO_EXTENDED;
		return STATUS_OK;
	case OPT_RELAXED_REPLIES:
		o->args.flags |= KNETCTL_FTP_RELAXED_REPLIES;
		return STATUS_OK;
	case OPT_QUOTE:
		return take_quote(c, o, value);
	case OPT_TRACE:
		o->args.flags |= KNETCTL_FTP_TRACE;
		return STATUS_OK;
	case OPT_SESSIONS:
		return take_number(c, "--sessions", value, 1, 512, &o->args.sessions);
	case OPT_USER:
	case OPT_PASSWORD_FILE:
	case OPT_NETRC:
	case OPT_ACCOUNT:
		return take_login(o, id, value);
	default:
		return take_time(c, o, id, value);
	}
}

/* Options that are there or not. */
static bool *flag_of(struct ftp_options *o, int id)
{
	switch (id) {
	case OPT_NO_WAIT:
		return &o->no_wait;
	case OPT_NO_PROGRESS:
		return &o->no_progress;
	case OPT_RESUME:
		return &o->resume;
	case OPT_FORCE:
		return &o->force;
	case OPT_ATOMIC:
		return &o->atomic;
	case OPT_FSYNC:
		return &o->fsync;
	case OPT_APPEND:
		return &o->append;
	case OPT_CREATE_DIRS:
		return &o->create_dirs;
	case OPT_REMOTE_TIME:
		return &o->remote_time;
	case OPT_VERIFY:
		return &o->verify;
	case OPT_RAW:
		return &o->raw;
	case OPT_DIRECT:
		return &o->direct;
	case OPT_BUFFERED:
		return &o->buffered;
	default:
		return NULL;
	}
}

int ftp_option(struct cli *c, void *options, int id, const char *value)
{
	struct ftp_options *o = options;
	bool *flag = flag_of(o, id);

	if (flag) {
		*flag = true;
		return STATUS_OK;
	}
	switch (id) {
	case OPT_MAX_SIZE:
		return arg_size(c, "--max-size", value, &o->args.max_size);
	case OPT_RATE:
		return arg_size(c, "--rate", value, &o->args.rate);
	case OPT_RETRY:
		return take_number(c, "--retry", value, 0, 1000000, &o->retry);
	case OPT_LIST:
		o->list = value;
		return STATUS_OK;
	default:
		return take_session(c, o, id, value);
	}
}

/* Nobody would be there to do what comes after the transfer. */
static int check_no_wait(struct cli *c, const struct ftp_options *o)
{
	const char *option = o->fsync ? "--fsync" : o->retry ? "--retry" :
			     o->remote_time ? "--remote-time" : o->verify ? "--verify" :
			     o->create_dirs ? "--create-dirs" : o->list ? "--list" : NULL;

	if (o->no_wait && option)
		return fail_usage(c, "%s needs somebody who waits, not --no-wait", option);
	return STATUS_OK;
}

int ftp_check_options(struct cli *c, struct ftp_options *o)
{
	if (o->active && o->passive)
		return fail_usage(c, "--active and --passive exclude each other");
	if (o->direct && o->buffered)
		return fail_usage(c, "--direct and --buffered exclude each other");
	if (o->active)
		o->args.flags |= KNETCTL_FTP_ACTIVE;
	if (o->args.active_address && !o->active)
		return fail_usage(c, "--active-address goes with --active");
	if (o->args.port_min && !o->active)
		return fail_usage(c, "--port-range goes with --active");
	if (o->args.source && c->family && c->family != o->source.ss_family)
		return fail_usage(c, "--source is not of the family that -%c says",
				  c->family == AF_INET ? '4' : '6');
	if (o->resume && (o->force || o->atomic || o->append))
		return fail_usage(c, o->append ? "--resume sends what is missing, --append all" :
				  "--resume keeps what is there, --%s replaces it",
				  o->force ? "force" : "atomic");
	if (o->append && (o->atomic || o->verify))
		return fail_usage(c, "--append and --%s exclude each other",
				  o->atomic ? "atomic" : "verify");
	return check_no_wait(c, o);
}

void ftp_options_free(struct ftp_options *o)
{
	struct ftp_server *server;

	while ((server = o->servers)) {
		o->servers = server->next;
		server_put(server);
	}
}

int ftp_url(struct cli *c, char *text, enum ftp_url_kind kind, struct knetctl_url *url)
{
	const char *reason = NULL;
	int err = knetctl_url_parse(text, url, &reason);

	/* From here on neither ps nor a message shows the password. */
	login_hide(text);
	if (err < 0)
		return fail_usage(c, "%s: %s", text, reason ? reason : strerror(-err));
	if (kind == FTP_URL_ANY)
		return STATUS_OK;
	if (!url->path || !*url->path || !url->name || !*url->name)
		return fail_usage(c, "%s: the URL of a directory, not of a file", text);
	if (url->type == 'd' || url->type == 'D')
		return fail_usage(c, "%s: ;type=d is a list, not a file", text);
	return STATUS_OK;
}

char *ftp_directory(const struct knetctl_url *url)
{
	char *path = strdup(url->path ? url->path : ""), *safe;
	size_t len;

	if (!path)
		abort();
	for (len = strlen(path); len > 1 && path[len - 1] == '/'; len--)
		path[len - 1] = '\0';
	/* What begins with a dash is taken for an option by servers that run ls. */
	if (*path == '-') {
		if (asprintf(&safe, "./%s", path) < 0)
			abort();
		free(path);
		return safe;
	}
	return path;
}
