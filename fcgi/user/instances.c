/* /api/user/instances: list, create, one, power, delete, secondary IPs. */
#include <string.h>

#include "base/clock.h"
#include "base/zone.h"
#include "catalog/catalog.h"
#include "fcgi/show.h"
#include "fcgi/user/addresses.h"
#include "stmt.h"
#include "usage/usage.h"

static void instance_out(struct req *r, const struct instance_page_row *i, const char *currency)
{
	jo_u64(r->out, "id", i->id);
	jo_str(r->out, "name", i->name);
	jo_str(r->out, "state", i->state);
	jo_u64(r->out, "zone_id", i->zone_id);
	jo_str(r->out, "zone", i->zone);
	jo_str(r->out, "offering", i->offering);
	jo_u64(r->out, "vcpu", i->vcpu);
	jo_u64(r->out, "memory_mb", i->memory_mb);
	jo_u64(r->out, "disk_gb", i->disk_gb);
	jo_str(r->out, "ip", i->ip);
	show_amount(r, "hour", strcmp(i->state, "DELETED") == 0 ? 0 : i->unit_e8, currency);
	jo_time(r->out, "created_at", i->created_at);
}

struct instances_in { struct list_in list; };
const struct field user_instances_in[] = {
	F_LIST(struct instances_in, list, "id|created_at|name|status",
	       "RUNNING|STOPPED"), F_END
};

enum errk user_instances(struct req *r)
{
	const struct instances_in *in = r->in;
	const char *q = in->list.q ? in->list.q : "";
	struct instance_page_row *rows;
	struct resource_count_row total;
	struct wallet_view_row w;
	size_t n;

	TRY(q_wallet_view(&r->ctx, r->account_id, &w));
	TRY(q_instance_page(&r->ctx, r->account_id, 0, q,
			    in->list.status ? in->list.status : "", hour_floor(r->ctx.now),
			    in->list.sort, in->list.dir, in->list.per,
			    (uint32_t)list_skip(&in->list), &rows, &n));
	TRY(q_resource_count(&r->ctx, r->account_id, "INSTANCE", q,
			     in->list.status ? in->list.status : "", &total));
	jo_arr(r->out, "rows");
	for (size_t i = 0; i < n; i++) {
		jo_obj(r->out, NULL);
		instance_out(r, &rows[i], w.currency);
		jo_end(r->out);
	}
	jo_end(r->out);
	jo_obj(r->out, "counts");
	jo_end(r->out);
	show_page(r, &in->list, total.n);
	return ERR_OK;
}

struct create_in {
	const char *name, *idempotency_key;
	uint64_t zone_id, offering_id, quote_id;
	bool public_ip;
};
const struct field user_instance_create_in[] = {
	F_STR(struct create_in, name, true, 1, 63, "Name of the instance"),
	F_U64(struct create_in, zone_id, true, 1, UINT64_MAX, "Zone"),
	F_U64(struct create_in, offering_id, true, 1, UINT64_MAX, "Offering"),
	F_BOOL(struct create_in, public_ip, false, "false", "With a public IP"),
	F_U64(struct create_in, quote_id, false, 0, UINT64_MAX, "The estimate that was shown"),
	F_STR(struct create_in, idempotency_key, true, 16, 64, "Same key, same instance"),
	F_END
};

/* As the form says; what a host may be called. */
static bool host_name(const char *s)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789-";
	size_t len = strlen(s);

	return s[strspn(s, letters)] == '\0' && s[0] != '-' && s[len - 1] != '-';
}

enum errk user_instance_create(struct req *r)
{
	const struct create_in *in = r->in;
	uint64_t id;

	if (!host_name(in->name))
		return fail_field(&r->ctx, "name",
				  "Letters, digits and hyphens, please; no hyphen at either end.");
	TRY(instance_create(&r->ctx, r->account_id, &(struct instance_in){
		.name = in->name, .zone_id = in->zone_id, .offering_id = in->offering_id,
		.quote_id = in->quote_id, .public_ip = in->public_ip }, &id));
	r->status = 201;
	jo_u64(r->out, "id", id);
	return ERR_OK;
}

