// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * knetctl ftp mirror: directories are listed and compared as they come, what
 * differs is transferred meanwhile, and what is too much is deleted at the end,
 * when everything has been listed.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "mirror.h"
#include "out.h"

enum { OPT_REVERSE = 1000, OPT_DELETE, OPT_INCLUDE, OPT_EXCLUDE, OPT_DRY_RUN, OPT_SIZE_ONLY,
       OPT_ONLY_NEWER };

static const struct opt mirror_opts[] = {
	{ OPT_REVERSE, "reverse", 'R', NULL, "From DIR to the server" },
	{ OPT_DELETE, "delete", 0, NULL, "Delete what the source does not have" },
	{ OPT_INCLUDE, "include", 0, "P", "What matches the pattern P" },
	{ OPT_EXCLUDE, "exclude", 0, "P", "Not what matches P; the last one that matches decides" },
	{ OPT_DRY_RUN, "dry-run", 0, NULL, "Only tell what would be done" },
	{ OPT_SIZE_ONLY, "size-only", 0, NULL, "Equal size is equal, whatever the times" },
	{ OPT_ONLY_NEWER, "only-newer", 0, NULL, "Only what is newer in the source" },
	{ OPT_FSYNC, "fsync", 0, NULL, "Each file is on the disk before it gets its name" },
	{ OPT_DIRECT, "direct", 0, NULL, "Write past the page cache; default from 16M on" },
	{ OPT_BUFFERED, "buffered", 0, NULL, "Write through the page cache" },
	{ OPT_VERIFY, "verify", 0, NULL, "Compare with the server's checksum, if it has one" },
	{ OPT_RATE, "rate", 0, "BYTES/S", "Each file not faster than this (k, M, G)" },
	{ OPT_RETRY, "retry", 0, "N", "Up to N further tries for each file (0)" },
	{ OPT_NO_PROGRESS, "no-progress", 0, NULL, "No line of progress" },
	{ 0 }
};

const struct opt *const mirror_tables[] = { mirror_opts, ftp_session_opts, NULL };

/* ------------------------------------------------------------- tools -- */

char *mirror_join(const char *dir, const char *name)
{
	size_t len = strlen(dir);
	char *path;

	if (asprintf(&path, "%s%s%s", dir, *dir && *name && dir[len - 1] != '/' ? "/" : "",
		     name) < 0)
		abort();
	return path;
}

char *mirror_remote(const struct mirror *m, const char *path)
{
	char *full = mirror_join(m->remote, path), *safe;

	/* What begins with a dash is taken for an option by servers that run ls. */
	if (*full != '-')
		return full;
	safe = mirror_join(".", full);
	free(full);
	return safe;
}

void mirror_push(struct mirror *m, struct queue *q, const char *dir, const char *name,
		 bool exists, int64_t mtime)
{
	char *path = mirror_join(dir, name);
	struct item *item = malloc(sizeof(*item) + strlen(path) + 1);

	(void)m;
	if (!item)
		abort();
	item->next = NULL;
	item->exists = exists;
	item->mtime = mtime;
	strcpy(item->path, path);
	free(path);
	if (q->last)
		q->last->next = item;
	else
		q->first = item;
	q->last = item;
}

struct item *mirror_pop(struct queue *q)
{
	struct item *item = q->first;

	if (!item)
		return NULL;
	q->first = item->next;
	if (!q->first)
		q->last = NULL;
	return item;
}

int mirror_open(const struct mirror *m, const char *path, int flags)
{
	struct open_how how = {
		.flags = (unsigned int)(flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK),
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
	};
	int fd;

	if (m->root < 0)
		return -ENOENT;
	if (flags & O_PATH)
		how.flags = (unsigned int)(flags | O_CLOEXEC);
	fd = (int)syscall(SYS_openat2, m->root, *path ? path : ".", &how, sizeof(how));
	return fd < 0 ? -errno : fd;
}

void mirror_tell(struct mirror *m, const char *action, const char *path, const struct entry *e)
{
	struct cli *c = m->c;
	char size[TEXT_SIZE];

	if (!c->json && !m->dry_run) {
		note(c, "%s %s", action, path);
		return;
	}
	if (c->quiet && !c->json)
		return;
	out_object(c);
	out_str(c, "action", "", action);
	out_str(c, "path", " ", path);
	if (e && e->size_known && c->json)
		out_u64(c, "size", NULL, e->size);
	else if (e && e->size_known)
		out_text(c, " (%s)", text_size(size, e->size));
	out_text(c, "\n");
	out_object_end(c);
}

