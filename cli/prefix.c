// SPDX-License-Identifier: GPL-2.0-or-later
/* Prefixes, ranges and rules as they are written. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "filter.h"

/* Bits from @bit on to @to in @address. */
static void fill(uint8_t *address, unsigned int bits, unsigned int bit, bool ones)
{
	for (; bit < bits && bit % 8; bit++) {
		if (ones)
			address[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
		else
			address[bit / 8] &= (uint8_t)~(0x80 >> bit % 8);
	}
	if (bit < bits)
		memset(address + bit / 8, ones ? 0xff : 0, (bits - bit) / 8);
}

static bool bit_is_set(const uint8_t *address, unsigned int bit)
{
	return address[bit / 8] & 0x80 >> bit % 8;
}

/* Returns the family, 0 for no address. */
static uint32_t parse_address(const char *text, size_t len, uint8_t *address)
{
	char copy[INET6_ADDRSTRLEN];

	if (len >= sizeof(copy))
		return 0;
	memcpy(copy, text, len);
	copy[len] = '\0';
	if (inet_pton(AF_INET, copy, address) == 1)
		return AF_INET;
	return inet_pton(AF_INET6, copy, address) == 1 ? AF_INET6 : 0;
}

static bool parse_len(const char *text, unsigned int max, unsigned int *len)
{
	const char *p;

	*len = 0;
	for (p = text; *p >= '0' && *p <= '9' && p - text < 3; p++)
		*len = *len * 10 + (unsigned int)(*p - '0');
	return p > text && !*p && *len <= max;
}

static const char *range_any(const struct cli *c, struct range *range)
{
	range->family = (uint32_t)c->family;
	range->prefix_len = 0;
	range->bits = c->family == AF_INET ? 32 : 128;
	fill(range->last, range->bits, 0, true);
	return NULL;
}

static bool is_mapped(const uint8_t *address)
{
	return IN6_IS_ADDR_V4MAPPED((const struct in6_addr *)address);
}

/* IPv4 addresses in IPv6 ones are sent as IPv4, and reported so. */
static void range_unmap(struct range *range)
{
	if (range->family != AF_INET6 || !is_mapped(range->first) || !is_mapped(range->last))
		return;
	range->family = AF_INET;
	range->bits = 32;
	memmove(range->first, range->first + 12, 4);
	memmove(range->last, range->last + 12, 4);
	if (range->prefix_len >= 0)
		range->prefix_len -= 96;
}

const char *range_parse(const struct cli *c, const char *text, struct range *range)
{
	size_t at = strcspn(text, "/-");
	unsigned int len;

	memset(range, 0, sizeof(*range));
	if (!strcmp(text, "any"))
		return range_any(c, range);
	range->family = parse_address(text, at, range->first);
	if (!range->family)
		return "is no prefix";
	range->bits = range->family == AF_INET ? 32 : 128;
	range->prefix_len = (int)range->bits;
	memcpy(range->last, range->first, sizeof(range->last));
	if (text[at] == '/') {
		if (!parse_len(text + at + 1, range->bits, &len))
			return "has no length of a prefix";
		range->prefix_len = (int)len;
		fill(range->first, range->bits, len, false);
		fill(range->last, range->bits, len, true);
	} else if (text[at] == '-') {
		at++;
		if (parse_address(text + at, strlen(text + at), range->last) != range->family)
			return "has no end that is an address of the same family";
		if (memcmp(range->first, range->last, range->bits / 8) > 0)
			return "ends before it begins";
		range->prefix_len = -1;
	}
	range_unmap(range);
	if (c->family && range->family != (uint32_t)c->family)
		return "is of the other family";
	return NULL;
}

bool range_is_meant(const char *text)
{
	uint8_t address[16];

	return !strcmp(text, "any") || parse_address(text, strcspn(text, "/-"), address);
}

/* The longest run of addresses from @first on that is one prefix and does not pass @last. */
static unsigned int shortest_prefix(const struct range *range, uint8_t *end)
{
	unsigned int len = range->bits;
	uint8_t longer[16];

	memcpy(end, range->first, 16);
	while (len && !bit_is_set(range->first, len - 1)) {
		memcpy(longer, range->first, 16);
		fill(longer, range->bits, len - 1, true);
		if (memcmp(longer, range->last, range->bits / 8) > 0)
			break;
		memcpy(end, longer, 16);
		len--;
	}
	return len;
}

bool range_next(struct range *range, struct knetctl_filter *rule)
{
	uint8_t end[16];
	unsigned int i;

	if (range->done)
		return false;
	rule->family = range->family;
	memcpy(rule->address, range->first, sizeof(rule->address));
	if (range->prefix_len >= 0) {
		rule->prefix_len = (uint32_t)range->prefix_len;
		range->done = true;
		return true;
	}
	rule->prefix_len = shortest_prefix(range, end);
	range->done = !memcmp(end, range->last, range->bits / 8);
	/* One more than the end, which is not the last address. */
	memcpy(range->first, end, sizeof(end));
	for (i = range->bits / 8; i && !++range->first[i - 1]; i--)
		;
	return true;
}

static const char *parse_port(const char *text, uint16_t *port)
{
	unsigned long value = 0;
	const char *p;

	for (p = text; *p >= '0' && *p <= '9' && value <= UINT16_MAX; p++)
		value = value * 10 + (unsigned long)(*p - '0');
	*port = (uint16_t)value;
	return p > text && value <= UINT16_MAX ? p : NULL;
}

int arg_ports(struct cli *c, const char *text, uint16_t *min, uint16_t *max)
{
	const char *p = parse_port(text, min);

	*max = *min;
	if (p && *p == '-')
		p = parse_port(p + 1, max);
	if (!p || *p || *max < *min || !*max)
		return fail_usage(c, "port: '%s' is no port or range of ports (up to 65535)", text);
	return STATUS_OK;
}

static int take_comment(struct cli *c, const char *text, struct knetctl_filter *like)
{
	const char *p;

	if (strlen(text) >= sizeof(like->comment))
		return fail_usage(c, "comment: more than %zu bytes", sizeof(like->comment) - 1);
	for (p = text; *p; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			return fail_usage(c, "comment: control bytes are not allowed");
	memcpy(like->comment, text, strlen(text) + 1);
	return STATUS_OK;
}

static int take_timeout(struct cli *c, const char *text, struct knetctl_filter *like)
{
	char *end;
	double s;

	errno = 0;
	s = strtod(text, &end);
	/* The first comparison refuses what is no number, too. */
	if (errno || end == text || *end || !(s > 0) || s > INT32_MAX ||
	    text[strspn(text, "0123456789.")])
		return fail_usage(c, "timeout: '%s' is no time (seconds, may have a fraction)",
				  text);
	like->timeout_ms = (uint64_t)(s * 1000 + 0.5);
	like->timeout_ms += !like->timeout_ms;
	return STATUS_OK;
}

static bool already_there(const char *key, const struct knetctl_filter *like)
{
	if (!strcmp(key, "port"))
		return like->port_max;
	return strcmp(key, "timeout") ? like->comment[0] : like->timeout_ms > 0;
}

/* One keyword with its value at @word; how many words it took, or minus a status. */
static int take_keyword(struct cli *c, char **word, int left, struct knetctl_filter *like)
{
	const char *key = word[0];
	int status = STATUS_OK;

	if (!strcmp(key, "exclude")) {
		like->exclude = 1;
		return 1;
	}
	if (strcmp(key, "port") != 0 && strcmp(key, "timeout") != 0 && strcmp(key, "comment") != 0)
		return -fail_usage(c, "'%s' is neither a prefix nor port, exclude, timeout or "
				   "comment", key);
	if (left < 2)
		return -fail_usage(c, "%s: the value is missing", key);
	if (already_there(key, like))
		return -fail_usage(c, "%s is there twice", key);
	if (!strcmp(key, "port"))
		status = arg_ports(c, word[1], &like->port_min, &like->port_max);
	else if (!strcmp(key, "timeout"))
		status = take_timeout(c, word[1], like);
	else
		status = take_comment(c, word[1], like);
	return status ? -status : 2;
}

int rule_words_parse(struct cli *c, char **word, int count, struct rule_words *words)
{
	struct range range;
	const char *why;
	int i, used;

	words->count = 0;
	memset(&words->like, 0, sizeof(words->like));
	words->word = word;
	for (i = 0; i < count; i++, words->count++) {
		if (i && !range_is_meant(word[i]))
			break;
		why = range_parse(c, word[i], i ? &range : &words->first);
		if (why)
			return fail_usage(c, "'%s' %s", word[i], why);
	}
	if (!words->count)
		return fail_usage(c, "which prefix?");
	for (; i < count; i += used) {
		used = take_keyword(c, word + i, count - i, &words->like);
		if (used < 0)
			return -used;
	}
	return STATUS_OK;
}
