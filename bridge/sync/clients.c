#include "sync/clients.h"

#include <stddef.h>
#include <string.h>

#include "account/account.h"
#include "base/db.h"
#include "settings/settings.h"
#include "stmt.h"
#include "sync/merge.h"
#include "whmcs/difference.h"
#include "whmcs/hint.h"
#include "whmcs/objects.h"

#define SWEEP_EVERY_S 86400
#define SWEEP_AT_ONCE 5

enum group { GROUP_PROFILE, GROUP_TAX_ID, GROUP_EMAIL };

static const struct row {
	const char *name, *whmcs, *filler, *title;
	enum group group;
	enum text_kind kind;
	size_t ours, in;
} rows[] = {
#define FIELD(m, whmcs, group, kind, filler, title) { #m, whmcs, filler, title, GROUP_##group, \
	TEXT_##kind, offsetof(struct account_get_row, m), offsetof(struct account_in, m) },
#include "sync/fields.def"
#undef FIELD
};
#define ROWS (sizeof rows / sizeof rows[0])

struct sync {
	struct whmcs *w;
	uint64_t account_id, remote_id;
	struct account_get_row a;
	const char *uuid, *status;
	const char *base[ROWS];		/* NULL: never agreed */
	const char *ours[ROWS], *theirs[ROWS];
	enum merge way[ROWS];
	struct difference_of_row *open;
	size_t nopen;
};

static enum master master(const struct sync *s, size_t i)
{
	const struct settings *set = s->w->c->set;

	if (rows[i].group == GROUP_TAX_ID)
		return master_of(set->whmcs_fields_tax_id);
	return master_of(rows[i].group == GROUP_EMAIL ? set->whmcs_fields_email
						       : set->whmcs_fields_profile);
}

static const struct difference_of_row *open_of(const struct sync *s, const char *what)
{
	for (size_t i = 0; i < s->nopen; i++)
		if (strcmp(s->open[i].what, what) == 0)
			return &s->open[i];
	return NULL;
}

static struct difference of_client(const struct sync *s, const char *what)
{
	return (struct difference){ .account_id = s->account_id, .local_id = s->account_id,
				    .kind = "CLIENT", .what = what };
}

/* ---- the client as a whole ---- */

static enum errk read_base(struct sync *s)
{
	struct whmcs_client_base_row link;
	struct json *j = NULL;

	TRY(q_whmcs_client_base(s->w->c, s->account_id, &link));
	s->remote_id = link.remote_id;
	s->uuid = link.remote_uuid;
	if (link.base[0] == '\0')
		return ERR_OK;
	TRY(json_parse(s->w->c, link.base, strlen(link.base), &j));
	for (size_t i = 0; i < ROWS; i++) {
		const char *v = json_text(json_get(j, rows[i].name));

		s->base[i] = v != NULL ? arena_dup(s->w->c->mem, v) : NULL;
	}
	json_close(&j);
	return ERR_OK;
}

static const char *base_text(struct sync *s)
{
	struct jout *o = jo_new(s->w->c);
	const char *text;

	for (size_t i = 0; i < ROWS; i++)
		if (s->base[i] != NULL)
			jo_str(o, rows[i].name, s->base[i]);
	text = jo_text(o, NULL);
	jo_free(&o);
	return text;
}

static enum errk agree(struct sync *s, const char *state, const char *note)
{
	uint64_t n;

	return q_whmcs_client_agree(s->w->c, s->account_id, state, s->status, s->uuid,
				    arena_fmt(s->w->c->mem, "%.480s", note), base_text(s),
				    s->w->c->wall, &n);
}

/* Nothing more is written for this client until a look finds it in order. */
static enum errk freeze(struct sync *s, const char *what, const char *cause, const char *ours,
			const char *theirs, const char *note)
{
	struct difference d = of_client(s, what);

	d.cause = cause;
	d.ours = ours;
	d.theirs = theirs;
	d.note = note;
	TRY(difference_open(s->w->c, &d));
	return agree(s, "ATTENTION", note);
}

static enum errk thaw(struct sync *s)
{
	static const char *const whole[] = { "client", "currency", "status" };

	for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++)
		if (open_of(s, whole[i]) != NULL)
			TRY(difference_close(s->w->c, "CLIENT", s->account_id, whole[i], "bridge"));
	return ERR_OK;
}

/* *there_r false: frozen, nothing to merge. */
static enum errk whole(struct sync *s, bool *there_r)
{
	struct whmcs *w = s->w;
	struct whmcs_arg args[] = { { "clientid", u64_text(w, s->remote_id) } };
	enum errk k = whmcs_call(w, WHMCS_READ, "GetClientsDetails", args, 1);
	const struct json *client;
	const char *uuid, *currency;

