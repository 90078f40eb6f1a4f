// SPDX-License-Identifier: GPL-2.0-or-later
/* How things look as text. */
#include <arpa/inet.h>
#include <inttypes.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

/* Length of the UTF-8 character at @s, its code in @code; 0 when it is none. */
static int utf8_char(const unsigned char *s, uint32_t *code)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	int len, i;

	if (s[0] < 0x80) {
		*code = s[0];
		return 1;
	}
	if ((s[0] & 0xe0) == 0xc0)
		len = 2;
	else if ((s[0] & 0xf0) == 0xe0)
		len = 3;
	else if ((s[0] & 0xf8) == 0xf0)
		len = 4;
	else
		return 0;
	*code = s[0] & (0x7f >> len);
	for (i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (s[i] & 0x3f);
	}
	if (*code < least[len] || *code > 0x10ffff || (*code >= 0xd800 && *code <= 0xdfff))
		return 0;
	return len;
}

/* What moves the cursor, changes the terminal or turns the direction of text. */
static bool unsafe(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0) ||
	       code == 0x200e || code == 0x200f || (code >= 0x2028 && code <= 0x202e) ||
	       (code >= 0x2066 && code <= 0x2069) || code == 0xfeff;
}

static char *escape(const char *text, bool controls)
{
	const unsigned char *s = (const unsigned char *)text;
	char *result = malloc(4 * strlen(text) + 1);
	char *p = result;
	uint32_t code;
	int len, n;

	if (!result)
		abort();
	for (; *s; s += n) {
		len = utf8_char(s, &code);
		n = len ? len : 1;
		if (len && !(controls && unsafe(code))) {
			memcpy(p, s, (size_t)n);
			p += n;
			continue;
		}
		for (len = 0; len < n; len++)
			p += sprintf(p, "\\x%02x", s[len]);
	}
	*p = '\0';
	return result;
}

char *text_escape(const char *text)
{
	return escape(text, true);
}

char *text_utf8(const char *text)
{
	return escape(text, false);
}

static char *number(char *to, uint64_t value)
{
	char digits[20], *p = digits + sizeof(digits);

	if (value < 10) {
		*to++ = (char)('0' + value);
		return to;
	}
	for (; value >= 10; value /= 10)
		*--p = (char)('0' + value % 10);
	*--p = (char)('0' + value);
	while (p < digits + sizeof(digits))
		*to++ = *p++;
	return to;
}

void line_add_number(struct line *line, uint64_t value)
{
	char digits[20];

	line_add(line, digits, (size_t)(number(digits, value) - digits));
}

void line_add_endpoint(struct line *line, const struct sockaddr_storage *addr)
{
	const struct sockaddr_in *in = (const struct sockaddr_in *)addr;
	const unsigned char *bytes = (const unsigned char *)&in->sin_addr;
	char text[TEXT_SIZE], *p = text;
	int i;

	if (addr->ss_family != AF_INET) {
		line_add_text(line, text_endpoint(text, addr));
		return;
	}
	for (i = 0; i < 4; i++) {
		p = number(p, bytes[i]);
		*p++ = i < 3 ? '.' : ':';
	}
	p = number(p, ntohs(in->sin_port));
	line_add(line, text, (size_t)(p - text));
}

bool text_plain(const char *text)
{
	for (; *text; text++)
		if (*text < 0x20 || *text > 0x7e)
			return false;
	return true;
}

/* ".042" */
static char *add_fraction(char *to, unsigned int thousandths)
{
	*to++ = '.';
	*to++ = (char)('0' + thousandths / 100);
	*to++ = (char)('0' + thousandths / 10 % 10);
	*to++ = (char)('0' + thousandths % 10);
	return to;
}

const char *text_size(char *buf, uint64_t bytes)
{
	static const char units[] = "kMGTPE";
	double value = (double)bytes;
	struct line number;
	int unit = -1;

	if (bytes < 1024) {
		number.len = 0;
		line_add_number(&number, bytes);
		return memcpy(buf, number.text, number.len + 1);
	}
	/* 1023.95 would be shown as 1024.0 */
	while (value >= 1023.95 && unit < 5) {
		value /= 1024;
		unit++;
	}
	if (unit < 0) {
		value /= 1024;
		unit = 0;
	}
	snprintf(buf, TEXT_SIZE, "%.1f%c", value, units[unit]);
	return buf;
}

const char *text_seconds(char *buf, uint64_t ns)
{
	uint64_t s = ns / 1000000000, ms = (ns + 500000) / 1000000;
	char *p = buf;

	if (ms < 10000) {
		*p++ = (char)('0' + ms / 1000);
		p = add_fraction(p, (unsigned int)(ms % 1000));
		strcpy(p, "s");
	} else if (s < 60) {
		snprintf(buf, TEXT_SIZE, "%.1fs", (double)ns / 1e9);
	} else if (s < 3600) {
		snprintf(buf, TEXT_SIZE, "%" PRIu64 ":%02u", s / 60, (unsigned int)(s % 60));
	} else {
		snprintf(buf, TEXT_SIZE, "%" PRIu64 ":%02u:%02u", s / 3600,
			 (unsigned int)(s / 60 % 60), (unsigned int)(s % 60));
	}
	return buf;
}

const char *text_rate(char *buf, uint64_t bytes, uint64_t ns)
{
	text_size(buf, ns ? (uint64_t)((double)bytes / ((double)ns / 1e9)) : 0);
	strcat(buf, "/s");
	return buf;
}

static int text_address6(char *buf, const struct sockaddr_in6 *in6)
{
	char name[IF_NAMESIZE];
	size_t len;

	/* IPv4 on a dual-stack socket */
	if (IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr)) {
		inet_ntop(AF_INET, in6->sin6_addr.s6_addr + 12, buf, TEXT_SIZE);
		return ntohs(in6->sin6_port);
	}
	inet_ntop(AF_INET6, &in6->sin6_addr, buf, TEXT_SIZE);
	len = strlen(buf);
	if (in6->sin6_scope_id && if_indextoname(in6->sin6_scope_id, name))
		snprintf(buf + len, TEXT_SIZE - len, "%%%s", name);
	else if (in6->sin6_scope_id)
		snprintf(buf + len, TEXT_SIZE - len, "%%%u", in6->sin6_scope_id);
	return ntohs(in6->sin6_port);
}

int text_address(char *buf, const struct sockaddr_storage *addr)
{
	const struct sockaddr_in *in = (const struct sockaddr_in *)addr;

	switch (addr->ss_family) {
	case AF_INET:
		inet_ntop(AF_INET, &in->sin_addr, buf, TEXT_SIZE);
		return ntohs(in->sin_port);
	case AF_INET6:
		return text_address6(buf, (const struct sockaddr_in6 *)addr);
	default:
		*buf = '\0';
		return -1;
	}
}

const char *text_endpoint(char *buf, const struct sockaddr_storage *addr)
{
	char address[TEXT_SIZE];
	int port = text_address(address, addr);

	if (port < 0)
		snprintf(buf, TEXT_SIZE, "-");
	else
		snprintf(buf, TEXT_SIZE, strchr(address, ':') ? "[%.54s]:%d" : "%.56s:%d",
			 address, port);
	return buf;
}
