/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checksums as FTP servers word them, and of files. */
#ifndef KNETCTL_CLI_CHECKSUM_H
#define KNETCTL_CLI_CHECKSUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CHECKSUM_HEX 130	/* of the longest, SHA-512, with NUL */

struct checksum {
	const char *name;	/* as HASH names it: "SHA-256" */
	const char *kernel;	/* as AF_ALG names it; NULL: CRC-32, ours */
	unsigned int digits;
};

/*
 * The answer to HASH (draft-bryan-ftpext-hash: "SHA-256 0-49 6bc6... name"),
 * XSHA256 or XCRC (a number, maybe with words around). @command is of enum
 * knetctl_checksum. NULL: not understood. @hex is lower case, with all digits.
 */
const struct checksum *checksum_parse(uint32_t command, const char *text, char hex[CHECKSUM_HEX]);
/* Of a whole file; 0 or -errno. The position of @fd moves. */
int checksum_file(const struct checksum *sum, int fd, char hex[CHECKSUM_HEX]);

#endif
