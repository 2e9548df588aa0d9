/* tollbridge-portal: one pool of FastCGI workers. Started by hand, by
 * quickstart or by systemd it is the parent (supervise.c); the parent starts
 * it again as each worker, so that a reload runs the program now on disk. */
#include <fcgiapp.h>

#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "config.h"

#include "base/clock.h"
#include "base/db.h"
#include "base/log.h"
#include "fcgi/respond.h"
#include "fcgi/route.h"
#include "fcgi/supervise.h"
#include "stmt.h"

#define REQUEST_DEADLINE_S 30
#define HEARTBEAT_S 10
#define IDLE_MS 30000

struct options {
	enum pool pool;
	const char *socket, *config;
	uint32_t mode, workers;
	int64_t slot;		/* -1: we are the parent */
};

struct worker {
	struct req r;
	uint32_t slot;
	uint64_t served;
	int64_t started_at, beat_at;
	uint64_t generation;	/* last seen, for the heartbeat */
};

static volatile sig_atomic_t told_to_go;

static void on_term(int sig)
{
	(void)sig;
	told_to_go = 1;
}

/* ---- worker ---- */

/* Of interest to staff only, so a failure is no more than a line in the log. */
static void heartbeat(struct worker *w)
{
	struct ctx *c = &w->r.ctx;
	char host[40] = "";
	uint64_t changed;

	(void)gethostname(host, sizeof(host) - 1);
	w->beat_at = c->wall;
	if (q_heartbeat_put(c, arena_fmt(c->mem, "portal.%s.%u@%s", pool_name(w->r.pool), w->slot,
					 host),
			    (uint32_t)getpid(), c->wall, w->started_at, w->generation, w->served,
			    "", &changed) != ERR_OK)
		log_failure(c, LOG_LVL_WARN, "heartbeat.failed");
}

/* Sleeps until there is something to accept. TERM is let in only here, so a
 * request is never cut short. false: nothing yet, or told to go. */
static bool wait_for_request(int fd, const sigset_t *open_mask)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	struct timespec idle = { .tv_sec = IDLE_MS / 1000 };

	return ppoll(&p, 1, &idle, open_mask) == 1 && !told_to_go;
}

static void serve_one(struct worker *w, FCGX_Request *fcgi)
{
	struct req *r = &w->r;

	req_reset(r);
	req_read(r, fcgi);
	route_serve(r, fcgi);
	(void)req_write(r, fcgi);
	FCGX_Finish_r(fcgi);
	w->served++;
	if (r->ctx.generation != 0)
		w->generation = r->ctx.generation;
	respond_log(r);
}

static void work(struct worker *w, const sigset_t *open_mask)
{
	FCGX_Request fcgi;
	uint64_t limit = (uint64_t)w->r.conf->requests_per_worker;

	if (FCGX_Init() != 0 || FCGX_InitRequest(&fcgi, WORKER_LISTEN_FD,
						 FCGI_FAIL_ACCEPT_ON_INTR) != 0)
		_exit(71);
	(void)!write(WORKER_READY_FD, "r", 1);
	close(WORKER_READY_FD);
	heartbeat(w);
	while (!told_to_go && !w->r.finish && w->served < limit) {
		/* a peer that asked to keep its connection comes on that one */
		int fd = fcgi.ipcFd >= 0 ? fcgi.ipcFd : WORKER_LISTEN_FD;

		if (wait_for_request(fd, open_mask)) {
			/* a request that hangs ends the worker: SIGALRM kills */
			alarm(REQUEST_DEADLINE_S);
			if (FCGX_Accept_r(&fcgi) == 0)
				serve_one(w, &fcgi);
			alarm(0);
		}
		req_reset(&w->r);
		if (w->r.ctx.wall - w->beat_at >= HEARTBEAT_S && !told_to_go)
			heartbeat(w);
	}
	FCGX_Free(&fcgi, 1);
}

static void worker_signals(sigset_t *open_mask)
{
	struct sigaction act = { .sa_handler = on_term };
	sigset_t term;

	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, open_mask);
	sigdelset(open_mask, SIGTERM);
	sigaction(SIGTERM, &act, NULL);
	/* a terminal sends these to everybody; our parent decides */
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
}

