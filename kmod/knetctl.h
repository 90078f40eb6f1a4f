/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * knetctl: what its files share.
 *
 * Objects and who owns whom:
 *
 *	knet_net	one a network namespace, refcounted apart from it
 *	knet_job	what a user asked for; in knet_net.objects by its id
 *	knet_server	one FTP server and one login to it, as one caller sees
 *			it: the jobs that wait and the sessions that serve them
 *	knet_session	one control connection with one worker
 *	knet_filter	the rules of a namespace, see filter.h
 *
 *	knet_listener	a listening socket; its connections hold it
 *	knet_connection	an accepted socket
 *	knet_send	what a job sends, and its socket
 *
 * Locks, in the order in which they are taken:
 *
 *	knet_net.lock (mutex)		lists, states and results of all objects
 *	knet_session.lock (mutex)	the session's sockets; knet_listener.lock,
 *					knet_connection.lock and knet_send.lock too
 *	lock_sock()
 *	knet_filter.lock (mutex)	the rules; taken under none of the above
 *	knet_events.lock (spinlock, bh)	events that wait for delivery
 *
 * No lock is held while a worker waits or touches a file.
 */
#ifndef _KNETCTL_H
#define _KNETCTL_H

#include <linux/cred.h>
#include <linux/list.h>
#include <linux/memcontrol.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/skbuff.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>
#include <uapi/linux/knetctl.h>

#include "filter.h"
#include "ftp.h"
#include "pace.h"
#include "sock.h"
#include "pipe.h"
#include "stream.h"

#define KNET_VERSION		"0.1.0"

#define KNET_CLOSE_TIMEOUT	2000	/* ms for the end of a connection to be acknowledged */
#define KNET_SESSIONS_DEFAULT	4	/* to one server, for one caller */
#define KNET_SESSIONS_LIMIT	512	/* of WQ_UNBOUND's max_active on 6.1 */

struct knet_connection;
struct knet_job;
struct knet_send;
struct knet_server;
struct knet_session;

/* ------------------------------------------------------------- event -- */

enum knet_group {
	KNET_GROUP_JOB,
	KNET_GROUP_FILTER,
	KNET_GROUP_CONNECTION,
	KNET_GROUP_COUNT,
};

/**
 * struct knet_event_group - one multicast group of one namespace
 * @next_seq: number of the next event
 * @lost: events dropped since the namespace began
 * @gap_first: first of the dropped events that no lost event told of yet
 * @gap_count: how many; 0 for none
 * @skb: the message buffer being filled, or NULL
 */
struct knet_event_group {
	u64 next_seq;
	u64 lost;
	u64 gap_first;
	u64 gap_count;
	struct sk_buff *skb;
};

/**
 * struct knet_events - events of one namespace that wait for delivery
 * @lock: protects all members but @flush_lock and @work; taken in softirq too
 * @flush_lock: one deliverer at a time, so that the order stays
 * @group: by enum knet_group
 * @queue: full buffers, oldest first
 * @bytes: in @queue and the buffers being filled
 * @closed: the namespace goes away, drop everything
 * @work: delivers
 */
struct knet_events {
	spinlock_t lock;		/* protects all but @flush_lock and @work */
	struct mutex flush_lock;	/* one deliverer at a time */
	struct knet_event_group group[KNET_GROUP_COUNT];
	struct sk_buff_head queue;
	size_t bytes;
	bool closed;
	struct delayed_work work;
};

/* Writes the attributes of an event; 0 or -EMSGSIZE. */
typedef int (*knet_event_fill)(struct sk_buff *skb, const void *object);

/* --------------------------------------------------------------- net -- */

/**
 * struct knet_net - what knetctl has in one network namespace
 * @net: the namespace; not held, valid while not @events.closed
 * @ref: of this structure; jobs and sessions have one each
 * @lock: protects everything below but @filter and @events
 * @draining: no new object, the namespace or the module goes away
 * @gone: the namespace is gone, forget everything that ends
 * @node: in the list of all namespaces
 * @drained: the module's exit has waited for it
 * @objects: all objects by id
 * @next_id: where the search for a free id starts
 * @servers: all of struct knet_server
 * @sessions: all of struct knet_session, by @net_node
 * @session_count: members of @sessions
 * @finished: finished jobs, oldest first
 * @finished_count: members of @finished
 * @active_count: jobs that are not finished
 * @held_count: finished jobs whose result is held for somebody
 * @hold_count: how many holds there are on all jobs
 * @listener_count: listeners
 * @connection_count: connections, also of deleted listeners
 * @sends: jobs that have a socket to send on, struct knet_send
 * @prune: forgets finished jobs
 * @filter: has its own lock
 * @events: has its own lock
 */
