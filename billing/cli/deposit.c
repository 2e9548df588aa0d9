/* tollbridge account verify | unverify, deposit list | receive | payout | release |
 * chargeback */
#include "deposit/deposit.h"

#include "base/clock.h"
#include "cli/cli.h"
#include "stmt.h"

static enum errk word(struct cli *k, bool verified)
{
	uint64_t id;
	bool changed;

	TRY(cli_id(k, "ID", k->argv[0], &id));
	TRY(deposit_verify(k->c, id, verified, k->reason != NULL ? k->reason : "by operator",
			   &changed));
	cli_say(k, changed ? "client %llu is %s" : "client %llu was %s before",
		(unsigned long long)id, verified ? "verified" : "not verified");
	jo_bool(k->out, "changed", changed);
	return ERR_OK;
}

enum errk cmd_account_verify(struct cli *k)
{
	return word(k, true);
}

enum errk cmd_account_unverify(struct cli *k)
{
	return word(k, false);
}

enum errk cmd_deposit_receive(struct cli *k)
{
	struct deposit_in in = { .amount = k->argv[1], .gateway = k->argv[2],
				 .gateway_txn = k->argv[3] };
	struct deposit_out out;

	TRY(cli_id(k, "CLIENT", k->argv[0], &in.account_id));
	TRY(deposit_receive(k->c, &in, &out));
	cli_say(k, "deposit %llu%s%s", (unsigned long long)out.id,
		out.duplicate ? " was known: nothing happened" : " received",
		out.activated ? ", the account is active" : "");
	jo_u64(k->out, "id", out.id);
	jo_bool(k->out, "known", out.duplicate);
	jo_bool(k->out, "activated", out.activated);
	return ERR_OK;
}

enum errk cmd_deposit_list(struct cli *k)
{
	struct deposit_list_row *rows;
	uint64_t id;
	size_t n;

	TRY(cli_id(k, "CLIENT", k->argv[0], &id));
	TRY(q_deposit_list(k->c, id, &rows, &n));
	jo_arr(k->out, "rows");
	for (size_t i = 0; i < n; i++) {
		const struct deposit_list_row *d = &rows[i];
		const struct currency *cur = currency_find(d->currency);

		cli_say(k, "%8llu  %-12s %s %s  refund %s, balance %s, fee %s  %s %s",
			(unsigned long long)d->id, d->status,
			money_text(k->c->mem, d->amount_minor, cur), cur->code,
			money_text(k->c->mem, d->refund_minor, cur),
			money_text(k->c->mem, d->wallet_minor, cur),
			money_text(k->c->mem, d->fee_minor, cur), d->gateway, d->gateway_txn);
		jo_obj(k->out, NULL);
		jo_u64(k->out, "id", d->id);
		jo_str(k->out, "status", d->status);
		jo_str(k->out, "currency", cur->code);
		jo_str(k->out, "amount", money_text(k->c->mem, d->amount_minor, cur));
		jo_str(k->out, "refund", money_text(k->c->mem, d->refund_minor, cur));
		jo_str(k->out, "wallet", money_text(k->c->mem, d->wallet_minor, cur));
		jo_str(k->out, "fee", money_text(k->c->mem, d->fee_minor, cur));
		jo_time(k->out, "received_at", d->received_at);
		jo_end(k->out);
	}
	jo_end(k->out);
	return ERR_OK;
}

/* The operator names the deposit alone. */
static enum errk named(struct cli *k, uint64_t *account_r, uint64_t *id_r)
{
	struct deposit_owner_row owner;

	TRY(cli_id(k, "ID", k->argv[0], id_r));
	TRY(q_deposit_owner(k->c, *id_r, &owner));
	*account_r = owner.account_id;
	return ERR_OK;
}

static enum errk done(struct cli *k, const char *text)
{
	cli_say(k, "%s", text);
	jo_bool(k->out, "ok", true);
	return ERR_OK;
}

enum errk cmd_deposit_payout(struct cli *k)
{
	uint64_t account, id;

	TRY(named(k, &account, &id));
	TRY(deposit_payout(k->c, account, id, k->argv[1]));
	return done(k, "paid back");
}

enum errk cmd_deposit_release(struct cli *k)
{
	uint64_t account, id;

	TRY(named(k, &account, &id));
	TRY(deposit_release(k->c, account, id, k->argv[1],
			    k->reason != NULL ? k->reason : "by operator"));
	return done(k, "decided");
}

enum errk cmd_deposit_chargeback(struct cli *k)
{
	uint64_t account, id;

	TRY(named(k, &account, &id));
	TRY(deposit_chargeback(k->c, account, id, k->reason != NULL ? k->reason : "by operator"));
	return done(k, "charged back");
}
