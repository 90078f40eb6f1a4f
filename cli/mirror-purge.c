// SPDX-License-Identifier: GPL-2.0-or-later
/* Delete a file at the server, or a directory with all that is in it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "mirror.h"
#include "remote-dir.h"

struct doomed {
	struct doomed *next;
	bool is_dir, emptied;
	unsigned int depth;
	char path[];
};

struct purge {
	struct flow flow;
	struct mirror *m;
	struct doomed *top;	/* what is done first */
	bool listing;
	int fd;
};

static struct purge *of(struct flow *f)
{
	return (struct purge *)f;
}

static void push(struct purge *p, const char *path, bool is_dir, unsigned int depth)
{
	struct doomed *d = calloc(1, sizeof(*d) + strlen(path) + 1);

	if (!d)
		abort();
	strcpy(d->path, path);
	d->is_dir = is_dir;
	d->depth = depth;
	d->next = p->top;
	p->top = d;
}

static void start(struct purge *p)
{
	struct doomed *d = p->top;
	uint32_t kind = d->is_dir ? KNETCTL_KIND_FTP_RMDIR : KNETCTL_KIND_FTP_RM;
	struct knetctl_ftp args;
	int status = STATUS_OK;
	char *remote = mirror_remote(p->m, d->path);

	server_args(&p->m->o, p->m->server, remote, &args);
	p->listing = d->is_dir && !d->emptied;
	if (p->listing) {
		kind = KNETCTL_KIND_FTP_LS;
		args.listing = p->m->listing;
		args.max_size = LISTING_MAX;
		args.fd = p->fd;
		if (ftruncate(p->fd, 0) < 0)
			status = fail_errno(p->m->c, errno, "ftruncate");
	}
	if (!status)
		status = flow_job(&p->flow, kind, &args);
	free(remote);
	if (status)
		flow_end(&p->flow, status);
}

/* What is in the directory goes first. */
static void fill(struct purge *p)
{
	struct doomed *d = p->top;
	struct listing l;
	size_t len = 0, i;
	char *text, *full;

	d->emptied = true;
	text = listing_read(p->fd, &len);
	if (!text || d->depth == DEPTH_MAX) {
		free(text);
		mirror_fail(p->m, &p->flow, d->path, text ? "too deep" : strerror(errno));
		return;
	}
	listing_parse(&l, p->m->listing, text, len, (int64_t)time(NULL));
	for (i = 0; i < l.count; i++) {
		if (!listing_name_ok(l.entry[i].name)) {
			mirror_fail(p->m, &p->flow, d->path, "a name in it is no name");
			break;
		}
		full = mirror_join(d->path, l.entry[i].name);
		push(p, full, l.entry[i].type == ENTRY_DIR, d->depth + 1);
		free(full);
	}
	listing_free(&l);
	free(text);
}

static void purge_step(struct flow *f, const struct knetctl_job *job)
{
	struct purge *p = of(f);
	struct doomed *d = p->top;

	if (job && job->state != KNETCTL_STATE_DONE) {
		p->m->c->subject = d ? d->path : NULL;
		if (!flow_stopped(f))
			fail_job(p->m->c, job, p->m->server->host, NULL);
		flow_end(f, job_status(job));
		return;
	}
	if (job && p->listing) {
		fill(p);
	} else if (job) {
		p->top = d->next;
		free(d);
	}
	if (f->over)
		return;
	if (p->top) {
		start(p);
		return;
	}
	p->m->deleted++;
	flow_end(f, STATUS_OK);
}

static void purge_free(struct flow *f)
{
	struct purge *p = of(f);
	struct doomed *d;

	while ((d = p->top)) {
		p->top = d->next;
		free(d);
	}
	if (p->fd >= 0)
		close(p->fd);
	free(p);
}

static const struct flow_ops ops = { purge_step, NULL, purge_free };

struct flow *mirror_purge(struct mirror *m, const char *path, bool is_dir)
{
	struct purge *p = calloc(1, sizeof(*p));

	if (!p)
		abort();
	p->flow.ops = &ops;
	p->flow.aside = true;
	p->m = m;
	p->fd = is_dir ? listing_file() : -1;
	push(p, path, is_dir, 0);
	mirror_tell(m, "delete", path, NULL);
	return &p->flow;
}
