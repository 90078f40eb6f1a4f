// SPDX-License-Identifier: GPL-2.0-or-later
/* One file fetched: with its further tries, its checksum and its time. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ftp.h"

enum at { AT_DATA, AT_CHECKSUM, AT_MTIME };

struct get {
	struct flow flow;
	struct ftp_options *o;
	struct ftp_server *server;
	char *path;			/* remote */
	char *where, *name;		/* FILE or DIR, the name in the URL */
	int root;			/* of a mirror, -1 elsewhere */
	int64_t mtime;			/* known already, or -1 */
	struct target target;
	bool standard;			/* to standard output, without a target */
	struct pump pump;
	bool open;
	enum at at;
	struct retry retry;
	uint64_t offset;		/* of this try */
	uint64_t size;			/* as the first try was told */
	bool size_known;
	uint64_t bytes, duration_ns;	/* of earlier tries */
	struct verify verify;
	struct knetctl_job job;		/* the last transfer, with what all of them did */
};

static struct get *of(struct flow *f)
{
	return (struct get *)f;
}

static enum target_mode target_mode(const struct ftp_options *o)
{
	if (o->resume)
		return TARGET_RESUME;
	if (o->atomic)
		return TARGET_ATOMIC;
	return o->force ? TARGET_FORCE : TARGET_NEW;
}

/* Those of the transfer alone. */
static uint32_t get_flags(const struct ftp_options *o)
{
	return (o->direct ? KNETCTL_FTP_DIRECT : 0) | (o->buffered ? KNETCTL_FTP_BUFFERED : 0);
}

/* ------------------------------------------------------------- ends -- */

static void print_done(struct get *g)
{
	char size[TEXT_SIZE], text[TEXT_SIZE] = "";

	/* There are the data. */
	if (g->standard) {
		note(g->flow.c, "%s to standard output", text_size(size, g->job.bytes));
		return;
	}
	if (!g->job.bytes && g->target.offset)
		snprintf(text, sizeof(text), "was whole already, %.40s",
			 text_size(size, g->target.offset));
	print_transfer(&g->flow, g->o, g->target.shown, &g->job, &g->verify, text);
}

static void finish(struct get *g)
{
	int status = target_commit(g->flow.c, &g->target, g->o->fsync);

	if (status)
		target_abandon(&g->target);
	else
		print_done(g);
	flow_end(&g->flow, status);
}

/* How to go on after a failure. To free, NULL when there is nothing to say. */
static char *failure_hint(const struct get *g, const struct knetctl_job *job, bool left)
{
	char have[TEXT_SIZE], size[TEXT_SIZE];
	char *text = NULL;
	int n = 0;

	text_size(have, g->offset + job->bytes);
	text_size(size, job->size);
	if (left && g->offset && job->error_class == KNETCTL_CLASS_LONG && !job->bytes)
		n = asprintf(&text, "%s is as it was: the server has another file now, or cannot "
			     "begin in its middle; --force gets all of it", g->target.shown);
	else if (left && g->bytes + job->bytes)
		n = asprintf(&text, "%s has the first %s%s%s; --resume gets the rest",
			     g->target.shown, have, job->size_known ? " of " : "",
			     job->size_known ? size : "");
	else if (job->ftp_code == 332 || job->ftp_code == 532)
		n = asprintf(&text, "--account says which");
	else if (job->ftp_code == 530 || job->ftp_code == 331)
		n = asprintf(&text, "the login comes from the URL, --user and --password-file, "
			     "or --netrc");
	return n < 0 ? NULL : text;
}

static void fail(struct get *g, const struct knetctl_job *job)
{
	struct knetctl_job all = *job;
	bool left = target_abandon(&g->target);
	char *text = failure_hint(g, job, left);
	int status = job_status(job);

	all.bytes += g->bytes;
	/* As with any program in a pipeline it is no error that the reader has enough. */
	if (g->pump.err == EPIPE)
		status = STATUS_ENDED;
	else if (g->pump.err)
		status = fail_errno(g->flow.c, g->pump.err, "standard output");
	else if (!flow_stopped(&g->flow))
		status = fail_job(g->flow.c, &all, g->server->host, text);
	free(text);
	flow_end(&g->flow, status);
}

static void get_abandon(struct flow *f, int status)
{
	struct get *g = of(f);

	if (!g->open)
		return;
	if (status == STATUS_ENDED && !f->engine->many)
		fail_text(f->c, status, EINTR, "interrupted before the next try");
	if (target_abandon(&g->target) && status == STATUS_MODULE && !f->engine->many)
		hint(f->c, "%s keeps what came; --resume gets the rest", g->target.shown);
}

