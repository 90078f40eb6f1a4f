// SPDX-License-Identifier: GPL-2.0-or-later
/* One file sent: with its further tries, its directories, its name, checksum and time. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "ftp.h"

enum at { AT_SIZE, AT_DATA, AT_MKDIR, AT_CHECKSUM, AT_MV, AT_MTIME, AT_CLEAN };

struct put {
	struct flow flow;
	struct ftp_options *o;
	struct ftp_server *server;
	char *path;			/* remote, its name in the end */
	char *temp;			/* of --atomic, while it is sent; or NULL */
	char *shown;			/* local */
	int fd;
	bool standard;			/* standard input, without a file */
	struct pump pump;
	struct stat st;
	enum at at;
	struct retry retry;
	bool asked;			/* how much the remote file has */
	bool appe;			/* APPE instead of REST and STOR */
	bool dirs_made;
	bool stored;			/* there may be something at the server */
	uint64_t base;			/* with --append: what the remote file had before */
	bool base_known;
	uint64_t offset;		/* of this try in the local file */
	uint64_t first_offset;		/* of the first try */
	uint64_t bytes, duration_ns;	/* of earlier tries */
	size_t part;			/* end of the directory that is made now */
	char argument[32];
	struct verify verify;
	struct knetctl_job job;		/* the last transfer, with what all of them did */
	int result;			/* while the temporary file is removed */
};

static struct put *of(struct flow *f)
{
	return (struct put *)f;
}

/* ------------------------------------------------------------- ends -- */

static void print_done(struct put *p)
{
	char size[TEXT_SIZE], text[TEXT_SIZE] = "";

	if (p->job.kind != KNETCTL_KIND_FTP_PUT)
		snprintf(text, sizeof(text), "was there already, %.40s",
			 text_size(size, p->offset));
	print_transfer(&p->flow, p->o, p->shown, &p->job, &p->verify, text);
}

static void start(struct put *p, enum at at)
{
	static const uint32_t kinds[] = {
		[AT_SIZE] = KNETCTL_KIND_FTP_SIZE,
		[AT_DATA] = KNETCTL_KIND_FTP_PUT,
		[AT_MKDIR] = KNETCTL_KIND_FTP_MKDIR,
		[AT_CHECKSUM] = KNETCTL_KIND_FTP_CHECKSUM,
		[AT_MV] = KNETCTL_KIND_FTP_MV,
		[AT_MTIME] = KNETCTL_KIND_FTP_SET_MTIME,
		[AT_CLEAN] = KNETCTL_KIND_FTP_RM,
	};
	struct knetctl_ftp args;
	char *directory = NULL;
	int status;

	p->at = at;
	server_args(p->o, p->server, p->temp && at != AT_MTIME ? p->temp : p->path, &args);
	args.max_size = args.rate = 0;
	if (at == AT_DATA) {
		args.fd = p->standard ? p->pump.job : p->fd;
		args.rate = p->o->args.rate;
		args.offset = p->offset;
		if (p->appe)
			args.flags |= KNETCTL_FTP_APPEND;
	} else if (at == AT_MKDIR) {
		directory = strndup(p->path, p->part);
		if (!directory)
			abort();
		args.pathname = directory;
	} else if (at == AT_CHECKSUM) {
		args.checksum = p->verify.kind;
	} else if (at == AT_MV) {
		args.argument = p->path;
	} else if (at == AT_MTIME) {
		args.argument = p->argument;
	}
	status = flow_job(&p->flow, kinds[at], &args);
	free(directory);
	if (!status && at == AT_DATA && p->standard)
		pump_given(&p->pump);
	if (status)
		flow_end(&p->flow, status);
}

/* It failed, and that was said. What has a temporary name goes. */
static void give_up(struct put *p, int status)
{
	p->result = status;
	if (p->temp && p->stored && !p->flow.engine->stopping) {
		start(p, AT_CLEAN);
		return;
	}
	if (p->temp && p->stored)
		hint(p->flow.c, "what arrived may be left at the server as %s", p->temp);
	flow_end(&p->flow, status);
}

