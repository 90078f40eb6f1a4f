/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_LINUX_STRING_H
#define _SHIM_LINUX_STRING_H

#include <string.h>

static inline void memzero_explicit(void *bytes, size_t len)
{
	memset(bytes, 0, len);
	__asm__ __volatile__("" : : "r"(bytes) : "memory");
}

#endif