/* ------------------------------------------------------------ steps -- */

static int open_standard(struct get *g)
{
	int err = pump_open(&g->pump, g->flow.c->handle, true);

	if (err)
		return fail_errno(g->flow.c, -err, "standard output");
	g->target.shown = strdup("standard output");
	if (!g->target.shown)
		abort();
	g->flow.engine->pump = &g->pump;
	return STATUS_OK;
}

static int open_target(struct get *g)
{
	int status;

	g->open = true;
	if (g->standard)
		status = open_standard(g);
	else if (g->root >= 0)
		status = target_open_beneath(g->flow.c, &g->target, g->root, g->where);
	else
		status = target_open(g->flow.c, &g->target, g->where, g->name,
				     target_mode(g->o));
	g->offset = g->target.offset;
	if (g->target.shown)
		progress_init(&g->flow.engine->bar, g->flow.c, g->target.shown,
			      g->flow.engine->bar_wanted &&
			      !(g->standard && isatty(STDOUT_FILENO)));
	return status;
}

static void start(struct get *g, uint32_t kind)
{
	struct knetctl_ftp args;
	int status;

	server_args(g->o, g->server, g->path, &args);
	args.checksum = g->verify.kind;
	args.rate = 0;
	if (kind == KNETCTL_KIND_FTP_GET) {
		args.fd = g->standard ? g->pump.job : g->target.fd;
		args.offset = g->offset;
		args.rate = g->o->args.rate;
		args.flags |= get_flags(g->o);
		if (g->offset)
			args.flags |= KNETCTL_FTP_RESUME;
	}
	status = flow_job(&g->flow, kind, &args);
	if (!status && g->standard)
		pump_given(&g->pump);
	if (!status)
		return;
	target_abandon(&g->target);
	flow_end(&g->flow, status);
}

/* What comes after the data, in this order: checksum, time, name. */
static void go_on(struct get *g)
{
	if (g->at == AT_DATA && g->o->verify) {
		g->at = AT_CHECKSUM;
		g->verify.kind = KNETCTL_CHECKSUM_HASH;
		start(g, KNETCTL_KIND_FTP_CHECKSUM);
	} else if (g->at != AT_MTIME && g->o->remote_time && g->mtime < 0) {
		g->at = AT_MTIME;
		start(g, KNETCTL_KIND_FTP_MTIME);
	} else {
		if (g->mtime >= 0)
			target_set_mtime(&g->target, g->mtime);
		finish(g);
	}
}

/* Where the next try begins: behind what came, if SIZE can prove that it fits. */
static int place_retry(struct get *g, const struct knetctl_job *job)
{
	if (!job->bytes)
		return STATUS_OK;
	g->bytes += job->bytes;
	if (job->size_known && (!g->size_known || g->size == job->size)) {
		g->size = job->size;
		g->size_known = true;
		g->offset += job->bytes;
		return STATUS_OK;
	}
	g->bytes = 0;
	g->size_known = false;
	g->offset = g->target.offset;
	if (ftruncate(g->target.fd, (off_t)g->offset) < 0)
		return fail_errno(g->flow.c, errno, "%s", g->target.shown);
	return STATUS_OK;
}

static void failed(struct get *g, const struct knetctl_job *job)
{
	uint32_t ms = 0;

	if (!g->flow.engine->stopping)
		ms = retry_after(g->flow.c, &g->retry, job, g->server->host);
	if (!ms || place_retry(g, job)) {
		fail(g, job);
		return;
	}
	g->duration_ns += job->duration_ns;
	flow_pause(&g->flow, ms);
}

static void got_data(struct get *g, const struct knetctl_job *job)
{
	if (job->state != KNETCTL_STATE_DONE) {
		failed(g, job);
		return;
	}
	g->job = *job;
	g->job.bytes += g->bytes;
	g->job.duration_ns += g->duration_ns;
	if (g->size_known && job->size_known && job->size != g->size) {
		target_abandon(&g->target);
		flow_end(&g->flow, fail_text(g->flow.c, STATUS_FAILED, ESTALE,
					     "%s: the remote file changed while it was fetched",
					     g->target.shown));
		return;
	}
	go_on(g);
}

static void got_checksum(struct get *g, const struct knetctl_job *job)
{
	int fd = target_reopen(&g->target);
	enum checksum_result result;

	if (fd < 0)
		fail_errno(g->flow.c, -fd, "%s", g->target.shown);
	result = fd < 0 ? CHECKSUM_ERROR : verify_answer(g->flow.c, &g->verify, job, fd);
	if (fd >= 0)
		close(fd);
	if (result == CHECKSUM_NEXT) {
		start(g, KNETCTL_KIND_FTP_CHECKSUM);
	} else if (result == CHECKSUM_ERROR) {
		target_abandon(&g->target);
		flow_end(&g->flow, STATUS_FAILED);
	} else {
		if (result == CHECKSUM_NONE && !g->flow.engine->many && !g->flow.c->quiet)
			hint(g->flow.c, "%s: the server has no checksum to compare with",
			     g->target.shown);
		go_on(g);
	}
}

