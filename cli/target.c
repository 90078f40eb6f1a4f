// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The file that a transfer writes. Only a regular file is taken, and nothing
 * that is there is lost before something whole can take its place.
 *
 * A symbolic link to a regular file is followed, and the file behind it is the
 * one that is continued or replaced: what a link means is its owner's business,
 * and the kernel's fs.protected_symlinks guards directories like /tmp. What is
 * not a regular file is looked at with O_PATH and so never opened: a FIFO does
 * not block and a tape does not rewind.
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <linux/openat2.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "ftp.h"

/* FILE, or what DIR and the URL's name make. To free; NULL: the name is not good. */
static char *target_path(const char *where, const char *remote_name)
{
	struct stat st;
	char *path;
	size_t len;

	if (where && *where) {
		len = strlen(where);
		if (where[len - 1] != '/' && (stat(where, &st) < 0 || !S_ISDIR(st.st_mode)))
			return strdup(where);
	}
	if (!listing_name_ok(remote_name))
		return NULL;
	if (!where)
		return strdup(remote_name);
	len = strlen(where);
	if (asprintf(&path, "%s%s%s", where, len && where[len - 1] == '/' ? "" : "/",
		     remote_name) < 0)
		abort();
	return path;
}

static int not_regular(struct cli *c, const struct target *t, mode_t mode)
{
	if (S_ISDIR(mode))
		return fail_text(c, STATUS_FAILED, EISDIR, "%s is a directory", t->shown);
	return fail_text(c, STATUS_FAILED, EINVAL, "%s is not a regular file", t->shown);
}

/* What is there: 0 and its mode, or a status. */
static int look(struct cli *c, const struct target *t, struct stat *st)
{
	int fd = openat(t->dir, t->name, O_PATH | O_CLOEXEC);
	int err = fd < 0 || fstat(fd, st) < 0 ? errno : 0;

	if (fd >= 0)
		close(fd);
	if (err == ENOENT)
		return fail_text(c, STATUS_FAILED, EEXIST, "%s is a symbolic link to nothing",
				 t->shown);
	if (err)
		return fail_errno(c, err, "%s", t->shown);
	return S_ISREG(st->st_mode) ? STATUS_OK : not_regular(c, t, st->st_mode);
}

