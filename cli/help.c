// SPDX-License-Identifier: GPL-2.0-or-later
/* Help and completion, from the same tables that parse the command line. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

#define NAMES_MAX 32

static void print_opt(const struct opt *opt)
{
	char left[64];

	snprintf(left, sizeof(left), "%c%c%c --%s%s%s", opt->letter ? '-' : ' ',
		 opt->letter ? opt->letter : ' ', opt->letter ? ',' : ' ', opt->name,
		 opt->value ? " " : "", opt->value ? opt->value : "");
	printf("  %-32s %s\n", left, opt->help);
}

void help_program(void)
{
	const struct noun *const *noun;
	const struct opt *opt;
	size_t i;

	puts("usage: knetctl [OPTIONS] NOUN VERB [ARGUMENTS]\n"
	     "       knetctl [OPTIONS] -b FILE|- [--keep-going]\n\n"
	     "Network jobs inside the kernel, by way of the kernel module knetctl.\n");
	for (noun = nouns; *noun; noun++) {
		printf("  %-8s %s\n", (*noun)->name, (*noun)->help);
		for (i = 0; i < (*noun)->verb_count; i++)
			printf("      %s %s\n", (*noun)->verbs[i].name, (*noun)->verbs[i].args);
	}
	puts("\nOPTIONS, before the noun:");
	for (opt = global_opts; opt->name; opt++)
		print_opt(opt);
	puts("\nA unique prefix of a noun or verb is enough. More: knetctl help NOUN [VERB],\n"
	     "knetctl(8) and knetctl-NOUN(8).");
}

void help_noun(const struct noun *noun)
{
	size_t i;

	if (noun->verb_count == 1 && !*noun->verbs->name) {
		help_verb(noun, noun->verbs);
		return;
	}
	printf("knetctl %s: %s\n\n", noun->name, noun->help);
	for (i = 0; i < noun->verb_count; i++)
		printf("  knetctl %s %s %s\n      %s\n", noun->name, noun->verbs[i].name,
		       noun->verbs[i].args, noun->verbs[i].help);
	printf("\nMore: knetctl %s VERB --help, knetctl-%s(8).\n", noun->name, noun->name);
}

void help_verb(const struct noun *noun, const struct verb *verb)
{
	const struct opt *const *tables;
	const struct opt *opt;

	printf("usage: knetctl %s%s%s%s%s\n\n%s\n", noun->name, *verb->name ? " " : "", verb->name,
	       *verb->args ? " " : "", verb->args, verb->help);
	if (verb->opts)
		puts("\nOPTIONS:");
	for (tables = verb->opts; tables && *tables; tables++)
		for (opt = *tables; opt->name; opt++)
			print_opt(opt);
	if (verb->note)
		printf("\n%s\n", verb->note);
}

/* Edits from one word to the other: insert, remove, change or swap neighbours. */
static size_t distance(const char *a, const char *b)
{
	size_t d[NAMES_MAX + 1][NAMES_MAX + 1];
	size_t la = strlen(a), lb = strlen(b), i, j, cost, best;

	if (la > NAMES_MAX || lb > NAMES_MAX)
		return NAMES_MAX;
	for (i = 0; i <= la; i++)
		for (j = 0; j <= lb; j++) {
			if (!i || !j) {
				d[i][j] = i + j;
				continue;
			}
			cost = a[i - 1] != b[j - 1];
			best = d[i - 1][j - 1] + cost;
			if (d[i - 1][j] + 1 < best)
				best = d[i - 1][j] + 1;
			if (d[i][j - 1] + 1 < best)
				best = d[i][j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    d[i - 2][j - 2] + 1 < best)
				best = d[i - 2][j - 2] + 1;
			d[i][j] = best;
		}
	return d[la][lb];
}

const char *suggest(const char *word, const char *const *names, size_t count)
{
	size_t least = strlen(word) < 6 ? 1 : strlen(word) / 3, i, d;
	const char *best = NULL;

	for (i = 0; i < count; i++) {
		d = distance(word, names[i]);
		/* All of a short word changed is another word. */
		if (d > least || d >= strlen(names[i]) || (best && d == least))
			continue;
		best = names[i];
		least = d;
	}
	return best;
}

