/* What is promised about a deposit: from the settings when somebody signs up, from his
 * own row for ever after. */
#include <string.h>

#include "base/db.h"
#include "deposit/private.h"
#include "settings/settings.h"
#include "stmt.h"

#define PERCENT_PPM 10000

int64_t deposit_refund(const struct deposit_promise *p, int64_t amount_minor, int64_t kept_minor)
{
	int64_t keep;

	if (!p->refund)
		return 0;
	if (strcmp(p->kind, "PERCENT") == 0)
		return tax_of(amount_minor, p->ppm);	/* the same half up */
	if (strcmp(p->kind, "FULL") == 0)
		return amount_minor;
	keep = p->fee_minor > kept_minor ? p->fee_minor - kept_minor : 0;
	return keep < amount_minor ? amount_minor - keep : 0;
}

static const char *sum_text(struct arena *mem, const struct deposit_promise *p, int64_t minor)
{
	return arena_fmt(mem, "%s %s", money_text(mem, minor, p->cur), p->cur->code);
}

const char *deposit_words(struct arena *mem, const struct deposit_promise *p)
{
	int64_t back = deposit_refund(p, p->required_minor, 0);
	const char *all = sum_text(mem, p, p->required_minor);
	const char *rest = sum_text(mem, p, p->required_minor - back);
	bool fee = strcmp(p->remainder, "FEE") == 0;

	if (back == p->required_minor)
		return arena_fmt(mem, "Your sign-up payment of %s is refunded in full once your "
				 "account is verified.", all);
	if (back == 0)
		return arena_fmt(mem, fee ? "Your sign-up payment of %s is not refunded: it is a "
				 "fee, taxes included, once your account is verified."
				 : "Your sign-up payment of %s is not refunded: it is added to "
				 "your balance once your account is verified.", all);
	return arena_fmt(mem, "Of your sign-up payment of %s, %s is refunded once your account is "
			 "verified. The rest, %s, is %s.", all, sum_text(mem, p, back), rest,
			 fee ? "a fee, taxes included" : "added to your balance");
}

/* The amount of a currency in a list of settings; 0: not named. */
static enum errk named(struct ctx *c, const char *text, const struct currency *cur,
		       int64_t *minor_r)
{
	struct setting_limit sums[LIMITS_MAX];
	size_t n;

	*minor_r = 0;
	TRY(settings_sums(c, text, sums, &n));
	for (size_t i = 0; i < n; i++)
		if (sums[i].cur == cur)
			*minor_r = sums[i].min_minor;
	return ERR_OK;
}

enum errk deposit_offer(struct ctx *c, const char *currency, struct deposit_promise *out)
{
	const struct settings *s = c->set;

	*out = (struct deposit_promise){ .cur = currency_find(currency),
		.refund = s->signup_verification_refund, .kind = s->signup_refund_kind,
		.ppm = s->signup_refund_percent * PERCENT_PPM, .remainder = s->signup_remainder };
	if (out->cur == NULL || !s->signup_payment || s->signup_payment_text[0] == '\0')
		return ERR_OK;
	TRY(named(c, s->signup_refund_fee, out->cur, &out->fee_minor));
	return named(c, s->signup_deposit, out->cur, &out->required_minor);
}

/* A customer whom nobody promised anything gets it on his balance. */
static struct deposit_promise nothing(const char *currency)
{
	return (struct deposit_promise){ .cur = currency_find(currency), .kind = "FULL",
					 .remainder = "WALLET" };
}

enum errk promise_of(struct ctx *c, uint64_t account_id, const char *currency,
		     struct deposit_promise *p)
{
	struct promise_get_row row;
	enum errk k = q_promise_get(c, account_id, &row);

	if (k == ERR_NOT_FOUND) {
		err_clear(c);
		*p = nothing(currency);
		return ERR_OK;
	}
	TRY(k);
	*p = (struct deposit_promise){ currency_find(row.currency), row.required_minor, row.refund,
				       row.kind, row.ppm, row.fee_minor, row.remainder };
	return ERR_OK;
}

static enum errk promise_write(struct ctx *c, uint64_t account_id,
			       const struct deposit_promise *p)
{
	uint64_t n;

	return q_promise_add(c, account_id, p->cur->code, p->required_minor, p->refund, p->kind,
			     p->ppm, p->fee_minor, p->remainder, c->now, &n);
}

enum errk promise_keep(struct ctx *c, uint64_t account_id, const char *currency,
		       struct deposit_promise *p)
{
	struct promise_get_row row;
	enum errk k = q_promise_get(c, account_id, &row);
	uint64_t n;

	if (k != ERR_NOT_FOUND) {
		TRY(k);
		return promise_of(c, account_id, currency, p);
	}
	err_clear(c);
	*p = nothing(currency);
	TRY(q_promise_words(c, account_id, "Nothing was promised at sign-up: the payment is added "
			    "to your balance once your account is verified.", &n));
	return promise_write(c, account_id, p);
}

/* ---- sign-up ---- */

struct signup {
	const struct account_in *in;
	const char *promo_code;
	const struct deposit_promise *p;
	struct account_created *made;
	struct promo_gain *gain;
};

static enum errk signup_body(struct ctx *c, void *arg)
{
	const struct signup *s = arg;

	TRY(promo_signup(c, s->in, s->promo_code, s->made, s->gain));
	TRY(promise_write(c, s->made->account_id, s->p));
	return account_suspend(c, s->made->account_id, "PAYMENT_PENDING",
			       "The account waits for its sign-up payment.");
}

enum errk deposit_signup(struct ctx *c, const struct account_in *in, const char *promo_code,
			 const char *words, struct account_created *made, struct promo_gain *gain)
{
	const char *currency = in->currency != NULL ? in->currency : c->set->currency_base;
	struct account_in with = *in;
	struct deposit_promise p;
	struct signup s = { &with, promo_code, &p, made, gain };

	TRY(deposit_offer(c, currency, &p));
	if (p.cur != NULL && p.required_minor == 0)
		return fail(c, ERR_FORBIDDEN, "signup.payment", "no deposit in %s", currency);
	if (p.cur != NULL) {	/* else the account's own check says so */
		with.refund_promise = deposit_words(c->mem, &p);
		if (words == NULL || strcmp(words, with.refund_promise) != 0)
			return fail_field(c, "promise", "The terms of the sign-up payment are: "
					  "%s Please confirm them.", with.refund_promise);
	}
	return db_tx(c, signup_body, &s);
}
