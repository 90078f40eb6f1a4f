// SPDX-License-Identifier: GPL-2.0-or-later
/* Addresses with a port, interfaces and other values of listeners and messages. */
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "connection.h"

int split_endpoint(struct cli *c, const char *what, const char *text, char **host,
		   uint16_t *port)
{
	const char *colon = strrchr(text, ':'), *end = colon;
	uint64_t number;
	int status;

	if (!colon || (text[0] != '[' && strchr(text, ':') != colon))
		return fail_usage(c, "%s: '%s' is not ADDR:PORT, [ADDR]:PORT for IPv6", what, text);
	if (text[0] == '[') {
		if (end[-1] != ']')
			return fail_usage(c, "%s: '%s' is not [ADDR]:PORT", what, text);
		text++;
		end--;
	}
	if (end == text)
		return fail_usage(c, "%s: the address is missing in '%s'", what, text);
	status = arg_number(c, what, colon + 1, 0, 65535, &number);
	if (status)
		return status;
	*port = (uint16_t)number;
	*host = strndup(text, (size_t)(end - text));
	return *host ? STATUS_OK : fail_errno(c, errno, "%s", what);
}

static void set_port(struct sockaddr_storage *addr, uint16_t port)
{
	if (addr->ss_family == AF_INET6)
		((struct sockaddr_in6 *)addr)->sin6_port = htons(port);
	else
		((struct sockaddr_in *)addr)->sin_port = htons(port);
}

int arg_endpoint(struct cli *c, const char *what, const char *text, uint64_t min_port,
		 struct sockaddr_storage *addr)
{
	uint16_t port;
	char *host;
	int status = split_endpoint(c, what, text, &host, &port);

	if (status)
		return status;
	status = arg_address(c, what, host, addr);
	free(host);
	if (status)
		return status;
	if (port < min_port)
		return fail_usage(c, "%s: the port is missing in '%s'", what, text);
	if (c->family && c->family != addr->ss_family)
		return fail_usage(c, "%s: '%s' is not of the family that -%c says", what, text,
				  c->family == AF_INET ? '4' : '6');
	set_port(addr, port);
	return STATUS_OK;
}

int arg_source(struct cli *c, const char *text, struct sockaddr_storage *addr)
{
	const char *colon = strchr(text, ':');

	if (text[0] == '[' || (colon && !strchr(colon + 1, ':')))
		return arg_endpoint(c, "--source", text, 0, addr);
	return arg_address(c, "--source", text, addr);
}

int arg_device(struct cli *c, const char *what, const char *name, uint32_t *ifindex)
{
	*ifindex = if_nametoindex(name);
	if (*ifindex)
		return STATUS_OK;
	return fail_text(c, STATUS_FAILED, ENODEV, "%s: there is no interface '%s'", what, name);
}

int arg_ns(struct cli *c, const char *what, const char *text, uint64_t *ns)
{
	uint64_t weight = 100000000, seconds = 0, fraction = 0;
	const char *p = text;

	for (; *p >= '0' && *p <= '9' && seconds < 10000000; p++)
		seconds = seconds * 10 + (uint64_t)(*p - '0');
	if (*p == '.' && (p != text || p[1]))
		for (p++; *p >= '0' && *p <= '9'; p++, weight /= 10)
			fraction += weight * (uint64_t)(*p - '0');
	if (p == text || *p)
		return fail_usage(c, "%s: '%s' is no time (seconds, may have a fraction)", what,
				  text);
	*ns = seconds * 1000000000 + fraction;
	return STATUS_OK;
}

int arg_u32(struct cli *c, const char *what, const char *text, uint32_t min, uint32_t max,
	    uint32_t *value)
{
	unsigned long long number = 0;
	char *end = NULL;

	errno = 0;
	if (*text >= '0' && *text <= '9')
		number = strtoull(text, &end, strncmp(text, "0x", 2) ? 10 : 16);
	if (!end || *end || errno || number < min || number > max)
		return fail_usage(c, "%s: '%s' is no number from %u to %u", what, text, min, max);
	*value = (uint32_t)number;
	return STATUS_OK;
}
