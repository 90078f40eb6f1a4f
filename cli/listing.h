/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What FTP servers answer to MLSD, LIST and NLST. Any bytes may stand there. */
#ifndef KNETCTL_CLI_LISTING_H
#define KNETCTL_CLI_LISTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum entry_type { ENTRY_UNKNOWN, ENTRY_FILE, ENTRY_DIR, ENTRY_LINK, ENTRY_OTHER };

/* Strings point into the text of the listing; NULL where it says nothing. */
struct entry {
	char *name;
	enum entry_type type;
	bool size_known, time_known;
	uint64_t size;
	int64_t mtime;		/* seconds since 1970; of LIST in the server's own zone */
	uint32_t precision;	/* of it, in seconds */
	int mode;		/* permission bits, -1 unknown */
	char *perm;		/* of MLSD (RFC 3659 section 7.5.5) */
	char *owner, *group;
	char *target;		/* of a symbolic link */
};

struct listing {
	struct entry *entry;
	size_t count, room;
	size_t skipped;		/* lines that make no sense */
};

/*
 * Parse @text in place; @kind is of enum knetctl_listing, @now places dates
 * without a year. What is not understood is counted and left out. @text has
 * room for a NUL at its end.
 */
void listing_parse(struct listing *l, uint32_t kind, char *text, size_t len, int64_t now);
void listing_sort(struct listing *l);
void listing_free(struct listing *l);
/* May it become the name of a file here? Not empty, . or .., no slash, no control byte. */
bool listing_name_ok(const char *name);

/* "file", "dir", "link", "other"; NULL when unknown */
const char *entry_type_name(enum entry_type type);
/* YYYYMMDDHHMMSS and maybe a fraction, UTC (RFC 3659 section 2.3). */
bool ftp_time_parse(const char *text, int64_t *seconds);

#endif
