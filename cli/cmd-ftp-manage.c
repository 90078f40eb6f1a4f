// SPDX-License-Identifier: GPL-2.0-or-later
/* knetctl ftp: rm, mkdir, mv */
#include <stdlib.h>
#include <string.h>

#include "ftp.h"
#include "out.h"

/* What the verb is for the server; a directory to remove ends with a slash. */
static uint32_t kind_of(const struct cli *c, const struct knetctl_url *url)
{
	size_t len = url->path ? strlen(url->path) : 0;

	if (!strcmp(c->verb->name, "mkdir"))
		return KNETCTL_KIND_FTP_MKDIR;
	if (!strcmp(c->verb->name, "mv"))
		return KNETCTL_KIND_FTP_MV;
	return len && url->path[len - 1] == '/' ? KNETCTL_KIND_FTP_RMDIR : KNETCTL_KIND_FTP_RM;
}

static int manage(struct cli *c, struct ftp_options *o, const struct knetctl_url *url,
		  const char *argument)
{
	struct ftp_server *server = NULL;
	struct knetctl_ftp args;
	struct knetctl_job job;
	char *path;
	int status;

	status = need_handle(c);
	if (!status)
		status = server_get(c, o, url, &server);
	if (status)
		return status;
	path = ftp_directory(url);
	server_args(o, server, path, &args);
	args.argument = argument;
	status = server_job(c, server, kind_of(c, url), &args, false, &job);
	if (!status) {
		out_object(c);
		job_members(c, &job);
		if (c->verbose)
			out_str(c, NULL, "", job.message);
		if (c->verbose)
			out_text(c, "\n");
		out_object_end(c);
	}
	free(path);
	server_put(server);
	return status;
}

int run_manage(struct cli *c, int argc, char **argv)
{
	struct ftp_options o = { .args = KNETCTL_INIT(struct knetctl_ftp) };
	int n = args_parse(c, argc, argv, ftp_option, &o);
	int wanted = strcmp(c->verb->name, "mv") ? 1 : 2, status;
	struct knetctl_url url = { 0 };

	if (n < 0)
		return args_status(n);
	if (n < wanted)
		return fail_usage(c, n ? "to which PATH?" : "which URL?");
	if (n > wanted)
		return fail_usage(c, "too much: '%s'", argv[wanted + 1]);
	status = ftp_url(c, argv[1], FTP_URL_ANY, &url);
	if (!status && (!url.path || !*url.path || !strcmp(url.path, "/")))
		status = fail_usage(c, "%s: the URL names nothing in the login directory",
				    argv[1]);
	if (!status && wanted == 2 && !*argv[2])
		status = fail_usage(c, "PATH is empty");
	if (!status)
		status = ftp_check_options(c, &o);
	if (!status)
		status = manage(c, &o, &url, wanted == 2 ? argv[2] : NULL);
	knetctl_url_free(&url);
	ftp_options_free(&o);
	return status;
}
