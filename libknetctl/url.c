// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * FTP URLs: RFC 1738 section 3.2 with the hosts of RFC 3986 and RFC 6874,
 *
 *	ftp://[user[:password]@]host[:port][/path][;type=a|i|d]
 *
 * Split first and decode then, so that an encoded character never separates.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "private.h"

#define FTP_PORT	21
#define HOST_MAX	255

/* A piece of the text. */
struct part {
	const char *at;
	size_t len;
};

struct parser {
	struct knetctl_url *url;
	const char *reason;	/* NULL: no memory */
	struct part rest;	/* not yet parsed */
};

static bool bad(struct parser *p, const char *reason)
{
	p->reason = reason;
	return false;
}

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decode @part to @to, with NUL; @to has room for @part->len + 1. Returns the length or -1. */
static ssize_t decode_to(struct parser *p, struct part part, char *to)
{
	unsigned char c;
	char *start = to;
	size_t i;

	for (i = 0; i < part.len; i++) {
		c = (unsigned char)part.at[i];
		if (c == '%') {
			if (part.len - i < 3 || hex(part.at[i + 1]) < 0 || hex(part.at[i + 2]) < 0)
				return bad(p, "'%' without two hexadecimal digits") - 1;
			c = (unsigned char)(hex(part.at[i + 1]) << 4 | hex(part.at[i + 2]));
			i += 2;
		}
		if (c < 0x20 || c == 0x7f)
			return bad(p, "a control character") - 1;
		*to++ = (char)c;
	}
	*to = '\0';
	return to - start;
}

static bool decode(struct parser *p, struct part part, char **out)
{
	*out = calloc(1, part.len + 1);	/* ends also when decoding does not */
	return *out && decode_to(p, part, *out) >= 0;
}

/* Cut @part at its first @c: the piece before it is returned, what follows stays. */
static bool cut(struct part *part, char c, struct part *before)
{
	const char *found = part->len ? memchr(part->at, c, part->len) : NULL;

	if (!found)
		return false;
	before->at = part->at;
	before->len = (size_t)(found - part->at);
	part->at = found + 1;
	part->len -= before->len + 1;
	return true;
}

/* ";type=i" at the very end, behind the last slash. */
static bool parse_type(struct parser *p)
{
	static const char key[] = ";type=";
	const size_t len = sizeof(key) - 1;
	size_t i;
	char c;

	for (i = p->rest.len; i-- > 0 && p->rest.at[i] != '/';) {
		if (p->rest.len - i < len || strncasecmp(p->rest.at + i, key, len))
			continue;
		c = p->rest.len - i == len + 1 ? (char)(p->rest.at[i + len] | 0x20) : '\0';
		if (c != 'a' && c != 'i' && c != 'd')
			return bad(p, ";type= is not a, i or d");
		p->url->type = c;
		p->rest.len = i;
		return true;
	}
	return true;
}

static bool parse_user(struct parser *p, struct part *authority)
{
	struct part user = { authority->at, 0 }, password;
	const char *at = authority->len ? memrchr(authority->at, '@', authority->len) : NULL;

	if (!at)
		return true;
	password.at = authority->at;
	password.len = (size_t)(at - authority->at);
	authority->len -= password.len + 1;
	authority->at = at + 1;
	if (!cut(&password, ':', &user))
		return decode(p, password, &p->url->user);
	return decode(p, user, &p->url->user) && decode(p, password, &p->url->password);
}

static bool parse_port(struct parser *p, struct part text)
{
	unsigned long port = 0;
	size_t i;

	if (!text.len)		/* "host:" is allowed, RFC 3986 section 3.2.3 */
		return true;
	for (i = 0; i < text.len; i++) {
		if (text.at[i] < '0' || text.at[i] > '9')
			return bad(p, "the port is not a number");
		port = port * 10 + (unsigned long)(text.at[i] - '0');
		if (port > UINT16_MAX)
			return bad(p, "the port is above 65535");
	}
	if (!port)
		return bad(p, "the port is 0");
	p->url->port = (uint16_t)port;
	return true;
}

