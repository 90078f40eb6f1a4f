// SPDX-License-Identifier: GPL-2.0-or-later
/* knetctl connection: list, show, close */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "connection.h"
#include "out.h"

void connection_members(struct cli *c, const struct knetctl_connection *conn, bool closed)
{
	if (!c->json)
		return;
	if (conn->id)
		out_u64(c, "id", NULL, conn->id);
	else
		out_null(c, "id");
	out_u64(c, "listener", NULL, conn->listener);
	out_endpoint(c, "local", &conn->local);
	out_endpoint(c, "remote", &conn->remote);
	if (conn->reason)
		out_str(c, "reason", NULL, knetctl_reason_name(conn->reason));
	if (!closed)
		return;
	out_errno(c, "errno", NULL, conn->errnum);
	out_u64(c, "bytes_in", NULL, conn->bytes_in);
	out_u64(c, "bytes_out", NULL, conn->bytes_out);
	out_u64(c, "duration_ns", NULL, conn->duration_ns);
}

void connection_end_text(struct line *line, const struct knetctl_connection *conn)
{
	const char *err = conn->errnum ? knetctl_errno_name((int)conn->errnum) : NULL;
	char text[TEXT_SIZE];

	line_add_text(line, knetctl_reason_name(conn->reason));
	if (err) {
		line_add(line, " ", 1);
		line_add_text(line, err);
	}
	line_add_text(line, ", ");
	line_add_text(line, text_size(text, conn->bytes_in));
	line_add_text(line, " in, ");
	line_add_text(line, text_size(text, conn->bytes_out));
	line_add_text(line, " out, ");
	line_add_text(line, text_seconds(text, conn->duration_ns));
}

static void object_members(struct cli *c, const struct knetctl_connection *conn)
{
	connection_members(c, conn, true);
	if (c->json)
		out_str(c, "service", NULL, knetctl_service_name(conn->service));
}

static int list_one(const struct knetctl_connection *conn, void *data)
{
	char in[TEXT_SIZE], out[TEXT_SIZE], age[TEXT_SIZE], local[TEXT_SIZE], remote[TEXT_SIZE];
	struct cli *c = data;

	out_object(c);
	object_members(c, conn);
	out_text(c, "%-8u %-8u %-8s %8s %8s %8s %s %s\n", conn->id, conn->listener,
		 knetctl_service_name(conn->service), text_size(in, conn->bytes_in),
		 text_size(out, conn->bytes_out), text_seconds(age, conn->duration_ns),
		 text_endpoint(local, &conn->local), text_endpoint(remote, &conn->remote));
	out_object_end(c);
	return out_error();
}

static int list_connections(struct cli *c, uint32_t listener)
{
	int status = need_handle(c);
	int err;

	if (status)
		return status;
	out_list(c);
	if (!c->quiet)
		out_text(c, "%-8s %-8s %-8s %8s %8s %8s %s\n", "ID", "LISTENER", "SERVICE", "IN",
			 "OUT", "AGE", "LOCAL AND REMOTE");
	err = knetctl_connection_list(c->handle, listener, list_one, c);
	out_list_end(c);
	return err < 0 ? fail_library(c, err, NULL) : STATUS_OK;
}

static int run_list(struct cli *c, int argc, char **argv)
{
	int n = args_parse(c, argc, argv, NULL, NULL);
	uint32_t listener = 0;
	int status;

	if (n < 0)
		return args_status(n);
	if (n > 0 && strcmp(argv[1], "listener") != 0)
		return fail_usage(c, "unknown selector '%s': listener", argv[1]);
	if (n == 1)
		return fail_usage(c, "which listener?");
	if (n > 2)
		return fail_usage(c, "too much: '%s'", argv[3]);
	status = n ? arg_id(c, argv[2], &listener) : STATUS_OK;
	return status ? status : list_connections(c, listener);
}

static int run_show(struct cli *c, int argc, char **argv)
{
	int n = args_parse(c, argc, argv, NULL, NULL);
	struct knetctl_connection conn;
	char buf[TEXT_SIZE];
	uint32_t id;
	int status, err;

	if (n < 0)
		return args_status(n);
	if (n == 0)
		return list_connections(c, 0);
	if (n > 1)
		return fail_usage(c, "one connection at a time, not '%s' too", argv[2]);
	status = arg_id(c, argv[1], &id);
	if (!status)
		status = need_handle(c);
	if (status)
		return status;
	err = knetctl_connection_get(c->handle, id, &conn);
	if (err < 0)
		return fail_library(c, err, argv[1]);
	out_object(c);
	object_members(c, &conn);
	out_text(c, "id         %u\nlistener   %u\nservice    %s\n", conn.id, conn.listener,
		 knetctl_service_name(conn.service));
	out_text(c, "local      %s\n", text_endpoint(buf, &conn.local));
	out_text(c, "remote     %s\n", text_endpoint(buf, &conn.remote));
	out_u64(c, NULL, "bytes in   ", conn.bytes_in);
	out_u64(c, NULL, "\nbytes out  ", conn.bytes_out);
	out_text(c, "\nage        %s\n", text_seconds(buf, conn.duration_ns));
	out_object_end(c);
	return STATUS_OK;
}

static int close_one(struct cli *c, const char *text)
{
	uint32_t id;
	int status = arg_id(c, text, &id);
	int err;

	if (status)
		return status;
	err = knetctl_connection_close(c->handle, id);
	if (err == -ENOENT)
		return fail_text(c, STATUS_FAILED, ENOENT, "there is no connection %u", id);
	if (err < 0)
		return fail_library(c, err, text);
	out_object(c);
	out_u64(c, "id", NULL, id);
	out_object_end(c);
	return STATUS_OK;
}

static int run_close(struct cli *c, int argc, char **argv)
{
	int n = args_parse(c, argc, argv, NULL, NULL);
	int i, status, worst;

	if (n < 0)
		return args_status(n);
	if (n == 0)
		return fail_usage(c, "which connection?");
	worst = need_handle(c);
	out_stream(n > 1);
	for (i = 1; i <= n && c->handle; i++) {
		status = close_one(c, argv[i]);
		if (status > worst)
			worst = status;
	}
	out_stream(false);
	return worst;
}

static const struct verb verbs[] = {
	{ "list", "[listener ID]", "All connections, or those of a listener", NULL, NULL,
	  run_list },
	{ "show", "[ID]", "One connection; without ID all of them", NULL, NULL, run_show },
	{ "close", "ID...", "Close connections", NULL, NULL, run_close },
};

const struct noun noun_connection = {
	"connection", "What listeners have accepted", verbs, ARRAY_SIZE(verbs)
};
