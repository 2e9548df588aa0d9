/* Cuts a file of SQL into statements: quotes, comments and DELIMITER lines
 * (triggers) are understood, nothing else is. */
#ifndef TB_BASE_SQLSPLIT_H
#define TB_BASE_SQLSPLIT_H

#include <stdbool.h>
#include <stddef.h>

struct sql_split {
	const char *at, *end;
	char delimiter[8];
};

void sql_split_init(struct sql_split *s, const char *sql, size_t len);
/* Next statement without its delimiter; false at the end. Borrowed from the text. */
bool sql_split_next(struct sql_split *s, const char **stmt_r, size_t *len_r);

#endif