/* "[fe80::1%25eth0]" becomes "fe80::1%eth0". */
static bool parse_literal(struct parser *p, struct part *authority)
{
	struct part inside, address;
	struct in6_addr in6;
	ssize_t len;
	char *host;

	authority->at++;
	authority->len--;
	if (!cut(authority, ']', &inside))
		return bad(p, "'[' without ']'");
	host = malloc(inside.len + 2);
	p->url->host = host;
	if (!host)
		return false;
	if (!cut(&inside, '%', &address)) {
		address = inside;
		inside.at = NULL;
	}
	memcpy(host, address.at, address.len);
	host[address.len] = '\0';
	if (strlen(host) != address.len || inet_pton(AF_INET6, host, &in6) != 1)
		return bad(p, "no IPv6 address between '[' and ']'");
	if (!inside.at)
		return true;
	if (inside.len < 2 || memcmp(inside.at, "25", 2))
		return bad(p, "the zone of an IPv6 address does not begin with %25");
	inside.at += 2;
	inside.len -= 2;
	host[address.len] = '%';
	len = decode_to(p, inside, host + address.len + 1);
	if (len < 0)
		return false;
	if (!len || strpbrk(host + address.len + 1, "/%[] "))
		return bad(p, "the zone of an IPv6 address is no interface");
	return true;
}

static bool parse_name(struct parser *p, struct part text)
{
	const char *c;

	if (!text.len)
		return bad(p, "no host");
	if (!decode(p, text, &p->url->host))
		return false;
	for (c = p->url->host; *c; c++)
		if (!(*c & 0x80) && !isalnum((unsigned char)*c) && !strchr("-._~", *c))
			return bad(p, "a character that no host name has");
	if (c - p->url->host > HOST_MAX)
		return bad(p, "the host name is too long");
	return true;
}

static bool parse_authority(struct parser *p)
{
	struct part authority = p->rest, host;

	if (cut(&p->rest, '/', &authority)) {
		p->rest.at--;		/* keep the slash: it tells a path */
		p->rest.len++;
	} else {
		p->rest.len = 0;
	}
	if (!parse_user(p, &authority))
		return false;
	if (authority.len && *authority.at == '[') {
		if (!parse_literal(p, &authority))
			return false;
		if (!authority.len)
			return true;
		if (*authority.at != ':')
			return bad(p, "something between ']' and the port");
		authority.at++;
		authority.len--;
		return parse_port(p, authority);
	}
	if (!cut(&authority, ':', &host))
		return parse_name(p, authority);
	return parse_name(p, host) && parse_port(p, authority);
}

/*
 * The path decoded, with the slashes between its parts. The name is the last
 * part; the slash of a first part that begins with %2F is the root's.
 */
static bool parse_path(struct parser *p)
{
	struct part segment, rest = p->rest;
	char *path, *end, *name;
	ssize_t len;

	if (!rest.len) {
		p->url->name = strdup("");
		return p->url->name;
	}
	rest.at++;
	rest.len--;
	if (memchr(rest.at, '#', rest.len))
		return bad(p, "'#' is written %23 in a path");
	path = malloc(rest.len + 1);
	p->url->path = path;
	if (!path)
		return false;
	for (end = path; cut(&rest, '/', &segment); end += len + 1) {
		len = decode_to(p, segment, end);
		if (len < 0)
			return false;
		end[len] = '/';
	}
	name = end;
	if (decode_to(p, rest, end) < 0)
		return false;
	if (name == path && *name == '/')
		name++;
	p->url->name = strdup(name);
	return p->url->name;
}

static bool parse(struct parser *p)
{
	static const char scheme[] = "ftp://";
	size_t len = sizeof(scheme) - 1;

	if (strncasecmp(p->rest.at, scheme, len))
		return bad(p, "it does not begin with ftp://");
	p->rest.at += len;
	p->rest.len -= len;
	p->url->port = FTP_PORT;
	return parse_type(p) && parse_authority(p) && parse_path(p);
}

KN_EXPORT int knetctl_url_parse(const char *text, struct knetctl_url *url, const char **reason)
{
	struct parser p = { .url = url };

	if (reason)
		*reason = NULL;
	if (!url)
		return -EINVAL;
	memset(url, 0, sizeof(*url));
	p.rest.at = text ? text : "";
	p.rest.len = strlen(p.rest.at);
	if (parse(&p))
		return 0;
	knetctl_url_free(url);
	if (reason)
		*reason = p.reason ? p.reason : strerrordesc_np(ENOMEM);
	return p.reason ? -EINVAL : -ENOMEM;
}

static void wipe(char *text)
{
	if (text)
		explicit_bzero(text, strlen(text));
	free(text);
}

KN_EXPORT void knetctl_url_free(struct knetctl_url *url)
{
	if (!url)
		return;
	free(url->user);
	wipe(url->password);
	free(url->host);
	free(url->path);
	free(url->name);
	memset(url, 0, sizeof(*url));
}
