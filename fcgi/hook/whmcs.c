/* POST /api/hook/whmcs: the addon in WHMCS says that something happened there.
 * Signed, stored, queued; nothing of it is believed. */
#include "fcgi/route.h"
#include "fcgi/show.h"
#include "stmt.h"
#include "whmcs/hint.h"

struct whmcs_in { const char *id, *event; int64_t at; uint64_t client_id, invoice_id; };
const struct field hook_whmcs_in[] = {
	F_STR(struct whmcs_in, id, true, 1, 64, "Unique per event: told again, nothing happens"),
	F_STR(struct whmcs_in, event, true, 1, 40, "Name of the hook"),
	F_TIME(struct whmcs_in, at, true, "When it happened, UTC"),
	F_U64(struct whmcs_in, client_id, false, 0, UINT64_MAX, "Client it is about"),
	F_U64(struct whmcs_in, invoice_id, false, 0, UINT64_MAX, "Invoice it is about"),
	F_END
};

enum errk hook_whmcs(struct req *r)
{
	const struct whmcs_in *in = r->in;
	bool known;

	TRY(hint_take(&r->ctx, &(struct hint){ .id = in->id, .event = in->event, .at = in->at,
			.client_id = in->client_id, .invoice_id = in->invoice_id }, &known));
	jo_bool(r->out, "ok", true);
	jo_bool(r->out, "known", known);
	return ERR_OK;
}

#define PAGE_ROWS 100

struct state_in { uint32_t page; };
const struct field hook_whmcs_state_in[] = {
	F_U32(struct state_in, page, false, 0, 100000, "0", "Of a hundred of each"),
	F_END
};

static void checked_out(struct req *r, const char *state, const char *note, int64_t at)
{
	jo_str(r->out, "state", state);
	jo_str(r->out, "note", note);
	show_wall(r, "checked_at", at);
	jo_end(r->out);
}

enum errk hook_whmcs_state(struct req *r)
{
	const struct state_in *in = r->in;
	struct whmcs_state_clients_row *clients;
	struct whmcs_state_invoices_row *invoices;
	size_t n;

	TRY(q_whmcs_state_clients(&r->ctx, PAGE_ROWS, in->page * PAGE_ROWS, &clients, &n));
	jo_arr(r->out, "clients");
	for (size_t i = 0; i < n; i++) {
		jo_obj(r->out, NULL);
		jo_u64(r->out, "remote_id", clients[i].remote_id);
		jo_u64(r->out, "account_id", clients[i].account_id);
		jo_str(r->out, "name", clients[i].name);
		jo_u64(r->out, "differences", clients[i].differences);
		checked_out(r, clients[i].state, clients[i].note, clients[i].checked_at);
	}
	jo_end(r->out);
	TRY(q_whmcs_state_invoices(&r->ctx, PAGE_ROWS, in->page * PAGE_ROWS, &invoices, &n));
	jo_arr(r->out, "invoices");
	for (size_t i = 0; i < n; i++) {
		jo_obj(r->out, NULL);
		jo_u64(r->out, "remote_id", invoices[i].remote_id);
		jo_u64(r->out, "invoice_id", invoices[i].invoice_id);
		jo_str(r->out, "number", invoices[i].number);
		checked_out(r, invoices[i].state, invoices[i].note, invoices[i].checked_at);
	}
	jo_end(r->out);
	return ERR_OK;
}
