/* SPDX-License-Identifier: GPL-2.0-only */
/* What kmod's pure files need of the kernel's headers, for user space. */
#ifndef _SHIM_LINUX_SCHED_H
#define _SHIM_LINUX_SCHED_H

#define cond_resched()	do { } while (0)

#endif