static void fail(struct put *p, const struct knetctl_job *job)
{
	char have[TEXT_SIZE], size[TEXT_SIZE];
	struct knetctl_job all = *job;
	int status = job_status(job);
	char *text = NULL;

	all.bytes += p->bytes;
	if (p->pump.err) {
		give_up(p, fail_errno(p->flow.c, p->pump.err, "standard input"));
		return;
	}
	if (job->kind == KNETCTL_KIND_FTP_PUT && all.bytes && !p->temp && !p->o->append &&
	    !p->standard) {
		text_size(have, p->offset + job->bytes);
		if (asprintf(&text, "at most the first %s of %s arrived; --resume sends the rest",
			     have, text_size(size, (uint64_t)p->st.st_size)) < 0)
			text = NULL;
	} else if (job->ftp_code == 332 || job->ftp_code == 532) {
		text = strdup("--account says which");
	} else if (job->kind == KNETCTL_KIND_FTP_PUT && job->ftp_code == 553 &&
		   !p->o->create_dirs) {
		text = strdup("--create-dirs makes directories that lack");
	}
	if (!flow_stopped(&p->flow))
		status = fail_job(p->flow.c, &all, p->server->host, text);
	free(text);
	give_up(p, status);
}

static void fail_because(struct put *p, int err, const char *reason)
{
	give_up(p, fail_text(p->flow.c, STATUS_FAILED, err, "%s: %s", p->shown, reason));
}

/* ------------------------------------------------------------- steps -- */

/* What comes after the data, in this order: checksum, name, time. */
static void go_on(struct put *p, enum at from)
{
	time_t seconds = p->st.st_mtime;
	struct tm tm;

	if (from < AT_CHECKSUM && p->o->verify) {
		p->verify.kind = KNETCTL_CHECKSUM_HASH;
		start(p, AT_CHECKSUM);
	} else if (from < AT_MV && p->temp) {
		start(p, AT_MV);
	} else if (from < AT_MTIME && p->o->remote_time && !p->server->no_mfmt &&
		   gmtime_r(&seconds, &tm)) {
		strftime(p->argument, sizeof(p->argument), "%Y%m%d%H%M%S", &tm);
		start(p, AT_MTIME);
	} else {
		print_done(p);
		flow_end(&p->flow, STATUS_OK);
	}
}

/* After a failure: what has the server? Nothing moved, then that is known. */
static void try_again(struct put *p, const struct knetctl_job *job, uint32_t ms)
{
	if (job->kind == KNETCTL_KIND_FTP_PUT) {
		p->bytes += job->bytes;
		p->duration_ns += job->duration_ns;
		if (job->bytes)
			p->asked = false;
	}
	flow_pause(&p->flow, ms);
}

static bool retried(struct put *p, const struct knetctl_job *job)
{
	uint32_t ms = 0;

	if (!p->flow.engine->stopping)
		ms = retry_after(p->flow.c, &p->retry, job, p->server->host);
	if (ms)
		try_again(p, job, ms);
	return ms;
}

/* The first question of --resume. */
static void place_resume(struct put *p, const struct knetctl_job *job)
{
	uint64_t have = (uint64_t)p->st.st_size;

	if (job->state == KNETCTL_STATE_DONE && job->size > have) {
		fail_because(p, EFBIG, "the remote file is larger, nothing was sent");
	} else if (job->state == KNETCTL_STATE_DONE && job->size == have) {
		p->offset = have;
		p->job = *job;
		go_on(p, AT_DATA);
	} else if (job->state == KNETCTL_STATE_DONE || job->ftp_code == 550) {
		/* 550: there is none, or STOR will say better what is wrong. */
		p->offset = p->first_offset = job->state == KNETCTL_STATE_DONE ? job->size : 0;
		start(p, AT_DATA);
	} else {
		fail(p, job);
	}
}

/* What arrived of the tries before. */
static void place_retry(struct put *p, const struct knetctl_job *job)
{
	uint64_t have = (uint64_t)p->st.st_size, there = job->size;

	if (job->state != KNETCTL_STATE_DONE) {
		/* All again is as good, but not behind what was appended. */
		if (p->o->append) {
			fail(p, job);
			return;
		}
		there = 0;
	}
	if (p->o->append) {
		if (!p->base_known || there < p->base || there - p->base > have) {
			fail_because(p, ESTALE, "how much was appended cannot be known");
			return;
		}
		there -= p->base;
	}
	p->offset = there <= have ? there : 0;
	start(p, AT_DATA);
}

static void got_size(struct put *p, const struct knetctl_job *job)
{
	if (job->state != KNETCTL_STATE_DONE && retried(p, job))
		return;
	p->asked = true;
	if (p->bytes) {
		place_retry(p, job);
	} else if (p->o->resume) {
		place_resume(p, job);
	} else {
		/* With --append, to know what is ours should it be cut. */
		p->base_known = job->state == KNETCTL_STATE_DONE || job->ftp_code == 550;
		p->base = job->state == KNETCTL_STATE_DONE ? job->size : 0;
		start(p, AT_DATA);
	}
}

