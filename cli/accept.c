// SPDX-License-Identifier: GPL-2.0-or-later
/* knetctl listener accept: a connection for a command, or for this one */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "connection.h"
#include "listener.h"
#include "out.h"

/* Commands that run at once, with --loop. */
#define CHILDREN_MAX 256

enum { OPT_LOOP = 1 };

struct accepting {
	uint32_t id;
	bool loop;
	char **cmd;		/* NULL: copy */
	int children;
	int status;		/* of the last command */
};

static const struct opt opts[] = {
	{ OPT_LOOP, "loop", 0, NULL, "Go on with the next connection" },
	/* Taken off the line before the others are looked at. */
	{ 0x7f, "exec", 0, "CMD...", "Run CMD with the connection as standard input and output" },
	{ 0 }
};

const struct opt *const accept_tables[] = { opts, NULL };

static int take(struct cli *c, void *data, int id, const char *value)
{
	struct accepting *a = data;

	(void)c;
	(void)value;
	if (id == OPT_LOOP)
		a->loop = true;
	return STATUS_OK;
}

/* ------------------------------------------------------------- exec -- */

static void child(struct cli *c, const struct accepting *a, int fd)
{
	int err;

	signals_catch(false);
	signal(SIGPIPE, SIG_DFL);
	if (dup2(fd, STDIN_FILENO) >= 0 && dup2(fd, STDOUT_FILENO) >= 0)
		execvp(a->cmd[0], a->cmd);
	err = errno;
	fail_errno(c, err, "%s", a->cmd[0]);
	_exit(err == ENOENT ? 127 : 126);
}

static int exit_status(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Those that have ended; with @all, or when there are too many, wait for them. */
static void reap(struct accepting *a, bool all)
{
	int status;

	while (a->children) {
		bool wait = all || a->children >= CHILDREN_MAX;
		pid_t pid = waitpid(-1, &status, wait ? 0 : WNOHANG);

		if (pid < 0 && errno == EINTR && !signals_caught())
			continue;
		if (pid <= 0)
			return;
		a->children--;
		a->status = exit_status(status);
	}
}

static int run_child(struct cli *c, struct accepting *a, int fd)
{
	pid_t pid;

	out_flush(c);
	pid = fork();
	if (pid == 0)
		child(c, a, fd);
	close(fd);
	if (pid < 0)
		return fail_errno(c, errno, "fork");
	a->children++;
	reap(a, !a->loop);
	return a->loop ? STATUS_OK : a->status;
}

/* ------------------------------------------------------------- copy -- */

static bool write_all(int fd, const char *bytes, size_t len)
{
	ssize_t n;

	while (len) {
		n = write(fd, bytes, len);
		if (n < 0 && errno == EINTR && !signals_caught())
			continue;
		if (n <= 0)
			return false;
		bytes += n;
		len -= (size_t)n;
	}
	return true;
}

/* One read, and what came to the other side; false at the end. */
static bool copy_some(int from, int to)
{
	char bytes[65536];
	ssize_t n = read(from, bytes, sizeof(bytes));

	if (n < 0 && errno == EINTR)
		return !signals_caught();
	return n > 0 && write_all(to, bytes, (size_t)n);
}

/* As nc does: until the peer ends. */
static int copy(struct cli *c, int fd)
{
	struct pollfd fds[2] = {
		{ .fd = fd, .events = POLLIN },
		{ .fd = STDIN_FILENO, .events = POLLIN },
	};

	out_flush(c);
	while (!signals_caught()) {
		if (poll(fds, 2, -1) < 0)
			continue;
		if (fds[0].revents && !copy_some(fd, STDOUT_FILENO))
			break;
		if (fds[1].revents && !copy_some(STDIN_FILENO, fd)) {
			shutdown(fd, SHUT_WR);
			fds[1].fd = -1;
		}
	}
	close(fd);
	return STATUS_OK;
}

/* ------------------------------------------------------------- loop -- */

/* A signal may come before the library waits: look at times. */
static int accept_one(struct cli *c, const struct accepting *a)
{
	struct knetctl_connection conn;
	char remote[TEXT_SIZE];
	int fd;

	do {
		fd = signals_caught() ? -EINTR :
		     knetctl_listener_accept(c->handle, a->id, 1000, &conn);
	} while (fd == -ETIMEDOUT);
	if (fd >= 0)
		note(c, "connection %u from %s", conn.id, text_endpoint(remote, &conn.remote));
	return fd;
}

static int accept_loop(struct cli *c, struct accepting *a)
{
	int status, fd;

	do {
		reap(a, false);
		fd = accept_one(c, a);
		if (fd == -EINTR) {
			c->interrupted = true;
			return a->loop ? STATUS_OK : STATUS_ENDED;
		}
		if (fd < 0)
			return fail_library(c, fd, NULL);
		status = a->cmd ? run_child(c, a, fd) : copy(c, fd);
	} while (a->loop && !status);
	return status;
}

int run_accept(struct cli *c, int argc, char **argv)
{
	struct accepting a = { 0 };
	int n, i, status;

	for (i = 1; i < argc && !a.cmd; i++) {
		if (strcmp(argv[i], "--exec") != 0)
			continue;
		if (i + 1 == argc)
			return fail_usage(c, "option --exec needs CMD...");
		a.cmd = argv + i + 1;
		argc = i;
	}
	/* args_parse() ends the operands with NULL, which the name of the option gives way to. */
	n = args_parse(c, argc, argv, take, &a);
	if (n < 0)
		return args_status(n);
	if (n != 1)
		return fail_usage(c, n ? "one listener at a time" : "which listener?");
	status = arg_id(c, argv[1], &a.id);
	if (!status)
		status = need_handle(c);
	if (status)
		return status;
	signals_catch(true);
	status = accept_loop(c, &a);
	signals_catch(false);
	return status;
}
