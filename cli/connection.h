/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What more than one noun needs to say of connections and addresses. */
#ifndef KNETCTL_CLI_CONNECTION_H
#define KNETCTL_CLI_CONNECTION_H

#include "cli.h"

/* cmd-connection.c: members of an event, into an open JSON object */
void connection_members(struct cli *c, const struct knetctl_connection *conn, bool closed);
/* "peer, 12 in, 0 out, 1.000s" */
void connection_end_text(struct line *line, const struct knetctl_connection *conn);

/* endpoint.c: values. They return a status, with the message given. */
/* "127.0.0.1:80" or "[::1%eth0]:80", numbers only. */
int arg_endpoint(struct cli *c, const char *what, const char *text, uint64_t min_port,
		 struct sockaddr_storage *addr);
/* The same with a name, "host:80", cut at its last colon: the parts, to free. */
int split_endpoint(struct cli *c, const char *what, const char *text, char **host,
		   uint16_t *port);
/* An address with or without port. */
int arg_source(struct cli *c, const char *text, struct sockaddr_storage *addr);
int arg_device(struct cli *c, const char *what, const char *name, uint32_t *ifindex);
/* Seconds with a fraction, in ns. */
int arg_ns(struct cli *c, const char *what, const char *text, uint64_t *ns);
/* A number, decimal or 0x... */
int arg_u32(struct cli *c, const char *what, const char *text, uint32_t min, uint32_t max,
	    uint32_t *value);

#endif
