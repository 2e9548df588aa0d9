/* /api/admin/settings: Config > CMP Config > Feature Configuration > Billing. */
#include <string.h>

#include "base/clock.h"
#include "fcgi/show.h"
#include "rating/whatif.h"
#include "settings/settings.h"

static const struct { const char *id, *title; } groups[] = {
	{ "ips", "Public IPs" }, { "prepaid", "Prepaid" }, { "payment", "Invoices and payment" },
	{ "plans", "Plans and contracts" }, { "signup", "Sign-up and promotions" },
	{ "integration", "Integration" }, { "portal", "Portal" }, { "money", "Money and terms" },
	{ "mail", "E-mail" },
};

struct list_body { const char *group; };
const struct field admin_settings_in[] = {
	F_STR(struct list_body, group, false, 0, 32, "Group of settings; billing or empty: all"),
	F_END
};

enum errk admin_settings(struct req *r)
{
	const struct list_body *in = r->in;
	bool all = in->group == NULL || strcmp(in->group, "billing") == 0;

	jo_u64(r->out, "generation", r->ctx.generation);
	jo_arr(r->out, "groups");
	for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
		jo_obj(r->out, NULL);
		jo_str(r->out, "id", groups[i].id);
		jo_str(r->out, "title", groups[i].title);
		jo_end(r->out);
	}
	jo_end(r->out);
	return settings_to_json(&r->ctx, r->out, all ? "" : in->group);
}

struct patch_in {
	const char *key, *value, *reason;
	uint64_t version;
	bool version_set, dry_run;
};
const struct field admin_setting_patch_in[] = {
	F_STR(struct patch_in, key, true, 1, 64, "Setting, from the path"),
	F_LINES(struct patch_in, value, false, 0, 2000, "New value as text; empty: none"),
	F_U64_OPT(struct patch_in, version, 0, UINT64_MAX, "Version of the row that was edited"),
	F_STR(struct patch_in, reason, false, 0, 500, "Why, for the history"),
	F_BOOL(struct patch_in, dry_run, false, "false", "Only say what would happen"),
	F_END
};

/* "effect": what other amounts the last 30 days would have come to, per currency. */
static enum errk effect(struct req *r, const struct setting_changed *ch, const char *key)
{
	struct whatif w;

	TRY(whatif_run(&r->ctx, key, ch->old_value, ch->value, &w));
	if (!w.rules) {
		jo_null(r->out, "effect");
		return ERR_OK;
	}
	jo_obj(r->out, "effect");
	jo_time(r->out, "from", w.from_hour * HOUR_S);
	jo_time(r->out, "to", w.to_hour * HOUR_S);
	jo_arr(r->out, "rows");
	for (size_t i = 0; i < w.n; i++) {
		const struct whatif_sum_row *row = &w.rows[i];

		jo_obj(r->out, NULL);
		jo_str(r->out, "currency", row->currency);
		jo_u64(r->out, "accounts", row->accounts);
		jo_u64(r->out, "changed", row->changed);
		show_amount(r, "before", row->before_e8, row->currency);
		show_amount(r, "after", row->after_e8, row->currency);
		show_amount(r, "difference", row->after_e8 - row->before_e8, row->currency);
		jo_end(r->out);
	}
	jo_end(r->out);
	jo_end(r->out);
	return ERR_OK;
}

enum errk admin_setting_patch(struct req *r)
{
	const struct patch_in *in = r->in;
	struct setting_changed out;

	TRY(settings_change(&r->ctx, &(struct setting_change){
		.key = in->key, .value = in->value ? in->value : "",
		.version = in->version_set ? in->version : UINT64_MAX, .reason = in->reason,
		.dry_run = in->dry_run }, &out));
	if (in->dry_run) {
		TRY(effect(r, &out, in->key));
	} else {
		TRY(settings_use(&r->ctx, r->settings, out.generation));
		r->audit_object = arena_fmt(r->ctx.mem, "setting:%s", in->key);
		r->audit_detail = arena_fmt(r->ctx.mem, "%s -> %s", out.old_value, out.value);
	}
	jo_obj(r->out, "row");
	TRY(settings_row_to_json(&r->ctx, r->out, in->key));
	jo_end(r->out);
	jo_arr(r->out, "warnings");
	for (size_t i = 0; i < out.nwarnings; i++)
		jo_str(r->out, NULL, out.warnings[i]);
	jo_end(r->out);
	return ERR_OK;
}

struct key_in { const char *key; };
const struct field admin_setting_history_in[] = {
	F_STR(struct key_in, key, true, 1, 64, "Setting, from the path"), F_END
};

enum errk admin_setting_history(struct req *r)
{
	const struct key_in *in = r->in;

	return settings_history_to_json(&r->ctx, r->out, in->key);
}
