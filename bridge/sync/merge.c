#include "sync/merge.h"

#include <string.h>
#include <strings.h>

enum master master_of(const char *text)
{
	if (strcmp(text, "PORTAL") == 0)
		return MASTER_PORTAL;
	return strcmp(text, "WHMCS") == 0 ? MASTER_WHMCS : MASTER_BOTH;
}

static bool blank(char ch)
{
	return ch == ' ' || ch == '\t' || ch == '\r' || ch == '\n';
}

/* Where the text begins and how long it is without blanks around. */
static const char *trimmed(const char *s, size_t *len_r)
{
	size_t len;

	while (blank(*s))
		s++;
	len = strlen(s);
	while (len > 0 && blank(s[len - 1]))
		len--;
	*len_r = len;
	return s;
}

static bool nothing(const char *s, size_t len, const char *filler)
{
	return len == 0 || (filler[0] != '\0' && strlen(filler) == len &&
			    strncmp(s, filler, len) == 0);
}

/* "+353 1 234-567" and "+353.1234567" are one number. */
static bool digits_equal(const char *a, const char *b)
{
	for (;;) {
		while (*a != '\0' && (*a < '0' || *a > '9'))
			a++;
		while (*b != '\0' && (*b < '0' || *b > '9'))
			b++;
		if (*a != *b)
			return false;
		if (*a == '\0')
			return true;
		a++;
		b++;
	}
}

/* Line ends differ by who wrote them. */
static bool plain_equal(const char *a, size_t la, const char *b, size_t lb)
{
	size_t i = 0, k = 0;

	while (i < la || k < lb) {
		if (i < la && a[i] == '\r') {
			i++;
		} else if (k < lb && b[k] == '\r') {
			k++;
		} else if (i >= la || k >= lb || a[i] != b[k]) {
			return false;
		} else {
			i++;
			k++;
		}
	}
	return true;
}

bool merge_equal(enum text_kind kind, const char *filler, const char *ours, const char *theirs)
{
	size_t la, lb;
	const char *a = trimmed(ours, &la), *b = trimmed(theirs, &lb);
	bool none_a = nothing(a, la, filler), none_b = nothing(b, lb, filler);

	if (none_a || none_b)
		return none_a && none_b;
	if (kind == TEXT_PHONE)
		return digits_equal(a, b);
	if (kind == TEXT_CODE || kind == TEXT_MAIL)
		return la == lb && strncasecmp(a, b, la) == 0;
	return plain_equal(a, la, b, lb);
}

enum merge merge_field(enum master m, enum text_kind kind, const char *filler, const char *base,
		       const char *ours, const char *theirs, const char *decision)
{
	if (merge_equal(kind, filler, ours, theirs))
		return MERGE_SAME;
	if (decision[0] != '\0')
		return strcmp(decision, "OURS") == 0 ? MERGE_OUT : MERGE_IN;
	if (m != MASTER_BOTH)
		return m == MASTER_PORTAL ? MERGE_OUT : MERGE_IN;
	if (base == NULL)
		return MERGE_ASK;
	if (merge_equal(kind, filler, base, theirs))
		return MERGE_OUT;
	return merge_equal(kind, filler, base, ours) ? MERGE_IN : MERGE_ASK;
}
