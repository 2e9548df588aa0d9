/* contract_cover follows contracts and lives; what a customer may still create. */
#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "contract/contract.h"
#include "stmt.h"

/* An account's resources are as many as they are: beyond a request's memory. */
#define SCRATCH_BYTES (256 << 20)

struct book {			/* all that counts from an hour on */
	uint64_t account_id;
	int64_t from;
	struct cover_term *terms;
	size_t nterms;
	struct cover_state *states;
	size_t nstates, states_room;
	struct cover_tile *tiles;	/* as they are stored */
	size_t ntiles, tiles_room;
	int64_t diff;			/* the first hour that changed */
};

static enum errk load_terms(struct ctx *c, struct book *b)
{
	struct contract_spans_row *rows;
	struct contract_parts_row *parts;
	struct contract_part *list;
	size_t n, nparts;

	TRY(q_contract_spans(c, b->account_id, b->from, &rows, &n));
	b->nterms = n;
	b->terms = ARENA_ARRAY(c->mem, n + 1, struct cover_term);
	if (n == 0)
		return ERR_OK;
	TRY(q_contract_parts(c, b->account_id, b->from, &parts, &nparts));
	list = ARENA_ARRAY(c->mem, nparts + 1, struct contract_part);
	for (size_t i = 0; i < nparts; i++)
		list[i] = (struct contract_part){ parts[i].id, parts[i].what,
						  parts[i].offering_id, parts[i].quantity };
	for (size_t i = 0; i < n; i++) {
		struct cover_term *t = &b->terms[i];

		*t = (struct cover_term){ rows[i].from_hour, rows[i].to_hour,
			{ rows[i].kind, rows[i].fee_e8, rows[i].overage, NULL, 0 } };
		for (size_t k = 0; k < nparts; k++) {
			if (parts[k].contract_id != rows[i].id)
				continue;
			if (t->t.n++ == 0)
				t->t.parts = &list[k];	/* sorted: they follow each other */
		}
		assert(t->t.n <= CONTRACT_PARTS_MAX);
	}
	return ERR_OK;
}

static void *room_for(struct arena *mem, void *old, size_t n, size_t more, size_t *room,
		      size_t size)
{
	void *grown;

	if (n + more <= *room)
		return old;
	*room = 2 * (n + more);
	grown = arena_array(mem, *room, size);
	if (n > 0)
		memcpy(grown, old, n * size);
	return grown;
}

static enum errk load_states(struct ctx *c, struct book *b, size_t extra)
{
	struct contract_states_row *rows;
	uint64_t after_id = 0;
	int64_t after_hour = -1;
	size_t n;

	do {
		TRY(q_contract_states(c, b->account_id, b->from, after_id, after_hour, &rows, &n));
		b->states = room_for(c->mem, b->states, b->nstates, n + extra, &b->states_room,
				     sizeof *b->states);
		for (size_t i = 0; i < n; i++)
			b->states[b->nstates++] = (struct cover_state){
				rows[i].resource_id, rows[i].acquired_at, rows[i].from_hour,
				rows[i].to_hour, rows[i].item, rows[i].component,
				rows[i].offering_id, rows[i].quantity };
		if (n > 0) {
			after_id = rows[n - 1].resource_id;
			after_hour = rows[n - 1].from_hour;
		}
	} while (n == 1000);
	return ERR_OK;
}

static enum errk load_tiles(struct ctx *c, struct book *b)
{
	struct cover_tiles_row *rows;
	uint64_t after_id = 0;
	int64_t after_hour = -1;
	size_t n;

	do {
		TRY(q_cover_tiles(c, b->account_id, b->from, after_id, after_hour, &rows, &n));
		b->tiles = room_for(c->mem, b->tiles, b->ntiles, n, &b->tiles_room,
				    sizeof *b->tiles);
		for (size_t i = 0; i < n; i++)
			b->tiles[b->ntiles++] = (struct cover_tile){
				rows[i].resource_id, rows[i].from_hour, rows[i].to_hour,
				rows[i].state, rows[i].traffic,
				rows[i].part_id_null ? 0 : rows[i].part_id };
		if (n > 0) {
			after_id = rows[n - 1].resource_id;
			after_hour = rows[n - 1].from_hour;
		}
	} while (n == 1000);
	return ERR_OK;
}

static bool same(const struct cover_tile *a, const struct cover_tile *b)
{
	return a->state == b->state && a->traffic == b->traffic && a->part_id == b->part_id;
}

static const struct cover_tile priced;

/* The first hour from which two sequences that reach to the end differ. Without
 * rows everything is priced. */
static int64_t first_diff(const struct cover_tile *old, size_t nold, const struct cover_tile *new,
			  size_t nnew, int64_t from)
{
	size_t i = 0, k = 0;
	int64_t at = from;

	while (k < nnew) {
		const struct cover_tile *o = i < nold ? &old[i] : &priced;
		int64_t end = i < nold ? old[i].to_hour : CONTRACT_OPEN;

		if (!same(o, &new[k]))
			return at;
		if (new[k].to_hour < end)
			end = new[k].to_hour;
		at = end;
		if (i < nold && old[i].to_hour == at)
			i++;
		if (new[k].to_hour == at)
			k++;
	}
	return CONTRACT_OPEN;
}