void mirror_fail(struct mirror *m, struct flow *f, const char *path, const char *reason)
{
	int status = fail_text(m->c, STATUS_FAILED, EINVAL, "%s: %s", *path ? path : m->dir,
			       reason);

	m->incomplete = true;
	if (f)
		flow_end(f, status);
}

bool mirror_wants(struct mirror *m, const char *path, bool is_dir)
{
	return glob_wanted(m->globs, m->glob_count, path, is_dir);
}

/* ------------------------------------------------------------- flows -- */

static struct flow *put_one(struct mirror *m, const char *path)
{
	int fd = mirror_open(m, path, O_RDONLY | O_NOFOLLOW);
	char *remote;
	struct flow *f;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		mirror_fail(m, NULL, path, fd < 0 ? strerror(-fd) : "not a regular file now");
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	remote = mirror_remote(m, path);
	f = put_flow_fd(&m->o, m->server, remote, fd, path);
	free(remote);
	return f;
}

static struct flow *transfer(struct mirror *m, const struct item *item)
{
	struct flow *f;
	char *remote;

	if (m->reverse)
		return put_one(m, item->path);
	remote = mirror_remote(m, item->path);
	f = get_flow_beneath(&m->o, m->server, remote, m->root, item->path, item->mtime);
	free(remote);
	return f;
}

static bool too_deep(const char *path)
{
	int depth = 0;

	for (; *path; path++)
		depth += *path == '/';
	return depth >= DEPTH_MAX;
}

/* Files first: what waits in memory stays little. */
static struct flow *more(struct engine *e)
{
	struct mirror *m = e->data;
	struct flow *f = NULL;
	struct item *item;

	while (!f && (item = mirror_pop(&m->files))) {
		f = transfer(m, item);
		e->failed += !f;
		free(item);
	}
	if (f)
		return f;
	item = mirror_pop(&m->dirs);
	if (!item)
		return NULL;
	if (too_deep(item->path)) {
		mirror_fail(m, NULL, item->path, "too deep");
		e->failed++;
	} else {
		f = mirror_scan(m, item);
	}
	free(item);
	return f ? f : more(e);
}

static struct flow *more_gone(struct engine *e)
{
	struct mirror *m = e->data;
	struct item *item = mirror_pop(&m->gone);
	struct flow *f = NULL;

	if (item)
		f = mirror_purge(m, item->path, item->exists);
	free(item);
	return f;
}

/* What is too much. Not when the source is not known as a whole. */
static int delete_gone(struct mirror *m, struct engine *e)
{
	struct item *item;

	if (!m->gone.first)
		return STATUS_OK;
	if (m->incomplete || e->failed) {
		hint(m->c, "nothing was deleted, because not everything went well");
		return STATUS_OK;
	}
	if (m->reverse && !m->dry_run) {
		e->more = more_gone;
		return engine_run(e);
	}
	while ((item = mirror_pop(&m->gone))) {
		if (m->reverse) {
			mirror_tell(m, "delete", item->path, NULL);
			m->deleted++;
		} else {
			mirror_delete_here(m, item->path);
		}
		free(item);
	}
	return STATUS_OK;
}

static void summary(struct mirror *m, const struct engine *e)
{
	uint64_t ns = engine_now_ns() - e->begin_ns;
	char size[TEXT_SIZE], time[TEXT_SIZE];
	struct cli *c = m->c;

	if (!c->json && c->quiet)
		return;
	out_object(c);
	if (c->json) {
		out_u64(c, "files", NULL, e->files);
		out_u64(c, "bytes", NULL, e->bytes);
		out_u64(c, "same", NULL, m->same);
		out_u64(c, "deleted", NULL, m->deleted);
		out_u64(c, "skipped", NULL, m->skipped);
		out_u64(c, "failed", NULL, e->failed);
		out_u64(c, "duration_ns", NULL, ns);
	} else if (!m->dry_run) {
		out_text(c, "%llu files, %s in %s; %llu were the same, %llu deleted",
			 (unsigned long long)e->files, text_size(size, e->bytes),
			 text_seconds(time, ns), (unsigned long long)m->same,
			 (unsigned long long)m->deleted);
		if (e->failed)
			out_text(c, ", %llu failed", (unsigned long long)e->failed);
		out_text(c, "\n");
	}
	out_object_end(c);
}

