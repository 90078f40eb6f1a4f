// SPDX-License-Identifier: GPL-2.0-only
/* The filter's table against a list that is searched from one end to the other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include <linux/err.h>
#include <linux/kernel.h>

#include <linux/random.h>

#include "filter-set.h"

#include <uapi/linux/knetctl.h>

int shim_alloc_fails;

static unsigned int seed = 1;

static unsigned int number(unsigned int below)
{
	return (unsigned int)(((uint64_t)(uint32_t)rand_r(&seed) * 65536 + (uint32_t)rand_r(&seed) % 65536) %
			      below);
}

void get_random_bytes(void *bytes, size_t len)
{
	uint8_t *p = bytes;

	while (len--)
		*p++ = (uint8_t)number(256);
}

static void release(struct knet_filter_rule *rule)
{
	free(rule);
}

/* What is dead is told by its extra, which is a number here. */
static bool alive(const struct knet_filter_rule *rule)
{
	return rule->extra != (void *)1;
}

static struct knet_filter_rule *make(const struct knet_filter_key *key)
{
	struct knet_filter_rule *rule = calloc(1, knet_filter_rule_size(key->part));

	assert_non_null(rule);
	knet_filter_rule_init(rule, key);
	return rule;
}

static struct knet_filter_key ipv4(uint32_t addr, unsigned int len)
{
	struct knet_filter_key key = {
		.part = KNET_FILTER_IPV4, .prefix_len = (u8)len, .port_max = UINT16_MAX,
		.addr = { htonl(addr) },
	};

	knet_filter_mask(key.addr, 4, len);
	return key;
}

static const struct knet_filter_key any = { .part = KNET_FILTER_ANY, .port_max = UINT16_MAX };

static int add(struct knet_filter_set *set, const struct knet_filter_key *key)
{
	struct knet_filter_rule *rule = make(key);
	int err = knet_filter_set_add(set, rule);

	if (err)
		free(rule);
	return err;
}

static struct knet_filter_rule *match4(struct knet_filter_set *set, uint32_t addr, int port)
{
	__be32 be = htonl(addr);

	return knet_filter_set_match(set, KNET_FILTER_IPV4, &be, port, alive);
}

static void test_empty(void **state)
{
	struct knet_filter_key key = ipv4(0x0a000000, 8);
	struct knet_filter_set set;

	(void)state;
	knet_filter_set_init(&set);
	assert_null(match4(&set, 0x0a000001, 80));
	assert_null(knet_filter_set_find(&set, &key));
	assert_null(knet_filter_set_after(&set, NULL));
	assert_null(knet_filter_set_after(&set, &key));
	knet_filter_set_clear(&set, release);
}

static void test_longest(void **state)
{
	struct knet_filter_key wide = ipv4(0x0a000000, 8), narrow = ipv4(0x0a010000, 16);
	struct knet_filter_key zero = ipv4(0, 0);
	struct knet_filter_set set;

	(void)state;
	knet_filter_set_init(&set);
	assert_int_equal(add(&set, &wide), 0);
	assert_int_equal(add(&set, &any), 0);
	assert_int_equal(add(&set, &wide), -EEXIST);
	narrow.exclude = true;
	assert_int_equal(add(&set, &narrow), 0);
	assert_true(match4(&set, 0x0a010203, 80)->exclude);
	assert_int_equal(match4(&set, 0x0a020203, 80)->prefix_len, 8);
	assert_int_equal(match4(&set, 0x0b020203, 80)->part, KNET_FILTER_ANY);
	assert_int_equal(add(&set, &zero), 0);
	assert_int_equal(match4(&set, 0x0b020203, 80)->part, KNET_FILTER_IPV4);
	knet_filter_set_clear(&set, release);
}

static void test_ports(void **state)
{
	struct knet_filter_key all = ipv4(0x0a000000, 8), web = all, range = all, no = all;
	struct knet_filter_set set;

	(void)state;
	web.port_min = 80;
	web.port_max = 80;
	range.port_min = 1;
	range.port_max = 1023;
	no.port_min = 80;
	no.port_max = 80;
	no.exclude = true;
	knet_filter_set_init(&set);
	assert_int_equal(add(&set, &range), 0);
	assert_int_equal(add(&set, &web), 0);
	assert_null(match4(&set, 0x0a000001, 1024));
	assert_int_equal(add(&set, &all), 0);
	assert_int_equal(match4(&set, 0x0a000001, 80)->port_min, 80);
	assert_int_equal(match4(&set, 0x0a000001, 81)->port_max, 1023);
	assert_int_equal(match4(&set, 0x0a000001, 1024)->port_max, UINT16_MAX);
	assert_int_equal(match4(&set, 0x0a000001, -1)->port_min, 80);
	assert_int_equal(add(&set, &no), 0);
	assert_true(match4(&set, 0x0a000001, 80)->exclude);
	knet_filter_set_clear(&set, release);
}