static enum errk tile_add(struct ctx *c, const struct book *b, const struct cover_tile *t)
{
	uint64_t n;

	return q_cover_add(c, t->resource_id, t->from_hour, t->to_hour, b->account_id, t->state,
			   t->traffic, t->part_id != 0 ? &t->part_id : NULL, &n);
}

/* What is before the hour stays; a tile that goes on is one tile. */
static enum errk write_one(struct ctx *c, struct book *b, const struct cover_tile *old, size_t nold,
			   struct cover_tile *new, size_t nnew)
{
	int64_t diff = first_diff(old, nold, new, nnew, b->from);
	uint64_t n;
	size_t i = 0;

	if (diff == CONTRACT_OPEN)
		return ERR_OK;
	if (diff < b->diff)
		b->diff = diff;
	if (nold == 0) {
		if (same(&new[0], &priced))
			new[0].from_hour = 0;
		else if (b->from > 0)
			TRY(tile_add(c, b, &(struct cover_tile){ .resource_id = new->resource_id,
				.to_hour = b->from }));
	} else if (same(&old[0], &new[0])) {
		new[0].from_hour = old[0].from_hour;
		TRY(q_cover_drop(c, new->resource_id, old[0].from_hour, &n));
	} else {
		TRY(q_cover_drop(c, new->resource_id, b->from, &n));
		TRY(q_cover_close(c, new->resource_id, b->from, &n));
	}
	for (; i < nnew; i++)
		TRY(tile_add(c, b, &new[i]));
	return ERR_OK;
}

static size_t run_of(const struct cover_tile *tiles, size_t n, size_t at, uint64_t id)
{
	size_t count = 0;

	while (at + count < n && tiles[at + count].resource_id == id)
		count++;
	return count;
}

/* Both lists are sorted by resource; what is stored of resources that no longer
 * live in these hours belongs to nothing that is charged, and stays. */
static enum errk write_all(struct ctx *c, struct book *b, const struct cover_list *made)
{
	size_t o = 0;

	for (size_t i = 0; i < made->n;) {
		uint64_t id = made->tiles[i].resource_id;
		size_t n = run_of(made->tiles, made->n, i, id), nold;

		while (o < b->ntiles && b->tiles[o].resource_id < id)
			o++;
		nold = run_of(b->tiles, b->ntiles, o, id);
		TRY(write_one(c, b, &b->tiles[o], nold, &made->tiles[i], n));
		i += n;
	}
	return ERR_OK;
}

static enum errk keep(struct ctx *c, struct book *b)
{
	struct cover_list made;
	uint64_t n;

	TRY(load_terms(c, b));
	if (b->nterms == 0)
		return ERR_OK;
	TRY(load_states(c, b, 0));
	TRY(load_tiles(c, b));
	cover_build(c->mem, b->terms, b->nterms, b->states, b->nstates, b->from, &made);
	TRY(write_all(c, b, &made));
	return b->diff < CONTRACT_OPEN ? q_wallet_rerate_from(c, b->account_id, b->diff, &n)
				       : ERR_OK;
}

/* With memory of its own: func on a book. */
static enum errk in_scratch(struct ctx *c, struct book *b,
			    enum errk (*func)(struct ctx *, struct book *))
{
	struct arena *outer = c->mem;
	enum errk k;

	c->mem = arena_new(SCRATCH_BYTES);
	k = func(c, b);
	if (k != ERR_OK)
		c->err.detail = arena_dup(outer, c->err.detail != NULL ? c->err.detail : "");
	arena_free(&c->mem);
	c->mem = outer;
	return k;
}

enum errk contract_cover_keep(struct ctx *c, uint64_t account_id, int64_t from_hour)
{
	struct book b = { .account_id = account_id, .from = from_hour < 0 ? 0 : from_hour,
			  .diff = CONTRACT_OPEN };
	struct contract_spans_row *rows;
	size_t n;

	TRY(q_contract_spans(c, account_id, b.from, &rows, &n));
	return n > 0 ? in_scratch(c, &b, keep) : ERR_OK;
}

/* ---- the rule once more, for verify ---- */

/* Is what is stored what was made, in the hours a..b? Both reach over them. */
static bool agree(const struct cover_tile *old, size_t nold, const struct cover_tile *new,
		  size_t nnew, int64_t from, int64_t to)
{
	for (size_t i = 0; i < nnew; i++) {
		int64_t a = new[i].from_hour > from ? new[i].from_hour : from;
		int64_t b = new[i].to_hour < to ? new[i].to_hour : to;

		if (a >= b)
			continue;
		if (nold == 0 && !same(&new[i], &priced))
			return false;
		for (size_t k = 0; k < nold; k++)
			if (old[k].from_hour < b && old[k].to_hour > a && !same(&old[k], &new[i]))
				return false;
	}
	return true;
}

