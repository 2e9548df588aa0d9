/* See vatid.h. */
#include "account/vatid.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define ID_MAX 16

static int dig(char ch)
{
	return ch - '0';
}

/* Digits from `from` on, each by its weight, weights as text of hex digits. */
static int weighed(const char *s, size_t from, const char *weights)
{
	int sum = 0;

	for (size_t i = 0; weights[i] != '\0'; i++)
		sum += dig(s[from + i]) *
		       (weights[i] >= 'a' ? weights[i] - 'a' + 10 : weights[i] - '0');
	return sum;
}

static int64_t number(const char *s, size_t from, size_t n)
{
	int64_t v = 0;

	for (size_t i = from; i < from + n; i++)
		v = v * 10 + dig(s[i]);
	return v;
}

/* Every second digit doubled, from the last but one to the left. */
static bool luhn_of(const char *s, size_t n)
{
	int sum = 0;

	for (size_t i = 0; i < n; i++) {
		int d = dig(s[n - 1 - i]) * (i % 2 == 1 ? 2 : 1);

		sum += d > 9 ? d - 9 : d;
	}
	return sum % 10 == 0;
}

static bool luhn(const char *s)
{
	return luhn_of(s, strlen(s));
}

/* ISO 7064, MOD 11,10 */
static bool iso7064(const char *s)
{
	size_t n = strlen(s);
	int p = 10;

	for (size_t i = 0; i + 1 < n; i++) {
		int sum = (dig(s[i]) + p) % 10;

		p = 2 * (sum == 0 ? 10 : sum) % 11;
	}
	return (11 - p) % 10 == dig(s[n - 1]);
}

static bool at(const char *s)
{
	int sum = 4;

	for (size_t i = 1; i < 8; i++) {
		int d = dig(s[i]) * (i % 2 == 0 ? 2 : 1);

		sum += d > 9 ? d - 9 : d;
	}
	return (10 - sum % 10) % 10 == dig(s[8]);
}

static bool be(const char *s)
{
	return 97 - number(s, 0, 8) % 97 == number(s, 8, 2);
}

/* Ten digits: a citizen, a foreigner, or others; each has its own. */
static bool bg(const char *s)
{
	static const int foreign[] = { 21, 19, 17, 13, 11, 9, 7, 3, 1 };
	int sum = 0, other;

	if (strlen(s) == 9) {
		sum = weighed(s, 0, "12345678") % 11;
		if (sum == 10)
			sum = weighed(s, 0, "3456789a") % 11;
		return sum % 10 == dig(s[8]);
	}
	for (size_t i = 0; i < 9; i++)
		sum += dig(s[i]) * foreign[i];
	other = 11 - weighed(s, 0, "432765432") % 11;
	return weighed(s, 0, "2485a9736") % 11 % 10 == dig(s[9]) || sum % 10 == dig(s[9]) ||
	       (other != 10 && other % 11 == dig(s[9]));
}

static bool cy(const char *s)
{
	static const int odd[] = { 1, 0, 5, 7, 9, 13, 15, 17, 19, 21 };
	int sum = 0;

	for (size_t i = 0; i < 8; i++)
		sum += i % 2 == 0 ? odd[dig(s[i])] : dig(s[i]);
	return 'A' + sum % 26 == s[8];
}

/* Nine and ten digits are people: a birth number, older ones without a check. */
static bool cz(const char *s)
{
	int check = 11 - weighed(s, 0, "8765432") % 11;

	return strlen(s) > 8 || check % 10 == dig(s[7]);
}

static bool dk(const char *s)
{
	return weighed(s, 0, "27654321") % 11 == 0;
}

static bool ee(const char *s)
{
	return weighed(s, 0, "371371371") % 10 == 0;
}

static bool es(const char *s)
{
	static const char letters[] = "TRWAGMYFPDXBNJZSQVHLCKE", control[] = "JABCDEFGHI";
	bool last_digit = s[8] >= '0' && s[8] <= '9';
	int sum = 0;

	if (s[0] >= '0' && s[0] <= '9')
		return letters[number(s, 0, 8) % 23] == s[8];
	if (strchr("XYZ", s[0]) != NULL)
		return letters[((s[0] - 'X') * 10000000 + number(s, 1, 7)) % 23] == s[8];
	if (strchr("KLM", s[0]) != NULL)
		return letters[number(s, 1, 7) % 23] == s[8];
	for (size_t i = 1; i < 8; i++) {
		int d = dig(s[i]) * (i % 2 == 1 ? 2 : 1);

		sum += d > 9 ? d - 9 : d;
	}
	sum = (10 - sum % 10) % 10;
	return strchr("ABCDEFGHJNPQRSUVW", s[0]) != NULL &&
	       (last_digit ? sum == dig(s[8]) : control[sum] == s[8]);
}

static bool fi(const char *s)
{
	return (11 - weighed(s, 0, "79a5842") % 11) % 11 == dig(s[7]);
}

/* A key with letters has no published check. */
static bool fr(const char *s)
{
	if (strpbrk(s, "IO") != NULL)
		return false;
	if (s[0] > '9' || s[1] > '9')
		return true;
	return (12 + 3 * (number(s, 2, 9) % 97)) % 97 == number(s, 0, 2);
}

