/* Which hours are inside a contract: a sweep over the hours at which something
 * begins or ends. Pure. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "contract/contract.h"

const struct contract_thing contract_things[] = {
#define THING(what, component, kind, limited) { what, component, kind, limited },
#include "contract/things.def"
#undef THING
};
const size_t contract_things_count = sizeof contract_things / sizeof contract_things[0];

const struct contract_thing *contract_thing(const char *what)
{
	for (size_t i = 0; i < contract_things_count; i++)
		if (strcmp(contract_things[i].what, what) == 0)
			return &contract_things[i];
	return NULL;
}

static int by_age(const void *a, const void *b)
{
	const struct cover_state *x = a, *y = b;

	if (x->acquired_at != y->acquired_at)
		return x->acquired_at < y->acquired_at ? -1 : 1;
	if (x->resource_id != y->resource_id)
		return x->resource_id < y->resource_id ? -1 : 1;
	return (x->from_hour > y->from_hour) - (x->from_hour < y->from_hour);
}

static int by_hour(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static int by_id(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* The hours at which anything may change, sorted, each once. */
static size_t steps(struct arena *mem, const struct cover_term *terms, size_t nterms,
		    const struct cover_state *states, size_t n, int64_t from, int64_t **steps_r)
{
	int64_t *all = ARENA_ARRAY(mem, 2 * (nterms + n) + 1, int64_t);
	size_t count = 0, kept = 0;

	all[count++] = from;
	for (size_t i = 0; i < nterms; i++) {
		all[count++] = terms[i].from_hour;
		all[count++] = terms[i].to_hour;
	}
	for (size_t i = 0; i < n; i++) {
		all[count++] = states[i].from_hour;
		all[count++] = states[i].to_hour;
	}
	qsort(all, count, sizeof *all, by_hour);
	for (size_t i = 0; i < count; i++)
		if (all[i] >= from && all[i] < CONTRACT_OPEN &&
		    (kept == 0 || all[kept - 1] != all[i]))
			all[kept++] = all[i];
	*steps_r = all;
	return kept;
}

static const struct cover_term *term_at(const struct cover_term *terms, size_t n, int64_t hour)
{
	for (size_t i = 0; i < n; i++)
		if (terms[i].from_hour <= hour && terms[i].to_hour > hour)
			return &terms[i];
	return NULL;
}

/* The narrower a part, the earlier it is asked: 3 offering and item, 2 offering,
 * 1 item, 0 component; -1: it does not name this. */
static int names(const struct contract_part *p, const struct cover_state *s)
{
	bool item = strcmp(p->what, s->item) == 0;

	if (!item && strcmp(p->what, s->component) != 0)
		return -1;
	if (p->offering_id != 0 && p->offering_id != s->offering_id)
		return -1;
	/* an item that bears its component's name is no narrower than that */
	return (p->offering_id != 0 ? 2 : 0) + (item && strcmp(s->item, s->component) != 0);
}

/* The part with room for it, which it takes; NULL: none. */
static const struct contract_part *take(const struct contract_terms *t, int64_t *used,
					const struct cover_state *s)
{
	for (int want = 3; want >= 0; want--)
		for (size_t i = 0; i < t->n; i++) {
			const struct contract_part *p = &t->parts[i];

			if (names(p, s) != want)
				continue;
			if (p->quantity != 0 && used[i] + s->quantity > p->quantity)
				continue;
			used[i] += s->quantity;
			return p;
		}
	return NULL;
}

static int32_t beyond(const struct contract_terms *t)
{
	return strcmp(t->overage, "REFUSE") == 0 ? COVER_REFUSED : COVER_PRICED;
}

static int32_t traffic_of(const struct contract_terms *t)
{
	for (size_t i = 0; i < t->n; i++)
		if (strcmp(t->parts[i].what, "TRAFFIC") == 0)
			return COVER_INSIDE;
	return t->n == 0 ? COVER_INSIDE : beyond(t);
}

struct row {			/* the tiles of one resource, as they grow */
	struct cover_tile *tiles;
	size_t n, room;
};

