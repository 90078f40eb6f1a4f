// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "remote-dir.h"

int listing_file(void)
{
	int fd = memfd_create("listing", MFD_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

char *listing_read(int fd, size_t *len)
{
	struct stat st;
	ssize_t got;
	char *text;

	if (fstat(fd, &st) < 0)
		return NULL;
	text = malloc((size_t)st.st_size + 1);
	for (*len = 0; text && *len < (size_t)st.st_size; *len += (size_t)got) {
		got = pread(fd, text + *len, (size_t)st.st_size - *len, (off_t)*len);
		if (got > 0)
			continue;
		free(text);
		if (!got)
			errno = EIO;
		return NULL;
	}
	if (text)
		text[*len] = '\0';
	return text;
}

bool proof_args(struct proof *proof, struct knetctl_ftp *args)
{
	size_t i, n = args->quote_count;
	int len = snprintf(proof->command, sizeof(proof->command), "CWD %s", args->pathname);

	if (n == QUOTES_MAX || len < 0 || (size_t)len >= sizeof(proof->command))
		return false;
	/* The user's own come first: the path may be relative to where they lead. */
	for (i = 0; i < n; i++)
		proof->quotes[i] = args->quotes[i];
	proof->quotes[n] = proof->command;
	args->quotes = proof->quotes;
	args->quote_count = n + 1;
	args->pathname = "";
	return true;
}

bool proof_refused(const struct knetctl_job *job)
{
	/* Neither a connection more that is not let in nor a command that is not known proves it. */
	return job->state == KNETCTL_STATE_FAILED && job->errnum != EACCES &&
	       job->error_class == KNETCTL_CLASS_PERMANENT && job->ftp_code > 504;
}
