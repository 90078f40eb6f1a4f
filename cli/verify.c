// SPDX-License-Identifier: GPL-2.0-or-later
/* Does the file have the checksum that the server says? */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "checksum.h"
#include "ftp.h"

static enum checksum_result next(struct verify *v)
{
	return v->kind++ == KNETCTL_CHECKSUM_XCRC ? CHECKSUM_NONE : CHECKSUM_NEXT;
}

enum checksum_result verify_answer(struct cli *c, struct verify *v, const struct knetctl_job *job,
				   int fd)
{
	char theirs[CHECKSUM_HEX], ours[CHECKSUM_HEX] = "";
	const struct checksum *sum;
	int err;

	if (job->state != KNETCTL_STATE_DONE)
		return next(v);
	sum = checksum_parse(v->kind, job->message, theirs);
	if (!sum)
		return next(v);
	err = checksum_file(sum, fd, ours);
	if (err) {
		fail_errno(c, -err, "cannot make the file's %s", sum->name);
		return CHECKSUM_ERROR;
	}
	snprintf(v->name, sizeof(v->name), "%s", sum->name);
	note(c, "%s is %s here, %s there", sum->name, ours, theirs);
	if (!strcmp(ours, theirs))
		return CHECKSUM_SAME;
	fail_text(c, STATUS_FAILED, EBADMSG, "the %s of the file is %s, of the server's %s",
		  sum->name, ours, theirs);
	return CHECKSUM_ERROR;
}
