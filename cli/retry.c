// SPDX-License-Identifier: GPL-2.0-or-later
/* Is it worth another try, and when? */
#include <stdlib.h>
#include <sys/random.h>

#include "ftp.h"

#define FIRST_MS	1000
#define LAST_MS		60000

/* What may be different the next time. */
static bool passes(const struct knetctl_job *job)
{
	return job->state == KNETCTL_STATE_FAILED &&
	       (job->error_class == KNETCTL_CLASS_NETWORK ||
		job->error_class == KNETCTL_CLASS_TIMER ||
		job->error_class == KNETCTL_CLASS_TRANSIENT);
}

uint32_t retry_after(struct cli *c, struct retry *retry, const struct knetctl_job *job,
		     const char *host)
{
	char reason[1024], time[TEXT_SIZE];
	uint32_t ms = FIRST_MS;
	unsigned char dice = 0;
	unsigned int i;

	if (!retry->left || !passes(job))
		return 0;
	retry->left--;
	retry->idle = job->bytes ? 0 : retry->idle + 1;
	for (i = 1; i < retry->idle && ms < LAST_MS; i++)
		ms *= 2;
	if (ms > LAST_MS)
		ms = LAST_MS;
	/* Those that failed together shall not come back together. */
	if (getrandom(&dice, 1, GRND_NONBLOCK) == 1)
		ms += ms / 4 * dice / 256;
	if (!c->quiet)
		hint(c, "%s: %s; trying again in %s", host,
		     job_reason(job, reason, sizeof(reason)),
		     text_seconds(time, (uint64_t)ms * 1000000));
	return ms;
}
