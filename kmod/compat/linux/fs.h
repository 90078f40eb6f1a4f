/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KNETCTL_COMPAT_LINUX_FS_H
#define _KNETCTL_COMPAT_LINUX_FS_H

#include_next <linux/fs.h>

#include <linux/uio.h>
#include <linux/version.h>

#ifndef ITER_SOURCE
#define ITER_SOURCE	WRITE
#define ITER_DEST	READ
#endif

/*
 * vfs_iter_write() takes the freeze protection itself from 6.8 on; taken twice
 * it can deadlock against a freeze.
 */
static inline ssize_t knet_iter_write(struct file *file, struct iov_iter *iter, loff_t *pos)
{
#if KERNEL_VERSION(6, 8, 0) <= LINUX_VERSION_CODE
	return vfs_iter_write(file, iter, pos, 0);
#else
	ssize_t n;

	file_start_write(file);
	n = vfs_iter_write(file, iter, pos, 0);
	file_end_write(file);
	return n;
#endif
}

#endif
