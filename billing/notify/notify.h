/* Words of mails, and the mails that come with time: the reminder ladder and
 * balances that run low. */
#ifndef TB_NOTIFY_NOTIFY_H
#define TB_NOTIFY_NOTIFY_H

#include "base/ctx.h"
#include "base/lease.h"
#include "base/zone.h"

/* A mail that was asked for: what its words are made from. */
struct notify_in {
	const char *kind, *to, *detail;
	uint64_t account_id, ref_id;
	int64_t billing_at;
	const char *link_token;	/* of a link that opens an account; NULL: said without it */
};
struct notify_words { const char *subject, *text, *html; };

/* CONFLICT "mail.moot": its reason is gone (paid meanwhile ...). INVALID
 * "mail.template", "mail.setup": somebody has to mend that first. */
enum errk notify_compose(struct ctx *c, const char *dir, const struct notify_in *in,
			 struct notify_words *out) WARN_UNUSED;
/* The same with made-up values, for staff to look at. */
enum errk notify_sample(struct ctx *c, const char *dir, const char *kind,
			struct notify_words *out) WARN_UNUSED;

struct notify_stats { uint64_t reminders, low; };
/* The biller's step, after suspension: steps that are due, balances that run
 * low. Idempotent; may be killed anywhere. */
enum errk notify_run(struct ctx *c, const struct lease *lease, struct notify_stats *st) WARN_UNUSED;

/* ---- pure rules, table-tested ---- */

/* When a step of the ladder is due: at `hour` o'clock of the local day that lies
 * `step` days after the one of due_at. A clock that skips the hour makes it later. */
int64_t ladder_at(const struct zone_info *z, int64_t due_at, int32_t step, int64_t hour);

struct ladder_in {
	const struct zone_info *zone;
	int64_t issued_at, due_at, now, hour;
	const int32_t *steps;	/* in rising order */
	size_t n;
	bool any_done;
	int32_t last_done;	/* highest step claimed before; steps up to it are over */
};
struct ladder_out {
	size_t from, to;	/* steps [from, to) are over now: claimed together */
	bool mail;		/* the last of them sends one; the others were slept through */
	bool overdue;		/* its day is over */
};
/* Only the latest that is due sends: none before the invoice was issued, none
 * that announces a due day that is over. */
void ladder_due(const struct ladder_in *in, struct ladder_out *out);

/* Lasts less than `hours` at what an hour costs now. */
bool balance_low(int64_t left_e8, int64_t burn_e8, int64_t hours);

#endif
