// SPDX-License-Identifier: GPL-2.0-or-later
/* knetctl ftp: get and put, and the table of the verbs */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ftp.h"

/* ------------------------------------------------------------ single -- */

struct single {
	struct flow *flow;	/* until it was begun */
	int status;
};

static struct flow *only(struct engine *e)
{
	struct single *single = e->data;
	struct flow *f = single->flow;

	single->flow = NULL;
	return f;
}

static void ended(struct engine *e, struct flow *f)
{
	struct single *single = e->data;

	single->status = f->status;
}

/* From here on signals are blocked, so that a file is not left behind by one. */
static int run_single(struct cli *c, const struct ftp_options *o, struct flow *f)
{
	struct single single = { .flow = f };
	struct engine e = {
		.c = c, .more = only, .ended = ended, .data = &single,
		.bar_wanted = !o->no_progress,
	};
	int status;

	e.signals = signals_block();
	if (e.signals < 0) {
		flow_free(f);
		return fail_errno(c, errno, "signalfd");
	}
	status = engine_run(&e);
	signals_restore(e.signals);
	if (single.flow)
		flow_free(single.flow);
	return status ? status : single.status;
}

/* ----------------------------------------------------- get and put -- */

bool is_standard(const char *file)
{
	return file && !strcmp(file, "-");
}

/* What needs a file that is still there afterwards; a name at the server is another thing. */
static int check_standard(struct cli *c, const struct ftp_options *o, bool put)
{
	const char *option = o->list ? "--list" : o->no_wait ? "--no-wait" :
			     o->resume ? "--resume" : o->retry ? "--retry" :
			     o->atomic && !put ? "--atomic" : o->force ? "--force" :
			     o->direct ? "--direct" : o->fsync ? "--fsync" : o->verify ? "--verify" :
			     o->remote_time ? "--remote-time" : NULL;

	if (option)
		return fail_usage(c, "%s is not for -, say FILE (./- for a file)", option);
	return STATUS_OK;
}

static int check_get(struct cli *c, const struct ftp_options *o, const struct knetctl_url *url,
		     const char *where)
{
	if (is_standard(where))
		return check_standard(c, o, false);
	if (o->no_wait && target_replaces(where, url->name, o->atomic ? TARGET_ATOMIC :
					  o->force ? TARGET_FORCE : TARGET_NEW))
		return fail_usage(c, "--no-wait: nobody would give the file its name; "
				  "not with --atomic, or --force on a file that exists");
	return target_check(c, where, url->name);
}

static int check_put(struct cli *c, const struct ftp_options *o, const char *file)
{
	if (is_standard(file))
		return check_standard(c, o, true);
	return *file ? STATUS_OK : fail_usage(c, "the name of the file is empty");
}

static int check(struct cli *c, const struct ftp_options *o, bool put,
		 const struct knetctl_url *url, const char *file)
{
	return put ? check_put(c, o, file) : check_get(c, o, url, file);
}

static struct flow *make_flow(struct cli *c, struct ftp_options *o, bool put,
			      const struct knetctl_url *url, const char *file, int *status)
{
	return put ? put_flow(c, o, url, file, status) : get_flow(c, o, url, file, status);
}

static int move(struct cli *c, struct ftp_options *o, bool put, char *text, const char *file)
{
	struct knetctl_url url = { 0 };
	struct flow *f = NULL;
	int status;

	status = ftp_url(c, text, FTP_URL_FILE, &url);
	if (!status)
		status = ftp_check_options(c, o);
	if (!status)
		status = check(c, o, put, &url, file);
	if (!status)
		status = need_handle(c);
	if (!status && !o->no_wait)
		f = make_flow(c, o, put, &url, file, &status);
	else if (!status)
		status = put ? put_detached(c, o, &url, file) : get_detached(c, o, &url, file);
	knetctl_url_free(&url);
	return f ? run_single(c, o, f) : status;
}

