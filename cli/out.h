/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one writer of results: the same calls make the text and the JSON.
 *
 * A value has a key for the JSON and a text to stand in front of it: without
 * the key it is text only, without the text it is JSON only.
 */
#ifndef KNETCTL_CLI_OUT_H
#define KNETCTL_CLI_OUT_H

#include <stdio.h>

#include "cli.h"

void out_list(struct cli *c);		/* objects from here to the end are one array */
void out_list_end(struct cli *c);
void out_object(struct cli *c);
void out_object_end(struct cli *c);	/* writes it, unless it is inside of another */
void out_nest(struct cli *c, const char *key);		/* an object in the object */
void out_array(struct cli *c, const char *key);		/* an array in the object */
void out_nest_end(struct cli *c);
void out_stream(bool on);		/* one object a line, even with --pretty */

void out_text(struct cli *c, const char *format, ...) printf_like(2, 3);
void out_bytes(struct cli *c, const char *bytes, size_t len);
void out_line(struct cli *c, const char *text);	/* as it stands, for many lines */
void out_u64(struct cli *c, const char *key, const char *before, uint64_t value);
void out_bool(struct cli *c, const char *key, bool value);
/* Escaped as the output needs it; NULL is null. */
void out_str(struct cli *c, const char *key, const char *before, const char *value);
void out_null(struct cli *c, const char *key);
/* 0 is null, others have a name. */
void out_errno(struct cli *c, const char *key, const char *before, unsigned int err);
void out_endpoint(struct cli *c, const char *key, const struct sockaddr_storage *addr);
/* Nanoseconds since 1970 as ISO 8601, UTC. */
void out_time(struct cli *c, const char *key, uint64_t ns);
/* What is written in between goes into memory; to free. */
void out_capture(void);
char *out_captured(void);
void out_flush(struct cli *c);
/* 0, or the errno of a write that failed. */
int out_error(void);

#endif
