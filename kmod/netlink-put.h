/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Attributes of fixed size into a message, for events: nla_put() and what it
 * calls take 100 instructions and more for each, these about 10. Whoever uses
 * them has asked knet_nl_room() before, once for all.
 */
#ifndef _KNETCTL_NETLINK_PUT_H
#define _KNETCTL_NETLINK_PUT_H

#include <linux/skbuff.h>
#include <net/netlink.h>

/* Bytes that the attributes take at most, with the padding of 64-bit ones. */
#define KNET_NL_U32	(NLA_HDRLEN + 4)
#define KNET_NL_U64	(2 * NLA_HDRLEN + 8)

/**
 * knet_nl_room() - is there room for attributes?
 * @skb: message
 * @bytes: that they take at most
 *
 * Return: true if so.
 */
static inline bool knet_nl_room(const struct sk_buff *skb, unsigned int bytes)
{
	return skb_tailroom(skb) >= (int)bytes;
}

/**
 * knet_nl_put_fixed() - write an attribute
 * @skb: message with room
 * @type: of the attribute
 * @data: copied
 * @len: of it; a constant costs least
 */
static __always_inline void knet_nl_put_fixed(struct sk_buff *skb, int type, const void *data,
					      unsigned int len)
{
	struct nlattr *attr = __skb_put(skb, NLA_HDRLEN + NLA_ALIGN(len));

	attr->nla_type = type;
	attr->nla_len = NLA_HDRLEN + len;
	memcpy(nla_data(attr), data, len);
	if (NLA_ALIGN(len) != len)
		memset(nla_data(attr) + len, 0, NLA_ALIGN(len) - len);
}

static __always_inline void knet_nl_put_u16(struct sk_buff *skb, int type, u16 value)
{
	knet_nl_put_fixed(skb, type, &value, sizeof(value));
}

static __always_inline void knet_nl_put_u32(struct sk_buff *skb, int type, u32 value)
{
	knet_nl_put_fixed(skb, type, &value, sizeof(value));
}

static __always_inline void knet_nl_put_u64(struct sk_buff *skb, int type, u64 value, int pad)
{
	nla_align_64bit(skb, pad);
	knet_nl_put_fixed(skb, type, &value, sizeof(value));
}

/**
 * knet_nl_put_text() - write a string with its NUL
 * @skb: message with room
 * @type: of the attribute
 * @text: terminated
 */
static inline void knet_nl_put_text(struct sk_buff *skb, int type, const char *text)
{
	knet_nl_put_fixed(skb, type, text, strlen(text) + 1);
}

/**
 * knet_nl_nest() - begin a nest
 * @skb: message with room
 * @type: of the nest
 *
 * Return: it, for nla_nest_end().
 */
static __always_inline struct nlattr *knet_nl_nest(struct sk_buff *skb, int type)
{
	struct nlattr *nest = (struct nlattr *)skb_tail_pointer(skb);

	knet_nl_put_fixed(skb, type | NLA_F_NESTED, NULL, 0);
	return nest;
}

#endif
