/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * FTP servers and the sessions that serve their jobs, each one control
 * connection with one worker.
 */
#ifndef _KNETCTL_SESSION_H
#define _KNETCTL_SESSION_H

#include "ftp.h"
#include "job.h"
#include "pace.h"
#include "pipe.h"
#include "sock.h"
#include "stream.h"

/**
 * enum knet_ahead - may something be asked for the next job while data flow?
 * @KNET_AHEAD_UNKNOWN: not known
 * @KNET_AHEAD_PROBED: a session is about to find out
 * @KNET_AHEAD_TRUSTED: the server answers in turn
 * @KNET_AHEAD_NEVER: it does not
 */
enum knet_ahead {
	KNET_AHEAD_UNKNOWN,
	KNET_AHEAD_PROBED,
	KNET_AHEAD_TRUSTED,
	KNET_AHEAD_NEVER,
};

/**
 * struct knet_server - one FTP server and one login to it, as one caller sees it
 * @node: in knet_net.servers
 * @kn: namespace; the jobs and sessions that have a reference hold it
 * @ref: jobs and sessions have one each; knet_net.lock
 * @jobs: queued jobs, oldest first
 * @sessions: its sessions, by @server_node
 * @session_count: members of @sessions
 * @session_limit: how many there may be
 * @session_ceiling: how many the server allows, as far as it has shown
 * @ahead: whether it is asked ahead
 * @cred: the caller's
 * @login: for the FTP machine; its strings are ours
 * @user: NUL-terminated
 * @password: or NULL; wiped when freed
 * @account: or NULL; wiped when freed
 * @quotes: of @login; wiped when freed
 * @source: to bind to, family AF_UNSPEC for none
 * @remote: addresses to try, in order
 * @remote_count: of @remote
 *
 * Everything from @cred on is the key: sessions are shared by jobs for which
 * all of it is equal. knet_net.lock protects what stands before.
 */
struct knet_server {
	struct list_head node;
	struct knet_net *kn;
	unsigned int ref;
	struct list_head jobs;
	struct list_head sessions;
	unsigned int session_count;
	unsigned int session_limit;
	unsigned int session_ceiling;
	enum knet_ahead ahead;
	const struct cred *cred;
	struct knet_ftp_login login;
	char *user;
	char *password;
	char *account;
	char *quotes[KNETCTL_QUOTES_MAX];
	struct knet_addr source;
	struct knet_addr remote[KNETCTL_REMOTES_MAX];
	unsigned int remote_count;
};

/**
 * struct knet_session - one control connection with one worker
 * @work: the worker; runs while there is a job, and once when an idle
 *	session has something to look at or has been idle for long enough
 * @server: referenced
 * @server_node: in knet_server.sessions; knet_net.lock
 * @net_node: in knet_net.sessions; knet_net.lock
 * @job: the job it works on; changed under knet_net.lock
 * @waker: what sockets, cancel and exit wake
 * @lock: protects the sockets against the namespace's exit
 * @control: the control connection
 * @data: the data connection, or the socket that waits for it
 * @data_state: what @data is
 * @all_sent: the whole file was given to @data, whose end is awaited
 * @aborted: the namespace goes away, no socket may be made; @lock
 * @connected: the control connection stands
 * @counted: among knet_sessions_total; knet_net.lock
 * @surplus: the server refused it while it serves others of us: no further job
 * @idle_since: jiffies when it began to be idle
 * @probing: its NOOP tells whether the server is asked ahead
 * @ahead_id: the job for which was asked, 0 for none
 * @wrong_peers: connections to our data socket that came from somebody else
 * @remote: index of the address in use
 * @ftp: the protocol
 * @stream: moves the data
 * @timer: which timer runs
 * @timer_seq: ftp.reply_seq when it was started
 * @timer_start: jiffies
 * @stall_count: bytes since @timer_start
 * @pace: what the job's rate allows
 * @direct: moves the data past the page cache
 * @chosen: it was decided whether it does
 * @held: nothing may be moved now, for reasons of ours; @data is not looked at
 * @held_since: jiffies
 * @held_until: ns of CLOCK_MONOTONIC, U64_MAX when time does not end it
 * @deadline: of the whole job, jiffies; 0 for none
 */
