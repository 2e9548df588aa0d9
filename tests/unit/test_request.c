/* Input tables: what is refused, what lands in the struct, and that all errors
 * come together; the route table; finding routes. */
#include "test.h"

#include "base/json.h"
#include "fcgi/route.h"

struct all_in {
	uint64_t id;
	int64_t delta;
	uint32_t parts;
	bool yes, yes_set;
	int64_t at;
	const char *name, *note, *password, *amount, *cap, *kind;
	const struct json *list;
	const char *idempotency_key;
};
static const struct field all_table[] = {
	F_U64(struct all_in, id, true, 1, UINT64_MAX, "id"),
	F_I64(struct all_in, delta, false, -10, 10, "-3", "delta"),
	F_U32(struct all_in, parts, false, 1, 12, "1", "parts"),
	F_BOOL_OPT(struct all_in, yes, "yes"),
	F_TIME(struct all_in, at, false, "at"),
	F_STR(struct all_in, name, true, 2, 5, "name"),
	F_LINES(struct all_in, note, false, 0, 20, "note"),
	F_SECRET(struct all_in, password, false, 1, 20, "password"),
	F_TEXT(struct all_in, amount, false, "amount"),
	F_TEXT_OR_EMPTY(struct all_in, cap, false, "cap"),
	F_ENUM(struct all_in, kind, false, "ONE|TWO", "TWO", "kind"),
	F_ARRAY(struct all_in, list, false, 1, 2, "list"),
	F_STR(struct all_in, idempotency_key, false, 16, 64, "key"),
	F_END
};

static enum errk fill(struct ctx *c, const char *body, const struct all_in **in_r)
{
	const struct field_text path = { "id", "7" };
	struct field_source src = { .path = &path, .npath = 1, .idempotency_key = "k" };
	struct json *j = NULL;
	const void *in = NULL;
	enum errk k;

	err_clear(c);
	assert_int_equal(json_parse(c, body, strlen(body), &j), ERR_OK);
	src.body = j;
	src.idempotency_key = "0123456789abcdef";
	k = fields_fill(c, all_table, &src, &in);
	*in_r = in;
	if (k != ERR_OK || strstr(body, "\"list\":[") == NULL)
		json_close(&j);
	return k;
}

static void good_values_land(void **state)
{
	struct ctx *c = *state;
	const struct all_in *in;

	assert_int_equal(fill(c, "{\"name\":\"\xc3\xa4\xc3\xb6x\",\"delta\":-10,\"yes\":false,"
			      "\"at\":\"2026-11-23T10:00:00Z\",\"note\":\"a\\nb\","
			      "\"amount\":\"-0.05\",\"cap\":\"\",\"kind\":\"ONE\","
			      "\"parts\":12}", &in), ERR_OK);
	assert_int_equal(in->id, 7);
	assert_int_equal(in->delta, -10);
	assert_int_equal(in->parts, 12);
	assert_true(in->yes_set && !in->yes);
	assert_int_equal(in->at, 1795428000);
	assert_string_equal(in->name, "\xc3\xa4\xc3\xb6x");
	assert_string_equal(in->amount, "-0.05");
	assert_string_equal(in->cap, "");
	assert_string_equal(in->kind, "ONE");
	assert_string_equal(in->idempotency_key, "0123456789abcdef");
}

static void defaults_and_null(void **state)
{
	struct ctx *c = *state;
	const struct all_in *in;

	assert_int_equal(fill(c, "{\"name\":\"ab\",\"yes\":null,\"delta\":null,\"cap\":null}", &in),
			 ERR_OK);
	assert_int_equal(in->delta, -3);
	assert_int_equal(in->parts, 1);
	assert_false(in->yes_set);
	assert_null(in->cap);
	assert_null(in->list);
	assert_string_equal(in->kind, "TWO");
	assert_int_equal(in->at, 0);
}

