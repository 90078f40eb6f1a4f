// SPDX-License-Identifier: GPL-2.0-or-later
/* To the server: what to send, and what is too much there. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mirror.h"

static const struct entry *find(const struct listing *l, const char *name)
{
	size_t i;

	for (i = 0; i < l->count; i++)
		if (!strcmp(l->entry[i].name, name))
			return &l->entry[i];
	return NULL;
}

/*
 * Not every server lets its files' time be set; then it is the time at which
 * they were sent. So only a file that is newer here is another one.
 */
static bool changed(const struct mirror *m, const struct entry *e, const struct stat *st)
{
	bool size, newer;

	if (!e || e->type != ENTRY_FILE)
		return true;
	size = !e->size_known || e->size != (uint64_t)st->st_size;
	newer = e->time_known && st->st_mtime >= e->mtime + (int64_t)e->precision;
	if (m->size_only || !e->time_known)
		return size;
	return m->only_newer ? newer : size || newer;
}

static void up_entry(struct mirror *m, struct flow *f, const char *path, const char *name,
		     const struct stat *st, const struct entry *e)
{
	struct entry local = { .size_known = true, .size = (uint64_t)st->st_size };
	char *full = mirror_join(path, name);

	if (!S_ISDIR(st->st_mode) && !S_ISREG(st->st_mode)) {
		m->skipped++;
		note(m->c, "%s: neither a file nor a directory", full);
	} else if (!mirror_wants(m, full, S_ISDIR(st->st_mode))) {
		m->skipped++;
	} else if (!listing_name_ok(name)) {
		mirror_fail(m, f, full, "FTP cannot carry a control byte in a name");
	} else if (S_ISDIR(st->st_mode)) {
		mirror_push(m, &m->dirs, "", full, e && e->type != ENTRY_FILE, -1);
	} else if (changed(m, e, st)) {
		if (m->dry_run)
			mirror_tell(m, "put", full, &local);
		else
			mirror_push(m, &m->files, "", full, true, -1);
	} else {
		m->same++;
	}
	free(full);
}

/* What is there and not here. */
static void find_gone(struct mirror *m, struct flow *f, const char *path,
		      const struct listing *l, int dir)
{
	const struct entry *e;
	struct stat st;
	char *full;
	size_t i;

	for (i = 0; i < l->count; i++) {
		e = &l->entry[i];
		full = mirror_join(path, e->name);
		if (!listing_name_ok(e->name))
			mirror_fail(m, f, full, "not a name that a file can have");
		else if (mirror_wants(m, full, e->type == ENTRY_DIR) &&
			 fstatat(dir, e->name, &st, AT_SYMLINK_NOFOLLOW) < 0 && errno == ENOENT)
			mirror_push(m, &m->gone, "", full, e->type == ENTRY_DIR, -1);
		free(full);
	}
}

void mirror_up(struct mirror *m, struct flow *f, const char *path, const struct listing *l)
{
	int dir = mirror_open(m, path, O_RDONLY | O_DIRECTORY);
	struct dirent *one;
	struct stat st;
	DIR *d;

	d = dir < 0 ? NULL : fdopendir(dir);
	if (!d) {
		m->incomplete = true;
		mirror_fail(m, f, path, strerror(dir < 0 ? -dir : errno));
		return;
	}
	while ((one = readdir(d))) {
		if (strcmp(one->d_name, ".") && strcmp(one->d_name, "..") &&
		    !fstatat(dir, one->d_name, &st, AT_SYMLINK_NOFOLLOW))
			up_entry(m, f, path, one->d_name, &st, find(l, one->d_name));
	}
	if (m->delete && !l->skipped)
		find_gone(m, f, path, l, dir);
	closedir(d);
}
