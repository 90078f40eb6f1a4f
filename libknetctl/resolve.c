// SPDX-License-Identifier: LGPL-2.1-or-later
/* The addresses of a name. */
#define _GNU_SOURCE
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "private.h"

static int error_of(int gai)
{
	switch (gai) {
	case EAI_NONAME:
	case EAI_NODATA:
	case EAI_ADDRFAMILY:
		return -ENOENT;
	case EAI_AGAIN:
		return -EAGAIN;
	case EAI_MEMORY:
		return -ENOMEM;
	case EAI_SYSTEM:
		return errno ? -errno : -EIO;
	case EAI_FAMILY:
		return -EAFNOSUPPORT;
	default:
		return -EIO;
	}
}

static bool same(const struct sockaddr_storage *a, const struct sockaddr *b)
{
	const struct sockaddr_in *a4 = (const void *)a, *b4 = (const void *)b;
	const struct sockaddr_in6 *a6 = (const void *)a, *b6 = (const void *)b;

	if (a->ss_family != b->sa_family)
		return false;
	if (a->ss_family == AF_INET)
		return a4->sin_addr.s_addr == b4->sin_addr.s_addr;
	return a6->sin6_scope_id == b6->sin6_scope_id &&
	       !memcmp(&a6->sin6_addr, &b6->sin6_addr, sizeof(a6->sin6_addr));
}

static int take(const struct addrinfo *list, struct sockaddr_storage *remote, size_t count)
{
	const struct addrinfo *ai;
	size_t n = 0, i;

	for (ai = list; ai && n < count; ai = ai->ai_next) {
		if (ai->ai_family != AF_INET && ai->ai_family != AF_INET6)
			continue;
		for (i = 0; i < n && !same(&remote[i], ai->ai_addr); i++)
			;
		if (i < n)
			continue;
		memset(&remote[n], 0, sizeof(remote[n]));
		memcpy(&remote[n++], ai->ai_addr, ai->ai_addrlen);
	}
	return (int)n;
}

/*
 * A literal needs no name server and no address of its family here. For a name,
 * addresses of a family that this host has none of come only when there are no
 * others.
 */
static int lookup(const char *host, const char *port, int family, struct addrinfo **list)
{
	static const int flags[] = { AI_NUMERICHOST, AI_ADDRCONFIG | AI_IDN, AI_IDN };
	struct addrinfo hints = { .ai_family = family, .ai_socktype = SOCK_STREAM };
	int gai = EAI_NONAME;
	size_t i;

	for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		hints.ai_flags = flags[i] | AI_NUMERICSERV;
		errno = 0;
		gai = getaddrinfo(host, port, &hints, list);
		if (gai != EAI_NONAME && gai != EAI_NODATA && gai != EAI_ADDRFAMILY)
			break;
	}
	return gai;
}

KN_EXPORT int knetctl_resolve(const char *host, uint16_t port, int family,
			      struct sockaddr_storage *remote, size_t count,
			      const char **reason)
{
	struct addrinfo *list = NULL;
	char service[8];
	int gai, n;

	if (reason)
		*reason = NULL;
	if (!host || !*host || !remote || !count) {
		if (reason)
			*reason = "no host";
		return -EINVAL;
	}
	snprintf(service, sizeof(service), "%u", port);
	gai = lookup(host, service, family, &list);
	if (gai) {
		n = error_of(gai);
		if (reason)
			*reason = gai == EAI_SYSTEM ? strerrordesc_np(-n) : gai_strerror(gai);
		return n;
	}
	n = take(list, remote, count);
	freeaddrinfo(list);
	if (!n && reason)
		*reason = "no IPv4 or IPv6 address";
	return n ? n : -ENOENT;
}