/* One line of a list. */
static struct flow *move_line(struct cli *c, struct ftp_options *o, bool put, char *text,
			      char *file, int *status)
{
	struct knetctl_url url = { 0 };
	struct flow *f = NULL;

	*status = ftp_url(c, text, FTP_URL_FILE, &url);
	if (!*status)
		*status = check(c, o, put, &url, file);
	if (!*status)
		f = make_flow(c, o, put, &url, file, status);
	knetctl_url_free(&url);
	return f;
}

static int check_words(struct cli *c, const struct ftp_options *o, bool put, int n, char **argv)
{
	if (o->list && n)
		return fail_usage(c, "--list has the %sURLs, not '%s'", put ? "files and " : "",
				  argv[1]);
	if (!o->list && n == 0)
		return fail_usage(c, put ? "which FILE, to which URL?" : "which URL?");
	if (!o->list && n == 1 && put)
		return fail_usage(c, "to which URL?");
	return n > 2 ? fail_usage(c, "too much: '%s'", argv[3]) : STATUS_OK;
}

static int run_move(struct cli *c, bool put, int argc, char **argv)
{
	struct ftp_options o = { .args = KNETCTL_INIT(struct knetctl_ftp) };
	int n = args_parse(c, argc, argv, ftp_option, &o);
	int status;

	if (n < 0)
		return args_status(n);
	status = check_words(c, &o, put, n, argv);
	if (!status && !o.list)
		status = move(c, &o, put, argv[put ? 2 : 1], argv[put ? 1 : 2]);
	else if (!status)
		status = ftp_check_options(c, &o);
	if (!status && o.list)
		status = run_list(c, &o, put, move_line);
	ftp_options_free(&o);
	return status;
}

static int run_get(struct cli *c, int argc, char **argv)
{
	return run_move(c, false, argc, argv);
}

static int run_put(struct cli *c, int argc, char **argv)
{
	return run_move(c, true, argc, argv);
}

/* ------------------------------------------------------------- table -- */

#define URL_NOTE \
	"URL is ftp://[USER[:PASSWORD]@]HOST[:PORT]/PATH; PATH is relative to the login\n" \
	"directory, and %2F in front makes it absolute."
#define TIME_NOTE "Times are in seconds and may have a fraction, 0 is no limit."

static const struct opt *const get_tables[] = {
	ftp_get_opts, ftp_session_opts, ftp_wait_opts, NULL
};
static const struct opt *const put_tables[] = {
	ftp_put_opts, ftp_session_opts, ftp_wait_opts, NULL
};
static const struct opt *const ls_tables[] = { ftp_ls_opts, ftp_session_opts, NULL };
static const struct opt *const session_tables[] = { ftp_session_opts, NULL };

static const struct verb verbs[] = {
	{ "get", "[OPTIONS] URL [FILE|DIR|-] | --list FILE", "Fetch a file, or many", get_tables,
	  URL_NOTE " A DIR, or no FILE, takes the last\n"
	  "part of PATH as name. " TIME_NOTE, run_get },
	{ "put", "[OPTIONS] FILE|- URL | --list FILE", "Send a file, or many", put_tables,
	  URL_NOTE " The remote file is\n"
	  "replaced. " TIME_NOTE, run_put },
	{ "ls", "[OPTIONS] URL", "List a directory", ls_tables,
	  URL_NOTE " Without PATH it is\n"
	  "the login directory itself. " TIME_NOTE, run_ls },
	{ "mirror", "[OPTIONS] URL DIR | -R [OPTIONS] DIR URL", "Make DIR, or URL, like the other",
	  mirror_tables, URL_NOTE "\n"
	  "Only what has another size or time is transferred. A pattern with a slash is of\n"
	  "the path beneath DIR, else of a name. " TIME_NOTE, run_mirror },
	{ "rm", "[OPTIONS] URL", "Delete a file, or a directory whose URL ends with /",
	  session_tables, URL_NOTE, run_manage },
	{ "mkdir", "[OPTIONS] URL", "Make a directory", session_tables, URL_NOTE, run_manage },
	{ "mv", "[OPTIONS] URL PATH", "Rename a file or directory to PATH", session_tables,
	  URL_NOTE, run_manage },
};

const struct noun noun_ftp = {
	"ftp", "Transfers of files from and to FTP servers", verbs, ARRAY_SIZE(verbs)
};
