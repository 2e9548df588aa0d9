/* POST /api/hook/usage-events: metering intake of a provider's orchestrator. */
#include "fcgi/route.h"
#include "usage/usage.h"

struct batch_in { const struct json *events; };
const struct field hook_usage_events_in[] = {
	F_ARRAY(struct batch_in, events, true, 1, 1000, "Resource events"), F_END
};

struct event_in {
	const char *id, *type, *resource, *zone, *offering, *parent, *name;
	int64_t at;
	uint64_t account_id, size_gb, bytes;
};
static const struct field event_in[] = {
	F_STR(struct event_in, id, true, 1, 100, "Unique per source"),
	F_STR(struct event_in, type, true, 1, 32, "instance.created, volume.resized ..."),
	F_TIME(struct event_in, at, true, "When it happened, UTC"),
	F_U64(struct event_in, account_id, false, 1, UINT64_MAX, "With a resource's first event"),
	F_STR(struct event_in, resource, true, 1, 100, "The source's name of the resource"),
	F_STR(struct event_in, zone, false, 1, 32, "Zone code"),
	F_STR(struct event_in, offering, false, 1, 32, "Offering code"),
	F_STR(struct event_in, parent, false, 1, 100, "Resource it belongs to"),
	F_U64(struct event_in, size_gb, false, 1, USAGE_GB_MAX, "Size of a volume or snapshot"),
	F_U64(struct event_in, bytes, false, 1, USAGE_BYTES_MAX, "Sent in the hour of `at`"),
	F_STR(struct event_in, name, false, 1, 100, "Name to show"),
	F_END
};

static const char *const outcome_names[] = {
	[USAGE_APPLIED] = "applied", [USAGE_DUPLICATE] = "duplicate",
	[USAGE_PENDING] = "pending", [USAGE_REJECTED] = "rejected",
};

/* All shapes are checked before the first event is taken. */
static enum errk batch_read(struct req *r, const struct json *events, struct event_in *list,
			    size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (fields_from_object(&r->ctx, event_in, json_at(events, i),
				       arena_fmt(r->ctx.mem, "events[%zu].", i),
				       &list[i]) != ERR_OK &&
		    r->ctx.err.nfields == FIELD_ERRORS_MAX)
			break;
	return r->ctx.err.nfields > 0 ? ERR_INVALID : ERR_OK;
}

enum errk hook_usage_events(struct req *r)
{
	const struct batch_in *in = r->in;
	size_t n = json_len(in->events);
	struct event_in *list = ARENA_ARRAY(r->ctx.mem, n, struct event_in);

	TRY(batch_read(r, in->events, list, n));
	jo_arr(r->out, "results");
	for (size_t i = 0; i < n; i++) {
		struct usage_result res;

		TRY(usage_intake(&r->ctx, r->source, &(struct usage_event_in){
			.id = list[i].id, .kind = list[i].type, .at = list[i].at,
			.account_id = list[i].account_id, .resource = list[i].resource,
			.zone = list[i].zone, .offering = list[i].offering,
			.parent = list[i].parent, .name = list[i].name,
			.size_gb = (int64_t)list[i].size_gb, .bytes = (int64_t)list[i].bytes },
			&res));
		jo_obj(r->out, NULL);
		jo_str(r->out, "id", list[i].id);
		jo_str(r->out, "status", outcome_names[res.outcome]);
		if (res.message != NULL)
			jo_str(r->out, "message", res.message);
		jo_end(r->out);
	}
	jo_end(r->out);
	return ERR_OK;
}
