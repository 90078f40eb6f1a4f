// SPDX-License-Identifier: GPL-2.0-or-later
/* knetctl send: udp, tcp */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "connection.h"
#include "job.h"
#include "out.h"

#define REMOTES_MAX 16
/* What goes in the request itself; more is given as a file. */
#define INLINE_MAX 65000
/* Read of a datagram: more than any can have. */
#define DATAGRAM_ROOM 65536

enum {
	OPT_FILE = 1, OPT_HEX, OPT_SOURCE, OPT_COUNT, OPT_INTERVAL, OPT_RATE, OPT_DEV, OPT_MARK,
	OPT_TTL, OPT_TOS, OPT_BROADCAST, OPT_MULTICAST_IF, OPT_TIMEOUT, OPT_WAIT, OPT_NO_WAIT,
	OPT_NO_PROGRESS,
};

struct sending {
	struct knetctl_send args;
	struct sockaddr_storage source, remote[REMOTES_MAX];
	const char *file, *hex, *text;
	void *data;		/* to free */
	bool fd_open;
	bool no_wait, no_progress;
	int pace;		/* OPT_INTERVAL or OPT_RATE, when one was given */
	struct progress progress;
};

/* -------------------------------------------------------- arguments -- */

/* --interval or --rate */
static int take_pace(struct cli *c, struct sending *s, int id, const char *value)
{
	uint64_t rate;
	int status;

	if (s->pace && s->pace != id)
		return fail_usage(c, "--interval or --rate, not both");
	s->pace = id;
	if (id == OPT_INTERVAL)
		return arg_ns(c, "--interval", value, &s->args.interval_ns);
	status = arg_number(c, "--rate", value, 1, 1000000000, &rate);
	if (!status)
		s->args.interval_ns = 1000000000 / rate;
	return status;
}

static int take_number(struct cli *c, struct sending *s, int id, const char *value)
{
	struct knetctl_send *args = &s->args;

	switch (id) {
	case OPT_COUNT:
		return arg_u32(c, "--count", value, 1, UINT32_MAX, &args->count);
	case OPT_INTERVAL:
	case OPT_RATE:
		return take_pace(c, s, id, value);
	case OPT_MARK:
		return arg_u32(c, "--mark", value, 0, UINT32_MAX, &args->mark);
	case OPT_TTL:
		return arg_u32(c, "--ttl", value, 1, 255, &args->ttl);
	case OPT_TOS:
		args->flags |= KNETCTL_SEND_TOS;
		return arg_u32(c, "--tos", value, 0, 255, &args->tos);
	case OPT_TIMEOUT:
		return arg_ms(c, "--timeout", value, &args->timeout);
	default:
		return arg_ms(c, "--wait", value, &args->wait);
	}
}

static int take(struct cli *c, void *data, int id, const char *value)
{
	struct sending *s = data;

	switch (id) {
	case OPT_FILE:
		s->file = value;
		return STATUS_OK;
	case OPT_HEX:
		s->hex = value;
		return STATUS_OK;
	case OPT_SOURCE:
		s->args.source = (struct sockaddr *)&s->source;
		return arg_source(c, value, &s->source);
	case OPT_DEV:
		return arg_device(c, "--dev", value, &s->args.ifindex);
	case OPT_MULTICAST_IF:
		return arg_device(c, "--multicast-if", value, &s->args.multicast_ifindex);
	case OPT_BROADCAST:
		s->args.flags |= KNETCTL_SEND_BROADCAST;
		return STATUS_OK;
	case OPT_NO_WAIT:
		s->no_wait = true;
		return STATUS_OK;
	case OPT_NO_PROGRESS:
		s->no_progress = true;
		return STATUS_OK;
	default:
		return take_number(c, s, id, value);
	}
}