/* One wrong member each, beside a good name: exactly that field is named. */
static void bad_values_are_named(void **state)
{
	static const struct { const char *field, *value; } bad[] = {
		{ "name", "\"a\"" }, { "name", "\"abcdef\"" }, { "name", "\"  \"" },
		{ "name", "\"a\\nb\"" }, { "name", "5" }, { "name", "null" },
		{ "name", "\"a\xe2\x80\xae" "b\"" }, { "name", "\"a\xc2\x85" "b\"" },
		{ "delta", "11" }, { "delta", "-11" }, { "delta", "\"1\"" },
		{ "delta", "1.0" }, { "delta", "1e1" }, { "delta", "true" },
		{ "parts", "0" }, { "parts", "-1" }, { "parts", "4294967297" },
		{ "yes", "\"true\"" }, { "yes", "1" },
		{ "at", "\"yesterday\"" }, { "at", "5" },
		{ "amount", "1.5" }, { "amount", "\"1,5\"" }, { "amount", "\"\"" },
		{ "amount", "\"1.\"" }, { "amount", "\".5\"" }, { "amount", "\"1e3\"" },
		{ "amount", "\"+1\"" }, { "amount", "\"NaN\"" }, { "amount", "\"0x10\"" },
		{ "amount", "\"1111111111111111111111111\"" },
		{ "kind", "\"one\"" }, { "kind", "\"ONE|TWO\"" }, { "kind", "\"\"" },
		{ "list", "[]" }, { "list", "[1,2,3]" }, { "list", "{}" },
		{ "id", "8" }, { "balance", "1" },
		{ "idempotency_key", "\"0123456789abcdef\"" },
	};
	struct ctx *c = *state;
	const struct all_in *in;
	char body[200];

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		bool name = strcmp(bad[i].field, "name") == 0;

		snprintf(body, sizeof(body), "{%s\"%s\":%s}", name ? "" : "\"name\":\"ab\",",
			 bad[i].field, bad[i].value);
		if (fill(c, body, &in) != ERR_INVALID || c->err.nfields != 1 ||
		    strcmp(c->err.fields[0].name, bad[i].field) != 0)
			fail_msg("%s: %zu fields, first %s", body, c->err.nfields,
				 c->err.nfields ? c->err.fields[0].name : "-");
	}
}

static void errors_come_together(void **state)
{
	struct ctx *c = *state;
	const struct all_in *in;

	assert_int_equal(fill(c, "{\"role\":1,\"delta\":99,\"at\":\"x\",\"amount\":\"y\"}", &in),
			 ERR_INVALID);
	assert_string_equal(c->err.code, "invalid");
	assert_int_equal(c->err.nfields, 5);
	assert_string_equal(c->err.fields[0].name, "role");
	assert_string_equal(c->err.fields[3].name, "name");
}

struct listing_in { struct list_in list; };
static const struct field listing_table[] = {
	F_LIST(struct listing_in, list, "id|name", "ON|OFF"), F_END
};

static enum errk query(struct ctx *c, const char *text, const struct list_in **list_r)
{
	struct field_source src = { .query = text, .query_allowed = true };
	const void *in = NULL;
	enum errk k;

	err_clear(c);
	k = fields_fill(c, listing_table, &src, &in);
	*list_r = in == NULL ? NULL : &((const struct listing_in *)in)->list;
	return k;
}

static void lists(void **state)
{
	static const char *const bad[] = {
		"page=0", "per=101", "page=-1", "sort=password", "dir=up", "status=GONE", "x=1",
		"page=1&page=2", "page=1x", "q=%00", "q=%f", "q=%zz", "q=%ff", "page=%20" "1",
		"page=18446744073709551617",
	};
	struct ctx *c = *state;
	const struct list_in *l;

	assert_int_equal(query(c, NULL, &l), ERR_OK);
	assert_null(l->q);
	assert_null(l->status);
	assert_string_equal(l->sort, "id");
	assert_false(list_ascending(l));
	assert_int_equal(list_skip(l), 0);
	assert_int_equal(query(c, "q=a+%26%c3%a4&status=&sort=name&dir=asc&page=3&per=10&", &l),
			 ERR_OK);
	assert_string_equal(l->q, "a &\xc3\xa4");
	assert_null(l->status);
	assert_string_equal(l->sort, "name");
	assert_true(list_ascending(l));
	assert_int_equal(list_skip(l), 20);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (query(c, bad[i], &l) != ERR_INVALID)
			fail_msg("accepted: %s", bad[i]);
	}
}

