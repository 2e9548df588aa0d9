/* Customers: sign-up, Add Client, changes, suspension reasons. Creating an
 * account makes in one transaction: account, its owner (user), wallet, ledger
 * accounts and, when WHMCS billing is on, the job that makes the client there. */
#ifndef TB_ACCOUNT_ACCOUNT_H
#define TB_ACCOUNT_ACCOUNT_H

#include "base/ctx.h"
#include "base/json.h"
#include "contract/contract.h"
#include "money/money.h"

/* Who is being created or changed. Texts are trimmed by the caller's field
 * table; NULL means "not given". Amounts are decimal text. */
struct account_in {
	const char *category;		/* INDIVIDUAL or ORGANIZATION */
	const char *email, *password;	/* password NULL: none yet (staff-made client) */
	const char *first_name, *last_name, *company;
	const char *address1, *address2, *city, *state, *postcode, *country, *phone, *tax_id;
	const char *currency;		/* NULL: base currency */
	const char *plan;		/* NULL: preset of the category */
	const char *contract;		/* NULL: PAYG */
	const char *fixed_fee, *credit_limit;
	const char *overage;		/* FIXED; NULL: PAYG */
	const struct contract_part *parts;	/* FIXED; none: everything is included */
	size_t nparts;
	const char *timezone;		/* NULL: UTC */
	const char *refund_promise;	/* words about a deposit that were shown; NULL: none */
	bool plan_confirmed;		/* customer agreed to the plan shown */
	bool by_staff;			/* Add Client: any plan, contract type when switched on */
	bool from_whmcs;		/* a change made there: it is not told back */
};

struct account_created { uint64_t account_id, user_id; };

enum errk account_create(struct ctx *c, const struct account_in *in,
			 struct account_created *out) WARN_UNUSED;
/* Changes the fields that are not NULL (never category, currency, e-mail of
 * the owner; from WHMCS, the e-mail the account is written to, not the login).
 * credit_limit and plan only by staff; the plan as plan_change says. WHMCS is told. */
enum errk account_update(struct ctx *c, uint64_t account_id,
			 const struct account_in *in) WARN_UNUSED;

/* Decimal text of a non-negative amount in cur -> e8; INVALID names the field. */
enum errk amount_field(struct ctx *c, const char *name, const char *text,
		       const struct currency *cur, int64_t *e8_r) WARN_UNUSED;

/* What a plan setting offers for a category: "PREPAID" or all three. */
struct plan_offer { const char *preset; const char *choices[3]; size_t n; };
void plan_offer(const struct ctx *c, const char *category, struct plan_offer *out);
const char *plan_text(const char *plan);	/* sentence a customer confirms */

/* Suspension is a set of reasons; the account is SUSPENDED while one is
 * active. Adding an active reason again changes nothing. */
enum errk account_suspend(struct ctx *c, uint64_t account_id, const char *reason,
			  const char *note) WARN_UNUSED;
enum errk account_lift(struct ctx *c, uint64_t account_id, const char *reason,
		       const char *note) WARN_UNUSED;

/* Staff: `tollbridge admin create`. Role OWNER, BILLING, SUPPORT or ACCOUNTANT. */
enum errk staff_create(struct ctx *c, const char *email, const char *password,
		       const char *first_name, const char *last_name, const char *role,
		       uint64_t *user_id_r) WARN_UNUSED;

struct country { const char *code, *name; };
extern const struct country countries[];
extern const size_t countries_count;

#endif
