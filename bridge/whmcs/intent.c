#include "whmcs/intent.h"

#include <string.h>

#include "base/failpoint.h"
#include "stmt.h"

enum errk intent_begin(struct whmcs *w, const char *action, const char *token,
		       enum intent_state *state_r, uint64_t *remote_id_r)
{
	struct ctx *c = w->c;
	struct whmcs_intent_get_row row;
	uint64_t made;

	TRY(q_whmcs_intent_add(c, w->job->id, action, token, c->wall, &made));
	TRY(q_whmcs_intent_get(c, token, &row));
	*remote_id_r = row.remote_id;
	if (strcmp(row.state, "CONFIRMED") == 0)
		*state_r = INTENT_CONFIRMED;
	else
		*state_r = made == 1 ? INTENT_NEW : INTENT_OPEN;
	if (FAILPOINT("bridge.intent"))
		return fail(c, ERR_UPSTREAM, "whmcs.down", "failpoint bridge.intent");
	return ERR_OK;
}

static enum errk set(struct whmcs *w, const char *token, const char *state, uint64_t remote_id,
		     const char *detail)
{
	uint64_t n;

	return q_whmcs_intent_set(w->c, token, state, remote_id ? &remote_id : NULL,
				  arena_fmt(w->c->mem, "%.480s", detail), w->c->wall, &n);
}

enum errk intent_confirm(struct whmcs *w, const char *token, uint64_t remote_id,
			 const char *detail)
{
	if (FAILPOINT("bridge.sent"))
		return fail(w->c, ERR_UPSTREAM, "whmcs.down", "failpoint bridge.sent");
	TRY(set(w, token, "CONFIRMED", remote_id, detail));
	if (FAILPOINT("bridge.confirmed"))
		return fail(w->c, ERR_UPSTREAM, "whmcs.down", "failpoint bridge.confirmed");
	return ERR_OK;
}

enum errk intent_failed(struct whmcs *w, const char *token, enum errk k)
{
	struct err_record first = w->c->err;
	bool unknown = k == ERR_UNCERTAIN;

	/* Nothing was sent: the row stays open, a look-up will find nothing. */
	if (k != ERR_UPSTREAM && k != ERR_BUSY)
		TRY(set(w, token, unknown ? "UNCERTAIN" : "REFUSED", 0, first.detail));
	w->c->err = first;
	return k;
}
