// SPDX-License-Identifier: GPL-2.0-only
/* FTP URLs and names of hosts: what is taken, what is refused, and why. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <errno.h>
#include <netinet/in.h>

#include <knetctl/knetctl.h>

struct good {
	const char *text;
	struct knetctl_url url;
};

#define URL(u, pw, h, pa, n, po, t) { \
	(char *)(u), (char *)(pw), (char *)(h), (char *)(pa), (char *)(n), po, t }

static const struct good good[] = {
	/* RFC 1738, section 3.2 */
	{ "ftp://foo:@host.com/", URL("foo", "", "host.com", "", "", 21, 0) },
	{ "ftp://@host.com/", URL("", NULL, "host.com", "", "", 21, 0) },
	{ "ftp://host.com/", URL(NULL, NULL, "host.com", "", "", 21, 0) },
	{ "ftp://myname@host.dom/%2Fetc/motd",
	  URL("myname", NULL, "host.dom", "/etc/motd", "motd", 21, 0) },
	{ "ftp://myname@host.dom/etc/motd",
	  URL("myname", NULL, "host.dom", "etc/motd", "motd", 21, 0) },
	{ "ftp://myname@host.dom//etc/motd",
	  URL("myname", NULL, "host.dom", "/etc/motd", "motd", 21, 0) },
	{ "ftp://a:b@host/foo.txt;type=a", URL("a", "b", "host", "foo.txt", "foo.txt", 21, 'a') },
	/* the root */
	{ "ftp://h/%2Fmotd", URL(NULL, NULL, "h", "/motd", "motd", 21, 0) },
	{ "ftp://h/%2f", URL(NULL, NULL, "h", "/", "", 21, 0) },
	{ "ftp://h/%2F%2Fmotd", URL(NULL, NULL, "h", "//motd", "/motd", 21, 0) },
	/* an encoded slash does not separate */
	{ "ftp://h/%2Fetc%2Fmotd", URL(NULL, NULL, "h", "/etc/motd", "etc/motd", 21, 0) },
	{ "ftp://h/a/b%2Fc", URL(NULL, NULL, "h", "a/b/c", "b/c", 21, 0) },
	{ "ftp://h/a%2Fb", URL(NULL, NULL, "h", "a/b", "a/b", 21, 0) },
	/* path */
	{ "ftp://h", URL(NULL, NULL, "h", NULL, "", 21, 0) },
	{ "ftp://h/a/b/", URL(NULL, NULL, "h", "a/b/", "", 21, 0) },
	{ "ftp://h/a//b", URL(NULL, NULL, "h", "a//b", "b", 21, 0) },
	{ "ftp://h/a/..", URL(NULL, NULL, "h", "a/..", "..", 21, 0) },
	{ "ftp://h/a%20b?c=d&e@f:g", URL(NULL, NULL, "h", "a b?c=d&e@f:g", "a b?c=d&e@f:g", 21, 0) },
	{ "ftp://h/%23%25", URL(NULL, NULL, "h", "#%", "#%", 21, 0) },
	{ "ftp://h/\xc3\xa4%C3%A4", URL(NULL, NULL, "h", "\xc3\xa4\xc3\xa4", "\xc3\xa4\xc3\xa4", 21, 0) },
	{ "ftp://h/%80%ff", URL(NULL, NULL, "h", "\x80\xff", "\x80\xff", 21, 0) },
	{ "ftp://h/~/x", URL(NULL, NULL, "h", "~/x", "x", 21, 0) },
	/* type */
	{ "ftp://h/x;type=i", URL(NULL, NULL, "h", "x", "x", 21, 'i') },
	{ "ftp://h/x;TYPE=D", URL(NULL, NULL, "h", "x", "x", 21, 'd') },
	{ "ftp://h/;type=i", URL(NULL, NULL, "h", "", "", 21, 'i') },
	{ "ftp://h;type=i", URL(NULL, NULL, "h", NULL, "", 21, 'i') },
	{ "ftp://h/x;type=a/y", URL(NULL, NULL, "h", "x;type=a/y", "y", 21, 0) },
	{ "ftp://h/x%3Btype=a", URL(NULL, NULL, "h", "x;type=a", "x;type=a", 21, 0) },
	{ "ftp://h/x;y", URL(NULL, NULL, "h", "x;y", "x;y", 21, 0) },
	/* user and password */
	{ "ftp://u%40d:p%3A%40%2Fw@h/x", URL("u@d", "p:@/w", "h", "x", "x", 21, 0) },
	{ "ftp://u@d:p@h/x", URL("u@d", "p", "h", "x", "x", 21, 0) },
	{ "ftp://u:p:q@h/x", URL("u", "p:q", "h", "x", "x", 21, 0) },
	{ "ftp://:p@h/x", URL("", "p", "h", "x", "x", 21, 0) },
	{ "ftp://h/x@y", URL(NULL, NULL, "h", "x@y", "x@y", 21, 0) },
	/* host and port */
	{ "FTP://H.Example/x", URL(NULL, NULL, "H.Example", "x", "x", 21, 0) },
	{ "ftp://127.0.0.1:2121/x", URL(NULL, NULL, "127.0.0.1", "x", "x", 2121, 0) },
	{ "ftp://h:65535/x", URL(NULL, NULL, "h", "x", "x", 65535, 0) },
	{ "ftp://h:00021/x", URL(NULL, NULL, "h", "x", "x", 21, 0) },
	{ "ftp://h:/x", URL(NULL, NULL, "h", "x", "x", 21, 0) },
	{ "ftp://%68%6f/x", URL(NULL, NULL, "ho", "x", "x", 21, 0) },
	{ "ftp://b\xc3\xbc" "cher.example/x", URL(NULL, NULL, "b\xc3\xbc" "cher.example", "x", "x", 21, 0) },
	{ "ftp://[::1]/x", URL(NULL, NULL, "::1", "x", "x", 21, 0) },
	{ "ftp://[::1]:2121/x", URL(NULL, NULL, "::1", "x", "x", 2121, 0) },
	{ "ftp://[::1]", URL(NULL, NULL, "::1", NULL, "", 21, 0) },
	{ "ftp://u:p@[2001:db8::1]:1/x", URL("u", "p", "2001:db8::1", "x", "x", 1, 0) },
	{ "ftp://[fe80::1%25eth0]/x", URL(NULL, NULL, "fe80::1%eth0", "x", "x", 21, 0) },
	{ "ftp://[fe80::1%25br%2Dlan]:21/x", URL(NULL, NULL, "fe80::1%br-lan", "x", "x", 21, 0) },
	{ "ftp://[::ffff:1.2.3.4]/x", URL(NULL, NULL, "::ffff:1.2.3.4", "x", "x", 21, 0) },
};

