// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "out.h"

#define DEPTH 6

/* There is one standard output. */
static struct {
	json_t *stack[DEPTH];
	int depth;
	bool list, stream;
	json_t *all;	/* of a pretty list, which is written as a whole */
	size_t count;	/* written of a list */
	int error;
	FILE *capture;	/* instead of standard output, or NULL */
	char *captured;
	size_t captured_len;
} out;

static FILE *target(void)
{
	return out.capture ? out.capture : stdout;
}

static void check(int failed)
{
	if (failed && !out.error)
		out.error = errno ? errno : EIO;
}

static void write_json(const json_t *value, bool pretty)
{
	check(json_dumpf(value, target(), pretty ? JSON_INDENT(4) : JSON_COMPACT));
}

static void put_text(const char *text)
{
	check(fputs(text, target()) < 0);
}

void out_stream(bool on)
{
	out.stream = on;
}

void out_capture(void)
{
	out.capture = open_memstream(&out.captured, &out.captured_len);
	if (!out.capture)
		abort();
}

char *out_captured(void)
{
	fclose(out.capture);
	out.capture = NULL;
	return out.captured;
}

void out_list(struct cli *c)
{
	if (!c->json)
		return;
	out.list = true;
	out.count = 0;
	if (c->pretty)
		out.all = json_array();
	else
		put_text("[");
}

void out_list_end(struct cli *c)
{
	if (!c->json)
		return;
	if (c->pretty) {
		write_json(out.all, true);
		json_decref(out.all);
		out.all = NULL;
	} else {
		put_text("]");
	}
	put_text("\n");
	out.list = false;
	out_flush(c);
}

static void push(json_t *value)
{
	if (out.depth == DEPTH)
		abort();
	out.stack[out.depth++] = value;
}

static json_t *top(void)
{
	return out.depth ? out.stack[out.depth - 1] : NULL;
}

/* Takes over the reference. */
static void put(const char *key, json_t *value)
{
	if (json_is_array(top()))
		json_array_append_new(top(), value);
	else
		json_object_set_new(top(), key, value);
}

void out_object(struct cli *c)
{
	if (c->json)
		push(json_object());
}

void out_object_end(struct cli *c)
{
	json_t *object;

	if (!c->json)
		return;
	object = out.stack[--out.depth];
	if (out.depth) {
		put(NULL, object);
		return;
	}
	if (out.all) {
		json_array_append_new(out.all, object);
		return;
	}
	if (out.list && out.count++)
		put_text(",");
	write_json(object, c->pretty && !out.stream);
	json_decref(object);
	if (!out.list)
		put_text("\n");
	if (!out.list && !out.stream)
		out_flush(c);
}

void out_nest(struct cli *c, const char *key)
{
	json_t *object;

	if (!c->json)
		return;
	object = json_object();
	put(key, json_incref(object));
	push(object);
}

void out_array(struct cli *c, const char *key)
{
	json_t *array;

	if (!c->json)
		return;
	array = json_array();
	put(key, json_incref(array));
	push(array);
}

void out_nest_end(struct cli *c)
{
	if (c->json)
		json_decref(out.stack[--out.depth]);
}

void out_text(struct cli *c, const char *format, ...)
{
	va_list args;

	if (c->json)
		return;
	va_start(args, format);
	check(vfprintf(target(), format, args) < 0);
	va_end(args);
}

void out_bytes(struct cli *c, const char *bytes, size_t len)
{
	if (!c->json)
		check(fwrite_unlocked(bytes, 1, len, target()) != len);
}

void out_line(struct cli *c, const char *text)
{
	if (c->json)
		return;
	put_text(text);
	put_text("\n");
}

void out_u64(struct cli *c, const char *key, const char *before, uint64_t value)
{
	if (c->json && key)
		put(key, json_integer((json_int_t)value));
	if (!c->json && before)
		out_text(c, "%s%" PRIu64, before, value);
}

void out_bool(struct cli *c, const char *key, bool value)
{
	if (c->json)
		put(key, json_boolean(value));
}

void out_null(struct cli *c, const char *key)
{
	if (c->json)
		put(key, json_null());
}

void out_str(struct cli *c, const char *key, const char *before, const char *value)
{
	char *text;

	if (!value) {
		if (key)
			out_null(c, key);
		return;
	}
	if (c->json && key) {
		text = text_utf8(value);
		put(key, json_string(text));
		free(text);
	}
	if (!c->json && before) {
		text = text_escape(value);
		out_text(c, "%s%s", before, text);
		free(text);
	}
}

void out_errno(struct cli *c, const char *key, const char *before, unsigned int err)
{
	const char *name = knetctl_errno_name((int)err);
	char number[16];

	if (!err) {
		out_str(c, key, before, NULL);
		return;
	}
	snprintf(number, sizeof(number), "%u", err);
	out_str(c, key, before, name ? name : number);
}

void out_endpoint(struct cli *c, const char *key, const struct sockaddr_storage *addr)
{
	char text[TEXT_SIZE];
	int port;

	if (!c->json)
		return;
	port = text_address(text, addr);
	if (port < 0) {
		out_null(c, key);
		return;
	}
	out_nest(c, key);
	out_str(c, "address", NULL, text);
	out_u64(c, "port", NULL, (uint64_t)port);
	out_nest_end(c);
}

void out_time(struct cli *c, const char *key, uint64_t ns)
{
	time_t seconds = (time_t)(ns / 1000000000);
	char text[TEXT_SIZE];
	struct tm tm;
	size_t len;

	if (!c->json)
		return;
	gmtime_r(&seconds, &tm);
	len = strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text + len, sizeof(text) - len, ".%09uZ", (unsigned int)(ns % 1000000000));
	out_str(c, key, NULL, text);
}

void out_flush(struct cli *c)
{
	(void)c;
	check(fflush(stdout));
}

int out_error(void)
{
	return out.error;
}
