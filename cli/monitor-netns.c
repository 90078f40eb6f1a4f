// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * monitor --all-netns: a handle in each network namespace that there is.
 *
 * Sockets of one namespace could be told the events of others, but only those
 * that have an id there, and a loss could not be counted.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "monitor.h"

#define NSFS_MAGIC 0x6e736673

int source_open(struct cli *c, struct monitor *m, struct source *s)
{
	struct stat st;
	int err;

	err = knetctl_open(&s->handle);
	if (err == -ENOENT) {
		knetctl_close(s->handle);
		s->handle = NULL;
		return need_handle(c);	/* it says how to load the module */
	}
	if (!err && m->rcvbuf)
		err = knetctl_set_rcvbuf(s->handle, (int)m->rcvbuf);
	if (err >= 0)
		err = knetctl_subscribe(s->handle, m->groups);
	if (err < 0) {
		/* The text is the handle's. */
		drop_handle(c);
		c->handle = s->handle;
		s->handle = NULL;
		return fail_library(c, err, s->name);
	}
	if (!stat("/proc/thread-self/ns/net", &st))
		s->netns = st.st_ino;
	s->dump_due = m->dump;
	s->dumped = INT64_MIN;
	return STATUS_OK;
}

void source_close(struct source *s)
{
	knetctl_close(s->handle);
	free(s->seen);
	free(s->name);
	memset(s, 0, sizeof(*s));
}

static struct source *find(struct monitor *m, uint64_t netns)
{
	size_t i;

	for (i = 0; i < m->source_count; i++)
		if (m->source[i].netns == netns)
			return &m->source[i];
	return NULL;
}

static struct source *add(struct monitor *m)
{
	m->source = realloc(m->source, (m->source_count + 1) * sizeof(*m->source));
	if (!m->source)
		abort();
	memset(&m->source[m->source_count], 0, sizeof(*m->source));
	return &m->source[m->source_count++];
}

/* It may have gone meanwhile; but what we cannot see we do not call gone. */
static int no_look(struct cli *c, const char *path)
{
	switch (errno) {
	case EMFILE:
	case ENFILE:
	case ENOMEM:
		return fail_errno(c, errno, "%s", path);
	default:
		return STATUS_OK;
	}
}

/* A file that may be a network namespace; what it is called, or NULL. */
static int look_at(struct cli *c, struct monitor *m, const char *path, const char *name)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), status = STATUS_OK;
	struct source *s;
	struct statfs fs;
	struct stat st;
	char number[24];

	if (fd < 0)
		return no_look(c, path);
	if (fstatfs(fd, &fs) || fs.f_type != NSFS_MAGIC || fstat(fd, &st))
		goto end;
	s = find(m, st.st_ino);
	if (s) {
		s->present = true;
		goto end;
	}
	if (setns(fd, CLONE_NEWNET)) {
		status = errno == EINVAL ? STATUS_OK : fail_errno(c, errno, "%s", path);
		goto end;
	}
	s = add(m);
	s->present = true;
	snprintf(number, sizeof(number), "%llu", (unsigned long long)st.st_ino);
	s->name = text_escape(name ? name : number);
	status = source_open(c, m, s);
end:
	close(fd);
	return status;
}

static int look_at_names(struct cli *c, struct monitor *m)
{
	DIR *dir = opendir("/run/netns");
	int status = dir ? STATUS_OK : no_look(c, "/run/netns");
	struct dirent *entry;
	char path[512];

	while (!status && dir && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "/run/netns/%s", entry->d_name);
		status = look_at(c, m, path, entry->d_name);
	}
	if (dir)
		closedir(dir);
	return status;
}

static int look_at_processes(struct cli *c, struct monitor *m)
{
	DIR *dir = opendir("/proc");
	int status = dir ? STATUS_OK : no_look(c, "/proc");
	struct dirent *entry;
	char path[512];

	while (!status && dir && (entry = readdir(dir))) {
		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		snprintf(path, sizeof(path), "/proc/%s/ns/net", entry->d_name);
		status = look_at(c, m, path, NULL);
	}
	if (dir)
		closedir(dir);
	return status;
}

int look_for_netns(struct cli *c, struct monitor *m)
{
	int own = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC), status;
	size_t i;

	if (own < 0)
		return fail_errno(c, errno, "/proc/thread-self/ns/net");
	for (i = 0; i < m->source_count; i++)
		m->source[i].present = false;
	status = look_at_names(c, m);
	if (!status)
		status = look_at_processes(c, m);
	if (setns(own, CLONE_NEWNET) && !status)
		status = fail_errno(c, errno, "cannot come back to the network namespace");
	close(own);
	m->looked = now_ms();
	return status;
}
