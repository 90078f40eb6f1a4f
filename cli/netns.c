// SPDX-License-Identifier: GPL-2.0-or-later
/* Into another network namespace, before anything else is done. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

static int netns_path(struct cli *c, const char *which, char **path)
{
	uint64_t pid;
	int status, n;

	if (!strncmp(which, "pid:", 4)) {
		status = arg_number(c, "--netns pid:", which + 4, 1, INT32_MAX, &pid);
		if (status)
			return status;
		n = asprintf(path, "/proc/%llu/ns/net", (unsigned long long)pid);
	} else if (strchr(which, '/')) {
		n = asprintf(path, "%s", which);
	} else if (!*which || !strcmp(which, ".") || !strcmp(which, "..")) {
		return fail_usage(c, "--netns: '%s' is no name", which);
	} else {
		n = asprintf(path, "/run/netns/%s", which);
	}
	if (n < 0)
		abort();
	return STATUS_OK;
}

int enter_netns(struct cli *c, const char *which)
{
	char *path;
	int status = netns_path(c, which, &path);
	int fd;

	if (status)
		return status;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		status = fail_errno(c, errno, "network namespace %s: %s", which, path);
	else if (setns(fd, CLONE_NEWNET) < 0)
		status = fail_errno(c, errno, "network namespace %s", which);
	if (fd >= 0)
		close(fd);
	free(path);
	return status;
}