struct knet_net {
	struct net *net;
	refcount_t ref;
	struct mutex lock;		/* protects what follows, but not @events */
	bool draining;
	bool gone;
	bool drained;
	struct list_head node;
	struct xarray objects;
	u32 next_id;
	struct list_head servers;
	struct list_head sessions;
	unsigned int session_count;
	struct list_head finished;
	unsigned int finished_count;
	unsigned int active_count;
	unsigned int held_count;
	unsigned int hold_count;
	unsigned int listener_count;
	unsigned int connection_count;
	struct list_head sends;
	struct delayed_work prune;
	struct knet_filter filter;
	struct knet_events events;
};

/* ------------------------------------------------------------ object -- */

enum knet_object_type {
	KNET_OBJECT_JOB,
	KNET_OBJECT_LISTENER,
	KNET_OBJECT_CONNECTION,
};

/**
 * struct knet_object - what has an id
 * @id: unique in the namespace among objects of all types
 * @type: what it is embedded in
 * @ref: references
 * @rcu: frees it
 * @release: called when the last reference goes; may sleep
 */
struct knet_object {
	u32 id;
	enum knet_object_type type;
	refcount_t ref;
	struct rcu_head rcu;
	void (*release)(struct knet_object *obj);
};

/* --------------------------------------------------------------- job -- */

enum knet_job_bit {
	KNET_JOB_CANCEL,	/* somebody asked for the end */
	KNET_JOB_ENDED,		/* the end is decided, exactly once */
};

/**
 * struct knet_timers - how long a job waits, in jiffies; 0 is no limit
 * @connect: for a connection, made or taken
 * @reply: for one whole reply
 * @stall: for @stall_bytes to arrive
 * @stall_bytes: at least 1
 * @total: for the job, from when a session took it
 */
struct knet_timers {
	unsigned long connect;
	unsigned long reply;
	unsigned long stall;
	u64 stall_bytes;
	unsigned long total;
};

/**
 * struct knet_job_ops - what a kind of job does in its own way
 * @submit: begin; knet_net.lock held
 * @cancel: KNET_JOB_CANCEL was set, wake the worker; knet_net.lock held
 * @release: free what is the kind's own
 * @fill: write the kind's own attributes; knet_net.lock held, must not sleep
 */
struct knet_job_ops {
	int (*submit)(struct knet_job *job, struct netlink_ext_ack *extack);
	void (*cancel)(struct knet_job *job);
	void (*release)(struct knet_job *job);
	int (*fill)(struct sk_buff *skb, const struct knet_job *job);
};

/**
 * struct knet_job - one thing that a user asked for
 * @obj: id and references
 * @kn: namespace, referenced
 * @ops: of a kind that is no FTP transfer, or NULL
 * @send: of a kind that sends, or NULL
 * @kind: enum knetctl_job_kind
 * @flags: enum knetctl_job_flags
 * @ftp_flags: enum knetctl_ftp_flags
 * @portid: the netlink socket that started it
 * @bits: enum knet_job_bit
 * @cancel_err: why KNET_JOB_CANCEL was set, positive errno
 * @state: enum knetctl_job_state; knet_net.lock
 * @node: in knet_net.finished; knet_net.lock
 * @queue: in knet_server.jobs while queued; knet_net.lock
 * @forgotten: no longer in knet_net.objects; knet_net.lock
 * @holds: sockets that want the result, struct knet_hold; knet_net.lock
 * @redone: begun a second time, after it had failed by what was done to be fast
 * @deadline: of @timers.total, jiffies; 0 for none
 * @ahead: the session that asks for it while it is queued, only to be compared; knet_net.lock
 * @server: referenced until the end; knet_net.lock
 * @session: while one works on it; knet_net.lock
 * @file: the target, until the end; the worker's
 * @cred: whose file access it is, until the end
 * @memcg: who pays for the page cache, or NULL
 * @fsize_limit: RLIMIT_FSIZE of the caller
 * @rate: bytes a second, KNET_RATE_UNLIMITED; written under knet_net.lock, read without
 * @timers: how long it waits
 * @moves: an FTP transfer, with a file
 * @sends: the file goes to the server
 * @request: for the FTP machine; its strings are @pathname and @argument
 * @user: who logs in, NUL-terminated
 * @pathname: NUL-terminated
 * @argument: NUL-terminated, or NULL
 * @active_addr: announced instead of the control connection's, length 0 for none
 * @active_addr_len: 0, 4 or 16
 * @port_min: of the data socket in active mode; 0 for any
 * @port_max: likewise
 * @direct: bytes went past the page cache; knet_net.lock
 * @bytes: written so far
 * @size: what the server said; KNET_SIZE_UNKNOWN; knet_net.lock
 * @started: when it was accepted, CLOCK_MONOTONIC
 * @duration: ns, of a finished job
 * @finished: jiffies of the end
 * @progress_due: when the next progress event may be sent, jiffies; the worker's
 * @local: our end of the control connection; knet_net.lock
 * @remote: its other end; knet_net.lock
 * @class: enum knetctl_error_class; this and the next four: knet_net.lock
 * @err: positive errno
 * @code: FTP reply code
 * @message: server's text or ours, or NULL
 * @message_len: of it
 * @last_seq: number of the last event that told of it; knet_net.lock
 * @end_work: ends a job that no session has
 */
