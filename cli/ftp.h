/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the verbs of the noun ftp share. */
#ifndef KNETCTL_CLI_FTP_H
#define KNETCTL_CLI_FTP_H

#include <sys/stat.h>

#include "cli.h"
#include "engine.h"
#include "job.h"
#include "listing.h"

#define REMOTES_MAX 16
/* What the module takes. */
#define QUOTES_MAX 16
#define QUOTE_MAX 512

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

/* ftp-options.c: what the options say; which ones a verb takes is in its tables */
enum {
	OPT_ACTIVE = 1, OPT_PASSIVE, OPT_SOURCE, OPT_ACTIVE_ADDRESS, OPT_PORT_RANGE,
	OPT_NO_EXTENDED, OPT_RELAXED_REPLIES, OPT_USER, OPT_PASSWORD_FILE, OPT_NETRC, OPT_ACCOUNT,
	OPT_CONNECT_TIMEOUT, OPT_REPLY_TIMEOUT, OPT_STALL_TIMEOUT, OPT_STALL_BYTES, OPT_TIMEOUT,
	OPT_SESSIONS, OPT_NO_WAIT, OPT_NO_PROGRESS,
	OPT_RESUME, OPT_FORCE, OPT_ATOMIC, OPT_FSYNC, OPT_MAX_SIZE, OPT_APPEND, OPT_CREATE_DIRS,
	OPT_REMOTE_TIME, OPT_VERIFY, OPT_RETRY, OPT_LIST, OPT_RAW, OPT_RATE, OPT_DIRECT,
	OPT_BUFFERED, OPT_QUOTE, OPT_TRACE,
};

struct ftp_options {
	struct knetctl_ftp args;	/* what all jobs have in common */
	struct login login;		/* options only */
	struct sockaddr_storage source, active_address;
	bool active, passive, no_wait, no_progress;
	bool resume, force, atomic, fsync, append, create_dirs, remote_time, verify, raw;
	bool direct, buffered;
	uint32_t retry;
	const char *quotes[QUOTES_MAX];
	const char *list;
	struct ftp_server *servers;	/* known so far */
};

extern const struct opt ftp_session_opts[], ftp_wait_opts[], ftp_get_opts[], ftp_put_opts[],
	ftp_ls_opts[];

int ftp_option(struct cli *c, void *options, int id, const char *value);
/* What the options say together; a status. */
int ftp_check_options(struct cli *c, struct ftp_options *o);
/* Wipes what is secret. */
void ftp_options_free(struct ftp_options *o);

enum ftp_url_kind { FTP_URL_FILE, FTP_URL_ANY };

/* A status, with the message given. The password in @text is overwritten. */
int ftp_url(struct cli *c, char *text, enum ftp_url_kind kind, struct knetctl_url *url);
/* The remote pathname without slashes at its end; "" is the login directory. To free. */
char *ftp_directory(const struct knetctl_url *url);

/* ftp-server.c: a server with a login, shared by all that goes there */
struct ftp_server {
	struct ftp_server *next;
	unsigned int refs;
	char *host, *url_user, *url_password;
	uint16_t port;
	struct login login;
	struct sockaddr_storage remote[REMOTES_MAX];
	size_t remote_count;
	bool no_mfmt;		/* it does not let the time of a file be set */
};

/* Looks up who logs in and where it is, once for each. A status. */
int server_get(struct cli *c, struct ftp_options *o, const struct knetctl_url *url,
	       struct ftp_server **server);
struct ftp_server *server_hold(struct ftp_server *server);
void server_put(struct ftp_server *server);
/* The arguments of a job there. */
void server_args(const struct ftp_options *o, const struct ftp_server *server,
		 const char *pathname, struct knetctl_ftp *args);
/* Start a job there and wait for its end; a status, with the message given unless @quiet. */
int server_job(struct cli *c, const struct ftp_server *server, uint32_t kind,
	       const struct knetctl_ftp *args, bool quiet, struct knetctl_job *job);

