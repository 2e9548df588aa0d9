/* What a contract says: checked, and into rows. */
#include <string.h>

#include "contract/contract.h"
#include "stmt.h"

static enum errk part_check(struct ctx *c, const struct contract_part *p, size_t i)
{
	const struct contract_thing *t = contract_thing(p->what);
	struct offering_active_row off;
	enum errk k;

	if (t == NULL)
		return fail_field(c, arena_fmt(c->mem, "parts[%zu].what", i),
				  "Nothing of this name can be included.");
	if (p->quantity < 0 || p->quantity > CONTRACT_QUANTITY_MAX)
		return fail_field(c, arena_fmt(c->mem, "parts[%zu].quantity", i),
				  "0 (without limit) to 1000000000.");
	if (!t->limited && p->quantity != 0)
		return fail_field(c, arena_fmt(c->mem, "parts[%zu].quantity", i),
				  "Traffic is included without limit: 0.");
	if (p->offering_id == 0)
		return ERR_OK;
	if (t->offering_kind[0] == '\0')
		return fail_field(c, arena_fmt(c->mem, "parts[%zu].offering_id", i),
				  "This has no offerings.");
	k = q_offering_active(c, p->offering_id, t->offering_kind, &off);
	if (k != ERR_NOT_FOUND)
		return k;
	err_clear(c);
	return fail_field(c, arena_fmt(c->mem, "parts[%zu].offering_id", i),
			  "Please choose an offering.");
}

enum errk contract_parts_check(struct ctx *c, const struct contract_part *parts, size_t n)
{
	if (n > CONTRACT_PARTS_MAX)
		return fail_field(c, "parts", "At most %d rows.", CONTRACT_PARTS_MAX);
	for (size_t i = 0; i < n; i++) {
		TRY(part_check(c, &parts[i], i));
		for (size_t k = 0; k < i; k++)
			if (strcmp(parts[k].what, parts[i].what) == 0 &&
			    parts[k].offering_id == parts[i].offering_id)
				return fail_field(c, arena_fmt(c->mem, "parts[%zu].what", i),
						  "This row is there twice.");
	}
	return ERR_OK;
}

enum errk contract_insert(struct ctx *c, const struct contract_row *r, uint64_t *id_r)
{
	const struct contract_terms *t = r->terms;
	bool active = strcmp(r->state, "ACTIVE") == 0;
	uint64_t n;

	TRY(q_contract_add(c, r->account_id, t->kind, t->fee_e8, t->overage, r->state,
			   active ? &r->from_hour : NULL, r->due_e8, r->renewal,
			   active ? NULL : &r->account_id, r->note, c->now, c->actor, id_r));
	for (size_t i = 0; i < t->n; i++)
		TRY(q_contract_part_add(c, *id_r, t->parts[i].what, t->parts[i].offering_id,
					t->parts[i].quantity, &n));
	return active ? q_account_contract_follow(c, r->account_id, t->kind, t->fee_e8, &n)
		      : ERR_OK;
}
