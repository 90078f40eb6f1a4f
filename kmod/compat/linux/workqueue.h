/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KNETCTL_COMPAT_LINUX_WORKQUEUE_H
#define _KNETCTL_COMPAT_LINUX_WORKQUEUE_H

#include_next <linux/workqueue.h>

/* From 6.17, and in stable kernels, said of what was not WQ_UNBOUND before. */
#ifndef KNET_HAVE_WQ_PERCPU
#define WQ_PERCPU 0
#endif

#endif
