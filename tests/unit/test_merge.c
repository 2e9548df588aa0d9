/* Three-way merge of a field: every combination of who changed, who is master and
 * what staff decided; and what counts as the same text. */
#include "test.h"

#include "sync/merge.h"

static void fields(void **state)
{
	static const struct {
		enum master m;
		const char *base, *ours, *theirs, *decision;
		enum merge want;
	} t[] = {
		/* both are masters: who changed wins */
		{ MASTER_BOTH, "a", "a", "a", "", MERGE_SAME },
		{ MASTER_BOTH, "a", "b", "a", "", MERGE_OUT },
		{ MASTER_BOTH, "a", "a", "b", "", MERGE_IN },
		{ MASTER_BOTH, "a", "b", "c", "", MERGE_ASK },
		{ MASTER_BOTH, "a", "b", "b", "", MERGE_SAME },
		/* cleared is a change, too */
		{ MASTER_BOTH, "a", "", "a", "", MERGE_OUT },
		{ MASTER_BOTH, "a", "a", "-", "", MERGE_IN },
		{ MASTER_BOTH, "", "", "a", "", MERGE_IN },
		{ MASTER_BOTH, "", "", "-", "", MERGE_SAME },
		/* never agreed */
		{ MASTER_BOTH, NULL, "a", "a", "", MERGE_SAME },
		{ MASTER_BOTH, NULL, "a", "b", "", MERGE_ASK },
		{ MASTER_BOTH, NULL, "a", "b", "OURS", MERGE_OUT },
		{ MASTER_BOTH, NULL, "a", "b", "THEIRS", MERGE_IN },
		/* decided */
		{ MASTER_BOTH, "a", "b", "c", "OURS", MERGE_OUT },
		{ MASTER_BOTH, "a", "b", "c", "THEIRS", MERGE_IN },
		{ MASTER_BOTH, "a", "b", "b", "THEIRS", MERGE_SAME },
		/* one is master */
		{ MASTER_PORTAL, "a", "a", "b", "", MERGE_OUT },
		{ MASTER_PORTAL, "a", "b", "c", "", MERGE_OUT },
		{ MASTER_PORTAL, NULL, "a", "b", "", MERGE_OUT },
		{ MASTER_PORTAL, "a", "a", "b", "THEIRS", MERGE_IN },
		{ MASTER_WHMCS, "a", "b", "a", "", MERGE_IN },
		{ MASTER_WHMCS, "a", "b", "c", "", MERGE_IN },
		{ MASTER_WHMCS, NULL, "a", "b", "", MERGE_IN },
		{ MASTER_WHMCS, "a", "b", "c", "OURS", MERGE_OUT },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++)
		if (merge_field(t[i].m, TEXT_PLAIN, "-", t[i].base, t[i].ours, t[i].theirs,
				t[i].decision) != t[i].want)
			fail_msg("row %zu", i);
}

static void texts(void **state)
{
	static const struct {
		enum text_kind kind;
		const char *filler, *a, *b;
		bool want;
	} t[] = {
		{ TEXT_PLAIN, "", "Cork", "Cork", true },
		{ TEXT_PLAIN, "", "Cork", "cork", false },
		{ TEXT_PLAIN, "", " Cork ", "Cork\r\n", true },
		{ TEXT_PLAIN, "", "a\r\nb", "a\nb", true },
		{ TEXT_PLAIN, "", "a b", "ab", false },
		{ TEXT_PLAIN, "-", "", "-", true },
		{ TEXT_PLAIN, "-", "-", "", true },
		{ TEXT_PLAIN, "-", "", "--", false },
		{ TEXT_PLAIN, "", "", "-", false },
		{ TEXT_CODE, "", "ie", "IE", true },
		{ TEXT_MAIL, "", "Ann@Example.com", "ann@example.com", true },
		{ TEXT_MAIL, "", "ann@example.com", "an@example.com", false },
		{ TEXT_PHONE, "0", "+353 1 234-567", "+353.1234567", true },
		{ TEXT_PHONE, "0", "", "0", true },
		{ TEXT_PHONE, "0", "+3531", "3532", false },
		{ TEXT_PHONE, "0", "123", "1234", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++)
		if (merge_equal(t[i].kind, t[i].filler, t[i].a, t[i].b) != t[i].want)
			fail_msg("row %zu", i);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields), cmocka_unit_test(texts),
	};

	return RUN_TESTS(tests);
}
