/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of knetctl ftp mirror share. */
#ifndef KNETCTL_CLI_MIRROR_H
#define KNETCTL_CLI_MIRROR_H

#include "ftp.h"
#include "glob.h"

#define DEPTH_MAX	64		/* directories in each other */
#define ENTRIES_MAX	10000000	/* in all */

/* Something to do, small because there may be many. */
struct item {
	struct item *next;
	bool exists;		/* of a directory to scan for -R: at the server */
	int64_t mtime;		/* of a file to get; -1 unknown */
	char path[];		/* relative to both roots */
};

struct queue {
	struct item *first, *last;
};

struct mirror {
	struct cli *c;
	struct ftp_options o;
	struct ftp_server *server;
	bool reverse, delete, dry_run, size_only, only_newer;
	struct glob *globs;
	size_t glob_count;
	char *remote;		/* root at the server */
	const char *dir;	/* root here */
	int root;
	uint32_t listing;	/* what the server understands */
	struct queue files, dirs, gone;
	bool incomplete;	/* something could not be listed: nothing is deleted */
	uint64_t entries, same, deleted, skipped;
};

void mirror_push(struct mirror *m, struct queue *q, const char *dir, const char *name,
		 bool exists, int64_t mtime);
struct item *mirror_pop(struct queue *q);
/* "dir/name", or only the name; to free */
char *mirror_join(const char *dir, const char *name);
/* The pathname of a relative path at the server; to free */
char *mirror_remote(const struct mirror *m, const char *path);
/* Open beneath the root here, never through a symbolic link that leads out; or -errno. */
int mirror_open(const struct mirror *m, const char *path, int flags);
/* Say what is done, or would be. */
void mirror_tell(struct mirror *m, const char *action, const char *path, const struct entry *e);
/* Something is not as it must be; a status. */
void mirror_fail(struct mirror *m, struct flow *f, const char *path, const char *reason);
bool mirror_wants(struct mirror *m, const char *path, bool is_dir);

/* mirror-scan.c: a directory at the server, compared with the one here */
struct flow *mirror_scan(struct mirror *m, const struct item *item);
/* Has the server the better listing? true: ask again, by @m->listing. */
bool mirror_other_listing(struct mirror *m, const struct knetctl_job *job);

/* mirror-down.c, mirror-up.c: what to do about a listing of @path */
void mirror_down(struct mirror *m, struct flow *f, const char *path, const struct listing *l);
void mirror_up(struct mirror *m, struct flow *f, const char *path, const struct listing *l);
/* Here: a file or a whole directory. */
void mirror_delete_here(struct mirror *m, const char *path);
/* mirror-purge.c: the same at the server */
struct flow *mirror_purge(struct mirror *m, const char *path, bool is_dir);

#endif
