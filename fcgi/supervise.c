/* See supervise.h. One loop: wait for a signal or a tick, reap, start, retire. */
#include "fcgi/supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "fcgi/listen.h"

#define KIDS_MAX (WORKERS_MAX * 3)	/* running, coming and going sets */
#define READY_US (15 * INT64_C(1000000))
#define LEAVE_US (35 * INT64_C(1000000))	/* a request may take 30 s */
#define DELAY_FIRST_US INT64_C(100000)
#define DELAY_MOST_US (10 * INT64_C(1000000))
#define SETTLED_US (5 * INT64_C(1000000))

struct kid {
	pid_t pid;		/* 0: free */
	uint32_t set, slot;
	int ready_fd;		/* -1: is ready */
	int64_t started_us, left_us;	/* left: when it was told to go, 0: not */
};

struct super {
	const struct pool_options *o;
	int listen_fd;
	sigset_t was;		/* signal mask a worker is born with */
	struct kid kid[KIDS_MAX];
	uint32_t set;		/* serving, or the first one coming up */
	uint32_t coming;	/* 0: none */
	int64_t coming_us, delay_us, next_us;
	bool settled, leaving;
	int status;
};

static bool alive(const struct kid *k)
{
	return k->pid != 0 && k->left_us == 0;
}

/* In the child: descriptors in their places, then the program itself. */
static _Noreturn void become_worker(const struct super *s, uint32_t slot, int ready, pid_t parent)
{
	char number[16];
	const char *argv[] = { s->o->program, "--pool", s->o->pool, "--config", s->o->config,
			       "--worker", number, NULL };
	int l = fcntl(s->listen_fd, F_DUPFD, 10), p = fcntl(ready, F_DUPFD, 10);

	snprintf(number, sizeof(number), "%u", slot);
	if (l < 0 || p < 0 || dup2(l, WORKER_LISTEN_FD) < 0 || dup2(p, WORKER_READY_FD) < 0)
		_exit(71);
	for (int fd = WORKER_READY_FD + 1; fd < 64; fd++)
		close(fd);
	unsetenv("NOTIFY_SOCKET");
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(0);
	(void)sigprocmask(SIG_SETMASK, &s->was, NULL);
	execv(argv[0], (char *const *)argv);
	_exit(72);
}

static void start(struct super *s, uint32_t set, uint32_t slot)
{
	struct kid *k = NULL;
	int ends[2];
	pid_t parent = getpid();

	for (size_t i = 0; k == NULL && i < KIDS_MAX; i++) {
		if (s->kid[i].pid == 0)
			k = &s->kid[i];
	}
	if (k == NULL || pipe2(ends, O_CLOEXEC) != 0)
		return;
	*k = (struct kid){ .set = set, .slot = slot, .started_us = clock_mono_us() };
	k->pid = fork();
	if (k->pid == 0)
		become_worker(s, slot, ends[1], parent);
	close(ends[1]);
	if (k->pid < 0) {
		k->pid = 0;
		close(ends[0]);
		return;
	}
	k->ready_fd = ends[0];
	(void)fcntl(k->ready_fd, F_SETFL, O_NONBLOCK);
}

static void start_missing(struct super *s, uint32_t set)
{
	for (uint32_t slot = 0; slot < s->o->workers; slot++) {
		bool there = false;

		for (size_t i = 0; i < KIDS_MAX; i++)
			there |= alive(&s->kid[i]) && s->kid[i].set == set &&
				 s->kid[i].slot == slot;
		if (!there)
			start(s, set, slot);
	}
}

/* TERM to every worker of an older set. */
static void retire(struct super *s, uint32_t below_set)
{
	for (size_t i = 0; i < KIDS_MAX; i++) {
		struct kid *k = &s->kid[i];

		if (!alive(k) || k->set >= below_set)
			continue;
		(void)kill(k->pid, SIGTERM);
		k->left_us = clock_mono_us();
	}
}

static size_t ready_in(struct super *s, uint32_t set)
{
	size_t n = 0;

	for (size_t i = 0; i < KIDS_MAX; i++) {
		struct kid *k = &s->kid[i];
		char byte;

		if (k->pid == 0 || k->set != set || k->left_us != 0)
			continue;
		if (k->ready_fd >= 0 && read(k->ready_fd, &byte, 1) == 1) {
			close(k->ready_fd);
			k->ready_fd = -1;
		}
		n += k->ready_fd < 0;
	}
	return n;
}

static void back_off(struct super *s, const struct kid *k, int status)
{
	int64_t now = clock_mono_us();

	if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && k->ready_fd < 0)
		return;		/* it had served its number of requests */
	if (now - k->started_us > SETTLED_US)
		s->delay_us = 0;
	s->delay_us = s->delay_us == 0 ? DELAY_FIRST_US : s->delay_us * 2;
	if (s->delay_us > DELAY_MOST_US)
		s->delay_us = DELAY_MOST_US;
	s->next_us = now + s->delay_us;
}