struct knet_job {
	struct knet_object obj;
	struct knet_net *kn;
	const struct knet_job_ops *ops;
	struct knet_send *send;
	u32 kind;
	u32 flags;
	u32 ftp_flags;
	u32 portid;
	unsigned long bits;
	int cancel_err;
	u32 state;
	struct list_head node;
	struct list_head queue;
	struct list_head holds;
	bool forgotten;
	bool redone;
	unsigned long deadline;
	const struct knet_session *ahead;
	struct knet_server *server;
	struct knet_session *session;
	struct file *file;
	const struct cred *cred;
	struct mem_cgroup *memcg;
	u64 fsize_limit;
	u64 rate;
	struct knet_timers timers;
	bool moves;
	bool sends;
	struct knet_ftp_request request;
	char *user;
	char *pathname;
	char *argument;
	u8 active_addr[16];
	u8 active_addr_len;
	u16 port_min;
	u16 port_max;
	bool direct;
	atomic64_t bytes;
	u64 size;
	ktime_t started;
	u64 duration;
	unsigned long finished;
	unsigned long progress_due;
	struct knet_addr local;
	struct knet_addr remote;
	u32 class;
	int err;
	u16 code;
	char *message;
	u16 message_len;
	u64 last_seq;
	struct work_struct end_work;
};

#define KNET_SIZE_UNKNOWN	U64_MAX

/* ------------------------------------------------------------ server -- */

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

/* ----------------------------------------------------------- session -- */

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

/* ----------------------------------------------------------- main.c -- */

extern unsigned int knet_max_jobs;
extern unsigned int knet_max_sessions;
extern unsigned int knet_session_idle;
extern struct workqueue_struct *knet_session_wq;
extern struct workqueue_struct *knet_wq;
extern atomic_t knet_sessions_total;

struct knet_net *knet_net(const struct net *net);
void knet_net_get(struct knet_net *kn);
void knet_net_put(struct knet_net *kn);

/* -------------------------------------------------------- netlink.c -- */

extern struct genl_family knet_family;

int knet_nl_get_addr(const struct nlattr *nest, struct knet_addr *addr,
		     struct netlink_ext_ack *extack);
int knet_nl_put_addr(struct sk_buff *skb, int attr, const struct knet_addr *addr);
void knet_nl_init(void);
int knet_nl_get_text(const struct nlattr *attr, size_t max, char **text,
		     struct netlink_ext_ack *extack);
unsigned long knet_nl_timeout(const struct nlattr *attr, u32 def);
#define KNET_REPLY_SIZE	1024	/* attributes without a text or a list */

struct sk_buff *knet_nl_reply(struct genl_info *info, u8 cmd, size_t size, void **head);
int knet_nl_reply_send(struct sk_buff *skb, void *head, struct genl_info *info, int err);

typedef int (*knet_nl_put)(struct sk_buff *skb, const void *object);

int knet_nl_dump_one(struct sk_buff *skb, struct netlink_callback *cb, knet_nl_put put,
		     const void *object);
int knet_nl_dump(struct sk_buff *skb, struct netlink_callback *cb, enum knet_object_type type,
		 knet_nl_put put);

/* For a text that is no literal; it must outlive the request. */
static inline void knet_nl_set_msg(struct netlink_ext_ack *extack, const char *msg)
{
	if (extack)
		extack->_msg = msg;
}

/* ---------------------------------------------------- netlink-job.c -- */

int knet_nl_job_fill(struct sk_buff *skb, const void *object);

/* ---------------------------------------------------------- event.c -- */

void knet_events_init(struct knet_events *events);
void knet_events_flush(struct knet_net *kn);
void knet_events_close(struct knet_net *kn);
u64 knet_event_send(struct knet_net *kn, enum knet_group group, u8 cmd, int event_attr,
		    knet_event_fill fill, const void *object);
bool knet_event_wanted(struct knet_net *kn, enum knet_group group);
void knet_event_group_get(struct knet_net *kn, enum knet_group group,
			  struct knet_event_group *copy);
