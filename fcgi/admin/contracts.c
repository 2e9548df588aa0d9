/* /api/admin/clients/{id}/contract: what was agreed with a client, and changes of it. */
#include "fcgi/admin/contracts.h"

#include <string.h>

#include "account/account.h"
#include "base/clock.h"
#include "fcgi/show.h"
#include "invoice/fee.h"
#include "money/money.h"
#include "stmt.h"

static const struct field part_in[] = {
	F_STR(struct contract_part, what, true, 1, 32, "What is included: a component or an item"),
	F_U64(struct contract_part, offering_id, false, 0, UINT64_MAX, "Of this offering only"),
	F_I64(struct contract_part, quantity, false, 0, CONTRACT_QUANTITY_MAX, "0",
	      "How many at a time, or GB; 0: without limit"),
	F_END
};

enum errk contract_parts_read(struct req *r, const struct json *list,
			      const struct contract_part **parts_r, size_t *n_r)
{
	struct contract_part *parts;

	*n_r = list != NULL ? json_len(list) : 0;
	parts = ARENA_ARRAY(r->ctx.mem, *n_r + 1, struct contract_part);
	for (size_t i = 0; i < *n_r; i++)
		TRY(fields_from_object(&r->ctx, part_in, json_at(list, i),
				       arena_fmt(r->ctx.mem, "parts[%zu].", i), &parts[i]));
	*parts_r = parts;
	return ERR_OK;
}

static enum errk offerings_out(struct req *r, const char *kind)
{
	struct offering_list_row *rows;
	size_t n = 0;

	if (kind[0] != '\0')
		TRY(q_offering_list(&r->ctx, kind, &rows, &n));
	jo_arr(r->out, "offerings");
	for (size_t i = 0; i < n; i++) {
		jo_obj(r->out, NULL);
		jo_u64(r->out, "id", rows[i].id);
		jo_str(r->out, "name", rows[i].name);
		jo_end(r->out);
	}
	jo_end(r->out);
	return ERR_OK;
}

enum errk contract_form_out(struct req *r)
{
	if (!r->ctx.set->contract_type) {
		jo_null(r->out, "contract_types");
		jo_null(r->out, "contract_things");
		return ERR_OK;
	}
	jo_arr(r->out, "contract_types");
	jo_str(r->out, NULL, "PAYG");
	jo_str(r->out, NULL, "FIXED");
	jo_end(r->out);
	jo_arr(r->out, "contract_things");
	for (size_t i = 0; i < contract_things_count; i++) {
		jo_obj(r->out, NULL);
		jo_str(r->out, "what", contract_things[i].what);
		jo_bool(r->out, "limited", contract_things[i].limited);
		TRY(offerings_out(r, contract_things[i].offering_kind));
		jo_end(r->out);
	}
	jo_end(r->out);
	return ERR_OK;
}

struct contract_in { uint64_t id; };
const struct field admin_client_contract_in[] = {
	F_U64(struct contract_in, id, true, 1, UINT64_MAX, "Client, from the path"), F_END
};
const struct field admin_client_contract_cancel_in[] = {
	F_U64(struct contract_in, id, true, 1, UINT64_MAX, "Client, from the path"), F_END
};

enum errk admin_client_contract(struct req *r)
{
	const struct contract_in *in = r->in;

	TRY(contract_form_out(r));
	return show_contract(r, in->id, true);
}

struct change_in {
	uint64_t id;
	const char *contract, *fee, *overage, *note;
	const struct json *parts;
};
const struct field admin_client_contract_change_in[] = {
	F_U64(struct change_in, id, true, 1, UINT64_MAX, "Client, from the path"),
	F_ENUM(struct change_in, contract, true, "PAYG|FIXED", NULL, "Billing contract type"),
	F_TEXT(struct change_in, fee, false, "FIXED: fee per month"),
	F_ENUM(struct change_in, overage, false, "PAYG|REFUSE", "PAYG", "FIXED: what is beyond it"),
	F_ARRAY(struct change_in, parts, false, 0, CONTRACT_PARTS_MAX,
		"FIXED: what is included; none: everything"),
	F_STR(struct change_in, note, true, 3, 300, "Why; staff reads it in the history"),
	F_END
};

enum errk admin_client_contract_change(struct req *r)
{
	const struct change_in *in = r->in;
	bool fixed = strcmp(in->contract, "FIXED") == 0;
	struct contract_terms t = { .kind = in->contract, .overage = fixed ? in->overage : "PAYG" };
	struct contract_account_row a;
	int64_t at;

	TRY(contract_parts_read(r, in->parts, &t.parts, &t.n));
	if (!fixed && (in->fee != NULL || t.n > 0))
		return fail_field(&r->ctx, in->fee != NULL ? "fee" : "parts",
				  "Only with a Fixed Payment contract.");
	TRY(q_contract_account(&r->ctx, in->id, &a));
	if (fixed)
		TRY(amount_field(&r->ctx, "fee", in->fee, currency_find(a.currency), &t.fee_e8));
	TRY(contract_change(&r->ctx, in->id, &t, in->note, &at));
	jo_time(r->out, "at", at * HOUR_S);
	return show_contract(r, in->id, true);
}

enum errk admin_client_contract_cancel(struct req *r)
{
	const struct contract_in *in = r->in;

	TRY(contract_change_cancel(&r->ctx, in->id));
	return show_contract(r, in->id, true);
}