/* The next directory of the path; all made: the file again. */
static void make_directory(struct put *p)
{
	const char *slash = strchr(p->path + p->part + 1, '/');

	/* Two slashes, or one in front, end no name. */
	while (slash && (slash == p->path || slash[-1] == '/'))
		slash = strchr(slash + 1, '/');
	if (!slash) {
		p->dirs_made = true;
		start(p, AT_DATA);
		return;
	}
	p->part = (size_t)(slash - p->path);
	start(p, AT_MKDIR);
}

/* REST or the pair of it and STOR is not known to the server. */
static bool rest_refused(const struct put *p, const struct knetctl_job *job)
{
	return p->offset && !p->appe && !job->bytes && job->ftp_code >= 500 &&
	       job->ftp_code <= 504;
}

static void got_data(struct put *p, const struct knetctl_job *job)
{
	p->stored |= job->state == KNETCTL_STATE_DONE || job->bytes;
	if (job->state == KNETCTL_STATE_DONE) {
		p->job = *job;
		p->job.bytes += p->bytes;
		p->job.duration_ns += p->duration_ns;
		go_on(p, AT_DATA);
	} else if (rest_refused(p, job)) {
		p->appe = true;
		start(p, AT_DATA);
	} else if (p->o->create_dirs && !p->dirs_made && !job->bytes &&
		   job->error_class == KNETCTL_CLASS_PERMANENT && job->ftp_code >= 550) {
		/* Whether MKD is refused does not matter: somebody may have been faster. */
		p->part = 0;
		make_directory(p);
	} else if (!retried(p, job)) {
		fail(p, job);
	}
}

static void got_checksum(struct put *p, const struct knetctl_job *job)
{
	enum checksum_result result = verify_answer(p->flow.c, &p->verify, job, p->fd);

	if (result == CHECKSUM_NEXT) {
		start(p, AT_CHECKSUM);
		return;
	}
	if (result == CHECKSUM_ERROR) {
		give_up(p, STATUS_FAILED);
		return;
	}
	if (result == CHECKSUM_NONE && !p->flow.engine->many && !p->flow.c->quiet)
		hint(p->flow.c, "%s: the server has no checksum to compare with", p->shown);
	go_on(p, AT_CHECKSUM);
}

static void got(struct put *p, const struct knetctl_job *job)
{
	switch (p->at) {
	case AT_SIZE:
		got_size(p, job);
		return;
	case AT_DATA:
		got_data(p, job);
		return;
	case AT_MKDIR:
		make_directory(p);
		return;
	case AT_CHECKSUM:
		got_checksum(p, job);
		return;
	case AT_MV:
		if (job->state != KNETCTL_STATE_DONE) {
			fail(p, job);
			return;
		}
		free(p->temp);
		p->temp = NULL;
		go_on(p, AT_MV);
		return;
	case AT_MTIME:
		if (job->state != KNETCTL_STATE_DONE)
			note(p->flow.c, "%s: the server does not take the time", p->shown);
		/* What it does not know now it will not know for the next file. */
		if (job->ftp_code >= 500 && job->ftp_code <= 504)
			p->server->no_mfmt = true;
		go_on(p, AT_MTIME);
		return;
	case AT_CLEAN:
		flow_end(&p->flow, p->result);
		return;
	}
}

static void begin(struct put *p)
{
	bool ask = p->o->resume || (p->o->append && p->retry.left) || p->bytes;

	if (p->flow.engine->bar.name != p->shown)
		progress_init(&p->flow.engine->bar, p->flow.c, p->shown,
			      p->flow.engine->bar_wanted);
	if (p->standard)
		p->flow.engine->pump = &p->pump;
	/* What was read from standard input cannot be read again: no try without them. */
	if (p->standard && p->o->create_dirs)
		make_directory(p);
	else
		start(p, ask && !p->asked ? AT_SIZE : AT_DATA);
}

static void cancelled(struct put *p, const struct knetctl_job *job)
{
	p->stored |= job->bytes > 0;
	fail(p, job);
}

static void put_step(struct flow *f, const struct knetctl_job *job)
{
	struct put *p = of(f);

	if (!job)
		begin(p);
	else if (job->state == KNETCTL_STATE_CANCELLED && p->at != AT_CLEAN)
		cancelled(p, job);
	else
		got(p, job);
}