static bool el(const char *s)
{
	int sum = 0;

	for (size_t i = 0; i < 8; i++)
		sum += dig(s[i]) << (8 - i);
	return sum % 11 % 10 == dig(s[8]);
}

static bool hu(const char *s)
{
	return (10 - weighed(s, 0, "9731973") % 10) % 10 == dig(s[7]);
}

/* The older shape has a letter second: its digits stand behind a 0, the first one last. */
static bool ie(const char *s)
{
	static const char letters[] = "WABCDEFGHIJKLMNOPQRSTUV";
	char now[8];
	int sum;

	if (s[1] > '9') {
		now[0] = '0';
		memcpy(now + 1, s + 2, 5);
		now[6] = s[0];
		sum = weighed(now, 0, "8765432");
	} else {
		sum = weighed(s, 0, "8765432");
		if (s[8] != '\0')
			sum += 9 * (s[8] == 'W' ? 0 : s[8] - 'A' + 1);
	}
	return (s[1] > '9' || s[8] == '\0' || s[8] <= 'I' || s[8] == 'W') &&
	       letters[sum % 23] == s[7];
}

static bool lt(const char *s)
{
	bool twelve = strlen(s) == 12;
	int sum = weighed(s, 0, twelve ? "12345678912" : "12345678") % 11;

	if (sum == 10)
		sum = weighed(s, 0, twelve ? "34567891234" : "34567891") % 11;
	return s[twelve ? 10 : 7] == '1' && sum % 10 == dig(s[twelve ? 11 : 8]);
}

static bool lu(const char *s)
{
	return number(s, 0, 6) % 89 == number(s, 6, 2);
}

/* Up to 3 in front it is a person's date of birth, without a check. */
static bool lv(const char *s)
{
	int sum = weighed(s, 0, "91483a2576");
	int check = 3 - sum % 11;

	if (s[0] <= '3')
		return true;
	if (check == -1)
		return false;
	return (check < -1 ? check + 11 : check) == dig(s[10]);
}

static bool mt(const char *s)
{
	return 37 - weighed(s, 0, "346789") % 37 == number(s, 6, 2);
}

/* Since 2020 by 97 over the whole of it (N 23, L 21, B 11), before by 11. */
static bool nl(const char *s)
{
	int64_t rest = (2321 * INT64_C(1000000000) + number(s, 0, 9)) % 97;

	rest = (rest * 10000 + 1100 + number(s, 10, 2)) % 97;
	return rest == 1 || weighed(s, 0, "98765432") % 11 == dig(s[8]);
}

static bool pl(const char *s)
{
	return weighed(s, 0, "657234567") % 11 == dig(s[9]);
}

static bool pt(const char *s)
{
	int check = 11 - weighed(s, 0, "98765432") % 11;

	return (check > 9 ? 0 : check) == dig(s[8]);
}

static bool ro(const char *s)
{
	static const char weights[] = "753217532";
	size_t n = strlen(s);

	return 10 * weighed(s, 0, weights + 10 - n) % 11 % 10 == dig(s[n - 1]);
}

static bool se(const char *s)
{
	return number(s, 10, 2) > 0 && luhn_of(s, 10);
}

static bool si(const char *s)
{
	int check = 11 - weighed(s, 0, "8765432") % 11;

	return s[0] != '0' && check != 11 && check % 10 == dig(s[7]);
}

static bool sk(const char *s)
{
	return number(s, 0, 10) % 11 == 0;
}

static const struct member {
	const char *country, *prefix, *shapes;
	bool (*check)(const char *s);
} members[] = {
#define MEMBER(country, prefix, shapes, check) { country, prefix, shapes, check },
#include "account/vatid.def"
#undef MEMBER
};

static const struct member *find(const char *country)
{
	for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
		if (strcmp(members[i].country, country) == 0)
			return &members[i];
	return NULL;
}

bool vat_member(const char *country)
{
	return find(country) != NULL;
}

static bool fits(const char *s, const char *shape, size_t n)
{
	if (strlen(s) != n)
		return false;
	for (size_t i = 0; i < n; i++) {
		bool digit = s[i] >= '0' && s[i] <= '9', letter = s[i] >= 'A' && s[i] <= 'Z';
		bool good = shape[i] == '9' ? digit : shape[i] == 'A' ? letter :
			    shape[i] == 'X' ? digit || letter : s[i] == shape[i];

		if (!good)
			return false;
	}
	return true;
}

/* Without what people put between; false: more than any id has. */
static bool plain(const char *text, char *s)
{
	size_t n = 0;

	for (; *text != '\0'; text++) {
		if (strchr(" .-", *text) != NULL)
			continue;
		if (n == ID_MAX)
			return false;
		s[n++] = *text >= 'a' && *text <= 'z' ? (char)(*text - 'a' + 'A') : *text;
	}
	s[n] = '\0';
	return true;
}

bool vat_id_ok(const char *country, const char *text)
{
	const struct member *m = find(country);
	char s[ID_MAX + 1];
	const char *shape;
	size_t n;

	if (m == NULL || !plain(text, s) || strncmp(s, m->prefix, 2) != 0)
		return false;
	for (shape = m->shapes; *shape != '\0'; shape += n + (shape[n] == '|')) {
		n = strcspn(shape, "|");
		if (fits(s + 2, shape, n))
			return m->check(s + 2);
	}
	return false;
}
