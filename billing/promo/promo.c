#include "promo/promo.h"

#include <string.h>

#include "base/clock.h"
#include "base/db.h"
#include "base/failpoint.h"
#include "base/random.h"
#include "money/money.h"
#include "promo/discount.h"
#include "settings/settings.h"
#include "stmt.h"
#include "wallet/credit.h"
#include "wallet/ledger.h"

/* Crockford's base 32: no I, L, O, U. */
static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

#define CYCLES_MAX 1200
#define CREDIT_DAYS_MAX 3660
#define PER_ACCOUNT_MAX 1000000

const char *promo_code_normal(struct arena *mem, const char *text)
{
	char *code;
	size_t len;

	text += strspn(text, " \t");
	len = strlen(text);
	while (len > 0 && (text[len - 1] == ' ' || text[len - 1] == '\t'))
		len--;
	if (len < PROMO_CODE_MIN || len > PROMO_CODE_MAX)
		return NULL;
	code = arena_dupn(mem, text, len);
	for (size_t i = 0; i < len; i++)
		if (code[i] >= 'a' && code[i] <= 'z')
			code[i] = (char)(code[i] - 'a' + 'A');
	return strspn(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == len ? code : NULL;
}

const char *promo_code_random(struct arena *mem, const char *prefix)
{
	char text[PROMO_RANDOM_CHARS + 1] = "";

	for (size_t i = 0; i < PROMO_RANDOM_CHARS; i++)
		text[i] = alphabet[random_below(sizeof alphabet - 1)];
	return arena_fmt(mem, "%s%s", prefix, text);
}

enum errk promo_generate(struct ctx *c, const char **code_r)
{
	struct promo_known_row row;

	do {
		*code_r = promo_code_random(c->mem, c->set->promo_prefix);
		TRY(q_promo_known(c, *code_r, &row));
	} while (row.n > 0);
	return ERR_OK;
}

/* ---- making ---- */

struct make {
	const struct promo_in *in;
	uint64_t *id_r;
	const char *code, *label;
	int64_t ppm, *e8;
};

static enum errk amounts_check(struct ctx *c, struct make *m)
{
	const struct promo_in *in = m->in;

	if (in->namounts == 0)
		return fail_field(c, "amounts", "Please give an amount and its currency.");
	for (size_t i = 0; i < in->namounts; i++) {
		const struct promo_amount *a = &in->amounts[i];
		const struct currency *cur = currency_find(a->currency);
		int64_t minor;

		if (cur == NULL)
			return fail_field(c, arena_fmt(c->mem, "amounts[%zu].currency", i),
					  "Not a currency known here.");
		if (money_parse(c, a->amount, cur, &minor) != ERR_OK || minor <= 0) {
			err_clear(c);
			return fail_field(c, arena_fmt(c->mem, "amounts[%zu].amount", i),
					  "Please give an amount above zero in %s with at most %u "
					  "decimals.", cur->code, cur->digits);
		}
		for (size_t k = 0; k < i; k++)
			if (strcmp(in->amounts[k].currency, a->currency) == 0)
				return fail_field(c, arena_fmt(c->mem, "amounts[%zu].currency", i),
						  "Each currency can be given once.");
		m->e8[i] = money_to_amount(minor, cur);
	}
	return ERR_OK;
}

static void times_check(struct ctx *c, int64_t from, int64_t to)
{
	if (to != 0 && to <= from)
		fail_field(c, "valid_to", "Must be after the beginning.");
	else if (to != 0 && to <= c->now)
		fail_field(c, "valid_to", "Must be in the future.");
}

static enum errk make_check(struct ctx *c, struct make *m)
{
	const struct promo_in *in = m->in;
	bool percent = strcmp(in->kind, "PERCENT") == 0;

	if (percent)
		(void)!percent_field(c, "percent", in->percent, 1, 1000000, &m->ppm);
	else
		(void)!amounts_check(c, m);
	if (percent && in->namounts > 0)
		fail_field(c, "amounts", "Not with a percentage.");
	if (!percent && in->percent != NULL && in->percent[0] != '\0')
		fail_field(c, "percent", "Not with an amount.");
	if (in->cycles > CYCLES_MAX)
		fail_field(c, "cycles", "At most %d.", CYCLES_MAX);
	if (in->credit_days > CREDIT_DAYS_MAX)
		fail_field(c, "credit_days", "At most %d.", CREDIT_DAYS_MAX);
	if (in->credit_days > 0 && strcmp(in->kind, "CREDIT") != 0)
		fail_field(c, "credit_days", "Only with credit.");
	if (in->per_account < 1 || in->per_account > PER_ACCOUNT_MAX)
		fail_field(c, "max_uses_per_account", "At least 1.");
	times_check(c, in->valid_from != 0 ? in->valid_from : c->now, in->valid_to);
	if (in->code == NULL || in->code[0] == '\0')
		return c->err.nfields > 0 ? ERR_INVALID : promo_generate(c, &m->code);
	m->code = promo_code_normal(c->mem, in->code);
	if (m->code == NULL)
		fail_field(c, "code", "%d to %d characters: A-Z, 0-9, - and _.", PROMO_CODE_MIN,
			   PROMO_CODE_MAX);
	return c->err.nfields > 0 ? ERR_INVALID : ERR_OK;
}

static enum errk make_body(struct ctx *c, void *arg)
{
	struct make *m = arg;
	const struct promo_in *in = m->in;
	bool credit = strcmp(in->kind, "CREDIT") == 0;
	int64_t from = in->valid_from != 0 ? in->valid_from : c->now;
	uint64_t n;

	TRY(q_promo_insert(c, m->code, c->set->promo_prefix, in->type, in->kind, m->ppm,
			   credit ? 0 : in->cycles, in->credit_days, m->label, from,
			   in->valid_to != 0 ? &in->valid_to : NULL,
			   in->max_uses != 0 ? &in->max_uses : NULL, in->per_account, c->now,
			   c->actor, m->id_r));
	for (size_t i = 0; i < in->namounts; i++)
		TRY(q_promo_amount_insert(c, *m->id_r, in->amounts[i].currency, m->e8[i], &n));
	return ERR_OK;
}

enum errk promo_create(struct ctx *c, const struct promo_in *in, uint64_t *id_r)
{
	struct make m = { .in = in, .id_r = id_r,
			  .e8 = ARENA_ARRAY(c->mem, in->namounts + 1, int64_t) };
	enum errk k;

	TRY(make_check(c, &m));
	m.label = in->label != NULL && in->label[0] != '\0'
		? in->label : arena_fmt(c->mem, "Promotion %s", m.code);
	k = db_tx(c, make_body, &m);
	if (k == ERR_CONFLICT && strcmp(c->err.code, "db.duplicate") == 0) {
		err_clear(c);
		return fail_field(c, "code", "There is already a code %s.", m.code);
	}
	return k;
}

/* ---- changing ---- */

struct change { uint64_t id; const struct promo_patch *patch; };

static enum errk change_body(struct ctx *c, void *arg)
{
	const struct change *ch = arg;
	const struct promo_patch *p = ch->patch;
	struct promo_get_row row;
	uint64_t max, n;
	int64_t to;
	uint32_t per;

	TRY(q_promo_get(c, ch->id, &row));
	max = p->max_uses_set ? p->max_uses : row.max_uses_null ? 0 : row.max_uses;
	to = p->valid_to_set ? p->valid_to : row.valid_to_null ? 0 : row.valid_to;
	per = p->per_account != 0 ? p->per_account : row.max_uses_per_account;
	if (p->valid_to_set)
		times_check(c, row.valid_from, to);
	if (per > PER_ACCOUNT_MAX)
		fail_field(c, "max_uses_per_account", "At most %d.", PER_ACCOUNT_MAX);
	if (max != 0 && max < row.uses)
		fail_field(c, "max_uses", "It was used %llu times already.",
			   (unsigned long long)row.uses);
	if (c->err.nfields > 0)
		return ERR_INVALID;
	return q_promo_update(c, ch->id, p->label != NULL && p->label[0] != '\0' ? p->label
								      : row.label,
			      to != 0 ? &to : NULL, max != 0 ? &max : NULL, per,
			      p->active_set ? p->active : row.active, &n);
}

enum errk promo_update(struct ctx *c, uint64_t id, const struct promo_patch *patch)
{
	struct change ch = { id, patch };
	enum errk k = db_tx(c, change_body, &ch);

	/* Somebody used it between our look and our write. */
	if (k == ERR_CONFLICT && strcmp(c->err.code, "db.constraint") == 0) {
		err_clear(c);
		return fail_field(c, "max_uses", "It was used more often meanwhile.");
	}
	return k;
}

/* ---- redeeming ---- */

struct redeem {
	uint64_t account_id;
	const char *code, *type, *field;
	struct promo_gain *out;
	struct promo_find_row row;
};

/* Only whether, not how often: the same words for a code that never was and one
 * that staff withdrew. */
static enum errk usable(struct ctx *c, const struct redeem *r)
{
	const struct promo_find_row *p = &r->row;

	if (!p->active)
		return fail_field(c, r->field, "We do not know this code.");
	if (strcmp(p->type, r->type) != 0)
		return fail_field(c, r->field, strcmp(p->type, "SIGNUP") == 0
			? "This code is for new customers, at sign-up."
			: "This code is for existing customers: use it in My Profile once you "
			  "have an account.");
	if (p->valid_from > c->now)
		return fail_field(c, r->field, "This code is not valid yet.");
	if (!p->valid_to_null && p->valid_to <= c->now)
		return fail_field(c, r->field, "This code has expired.");
	if (!p->max_uses_null && p->uses >= p->max_uses)
		return fail_field(c, r->field, "This code has been used up.");
	if (strcmp(p->kind, "PERCENT") != 0 && p->amount_e8_null)
		return fail_field(c, r->field, "This code is not offered in your currency.");
	return ERR_OK;
}

static enum errk find(struct ctx *c, struct redeem *r, const char *currency)
{
	const char *code = promo_code_normal(c->mem, r->code);
	enum errk k = ERR_NOT_FOUND;

	if (code != NULL)
		k = q_promo_find(c, code, currency, &r->row);
	if (k == ERR_NOT_FOUND) {
		err_clear(c);
		return fail_field(c, r->field, "We do not know this code.");
	}
	TRY(k);
	return usable(c, r);
}

/* The one place where a code becomes money: an expense of the house, to the
 * customer's balance, of which it is a grant. */
static enum errk promo_credit(struct ctx *c, const struct redeem *r, const char *currency,
			      struct promo_gain *out)
{
	const char *key = arena_fmt(c->mem, "promo:%llu", (unsigned long long)out->redemption_id);
	struct ledger_leg legs[] = {
		{ 0, "PROMO_EXPENSE", out->credit_e8 },
		{ r->account_id, "WALLET", -out->credit_e8 },
	};

	TRY(credit_give(c, &(struct credit_in){
		.account_id = r->account_id, .redemption_id = out->redemption_id, .key = key,
		.amount_e8 = out->credit_e8, .days = r->row.credit_days }, &out->expires_at));
	return ledger_post(c, &(struct ledger_post){
		.key = key, .account_id = r->account_id, .ref_id = out->redemption_id,
		.reason = "PROMO", .note = out->label, .currency = currency, .at = c->now,
		.legs = legs, .nlegs = sizeof legs / sizeof legs[0] });
}

static enum errk effect(struct ctx *c, const struct redeem *r, uint32_t nth,
			const struct discount_start *s)
{
	const struct promo_find_row *p = &r->row;
	struct promo_gain *out = r->out;
	uint64_t discount_id;

	*out = (struct promo_gain){ .code = p->code, .kind = p->kind, .label = p->label,
				    .currency = s->currency, .cycles = p->cycles, .ppm = p->ppm };
	if (strcmp(p->kind, "CREDIT") == 0) {
		out->credit_e8 = p->amount_e8;
		TRY(q_promo_redemption_insert(c, p->id, r->account_id, nth, c->now, c->actor,
					      s->currency, p->amount_e8, NULL,
					      &out->redemption_id));
		return promo_credit(c, r, s->currency, out);
	}
	out->amount_e8 = p->amount_e8_null ? 0 : p->amount_e8;
	TRY(q_discount_insert(c, r->account_id, "PROMO", &p->id, p->kind, -p->ppm,
			      -out->amount_e8, s->currency, "", s->first_hour, p->cycles,
			      p->label, c->now, c->actor, &discount_id));
	return q_promo_redemption_insert(c, p->id, r->account_id, nth, c->now, c->actor,
					 s->currency, 0, &discount_id, &out->redemption_id);
}

static enum errk redeem_body(struct ctx *c, void *arg)
{
	struct redeem *r = arg;
	struct discount_start s;
	struct promo_used_by_row used;
	uint64_t n;

	TRY(q_wallet_claim(c, r->account_id, &n));
	TRY(discount_begin(c, r->account_id, &s));
	if (strcmp(s.status, "CLOSED") == 0)
		return fail(c, ERR_CONFLICT, "account.closed", "account is closed");
	TRY(find(c, r, s.currency));
	TRY(q_promo_used_by(c, r->row.id, r->account_id, &used));
	if (used.n >= r->row.max_uses_per_account)
		return fail_field(c, r->field, "You have used this code already.");
	TRY(q_promo_take(c, r->row.id, c->now, &n));
	if (n != 1)	/* what we read was overtaken */
		return fail_field(c, r->field, "This code has been used up.");
	if (FAILPOINT("promo.taken"))
		return fail(c, ERR_INTERNAL, "internal", "failpoint promo.taken");
	return effect(c, r, used.n + 1, &s);
}

enum errk promo_redeem(struct ctx *c, uint64_t account_id, const char *code,
		       struct promo_gain *out)
{
	struct redeem r = { .account_id = account_id, .code = code, .type = "EXISTING",
			    .field = "code", .out = out };

	return db_tx(c, redeem_body, &r);
}

struct signup {
	const struct account_in *in;
	const char *code;
	struct account_created *out;
	struct promo_gain *gain;
};

static enum errk signup_body(struct ctx *c, void *arg)
{
	const struct signup *s = arg;
	struct redeem r = { .code = s->code, .type = "SIGNUP", .field = "promo_code",
			    .out = s->gain };

	TRY(account_create(c, s->in, s->out));
	r.account_id = s->out->account_id;
	return redeem_body(c, &r);
}

enum errk promo_signup(struct ctx *c, const struct account_in *in, const char *code,
		       struct account_created *out, struct promo_gain *gain)
{
	struct signup s = { in, code, out, gain };
	struct redeem r = { .code = code, .type = "SIGNUP", .field = "promo_code" };

	*gain = (struct promo_gain){ 0 };
	if (code == NULL || code[0] == '\0')
		return account_create(c, in, out);
	/* A look before anything is made; the redemption looks again under its guard. */
	TRY(find(c, &r, in->currency != NULL ? in->currency : c->set->currency_base));
	return db_tx(c, signup_body, &s);
}