const char *knet_group_name(enum knet_group group);

/* --------------------------------------------------------- object.c -- */

int knet_object_add(struct knet_net *kn, struct knet_object *obj, enum knet_object_type type,
		    void (*release)(struct knet_object *obj));
u32 knet_object_pass_id(struct knet_net *kn);
void knet_object_remove(struct knet_net *kn, struct knet_object *obj);
struct knet_object *knet_object_get(struct knet_net *kn, u32 id, enum knet_object_type type);
struct knet_object *knet_object_next(struct knet_net *kn, unsigned long *id,
				     enum knet_object_type type);
void knet_object_put(struct knet_object *obj);

/* ------------------------------------------------------------ job.c -- */

struct knet_job *knet_job_alloc(struct knet_net *kn);
int knet_job_accept(struct knet_job *job, struct netlink_ext_ack *extack);
int knet_job_cancel(struct knet_job *job, int err);
int knet_job_set_rate(struct knet_job *job, u64 rate, struct netlink_ext_ack *extack);
int knet_job_hold(struct knet_job *job, u32 portid, struct netlink_ext_ack *extack);
void knet_job_unhold(struct knet_job *job, u32 portid);
void knet_job_run(struct knet_job *job, struct knet_session *session);
void knet_job_requeue(struct knet_job *job);
void knet_job_progress(struct knet_job *job);
void knet_job_dialogue(struct knet_job *job, bool sent, const char *line, size_t len);
void knet_job_end(struct knet_job *job, u32 state, const struct knet_ftp_result *result);
void knet_job_cancel_all(struct knet_net *kn, int err);
void knet_job_portid_gone(struct knet_net *kn, u32 portid);
void knet_job_prune(struct knet_net *kn);
void knet_job_forget_all(struct knet_net *kn);

static inline struct knet_job *knet_job_of(struct knet_object *obj)
{
	return container_of(obj, struct knet_job, obj);
}

static inline void knet_job_put(struct knet_job *job)
{
	knet_object_put(&job->obj);
}

/* --------------------------------------------------------- server.c -- */

struct knet_server *knet_server_alloc(struct knet_net *kn);
void knet_server_free(struct knet_server *server);
struct knet_server *knet_server_find(struct knet_net *kn, struct knet_server *candidate);
void knet_server_put(struct knet_server *server);
int knet_server_submit(struct knet_server *server, struct knet_job *job,
		       struct netlink_ext_ack *extack);
void knet_server_kick(struct knet_server *server);
struct knet_job *knet_server_take(struct knet_server *server, struct knet_session *session);
struct knet_job *knet_server_ahead(struct knet_server *server, struct knet_session *session);

/* -------------------------------------------------------- session.c -- */

int knet_session_create(struct knet_server *server, struct knet_job *job,
			struct netlink_ext_ack *extack);
void knet_session_wake(struct knet_session *session);
void knet_session_abort(struct knet_session *session);
int knet_session_must_end(const struct knet_session *s, const char **why);

/* -------------------------------------------------- session-timer.c -- */

unsigned long knet_time_left(unsigned long deadline);
unsigned long knet_session_time_left(const struct knet_session *s, unsigned long limit);
unsigned long knet_session_timer_limit(const struct knet_session *s);
bool knet_session_check_timers(struct knet_session *s);

/* -------------------------------------------------- session-ahead.c -- */

void knet_session_publish_probe(struct knet_session *s);
void knet_session_ask_ahead(struct knet_session *s);
bool knet_session_again(struct knet_session *s);
bool knet_session_spoken_to(struct knet_session *s);

/* -------------------------------------------------------- control.c -- */

int knet_control_begin(struct knet_session *s);
const char *knet_control_refusal(int err);
void knet_control_open(struct knet_session *s);
void knet_control_publish(struct knet_session *s);
void knet_control_trace(struct knet_session *s);
bool knet_control_send(struct knet_session *s);
bool knet_control_receive(struct knet_session *s);
void knet_control_hang_up(struct knet_session *s);

/* ----------------------------------------------------------- data.c -- */

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

/* --------------------------------------------------- data-direct.c -- */

void knet_data_choose(struct knet_session *s);
bool knet_data_direct_ready(struct knet_session *s, bool *progress);
void knet_data_direct_take(struct knet_session *s, size_t len);
unsigned long knet_data_direct_wait(struct knet_session *s);
bool knet_data_direct_flush(struct knet_session *s);
void knet_data_finish(struct knet_session *s);

/* ------------------------------------------------------ data-pipe.c -- */

bool knet_data_to_pipe(struct knet_session *s);
bool knet_data_from_pipe(struct knet_session *s);

#include "listener.h"
#include "send.h"

#endif /* _KNETCTL_H */