static int run_worker(const struct options *o)
{
	struct worker w = { .slot = (uint32_t)o->slot };
	struct ctx boot;
	struct conf conf;
	sigset_t open_mask;

	worker_signals(&open_mask);
	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
#ifndef __SANITIZE_ADDRESS__
	/* no core with sessions in it, no /proc/PID/mem for others of our uid;
	 * the leak checker needs what this forbids */
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
	ctx_init(&boot, 256 * 1024);
	if (conf_load(&boot, o->config, &conf) != ERR_OK) {
		log_failure(&boot, LOG_LVL_ERROR, "config");
		ctx_close(&boot);
		return WORKER_EXIT_CONFIG;
	}
	ctx_close(&boot);
	log_open("tollbridge-portal", log_level_parse(conf.log_level));
	req_init(&w.r, o->pool, &conf);
	w.started_at = w.r.ctx.wall;
	work(&w, &open_mask);
	req_close(&w.r);
	conf_free(&conf);
	return 0;
}

/* ---- command line ---- */

static void usage(FILE *to)
{
	fputs("usage: tollbridge-portal --pool user|admin|hook [options]\n"
	      "Answers one pool of the portal's API over FastCGI.\n\n"
	      "  --pool NAME       user: customers, admin: staff, hook: other programs\n"
	      "  --socket PATH     listen there; without it systemd hands a socket over\n"
	      "  --mode OCTAL      rights of the socket file (0660)\n"
	      "  --workers N       processes, 1 to 64 (4)\n"
	      "  --config FILE     default: " TB_CONF_PATH "\n"
	      "  --routes          print the route table and end\n"
	      "  --version, --help\n\n"
	      "HUP replaces all workers without losing a request, TERM lets each finish\n"
	      "its request and ends.\n", to);
}

static int print_routes(void)
{
	struct ctx c;
	struct str out;
	const char *wrong;

	ctx_init(&c, 1024 * 1024);
	str_init(&out, c.mem, 512 * 1024);
	routes_print(&out);
	fputs(out.s, stdout);
	wrong = routes_check(c.mem);
	if (wrong != NULL)
		fprintf(stderr, "tollbridge-portal: %s\n", wrong);
	ctx_close(&c);
	return wrong == NULL ? 0 : 1;
}

/* A whole number in [lo, hi], or the end. */
static uint32_t number(const char *name, const char *text, int base, unsigned long lo,
		       unsigned long hi)
{
	char *end;
	unsigned long v;

	errno = 0;
	v = strtoul(text, &end, base);
	if (errno != 0 || *text < '0' || *text > '9' || *end != '\0' || v < lo || v > hi) {
		fprintf(stderr, "tollbridge-portal: bad value of --%s\n", name);
		exit(2);
	}
	return (uint32_t)v;
}

static void parse(int argc, char **argv, struct options *o)
{
	static const struct option longs[] = {
		{ "pool", required_argument, NULL, 'p' },
		{ "socket", required_argument, NULL, 's' },
		{ "mode", required_argument, NULL, 'm' },
		{ "workers", required_argument, NULL, 'n' },
		{ "config", required_argument, NULL, 'c' }, { "routes", no_argument, NULL, 'r' },
		{ "version", no_argument, NULL, 'v' }, { "help", no_argument, NULL, 'h' },
		{ "worker", required_argument, NULL, 'w' }, { NULL, 0, NULL, 0 }
	};
	bool pool = false;
	int ch;

	while ((ch = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		switch (ch) {
		case 'p': pool = pool_parse(optarg, &o->pool); break;
		case 's': o->socket = optarg; break;
		case 'm': o->mode = number("mode", optarg, 8, 0, 0777); break;
		case 'n': o->workers = number("workers", optarg, 10, 1, WORKERS_MAX); break;
		case 'c': o->config = optarg; break;
		case 'w': o->slot = number("worker", optarg, 10, 0, WORKERS_MAX - 1); break;
		case 'r': exit(print_routes());
		case 'v': puts("tollbridge-portal " PACKAGE_VERSION); exit(0);
		case 'h': usage(stdout); exit(0);
		default: usage(stderr); exit(2);
		}
	}
	if (!pool || optind != argc) {
		usage(stderr);
		exit(2);
	}
}

static int run_parent(const struct options *o)
{
	char self[4096];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (len <= 0) {
		perror("tollbridge-portal: /proc/self/exe");
		return 71;
	}
	self[len] = '\0';
	return supervise(&(struct pool_options){
		.pool = pool_name(o->pool), .config = o->config, .socket = o->socket,
		.socket_mode = o->mode, .workers = o->workers, .program = self });
}

int main(int argc, char **argv)
{
	struct options o = { .config = TB_CONF_PATH, .mode = 0660, .workers = 4, .slot = -1 };

	log_open("tollbridge-portal", LOG_LVL_INFO);
	parse(argc, argv, &o);
	return o.slot >= 0 ? run_worker(&o) : run_parent(&o);
}