/* "instance.stopped" as a sentence. */
static const char *event_text(const char *kind)
{
	static const struct { const char *kind, *text; } texts[] = {
		{ "instance.created", "Created" }, { "instance.started", "Started" },
		{ "instance.stopped", "Stopped" }, { "instance.resized", "Resized" },
		{ "instance.deleted", "Deleted" },
	};

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		if (strcmp(texts[i].kind, kind) == 0)
			return texts[i].text;
	return kind;
}

static enum errk secondary_price(struct req *r, uint64_t zone_id, const char *currency)
{
	bool paid = r->ctx.set->ip_secondary_charge;
	struct price_now p = { 0 };

	if (paid)
		TRY(price_now(&r->ctx, "SECONDARY_IP", zone_id, 0, currency, &p));
	jo_obj(r->out, "secondary_ip");
	jo_bool(r->out, "paid", paid);
	show_amount(r, "hour", p.unit_e8, currency);
	show_amount(r, "month", price_month(p.unit_e8, p.cap_hours), currency);
	jo_str(r->out, "text", paid ? "Secondary IP addresses are a paid service."
				    : "Secondary IP addresses are free.");
	jo_end(r->out);
	return ERR_OK;
}

static enum errk life_out(struct req *r, uint64_t id)
{
	struct resource_events_row *ev;
	size_t n;

	TRY(q_resource_events(&r->ctx, id, &ev, &n));
	jo_arr(r->out, "events");
	for (size_t i = 0; i < n; i++) {
		jo_obj(r->out, NULL);
		jo_time(r->out, "at", ev[i].at);
		jo_str(r->out, "text", event_text(ev[i].kind));
		jo_end(r->out);
	}
	jo_end(r->out);
	return ERR_OK;
}

struct one_in { uint64_t id; };
const struct field user_instance_in[] = {
	F_U64(struct one_in, id, true, 1, UINT64_MAX, "Instance, from the path"), F_END
};

enum errk user_instance(struct req *r)
{
	const struct one_in *in = r->in;
	struct instance_page_row *rows;
	struct wallet_view_row w;
	struct resource_cost_row cost;
	size_t n;

	TRY(q_wallet_view(&r->ctx, r->account_id, &w));
	TRY(q_instance_page(&r->ctx, r->account_id, in->id, "", "", hour_floor(r->ctx.now), "id",
			    "desc", 1, 0, &rows, &n));
	if (n == 0)
		return fail(&r->ctx, ERR_NOT_FOUND, "db.no_row", "no such instance");
	instance_out(r, &rows[0], w.currency);
	TRY(addresses_out(r, "ips", in->id, w.currency));
	TRY(secondary_price(r, rows[0].zone_id, w.currency));
	TRY(q_resource_cost(&r->ctx, r->account_id, in->id,
			    zone_month_hour(zone_load(r->ctx.mem, w.timezone), r->ctx.now, 0),
			    hour_floor(r->ctx.now) + 1, &cost));
	show_amount(r, "month_to_date", cost.amount_e8, w.currency);
	return life_out(r, in->id);
}

struct act_in { uint64_t id; const char *idempotency_key; };
#define ACT_FIELDS \
	F_U64(struct act_in, id, true, 1, UINT64_MAX, "Instance, from the path"), \
	F_STR(struct act_in, idempotency_key, true, 16, 64, "Same key, same effect"), F_END
const struct field user_instance_start_in[] = { ACT_FIELDS };
const struct field user_instance_stop_in[] = { ACT_FIELDS };
const struct field user_instance_delete_in[] = { ACT_FIELDS };
const struct field user_secondary_ip_add_in[] = { ACT_FIELDS };

static enum errk power(struct req *r, bool run)
{
	const struct act_in *in = r->in;

	TRY(instance_power(&r->ctx, r->account_id, in->id, run));
	jo_str(r->out, "state", run ? "RUNNING" : "STOPPED");
	return ERR_OK;
}

enum errk user_instance_start(struct req *r)
{
	return power(r, true);
}

enum errk user_instance_stop(struct req *r)
{
	return power(r, false);
}

enum errk user_instance_delete(struct req *r)
{
	const struct act_in *in = r->in;

	TRY(instance_delete(&r->ctx, r->account_id, in->id));
	jo_bool(r->out, "ok", true);
	return ERR_OK;
}

enum errk user_secondary_ip_add(struct req *r)
{
	const struct act_in *in = r->in;
	uint64_t id;

	TRY(ip_acquire(&r->ctx, r->account_id, 0, in->id, 0, &id));
	return address_made(r, id);
}
