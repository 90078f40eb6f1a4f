/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command's parts that deal with rules of the filter. */
#ifndef KNETCTL_CLI_FILTER_H
#define KNETCTL_CLI_FILTER_H

#include "cli.h"

/* Addresses from one to another, given out as prefixes. */
struct range {
	uint32_t family;	/* AF_UNSPEC: any, one rule */
	unsigned int bits;	/* 32 or 128 */
	int prefix_len;		/* when it is one prefix, else -1 */
	uint8_t first[16], last[16];
	bool done;
};

/* What stands on a line or command line: one rule for each word that is a prefix. */
struct rule_words {
	char **word;		/* prefixes, ranges, "any" */
	int count;
	struct range first;	/* of the first one */
	struct knetctl_filter like;	/* ports, exclude, timeout, comment */
};

/* prefix.c */
/* Is it one: "any", ADDR, ADDR/LEN or ADDR-ADDR? 0, or why not. */
const char *range_parse(const struct cli *c, const char *text, struct range *range);
/* Does it look like one, so that it is meant as one? */
bool range_is_meant(const char *text);
/* The next prefix of it, into @rule. False at the end. */
bool range_next(struct range *range, struct knetctl_filter *rule);
/*
 * Read PREFIX... [port LO[-HI]] [exclude] [timeout S] [comment TEXT]. A status,
 * with the message given.
 */
int rule_words_parse(struct cli *c, char **word, int count, struct rule_words *words);
/* LO or LO-HI */
int arg_ports(struct cli *c, const char *text, uint16_t *min, uint16_t *max);

/* rule.c */
/* The members of a rule, in JSON. */
void rule_members(struct cli *c, const struct knetctl_filter *rule);
void match_members(struct cli *c, const struct knetctl_filter_match *match);

#endif