static void a_body_may_not_hide_in_the_query(void **state)
{
	struct ctx *c = *state;
	struct field_source src = { .query = "name=ab" };
	const void *in;

	assert_int_equal(fields_fill(c, all_table, &src, &in), ERR_INVALID);
	assert_string_equal(c->err.fields[0].name, "name");
}

static void elements_are_told_apart(void **state)
{
	struct ctx *c = *state;
	struct all_in in = { 0 };
	struct json *j;

	assert_int_equal(json_parse(c, "{\"id\":0,\"name\":\"ab\"}", 20, &j), ERR_OK);
	assert_int_equal(fields_from_object(c, all_table, j, "events[3].", &in), ERR_INVALID);
	assert_string_equal(c->err.fields[0].name, "events[3].id");
	json_close(&j);
}

static void audit_text_keeps_secrets(void **state)
{
	struct ctx *c = *state;
	const struct all_in *in;
	const char *text;

	assert_int_equal(fill(c, "{\"name\":\"ab\",\"password\":\"hunter2\"}", &in), ERR_OK);
	text = fields_text(c, all_table, in, 2000);
	assert_non_null(strstr(text, "name=ab"));
	assert_non_null(strstr(text, "password=***"));
	assert_null(strstr(text, "hunter2"));
	assert_null(strstr(text, "0123456789abcdef"));
	assert_int_equal(strlen(fields_text(c, all_table, in, 4)), 4);
	assert_string_equal(fields_text(c, all_table, NULL, 4), "");
}

static void table_is_sound(void **state)
{
	struct ctx *c = *state;
	const char *wrong = routes_check(c->mem);

	if (wrong != NULL)
		fail_msg("%s", wrong);
}

static enum errk find(struct ctx *c, enum pool pool, const char *method, const char *path)
{
	static struct req r;

	err_clear(c);
	r = (struct req){ .ctx = *c, .pool = pool, .http = { .method = method, .path = path } };
	return route_find(&r) == ERR_OK ? ERR_OK : r.ctx.err.kind;
}

static void routes_are_found(void **state)
{
	struct ctx *c = *state;

	assert_int_equal(find(c, POOL_USER, "GET", "/api/user/health"), ERR_OK);
	assert_int_equal(find(c, POOL_USER, "HEAD", "/api/user/health"), ERR_OK);
	assert_int_equal(find(c, POOL_USER, "GET", "/api/admin/health"), ERR_NOT_FOUND);
	assert_int_equal(find(c, POOL_HOOK, "POST", "/api/user/login"), ERR_NOT_FOUND);
	assert_int_equal(find(c, POOL_USER, "PUT", "/api/user/login"), ERR_INVALID);
	assert_int_equal(find(c, POOL_USER, "GET", "/api/user/health/"), ERR_NOT_FOUND);
	assert_int_equal(find(c, POOL_USER, "GET", "/api/user"), ERR_NOT_FOUND);
	assert_int_equal(find(c, POOL_USER, NULL, NULL), ERR_NOT_FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CTX_TEST(good_values_land),
		CTX_TEST(defaults_and_null),
		CTX_TEST(bad_values_are_named),
		CTX_TEST(errors_come_together),
		CTX_TEST(lists),
		CTX_TEST(a_body_may_not_hide_in_the_query),
		CTX_TEST(elements_are_told_apart),
		CTX_TEST(audit_text_keeps_secrets),
		CTX_TEST(table_is_sound),
		CTX_TEST(routes_are_found),
	};

	return RUN_TESTS(tests);
}
