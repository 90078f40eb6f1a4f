// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Checksums of files: the kernel's own code by AF_ALG, which no library has to
 * be loaded for, and CRC-32 here.
 */
#include <ctype.h>
#include <errno.h>
#include <linux/if_alg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <knetctl/knetctl.h>

#include "checksum.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static const struct checksum sums[] = {
	{ "SHA-256", "sha256", 64 },
	{ "SHA-512", "sha512", 128 },
	{ "SHA-384", "sha384", 96 },
	{ "SHA-224", "sha224", 56 },
	{ "SHA-1", "sha1", 40 },
	{ "MD5", "md5", 32 },
	{ "CRC32", NULL, 8 },
};

/* ----------------------------------------------------------- answers -- */

/* The word at @p, which is moved behind it; its length. */
static size_t word(const char **p, const char **start)
{
	*p += strspn(*p, " \t\r\n");
	*start = *p;
	*p += strcspn(*p, " \t\r\n");
	return (size_t)(*p - *start);
}

static bool is_hex(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (!isxdigit((unsigned char)text[i]))
			return false;
	return len;
}

/* In lower case, with zeros in front that a server may have left out. */
static bool take_hex(const struct checksum *sum, const char *text, size_t len, char *hex)
{
	size_t zeros, i;

	if (len > sum->digits || !is_hex(text, len) || (sum->kernel && len != sum->digits))
		return false;
	zeros = sum->digits - len;
	memset(hex, '0', zeros);
	for (i = 0; i < len; i++)
		hex[zeros + i] = (char)tolower((unsigned char)text[i]);
	hex[sum->digits] = '\0';
	return true;
}

static const struct checksum *by_name(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sums); i++)
		if (strlen(sums[i].name) == len && !strncasecmp(sums[i].name, name, len))
			return &sums[i];
	return NULL;
}

static const struct checksum *parse_hash(const char *text, char *hex)
{
	const struct checksum *sum;
	const char *start;
	size_t len;

	len = word(&text, &start);
	sum = by_name(start, len);
	if (!sum)
		return NULL;
	len = word(&text, &start);
	/* The range is the whole file's unless somebody has asked for less. */
	if (memchr(start, '-', len)) {
		if (len < 2 || start[0] != '0' || start[1] != '-')
			return NULL;
		len = word(&text, &start);
	}
	return take_hex(sum, start, len, hex) ? sum : NULL;
}

/* The longest word that can be it: there may be others before and behind. */
static const struct checksum *parse_number(const struct checksum *sum, const char *text, char *hex)
{
	size_t best = 0, len;
	const char *start;

	while ((len = word(&text, &start)))
		if (len > best && take_hex(sum, start, len, hex))
			best = len;
	return best ? sum : NULL;
}

const struct checksum *checksum_parse(uint32_t command, const char *text, char hex[CHECKSUM_HEX])
{
	switch (command) {
	case KNETCTL_CHECKSUM_HASH:
		return parse_hash(text, hex);
	case KNETCTL_CHECKSUM_XSHA256:
		return parse_number(by_name("SHA-256", 7), text, hex);
	case KNETCTL_CHECKSUM_XCRC:
		return parse_number(by_name("CRC32", 5), text, hex);
	default:
		return NULL;
	}
}

/* ------------------------------------------------------------- files -- */

static void crc_table(uint32_t table[256])
{
	uint32_t i, value;
	int bit;

	for (i = 0; i < 256; i++) {
		value = i;
		for (bit = 0; bit < 8; bit++)
			value = value & 1 ? value >> 1 ^ 0xedb88320 : value >> 1;
		table[i] = value;
	}
}

static int crc_file(int fd, char *hex)
{
	uint32_t table[256], crc = UINT32_MAX;
	unsigned char buf[1 << 16];
	ssize_t got, i;

	crc_table(table);
	while ((got = read(fd, buf, sizeof(buf)))) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		for (i = 0; i < got; i++)
			crc = table[(crc ^ buf[i]) & 0xff] ^ crc >> 8;
	}
	sprintf(hex, "%08x", ~crc);
	return 0;
}

/* A socket that hashes what is written to it; or -errno. */
static int alg_open(const char *name)
{
	struct sockaddr_alg alg = { .salg_family = AF_ALG, .salg_type = "hash" };
	int fd, op;

	strcpy((char *)alg.salg_name, name);
	fd = socket(AF_ALG, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	op = bind(fd, (struct sockaddr *)&alg, sizeof(alg)) < 0 ? -1 :
	     accept4(fd, NULL, NULL, SOCK_CLOEXEC);
	if (op < 0)
		op = -errno;
	close(fd);
	return op;
}

static int alg_feed(int op, int fd)
{
	char buf[1 << 16];
	ssize_t got;

	while ((got = read(fd, buf, sizeof(buf)))) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 || send(op, buf, (size_t)got, MSG_MORE) != got)
			return -errno;
	}
	return 0;
}

static int alg_file(const char *name, unsigned int digits, int fd, char *hex)
{
	unsigned char digest[CHECKSUM_HEX / 2];
	int op = alg_open(name), err;
	unsigned int i;

	if (op < 0)
		return op;
	err = alg_feed(op, fd);
	if (!err && recv(op, digest, sizeof(digest), 0) != (ssize_t)(digits / 2))
		err = -EIO;
	close(op);
	for (i = 0; !err && i < digits / 2; i++)
		sprintf(hex + (size_t)2 * i, "%02x", digest[i]);
	return err;
}

int checksum_file(const struct checksum *sum, int fd, char hex[CHECKSUM_HEX])
{
	if (lseek(fd, 0, SEEK_SET) < 0)
		return -errno;
	return sum->kernel ? alg_file(sum->kernel, sum->digits, fd, hex) : crc_file(fd, hex);
}
