/* One pass over the text, see sqlsplit.h. */
#include "base/sqlsplit.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static bool is_space(char ch)
{
	return isspace((unsigned char)ch);
}

static const char *skip_line(const char *p, const char *end)
{
	while (p < end && *p != '\n')
		p++;
	return p;
}

/* Past a comment or a quoted string that starts at p; p itself when none does. */
static const char *skip_opaque(const char *p, const char *end)
{
	char quote = *p;

	if (*p == '#')
		return skip_line(p, end);
	if (end - p >= 2 && p[0] == '-' && p[1] == '-' && (end - p == 2 || is_space(p[2])))
		return skip_line(p, end);
	if (end - p >= 2 && p[0] == '/' && p[1] == '*') {
		for (p += 2; end - p >= 2; p++)
			if (p[0] == '*' && p[1] == '/')
				return p + 2;
		return end;
	}
	if (quote != '\'' && quote != '"' && quote != '`')
		return p;
	for (p++; p < end && *p != quote; p++)
		if (*p == '\\' && quote != '`' && p + 1 < end)
			p++;
	return p < end ? p + 1 : end;
}

/* A DELIMITER line at p sets the delimiter. */
static bool take_delimiter(struct sql_split *s, const char *p, const char **next_r)
{
	const char *eol, *word;
	size_t len = 0;

	if (s->end - p < 11 || strncasecmp(p, "DELIMITER", 9) != 0 || !is_space(p[9]))
		return false;
	eol = skip_line(p, s->end);
	for (word = p + 9; word < eol && is_space(*word); word++)
		;
	while (word + len < eol && !is_space(word[len]))
		len++;
	if (!len || len >= sizeof(s->delimiter))
		return false;
	memcpy(s->delimiter, word, len);
	s->delimiter[len] = '\0';
	*next_r = eol;
	return true;
}

/* Whitespace, comments and DELIMITER lines before a statement. */
static const char *skip_between(struct sql_split *s, const char *p)
{
	const char *next;

	while (p < s->end) {
		if (is_space(*p))
			next = p + 1;
		else if (*p != '\'' && *p != '"' && *p != '`' &&
			 !(s->end - p > 2 && memcmp(p, "/*!", 3) == 0) &&
			 (next = skip_opaque(p, s->end)) > p)
			;	/* a comment */
		else if (!take_delimiter(s, p, &next))
			break;
		p = next;
	}
	return p;
}

void sql_split_init(struct sql_split *s, const char *sql, size_t len)
{
	*s = (struct sql_split){ .at = sql, .end = sql + len, .delimiter = ";" };
}

bool sql_split_next(struct sql_split *s, const char **stmt_r, size_t *len_r)
{
	const char *p, *next, *start;
	size_t dlen;

	do {
		start = p = skip_between(s, s->at);
		dlen = strlen(s->delimiter);
		while (p < s->end && !((size_t)(s->end - p) >= dlen &&
				       memcmp(p, s->delimiter, dlen) == 0)) {
			next = skip_opaque(p, s->end);
			p = next > p ? next : p + 1;
		}
		s->at = p < s->end ? p + dlen : p;
	} while (p == start && p < s->end);	/* an empty statement */
	while (p > start && is_space(p[-1]))
		p--;
	*stmt_r = start;
	*len_r = (size_t)(p - start);
	return p > start;
}