struct knet_session {
	struct delayed_work work;
	struct knet_server *server;
	struct list_head server_node;
	struct list_head net_node;
	struct knet_job *job;
	struct knet_waker waker;
	struct mutex lock;		/* protects the sockets */
	struct knet_sock control;
	struct knet_sock data;
	enum knet_data_state data_state;
	bool all_sent;
	bool aborted;
	bool connected;
	bool counted;
	bool surplus;
	unsigned long idle_since;
	bool probing;
	u32 ahead_id;
	unsigned int wrong_peers;
	unsigned int remote;
	struct knet_ftp ftp;
	struct knet_stream stream;
	struct knet_pipe pipe;
	enum knet_ftp_timer timer;
	u32 timer_seq;
	unsigned long timer_start;
	u64 stall_count;
	struct knet_pace pace;
	struct knet_direct direct;
	bool chosen;
	bool held;
	unsigned long held_since;
	u64 held_until;
	unsigned long deadline;
};

/* server.c */
struct knet_server *knet_server_alloc(struct knet_net *kn);
void knet_server_free(struct knet_server *server);
struct knet_server *knet_server_find(struct knet_net *kn, struct knet_server *candidate);
void knet_server_put(struct knet_server *server);
int knet_server_submit(struct knet_server *server, struct knet_job *job,
		       struct netlink_ext_ack *extack);
void knet_server_kick(struct knet_server *server);
struct knet_job *knet_server_take(struct knet_server *server, struct knet_session *session);
struct knet_job *knet_server_ahead(struct knet_server *server, struct knet_session *session);

/* session.c */
int knet_session_create(struct knet_server *server, struct knet_job *job,
			struct netlink_ext_ack *extack);
void knet_session_wake(struct knet_session *session);
void knet_session_abort(struct knet_session *session);
int knet_session_must_end(const struct knet_session *s, const char **why);

/* session-timer.c */
unsigned long knet_time_left(unsigned long deadline);
unsigned long knet_session_time_left(const struct knet_session *s, unsigned long limit);
unsigned long knet_session_timer_limit(const struct knet_session *s);
bool knet_session_check_timers(struct knet_session *s);

/* session-ahead.c */
void knet_session_publish_probe(struct knet_session *s);
void knet_session_ask_ahead(struct knet_session *s);
bool knet_session_again(struct knet_session *s);
bool knet_session_spoken_to(struct knet_session *s);

/* control.c */
int knet_control_begin(struct knet_session *s);
const char *knet_control_refusal(int err);
void knet_control_open(struct knet_session *s);
void knet_control_publish(struct knet_session *s);
void knet_control_trace(struct knet_session *s);
bool knet_control_send(struct knet_session *s);
bool knet_control_receive(struct knet_session *s);
void knet_control_hang_up(struct knet_session *s);

/* data.c */
bool knet_data_connect(struct knet_session *session);
bool knet_data_listen(struct knet_session *session);
bool knet_data_accept(struct knet_session *session);
bool knet_data_move(struct knet_session *session);
void knet_data_close(struct knet_session *session);
unsigned long knet_data_wait_limit(struct knet_session *session, unsigned long wait);
void knet_data_waited(struct knet_session *session);
void knet_data_hold(struct knet_session *s, bool hold, u64 until);
u64 knet_data_pace(struct knet_session *s);
int knet_data_pull(struct knet_session *s, size_t most);
bool knet_data_none(struct knet_session *s, int n);
bool knet_data_writable(struct knet_session *s);
void knet_data_all_sent(struct knet_session *s);
size_t knet_data_room(struct knet_session *s, loff_t pos, size_t len, bool *past_limit);
void knet_data_count(struct knet_session *s, size_t moved, size_t seen);

/* data-direct.c */
void knet_data_choose(struct knet_session *s);
bool knet_data_direct_ready(struct knet_session *s, bool *progress);
void knet_data_direct_take(struct knet_session *s, size_t len);
unsigned long knet_data_direct_wait(struct knet_session *s);
bool knet_data_direct_flush(struct knet_session *s);
void knet_data_finish(struct knet_session *s);

/* data-pipe.c */
bool knet_data_to_pipe(struct knet_session *s);
bool knet_data_from_pipe(struct knet_session *s);

#endif