static void test_many_ports(void **state)
{
	struct knet_filter_key key = any;
	struct knet_filter_set set;
	unsigned int i;

	(void)state;
	knet_filter_set_init(&set);
	for (i = 1; i <= KNETCTL_PREFIX_RULES_MAX; i++) {
		key.port_min = (u16)i;
		key.port_max = (u16)i;
		assert_int_equal(add(&set, &key), 0);
	}
	key.port_min++;
	key.port_max++;
	assert_int_equal(add(&set, &key), -E2BIG);
	assert_int_equal(match4(&set, 1, 77)->port_min, 77);
	knet_filter_set_clear(&set, release);
}

static void test_no_memory(void **state)
{
	struct knet_filter_key key = ipv4(0x0a000000, 8);
	struct knet_filter_set set;
	unsigned int i;

	(void)state;
	knet_filter_set_init(&set);
	shim_alloc_fails = 1;
	assert_int_equal(knet_filter_set_add(&set, (struct knet_filter_rule *)
					     &(struct knet_filter_rule){ .part = 0 }), -ENOMEM);
	shim_alloc_fails = 0;
	assert_int_equal(add(&set, &key), 0);
	/* Too few buckets are slow, and not an error. */
	for (i = 0; i < 5000; i++) {
		struct knet_filter_rule *rule;

		key = ipv4(i << 8, 24);
		rule = make(&key);
		shim_alloc_fails = 1;
		assert_int_equal(knet_filter_set_add(&set, rule), 0);
		shim_alloc_fails = 0;
	}
	assert_int_equal(match4(&set, 77 << 8, 1)->prefix_len, 24);
	knet_filter_set_clear(&set, release);
}

/* ------------------------------------------------------ the naive model -- */

#define MODEL_MAX 4096

static struct model {
	struct knet_filter_key key;
	struct knet_filter_rule *rule;
} model[MODEL_MAX];
static unsigned int model_count;

static int model_find(const struct knet_filter_key *key)
{
	unsigned int i;

	for (i = 0; i < model_count; i++)
		if (!memcmp(&model[i].key, key, sizeof(*key)))
			return (int)i;
	return -1;
}

static bool fits(const struct knet_filter_key *key, unsigned int part, const __be32 *addr, int port)
{
	__be32 masked[4] = { 0 };

	if (port >= 0 && (port < key->port_min || port > key->port_max))
		return false;
	if (key->part == KNET_FILTER_ANY)
		return true;
	if (key->part != part)
		return false;
	memcpy(masked, addr, part == KNET_FILTER_IPV4 ? 4 : 16);
	knet_filter_mask(masked, 4, key->prefix_len);
	return !memcmp(masked, key->addr, sizeof(masked));
}

/* Does @a decide before @b? Both fit the same connection. */
static bool before(const struct knet_filter_key *a, const struct knet_filter_key *b)
{
	int wa = a->port_max - a->port_min, wb = b->port_max - b->port_min;

	if ((a->part == KNET_FILTER_ANY) != (b->part == KNET_FILTER_ANY))
		return b->part == KNET_FILTER_ANY;
	if (a->prefix_len != b->prefix_len)
		return a->prefix_len > b->prefix_len;
	if (wa != wb)
		return wa < wb;
	if (a->port_min != b->port_min)
		return a->port_min < b->port_min;
	return a->exclude && !b->exclude;
}

static struct knet_filter_rule *model_match(unsigned int part, const __be32 *addr, int port)
{
	struct model *best = NULL;
	unsigned int i;

	for (i = 0; i < model_count; i++)
		if (fits(&model[i].key, part, addr, port) && alive(model[i].rule) &&
		    (!best || before(&model[i].key, &best->key)))
			best = &model[i];
	return best ? best->rule : NULL;
}

/* Few bits that differ, so that prefixes hold each other. */
static void random_addr(unsigned int part, __be32 *addr)
{
	unsigned int i, n = part == KNET_FILTER_IPV4 ? 1 : 4;

	memset(addr, 0, 16);
	for (i = 0; i < n; i++)
		addr[i] = htonl(number(4) << 30 | number(2) << 21 | number(4) << 7 | number(4));
}

static void random_key(struct knet_filter_key *key)
{
	unsigned int a = number(8), b = number(8);

	memset(key, 0, sizeof(*key));
	key->part = (u8)(number(20) ? 1 + number(2) : KNET_FILTER_ANY);
	key->exclude = !number(4);
	key->port_max = UINT16_MAX;
	if (number(2)) {
		key->port_min = (u16)(a < b ? a : b);
		key->port_max = (u16)(a < b ? b : a);
	}
	if (key->part == KNET_FILTER_ANY)
		return;
	key->prefix_len = (u8)number(key->part == KNET_FILTER_IPV4 ? 33 : 129);
	random_addr(key->part, key->addr);
	knet_filter_mask(key->addr, 4, key->prefix_len);
}

