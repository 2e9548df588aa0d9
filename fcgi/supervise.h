/* The parent of a pool: owns the listening socket, keeps N workers alive.
 *
 * HUP   a new set of workers, from the program as it is now on disk; the old
 *       one gets TERM when all new ones are ready. When they do not get ready
 *       the old set stays.
 * TERM, INT  every worker finishes its request and goes, then so do we.
 *
 * A worker dies with us (PR_SET_PDEATHSIG): after a kill -9 of the parent no
 * worker holds the socket, and the next start takes it over. */
#ifndef TB_FCGI_SUPERVISE_H
#define TB_FCGI_SUPERVISE_H

#include <stdint.h>

#define WORKERS_MAX 64

/* Descriptors a worker is born with. */
#define WORKER_LISTEN_FD 3
#define WORKER_READY_FD 4	/* one byte when it can take requests, then closed */

/* Exit status of a worker that cannot work as configured (EX_CONFIG). */
#define WORKER_EXIT_CONFIG 78

struct pool_options {
	const char *pool, *config;
	const char *socket;	/* NULL: handed over by systemd */
	uint32_t socket_mode;
	uint32_t workers;
	const char *program;	/* absolute path of our own binary */
};

/* Until TERM; returns the exit status. */
int supervise(const struct pool_options *o);

#endif
