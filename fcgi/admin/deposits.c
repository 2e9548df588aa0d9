/* Sign-up deposits and the verification of accounts, by staff: /api/admin/clients/{id}. */
#include "deposit/deposit.h"
#include "fcgi/show.h"
#include "stmt.h"

struct client_in { uint64_t id; };
const struct field admin_client_deposits_in[] = {
	F_U64(struct client_in, id, true, 1, UINT64_MAX, "Client, from the path"), F_END
};

static enum errk deposits_out(struct req *r, uint64_t account_id)
{
	struct account_get_row a;

	TRY(q_account_get(&r->ctx, account_id, &a));
	return show_deposit(r, account_id, a.currency, true);
}

enum errk admin_client_deposits(struct req *r)
{
	const struct client_in *in = r->in;

	return deposits_out(r, in->id);
}

struct receive_in { uint64_t id; const char *amount, *gateway, *reference; };
const struct field admin_deposit_receive_in[] = {
	F_U64(struct receive_in, id, true, 1, UINT64_MAX, "Client, from the path"),
	F_TEXT(struct receive_in, amount, true, "What was received, in the client's currency"),
	F_STR(struct receive_in, gateway, true, 1, 40, "How it was paid, such as bank"),
	F_STR(struct receive_in, reference, true, 1, 190,
	      "Its number there; told again, nothing happens"),
	F_END
};

enum errk admin_deposit_receive(struct req *r)
{
	const struct receive_in *in = r->in;
	struct deposit_out out;

	TRY(deposit_receive(&r->ctx, &(struct deposit_in){ in->id, in->amount, in->gateway,
							    in->reference }, &out));
	r->status = out.duplicate ? 200 : 201;
	jo_u64(r->out, "id", out.id);
	jo_bool(r->out, "known", out.duplicate);
	jo_bool(r->out, "activated", out.activated);
	return deposits_out(r, in->id);
}

struct verify_in { uint64_t id; bool verified; const char *note; };
const struct field admin_client_verification_in[] = {
	F_U64(struct verify_in, id, true, 1, UINT64_MAX, "Client, from the path"),
	F_BOOL(struct verify_in, verified, true, NULL, "Verified, or no longer"),
	F_STR(struct verify_in, note, true, 3, 300, "Why: what was seen"), F_END
};

enum errk admin_client_verification(struct req *r)
{
	const struct verify_in *in = r->in;
	bool changed;

	TRY(deposit_verify(&r->ctx, in->id, in->verified, in->note, &changed));
	jo_bool(r->out, "changed", changed);
	return deposits_out(r, in->id);
}

struct step_in { uint64_t id, deposit; const char *reference, *note, *to; };
const struct field admin_deposit_payout_in[] = {
	F_U64(struct step_in, id, true, 1, UINT64_MAX, "Client, from the path"),
	F_U64(struct step_in, deposit, true, 1, UINT64_MAX, "Deposit, from the path"),
	F_STR(struct step_in, reference, true, 3, 190, "How it was paid back, such as a transfer"),
	F_END
};
const struct field admin_deposit_release_in[] = {
	F_U64(struct step_in, id, true, 1, UINT64_MAX, "Client, from the path"),
	F_U64(struct step_in, deposit, true, 1, UINT64_MAX, "Deposit, from the path"),
	F_ENUM(struct step_in, to, true, "WALLET|FEE", NULL, "To the balance, or kept as a fee"),
	F_STR(struct step_in, note, true, 3, 300, "Why"), F_END
};
const struct field admin_deposit_chargeback_in[] = {
	F_U64(struct step_in, id, true, 1, UINT64_MAX, "Client, from the path"),
	F_U64(struct step_in, deposit, true, 1, UINT64_MAX, "Deposit, from the path"),
	F_STR(struct step_in, note, true, 3, 300, "What the bank says"), F_END
};

enum errk admin_deposit_payout(struct req *r)
{
	const struct step_in *in = r->in;

	TRY(deposit_payout(&r->ctx, in->id, in->deposit, in->reference));
	return deposits_out(r, in->id);
}

enum errk admin_deposit_release(struct req *r)
{
	const struct step_in *in = r->in;

	TRY(deposit_release(&r->ctx, in->id, in->deposit, in->to, in->note));
	return deposits_out(r, in->id);
}

enum errk admin_deposit_chargeback(struct req *r)
{
	const struct step_in *in = r->in;

	TRY(deposit_chargeback(&r->ctx, in->id, in->deposit, in->note));
	return deposits_out(r, in->id);
}
