/* The queue of mails: one at a time, by one bridge at a time (a lease), each
 * claimed by a committed write before anything leaves. A mail whose body was on
 * its way when the answer, or we, got lost is not sent again by itself: a
 * reminder missing is better than two, and staff sees it. */
#ifndef TB_BRIDGE_MAIL_SEND_H
#define TB_BRIDGE_MAIL_SEND_H

#include "base/conf.h"
#include "base/ctx.h"
#include "base/lease.h"

struct mailer {
	struct ctx *c;
	const struct conf *conf;
	const char *holder;
	struct lease lease;
	int64_t rest_until;	/* wall: the server is not there, nobody is asked before */
	int64_t last_ok_at, beat_at, started_at;
	unsigned failures;	/* in a row */
	char last_error[300];
	uint64_t sent;
};

/* One mail, if one is due; *idle_r: none was. What goes wrong with a mail is in
 * its row. */
enum errk mailer_round(struct mailer *m, bool *idle_r) WARN_UNUSED;

#endif
