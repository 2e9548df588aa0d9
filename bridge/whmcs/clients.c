/* Clients: create, or adopt with proof. */
#include <stdarg.h>
#include <string.h>

#include "base/random.h"
#include "stmt.h"
#include "whmcs/intent.h"
#include "whmcs/objects.h"

enum errk park(struct whmcs *w, const char *fmt, ...)
{
	const char *text;
	va_list ap;

	va_start(ap, fmt);
	text = arena_vfmt(w->c->mem, fmt, ap);
	va_end(ap);
	return fail(w->c, ERR_CONFLICT, "whmcs.park", "%s", text);
}

const char *u64_text(struct whmcs *w, uint64_t v)
{
	return arena_fmt(w->c->mem, "%llu", (unsigned long long)v);
}

static enum errk account_mark(struct whmcs *w, uint64_t account_id, const char **mark_r)
{
	TRY(whmcs_mark(w, "account", account_id, mark_r));
	*mark_r = arena_fmt(w->c->mem, "[tollbridge:%s]", *mark_r);
	return ERR_OK;
}

static enum errk currency_id(struct whmcs *w, const char *code, uint64_t *id_r)
{
	const struct json *row;

	TRY(whmcs_call(w, WHMCS_READ, "GetCurrencies", NULL, 0));
	for (size_t i = 0; (row = wj_item(w->answer, "currencies", "currency", i)) != NULL; i++)
		if (strcmp(wj_text(w, row, "code"), code) == 0) {
			*id_r = wj_id(row, "id");
			return ERR_OK;
		}
	return park(w, "WHMCS has no currency %s: add it there, then retry", code);
}

/* The answer of GetClientsDetails: in `client`, or in older versions on top. */
const struct json *client_of(const struct whmcs *w)
{
	const struct json *client = json_get(w->answer, "client");

	return client != NULL && json_type(client) == JSON_OBJECT ? client : w->answer;
}

static uint64_t client_number(const struct json *client)
{
	uint64_t id = wj_id(client, "id");

	if (id == 0)
		id = wj_id(client, "client_id");
	return id != 0 ? id : wj_id(client, "userid");
}

static bool custom_field_is(struct whmcs *w, const struct json *client, uint64_t account_id)
{
	const struct json *row;

	if (w->conf->whmcs_portal_field == 0)
		return false;
	for (size_t i = 0; (row = wj_item(client, "customfields", "customfield", i)) != NULL; i++)
		if (wj_id(row, "id") == (uint64_t)w->conf->whmcs_portal_field)
			return strcmp(wj_text(w, row, "value"), u64_text(w, account_id)) == 0;
	return false;
}

/* *id_r 0: there is none with this address. */
static enum errk find_by_email(struct whmcs *w, uint64_t account_id, const char *email,
			       uint64_t *id_r)
{
	struct whmcs_arg args[] = { { "email", email } };
	const struct json *client;
	const char *mark;
	enum errk k;

	TRY(account_mark(w, account_id, &mark));
	k = whmcs_call(w, WHMCS_READ, "GetClientsDetails", args, 1);
	*id_r = 0;
	if (k == ERR_CONFLICT && (whmcs_said(w, "Client Not Found") ||
				  whmcs_said(w, "Client ID Not Found"))) {
		err_clear(w->c);
		return ERR_OK;
	}
	TRY(k);
	client = client_of(w);
	*id_r = client_number(client);
	if (strstr(wj_text(w, client, "notes"), mark) != NULL ||
	    custom_field_is(w, client, account_id))
		return ERR_OK;
	return park(w, "WHMCS client #%llu has the e-mail address of account %llu and carries no "
		    "proof that it is the same customer: put %s into the client's admin notes to "
		    "link them, or change one address, then retry", (unsigned long long)*id_r,
		    (unsigned long long)account_id, mark);
}

static const char *or_dash(const char *s)
{
	return s[0] != '\0' ? s : "-";
}

