/* /api/admin/promos: Billing > Promo Codes. */
#include "promo/promo.h"

#include <string.h>

#include "base/clock.h"
#include "fcgi/show.h"
#include "promo/discount.h"
#include "stmt.h"

/* "EUR 920000000,USD 1000000000" as the list's statement has it */
static void amounts_out(struct req *r, const char *text)
{
	jo_arr(r->out, "amounts");
	for (const char *s = text != NULL ? text : ""; *s != '\0'; s += *s == ',') {
		const char *currency = arena_dupn(r->ctx.mem, s, 3);
		int64_t e8 = 0;

		for (s += 4; *s >= '0' && *s <= '9'; s++)
			e8 = e8 * 10 + (*s - '0');
		show_whole(r, NULL, e8, currency);
	}
	jo_end(r->out);
}

static void promo_out(struct req *r, const struct promo_page_row *p)
{
	jo_u64(r->out, "id", p->id);
	jo_str(r->out, "code", p->code);
	jo_str(r->out, "prefix", p->prefix);
	jo_str(r->out, "type", p->type);
	jo_str(r->out, "kind", p->kind);
	jo_str(r->out, "percent", p->ppm != 0 ? percent_text(r->ctx.mem, p->ppm) : NULL);
	amounts_out(r, p->amounts);
	jo_u64(r->out, "cycles", p->cycles);
	jo_u64(r->out, "credit_days", p->credit_days);
	jo_str(r->out, "label", p->label);
	jo_time(r->out, "valid_from", p->valid_from);
	jo_time(r->out, "valid_to", p->valid_to_null ? 0 : p->valid_to);
	if (p->max_uses_null)
		jo_null(r->out, "max_uses");
	else
		jo_u64(r->out, "max_uses", p->max_uses);
	jo_u64(r->out, "max_uses_per_account", p->max_uses_per_account);
	jo_u64(r->out, "uses", p->uses);
	jo_str(r->out, "state", p->state);
	jo_time(r->out, "created_at", p->created_at);
	jo_str(r->out, "created_by", p->created_by);
}

static enum errk one_out(struct req *r, uint64_t id)
{
	struct promo_page_row *rows;
	size_t n;

	TRY(q_promo_page(&r->ctx, id, "", "", r->ctx.now, "id", "desc", 1, 0, &rows, &n));
	if (n == 0)
		return fail(&r->ctx, ERR_NOT_FOUND, "not_found", "no promo %llu",
			    (unsigned long long)id);
	promo_out(r, &rows[0]);
	return ERR_OK;
}

struct promos_in { struct list_in list; };
const struct field admin_promos_in[] = {
	F_LIST(struct promos_in, list, "id|code|uses",
	       "ACTIVE|SCHEDULED|EXPIRED|EXHAUSTED|INACTIVE"), F_END
};

enum errk admin_promos(struct req *r)
{
	const struct promos_in *in = r->in;
	const char *q = in->list.q ? in->list.q : "", *status = in->list.status;
	struct promo_page_counts_row *counts;
	struct promo_page_row *rows;
	uint64_t total = 0;
	size_t n;

	TRY(q_promo_page(&r->ctx, 0, q, status ? status : "", r->ctx.now, in->list.sort,
			 in->list.dir, in->list.per, (uint32_t)list_skip(&in->list), &rows, &n));
	jo_arr(r->out, "rows");
	for (size_t i = 0; i < n; i++) {
		jo_obj(r->out, NULL);
		promo_out(r, &rows[i]);
		jo_end(r->out);
	}
	jo_end(r->out);
	TRY(q_promo_page_counts(&r->ctx, q, r->ctx.now, &counts, &n));
	jo_obj(r->out, "counts");
	for (size_t i = 0; i < n; i++) {
		jo_u64(r->out, counts[i].state, counts[i].n);
		if (status == NULL || strcmp(status, counts[i].state) == 0)
			total += counts[i].n;
	}
	jo_end(r->out);
	show_page(r, &in->list, total);
	return ERR_OK;
}

const struct field admin_promo_form_in[] = { F_END };

enum errk admin_promo_form(struct req *r)
{
	const char *code;

	TRY(promo_generate(&r->ctx, &code));
	jo_str(r->out, "prefix", r->ctx.set->promo_prefix);
	jo_str(r->out, "code", code);
	jo_u64(r->out, "code_max", PROMO_CODE_MAX);
	return show_currencies(r);
}

struct create_in {
	const char *code, *type, *kind, *percent, *label, *idempotency_key;
	const struct json *amounts;
	uint32_t cycles, credit_days, max_uses_per_account;
	int64_t valid_from, valid_to;
	uint64_t max_uses;
};
const struct field admin_promo_create_in[] = {
	F_STR(struct create_in, code, false, 0, 64, "The code; none: generated with the prefix"),
	F_ENUM(struct create_in, type, true, "SIGNUP|EXISTING", NULL, "Who may use it"),
	F_ENUM(struct create_in, kind, true, "PERCENT|FIXED|CREDIT", NULL, "What it gives"),
	F_TEXT_OR_EMPTY(struct create_in, percent, false, "PERCENT: how much off"),
	F_ARRAY(struct create_in, amounts, false, 1, 50, "FIXED, CREDIT: amount per currency"),
	F_U32(struct create_in, cycles, false, 0, 1200, "1", "How many invoices; 0: all"),
	F_U32(struct create_in, credit_days, false, 0, 3660, "0", "CREDIT: gone after days"),
	F_STR(struct create_in, label, false, 0, 100, "Words on the invoice or statement"),
	F_TIME(struct create_in, valid_from, false, "From when; none: now"),
	F_TIME(struct create_in, valid_to, false, "Until before; none: no end"),
	F_U64(struct create_in, max_uses, false, 0, 1000000000, "How often in all; 0: no limit"),
	F_U32(struct create_in, max_uses_per_account, false, 1, 1000000, "1", "Per account"),
	F_STR(struct create_in, idempotency_key, true, 16, 64, "Same key, same code"), F_END
};
static const struct field amount_in[] = {
	F_STR(struct promo_amount, currency, true, 3, 3, "Currency"),
	F_TEXT(struct promo_amount, amount, true, "Amount in it"), F_END
};

