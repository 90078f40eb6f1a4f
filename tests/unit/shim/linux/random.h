/* SPDX-License-Identifier: GPL-2.0-only */
/* What kmod's pure files need of the kernel's headers, for user space. */
#ifndef _SHIM_LINUX_RANDOM_H
#define _SHIM_LINUX_RANDOM_H

#include <stddef.h>

/* Of the test: it knows what comes. */
void get_random_bytes(void *bytes, size_t len);

#endif
