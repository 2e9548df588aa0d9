/* Contracts (feature 11): Pay-As-You-Go, or a fixed payment a month that includes
 * things up to a limit. What is beyond the limit is priced as without a contract
 * (overage PAYG), or refused (overage REFUSE): the portal does not create it. What
 * an orchestrator reports all the same is metered and rated at 0 with the reason
 * OVER_CONTRACT, for a customer who was promised one payment owes nothing else;
 * staff sees it, with its list price, on the client's page.
 *
 * Which hours are inside is kept in contract_cover, per resource, and follows
 * from the contracts and the lives of the resources alone: in each hour the
 * resources alive in it are taken by (acquired_at, id), oldest first; each takes
 * room from the first part that names it and still holds it whole (parts that
 * name an offering before those that do not, an item before its component). A
 * volume or snapshot takes its GB. What was released in an hour still fills it: its
 * place is free from the next full hour. Traffic has no limit: it is inside when a
 * part names it. A contract without parts includes everything.
 *
 * When contracts change and how fees are billed: invoice/fee.h. */
#ifndef TB_CONTRACT_CONTRACT_H
#define TB_CONTRACT_CONTRACT_H

#include "base/ctx.h"

#define CONTRACT_PARTS_MAX 20
#define CONTRACT_OPEN INT64_C(4000000000)
#define CONTRACT_QUANTITY_MAX 1000000000

struct contract_part {
	uint64_t id;			/* of the row; 0: not stored yet */
	const char *what;		/* a component or an item */
	uint64_t offering_id;		/* 0: any */
	int64_t quantity;		/* 0: without limit */
};

struct contract_terms {
	const char *kind;		/* PAYG or FIXED */
	int64_t fee_e8;			/* of a month */
	const char *overage;		/* REFUSE or PAYG */
	const struct contract_part *parts;
	size_t n;
};

/* ---- pure rules, table-tested ---- */

struct cover_term { int64_t from_hour, to_hour; struct contract_terms t; };
struct cover_state {		/* hours in which something lives */
	uint64_t resource_id;
	int64_t acquired_at, from_hour, to_hour;
	const char *item, *component;
	uint64_t offering_id;
	int64_t quantity;
};
enum cover { COVER_PRICED, COVER_INSIDE, COVER_REFUSED };
struct cover_tile {
	uint64_t resource_id;
	int64_t from_hour, to_hour;
	int32_t state, traffic;		/* enum cover */
	uint64_t part_id;		/* 0: none */
};
struct cover_list { struct cover_tile *tiles; size_t n; };

/* From an hour on, all hours of each resource, in the order of (resource_id,
 * from_hour). Sorts the states. */
void cover_build(struct arena *mem, const struct cover_term *terms, size_t nterms,
		 struct cover_state *states, size_t n, int64_t from_hour, struct cover_list *out);

/* What may be included: rows of things.def. NULL: nothing of that name. */
struct contract_thing {
	const char *what, *component, *offering_kind;	/* "": it has no offering */
	bool limited;
};
const struct contract_thing *contract_thing(const char *what);
extern const struct contract_thing contract_things[];
extern const size_t contract_things_count;

/* ---- in a transaction that claimed the wallet row ---- */

/* INVALID fields "<at>[i].what", offering_id, quantity. */
enum errk contract_parts_check(struct ctx *c, const struct contract_part *parts,
			       size_t n) WARN_UNUSED;
/* A contract that begins at an hour, or with HOUR -1 one to come. The account's
 * row says the kind of what begins. */
struct contract_row {
	uint64_t account_id;
	const struct contract_terms *terms;
	const char *state;		/* ACTIVE PENDING WAITING */
	int64_t from_hour;		/* ACTIVE */
	int64_t due_e8;			/* WAITING: what the balance must hold */
	bool renewal;			/* WAITING: it was in force before */
	const char *note;
};
enum errk contract_insert(struct ctx *c, const struct contract_row *r, uint64_t *id_r) WARN_UNUSED;

/* Lives or contracts changed from an hour on: contract_cover follows, and hours
 * that are rated already are rated again. An account without contracts costs one
 * look at an index. */
enum errk contract_cover_keep(struct ctx *c, uint64_t account_id, int64_t from_hour) WARN_UNUSED;

/* For verify: how many resources are not inside in the hours the rule says. */
enum errk contract_cover_wrong(struct ctx *c, uint64_t *n_r) WARN_UNUSED;

/* How much is beyond a contract that refuses, before and after something is
 * created: CONFLICT contract.limit, naming the limit, when it became more. */
enum errk contract_room(struct ctx *c, uint64_t account_id, int64_t *over_r) WARN_UNUSED;
enum errk contract_room_left(struct ctx *c, uint64_t account_id, int64_t over_before) WARN_UNUSED;

/* ---- what a customer is shown ---- */

/* How much of so many more of an item, each of a quantity, would be inside in the
 * hour under way; refused: what is not would not be created. */
struct contract_ask { const char *item, *component; uint64_t offering_id; int64_t quantity; };
struct contract_answer { uint32_t inside; bool refused; };
enum errk contract_would(struct ctx *c, uint64_t account_id, const struct contract_ask *ask,
			 uint32_t count, struct contract_answer *out) WARN_UNUSED;

#endif