static void model_remove(unsigned int i)
{
	free(model[i].rule);
	model[i] = model[--model_count];
}

static void change(struct knet_filter_set *set, unsigned int adds_in_8)
{
	struct knet_filter_rule *rule;
	struct knet_filter_key key;
	int at;

	random_key(&key);
	if (number(8) >= adds_in_8) {
		if (!model_count)
			return;
		at = (int)number(model_count);
		rule = knet_filter_set_find(set, &model[at].key);
		assert_ptr_equal(rule, model[at].rule);
		knet_filter_set_remove(set, rule);
		model_remove((unsigned int)at);
		return;
	}
	at = model_find(&key);
	rule = make(&key);
	if (!number(10))
		rule->extra = (void *)1;
	if (at < 0 && model_count < MODEL_MAX) {
		assert_null(knet_filter_set_find(set, &key));
		assert_int_equal(knet_filter_set_add(set, rule), 0);
		model[model_count].key = key;
		model[model_count++].rule = rule;
	} else if (at >= 0 && number(2)) {
		knet_filter_set_replace(set, model[at].rule, rule);
		free(model[at].rule);
		model[at].rule = rule;
	} else {
		if (at >= 0)
			assert_int_equal(knet_filter_set_add(set, rule), -EEXIST);
		free(rule);
	}
}

static void look(struct knet_filter_set *set)
{
	unsigned int part = 1 + number(2);
	int port = (int)number(10) - 1;
	__be32 addr[4];

	random_addr(part, addr);
	assert_ptr_equal(knet_filter_set_match(set, part, addr, port, alive),
			 model_match(part, addr, port));
}

/* Every rule once, by either way to walk. */
static void walk(struct knet_filter_set *set)
{
	struct knet_filter_rule *rule, *next;
	struct knet_filter_key key;
	unsigned int n = 0;

	rule = knet_filter_set_after(set, NULL);
	for (; rule; rule = next, n++) {
		knet_filter_rule_key(rule, &key);
		assert_true(model_find(&key) >= 0);
		next = knet_filter_set_next(set, rule);
		assert_ptr_equal(knet_filter_set_after(set, &key), next);
	}
	assert_int_equal(n, model_count);
}

static void test_random(void **state)
{
	struct knet_filter_set set;
	unsigned int round, i;

	(void)state;
	knet_filter_set_init(&set);
	/* It grows and shrinks several times. */
	for (round = 0; round < 12; round++) {
		for (i = 0; i < 3000; i++) {
			change(&set, round % 2 ? 1 : 6);
			look(&set);
		}
		walk(&set);
	}
	knet_filter_set_clear(&set, release);
	model_count = 0;
}

/* A walk in steps while rules come and go: who stays is met once. */
static void test_walk_meanwhile(void **state)
{
	struct knet_filter_key key, last;
	struct knet_filter_rule *rule;
	struct knet_filter_set set;
	unsigned int i, step, n = 0;
	bool begun = false;

	(void)state;
	knet_filter_set_init(&set);
	for (i = 0; i < 2000; i++) {
		key = ipv4(i << 8, 24);
		assert_int_equal(add(&set, &key), 0);
	}
	for (step = 0;; step++) {
		rule = knet_filter_set_after(&set, begun ? &last : NULL);
		if (!rule)
			break;
		knet_filter_rule_key(rule, &last);
		begun = true;
		n += last.prefix_len == 24;
		/* The one just met goes half the time, and others come. */
		if (last.prefix_len == 25 && step % 2) {
			knet_filter_set_remove(&set, rule);
			free(rule);
		}
		if (step < 20000) {
			key = ipv4(step << 7, 25);
			assert_int_equal(add(&set, &key), 0);
		}
	}
	assert_int_equal(n, 2000);
	knet_filter_set_clear(&set, release);
}

/* As large as it may become, within the memory that is promised. */
static void test_million(void **state)
{
	struct knet_filter_set set;
	struct knet_filter_key key;
	unsigned int i, found = 0;

	(void)state;
	knet_filter_set_init(&set);
	for (i = 0; i < 1000000; i++) {
		/* Odd times anything is a permutation. */
		key = ipv4(i * 2654435761u << 8, 24);
		assert_int_equal(add(&set, &key), 0);
	}
	assert_true(knet_filter_set_bytes(&set) < 64000000);
	for (i = 0; i < 1000000; i++)
		found += !!match4(&set, (i * 2654435761u << 8) + 9, 1);
	assert_int_equal(found, 1000000);
	knet_filter_set_clear(&set, release);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_longest),
		cmocka_unit_test(test_ports),
		cmocka_unit_test(test_many_ports),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_walk_meanwhile),
		cmocka_unit_test(test_million),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