/* Index of the one that @word is or begins, -1 with the message and a status. */
static int match(struct cli *c, const char *what, const char *word, const char *const *names,
		 size_t count, int *status)
{
	const char *best;
	int found = -1;
	size_t i;

	for (i = 0; i < count; i++) {
		if (!strcmp(names[i], word))
			return (int)i;
		if (!*word || strncmp(names[i], word, strlen(word)) != 0)
			continue;
		if (found >= 0) {
			*status = fail_usage(c, "%s '%s' is ambiguous: %s or %s", what, word,
					     names[found], names[i]);
			return -1;
		}
		found = (int)i;
	}
	if (found >= 0)
		return found;
	best = suggest(word, names, count);
	*status = fail_usage(c, best ? "unknown %s '%s', did you mean '%s'?" : "unknown %s '%s'",
			     what, word, best);
	return -1;
}

const struct noun *find_noun(struct cli *c, const char *word, int *status)
{
	const char *names[NAMES_MAX];
	size_t n;
	int i;

	for (n = 0; nouns[n]; n++)
		names[n] = nouns[n]->name;
	names[n++] = "help";
	i = match(c, "noun", word, names, n, status);
	if (i < 0)
		return NULL;
	*status = STATUS_OK;
	/* The last name is help, and NULL in the table. */
	return nouns[i];
}

static bool has_verb(const struct noun *noun, const char *name)
{
	size_t n;

	for (n = 0; n < noun->verb_count; n++)
		if (!strcmp(noun->verbs[n].name, name))
			return true;
	return false;
}

/* Words that stand for a verb of another name: delete, and show where nothing has an id. */
static const char *verb_alias(const struct noun *noun, const char *word)
{
	if (!strcmp(word, "delete") && has_verb(noun, "del"))
		return "del";
	if (!strcmp(word, "show") && !has_verb(noun, "show") && has_verb(noun, "list"))
		return "list";
	return word;
}

const struct verb *find_verb(struct cli *c, const struct noun *noun, const char *word, int *status)
{
	const char *names[NAMES_MAX];
	size_t n;
	int i;

	word = verb_alias(noun, word);

	for (n = 0; n < noun->verb_count; n++)
		names[n] = noun->verbs[n].name;
	i = match(c, "verb", word, names, n, status);
	return i < 0 ? NULL : &noun->verbs[i];
}

static void list_opts(const struct opt *opt)
{
	for (; opt->name; opt++)
		printf("--%s%s\t%s\n", opt->name, opt->value ? "=" : "", opt->help);
}

/*
 * What may follow, one a line, a tab and its help behind it: for completion.
 * An option that takes a value ends with "=".
 */
static int list_words(struct cli *c, int argc, char **argv)
{
	const struct opt *const *tables;
	const struct noun *noun;
	const struct verb *verb;
	int status;
	size_t i;

	if (argc == 0) {
		list_opts(global_opts);
		for (i = 0; nouns[i]; i++)
			printf("%s\t%s\n", nouns[i]->name, nouns[i]->help);
		puts("help\tHelp of a noun or verb");
		return STATUS_OK;
	}
	noun = find_noun(c, argv[0], &status);
	if (!noun)
		return status;
	if (argc == 1 && *noun->verbs->name) {
		for (i = 0; i < noun->verb_count; i++)
			printf("%s\t%s\n", noun->verbs[i].name, noun->verbs[i].help);
		return STATUS_OK;
	}
	verb = argc == 1 ? noun->verbs : find_verb(c, noun, argv[1], &status);
	if (!verb)
		return status;
	for (tables = verb->opts; tables && *tables; tables++)
		list_opts(*tables);
	puts("--help\tHelp of the verb");
	return STATUS_OK;
}

/* knetctl help [NOUN [VERB]] */
int help_command(struct cli *c, int argc, char **argv)
{
	const struct noun *noun;
	const struct verb *verb;
	int status = STATUS_OK;

	if (argc > 1 && !strcmp(argv[1], "--words"))
		return list_words(c, argc - 2, argv + 2);
	noun = argc > 1 ? find_noun(c, argv[1], &status) : NULL;
	if (status)
		return status;
	if (!noun) {
		help_program();
		return STATUS_OK;
	}
	if (argc == 2 || !*noun->verbs->name) {
		help_noun(noun);
		return STATUS_OK;
	}
	verb = find_verb(c, noun, argv[2], &status);
	if (!verb)
		return status;
	help_verb(noun, verb);
	return STATUS_OK;
}