static void same_string(const char *what, const char *text, const char *is, const char *should)
{
	if ((!is && !should) || (is && should && !strcmp(is, should)))
		return;
	fail_msg("%s: %s is %s, not %s", text, what, is ? is : "absent",
		 should ? should : "absent");
}

static void test_good(void **state)
{
	struct knetctl_url url;
	const char *reason;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		const struct good *g = &good[i];

		if (knetctl_url_parse(g->text, &url, &reason))
			fail_msg("%s: %s", g->text, reason);
		assert_null(reason);
		same_string("user", g->text, url.user, g->url.user);
		same_string("password", g->text, url.password, g->url.password);
		same_string("host", g->text, url.host, g->url.host);
		same_string("path", g->text, url.path, g->url.path);
		same_string("name", g->text, url.name, g->url.name);
		if (url.port != g->url.port)
			fail_msg("%s: port is %u", g->text, url.port);
		if (url.type != g->url.type)
			fail_msg("%s: type is %c", g->text, url.type);
		knetctl_url_free(&url);
		assert_null(url.host);
	}
}

static const struct {
	const char *text;
	const char *reason;	/* a part of it */
} bad[] = {
	{ NULL, "ftp://" },
	{ "", "ftp://" },
	{ "ftp", "ftp://" },
	{ "ftp:/h/x", "ftp://" },
	{ "http://h/x", "ftp://" },
	{ "ftps://h/x", "ftp://" },
	{ " ftp://h/x", "ftp://" },
	{ "h/x", "ftp://" },
	{ "ftp://", "no host" },
	{ "ftp:///x", "no host" },
	{ "ftp://:21/x", "no host" },
	{ "ftp://u:p@/x", "no host" },
	{ "ftp://u@:21/x", "no host" },
	{ "ftp://h:0/x", "port is 0" },
	{ "ftp://h:000/x", "port is 0" },
	{ "ftp://h:65536/x", "65535" },
	{ "ftp://h:99999999999999999999999/x", "65535" },
	{ "ftp://h:-1/x", "number" },
	{ "ftp://h:+1/x", "number" },
	{ "ftp://h:2 1/x", "number" },
	{ "ftp://h:ftp/x", "number" },
	{ "ftp://h:1:2/x", "number" },
	{ "ftp://::1/x", "no host" },
	{ "ftp://[::1/x", "]" },
	{ "ftp://[]/x", "IPv6" },
	{ "ftp://[1.2.3.4]/x", "IPv6" },
	{ "ftp://[v1.x]/x", "IPv6" },
	{ "ftp://[::g]/x", "IPv6" },
	{ "ftp://[::1]x/x", "between" },
	{ "ftp://[::1]21/x", "between" },
	{ "ftp://[::1]:0/x", "port is 0" },
	{ "ftp://[fe80::1%eth0]/x", "%25" },
	{ "ftp://[fe80::1%25]/x", "zone" },
	{ "ftp://[fe80::1%25a%2Fb]/x", "zone" },
	{ "ftp://[fe80::1%25a%0a]/x", "control" },
	{ "ftp://[fe80::1%25a%4]/x", "hexadecimal" },
	{ "ftp://h st/x", "host name" },
	{ "ftp://h%20st/x", "host name" },
	{ "ftp://h%2Fst/x", "host name" },
	{ "ftp://h%00st/x", "control" },
	{ "ftp://h?x", "host name" },
	{ "ftp://h#x", "host name" },
	{ "ftp://h\\x/x", "host name" },
	{ "ftp://u@h/%", "hexadecimal" },
	{ "ftp://u@h/%4", "hexadecimal" },
	{ "ftp://u@h/%4g", "hexadecimal" },
	{ "ftp://u@h/%g4", "hexadecimal" },
	{ "ftp://u@h/%%", "hexadecimal" },
	{ "ftp://u@h/% 4", "hexadecimal" },
	{ "ftp://u%@h/x", "hexadecimal" },
	{ "ftp://u:%1@h/x", "hexadecimal" },
	{ "ftp://h%4/x", "hexadecimal" },
	{ "ftp://h/a%/b", "hexadecimal" },
	{ "ftp://h/a%2/Fb", "hexadecimal" },
	{ "ftp://h/a%00b", "control" },
	{ "ftp://h/a%0d%0aDELE%20x", "control" },
	{ "ftp://h/a%0D", "control" },
	{ "ftp://h/a\nb", "control" },
	{ "ftp://h/a\rb", "control" },
	{ "ftp://h/a\tb", "control" },
	{ "ftp://h/a%7fb", "control" },
	{ "ftp://h/a\x7f", "control" },
	{ "ftp://h/a\x1f/b", "control" },
	{ "ftp://h/a%09/b", "control" },
	{ "ftp://u%0a:p@h/x", "control" },
	{ "ftp://u\n:p@h/x", "control" },
	{ "ftp://u:p%0d@h/x", "control" },
	{ "ftp://u:p\r@h/x", "control" },
	{ "ftp://h\n/x", "control" },
	{ "ftp://h/x#y", "%23" },
	{ "ftp://h/x;type=", "type" },
	{ "ftp://h/x;type=x", "type" },
	{ "ftp://h/x;type=ii", "type" },
	{ "ftp://h/x;type=i;type=x", "type" },
	{ "ftp://h/x;type=i%0a", "type" },
};

