/* From events to hours, pure. A resource's life is a list of spans of whole
 * hours: the hour belongs to the state at its start, the first started hour to
 * the first state, and creating and deleting inside one hour is one hour. A
 * resize within an hour counts from the next full hour, for volumes (their size
 * in GB) as for instances: the hour it happens in costs what it began with. What
 * was deleted can be created again under its name (an address that comes back): a
 * new life, whose first hour is not charged again when the old one has it. */
#ifndef TB_USAGE_TIMELINE_H
#define TB_USAGE_TIMELINE_H

#include <stddef.h>
#include <stdint.h>

#define HOUR_OPEN INT64_C(4000000000)	/* end of a span that goes on */

enum resource_type {
	RESOURCE_INSTANCE, RESOURCE_PUBLIC_IP, RESOURCE_SECONDARY_IP, RESOURCE_VOLUME,
	RESOURCE_SNAPSHOT,
};
enum usage_verb { USAGE_CREATED, USAGE_STARTED, USAGE_STOPPED, USAGE_RESIZED, USAGE_DELETED };

struct timeline_event {
	int64_t at;
	enum usage_verb verb;
	uint64_t offering_id;		/* size or storage class; resized with 0: as before */
	int64_t quantity;		/* GB; 0: none (what is not sized), or as before */
};
struct timeline_span {
	int64_t from_hour, to_hour;
	const char *item;
	uint64_t offering_id;
	int64_t quantity;		/* GB of what is sized, else 1 */
	int64_t created_at;		/* of the life it belongs to */
};

struct timeline {
	struct timeline_span *spans;	/* room for nevents + 1 */
	size_t n;
	/* PENDING RUNNING STOPPED HELD DELETED, after the last event */
	const char *state;
	uint64_t offering_id;
	int64_t quantity;
	int64_t created_at, deleted_at;	/* of the last life; 0: not (yet) */
};

/* events in order of (at, id). Events before the creation are ignored: they
 * count when the creation arrives with an earlier time. */
void timeline_build(enum resource_type type, const struct timeline_event *events, size_t n,
		    struct timeline *t);
/* First hour at which two lives differ; HOUR_OPEN when equal. */
int64_t timeline_first_diff(const struct timeline_span *a, size_t na,
			    const struct timeline_span *b, size_t nb);

#endif
