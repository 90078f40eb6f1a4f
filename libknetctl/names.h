/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names of the protocol's values, tables in names-gen.c. */
#ifndef LIBKNETCTL_NAMES_H
#define LIBKNETCTL_NAMES_H

#include <stddef.h>

struct knetctl_names_set;

/* An attribute: its name, and the set of what is nested in it or NULL. */
struct knetctl_names_attr {
	const char *name;
	const struct knetctl_names_set *nested;
};

/* An attribute set, indexed by attribute number. */
struct knetctl_names_set {
	const struct knetctl_names_attr *attrs;
	size_t count;
};

/* A command: its name and the set its messages are made of. */
struct knetctl_names_cmd {
	const char *name;
	const struct knetctl_names_set *set;
};

extern const struct knetctl_names_cmd knetctl_names_cmds[];
extern const size_t knetctl_names_cmds_count;

extern const struct knetctl_names_set knetctl_names_set_endpoint;
extern const struct knetctl_names_set knetctl_names_set_event;
extern const struct knetctl_names_set knetctl_names_set_group;
extern const struct knetctl_names_set knetctl_names_set_lost;
extern const struct knetctl_names_set knetctl_names_set_sync;
extern const struct knetctl_names_set knetctl_names_set_ftp;
extern const struct knetctl_names_set knetctl_names_set_send;
extern const struct knetctl_names_set knetctl_names_set_listener;
extern const struct knetctl_names_set knetctl_names_set_connection;
extern const struct knetctl_names_set knetctl_names_set_job;
extern const struct knetctl_names_set knetctl_names_set_filter;
extern const struct knetctl_names_set knetctl_names_set_filter_list;
extern const struct knetctl_names_set knetctl_names_set_filter_match;
extern const struct knetctl_names_set knetctl_names_set_status;

/* Indexed by value; NULL where a value has no name. */
extern const char *const knetctl_names_job_kind[];
extern const size_t knetctl_names_job_kind_count;
extern const char *const knetctl_names_job_state[];
extern const size_t knetctl_names_job_state_count;
extern const char *const knetctl_names_error_class[];
extern const size_t knetctl_names_error_class_count;
extern const char *const knetctl_names_ftp_listing[];
extern const size_t knetctl_names_ftp_listing_count;
extern const char *const knetctl_names_ftp_checksum[];
extern const size_t knetctl_names_ftp_checksum_count;
extern const char *const knetctl_names_dialogue_direction[];
extern const size_t knetctl_names_dialogue_direction_count;
extern const char *const knetctl_names_attribution[];
extern const size_t knetctl_names_attribution_count;
extern const char *const knetctl_names_service[];
extern const size_t knetctl_names_service_count;
extern const char *const knetctl_names_on_limit[];
extern const size_t knetctl_names_on_limit_count;
extern const char *const knetctl_names_connection_reason[];
extern const size_t knetctl_names_connection_reason_count;
extern const char *const knetctl_names_data_path[];
extern const size_t knetctl_names_data_path_count;

#endif
