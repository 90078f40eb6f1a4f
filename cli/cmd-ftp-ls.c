// SPDX-License-Identifier: GPL-2.0-or-later
/* knetctl ftp ls */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "ftp.h"
#include "out.h"
#include "remote-dir.h"

/* Is it that the server does not know the command? Then the next one may do. */
static bool unknown_command(const struct knetctl_job *job)
{
	return job->error_class == KNETCTL_CLASS_PERMANENT && job->ftp_code >= 500 &&
	       job->ftp_code <= 504;
}

/* Is nothing in it, or is it not there? A status. */
static int prove_empty(struct cli *c, const struct ftp_server *server, struct knetctl_ftp *args)
{
	struct knetctl_job job = { 0 };
	struct proof proof = { 0 };
	struct stat st;

	if (!*args->pathname || fstat(args->fd, &st) < 0 || st.st_size || !proof_args(&proof, args))
		return STATUS_OK;
	server_job(c, server, KNETCTL_KIND_FTP_LS, args, true, &job);
	if (c->interrupted)
		return STATUS_ENDED;
	return proof_refused(&job) ? fail_job(c, &job, server->host, NULL) : STATUS_OK;
}

/* The best listing that the server has, into @fd. A status. */
static int fetch(struct cli *c, const struct ftp_options *o, const struct ftp_server *server,
		 const char *path, int fd, uint32_t *kind)
{
	uint32_t last = o->raw ? KNETCTL_LISTING_LIST : KNETCTL_LISTING_NLST;
	struct knetctl_ftp args;
	struct knetctl_job job;
	int status;

	server_args(o, server, path, &args);
	args.fd = fd;
	if (!args.max_size)
		args.max_size = LISTING_MAX;
	for (*kind = o->raw ? KNETCTL_LISTING_LIST : KNETCTL_LISTING_MLSD;; ++*kind) {
		args.listing = *kind;
		memset(&job, 0, sizeof(job));
		status = server_job(c, server, KNETCTL_KIND_FTP_LS, &args, true, &job);
		if (!status && *kind != KNETCTL_LISTING_MLSD)
			return prove_empty(c, server, &args);
		if (!status || !job.id || job.state == KNETCTL_STATE_DONE)
			return status;
		if (*kind == last || !unknown_command(&job))
			return fail_job(c, &job, server->host, NULL);
		note(c, "the server does not know %s", knetctl_listing_name(*kind));
		if (ftruncate(fd, 0) < 0)
			return fail_errno(c, errno, "ftruncate");
	}
}

/* For a terminal without what moves its cursor; else as it came. */
static void print_raw(struct cli *c, char *text, size_t len)
{
	char *line, *end, *stop = text + len;

	if (c->json) {
		out_object(c);
		out_str(c, "text", NULL, text);
		out_object_end(c);
		return;
	}
	if (!isatty(STDOUT_FILENO)) {
		fwrite(text, 1, len, stdout);
		return;
	}
	for (line = text; line < stop; line = end + 1) {
		end = memchr(line, '\n', (size_t)(stop - line));
		if (!end)
			end = stop;
		*end = '\0';
		if (end > line && end[-1] == '\r')
			end[-1] = '\0';
		out_str(c, NULL, "", line);
		out_text(c, "\n");
	}
}

static void print_json(struct cli *c, const struct entry *e)
{
	char mode[8];

	out_object(c);
	out_str(c, "name", NULL, e->name);
	out_str(c, "type", NULL, entry_type_name(e->type));
	if (e->size_known)
		out_u64(c, "size", NULL, e->size);
	else
		out_null(c, "size");
	if (e->time_known && e->mtime >= 0)
		out_time(c, "mtime", (uint64_t)e->mtime * 1000000000);
	else
		out_null(c, "mtime");
	snprintf(mode, sizeof(mode), "%04o", (unsigned int)e->mode & 07777);
	out_str(c, "mode", NULL, e->mode < 0 ? NULL : mode);
	out_str(c, "perm", NULL, e->perm);
	out_str(c, "owner", NULL, e->owner);
	out_str(c, "group", NULL, e->group);
	out_str(c, "target", NULL, e->target);
	out_object_end(c);
}

