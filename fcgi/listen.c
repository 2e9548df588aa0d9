/* See listen.h. */
#include "fcgi/listen.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"

#define BACKLOG 256
#define PATIENCE 50	/* times 100 ms, for a predecessor that is finishing */

static bool address(struct sockaddr_un *sa, const char *path)
{
	*sa = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (strlen(path) >= sizeof(sa->sun_path)) {
		log_event(LOG_LVL_ERROR, "socket.path_too_long", "path", path, NULL);
		return false;
	}
	memcpy(sa->sun_path, path, strlen(path) + 1);
	return true;
}

/* Does anybody listen there? */
static bool answers(const struct sockaddr_un *sa)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool yes;

	if (fd < 0)
		return true;
	/* EAGAIN: the backlog is full, so somebody is */
	yes = connect(fd, (const struct sockaddr *)sa, sizeof(*sa)) == 0 || errno == EAGAIN;
	close(fd);
	return yes;
}

/* Makes room at path; false when it is taken by something alive or not ours. */
static bool clear_stale(const struct sockaddr_un *sa)
{
	struct stat st;

	for (int i = 0; i < PATIENCE; i++) {
		if (lstat(sa->sun_path, &st) != 0)
			return errno == ENOENT;
		if (!S_ISSOCK(st.st_mode))
			break;
		if (!answers(sa))
			return unlink(sa->sun_path) == 0 || errno == ENOENT;
		nanosleep(&(struct timespec){ .tv_nsec = 100000000 }, NULL);
	}
	log_event(LOG_LVL_ERROR, "socket.in_use", "path", sa->sun_path, NULL);
	return false;
}

/* The first socket of the unit that started us. */
static int handed_over(void)
{
	const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");
	char me[16];

	snprintf(me, sizeof(me), "%d", (int)getpid());
	if (pid == NULL || fds == NULL || strcmp(pid, me) != 0 || strcmp(fds, "1") != 0) {
		log_event(LOG_LVL_ERROR, "socket.none", "hint", "--socket PATH", NULL);
		return -1;
	}
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	return 3;
}

static int bind_at(const struct sockaddr_un *sa, uint32_t mode)
{
	mode_t before;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), rc;

	if (fd < 0)
		return -1;
	before = umask(0777 & ~mode);	/* never, not even for a moment, wider than asked */
	rc = bind(fd, (const struct sockaddr *)sa, sizeof(*sa));
	umask(before);
	if (rc != 0 || listen(fd, BACKLOG) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

int listen_open(const char *path, uint32_t mode)
{
	struct sockaddr_un sa;
	int fd;

	if (path == NULL) {
		fd = handed_over();
	} else {
		if (!address(&sa, path) || !clear_stale(&sa))
			return -1;
		fd = bind_at(&sa, mode);
		if (fd < 0)
			log_event(LOG_LVL_ERROR, "socket.bind", "path", path, "error",
				  strerror(errno), NULL);
	}
	/* Idle workers all wake for one connection; those that come too late must
	 * not sleep in accept, where a TERM would wait with them. */
	if (fd >= 0)
		(void)fcntl(fd, F_SETFL, O_NONBLOCK);
	return fd;
}

void listen_unlink(const char *path, int fd)
{
	struct sockaddr_un sa;
	socklen_t len = sizeof(sa);

	/* When somebody has taken the path over, it answers although we closed ours. */
	if (path == NULL || getsockname(fd, (struct sockaddr *)&sa, &len) != 0)
		return;
	close(fd);
	if (address(&sa, path) && !answers(&sa))
		(void)unlink(path);
}

void notify_systemd(const char *state)
{
	const char *to = getenv("NOTIFY_SOCKET");
	struct sockaddr_un sa;
	int fd;

	if (to == NULL || (*to != '/' && *to != '@') || !address(&sa, to))
		return;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	if (*to == '@')
		sa.sun_path[0] = '\0';
	(void)!sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&sa,
		      (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(to)));
	close(fd);
}

int64_t notify_watchdog_us(void)
{
	const char *us = getenv("WATCHDOG_USEC");

	return us == NULL ? 0 : strtoll(us, NULL, 10) / 2;
}
