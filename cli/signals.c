// SPDX-License-Identifier: GPL-2.0-or-later
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "cli.h"

static const int ends[] = { SIGINT, SIGTERM, SIGHUP };
static sigset_t before;
static struct sigaction actions[ARRAY_SIZE(ends)];
static volatile sig_atomic_t caught;

/*
 * nohup(1) stays in force; a blocked signal would come even if it is ignored.
 * A script's shell has INT ignored in what it starts with "&": there a signal
 * sent on purpose counts for more.
 */
static bool stays_ignored(int number)
{
	struct sigaction action;

	return number == SIGHUP && sigaction(number, NULL, &action) == 0 &&
	       action.sa_handler == SIG_IGN;
}

int signals_block(void)
{
	sigset_t set;
	size_t i;

	sigemptyset(&set);
	for (i = 0; i < ARRAY_SIZE(ends); i++) {
		if (!stays_ignored(ends[i]))
			sigaddset(&set, ends[i]);
	}
	if (sigprocmask(SIG_BLOCK, &set, &before) < 0)
		return -1;
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

void signals_restore(int fd)
{
	if (fd >= 0)
		close(fd);
	sigprocmask(SIG_SETMASK, &before, NULL);
}

int signals_next(int fd)
{
	struct signalfd_siginfo info;

	if (read(fd, &info, sizeof(info)) != (ssize_t)sizeof(info))
		return 0;
	return (int)info.ssi_signo;
}

static void on_signal(int number)
{
	caught = number;
}

void signals_catch(bool on)
{
	struct sigaction action = { .sa_handler = on_signal };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ends); i++) {
		if (!on) {
			sigaction(ends[i], &actions[i], NULL);
			continue;
		}
		sigaction(ends[i], NULL, &actions[i]);
		if (!stays_ignored(ends[i]))
			sigaction(ends[i], &action, NULL);
	}
	if (on)
		caught = 0;
}

int signals_caught(void)
{
	return caught;
}