static int mirror(struct mirror *m, int signals)
{
	struct engine e = {
		.c = m->c, .signals = signals, .many = true, .more = more, .data = m,
		.bar_wanted = !m->o.no_progress,
	};
	uint64_t begin;
	int status;

	progress_init(&e.bar, m->c, "", e.bar_wanted);
	mirror_push(m, &m->dirs, "", "", true, -1);
	status = engine_run(&e);
	begin = e.begin_ns;
	if (!status && !m->c->interrupted)
		status = delete_gone(m, &e);
	e.begin_ns = begin;
	summary(m, &e);
	if (m->c->interrupted)
		return STATUS_ENDED;
	if (status)
		return status;
	return e.failed || m->incomplete ? STATUS_FAILED : STATUS_OK;
}

/* --------------------------------------------------------- arguments -- */

static int take(struct cli *c, void *data, int id, const char *value)
{
	struct mirror *m = data;

	switch (id) {
	case OPT_REVERSE:
		m->reverse = true;
		return STATUS_OK;
	case OPT_DELETE:
		m->delete = true;
		return STATUS_OK;
	case OPT_DRY_RUN:
		m->dry_run = true;
		return STATUS_OK;
	case OPT_SIZE_ONLY:
		m->size_only = true;
		return STATUS_OK;
	case OPT_ONLY_NEWER:
		m->only_newer = true;
		return STATUS_OK;
	case OPT_INCLUDE:
	case OPT_EXCLUDE:
		m->globs = reallocarray(m->globs, m->glob_count + 1, sizeof(*m->globs));
		if (!m->globs)
			abort();
		m->globs[m->glob_count].include = id == OPT_INCLUDE;
		m->globs[m->glob_count++].pattern = value;
		return STATUS_OK;
	default:
		return ftp_option(c, &m->o, id, value);
	}
}

static int open_root(struct cli *c, struct mirror *m)
{
	m->root = open(m->dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (m->root < 0 && errno == ENOENT && !m->reverse && !m->dry_run &&
	    !mkdir(m->dir, 0777))
		m->root = open(m->dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	/* Only to tell: one that lacks has nothing in it. */
	if (m->root < 0 && !(errno == ENOENT && !m->reverse && m->dry_run))
		return fail_errno(c, errno, "%s", m->dir);
	return STATUS_OK;
}

static int begin(struct cli *c, struct mirror *m, const struct knetctl_url *url)
{
	int status, signals;

	status = need_handle(c);
	if (!status)
		status = open_root(c, m);
	if (!status)
		status = server_get(c, &m->o, url, &m->server);
	if (status)
		return status;
	m->remote = ftp_directory(url);
	m->listing = KNETCTL_LISTING_MLSD;
	/* The time tells the next run what is the same. */
	m->o.remote_time = m->o.create_dirs = m->reverse;
	signals = signals_block();
	if (signals < 0)
		return fail_errno(c, errno, "signalfd");
	out_stream(true);
	status = mirror(m, signals);
	out_stream(false);
	signals_restore(signals);
	return status;
}

static void mirror_free(struct mirror *m)
{
	struct queue *queues[] = { &m->files, &m->dirs, &m->gone };
	struct item *item;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(queues); i++)
		while ((item = mirror_pop(queues[i])))
			free(item);
	server_put(m->server);
	ftp_options_free(&m->o);
	free(m->globs);
	free(m->remote);
	if (m->root >= 0)
		close(m->root);
}

int run_mirror(struct cli *c, int argc, char **argv)
{
	struct mirror m = { .c = c, .o = { .args = KNETCTL_INIT(struct knetctl_ftp) }, .root = -1 };
	int n = args_parse(c, argc, argv, take, &m);
	struct knetctl_url url = { 0 };
	int status;

	if (n < 0)
		return args_status(n);
	if (n < 2)
		status = fail_usage(c, "which %s?", n ? m.reverse ? "URL" : "DIR" :
				    m.reverse ? "DIR, to which URL" : "URL, to which DIR");
	else if (n > 2)
		status = fail_usage(c, "too much: '%s'", argv[3]);
	else if (m.size_only && m.only_newer)
		status = fail_usage(c, "--size-only and --only-newer exclude each other");
	else
		status = ftp_url(c, argv[m.reverse ? 2 : 1], FTP_URL_ANY, &url);
	m.dir = argv[m.reverse ? 1 : 2];
	if (!status)
		status = ftp_check_options(c, &m.o);
	if (!status)
		status = begin(c, &m, &url);
	knetctl_url_free(&url);
	mirror_free(&m);
	return status;
}
