/* Three-way merge of one field: what both sides last agreed on, and what each
 * says now. An echo of our own write is no change, because values are compared,
 * not messages. Pure. */
#ifndef TB_BRIDGE_SYNC_MERGE_H
#define TB_BRIDGE_SYNC_MERGE_H

#include <stdbool.h>

enum master { MASTER_BOTH, MASTER_PORTAL, MASTER_WHMCS };
/* How texts are compared: as they are; without case; digits only; address of a mailbox. */
enum text_kind { TEXT_PLAIN, TEXT_CODE, TEXT_PHONE, TEXT_MAIL };
enum merge {
	MERGE_SAME,		/* equal: this is what is agreed on */
	MERGE_OUT,		/* ours goes there */
	MERGE_IN,		/* theirs comes here */
	MERGE_ASK		/* both changed, or never agreed: staff decides */
};

/* "BOTH", "PORTAL", "WHMCS" of the settings. */
enum master master_of(const char *text);
/* Are these the same to a reader? Blanks around do not count, and where WHMCS insists on a value
 * filler stands for none. */
bool merge_equal(enum text_kind kind, const char *filler, const char *ours, const char *theirs);
/* base NULL: never agreed. decision "", "OURS", "THEIRS": of staff, about these two values. */
enum merge merge_field(enum master m, enum text_kind kind, const char *filler, const char *base,
		       const char *ours, const char *theirs, const char *decision);

#endif
