// SPDX-License-Identifier: GPL-2.0-or-later
/* The file .netrc: machine, default, login, password, account, macdef. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ftp.h"

#define NETRC_MAX (1 << 20)

struct parser {
	char *p;
	bool quoted;		/* the last word was: "machine" is then a value */
	const char *host, *user;
};

/* The next word, unquoted in place; NULL at the end. "#" begins a comment. */
static char *next_word(struct parser *r)
{
	char *word, *to;

	for (;;) {
		while (isspace((unsigned char)*r->p))
			r->p++;
		if (*r->p != '#')
			break;
		r->p += strcspn(r->p, "\n");
	}
	if (!*r->p)
		return NULL;
	r->quoted = *r->p == '"';
	if (!r->quoted) {
		word = r->p;
		while (*r->p && !isspace((unsigned char)*r->p))
			r->p++;
	} else {
		word = to = ++r->p;
		while (*r->p && *r->p != '"') {
			if (*r->p == '\\' && r->p[1])
				r->p++;
			*to++ = *r->p++;
		}
		if (*r->p)
			r->p++;
		*to = '\0';
		return word;
	}
	if (*r->p)
		*r->p++ = '\0';
	return word;
}

/* A macro ends at an empty line. */
static void skip_macro(struct parser *r)
{
	char *end = strstr(r->p, "\n\n");

	r->p = end ? end + 2 : r->p + strlen(r->p);
}

static void set(char **to, const char *value)
{
	if (!*to && value)
		*to = strdup(value);
}

static bool fits(const struct parser *r, const struct netrc_entry *entry)
{
	return !r->user || (entry->user && !strcmp(entry->user, r->user));
}

/* The first entry that fits is taken, as ftp(1) does. */
static void parse(struct parser *r, struct netrc_entry *entry)
{
	bool inside = false;
	char *word, *value;

	while ((word = next_word(r))) {
		if (r->quoted)
			continue;
		if (!strcmp(word, "machine") || !strcmp(word, "default")) {
			if (inside && fits(r, entry))
				return;
			netrc_free(entry);
			inside = *word == 'd';
			if (*word == 'm') {
				value = next_word(r);
				inside = value && !strcasecmp(value, r->host);
			}
		} else if (!strcmp(word, "macdef")) {
			/* Its name is the rest of the line. */
			skip_macro(r);
		} else if (!strcmp(word, "login") || !strcmp(word, "user")) {
			value = next_word(r);
			if (inside)
				set(&entry->user, value);
		} else if (!strcmp(word, "password") || !strcmp(word, "passwd")) {
			value = next_word(r);
			if (inside)
				set(&entry->password, value);
		} else if (!strcmp(word, "account")) {
			value = next_word(r);
			if (inside)
				set(&entry->account, value);
		}
	}
	if (!inside || !fits(r, entry))
		netrc_free(entry);
}

static char *read_all(int fd, const struct stat *st, size_t *size)
{
	size_t room, len = 0;
	ssize_t got;
	char *text;

	if (!S_ISREG(st->st_mode) || st->st_size > NETRC_MAX) {
		errno = EINVAL;
		return NULL;
	}
	room = (size_t)st->st_size + 1;
	text = calloc(1, room);
	while (text && len < room - 1) {
		got = read(fd, text + len, room - 1 - len);
		if (got <= 0)
			break;
		len += (size_t)got;
	}
	*size = room;
	return text;
}

int netrc_find(const char *path, const char *host, const char *user, struct netrc_entry *entry)
{
	struct parser r = { .host = host, .user = user };
	size_t size = 0;
	struct stat st;
	char *text;
	int fd;

	memset(entry, 0, sizeof(*entry));
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return -errno;
	text = fstat(fd, &st) < 0 ? NULL : read_all(fd, &st, &size);
	if (!text) {
		size = (size_t)errno;
		close(fd);
		return -(int)size;
	}
	close(fd);
	r.p = text;
	parse(&r, entry);
	explicit_bzero(text, size);
	free(text);
	if (entry->password && (st.st_mode & 077) &&
	    !(entry->user && !strcmp(entry->user, "anonymous"))) {
		netrc_free(entry);
		return -EPERM;
	}
	return 0;
}

static void wipe(char **text)
{
	if (*text)
		explicit_bzero(*text, strlen(*text));
	free(*text);
	*text = NULL;
}

void netrc_free(struct netrc_entry *entry)
{
	wipe(&entry->user);
	wipe(&entry->password);
	wipe(&entry->account);
}