/* retry.c */
struct retry {
	uint32_t left;
	unsigned int idle;	/* tries since something moved */
};

/* How long to wait before the next try, in ms; 0: it has failed for good. */
uint32_t retry_after(struct cli *c, struct retry *retry, const struct knetctl_job *job,
		     const char *host);

/* "-", which is standard input or output */
bool is_standard(const char *file);

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
	bool make_dirs;		/* in front of it */
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
/*
 * Open a file beside the one of @path, which leads nowhere out of the directory
 * @root. Missing directories are made.
 */
int target_open_beneath(struct cli *c, struct target *t, int root, const char *path);
/* What was written, for reading; a descriptor or -errno. */
int target_reopen(const struct target *t);
/* Seconds since 1970, UTC. That it cannot be set is no failure. */
void target_set_mtime(const struct target *t, int64_t seconds);
/* Whole: bring it to the disk if asked, and under its name. */
int target_commit(struct cli *c, struct target *t, bool sync);
/* Not whole: true when FILE holds what came, false when nothing is left. */
bool target_abandon(struct target *t);
void target_free(struct target *t);

/* verify.c: does the file have the checksum that the server says? */
enum checksum_result {
	CHECKSUM_SAME,
	CHECKSUM_ERROR,		/* it has another one, or none can be made; the message was given */
	CHECKSUM_NEXT,		/* ask by the next command, now in struct verify */
	CHECKSUM_NONE,		/* the server has none */
};

struct verify {
	uint32_t kind;		/* enum knetctl_checksum, which command is asked */
	char name[16];		/* of the algorithm: "SHA-256"; "" until known */
};

/* The server's answer to @v->kind; @fd is the file, for reading. */
enum checksum_result verify_answer(struct cli *c, struct verify *v, const struct knetctl_job *job,
				   int fd);

/* ftp-get.c, ftp-put.c: one file, with all that belongs to it. NULL: a status was set. */
struct flow *get_flow(struct cli *c, struct ftp_options *o, const struct knetctl_url *url,
		      const char *where, int *status);
/* One of a mirror: @path both beneath @root and in @remote; mtime -1 is unknown. */
struct flow *get_flow_beneath(struct ftp_options *o, struct ftp_server *server,
			      const char *remote, int root, const char *path, int64_t mtime);
struct flow *put_flow(struct cli *c, struct ftp_options *o, const struct knetctl_url *url,
		      const char *file, int *status);
/* Sends what @fd has; takes it over. */
struct flow *put_flow_fd(struct ftp_options *o, struct ftp_server *server, const char *remote,
			 int fd, const char *shown);

/* Start the transfer only, for --no-wait. */
int get_detached(struct cli *c, struct ftp_options *o, const struct knetctl_url *url,
		 const char *where);
int put_detached(struct cli *c, struct ftp_options *o, const struct knetctl_url *url,
		 const char *file);

/* list.c: many of them */
typedef struct flow *list_make(struct cli *c, struct ftp_options *o, bool put, char *url,
			       char *file, int *status);
int run_list(struct cli *c, struct ftp_options *o, bool put, list_make *make);

/* ftp-done.c: results */
int print_id(struct cli *c, uint32_t id);
/* @text instead of how much and how fast, unless it is empty. */
void print_transfer(const struct flow *f, const struct ftp_options *o, const char *shown,
		    const struct knetctl_job *job, const struct verify *verify, const char *text);
/* How many and how fast, of what an engine did. */
void print_summary(struct cli *c, const struct engine *e, const char *failed_file);

/* cmd-ftp-*.c */
int run_ls(struct cli *c, int argc, char **argv);
int run_manage(struct cli *c, int argc, char **argv);
int run_mirror(struct cli *c, int argc, char **argv);
extern const struct opt *const mirror_tables[];

#endif
