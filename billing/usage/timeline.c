#include "usage/timeline.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "base/clock.h"

static const char *item_of(enum resource_type type, bool running)
{
	switch (type) {
	case RESOURCE_INSTANCE:
		return running ? "INSTANCE_RUNNING" : "INSTANCE_STOPPED";
	case RESOURCE_PUBLIC_IP:
		return "PUBLIC_IP";
	case RESOURCE_SECONDARY_IP:
		return "SECONDARY_IP";
	case RESOURCE_VOLUME:
		return "VOLUME";
	case RESOURCE_SNAPSHOT:
		return "SNAPSHOT";
	}
	return NULL;
}

static bool same(const struct timeline_span *a, const struct timeline_span *b)
{
	return strcmp(a->item, b->item) == 0 && a->offering_id == b->offering_id &&
	       a->quantity == b->quantity;
}

/* Ends the open state at hour `to`; a neighbour of the same kind grows. */
static void emit(struct timeline *t, const struct timeline_span *open, int64_t to)
{
	struct timeline_span *last = t->n > 0 ? &t->spans[t->n - 1] : NULL;

	if (to <= open->from_hour)
		return;
	if (last != NULL && last->to_hour == open->from_hour && same(last, open) &&
	    last->created_at == open->created_at) {
		last->to_hour = to;
		return;
	}
	t->spans[t->n] = *open;
	t->spans[t->n].to_hour = to;
	t->n++;
}

static size_t find_created(const struct timeline_event *events, size_t i, size_t n)
{
	while (i < n && events[i].verb != USAGE_CREATED)
		i++;
	return i;
}

static int64_t max64(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* One life, from its creation at events[i] to its deletion or the end; returns
 * the event after it. */
static size_t one_life(enum resource_type type, const struct timeline_event *events, size_t n,
		       size_t i, struct timeline *t)
{
	int64_t first = hour_floor(events[i].at);
	int64_t before = t->n > 0 ? t->spans[t->n - 1].to_hour : first;
	bool running = true;
	struct timeline_span open = { max64(first, before), HOUR_OPEN, item_of(type, true),
				      events[i].offering_id,
				      events[i].quantity > 0 ? events[i].quantity : 1,
				      events[i].at };

	t->created_at = events[i].at;
	t->deleted_at = 0;
	for (i++; i < n; i++) {
		const struct timeline_event *e = &events[i];
		struct timeline_span next = open;

		assert(e->at >= t->created_at);
		if (e->verb == USAGE_DELETED) {
			/* The first started hour is always charged. */
			emit(t, &open, max64(hour_ceil(e->at), first + 1));
			t->state = "DELETED";
			t->deleted_at = e->at;
			t->offering_id = open.offering_id;
			t->quantity = open.quantity;
			return i + 1;
		}
		if (e->verb == USAGE_STARTED || e->verb == USAGE_STOPPED)
			running = e->verb == USAGE_STARTED;
		else if (e->verb == USAGE_RESIZED && e->offering_id != 0)
			next.offering_id = e->offering_id;
		if (e->verb == USAGE_RESIZED && e->quantity > 0)
			next.quantity = e->quantity;
		next.item = item_of(type, running);
		if (same(&open, &next))
			continue;
		emit(t, &open, hour_ceil(e->at));
		next.from_hour = max64(hour_ceil(e->at), open.from_hour);
		open = next;
	}
	emit(t, &open, HOUR_OPEN);
	t->offering_id = open.offering_id;
	t->quantity = open.quantity;
	t->state = type != RESOURCE_INSTANCE ? "HELD" : running ? "RUNNING" : "STOPPED";
	return n;
}

void timeline_build(enum resource_type type, const struct timeline_event *events, size_t n,
		    struct timeline *t)
{
	size_t i = find_created(events, 0, n);

	t->n = 0;
	t->state = "PENDING";
	t->created_at = t->deleted_at = 0;
	t->offering_id = 0;
	t->quantity = 1;
	while (i < n)
		i = find_created(events, one_life(type, events, n, i, t), n);
}

int64_t timeline_first_diff(const struct timeline_span *a, size_t na,
			    const struct timeline_span *b, size_t nb)
{
	size_t i = 0;

	for (;; i++) {
		if (i == na && i == nb)
			return HOUR_OPEN;
		if (i == na)
			return b[i].from_hour;
		if (i == nb)
			return a[i].from_hour;
		if (a[i].from_hour != b[i].from_hour)
			return a[i].from_hour < b[i].from_hour ? a[i].from_hour : b[i].from_hour;
		if (!same(&a[i], &b[i]))
			return a[i].from_hour;
		if (a[i].to_hour != b[i].to_hour)
			return a[i].to_hour < b[i].to_hour ? a[i].to_hour : b[i].to_hour;
	}
}
