// SPDX-License-Identifier: GPL-2.0-only
/*
 * Addresses with their port, IPv4 and IPv6.
 */
#include <net/ipv6.h>

#include "addr.h"

/**
 * knet_addr_len() - the size of the sockaddr
 * @addr: of family AF_INET or AF_INET6
 *
 * Return: bytes.
 */
int knet_addr_len(const struct knet_addr *addr)
{
	return addr->sa.sa_family == AF_INET6 ? sizeof(addr->in6) : sizeof(addr->in);
}

/**
 * knet_addr_port() - the port in host byte order
 * @addr: of family AF_INET or AF_INET6
 *
 * Return: the port.
 */
u16 knet_addr_port(const struct knet_addr *addr)
{
	return ntohs(addr->sa.sa_family == AF_INET6 ? addr->in6.sin6_port : addr->in.sin_port);
}

/**
 * knet_addr_set_port() - change the port
 * @addr: of family AF_INET or AF_INET6
 * @port: in host byte order
 */
void knet_addr_set_port(struct knet_addr *addr, u16 port)
{
	if (addr->sa.sa_family == AF_INET6)
		addr->in6.sin6_port = htons(port);
	else
		addr->in.sin_port = htons(port);
}

/**
 * knet_addr_unmap() - an IPv4 address in IPv6's clothes becomes one of IPv4
 * @addr: of any family
 */
void knet_addr_unmap(struct knet_addr *addr)
{
	__be16 port = addr->in6.sin6_port;
	__be32 v4;

	if (addr->sa.sa_family != AF_INET6 || !ipv6_addr_v4mapped(&addr->in6.sin6_addr))
		return;
	v4 = addr->in6.sin6_addr.s6_addr32[3];
	memset(addr, 0, sizeof(*addr));
	addr->in.sin_family = AF_INET;
	addr->in.sin_port = port;
	addr->in.sin_addr.s_addr = v4;
}

/**
 * knet_addr_bytes() - the address alone
 * @addr: of family AF_INET or AF_INET6
 * @len: set to 4 or 16
 *
 * Return: the bytes in network order, inside of @addr.
 */
const u8 *knet_addr_bytes(const struct knet_addr *addr, unsigned int *len)
{
	if (addr->sa.sa_family == AF_INET6) {
		*len = sizeof(addr->in6.sin6_addr);
		return addr->in6.sin6_addr.s6_addr;
	}
	*len = sizeof(addr->in.sin_addr);
	return (const u8 *)&addr->in.sin_addr;
}

/**
 * knet_addr_same_host() - compare addresses, not ports
 * @a: of any family
 * @b: of any family
 *
 * Return: true when both have the same family and address.
 */
bool knet_addr_same_host(const struct knet_addr *a, const struct knet_addr *b)
{
	unsigned int len_a, len_b;
	const u8 *bytes_a, *bytes_b;

	if (a->sa.sa_family != b->sa.sa_family)
		return false;
	if (a->sa.sa_family == AF_UNSPEC)
		return true;
	bytes_a = knet_addr_bytes(a, &len_a);
	bytes_b = knet_addr_bytes(b, &len_b);
	return len_a == len_b && !memcmp(bytes_a, bytes_b, len_a);
}

/**
 * knet_addr_equal() - compare address, port and scope
 * @a: of any family
 * @b: of any family
 *
 * Return: true when all are the same.
 */
bool knet_addr_equal(const struct knet_addr *a, const struct knet_addr *b)
{
	if (!knet_addr_same_host(a, b))
		return false;
	if (a->sa.sa_family == AF_UNSPEC)
		return true;
	if (a->sa.sa_family == AF_INET6 && a->in6.sin6_scope_id != b->in6.sin6_scope_id)
		return false;
	return knet_addr_port(a) == knet_addr_port(b);
}
