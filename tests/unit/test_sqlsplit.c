/* Files of SQL are cut where the server would cut them. */
#include "test.h"

#include "base/sqlsplit.h"

static void check(const char *sql, const char *const *want)
{
	struct sql_split s;
	const char *p;
	size_t len;

	sql_split_init(&s, sql, strlen(sql));
	while (sql_split_next(&s, &p, &len)) {
		assert_non_null(*want);
		assert_int_equal(len, strlen(*want));
		assert_memory_equal(p, *want, len);
		want++;
	}
	assert_null(*want);
}

#define CHECK(sql, ...) check(sql, (const char *const[]){ __VA_ARGS__, NULL })

static void cuts(void **state)
{
	(void)state;
	check("", (const char *const[]){ NULL });
	check(" -- only; a comment\n;;/* ; */ # x ;\n", (const char *const[]){ NULL });
	CHECK("A;B", "A", "B");
	CHECK("-- why: a; b\nA 'x;\\';' \";\" `;` -- ;\n B ;\n\nC;",
	      "A 'x;\\';' \";\" `;` -- ;\n B",
	      "C");
	CHECK("A '''';B", "A ''''", "B");
	CHECK("A /* ; */ B; C--1;D", "A /* ; */ B", "C--1", "D");
	CHECK("/*!40101 SET x = 1 */; B", "/*!40101 SET x = 1 */", "B");
	CHECK("A 'open; B", "A 'open; B");
	CHECK("A;\nDELIMITER //\nT BEGIN X; Y; END//\nU //\ndelimiter ;\nB;C",
	      "A", "T BEGIN X; Y; END", "U", "B", "C");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(cuts) };

	return RUN_TESTS(tests);
}
