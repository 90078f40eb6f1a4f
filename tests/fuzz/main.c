// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs a fuzzer without libFuzzer: all files of a corpus, then inputs made of
 * them by chance. The same seed makes the same inputs. An input that fails is
 * left in the file fuzz-failure.
 *
 * usage: fuzz-NAME CORPUS [RUNS [SEED [SECONDS]]]
 *	  fuzz-NAME FILE		runs one input
 */
#include <dirent.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <fcntl.h>

#include "fuzz.h"

#define INPUT_MAX	8192
#define CORPUS_MAX	4096

struct input {
	uint8_t bytes[INPUT_MAX];
	size_t len;
};

static struct input *corpus[CORPUS_MAX];
static size_t corpus_len;
static struct input current;
static uint64_t state;

static uint64_t chance(uint64_t below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state % below;
}

/* The sanitizers' reports end in abort() as well. */
static void save_failure(int sig)
{
	int fd = open("fuzz-failure", O_CREAT | O_TRUNC | O_WRONLY, 0644);

	if (fd >= 0 && write(fd, current.bytes, current.len) >= 0)
		close(fd);
	signal(sig, SIG_DFL);
	raise(sig);
}

static void run(void)
{
	/* A copy that ends where the input ends, so that reading on is seen. */
	uint8_t *copy = malloc(current.len ? current.len : 1);

	CHECK(copy);
	memcpy(copy, current.bytes, current.len);
	LLVMFuzzerTestOneInput(copy, current.len);
	free(copy);
}

static int load(const char *path)
{
	struct input *input = calloc(1, sizeof(*input));
	FILE *file = fopen(path, "rb");

	if (!input || !file || corpus_len == CORPUS_MAX) {
		perror(path);
		free(input);
		if (file)
			fclose(file);
		return -1;
	}
	input->len = fread(input->bytes, 1, sizeof(input->bytes), file);
	fclose(file);
	corpus[corpus_len++] = input;
	return 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int load_directory(const char *path)
{
	struct dirent **names;
	int n = scandir(path, &names, NULL, by_name), err = n < 0 ? -1 : 0;

	for (int i = 0; i < n; i++) {
		char name[4096];

		snprintf(name, sizeof(name), "%s/%s", path, names[i]->d_name);
		if (names[i]->d_name[0] != '.')
			err |= load(name);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
	return err;
}

/* Where a line begins, by chance. */
static size_t some_line(const struct input *input)
{
	size_t at = input->len ? chance(input->len) : 0;

	while (at && input->bytes[at - 1] != '\n')
		at--;
	return at;
}

static size_t line_end(const struct input *input, size_t at)
{
	while (at < input->len && input->bytes[at++] != '\n')
		;
	return at;
}

static void insert(size_t at, const uint8_t *bytes, size_t len)
{
	if (len > sizeof(current.bytes) - current.len)
		return;
	memmove(current.bytes + at + len, current.bytes + at, current.len - at);
	memcpy(current.bytes + at, bytes, len);
	current.len += len;
}

static void cut(size_t from, size_t to)
{
	memmove(current.bytes + from, current.bytes + to, current.len - to);
	current.len -= to - from;
}

static void mutate(void)
{
	const struct input *other = corpus[chance(corpus_len)];
	size_t at = current.len ? chance(current.len) : 0;
	size_t line = some_line(&current), from = some_line(other);
	uint8_t byte = (uint8_t)chance(256);

	switch (chance(8)) {
	case 0:
		if (current.len)
			current.bytes[at] ^= (uint8_t)(1 << chance(8));
		break;
	case 1:
		insert(at, &byte, 1);
		break;
	case 2:
		cut(line, line_end(&current, line));
		break;
	case 3:
		if (current.len)
			cut(at, at + 1);
		break;
	case 4:
		current.len = at;
		break;
	default:
		insert(line, other->bytes + from, line_end(other, from) - from);
	}
}

static void fuzz(unsigned long runs, time_t until)
{
	unsigned long i;

	for (i = 0; i < runs; i++) {
		unsigned int count = 1 + (unsigned int)chance(8);

		if (!(i % 256) && time(NULL) >= until)
			break;
		current = *corpus[chance(corpus_len)];
		while (count--)
			mutate();
		run();
	}
	printf("%zu inputs of the corpus, %lu of chance\n", corpus_len, i);
}

static unsigned long number(int argc, char **argv, int i, unsigned long otherwise)
{
	return i < argc ? strtoul(argv[i], NULL, 0) : otherwise;
}

int main(int argc, char **argv)
{
	unsigned long runs = number(argc, argv, 2, 50000);
	time_t until = time(NULL) + (time_t)number(argc, argv, 4, 20);
	struct stat st;

	state = number(argc, argv, 3, 1) * 0x9e3779b97f4a7c15u | 1;
	if (argc < 2 || stat(argv[1], &st)) {
		fprintf(stderr, "usage: %s CORPUS|FILE [RUNS [SEED [SECONDS]]]\n", argv[0]);
		return 2;
	}
	if (S_ISDIR(st.st_mode) ? load_directory(argv[1]) : load(argv[1]))
		return 1;
	signal(SIGABRT, save_failure);
	for (size_t i = 0; i < corpus_len; i++) {
		current = *corpus[i];
		run();
	}
	if (S_ISDIR(st.st_mode) && corpus_len)
		fuzz(runs, until);
	for (size_t i = 0; i < corpus_len; i++)
		free(corpus[i]);
	return 0;
}
