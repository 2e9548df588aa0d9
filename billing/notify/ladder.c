#include "notify/notify.h"

int64_t ladder_at(const struct zone_info *z, int64_t due_at, int32_t step, int64_t hour)
{
	int64_t day = zone_midnight(z, due_at, step), at = day + hour * HOUR_S;

	/* A day that changes the clocks has another hour at that distance. */
	return at - (zone_offset(z, at) - zone_offset(z, day));
}

void ladder_due(const struct ladder_in *in, struct ladder_out *out)
{
	int64_t day_ends = zone_midnight(in->zone, in->due_at, 1);

	*out = (struct ladder_out){ 0 };
	while (out->from < in->n && in->any_done && in->steps[out->from] <= in->last_done)
		out->from++;
	out->to = out->from;
	while (out->to < in->n &&
	       ladder_at(in->zone, in->due_at, in->steps[out->to], in->hour) <= in->now)
		out->to++;
	if (out->to == out->from)
		return;
	out->overdue = in->now >= day_ends;
	out->mail = ladder_at(in->zone, in->due_at, in->steps[out->to - 1], in->hour) >=
			    in->issued_at &&
		    (in->steps[out->to - 1] > 0 || !out->overdue);
}

bool balance_low(int64_t left_e8, int64_t burn_e8, int64_t hours)
{
	return burn_e8 > 0 && (left_e8 <= 0 || left_e8 / burn_e8 < hours);
}
