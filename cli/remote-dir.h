/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A listing as it comes from the kernel. */
#ifndef KNETCTL_CLI_REMOTE_DIR_H
#define KNETCTL_CLI_REMOTE_DIR_H

#include <sys/types.h>

#include "listing.h"

#define LISTING_MAX (64 << 20)	/* bytes that one may have */

/* A file in memory that a listing goes into; a descriptor or -errno. */
int listing_file(void);
/* All of it, with room for a NUL; to free. NULL with errno. */
char *listing_read(int fd, size_t *len);

#endif
