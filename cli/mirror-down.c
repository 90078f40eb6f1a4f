// SPDX-License-Identifier: GPL-2.0-or-later
/* From the server: what to get, and what is too much here. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mirror.h"

/* Is the file here another one than that? */
static bool changed(const struct mirror *m, const struct entry *e, int dir)
{
	bool size, time;
	struct stat st;

	if (dir < 0 || fstatat(dir, e->name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
	    !S_ISREG(st.st_mode))
		return true;
	size = !e->size_known || e->size != (uint64_t)st.st_size;
	if (m->size_only || !e->time_known)
		return size;
	if (m->only_newer)
		return e->mtime > st.st_mtime;
	time = st.st_mtime < e->mtime || st.st_mtime >= e->mtime + (int64_t)e->precision;
	return size || time;
}

static void down_entry(struct mirror *m, struct flow *f, const char *path, const struct entry *e,
		       int dir)
{
	char *full = mirror_join(path, e->name);

	if (!listing_name_ok(e->name)) {
		mirror_fail(m, f, full, "not a name that a file here may have");
	} else if (!mirror_wants(m, full, e->type == ENTRY_DIR)) {
		m->skipped++;
	} else if (e->type == ENTRY_DIR) {
		mirror_push(m, &m->dirs, "", full, true, -1);
	} else if (e->type != ENTRY_FILE) {
		m->skipped++;
		note(m->c, "%s: neither a file nor a directory", full);
	} else if (changed(m, e, dir)) {
		if (m->dry_run)
			mirror_tell(m, "get", full, e);
		else
			mirror_push(m, &m->files, "", full, true, e->time_known ? e->mtime : -1);
	} else {
		m->same++;
	}
	free(full);
}

static bool is_listed(const struct listing *l, const char *name)
{
	size_t low = 0, high = l->count, middle;
	int order;

	while (low < high) {
		middle = (low + high) / 2;
		order = strcmp(name, l->entry[middle].name);
		if (!order)
			return true;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return false;
}

/* What is here and not there. Whether it goes is decided when all is listed. */
static void find_gone(struct mirror *m, const char *path, const struct listing *l, int dir)
{
	DIR *d = fdopendir(dup(dir));
	struct dirent *one;
	struct stat st;
	char *full;

	while (d && (one = readdir(d))) {
		if (!strcmp(one->d_name, ".") || !strcmp(one->d_name, "..") ||
		    is_listed(l, one->d_name) ||
		    fstatat(dir, one->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		full = mirror_join(path, one->d_name);
		if (mirror_wants(m, full, S_ISDIR(st.st_mode)))
			mirror_push(m, &m->gone, "", full, true, -1);
		free(full);
	}
	if (d)
		closedir(d);
}

/* The directory here; made if it lacks. -errno. */
static int local_directory(const struct mirror *m, const char *path)
{
	int flags = O_RDONLY | O_DIRECTORY, dir = mirror_open(m, path, flags), parent;
	const char *slash = strrchr(path, '/');
	char *above;

	if (dir != -ENOENT || m->dry_run || !*path)
		return dir;
	above = strndup(path, slash ? (size_t)(slash - path) : 0);
	if (!above)
		abort();
	parent = mirror_open(m, above, O_PATH | O_DIRECTORY);
	free(above);
	if (parent < 0)
		return parent;
	if (mkdirat(parent, slash ? slash + 1 : path, 0777) < 0 && errno != EEXIST) {
		dir = -errno;
		close(parent);
		return dir;
	}
	close(parent);
	return mirror_open(m, path, flags);
}

void mirror_down(struct mirror *m, struct flow *f, const char *path, const struct listing *l)
{
	int dir = local_directory(m, path);
	size_t i;

	if (dir < 0 && !(m->dry_run && dir == -ENOENT)) {
		mirror_fail(m, f, path, dir == -EXDEV ? "a symbolic link leads out of DIR" :
			    strerror(-dir));
		return;
	}
	for (i = 0; i < l->count; i++)
		down_entry(m, f, path, &l->entry[i], dir);
	if (dir < 0)
		return;
	if (m->delete && !l->skipped)
		find_gone(m, path, l, dir);
	close(dir);
}

/* ----------------------------------------------------------- delete -- */

static int delete_tree(int parent, const char *name, int depth)
{
	struct dirent *one;
	int dir, err = 0;
	DIR *d;

	if (!unlinkat(parent, name, 0))
		return 0;
	if (errno != EISDIR && errno != EPERM)
		return -errno;
	dir = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	d = dir < 0 || !depth ? NULL : fdopendir(dir);
	if (!d) {
		err = depth ? -errno : -ELOOP;
		if (dir >= 0)
			close(dir);
		return err;
	}
	while (!err && (one = readdir(d)))
		if (strcmp(one->d_name, ".") && strcmp(one->d_name, ".."))
			err = delete_tree(dir, one->d_name, depth - 1);
	closedir(d);
	if (!err && unlinkat(parent, name, AT_REMOVEDIR) < 0)
		err = -errno;
	return err;
}

void mirror_delete_here(struct mirror *m, const char *path)
{
	const char *slash = strrchr(path, '/');
	char *above = strndup(path, slash ? (size_t)(slash - path) : 0);
	int parent, err;

	if (!above)
		abort();
	mirror_tell(m, "delete", path, NULL);
	m->deleted++;
	if (!m->dry_run) {
		parent = mirror_open(m, above, O_PATH | O_DIRECTORY);
		err = parent < 0 ? parent : delete_tree(parent, slash ? slash + 1 : path,
							DEPTH_MAX);
		if (parent >= 0)
			close(parent);
		if (err) {
			m->deleted--;
			mirror_fail(m, NULL, path, strerror(-err));
		}
	}
	free(above);
}