static void got_mtime(struct get *g, const struct knetctl_job *job)
{
	int64_t seconds;

	if (job->state == KNETCTL_STATE_DONE && ftp_time_parse(job->message, &seconds))
		target_set_mtime(&g->target, seconds);
	else
		note(g->flow.c, "%s: the server does not tell the time", g->target.shown);
	finish(g);
}

static void get_step(struct flow *f, const struct knetctl_job *job)
{
	struct get *g = of(f);
	int status = STATUS_OK;

	if (!g->open)
		status = open_target(g);
	if (status) {
		target_abandon(&g->target);
		flow_end(f, status);
	} else if (!job) {
		start(g, KNETCTL_KIND_FTP_GET);
	} else if (job->state == KNETCTL_STATE_CANCELLED || g->pump.err) {
		fail(g, job);
	} else if (g->at == AT_DATA) {
		got_data(g, job);
	} else if (g->at == AT_CHECKSUM) {
		got_checksum(g, job);
	} else {
		got_mtime(g, job);
	}
}

static void get_free(struct flow *f)
{
	struct get *g = of(f);

	if (g->standard && f->engine)
		f->engine->pump = NULL;
	pump_close(&g->pump);
	target_free(&g->target);
	server_put(g->server);
	free(g->path);
	free(g->where);
	free(g->name);
	free(g);
}

static const struct flow_ops ops = { get_step, get_abandon, get_free };

static struct get *get_new(struct ftp_options *o, const char *path, const char *where,
			   const char *name)
{
	struct get *g = calloc(1, sizeof(*g));

	if (!g)
		abort();
	g->flow.ops = &ops;
	g->o = o;
	g->path = strdup(path);
	g->where = where ? strdup(where) : NULL;
	g->name = strdup(name);
	if (!g->path || !g->name || (where && !g->where))
		abort();
	g->root = -1;
	g->mtime = -1;
	g->target.fd = g->target.dir = -1;
	g->pump = (struct pump){ .job = -1, .own = -1, .fd = -1 };
	g->target.make_dirs = o->create_dirs;
	g->retry.left = o->retry;
	return g;
}

struct flow *get_flow(struct cli *c, struct ftp_options *o, const struct knetctl_url *url,
		      const char *where, int *status)
{
	struct get *g;

	*status = is_standard(where) ? STATUS_OK : target_check(c, where, url->name);
	if (*status)
		return NULL;
	g = get_new(o, url->path, where, url->name);
	g->standard = is_standard(where);
	*status = server_get(c, o, url, &g->server);
	if (!*status)
		return &g->flow;
	get_free(&g->flow);
	return NULL;
}

struct flow *get_flow_beneath(struct ftp_options *o, struct ftp_server *server,
			      const char *remote, int root, const char *path, int64_t mtime)
{
	struct get *g = get_new(o, remote, path, "");

	g->server = server_hold(server);
	g->flow.subject = g->where;
	g->root = root;
	g->mtime = mtime;
	return &g->flow;
}

/* ---------------------------------------------------------- no wait -- */

int get_detached(struct cli *c, struct ftp_options *o, const struct knetctl_url *url,
		 const char *where)
{
	struct knetctl_ftp args;
	struct flow *f;
	uint32_t id;
	int status, err;
	struct get *g;

	if (target_replaces(where, url->name, target_mode(o)))
		return fail_usage(c, "--no-wait: nobody would give the file its name; "
				  "not with --atomic, or --force on a file that exists");
	f = get_flow(c, o, url, where, &status);
	if (!f)
		return status;
	g = of(f);
	status = target_open(c, &g->target, where, url->name, target_mode(o));
	if (!status) {
		server_args(o, g->server, g->path, &args);
		args.fd = g->target.fd;
		args.offset = g->target.offset;
		args.flags |= get_flags(o) | KNETCTL_FTP_DETACHED | (args.offset ? KNETCTL_FTP_RESUME : 0);
		err = knetctl_ftp_start(c->handle, KNETCTL_KIND_FTP_GET, &args, &id);
		status = err < 0 ? fail_library(c, err, NULL) : print_id(c, id);
	}
	if (status)
		target_abandon(&g->target);
	flow_free(f);
	return status;
}