static void grow(struct arena *mem, struct row *r, const struct cover_tile *t)
{
	struct cover_tile *last = r->n > 0 ? &r->tiles[r->n - 1] : NULL;

	if (t->from_hour >= t->to_hour)
		return;
	if (last != NULL && last->state == t->state && last->traffic == t->traffic &&
	    last->part_id == t->part_id) {
		last->to_hour = t->to_hour;
		return;
	}
	if (r->n == r->room) {
		struct cover_tile *more;

		r->room = r->room == 0 ? 4 : 2 * r->room;
		more = ARENA_ARRAY(mem, r->room, struct cover_tile);
		if (r->n > 0)
			memcpy(more, r->tiles, r->n * sizeof *more);
		r->tiles = more;
	}
	r->tiles[r->n++] = *t;
}

/* Hours in which it does not live belong to what is priced. */
static void fill(struct arena *mem, struct row *r, uint64_t id, int64_t from, int64_t to)
{
	int64_t at = r->n > 0 ? r->tiles[r->n - 1].to_hour : from;

	grow(mem, r, &(struct cover_tile){ .resource_id = id, .from_hour = at, .to_hour = to });
}

struct sweep {
	struct arena *mem;
	struct cover_state *states;
	size_t n;
	uint64_t *ids;
	struct row *rows;
	size_t nids;
	int64_t from;
};

static void interval(struct sweep *w, const struct cover_term *term, int64_t from, int64_t to)
{
	int64_t used[CONTRACT_PARTS_MAX] = { 0 };
	bool fixed = term != NULL && strcmp(term->t.kind, "FIXED") == 0;

	for (size_t i = 0; i < w->n; i++) {
		const struct cover_state *s = &w->states[i];
		struct cover_tile t = { .resource_id = s->resource_id, .from_hour = from,
					.to_hour = to };
		const struct contract_part *p;
		struct row *r;

		if (s->from_hour > from || s->to_hour <= from)
			continue;
		if (fixed) {
			p = take(&term->t, used, s);
			t.state = p != NULL || term->t.n == 0 ? COVER_INSIDE : beyond(&term->t);
			t.part_id = p != NULL ? p->id : 0;
			if (strcmp(s->component, "INSTANCE") == 0)
				t.traffic = traffic_of(&term->t);
		}
		r = &w->rows[(uint64_t *)bsearch(&s->resource_id, w->ids, w->nids,
						 sizeof *w->ids, by_id) - w->ids];
		fill(w->mem, r, s->resource_id, w->from, from);
		grow(w->mem, r, &t);
	}
}

void cover_build(struct arena *mem, const struct cover_term *terms, size_t nterms,
		 struct cover_state *states, size_t n, int64_t from_hour, struct cover_list *out)
{
	struct sweep w = { .mem = mem, .states = states, .n = n, .from = from_hour };
	int64_t *at;
	size_t nsteps = steps(mem, terms, nterms, states, n, from_hour, &at), total = 0;

	w.ids = ARENA_ARRAY(mem, n + 1, uint64_t);
	for (size_t i = 0; i < n; i++)
		w.ids[i] = states[i].resource_id;
	if (n > 0) {
		qsort(w.ids, n, sizeof *w.ids, by_id);
		qsort(states, n, sizeof *states, by_age);
	}
	for (size_t i = 0; i < n; i++)
		if (w.nids == 0 || w.ids[w.nids - 1] != w.ids[i])
			w.ids[w.nids++] = w.ids[i];
	w.rows = ARENA_ARRAY(mem, w.nids + 1, struct row);
	for (size_t i = 0; i < nsteps; i++)
		interval(&w, term_at(terms, nterms, at[i]), at[i],
			 i + 1 < nsteps ? at[i + 1] : CONTRACT_OPEN);
	for (size_t i = 0; i < w.nids; i++) {
		fill(mem, &w.rows[i], w.ids[i], from_hour, CONTRACT_OPEN);
		total += w.rows[i].n;
	}
	out->tiles = ARENA_ARRAY(mem, total + 1, struct cover_tile);
	out->n = 0;
	for (size_t i = 0; i < w.nids; i++)
		for (size_t t = 0; t < w.rows[i].n; t++)
			out->tiles[out->n++] = w.rows[i].tiles[t];
	assert(out->n == total);
}
