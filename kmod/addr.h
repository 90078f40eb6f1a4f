/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Addresses with their port, IPv4 and IPv6.
 */
#ifndef _KNETCTL_ADDR_H
#define _KNETCTL_ADDR_H

#include <linux/in.h>
#include <linux/in6.h>
#include <linux/types.h>

/**
 * struct knet_addr - an address and a port; family AF_UNSPEC for none
 */
struct knet_addr {
	union {
		struct sockaddr sa;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	};
};

int knet_addr_len(const struct knet_addr *addr);
u16 knet_addr_port(const struct knet_addr *addr);
void knet_addr_set_port(struct knet_addr *addr, u16 port);
void knet_addr_unmap(struct knet_addr *addr);
const u8 *knet_addr_bytes(const struct knet_addr *addr, unsigned int *len);
bool knet_addr_equal(const struct knet_addr *a, const struct knet_addr *b);
bool knet_addr_same_host(const struct knet_addr *a, const struct knet_addr *b);

#endif