static void log_end(const struct kid *k, int status, const char *pool)
{
	char how[32], pid[16];

	snprintf(pid, sizeof(pid), "%d", (int)k->pid);
	if (WIFSIGNALED(status))
		snprintf(how, sizeof(how), "signal %d", WTERMSIG(status));
	else
		snprintf(how, sizeof(how), "status %d", WEXITSTATUS(status));
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		log_event(LOG_LVL_DEBUG, "worker.ended", "pool", pool, "pid", pid, NULL);
	else
		log_event(LOG_LVL_ERROR, "worker.died", "pool", pool, "pid", pid, "how", how, NULL);
}

/* The new set does not come up: the old one goes on. */
static void give_up_coming(struct super *s)
{
	log_event(LOG_LVL_ERROR, "reload.failed", "pool", s->o->pool, NULL);
	for (size_t i = 0; i < KIDS_MAX; i++) {
		if (alive(&s->kid[i]) && s->kid[i].set == s->coming) {
			(void)kill(s->kid[i].pid, SIGTERM);
			s->kid[i].left_us = clock_mono_us();
		}
	}
	s->coming = 0;
	notify_systemd("READY=1");
}

static void reap(struct super *s)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		for (size_t i = 0; i < KIDS_MAX; i++) {
			struct kid *k = &s->kid[i];

			if (k->pid != pid)
				continue;
			(void)ready_in(s, k->set);
			log_end(k, status, s->o->pool);
			if (k->left_us == 0) {
				back_off(s, k, status);
				if (k->set == s->coming && k->ready_fd >= 0)
					give_up_coming(s);
				else if (!s->settled && WIFEXITED(status) &&
					 WEXITSTATUS(status) == WORKER_EXIT_CONFIG)
					s->leaving = true, s->status = WORKER_EXIT_CONFIG;
			}
			if (k->ready_fd >= 0)
				close(k->ready_fd);
			*k = (struct kid){ .pid = 0 };
		}
	}
}

static void overdue(struct super *s, int64_t now)
{
	for (size_t i = 0; i < KIDS_MAX; i++) {
		if (s->kid[i].pid != 0 && s->kid[i].left_us != 0 &&
		    now - s->kid[i].left_us > LEAVE_US)
			(void)kill(s->kid[i].pid, SIGKILL);
	}
}

static void switch_sets(struct super *s)
{
	s->set = s->coming;
	s->coming = 0;
	retire(s, s->set);
	notify_systemd("READY=1");
	log_event(LOG_LVL_INFO, "reloaded", "pool", s->o->pool, NULL);
}

static void work(struct super *s)
{
	int64_t now = clock_mono_us();

	reap(s);
	overdue(s, now);
	if (s->leaving)
		return;
	if (now >= s->next_us)
		start_missing(s, s->set);
	if (!s->settled && ready_in(s, s->set) == s->o->workers) {
		s->settled = true;
		notify_systemd("READY=1");
		log_event(LOG_LVL_INFO, "started", "pool", s->o->pool, NULL);
	}
	if (s->coming != 0 && ready_in(s, s->coming) == s->o->workers)
		switch_sets(s);
	else if (s->coming != 0 && now - s->coming_us > READY_US)
		give_up_coming(s);
	if (now - s->next_us > SETTLED_US)
		s->delay_us = 0;
}

static void on_signal(struct super *s, int sig)
{
	if (sig == SIGTERM || sig == SIGINT) {
		notify_systemd("STOPPING=1");
		s->leaving = true;
		retire(s, UINT32_MAX);
	} else if (sig == SIGHUP && s->coming == 0 && !s->leaving) {
		notify_systemd("RELOADING=1");
		s->coming = s->set + 1;
		s->coming_us = clock_mono_us();
		start_missing(s, s->coming);
	}
}

static bool any_left(const struct super *s)
{
	for (size_t i = 0; i < KIDS_MAX; i++) {
		if (s->kid[i].pid != 0)
			return true;
	}
	return false;
}

static bool waits_for_ready(const struct super *s)
{
	return !s->settled || s->coming != 0 || s->leaving || clock_mono_us() < s->next_us;
}

static void loop(struct super *s, const sigset_t *set)
{
	int64_t watchdog_us = notify_watchdog_us(), beat_us = 0;

	while (!s->leaving || any_left(s)) {
		struct timespec tick = { .tv_nsec = 50000000 };
		int sig;

		if (!waits_for_ready(s))
			tick = (struct timespec){ .tv_sec = 1 };
		sig = sigtimedwait(set, NULL, &tick);
		if (sig > 0)
			on_signal(s, sig);
		work(s);
		if (s->leaving)
			retire(s, UINT32_MAX);
		if (watchdog_us > 0 && clock_mono_us() - beat_us >= watchdog_us) {
			notify_systemd("WATCHDOG=1");
			beat_us = clock_mono_us();
		}
	}
}

int supervise(const struct pool_options *o)
{
	struct super s = { .o = o, .set = 1 };
	sigset_t set;

	s.listen_fd = listen_open(o->socket, o->socket_mode);
	if (s.listen_fd < 0)
		return 1;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, &s.was);
	loop(&s, &set);
	listen_unlink(o->socket, s.listen_fd);
	return s.status;
}
