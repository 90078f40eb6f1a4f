// SPDX-License-Identifier: GPL-2.0-or-later
/* A directory at the server: listed, or made when it is to be sent and lacks. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "mirror.h"
#include "remote-dir.h"

struct scan {
	struct flow flow;
	struct mirror *m;
	char *path;
	char *remote;
	bool making, made;	/* it is being made; that was tried */
	bool proving, proved;	/* that it is there, and empty */
	int fd;
	struct retry retry;
};

static struct scan *of(struct flow *f)
{
	return (struct scan *)f;
}

bool mirror_other_listing(struct mirror *m, const struct knetctl_job *job)
{
	if (m->listing == KNETCTL_LISTING_LIST || job->error_class != KNETCTL_CLASS_PERMANENT ||
	    job->ftp_code < 500 || job->ftp_code > 504)
		return false;
	m->listing = KNETCTL_LISTING_LIST;
	return true;
}

static void start(struct scan *s)
{
	struct knetctl_ftp args;
	struct proof proof = { 0 };
	int status = STATUS_OK;

	server_args(&s->m->o, s->m->server, s->remote, &args);
	args.max_size = LISTING_MAX;
	args.listing = s->m->listing;
	args.fd = s->fd;
	s->proving = s->proving && proof_args(&proof, &args);
	if (!s->making && ftruncate(s->fd, 0) < 0)
		status = fail_errno(s->m->c, errno, "ftruncate");
	if (!status)
		status = flow_job(&s->flow, s->making ? KNETCTL_KIND_FTP_MKDIR :
				  KNETCTL_KIND_FTP_LS, &args);
	if (!status)
		return;
	s->m->incomplete = true;
	flow_end(&s->flow, status);
}

static void compare(struct scan *s, const struct listing *l)
{
	struct mirror *m = s->m;

	m->entries += l->count;
	if (m->entries > ENTRIES_MAX) {
		m->incomplete = true;
		mirror_fail(m, &s->flow, s->path, "there are too many files");
		return;
	}
	if (l->skipped) {
		m->incomplete = true;
		mirror_fail(m, &s->flow, s->path, "the listing is not understood");
	}
	if (m->reverse)
		mirror_up(m, &s->flow, s->path, l);
	else
		mirror_down(m, &s->flow, s->path, l);
}

/* Of those below the server itself has told. */
static bool to_be_proved(const struct scan *s, size_t len)
{
	return !len && !*s->path && *s->remote && !s->m->reverse && !s->proved &&
	       s->m->listing == KNETCTL_LISTING_LIST;
}

static void listed(struct scan *s)
{
	struct listing l = { 0 };
	size_t len = 0;
	char *text;

	text = listing_read(s->fd, &len);
	if (text && to_be_proved(s, len)) {
		free(text);
		s->proving = s->proved = true;
		start(s);
		return;
	}
	flow_end(&s->flow, STATUS_OK);
	if (!text) {
		s->m->incomplete = true;
		flow_end(&s->flow, fail_errno(s->m->c, errno, "the listing"));
		return;
	}
	listing_parse(&l, s->m->listing, text, len, (int64_t)time(NULL));
	listing_sort(&l);
	compare(s, &l);
	listing_free(&l);
	free(text);
}

static void make(struct scan *s)
{
	static const struct listing none;

	s->making = true;
	mirror_tell(s->m, "mkdir", *s->path ? s->path : ".", NULL);
	if (s->m->dry_run) {
		flow_end(&s->flow, STATUS_OK);
		compare(s, &none);
		return;
	}
	start(s);
}

/* No proof, neither of the one nor of the other: good enough, unless all would be deleted. */
static bool proof_failed(struct scan *s, const struct knetctl_job *job)
{
	if (!s->proving || proof_refused(job) || s->flow.engine->stopping)
		return false;
	s->proving = false;
	if (s->m->delete)
		mirror_fail(s->m, &s->flow, s->path, "the server does not say whether it is there");
	else
		listed(s);
	return true;
}

static void failed(struct scan *s, const struct knetctl_job *job)
{
	uint32_t ms = 0;

	if (proof_failed(s, job))
		return;
	if (s->making) {
		/* Somebody may have been faster: that a file cannot be sent there will tell. */
		s->making = false;
		s->made = true;
		start(s);
		return;
	}
	/* The directory that all of it goes to, which nobody has looked for. */
	if (s->m->reverse && !*s->path && !s->made && job->ftp_code == 550) {
		make(s);
		return;
	}
	if (mirror_other_listing(s->m, job)) {
		start(s);
		return;
	}
	if (!s->flow.engine->stopping)
		ms = retry_after(s->m->c, &s->retry, job, s->m->server->host);
	if (ms) {
		flow_pause(&s->flow, ms);
		return;
	}
	s->m->incomplete = true;
	if (!flow_stopped(&s->flow))
		fail_job(s->m->c, job, s->m->server->host, NULL);
	flow_end(&s->flow, job_status(job));
}

static void scan_step(struct flow *f, const struct knetctl_job *job)
{
	static const struct listing none;
	struct scan *s = of(f);

	if (!job && s->making) {
		make(s);
	} else if (!job) {
		start(s);
	} else if (job->state != KNETCTL_STATE_DONE) {
		failed(s, job);
	} else if (s->making) {
		flow_end(f, STATUS_OK);
		compare(s, &none);
	} else {
		listed(s);
	}
}

static void scan_free(struct flow *f)
{
	struct scan *s = of(f);

	if (s->fd >= 0)
		close(s->fd);
	free(s->path);
	free(s->remote);
	free(s);
}

static const struct flow_ops ops = { scan_step, NULL, scan_free };

struct flow *mirror_scan(struct mirror *m, const struct item *item)
{
	struct scan *s = calloc(1, sizeof(*s));

	if (!s)
		abort();
	s->flow.ops = &ops;
	s->flow.aside = true;
	s->m = m;
	s->path = strdup(item->path);
	s->remote = mirror_remote(m, item->path);
	s->making = m->reverse && !item->exists;
	s->retry.left = m->o.retry;
	s->fd = listing_file();
	if (!s->path)
		abort();
	s->flow.subject = *s->path ? s->path : NULL;
	return &s->flow;
}