static int hex_digit(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	digit = (char)(digit | 0x20);
	return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

/* Pairs of digits; blanks and colons between them are allowed. */
static int parse_hex(struct cli *c, struct sending *s)
{
	const char *p = s->hex;
	unsigned char *bytes = malloc(strlen(p) / 2 + 1);
	int high, low;

	if (!bytes)
		return fail_errno(c, errno, "--hex");
	s->data = bytes;
	for (; *p; p++) {
		if (*p == ' ' || *p == ':')
			continue;
		high = hex_digit(p[0]);
		low = high < 0 ? -1 : hex_digit(p[1]);
		if (low < 0)
			return fail_usage(c, "--hex: '%s' is no pairs of hexadecimal digits", s->hex);
		bytes[s->args.len++] = (unsigned char)(high << 4 | low);
		p++;
	}
	s->args.data = bytes;
	return STATUS_OK;
}

static int check(struct cli *c, struct sending *s)
{
	bool udp = s->args.kind == KNETCTL_KIND_SEND_UDP;

	if ((!!s->text + !!s->file + !!s->hex) != 1)
		return fail_usage(c, s->text || s->file || s->hex ?
				  "TEXT, --file or --hex, one of them" :
				  "what is to be sent? TEXT, --file or --hex");
	if (s->args.source && c->family && c->family != s->source.ss_family)
		return fail_usage(c, "--source is not of the family that -%c says",
				  c->family == AF_INET ? '4' : '6');
	if (!udp && (s->args.count || s->args.interval_ns || s->args.wait ||
		     s->args.flags & KNETCTL_SEND_BROADCAST || s->args.multicast_ifindex))
		return fail_usage(c, "--count, --interval, --rate, --wait, --broadcast and "
				  "--multicast-if are for datagrams");
	if (s->args.wait == UINT32_MAX)
		s->args.wait = 0;
	return STATUS_OK;
}

/* ------------------------------------------------------------- data -- */

/* A file that holds what is no regular file, to hand to the kernel. */
static int spool(struct cli *c, struct sending *s, int from)
{
	static char bytes[1 << 16];
	int fd = memfd_create("knetctl-send", MFD_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return fail_errno(c, errno, "memfd_create");
	s->args.fd = fd;
	s->fd_open = true;
	while ((n = read(from, bytes, sizeof(bytes))) > 0)
		if (write(fd, bytes, (size_t)n) != n)
			return fail_errno(c, errno, "memory for %s", s->file);
	return n < 0 ? fail_errno(c, errno, "%s", s->file) : STATUS_OK;
}

static int spool_bytes(struct cli *c, struct sending *s)
{
	const char *bytes = s->args.data;
	int fd = memfd_create("knetctl-send", MFD_CLOEXEC);
	size_t done = 0;
	ssize_t n;

	if (fd < 0)
		return fail_errno(c, errno, "memfd_create");
	s->args.fd = fd;
	s->fd_open = true;
	for (; done < s->args.len; done += (size_t)n) {
		n = write(fd, bytes + done, s->args.len - done);
		if (n < 0)
			return fail_errno(c, errno, "memory for what is to be sent");
	}
	s->args.data = NULL;
	return STATUS_OK;
}

static int read_datagram(struct cli *c, struct sending *s, int fd)
{
	ssize_t n = 1;

	s->data = malloc(DATAGRAM_ROOM);
	if (!s->data)
		return fail_errno(c, errno, "%s", s->file);
	while (n > 0 && s->args.len < DATAGRAM_ROOM) {
		n = read(fd, (char *)s->data + s->args.len, DATAGRAM_ROOM - s->args.len);
		if (n < 0)
			return fail_errno(c, errno, "%s", s->file);
		s->args.len += (size_t)n;
	}
	s->args.data = s->data;
	return STATUS_OK;
}

static int open_file(struct cli *c, struct sending *s)
{
	bool in = !strcmp(s->file, "-");
	int fd = in ? STDIN_FILENO : open(s->file, O_RDONLY | O_NOCTTY | O_CLOEXEC);
	struct stat st;
	int status;

	if (fd < 0 || fstat(fd, &st) < 0)
		return fail_errno(c, errno, "%s", s->file);
	if (s->args.kind == KNETCTL_KIND_SEND_UDP) {
		status = read_datagram(c, s, fd);
	} else if (S_ISREG(st.st_mode) && st.st_size && !lseek(fd, 0, SEEK_CUR)) {
		s->args.fd = fd;
		s->fd_open = !in;
		return STATUS_OK;
	} else {
		/* Also what is read half, or what /proc shows. */
		status = spool(c, s, fd);
	}
	if (!in)
		close(fd);
	return status;
}

static int prepare_data(struct cli *c, struct sending *s)
{
	int status = STATUS_OK;

	if (s->file)
		return open_file(c, s);
	if (s->hex) {
		status = parse_hex(c, s);
	} else {
		s->args.data = s->text;
		s->args.len = strlen(s->text);
	}
	if (!status && s->args.kind == KNETCTL_KIND_SEND_TCP && s->args.len > INLINE_MAX)
		status = spool_bytes(c, s);
	return status;
}

static int resolve(struct cli *c, struct sending *s, const char *where)
{
	int family = s->args.source ? s->source.ss_family : c->family;
	const char *reason = NULL;
	uint16_t port;
	char *host;
	int n, status;

	status = split_endpoint(c, "ADDR:PORT", where, &host, &port);
	if (status)
		return status;
	if (!port) {
		free(host);
		return fail_usage(c, "the port is missing in '%s'", where);
	}
	n = knetctl_resolve(host, port, family, s->remote, REMOTES_MAX, &reason);
	if (n < 0)
		status = fail_text(c, STATUS_FAILED, -n, "%s: %s", host,
				   reason ? reason : strerror(-n));
	free(host);
	s->args.remote = s->remote;
	s->args.remote_count = n < 0 ? 0 : (size_t)n;
	return status;
}

/* ------------------------------------------------------------- send -- */

static void print_done(struct cli *c, const struct knetctl_job *job)
{
	char size[TEXT_SIZE], time[TEXT_SIZE], to[TEXT_SIZE];

	out_object(c);
	job_members(c, job);
	if (c->json && job->kind == KNETCTL_KIND_SEND_UDP) {
		out_u64(c, "count", NULL, job->send_count);
		out_u64(c, "sent", NULL, job->sent);
	}
	if (!c->quiet) {
		text_endpoint(to, &job->remote);
		if (job->send_count > 1)
			out_text(c, "%u datagrams, %s to %s in %s\n", job->sent,
				 text_size(size, job->bytes), to,
				 text_seconds(time, job->duration_ns));
		else if (job->id)
			out_text(c, "%s to %s in %s\n", text_size(size, job->bytes), to,
				 text_seconds(time, job->duration_ns));
		else
			out_text(c, "%s to %s\n", text_size(size, job->bytes), to);
	}
	out_object_end(c);
}

static int print_id(struct cli *c, uint32_t id)
{
	out_object(c);
	out_u64(c, "id", "", id);
	out_text(c, "\n");
	out_object_end(c);
	return STATUS_OK;
}

static int send_now(struct cli *c, struct sending *s, const char *where, int signals)
{
	bool is_job = s->args.kind == KNETCTL_KIND_SEND_TCP || s->args.count > 1 || s->args.wait;
	struct knetctl_job job;
	uint32_t id;
	int status, err = 0;

	if (s->no_wait)
		s->args.flags |= KNETCTL_SEND_DETACHED;
	/* Before the start, so that no event of the job is missed. */
	else if (is_job)
		err = knetctl_subscribe(c->handle, KNETCTL_GROUP_JOB);
	if (err >= 0)
		err = knetctl_send_start(c->handle, &s->args, &id, &job);
	if (err < 0)
		return fail_library(c, err, where);
	if (!id) {
		print_done(c, &job);
		return STATUS_OK;
	}
	if (s->no_wait)
		return print_id(c, id);
	progress_init(&s->progress, c, where, !s->no_progress);
	status = wait_for_job(c, id, signals, &s->progress, &job);
	if (status)
		return status;
	if (job.state != KNETCTL_STATE_DONE)
		return fail_job(c, &job, where, NULL);
	print_done(c, &job);
	return STATUS_OK;
}

static int send_to(struct cli *c, struct sending *s, const char *where)
{
	int signals, status = check(c, s);

	if (!status)
		status = need_handle(c);
	if (!status)
		status = resolve(c, s, where);
	if (!status)
		status = prepare_data(c, s);
	if (status)
		return status;
	signals = signals_block();
	if (signals < 0)
		return fail_errno(c, errno, "signalfd");
	status = send_now(c, s, where, signals);
	signals_restore(signals);
	return status;
}

static int run_send(struct cli *c, int argc, char **argv, uint32_t kind)
{
	struct sending s = { .args = KNETCTL_INIT(struct knetctl_send) };
	int n = args_parse(c, argc, argv, take, &s);
	int status;

	if (n < 0)
		return args_status(n);
	if (n == 0)
		return fail_usage(c, "to where? ADDR:PORT");
	if (n > 2)
		return fail_usage(c, "too much: '%s'", argv[3]);
	s.args.kind = kind;
	s.text = n > 1 ? argv[2] : NULL;
	status = send_to(c, &s, argv[1]);
	if (s.fd_open)
		close(s.args.fd);
	free(s.data);
	return status;
}

static int run_udp(struct cli *c, int argc, char **argv)
{
	return run_send(c, argc, argv, KNETCTL_KIND_SEND_UDP);
}

static int run_tcp(struct cli *c, int argc, char **argv)
{
	return run_send(c, argc, argv, KNETCTL_KIND_SEND_TCP);
}

static const struct opt common_opts[] = {
	{ OPT_FILE, "file", 0, "FILE", "Send what FILE holds; - is standard input" },
	{ OPT_HEX, "hex", 0, "HEX", "Send these bytes" },
	{ OPT_SOURCE, "source", 0, "ADDR[:PORT]", "Send from this address" },
	{ OPT_DEV, "dev", 0, "IF", "Send through this interface" },
	{ OPT_MARK, "mark", 0, "M", "Mark of the packets, for the firewall and routing" },
	{ OPT_TTL, "ttl", 0, "N", "Time to live, hop limit" },
	{ OPT_TOS, "tos", 0, "N", "Type of service, traffic class" },
	{ OPT_TIMEOUT, "timeout", 0, "S", "For all of it (no limit)" },
	{ OPT_NO_WAIT, "no-wait", 0, NULL, "Print the id and let the job live" },
	{ OPT_NO_PROGRESS, "no-progress", 0, NULL, "No progress bar" },
	{ 0 }
};

static const struct opt udp_opts[] = {
	{ OPT_COUNT, "count", 0, "N", "Send it N times" },
	{ OPT_INTERVAL, "interval", 0, "S", "From one datagram to the next" },
	{ OPT_RATE, "rate", 0, "PPS", "Datagrams a second" },
	{ OPT_BROADCAST, "broadcast", 0, NULL, "ADDR may be a broadcast address" },
	{ OPT_MULTICAST_IF, "multicast-if", 0, "IF", "The interface for multicast" },
	{ OPT_WAIT, "wait", 0, "S", "Wait for an ICMP error after the last datagram" },
	{ 0 }
};

static const struct opt *const udp_tables[] = { udp_opts, common_opts, NULL };
static const struct opt *const tcp_tables[] = { common_opts, NULL };

static const struct verb verbs[] = {
	{ "udp", "ADDR:PORT TEXT | --file FILE|- | --hex HEX [OPTIONS]", "Send datagrams",
	  udp_tables,
	  "TEXT is sent as it stands, without newline or NUL; '' is an empty datagram. A datagram\n"
	  "has at most 65507 bytes over IPv4, 65527 over IPv6.", run_udp },
	{ "tcp", "ADDR:PORT TEXT | --file FILE|- | --hex HEX [OPTIONS]",
	  "Send over a TCP connection; done is when the peer has acknowledged all", tcp_tables,
	  "TEXT is sent as it stands, without newline or NUL.", run_tcp },
};

const struct noun noun_send = {
	"send", "Datagrams, and bytes over a TCP connection", verbs, ARRAY_SIZE(verbs)
};