	*there_r = false;
	s->status = "Deleted";
	if (k == ERR_CONFLICT && (whmcs_said(w, "Client Not Found") ||
				  whmcs_said(w, "Client ID Not Found"))) {
		err_clear(w->c);
		return freeze(s, "client", "DELETED", u64_text(w, s->account_id),
			      u64_text(w, s->remote_id), "the client was deleted or merged into "
			      "another one in WHMCS");
	}
	TRY(k);
	client = client_of(w);
	s->status = arena_dup(w->c->mem, wj_text(w, client, "status"));
	uuid = arena_fmt(w->c->mem, "%.60s", wj_text(w, client, "uuid"));
	if (s->uuid[0] != '\0' && uuid[0] != '\0' && strcmp(s->uuid, uuid) != 0)
		return freeze(s, "client", "ANOTHER", s->uuid, uuid, "under this number there is "
			      "another client in WHMCS now");
	s->uuid = uuid;
	currency = wj_text(w, client, "currency_code");
	if (strcmp(currency, s->a.currency) != 0)
		return freeze(s, "currency", "CURRENCY", s->a.currency, currency, "the client's "
			      "currency was changed in WHMCS: nothing is booked until both agree");
	if (strcmp(s->status, "Closed") == 0 && strcmp(s->a.status, "CLOSED") != 0)
		return freeze(s, "status", "CLOSED", s->a.status, s->status, "the client was "
			      "closed in WHMCS: open it there, or close the account here");
	*there_r = true;
	return thaw(s);
}

/* ---- field by field ---- */

static const char *their_text(struct sync *s, const struct json *client, size_t i)
{
	const char *v = wj_text(s->w, client, rows[i].whmcs);

	if (strcmp(rows[i].whmcs, "country") == 0 && strlen(v) != 2)
		v = wj_text(s->w, client, "countrycode");
	return arena_dup(s->w->c->mem, v);
}

/* What was refused or not taken over, and is still the same on both sides, waits for staff. */
static bool waits(const struct sync *s, size_t i)
{
	const struct difference_of_row *d = open_of(s, rows[i].name);

	return d != NULL && d->decision[0] == '\0' &&
	       strcmp(d->cause, "BOTH_CHANGED") != 0 && strcmp(d->cause, "FIRST_SEEN") != 0 &&
	       strcmp(d->ours, s->ours[i]) == 0 && strcmp(d->theirs, s->theirs[i]) == 0;
}

static const char *decision(const struct sync *s, size_t i)
{
	const struct difference_of_row *d = open_of(s, rows[i].name);

	return d != NULL && strcmp(d->ours, s->ours[i]) == 0 &&
	       strcmp(d->theirs, s->theirs[i]) == 0 ? d->decision : "";
}

static void compare(struct sync *s)
{
	const struct json *client = client_of(s->w);

	for (size_t i = 0; i < ROWS; i++) {
		const char *const *ours = (const void *)((const char *)&s->a + rows[i].ours);

		s->ours[i] = *ours;
		s->theirs[i] = their_text(s, client, i);
		s->way[i] = merge_field(master(s, i), rows[i].kind, rows[i].filler, s->base[i],
					s->ours[i], s->theirs[i], decision(s, i));
		if (s->way[i] != MERGE_SAME && waits(s, i))
			s->way[i] = MERGE_ASK;
	}
}

static enum errk differs(struct sync *s, size_t i, const char *cause, const char *note)
{
	struct difference d = of_client(s, rows[i].name);

	s->way[i] = MERGE_ASK;
	d.cause = cause;
	d.ours = s->ours[i];
	d.theirs = s->theirs[i];
	d.note = note;
	return difference_open(s->w->c, &d);
}

static enum errk agreed(struct sync *s, size_t i, const char *value)
{
	s->base[i] = value;
	if (open_of(s, rows[i].name) == NULL)
		return ERR_OK;
	return difference_close(s->w->c, "CLIENT", s->account_id, rows[i].name, "bridge");
}

/* ---- theirs here ---- */

static enum errk in_body(struct ctx *c, void *arg)
{
	struct sync *s = arg;
	struct account_in in = { .from_whmcs = true };
	bool any = false;

	for (size_t i = 0; i < ROWS; i++) {
		const char **v = (void *)((char *)&in + rows[i].in);
		bool filler = merge_equal(TEXT_PLAIN, rows[i].filler, "", s->theirs[i]);

		if (s->way[i] != MERGE_IN)
			continue;
		*v = filler ? "" : s->theirs[i];
		any = true;
	}
	if (!any)
		return ERR_OK;
	TRY(account_update(c, s->account_id, &in));
	for (size_t i = 0; i < ROWS; i++) {
		struct difference d = of_client(s, rows[i].name);

		d.ours = s->ours[i];
		d.theirs = s->theirs[i];
		if (s->way[i] != MERGE_IN)
			continue;
		TRY(whmcs_changed(c, &d, "IN"));
		TRY(agreed(s, i, s->theirs[i]));
	}
	return agree(s, "SETTLED", "");
}

/* Our rules hold for what comes from there too: what they refuse stays there and is shown. */
static enum errk bring_in(struct sync *s)
{
	struct ctx *c = s->w->c;
	enum errk k = db_tx(c, in_body, s);
	struct err_record why = c->err;

