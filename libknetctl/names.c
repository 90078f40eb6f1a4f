// SPDX-License-Identifier: LGPL-2.1-or-later
/* Names of numbers, from the tables that the protocol's definition gave. */
#define _GNU_SOURCE
#include <string.h>

#include "private.h"

#define LOOKUP(table, value)	lookup(table, table##_count, value)

static const char *lookup(const char *const *table, size_t count, unsigned int value)
{
	return value < count ? table[value] : NULL;
}

KN_EXPORT const char *knetctl_kind_name(unsigned int kind)
{
	return LOOKUP(knetctl_names_job_kind, kind);
}

KN_EXPORT const char *knetctl_state_name(unsigned int state)
{
	return LOOKUP(knetctl_names_job_state, state);
}

KN_EXPORT const char *knetctl_class_name(unsigned int error_class)
{
	return LOOKUP(knetctl_names_error_class, error_class);
}

KN_EXPORT const char *knetctl_path_name(unsigned int path)
{
	return LOOKUP(knetctl_names_data_path, path);
}

KN_EXPORT const char *knetctl_listing_name(unsigned int listing)
{
	return LOOKUP(knetctl_names_ftp_listing, listing);
}

KN_EXPORT const char *knetctl_checksum_name(unsigned int checksum)
{
	return LOOKUP(knetctl_names_ftp_checksum, checksum);
}

KN_EXPORT const char *knetctl_service_name(unsigned int service)
{
	return LOOKUP(knetctl_names_service, service);
}

KN_EXPORT const char *knetctl_on_limit_name(unsigned int on_limit)
{
	return LOOKUP(knetctl_names_on_limit, on_limit);
}

KN_EXPORT const char *knetctl_reason_name(unsigned int reason)
{
	return LOOKUP(knetctl_names_connection_reason, reason);
}

KN_EXPORT const char *knetctl_direction_name(unsigned int direction)
{
	return LOOKUP(knetctl_names_dialogue_direction, direction);
}

KN_EXPORT const char *knetctl_errno_name(int err)
{
	return err ? strerrorname_np(err < 0 ? -err : err) : NULL;
}

KN_EXPORT const char *knetctl_event_name(unsigned int type)
{
	switch (type) {
	case KNETCTL_EVENT_JOB_STARTED:
		return knetctl_names_cmds[KNETCTL_CMD_JOB_STARTED].name;
	case KNETCTL_EVENT_JOB_PROGRESS:
		return knetctl_names_cmds[KNETCTL_CMD_JOB_PROGRESS].name;
	case KNETCTL_EVENT_JOB_DONE:
		return knetctl_names_cmds[KNETCTL_CMD_JOB_DONE].name;
	case KNETCTL_EVENT_JOB_DIALOGUE:
		return knetctl_names_cmds[KNETCTL_CMD_JOB_DIALOGUE].name;
	case KNETCTL_EVENT_FILTER_MATCH:
		return knetctl_names_cmds[KNETCTL_CMD_FILTER_MATCH].name;
	case KNETCTL_EVENT_CONNECTION_ACCEPTED:
		return knetctl_names_cmds[KNETCTL_CMD_CONNECTION_ACCEPTED].name;
	case KNETCTL_EVENT_CONNECTION_REJECTED:
		return knetctl_names_cmds[KNETCTL_CMD_CONNECTION_REJECTED].name;
	case KNETCTL_EVENT_CONNECTION_CLOSED:
		return knetctl_names_cmds[KNETCTL_CMD_CONNECTION_CLOSED].name;
	case KNETCTL_EVENT_LOST:
		return knetctl_names_cmds[KNETCTL_CMD_LOST].name;
	case KNETCTL_EVENT_SYNCED:
		return "synced";
	case KNETCTL_EVENT_GONE:
		return "gone";
	default:
		return NULL;
	}
}

KN_EXPORT const char *knetctl_group_name(unsigned int group)
{
	int i;

	for (i = 0; i < KN_GROUPS; i++)
		if (group == 1u << i)
			return kn_group_names[i];
	return NULL;
}
