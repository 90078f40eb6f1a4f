// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * monitor --exec: a command for each event, some of them at once.
 *
 * When as many run as may, the monitor reads no more events: they wait in the
 * socket, and what finds no room there is counted as lost.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "monitor.h"

#define RUNNING_MAX 8

/* There is one set of children. */
static struct {
	int fd;
	unsigned int running;
	sigset_t before;
} exec = { .fd = -1 };

int exec_begin(struct cli *c)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &set, &exec.before))
		return fail_errno(c, errno, "sigprocmask");
	exec.fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (exec.fd < 0) {
		int err = errno;

		sigprocmask(SIG_SETMASK, &exec.before, NULL);
		return fail_errno(c, err, "signalfd");
	}
	exec.running = 0;
	return STATUS_OK;
}

int exec_fd(void)
{
	return exec.fd;
}

bool exec_full(void)
{
	return exec.running >= RUNNING_MAX;
}

void exec_reap(void)
{
	struct signalfd_siginfo info;

	while (read(exec.fd, &info, sizeof(info)) > 0)
		;
	while (exec.running && waitpid(-1, NULL, WNOHANG) > 0)
		exec.running--;
}

/* One that hangs must not keep the monitor from being ended. */
static void wait_for(struct cli *c, int signals, unsigned int running)
{
	struct pollfd fds[] = {
		{ .fd = exec.fd, .events = POLLIN }, { .fd = signals, .events = POLLIN },
	};

	while (exec.running > running && !c->interrupted) {
		(void)poll(fds, 2, -1);
		exec_reap();
		c->interrupted = signals_next(signals);
	}
}

void exec_wait_room(struct cli *c, int signals)
{
	wait_for(c, signals, RUNNING_MAX - 1);
}

void exec_wait_all(struct cli *c, int signals)
{
	wait_for(c, signals, 0);
}

/* Commands that still run are left to themselves. */
void exec_end(void)
{
	if (exec.fd < 0)
		return;
	close(exec.fd);
	exec.fd = -1;
	sigprocmask(SIG_SETMASK, &exec.before, NULL);
}

static void child(const char *command)
{
	sigset_t none;
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	if (null >= 0)
		dup2(null, STDIN_FILENO);
	execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	_exit(127);
}

int exec_run(struct cli *c, const struct monitor *m, const struct knetctl_event *event)
{
	char *json = event_json(c, event);
	pid_t pid;

	setenv("KNETCTL_EVENT", knetctl_event_name(event->type), 1);
	setenv("KNETCTL_JSON", json, 1);
	free(json);
	pid = fork();
	if (!pid)
		child(m->exec);
	if (pid < 0)
		return fail_errno(c, errno, "--exec");
	exec.running++;
	return STATUS_OK;
}