	if (k != ERR_INVALID)
		return k;
	err_clear(c);
	for (size_t i = 0; i < ROWS; i++)
		for (size_t f = 0; f < why.nfields && s->way[i] == MERGE_IN; f++)
			if (strcmp(why.fields[f].name, rows[i].name) == 0)
				TRY(differs(s, i, "REFUSED_HERE", why.fields[f].message));
	return db_tx(c, in_body, s);
}

/* ---- ours there ---- */

static enum errk send(struct sync *s, enum group from, enum group to, bool *sent_r)
{
	struct whmcs *w = s->w;
	struct whmcs_arg args[ROWS + 2] = {
		{ "clientid", u64_text(w, s->remote_id) }, { "skipvalidation", "1" },
	};
	size_t n = 2;
	enum errk k;

	for (size_t i = 0; i < ROWS; i++)
		if (s->way[i] == MERGE_OUT && rows[i].group >= from && rows[i].group <= to)
			args[n++] = (struct whmcs_arg){ rows[i].whmcs, s->ours[i][0] != '\0'
				? s->ours[i] : rows[i].filler };
	if (n == 2)
		return ERR_OK;
	k = whmcs_call(w, WHMCS_WRITE, "UpdateClient", args, n);
	*sent_r = true;
	if (k != ERR_CONFLICT || strcmp(w->c->err.code, "whmcs.refused") != 0)
		return k;
	/* Refused as a whole: each of it is shown with their words. */
	for (size_t i = 0; i < ROWS; i++)
		if (s->way[i] == MERGE_OUT && rows[i].group >= from && rows[i].group <= to)
			TRY(differs(s, i, "REFUSED_THERE", w->c->err.detail));
	err_clear(w->c);
	return ERR_OK;
}

static enum errk out_body(struct ctx *c, void *arg)
{
	struct sync *s = arg;
	const struct json *client = client_of(s->w);

	for (size_t i = 0; i < ROWS; i++) {
		const char *now = their_text(s, client, i);
		struct difference d = of_client(s, rows[i].name);

		if (s->way[i] != MERGE_OUT)
			continue;
		d.ours = s->ours[i];
		d.theirs = s->theirs[i];
		if (merge_equal(rows[i].kind, rows[i].filler, s->ours[i], now)) {
			TRY(whmcs_changed(c, &d, "OUT"));
			TRY(agreed(s, i, s->ours[i]));
			continue;
		}
		s->theirs[i] = now;
		TRY(differs(s, i, "NOT_KEPT", "WHMCS said yes and kept another value"));
	}
	return agree(s, "SETTLED", "");
}

/* Setting a field to a value may be repeated, so no journal: it is read back. An address that is
 * taken there must not hold up the rest. */
static enum errk bring_out(struct sync *s)
{
	struct whmcs_arg args[] = { { "clientid", u64_text(s->w, s->remote_id) } };
	bool sent = false;

	TRY(send(s, GROUP_PROFILE, GROUP_TAX_ID, &sent));
	TRY(send(s, GROUP_EMAIL, GROUP_EMAIL, &sent));
	if (!sent)
		return ERR_OK;
	TRY(whmcs_call(s->w, WHMCS_READ, "GetClientsDetails", args, 1));
	return db_tx(s->w->c, out_body, s);
}

static enum errk asks(struct sync *s)
{
	for (size_t i = 0; i < ROWS; i++) {
		if (s->way[i] == MERGE_SAME)
			TRY(agreed(s, i, s->ours[i]));
		else if (s->way[i] == MERGE_ASK && !waits(s, i))
			TRY(differs(s, i, s->base[i] != NULL ? "BOTH_CHANGED" : "FIRST_SEEN",
				    s->base[i] != NULL ? "changed on both sides"
						       : "differed when they were linked"));
	}
	return agree(s, "SETTLED", "");
}

static enum errk asks_body(struct ctx *c, void *arg)
{
	(void)c;
	return asks(arg);
}

enum errk client_sync(struct whmcs *w, uint64_t account_id)
{
	struct sync s = { .w = w, .account_id = account_id };
	bool there;

	TRY(q_account_get(w->c, account_id, &s.a));
	TRY(read_base(&s));
	TRY(q_difference_of(w->c, "CLIENT", account_id, &s.open, &s.nopen));
	TRY(whole(&s, &there));
	if (!there)
		return ERR_OK;
	compare(&s);
	TRY(db_tx(w->c, asks_body, &s));
	TRY(bring_in(&s));
	return bring_out(&s);
}

enum errk job_whmcs_client(struct whmcs *w, uint64_t account_id)
{
	int64_t since = w->c->wall;
	uint64_t id;

	TRY(client_ensure(w, account_id, &id));
	TRY(client_sync(w, account_id));
	return hint_done(w->c, id, 0, since);
}

enum errk clients_sweep(struct whmcs *w)
{
	struct whmcs_client_stale_row *stale;
	size_t n;

	TRY(q_whmcs_client_stale(w->c, w->c->wall - SWEEP_EVERY_S, SWEEP_AT_ONCE, &stale, &n));
	for (size_t i = 0; i < n; i++)
		TRY(whmcs_look_at_client(w->c, stale[i].account_id));
	return ERR_OK;
}
