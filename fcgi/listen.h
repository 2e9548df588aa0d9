/* The listening socket, and a word to systemd. */
#ifndef TB_FCGI_LISTEN_H
#define TB_FCGI_LISTEN_H

#include <stdint.h>

/* A listening unix socket at path, or the one systemd hands over when path is
 * NULL. A socket file nobody answers on is removed; one that answers is left
 * alone, after some patience for a predecessor on its way out. -1: said why. */
int listen_open(const char *path, uint32_t mode);
/* Removes the file, when it is still the one that was bound. */
void listen_unlink(const char *path, int fd);
/* "READY=1" and such to $NOTIFY_SOCKET; nothing when there is none. Written
 * here, in twenty lines, so that libsystemd and what it drags along stay out
 * of the programs that face the network. */
void notify_systemd(const char *state);
/* Microseconds between two WATCHDOG=1, 0: none wanted. */
int64_t notify_watchdog_us(void);

#endif
