/* SPDX-License-Identifier: GPL-2.0-only */
/* What kmod's pure files need of the kernel's headers, for user space. */
#ifndef _SHIM_LINUX_MM_H
#define _SHIM_LINUX_MM_H

#include <stdlib.h>

#define GFP_KERNEL_ACCOUNT	0
#define __GFP_NOWARN		0
#define struct_size(p, member, n) \
	(sizeof(*(p)) + sizeof((p)->member[0]) * (size_t)(n))

/* Tests let it fail. */
extern int shim_alloc_fails;

static inline void *kvzalloc(size_t size, int flags)
{
	return shim_alloc_fails ? NULL : calloc(1, size + 0 * flags);
}

#define kvfree(p)		free(p)

#endif