static void put_abandon(struct flow *f, int status)
{
	if (status == STATUS_ENDED && !f->engine->many)
		fail_text(f->c, status, EINTR, "interrupted before the next try");
}

static void put_free(struct flow *f)
{
	struct put *p = of(f);

	if (p->standard && f->engine)
		f->engine->pump = NULL;
	pump_close(&p->pump);
	if (p->fd >= 0)
		close(p->fd);
	server_put(p->server);
	free(p->path);
	free(p->temp);
	free(p->shown);
	free(p);
}

static const struct flow_ops ops = { put_step, put_abandon, put_free };

/* ".NAME.XXXXXX" in the same directory. */
static char *temp_name(const char *path)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	const char *slash = strrchr(path, '/');
	unsigned char random[6] = { 0 };
	size_t i, dir = slash ? (size_t)(slash + 1 - path) : 0;
	char *temp;

	if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random) ||
	    asprintf(&temp, "%.*s.%.200s.XXXXXX", (int)dir, path, path + dir) < 0)
		abort();
	for (i = 0; i < sizeof(random); i++)
		temp[strlen(temp) - 6 + i] = letters[random[i] % (sizeof(letters) - 1)];
	return temp;
}

static struct put *put_new(struct ftp_options *o, const char *path, const char *shown)
{
	struct put *p = calloc(1, sizeof(*p));

	if (!p)
		abort();
	p->flow.ops = &ops;
	p->o = o;
	p->fd = -1;
	p->pump = (struct pump){ .job = -1, .own = -1, .fd = -1 };
	p->path = strdup(path);
	p->shown = strdup(shown);
	if (!p->path || !p->shown)
		abort();
	if (o->atomic)
		p->temp = temp_name(path);
	p->appe = o->append;
	p->retry.left = o->retry;
	return p;
}

static int open_source(struct cli *c, struct put *p)
{
	p->fd = open(p->shown, O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (p->fd < 0 || fstat(p->fd, &p->st) < 0)
		return fail_errno(c, errno, "%s", p->shown);
	if (S_ISDIR(p->st.st_mode))
		return fail_text(c, STATUS_FAILED, EISDIR, "%s is a directory", p->shown);
	if (!S_ISREG(p->st.st_mode))
		return fail_text(c, STATUS_FAILED, EINVAL, "%s is not a regular file", p->shown);
	return STATUS_OK;
}

static int open_standard(struct cli *c, struct put *p)
{
	int err = pump_open(&p->pump, c->handle, false);

	if (err)
		return fail_errno(c, -err, "standard input");
	free(p->shown);
	p->shown = strdup("standard input");
	if (!p->shown)
		abort();
	return STATUS_OK;
}

struct flow *put_flow(struct cli *c, struct ftp_options *o, const struct knetctl_url *url,
		      const char *file, int *status)
{
	struct put *p = put_new(o, url->path, file);

	p->standard = is_standard(file);
	*status = p->standard ? open_standard(c, p) : open_source(c, p);
	if (!*status)
		*status = server_get(c, o, url, &p->server);
	if (!*status)
		return &p->flow;
	put_free(&p->flow);
	return NULL;
}

struct flow *put_flow_fd(struct ftp_options *o, struct ftp_server *server, const char *remote,
			 int fd, const char *shown)
{
	struct put *p = put_new(o, remote, shown);

	p->flow.subject = p->shown;
	p->fd = fd;
	if (fstat(fd, &p->st) < 0)
		memset(&p->st, 0, sizeof(p->st));
	p->server = server_hold(server);
	return &p->flow;
}

/* ---------------------------------------------------------- no wait -- */

int put_detached(struct cli *c, struct ftp_options *o, const struct knetctl_url *url,
		 const char *file)
{
	struct knetctl_ftp args;
	struct flow *f;
	uint32_t id;
	int status, err;

	if (o->atomic || o->resume)
		return fail_usage(c, "--%s needs somebody who waits, not --no-wait",
				  o->atomic ? "atomic" : "resume");
	f = put_flow(c, o, url, file, &status);
	if (!f)
		return status;
	server_args(o, of(f)->server, of(f)->path, &args);
	args.fd = of(f)->fd;
	args.flags |= KNETCTL_FTP_DETACHED | (o->append ? KNETCTL_FTP_APPEND : 0);
	err = knetctl_ftp_start(c->handle, KNETCTL_KIND_FTP_PUT, &args, &id);
	status = err < 0 ? fail_library(c, err, NULL) : print_id(c, id);
	flow_free(f);
	return status;
}