static enum errk wrong(struct ctx *c, struct book *b)
{
	struct cover_list made;
	uint64_t last = 0;

	TRY(load_terms(c, b));
	TRY(load_states(c, b, 0));
	TRY(load_tiles(c, b));
	cover_build(c->mem, b->terms, b->nterms, b->states, b->nstates, 0, &made);
	b->diff = 0;
	for (size_t i = 0; i < b->nstates; i++) {
		const struct cover_state *s = &b->states[i];
		size_t o = 0, m = 0;

		while (o < b->ntiles && b->tiles[o].resource_id < s->resource_id)
			o++;
		while (m < made.n && made.tiles[m].resource_id < s->resource_id)
			m++;
		if (agree(&b->tiles[o], run_of(b->tiles, b->ntiles, o, s->resource_id),
			  &made.tiles[m], run_of(made.tiles, made.n, m, s->resource_id),
			  s->from_hour, s->to_hour) || s->resource_id == last)
			continue;
		last = s->resource_id;
		b->diff++;
	}
	return ERR_OK;
}

enum errk contract_cover_wrong(struct ctx *c, uint64_t *n_r)
{
	struct verify_contract_accounts_row *rows;
	uint64_t after = 0;
	size_t n;

	*n_r = 0;
	do {
		TRY(q_verify_contract_accounts(c, after, &rows, &n));
		for (size_t i = 0; i < n; i++) {
			struct book b = { .account_id = after = rows[i].account_id };

			TRY(in_scratch(c, &b, wrong));
			*n_r += (uint64_t)b.diff;
		}
	} while (n == 100);
	return ERR_OK;
}

enum errk contract_room(struct ctx *c, uint64_t account_id, int64_t *over_r)
{
	struct contract_over_hours_row row;

	TRY(q_contract_over_hours(c, account_id, hour_floor(c->now), &row));
	*over_r = row.hours;
	return ERR_OK;
}

/* "2 x Instance (Small), 1 x Instance": of one component. */
static enum errk limits_text(struct ctx *c, uint64_t account_id, const char *component,
			     const char **text_r)
{
	struct contract_last_row last;
	struct contract_parts_shown_row *rows;
	const char *text = "";
	size_t n;

	*text_r = "";
	TRY(q_contract_last(c, account_id, &last));
	TRY(q_contract_parts_shown(c, account_id, &rows, &n));
	for (size_t i = 0; i < n; i++) {
		const struct contract_thing *t = contract_thing(rows[i].what);

		if (rows[i].contract_id != last.id || t == NULL ||
		    strcmp(t->component, component) != 0)
			continue;
		text = arena_fmt(c->mem, "%s%s%lld %s %s%s", text, text[0] != '\0' ? ", " : "",
				 (long long)rows[i].quantity, rows[i].unit[0] ? rows[i].unit : "x",
				 rows[i].title, rows[i].offering != NULL
				 ? arena_fmt(c->mem, " (%s)", rows[i].offering) : "");
	}
	*text_r = text;
	return ERR_OK;
}

enum errk contract_room_left(struct ctx *c, uint64_t account_id, int64_t over_before)
{
	struct contract_over_newest_row newest;
	const char *limits;
	int64_t over;

	TRY(contract_room(c, account_id, &over));
	if (over <= over_before)
		return ERR_OK;
	TRY(q_contract_over_newest(c, account_id, hour_floor(c->now), &newest));
	TRY(limits_text(c, account_id, newest.component, &limits));
	if (limits[0] == '\0')
		return fail_say(c, ERR_CONFLICT, "contract.limit",
				"Your contract does not include this: %s.", newest.title);
	return fail_say(c, ERR_CONFLICT, "contract.limit", "Your contract includes %s; this would "
			"be more. The place of what was released is free from the next full hour.",
			limits);
}

/* ---- what a customer is shown ---- */

enum errk contract_would(struct ctx *c, uint64_t account_id, const struct contract_ask *ask,
			 uint32_t count, struct contract_answer *out)
{
	struct book b = { .account_id = account_id, .from = hour_floor(c->now) };
	struct cover_list made;

	*out = (struct contract_answer){ 0 };
	TRY(load_terms(c, &b));
	if (b.nterms == 0)
		return ERR_OK;
	TRY(load_states(c, &b, count));
	for (uint32_t i = 0; i < count; i++)
		b.states[b.nstates++] = (struct cover_state){
			UINT64_MAX - count + i, INT64_MAX, b.from, CONTRACT_OPEN, ask->item,
			ask->component, ask->offering_id, ask->quantity };
	cover_build(c->mem, b.terms, b.nterms, b.states, b.nstates, b.from, &made);
	for (size_t i = 0; i < made.n; i++) {
		const struct cover_tile *t = &made.tiles[i];

		if (t->resource_id < UINT64_MAX - count || t->from_hour > b.from)
			continue;
		out->inside += t->state == COVER_INSIDE;
		out->refused |= t->state == COVER_REFUSED;
	}
	return ERR_OK;
}