static void mode_text(const struct entry *e, char *text)
{
	static const char letters[] = "rwxrwxrwx";
	static const char types[] = "?-dl?";
	int i;

	text[0] = types[e->type];
	for (i = 0; i < 9; i++)
		text[i + 1] = e->mode < 0 ? '?' : e->mode & 0400 >> i ? letters[i] : '-';
	text[10] = '\0';
}

static void print_text(struct cli *c, const struct entry *e)
{
	char mode[12], when[24] = "-", size[TEXT_SIZE] = "-";
	time_t seconds = (time_t)e->mtime;
	struct tm tm;

	mode_text(e, mode);
	if (e->size_known)
		snprintf(size, sizeof(size), "%llu", (unsigned long long)e->size);
	if (e->time_known && gmtime_r(&seconds, &tm))
		strftime(when, sizeof(when), e->precision > 60 ? "%Y-%m-%d" : "%Y-%m-%d %H:%M",
			 &tm);
	out_text(c, "%s %12s %-16s", mode, size, when);
	out_str(c, NULL, " ", e->name);
	if (e->target)
		out_str(c, NULL, " -> ", e->target);
	out_text(c, "\n");
}

static void print_parsed(struct cli *c, uint32_t kind, char *text, size_t len)
{
	struct listing l;
	size_t i;

	listing_parse(&l, kind, text, len, (int64_t)time(NULL));
	listing_sort(&l);
	out_list(c);
	for (i = 0; i < l.count; i++) {
		if (c->json) {
			print_json(c, &l.entry[i]);
		} else if (kind == KNETCTL_LISTING_NLST) {
			out_str(c, NULL, "", l.entry[i].name);
			out_text(c, "\n");
		} else {
			print_text(c, &l.entry[i]);
		}
	}
	out_list_end(c);
	if (l.skipped)
		hint(c, "%zu lines were not understood; --raw shows them", l.skipped);
	listing_free(&l);
}

static int list(struct cli *c, struct ftp_options *o, const struct knetctl_url *url)
{
	struct ftp_server *server = NULL;
	char *path = NULL, *text = NULL;
	uint32_t kind = 0;
	size_t len = 0;
	int status, fd;

	status = need_handle(c);
	if (!status)
		status = server_get(c, o, url, &server);
	if (status)
		return status;
	path = ftp_directory(url);
	fd = listing_file();
	status = fd < 0 ? fail_errno(c, -fd, "memfd_create") :
		 fetch(c, o, server, path, fd, &kind);
	if (!status) {
		text = listing_read(fd, &len);
		if (!text)
			status = fail_errno(c, errno, "the listing");
	}
	if (!status && o->raw)
		print_raw(c, text, len);
	else if (!status)
		print_parsed(c, kind, text, len);
	if (fd >= 0)
		close(fd);
	free(text);
	free(path);
	server_put(server);
	return status;
}

int run_ls(struct cli *c, int argc, char **argv)
{
	struct ftp_options o = { .args = KNETCTL_INIT(struct knetctl_ftp) };
	int n = args_parse(c, argc, argv, ftp_option, &o);
	struct knetctl_url url = { 0 };
	int status;

	if (n < 0)
		return args_status(n);
	if (n == 0)
		return fail_usage(c, "which URL?");
	if (n > 1)
		return fail_usage(c, "too much: '%s'", argv[2]);
	status = ftp_url(c, argv[1], FTP_URL_ANY, &url);
	if (!status)
		status = ftp_check_options(c, &o);
	if (!status)
		status = list(c, &o, &url);
	knetctl_url_free(&url);
	ftp_options_free(&o);
	return status;
}
