/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the verbs of the noun ftp share. */
#ifndef KNETCTL_CLI_FTP_H
#define KNETCTL_CLI_FTP_H

#include <sys/stat.h>

#include "cli.h"

/* netrc.c */
struct netrc_entry {
	char *user, *password, *account;	/* NULL when not given */
};

/*
 * The entry for a host, or the default one, and for @user if that is not NULL.
 * Returns 0 also when there is none: then all is NULL. -EPERM: it is readable
 * by others and holds the password, else -errno of the file.
 */
int netrc_find(const char *path, const char *host, const char *user, struct netrc_entry *entry);
void netrc_free(struct netrc_entry *entry);

/* login.c: who logs in, from the URL, the options, netrc and the terminal */
struct login {
	const char *user_option, *password_file, *account_option;
	bool netrc;
	char *user, *password, *account;	/* the result */
};

int login_find(struct cli *c, struct login *login, const struct knetctl_url *url);
/* Wipes what is secret. */
void login_free(struct login *login);
/* Overwrite the password of a URL, so that neither ps nor a message shows it. */
void login_hide(char *url);

/* target.c: the file that a transfer writes */
enum target_mode {
	TARGET_NEW,		/* refuse what exists */
	TARGET_RESUME,		/* go on with what exists */
	TARGET_FORCE,		/* like atomic if it exists, else like new */
	TARGET_ATOMIC,		/* beside it, renamed when whole */
};

struct target {
	int fd, dir;
	char *shown;		/* as the user wrote it, for messages */
	char *name;		/* in @dir */
	char *temp;		/* in @dir, or NULL */
	uint64_t offset;	/* what a resumed file has already */
	bool created;		/* by us, so it may go if nothing came */
};

/* Is there a name to write to? Says so if not; a status. */
int target_check(struct cli *c, const char *where, const char *remote_name);
/*
 * Open what FILE or DIR says (NULL: the current directory); a directory takes
 * @remote_name. Returns a status, with the message given.
 */
int target_open(struct cli *c, struct target *t, const char *where, const char *remote_name,
		enum target_mode mode);
/* Would the mode write beside the file? For --no-wait, which nobody renames for. */
bool target_replaces(const char *where, const char *remote_name, enum target_mode mode);
/* Whole: bring it to the disk if asked, and under its name. */
int target_commit(struct cli *c, struct target *t, bool sync);
/* Not whole: true when FILE holds what came, false when nothing is left. */
bool target_abandon(struct target *t);
void target_free(struct target *t);

#endif
