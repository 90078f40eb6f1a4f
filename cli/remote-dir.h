/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A listing as it comes from the kernel. */
#ifndef KNETCTL_CLI_REMOTE_DIR_H
#define KNETCTL_CLI_REMOTE_DIR_H

#include <sys/types.h>

#include "ftp.h"
#include "listing.h"

#define LISTING_MAX (64 << 20)	/* bytes that one may have */

/* A file in memory that a listing goes into; a descriptor or -errno. */
int listing_file(void);
/* All of it, with room for a NUL; to free. NULL with errno. */
char *listing_read(int fd, size_t *len);


/*
 * vsftpd and BusyBox list nothing of a directory that is not there, and call it a
 * success. So an empty LIST is proved by another one, of where a connection is that
 * was told to change to the directory.
 */
struct proof {
	const char *quotes[QUOTES_MAX];
	char command[QUOTE_MAX + 1];
};

/* Make a job that lists @pathname its proof; false when that cannot be said. */
bool proof_args(struct proof *proof, struct knetctl_ftp *args);
/* Does the job that proves it show that there is no such directory? */
bool proof_refused(const struct knetctl_job *job);

#endif