static enum errk create(struct whmcs *w, const struct account_get_row *a, const char *token,
			uint64_t *id_r)
{
	const char *field = w->conf->whmcs_portal_field == 0 ? NULL
		: php_custom_field(w->c->mem, w->conf->whmcs_portal_field, u64_text(w, a->id));
	const char *mark;
	uint64_t currency = 0;
	enum errk k;

	TRY(account_mark(w, a->id, &mark));
	TRY(currency_id(w, a->currency, &currency));
	struct whmcs_arg args[] = {
		{ "firstname", a->first_name }, { "lastname", a->last_name },
		{ "companyname", a->company[0] ? a->company : NULL }, { "email", a->email },
		{ "address1", or_dash(a->address1) },
		{ "address2", a->address2[0] ? a->address2 : NULL },
		{ "city", or_dash(a->city) }, { "state", or_dash(a->state) },
		{ "postcode", or_dash(a->postcode) }, { "country", a->country },
		{ "phonenumber", a->phone[0] ? a->phone : "0" },
		{ "tax_id", a->tax_id[0] ? a->tax_id : NULL },
		{ "password2", random_token(w->c->mem, 24) },
		{ "currency", u64_text(w, currency) }, { "notes", mark },
		{ "noemail", "1" }, { "skipvalidation", "1" }, { "customfields", field },
	};

	k = whmcs_call(w, WHMCS_WRITE, "AddClient", args, sizeof args / sizeof args[0]);
	if (k != ERR_OK)
		return intent_failed(w, token, k);
	*id_r = wj_id(w->answer, "clientid");
	return intent_confirm(w, token, *id_r, "created");
}

enum errk client_currency_check(struct whmcs *w, uint64_t client_id, const char *currency)
{
	struct whmcs_arg args[] = { { "clientid", u64_text(w, client_id) } };
	const char *theirs;

	TRY(whmcs_call(w, WHMCS_READ, "GetClientsDetails", args, 1));
	theirs = wj_text(w, client_of(w), "currency_code");
	if (strcmp(theirs, currency) == 0)
		return ERR_OK;
	return park(w, "WHMCS client #%llu is in %s, the account in %s: nothing is booked until "
		    "they agree", (unsigned long long)client_id, theirs, currency);
}

static enum errk link_new(struct whmcs *w, const struct account_get_row *a, uint64_t id)
{
	const char *uuid;
	uint64_t n;

	TRY(client_currency_check(w, id, a->currency));
	uuid = wj_text(w, client_of(w), "uuid");
	return q_whmcs_link_add(w->c, "CLIENT", a->id, id, a->id, "SETTLED",
				wj_text(w, client_of(w), "status"),
				arena_fmt(w->c->mem, "%.60s", uuid), "", w->c->wall, &n);
}

enum errk client_ensure(struct whmcs *w, uint64_t account_id, uint64_t *client_id_r)
{
	const char *token = arena_fmt(w->c->mem, "client:%llu", (unsigned long long)account_id);
	struct whmcs_link_get_row link;
	struct account_get_row a;
	enum intent_state state;
	enum errk k = q_whmcs_link_get(w->c, "CLIENT", account_id, &link);

	if (k == ERR_OK) {
		*client_id_r = link.remote_id;
		return ERR_OK;
	}
	if (k != ERR_NOT_FOUND)
		return k;
	err_clear(w->c);
	TRY(q_account_get(w->c, account_id, &a));
	/* The address decides: WHMCS refuses a second client with it anyway. */
	TRY(find_by_email(w, account_id, a.email, client_id_r));
	TRY(intent_begin(w, "AddClient", token, &state, client_id_r));
	if (state != INTENT_CONFIRMED) {
		TRY(find_by_email(w, account_id, a.email, client_id_r));
		if (*client_id_r != 0)
			TRY(intent_confirm(w, token, *client_id_r, "found"));
		else
			TRY(create(w, &a, token, client_id_r));
	}
	return link_new(w, &a, *client_id_r);
}

enum errk client_in_order(struct whmcs *w, uint64_t account_id)
{
	struct whmcs_link_get_row link;

	TRY(q_whmcs_link_get(w->c, "CLIENT", account_id, &link));
	if (strcmp(link.state, "ATTENTION") != 0)
		return ERR_OK;
	return fail(w->c, ERR_BUSY, "whmcs.frozen", "client #%llu: %s",
		    (unsigned long long)link.remote_id, link.note);
}