static enum errk amounts_read(struct req *r, const struct json *list, struct promo_amount **out_r,
			      size_t *n_r)
{
	*n_r = list != NULL ? json_len(list) : 0;
	*out_r = ARENA_ARRAY(r->ctx.mem, *n_r + 1, struct promo_amount);
	for (size_t i = 0; i < *n_r; i++)
		TRY(fields_from_object(&r->ctx, amount_in, json_at(list, i),
				       arena_fmt(r->ctx.mem, "amounts[%zu].", i), &(*out_r)[i]));
	return ERR_OK;
}

enum errk admin_promo_create(struct req *r)
{
	const struct create_in *in = r->in;
	struct promo_in p = {
		.code = in->code, .type = in->type, .kind = in->kind, .percent = in->percent,
		.cycles = in->cycles, .credit_days = in->credit_days, .label = in->label,
		.valid_from = in->valid_from, .valid_to = in->valid_to, .max_uses = in->max_uses,
		.per_account = in->max_uses_per_account };
	struct promo_amount *amounts;
	uint64_t id;

	TRY(amounts_read(r, in->amounts, &amounts, &p.namounts));
	p.amounts = amounts;
	TRY(promo_create(&r->ctx, &p, &id));
	r->status = 201;
	r->audit_object = arena_fmt(r->ctx.mem, "promo:%llu", (unsigned long long)id);
	return one_out(r, id);
}

struct one_in { uint64_t id; };
const struct field admin_promo_in[] = {
	F_U64(struct one_in, id, true, 1, UINT64_MAX, "Promo code, from the path"), F_END
};

enum errk admin_promo(struct req *r)
{
	const struct one_in *in = r->in;

	return one_out(r, in->id);
}

struct patch_in {
	uint64_t id, max_uses;
	const char *label, *valid_to;
	uint32_t max_uses_per_account;
	bool active, active_set, max_uses_set;
};
const struct field admin_promo_patch_in[] = {
	F_U64(struct patch_in, id, true, 1, UINT64_MAX, "Promo code, from the path"),
	F_BOOL_OPT(struct patch_in, active, "Off: nobody can use it any more"),
	F_STR(struct patch_in, label, false, 1, 100, "Words on the next invoices"),
	F_STR(struct patch_in, valid_to, false, 0, 20, "Until before; empty: no end"),
	F_U64_OPT(struct patch_in, max_uses, 0, 1000000000, "How often in all; 0: no limit"),
	F_U32(struct patch_in, max_uses_per_account, false, 1, 1000000, NULL, "Per account"),
	F_END
};

enum errk admin_promo_patch(struct req *r)
{
	const struct patch_in *in = r->in;
	struct promo_patch p = {
		.label = in->label, .active = in->active, .active_set = in->active_set,
		.max_uses = in->max_uses, .max_uses_set = in->max_uses_set,
		.per_account = in->max_uses_per_account, .valid_to_set = in->valid_to != NULL };

	if (in->valid_to != NULL && in->valid_to[0] != '\0' &&
	    clock_parse(&r->ctx, in->valid_to, &p.valid_to) != ERR_OK) {
		err_clear(&r->ctx);
		return fail_field(&r->ctx, "valid_to", "Please give a date like 2026-11-23.");
	}
	TRY(promo_update(&r->ctx, in->id, &p));
	return one_out(r, in->id);
}

struct redemptions_in { uint64_t id; struct list_in list; };
const struct field admin_promo_redemptions_in[] = {
	F_U64(struct redemptions_in, id, true, 1, UINT64_MAX, "Promo code, from the path"),
	F_LIST(struct redemptions_in, list, "id", ""), F_END
};

enum errk admin_promo_redemptions(struct req *r)
{
	const struct redemptions_in *in = r->in;
	struct promo_redemption_page_row *rows;
	struct promo_get_row promo;
	size_t n;

	TRY(q_promo_get(&r->ctx, in->id, &promo));
	TRY(q_promo_redemption_page(&r->ctx, in->id, in->list.per,
				    (uint32_t)list_skip(&in->list), &rows, &n));
	jo_arr(r->out, "rows");
	for (size_t i = 0; i < n; i++) {
		jo_obj(r->out, NULL);
		jo_u64(r->out, "id", rows[i].id);
		jo_u64(r->out, "account_id", rows[i].account_id);
		jo_str(r->out, "client", rows[i].client);
		jo_u64(r->out, "nth", rows[i].nth);
		jo_time(r->out, "at", rows[i].at);
		if (rows[i].status == NULL)
			show_whole(r, "given", rows[i].credit_e8, rows[i].currency);
		else
			show_money(r, "given", rows[i].off_minor, rows[i].currency);
		if (rows[i].status == NULL) {
			jo_null(r->out, "status");
		} else {
			jo_str(r->out, "status", rows[i].status);
			jo_u64(r->out, "cycles_total", rows[i].cycles_total);
			jo_u64(r->out, "cycles_used", rows[i].cycles_used);
		}
		jo_end(r->out);
	}
	jo_end(r->out);
	jo_obj(r->out, "counts");
	jo_end(r->out);
	show_page(r, &in->list, promo.uses);
	return ERR_OK;
}