/* The file that is there, for writing. */
static int open_existing(struct cli *c, struct target *t, struct stat *st)
{
	int status = look(c, t, st);

	if (status)
		return status;
	t->fd = openat(t->dir, t->name, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (t->fd < 0 || fstat(t->fd, st) < 0)
		return fail_errno(c, errno, "%s", t->shown);
	/* It may have become something else between the two looks. */
	return S_ISREG(st->st_mode) ? STATUS_OK : not_regular(c, t, st->st_mode);
}

/*
 * Two that write one file at a time would mix what they get, and both call it a success.
 * The lock is that of the open file, so it lasts as long as the kernel's job. A file
 * system that knows no locks has none.
 */
static int lock(struct cli *c, struct target *t)
{
	if (!flock(t->fd, LOCK_EX | LOCK_NB) || errno != EWOULDBLOCK)
		return STATUS_OK;
	/* Then it is not ours to remove either. */
	t->created = false;
	return fail_text(c, STATUS_FAILED, EBUSY, "%s is being written by another transfer",
			 t->shown);
}

static bool create(struct target *t)
{
	t->fd = openat(t->dir, t->name, O_WRONLY | O_CREAT | O_EXCL | O_NOCTTY | O_CLOEXEC, 0666);
	t->created = t->fd >= 0;
	return t->created;
}

static int open_resume(struct cli *c, struct target *t)
{
	struct stat st;
	int status;

	if (create(t))
		return lock(c, t);
	if (errno != EEXIST)
		return fail_errno(c, errno, "%s", t->shown);
	status = open_existing(c, t, &st);
	if (!status)
		status = lock(c, t);
	if (!status && fstat(t->fd, &st) < 0)
		status = fail_errno(c, errno, "%s", t->shown);
	if (!status)
		t->offset = (uint64_t)st.st_size;
	return status;
}

static int open_new(struct cli *c, struct target *t)
{
	struct stat st;
	int status;

	if (create(t))
		return lock(c, t);
	if (errno != EEXIST)
		return fail_errno(c, errno, "%s", t->shown);
	status = look(c, t, &st);
	if (status)
		return status;
	status = fail_text(c, STATUS_FAILED, EEXIST, "%s exists", t->shown);
	hint(c, "--resume goes on with it, --force replaces it");
	return status;
}

/* ".NAME.XXXXXX" with random letters; a long NAME is cut to fit. */
static int create_temp(struct target *t)
{
	static const char letters[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
	unsigned char random[6];
	char *suffix;
	int tries, i;

	if (asprintf(&t->temp, ".%.*s.XXXXXX", NAME_MAX - 8, t->name) < 0)
		abort();
	suffix = t->temp + strlen(t->temp) - 6;
	for (tries = 0; tries < 100; tries++) {
		if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
			return -errno;
		for (i = 0; i < 6; i++)
			suffix[i] = letters[random[i] % (sizeof(letters) - 1)];
		t->fd = openat(t->dir, t->temp, O_WRONLY | O_CREAT | O_EXCL | O_NOCTTY | O_CLOEXEC,
			       0600);
		if (t->fd >= 0)
			return 0;
		if (errno != EEXIST)
			break;
	}
	i = errno;
	free(t->temp);
	t->temp = NULL;
	return -i;
}

/* The old file's mode and owner, as far as we may; never its set-id bits. */
static int dress_temp(const struct target *t, const struct stat *old)
{
	mode_t mask;

	if (old) {
		if (fchown(t->fd, old->st_uid, old->st_gid) < 0 &&
		    fchown(t->fd, (uid_t)-1, old->st_gid) < 0)
			errno = 0;
		return fchmod(t->fd, old->st_mode & 0777);
	}
	mask = umask(0);
	umask(mask);
	return fchmod(t->fd, 0666 & ~mask);
}

/* The directory and name of the file that @path leads to, through symbolic links. */
static int locate(struct cli *c, struct target *t, const char *path, bool follow)
{
	char *real = follow ? realpath(path, NULL) : NULL;
	char *base, *slash;

	base = real ? real : strdup(path);
	if (!base)
		abort();
	slash = strrchr(base, '/');
	t->name = strdup(slash ? slash + 1 : base);
	if (slash)
		slash[slash == base] = '\0';
	t->dir = open(slash ? base : ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	free(base);
	if (t->dir < 0)
		return fail_errno(c, errno, "%s", t->shown);
	return STATUS_OK;
}

static int open_beside(struct cli *c, struct target *t, const struct stat *old)
{
	int err;

	if (t->fd >= 0)
		close(t->fd);
	err = create_temp(t);
	if (err)
		return fail_errno(c, -err, "%s: a file beside it", t->shown);
	t->created = true;
	if (dress_temp(t, old) < 0)
		return fail_errno(c, errno, "%s", t->shown);
	return STATUS_OK;
}

static int open_replace(struct cli *c, struct target *t, enum target_mode mode)
{
	struct stat st;
	int status;

	if (faccessat(t->dir, t->name, F_OK, AT_SYMLINK_NOFOLLOW) < 0) {
		if (errno != ENOENT)
			return fail_errno(c, errno, "%s", t->shown);
		return mode == TARGET_ATOMIC ? open_beside(c, t, NULL) : open_new(c, t);
	}
	status = open_existing(c, t, &st);
	return status ? status : open_beside(c, t, &st);
}

int target_check(struct cli *c, const char *where, const char *remote_name)
{
	char *path;

	if (where && !*where)
		return fail_usage(c, "the name of the file is empty");
	/* Whatever is there, there is a name; no need to look. */
	if (listing_name_ok(remote_name))
		return STATUS_OK;
	path = target_path(where, remote_name);
	if (!path)
		return fail_usage(c, "the URL gives no name for the file ('%s'): say FILE",
				  remote_name);
	free(path);
	return STATUS_OK;
}

/* What lacks of the directories that FILE or DIR names. */
static int make_directories(struct cli *c, const char *path)
{
	char *copy = strdup(path), *slash;
	int err = 0;

	if (!copy)
		abort();
	for (slash = copy; !err && (slash = strchr(slash + 1, '/')); *slash = '/') {
		*slash = '\0';
		if (mkdir(copy, 0777) < 0 && errno != EEXIST)
			err = errno;
		if (err)
			fail_errno(c, err, "%s", copy);
	}
	free(copy);
	return err ? STATUS_FAILED : STATUS_OK;
}

int target_open(struct cli *c, struct target *t, const char *where, const char *remote_name,
		enum target_mode mode)
{
	int status;

	status = target_check(c, where, remote_name);
	if (status)
		return status;
	t->shown = target_path(where, remote_name);
	status = t->make_dirs ? make_directories(c, t->shown) : STATUS_OK;
	if (status)
		return status;
	status = locate(c, t, t->shown, mode == TARGET_FORCE || mode == TARGET_ATOMIC);
	if (status)
		return status;
	switch (mode) {
	case TARGET_NEW:
		return open_new(c, t);
	case TARGET_RESUME:
		return open_resume(c, t);
	default:
		return open_replace(c, t, mode);
	}
}

/* The directory of @path beneath @root; missing ones are made. -errno when it cannot be. */
static int open_parent(int root, const char *path)
{
	struct open_how how = {
		.flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
	};
	int dir = openat(root, ".", O_PATH | O_DIRECTORY | O_CLOEXEC), next, err;
	const char *slash;
	char *name;

	for (; dir >= 0 && (slash = strchr(path, '/')); path = slash + 1) {
		name = strndup(path, (size_t)(slash - path));
		if (!name)
			abort();
		next = (int)syscall(SYS_openat2, dir, name, &how, sizeof(how));
		if (next < 0 && errno == ENOENT && !mkdirat(dir, name, 0777))
			next = (int)syscall(SYS_openat2, dir, name, &how, sizeof(how));
		err = errno;
		free(name);
		close(dir);
		errno = err;
		dir = next;
	}
	return dir < 0 ? -errno : dir;
}

int target_open_beneath(struct cli *c, struct target *t, int root, const char *path)
{
	const char *slash = strrchr(path, '/');
	struct stat st;
	bool old;

	t->shown = strdup(path);
	t->name = strdup(slash ? slash + 1 : path);
	if (!t->shown || !t->name)
		abort();
	if (!listing_name_ok(t->name))
		return fail_text(c, STATUS_FAILED, EINVAL, "%s: not the name of a file", path);
	t->dir = open_parent(root, path);
	if (t->dir < 0)
		return fail_errno(c, -t->dir, "%s: its directory", path);
	/* A symbolic link is replaced, never followed. */
	old = fstatat(t->dir, t->name, &st, AT_SYMLINK_NOFOLLOW) == 0;
	if (old && S_ISDIR(st.st_mode))
		return not_regular(c, t, st.st_mode);
	return open_beside(c, t, old && S_ISREG(st.st_mode) ? &st : NULL);
}

void target_set_mtime(const struct target *t, int64_t seconds)
{
	struct timespec times[2] = {
		{ .tv_nsec = UTIME_OMIT }, { .tv_sec = (time_t)seconds },
	};

	futimens(t->fd, times);
}

int target_reopen(const struct target *t)
{
	int flags = O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC;
	int fd = openat(t->dir, t->temp ? t->temp : t->name, flags);
	struct stat mine, there;

	if (fd < 0)
		return -errno;
	if (!fstat(t->fd, &mine) && !fstat(fd, &there) && mine.st_dev == there.st_dev &&
	    mine.st_ino == there.st_ino)
		return fd;
	close(fd);
	return -ESTALE;
}

bool target_replaces(const char *where, const char *remote_name, enum target_mode mode)
{
	struct stat st;
	char *path;
	bool exists;

	if (mode != TARGET_FORCE)
		return mode == TARGET_ATOMIC;
	path = target_path(where, remote_name);
	exists = path && lstat(path, &st) == 0;
	free(path);
	return exists;
}

int target_commit(struct cli *c, struct target *t, bool sync)
{
	int dir;

	if (sync && fsync(t->fd) < 0)
		return fail_errno(c, errno, "%s: fsync", t->shown);
	if (t->temp && renameat(t->dir, t->temp, t->dir, t->name) < 0)
		return fail_errno(c, errno, "%s", t->shown);
	free(t->temp);
	t->temp = NULL;
	if (!sync)
		return STATUS_OK;
	/* An O_PATH descriptor cannot be synced. */
	dir = openat(t->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0 || fsync(dir) < 0)
		return fail_errno(c, errno, "%s: fsync of its directory", t->shown);
	close(dir);
	return STATUS_OK;
}

bool target_abandon(struct target *t)
{
	struct stat mine, there;

	if (t->fd < 0)
		return false;
	if (t->temp) {
		unlinkat(t->dir, t->temp, 0);
		free(t->temp);
		t->temp = NULL;
		return false;
	}
	if (!t->created || fstat(t->fd, &mine) < 0 || mine.st_size)
		return true;
	/* Only what is still ours by that name. */
	if (fstatat(t->dir, t->name, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
	    there.st_dev == mine.st_dev && there.st_ino == mine.st_ino)
		unlinkat(t->dir, t->name, 0);
	return false;
}

void target_free(struct target *t)
{
	if (t->fd >= 0)
		close(t->fd);
	if (t->dir >= 0)
		close(t->dir);
	free(t->shown);
	free(t->name);
	free(t->temp);
}
