// SPDX-License-Identifier: GPL-2.0-only
/*
 * The dialogue of the FTP machine, line by line, for whoever wants to see it. What is
 * secret is not shown: neither where it is sent nor where a server repeats it.
 */
#include <linux/string.h>

#include "ftp-private.h"

/* A secret that is shorter than this says nothing where it is found by chance. */
#define SECRET_MIN	4

static bool same_letter(char a, char b)
{
	return (a | 0x20) == (b | 0x20);
}

/* Is @word, in capitals, what stands at @text? The number of bytes, 0 if not. */
static size_t word_at(const char *text, size_t len, const char *word)
{
	size_t i;

	for (i = 0; word[i]; i++)
		if (i >= len || !same_letter(text[i], word[i]))
			return 0;
	return i;
}

/* How much of a command may be shown: all of it, or what stands before a secret. */
static size_t public_part(const char *text, size_t len)
{
	static const char *const words[] = { "PASS ", "ACCT ", "ADAT ", NULL };
	static const char *const site[] = { "PASS", "PSW", "PWD", NULL };
	size_t i, at, n;

	for (i = 0; words[i]; i++) {
		n = word_at(text, len, words[i]);
		if (n)
			return n;
	}
	at = word_at(text, len, "SITE ");
	if (!at)
		return len;
	/* SITE PSWD old new, SITE CHGPASSWD and whatever else they are called. */
	for (n = at; n < len && text[n] == ' '; n++)
		;
	for (; n < len && text[n] != ' '; n++)
		for (i = 0; site[i]; i++)
			if (word_at(text + n, len - n, site[i]))
				return at;
	return len;
}

static size_t secret_at(const char *text, size_t len, const char *secret)
{
	size_t n = secret ? strlen(secret) : 0;

	return n >= SECRET_MIN && n <= len && !memcmp(text, secret, n) ? n : 0;
}

static void tell(struct knet_ftp *ftp, bool sent, const char *text, size_t len)
{
	char line[KNETCTL_TEXT_MAX];
	size_t i = 0, n = 0, skip;

	while (i < len && n < sizeof(line)) {
		skip = secret_at(text + i, len - i, ftp->login->password);
		if (!skip)
			skip = secret_at(text + i, len - i, ftp->login->account);
		line[n++] = skip ? '*' : text[i];
		i += skip ? skip : 1;
	}
	ftp->trace(ftp->trace_data, sent, line, n);
}

/**
 * knet_ftp_trace_command() - a command was put out
 * @ftp: the machine
 * @text: as it is sent, without its end
 * @len: of it
 *
 * Context: Any; one caller at a time.
 */
void knet_ftp_trace_command(struct knet_ftp *ftp, const char *text, size_t len)
{
	char line[16];
	size_t n;

	if (!ftp->trace)
		return;
	n = public_part(text, len);
	if (n == len) {
		tell(ftp, true, text, len);
		return;
	}
	memcpy(line, text, n);
	memcpy(line + n, "***", 3);
	tell(ftp, true, line, n + 3);
}

/**
 * knet_ftp_trace_byte() - a byte came from the server
 * @ftp: the machine
 * @c: the byte
 *
 * Context: Any; one caller at a time.
 */
void knet_ftp_trace_byte(struct knet_ftp *ftp, char c)
{
	if (!ftp->trace)
		return;
	if (c != '\n') {
		/* What is left out is not shown either; what is hidden may begin before. */
		if (ftp->line_len < sizeof(ftp->line))
			ftp->line[ftp->line_len++] = c;
		return;
	}
	if (ftp->line_len && ftp->line[ftp->line_len - 1] == '\r')
		ftp->line_len--;
	tell(ftp, false, ftp->line, ftp->line_len);
	ftp->line_len = 0;
}

/**
 * knet_ftp_trace_to() - who is told of the dialogue
 * @ftp: the machine
 * @trace: is called with each line; NULL for nobody
 * @data: for it
 *
 * Context: Any; one caller at a time.
 */
void knet_ftp_trace_to(struct knet_ftp *ftp, knet_ftp_trace_fn trace, void *data)
{
	ftp->trace = trace;
	ftp->trace_data = data;
	ftp->line_len = 0;
}
