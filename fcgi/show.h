/* JSON shapes that several answers share: money, lists, wallet, documents. */
#ifndef TB_FCGI_SHOW_H
#define TB_FCGI_SHOW_H

#include "fcgi/route.h"

/* {"amount","currency","display"}: exact amount, and what people see at the
 * configured decimals. */
void show_amount(struct req *r, const char *name, int64_t e8, const char *currency);
/* What was counted, in the item's unit: "quantity" ("1.5"), "counted" ("GB"), "unit" (its
 * price, null without one), and "hours", null for what is not counted in hours. */
void show_counted(struct req *r, const char *unit, int64_t count, const int64_t *unit_e8,
		  const char *currency);
/* The same of a document amount: always the currency's own decimals. */
void show_money(struct req *r, const char *name, int64_t minor, const char *currency);
/* An exact amount that was given in whole minor units: shown as one. */
void show_whole(struct req *r, const char *name, int64_t e8, const char *currency);

/* An instant of the real clock (jobs, daemons), moved to the billing clock that
 * the pages show, so that "2 minutes ago" is right on a test installation. */
void show_wall(struct req *r, const char *name, int64_t wall);

/* total, page, per of a list; rows and counts are the caller's. */
void show_page(struct req *r, const struct list_in *list, uint64_t total);

/* brand, generation, now, testing, csrf, decimals, currencies, features. */
enum errk show_boot(struct req *r) WARN_UNUSED;
/* "currencies": what can be chosen: only the base one when Multi-currency is off. */
enum errk show_currencies(struct req *r) WARN_UNUSED;
void show_countries(struct req *r);

/* "wallet": balance, unposted, available (usage/funds.h; of who has no limit the
 * balance), shown_balance, negative_hidden, amount_due, funds_due (what of it the
 * balance is short of), needed (what ends a suspension). For customers `balance` is
 * masked as shown (setting 8); what is due never is. */
enum errk show_wallet(struct req *r, uint64_t account_id, bool staff) WARN_UNUSED;
/* "plan_next": the change to come, or null. */
enum errk show_plan_next(struct req *r, uint64_t account_id) WARN_UNUSED;
/* "entries": movements of the balance, newest first; what was left is masked as the
 * balance is. */
enum errk show_entries(struct req *r, uint64_t account_id, uint32_t limit,
		       bool staff) WARN_UNUSED;

/* Invoices. */
enum errk show_invoice_list(struct req *r, uint64_t account_id, const struct list_in *list,
			    bool staff) WARN_UNUSED;
enum errk show_invoice(struct req *r, uint64_t account_id, uint64_t id, bool staff) WARN_UNUSED;
enum errk show_invoice_usage(struct req *r, uint64_t account_id, uint64_t id,
			     uint64_t line) WARN_UNUSED;
/* An invoice as a file; account_id 0: any. */
enum errk show_document(struct req *r, uint64_t account_id, uint64_t id,
			const char *format) WARN_UNUSED;
/* "pay": the link to WHMCS, or how to pay without one. whmcs_id 0: not there. */
void show_pay(struct req *r, uint64_t whmcs_id);
/* Members of an array: unpaid documents, each with how to pay it: what is owed,
 * or the recharges that wait. */
enum errk show_open(struct req *r, uint64_t account_id, bool recharges,
		    const char *currency) WARN_UNUSED;

/* "notice" for a customer who is suspended or being restored, else null: why,
 * how much, which invoices, how to pay. The amounts are true, never masked. */
enum errk show_notice(struct req *r) WARN_UNUSED;
/* "suspension" of a client for staff: job, hold, deletion, what is needed. */
enum errk show_suspension(struct req *r, uint64_t account_id, const char *currency) WARN_UNUSED;

/* "deposit": the promise, whether the account is verified, what is owed, and what became of
 * each; for staff by whom and why. */
enum errk show_deposit(struct req *r, uint64_t account_id, const char *currency,
		       bool staff) WARN_UNUSED;
/* "deposit" of a customer who waits for it: what is missing, and how to pay. */
enum errk show_deposit_missing(struct req *r) WARN_UNUSED;

/* "contract": now, next (to come or waiting, or null); for staff what is beyond one that
 * refuses, and the history. */
enum errk show_contract(struct req *r, uint64_t account_id, bool staff) WARN_UNUSED;

/* "notifications": which mails a customer wants, null while mails are off. */
enum errk show_notifications(struct req *r) WARN_UNUSED;
/* Forgotten passwords: the link is mailed; used. */
enum errk show_forgotten(struct req *r, enum realm realm, const char *email) WARN_UNUSED;
enum errk show_reset(struct req *r, enum realm realm, const char *token,
		     const char *password) WARN_UNUSED;

/* "invoices": the newest n of one customer. */
enum errk show_invoices_newest(struct req *r, uint64_t account_id, uint32_t n) WARN_UNUSED;

#endif
