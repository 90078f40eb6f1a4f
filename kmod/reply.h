/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Replies of an FTP server (RFC 959 section 4.2), parsed byte by byte, and the
 * values in their texts. No I/O, no allocation; also compiled in user space.
 */
#ifndef _KNETCTL_REPLY_H
#define _KNETCTL_REPLY_H

#include <linux/types.h>

/* The longest text of a reply that is looked at; the rest of a line is counted and dropped. */
#define KNET_FTP_TEXT_MAX	1024
/* Bounds of one reply: what exceeds them is a protocol error. */
#define KNET_FTP_REPLY_BYTES	65536
#define KNET_FTP_REPLY_LINES	1000

/**
 * enum knet_reply_status - what a byte made of a reply
 * @KNET_REPLY_MORE: not whole yet
 * @KNET_REPLY_DONE: whole; the next byte begins another one
 * @KNET_REPLY_BAD: not a reply, @problem tells why; nothing can follow
 */
enum knet_reply_status {
	KNET_REPLY_MORE,
	KNET_REPLY_DONE,
	KNET_REPLY_BAD,
};

/**
 * struct knet_reply - a reply while it is parsed and when it is whole
 * @code: 100 to 599; of the last line
 * @text_len: bytes in @text
 * @text: of the last line, behind the code; any bytes but NUL and LF
 * @problem: why it is bad
 * @lines: how many are whole
 * @bytes: how many were taken; 0 when the reply is whole
 * @first_code: of the first line of several
 * @column: in the line, counted up to 4
 * @separator: the byte behind the code
 * @free: the line does not begin with a code
 * @carriage_return: the last byte was one
 * @relaxed: any code and a blank end a multi-line reply
 */
struct knet_reply {
	u16 code;
	u16 text_len;
	char text[KNET_FTP_TEXT_MAX];
	const char *problem;
	u16 lines;
	/* Private to reply.c */
	u32 bytes;
	u16 first_code;
	u8 column;
	char separator;
	bool free;
	bool carriage_return;
	bool relaxed;
};

void knet_reply_init(struct knet_reply *reply, bool relaxed);
enum knet_reply_status knet_reply_byte(struct knet_reply *reply, char c);
size_t knet_reply_text(struct knet_reply *reply, const char *bytes, size_t len);
bool knet_reply_begun(const struct knet_reply *reply);
bool knet_reply_size(const struct knet_reply *reply, u64 *size);
bool knet_reply_epsv(const struct knet_reply *reply, u16 *port);
bool knet_reply_pasv(const struct knet_reply *reply, u16 *port);

#endif /* _KNETCTL_REPLY_H */
