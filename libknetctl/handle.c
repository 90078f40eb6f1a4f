// SPDX-License-Identifier: LGPL-2.1-or-later
/* The handle: open, close, the text of the last failure. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "private.h"

/* An option the kernel lacks makes errors poorer, not wrong: no failure. */
static void option_on(int fd, int option)
{
	int on = 1;

	(void)setsockopt(fd, SOL_NETLINK, option, &on, sizeof(on));
}

static uint64_t netns_inode(void)
{
	struct stat st;

	if (stat("/proc/thread-self/ns/net", &st))
		return 0;
	return st.st_ino;
}

static int open_command(struct knetctl *h)
{
	struct sockaddr_nl local = { .nl_family = AF_NETLINK };
	int fd;

	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	if (fd < 0)
		return kn_fail(h, errno, "cannot open a netlink socket");
	h->cmd_fd = fd;
	if (bind(fd, (struct sockaddr *)&local, sizeof(local)))
		return kn_fail(h, errno, "cannot bind a netlink socket");
	option_on(fd, NETLINK_EXT_ACK);
	option_on(fd, NETLINK_CAP_ACK);
	return 0;
}

/*
 * Whether we are who opened the handle is asked for every event: what a fork
 * empties is looked at faster than a system call answers. Without it, that is
 * what there is.
 */
static void mark_ours(struct knetctl *h)
{
	size_t size = (size_t)sysconf(_SC_PAGESIZE);
	char *page = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	h->pid = getpid();
	if (page == MAP_FAILED)
		return;
	if (madvise(page, size, MADV_WIPEONFORK)) {
		munmap(page, size);
		return;
	}
	*page = 1;
	h->ours = page;
}

static bool is_ours(const struct knetctl *h)
{
	return h->ours ? *h->ours : h->pid == getpid();
}

KN_EXPORT int knetctl_open(struct knetctl **handle)
{
	struct knetctl *h;
	int err;

	if (!handle)
		return -EINVAL;
	*handle = NULL;
	h = calloc(1, sizeof(*h));
	if (!h)
		return -ENOMEM;
	h->cmd_fd = -1;
	h->event_fd = -1;
	h->reply = malloc(KN_REPLY_MAX);
	if (!h->reply) {
		free(h);
		return -ENOMEM;
	}
	mark_ours(h);
	*handle = h;
	err = open_command(h);
	if (!err)
		err = kn_family_resolve(h);
	h->open_error = -err;
	kn_stream_init(&h->stream, h->family, netns_inode());
	return err;
}

KN_EXPORT void knetctl_close(struct knetctl *h)
{
	if (!h)
		return;
	kn_stream_clear(&h->stream);
	if (h->event_fd >= 0)
		close(h->event_fd);
	if (h->cmd_fd >= 0)
		close(h->cmd_fd);
	if (h->ours)
		munmap(h->ours, (size_t)sysconf(_SC_PAGESIZE));
	free(h->reply);
	free(h);
}

/* Every call on a handle begins here. A failed open keeps its text. */
int kn_check(struct knetctl *h)
{
	if (!h)
		return -EINVAL;
	if (h->open_error)
		return -h->open_error;
	if (!is_ours(h))
		return kn_fail_text(h, ECHILD, "a handle cannot be used after fork");
	return 0;
}

/* Keep the text of a failure. Returns -@err, and @format may be NULL. */
int kn_fail(struct knetctl *h, int err, const char *format, ...)
{
	const char *what = strerrordesc_np(err);
	va_list args;
	int n;

	h->attribute[0] = '\0';
	n = snprintf(h->error, sizeof(h->error), "%s%s", what ? what : "Unknown error",
		     format ? ": " : "");
	if (format) {
		va_start(args, format);
		vsnprintf(h->error + n, sizeof(h->error) - (size_t)n, format, args);
		va_end(args);
	}
	return -err;
}

/* The same, where the errno's own text would mislead. */
int kn_fail_text(struct knetctl *h, int err, const char *text)
{
	h->attribute[0] = '\0';
	snprintf(h->error, sizeof(h->error), "%s", text);
	return -err;
}

int kn_gone(struct knetctl *h)
{
	return kn_fail_text(h, ESHUTDOWN, "the knetctl module was removed");
}

uint64_t kn_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

KN_EXPORT const char *knetctl_error(const struct knetctl *h)
{
	return h ? h->error : strerrordesc_np(ENOMEM);
}

KN_EXPORT const char *knetctl_error_attribute(const struct knetctl *h)
{
	return h && h->attribute[0] ? h->attribute : NULL;
}

KN_EXPORT const char *knetctl_version(void)
{
	return KN_VERSION;
}
