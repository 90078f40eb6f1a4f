// SPDX-License-Identifier: GPL-2.0-or-later
/* Where a server is and who logs in there: looked up once, not for each file. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ftp.h"

#define KEEP 16		/* servers that a list may go back to */

static bool same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static struct ftp_server *find(const struct ftp_options *o, const struct knetctl_url *url)
{
	struct ftp_server *s;

	for (s = o->servers; s; s = s->next)
		if (s->port == url->port && same(s->host, url->host) &&
		    same(s->url_user, url->user) && same(s->url_password, url->password))
			return s;
	return NULL;
}

/* In front; the last one goes when there are too many. */
static void keep(struct ftp_options *o, struct ftp_server *server)
{
	struct ftp_server **p = &o->servers, *last;
	int n = 1;

	server->next = o->servers;
	o->servers = server;
	while (*p && n++ <= KEEP)
		p = &(*p)->next;
	last = *p;
	*p = NULL;
	server_put(last);
}

static int resolve(struct cli *c, const struct ftp_options *o, struct ftp_server *s)
{
	int family = o->args.source ? o->source.ss_family : c->family;
	const char *reason = NULL;
	char text[TEXT_SIZE];
	int n, i;

	n = knetctl_resolve(s->host, s->port, family, s->remote, REMOTES_MAX, &reason);
	if (n < 0)
		return fail_text(c, STATUS_FAILED, -n, "%s: %s", s->host,
				 reason ? reason : strerror(-n));
	for (i = 0; i < n; i++)
		note(c, "%s is %s", s->host, text_endpoint(text, &s->remote[i]));
	s->remote_count = (size_t)n;
	return STATUS_OK;
}

static char *copy(const char *text)
{
	char *result = text ? strdup(text) : NULL;

	if (text && !result)
		abort();
	return result;
}

int server_get(struct cli *c, struct ftp_options *o, const struct knetctl_url *url,
	       struct ftp_server **server)
{
	struct ftp_server *s = find(o, url);
	int status;

	*server = NULL;
	if (s) {
		*server = server_hold(s);
		return STATUS_OK;
	}
	s = calloc(1, sizeof(*s));
	if (!s)
		abort();
	s->refs = 1;
	s->host = copy(url->host);
	s->port = url->port;
	s->url_user = copy(url->user);
	s->url_password = copy(url->password);
	/* What the options say; the result is this server's own. */
	s->login = o->login;
	status = login_find(c, &s->login, url);
	if (!status)
		status = resolve(c, o, s);
	if (status) {
		server_put(s);
		return status;
	}
	keep(o, s);
	*server = server_hold(s);
	return STATUS_OK;
}

struct ftp_server *server_hold(struct ftp_server *server)
{
	server->refs++;
	return server;
}

void server_put(struct ftp_server *s)
{
	if (!s || --s->refs)
		return;
	login_free(&s->login);
	if (s->url_password)
		explicit_bzero(s->url_password, strlen(s->url_password));
	free(s->url_password);
	free(s->url_user);
	free(s->host);
	free(s);
}

void server_args(const struct ftp_options *o, const struct ftp_server *server,
		 const char *pathname, struct knetctl_ftp *args)
{
	*args = o->args;
	args->fd = -1;
	args->remote = server->remote;
	args->remote_count = server->remote_count;
	args->user = server->login.user;
	args->password = server->login.password;
	args->account = server->login.account;
	args->pathname = pathname;
}

int server_job(struct cli *c, const struct ftp_server *server, uint32_t kind,
	       const struct knetctl_ftp *args, bool quiet, struct knetctl_job *job)
{
	struct progress none = { 0 };
	int signals = signals_block();
	uint32_t id = 0;
	int status, err;

	if (signals < 0)
		return fail_errno(c, errno, "signalfd");
	err = knetctl_subscribe(c->handle, KNETCTL_GROUP_JOB);
	if (!err)
		err = knetctl_ftp_start(c->handle, kind, args, &id);
	if (err < 0)
		status = fail_library(c, err, NULL);
	else
		status = wait_for_job(c, id, signals, &none, job);
	signals_restore(signals);
	if (status || job->state == KNETCTL_STATE_DONE)
		return status;
	return quiet ? job_status(job) : fail_job(c, job, server->host, NULL);
}