static void test_bad(void **state)
{
	struct knetctl_url url;
	const char *reason;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (knetctl_url_parse(bad[i].text, &url, &reason) != -EINVAL)
			fail_msg("%s is taken", bad[i].text);
		if (!reason || !strstr(reason, bad[i].reason))
			fail_msg("%s: %s", bad[i].text, reason ? reason : "no reason");
		assert_null(url.user);
		assert_null(url.host);
		assert_null(url.path);
		assert_null(url.name);
		knetctl_url_free(&url);
	}
	assert_int_equal(knetctl_url_parse("x", &url, NULL), -EINVAL);
	assert_int_equal(knetctl_url_parse("ftp://h", NULL, &reason), -EINVAL);
	knetctl_url_free(NULL);
}

/* Every byte, raw and encoded, in every part: a control byte never gets through. */
static void test_bytes(void **state)
{
	static const char *const forms[][2] = {
		{ "ftp://", "@h/x" }, { "ftp://u:", "@h/x" }, { "ftp://h/", "" },
		{ "ftp://h/a/", "/b" },
	};
	char text[64], piece[8];
	struct knetctl_url url;
	size_t form;
	int c, err, encoded;

	(void)state;
	for (form = 0; form < sizeof(forms) / sizeof(forms[0]); form++)
		for (encoded = 0; encoded < 2; encoded++)
			for (c = !encoded; c < 256; c++) {
				if (encoded)
					snprintf(piece, sizeof(piece), "%%%02x", c);
				else
					snprintf(piece, sizeof(piece), "%c", c);
				snprintf(text, sizeof(text), "%s%s%s", forms[form][0], piece,
					 forms[form][1]);
				err = knetctl_url_parse(text, &url, NULL);
				if ((c < 0x20 || c == 0x7f) && err != -EINVAL)
					fail_msg("byte %d in form %zu", c, form);
				if (encoded && c >= 0x20 && c != 0x7f && err)
					fail_msg("encoded byte %d in form %zu", c, form);
				knetctl_url_free(&url);
			}
}

