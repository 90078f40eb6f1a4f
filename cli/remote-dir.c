// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
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
