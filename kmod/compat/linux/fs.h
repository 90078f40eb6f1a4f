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

#ifndef KNET_HAVE_KIOCB_START_WRITE
/* From 6.6, and in stable kernels: protection against freezing that the end of a write drops. */
static inline void kiocb_start_write(struct kiocb *iocb)
{
	struct inode *inode = file_inode(iocb->ki_filp);

	sb_start_write(inode->i_sb);
	__sb_writers_release(inode->i_sb, SB_FREEZE_WRITE);
}

static inline void kiocb_end_write(struct kiocb *iocb)
{
	struct inode *inode = file_inode(iocb->ki_filp);

	__sb_writers_acquired(inode->i_sb, SB_FREEZE_WRITE);
	sb_end_write(inode->i_sb);
}
#endif

/* Likewise of vfs_iocb_iter_write(); a write that is under way drops it at its end. */
static inline ssize_t knet_iocb_write(struct file *file, struct kiocb *iocb, struct iov_iter *iter)
{
#if KERNEL_VERSION(6, 8, 0) <= LINUX_VERSION_CODE
	return vfs_iocb_iter_write(file, iocb, iter);
#else
	ssize_t n;

	kiocb_start_write(iocb);
	n = vfs_iocb_iter_write(file, iocb, iter);
	if (n != -EIOCBQUEUED)
		kiocb_end_write(iocb);
	return n;
#endif
}

/* Before 6.0 the mapping tells whether a file can be written past the page cache. */
static inline bool knet_file_can_direct(struct file *file)
{
#ifdef FMODE_CAN_ODIRECT
	return file->f_mode & FMODE_CAN_ODIRECT;
#else
	return file->f_mapping->a_ops && file->f_mapping->a_ops->direct_IO;
#endif
}

/* As ftruncate(); the mount's mapping of ids has its own type from 6.3 on. */
static inline int knet_file_truncate(struct file *file, loff_t size)
{
	struct iattr attr = {
		.ia_valid = ATTR_SIZE | ATTR_FILE | ATTR_MTIME | ATTR_CTIME,
		.ia_size = size,
		.ia_file = file,
	};
	struct inode *inode = file_inode(file);
	int err;

	file_start_write(file);
	inode_lock(inode);
#ifdef KNET_HAVE_MNT_IDMAP
	err = notify_change(file_mnt_idmap(file), file->f_path.dentry, &attr, NULL);
#else
	err = notify_change(file_mnt_user_ns(file), file->f_path.dentry, &attr, NULL);
#endif
	inode_unlock(inode);
	file_end_write(file);
	return err;
}

#endif