/* Whatever stands there: no crash, and strings end. The sanitizers look on. */
static void test_random(void **state)
{
	static const char pieces[] = "ftp://%25[]:@;type=i/a2F\x01\xff#?";
	struct knetctl_url url;
	char text[64];
	unsigned int seed = 1;
	int i, n, len;

	(void)state;
	for (i = 0; i < 200000; i++) {
		strcpy(text, "ftp://");
		len = rand_r(&seed) % 40;
		for (n = 0; n < len; n++)
			text[6 + n] = pieces[(size_t)rand_r(&seed) % (sizeof(pieces) - 1)];
		text[6 + len] = '\0';
		if (!knetctl_url_parse(text, &url, NULL)) {
			assert_non_null(url.host);
			assert_non_null(url.name);
			assert_true(url.port);
		}
		knetctl_url_free(&url);
	}
}

static void test_resolve(void **state)
{
	struct sockaddr_storage remote[4];
	struct sockaddr_in *in = (void *)&remote[0];
	struct sockaddr_in6 *in6 = (void *)&remote[0];
	const char *reason;

	(void)state;
	assert_int_equal(knetctl_resolve("127.0.0.1", 21, AF_UNSPEC, remote, 4, &reason), 1);
	assert_null(reason);
	assert_int_equal(in->sin_family, AF_INET);
	assert_int_equal(ntohs(in->sin_port), 21);
	assert_int_equal(ntohl(in->sin_addr.s_addr), INADDR_LOOPBACK);
	assert_int_equal(knetctl_resolve("::1", 2121, AF_UNSPEC, remote, 4, NULL), 1);
	assert_int_equal(in6->sin6_family, AF_INET6);
	assert_int_equal(ntohs(in6->sin6_port), 2121);
	assert_int_equal(knetctl_resolve("fe80::1%1", 21, AF_INET6, remote, 4, NULL), 1);
	assert_int_equal(in6->sin6_scope_id, 1);
	assert_true(knetctl_resolve("::1", 21, AF_INET, remote, 4, &reason) < 0);
	assert_non_null(reason);
	assert_int_equal(knetctl_resolve("", 21, AF_UNSPEC, remote, 4, &reason), -EINVAL);
	assert_int_equal(knetctl_resolve(NULL, 21, AF_UNSPEC, remote, 4, NULL), -EINVAL);
	assert_int_equal(knetctl_resolve("::1", 21, AF_UNSPEC, remote, 0, NULL), -EINVAL);
	assert_true(knetctl_resolve("fe80::1%no-such-if", 21, AF_UNSPEC, remote, 4, &reason) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_resolve),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
