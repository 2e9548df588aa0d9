/* The ceiling: a bare libfcgi worker that runs the same two selects as the
 * portal, through libmariadb, and prints them with snprintf. No routing, no
 * checks, no JSON library, no log. /balance and /invoices by the last letter of
 * the script name. With --selects N: how many point selects a second this
 * server answers on one connection.
 *
 * usage: peer SOCKET DATABASE TOKEN_HASH_HEX ACCOUNT_ID [--selects N] */
#include <fcgiapp.h>
#include <mysql.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "stmt.h"

#define COLS 16
#define TEXT 256

struct query {
	MYSQL_STMT *s;
	MYSQL_BIND out[COLS];
	char text[COLS][TEXT];
	unsigned long len[COLS];
	my_bool null[COLS];
	unsigned cols;
};

static unsigned char token[32];
static unsigned long token_len = 32;
static unsigned long long account, newest = ~0ULL >> 1, wall;
static unsigned limit = 10;
static char realm[] = "user";
static unsigned long realm_len = 4;

static void die(const char *what, const char *why)
{
	fprintf(stderr, "peer: %s: %s\n", what, why);
	exit(1);
}

static void prepare(MYSQL *my, struct query *q, enum stmt_id id, MYSQL_BIND *in)
{
	q->s = mysql_stmt_init(my);
	if (mysql_stmt_prepare(q->s, stmt_text[id], strlen(stmt_text[id])) != 0 ||
	    mysql_stmt_bind_param(q->s, in) != 0)
		die(stmt_name[id], mysql_stmt_error(q->s));
	q->cols = mysql_stmt_field_count(q->s);
	for (unsigned i = 0; i < q->cols; i++) {
		q->out[i].buffer_type = MYSQL_TYPE_STRING;
		q->out[i].buffer = q->text[i];
		q->out[i].buffer_length = TEXT - 1;
		q->out[i].length = &q->len[i];
		q->out[i].is_null = &q->null[i];
	}
	mysql_stmt_bind_result(q->s, q->out);
}

/* Appends the rows as text; the number of them. */
static unsigned run(struct query *q, char *out, size_t size)
{
	unsigned rows = 0;
	size_t at = 0;

	if (mysql_stmt_execute(q->s) != 0 || mysql_stmt_store_result(q->s) != 0)
		die("execute", mysql_stmt_error(q->s));
	while (mysql_stmt_fetch(q->s) == 0) {
		for (unsigned i = 0; i < q->cols; i++)
			at += (size_t)snprintf(out + at, size - at, "%s\"%.*s\"", i ? "," : "[",
					       (int)q->len[i], q->null[i] ? "" : q->text[i]);
		at += (size_t)snprintf(out + at, size - at, "],");
		rows++;
	}
	mysql_stmt_free_result(q->s);
	return rows;
}

static void bind(MYSQL_BIND *b, enum enum_field_types type, void *p, unsigned long *len)
{
	memset(b, 0, sizeof *b);
	b->buffer_type = type;
	b->buffer = p;
	b->length = len;
	b->is_unsigned = 1;
	if (len != NULL)
		b->buffer_length = *len;
}

static void measure_selects(struct query *q, long n)
{
	struct timespec a, b;
	char out[8192];
	long us;

	clock_gettime(CLOCK_MONOTONIC, &a);
	for (long i = 0; i < n; i++)
		run(q, out, sizeof out);
	clock_gettime(CLOCK_MONOTONIC, &b);
	us = (b.tv_sec - a.tv_sec) * 1000000 + (b.tv_nsec - a.tv_nsec) / 1000;
	printf("%ld\n", n * 1000000 / (us > 0 ? us : 1));
}

static void serve(struct query *session, struct query *balance, struct query *invoices)
{
	FCGX_Request r;
	char out[16384];

	FCGX_Init();
	FCGX_InitRequest(&r, 0, 0);
	while (FCGX_Accept_r(&r) == 0) {
		const char *uri = FCGX_GetParam("DOCUMENT_URI", r.envp);
		int list = uri != NULL && strstr(uri, "invoices") != NULL;

		wall = (unsigned long long)time(NULL);
		if (run(session, out, sizeof out) != 1)
			die("session", "not found");
		run(list ? invoices : balance, out, sizeof out);
		FCGX_FPrintF(r.out, "Status: 200\r\nContent-Type: application/json\r\n\r\n[%s]",
			     out);
		FCGX_Finish_r(&r);
	}
}

int main(int argc, char **argv)
{
	static struct query session, balance, invoices;
	MYSQL_BIND in[3], bal[1], inv[3];
	MYSQL *my = mysql_init(NULL);

	if (argc < 5)
		die("usage", "peer SOCKET DATABASE TOKEN_HASH_HEX ACCOUNT_ID");
	for (int i = 0; i < 32; i++)
		if (sscanf(argv[3] + 2 * i, "%2hhx", &token[i]) != 1)
			die("token", "not hex");
	account = strtoull(argv[4], NULL, 10);
	wall = (unsigned long long)time(NULL);
	if (mysql_real_connect(my, NULL, "root", "", argv[2], 0, argv[1], 0) == NULL)
		die("connect", mysql_error(my));
	bind(&in[0], MYSQL_TYPE_BLOB, token, &token_len);
	bind(&in[1], MYSQL_TYPE_STRING, realm, &realm_len);
	bind(&in[2], MYSQL_TYPE_LONGLONG, &wall, NULL);
	prepare(my, &session, STMT_SESSION_FIND, in);
	bind(&bal[0], MYSQL_TYPE_LONGLONG, &account, NULL);
	prepare(my, &balance, STMT_BALANCE_NOW, bal);
	bind(&inv[0], MYSQL_TYPE_LONGLONG, &account, NULL);
	bind(&inv[1], MYSQL_TYPE_LONGLONG, &newest, NULL);
	bind(&inv[2], MYSQL_TYPE_LONG, &limit, NULL);
	prepare(my, &invoices, STMT_INVOICE_NEWEST, inv);
	if (argc == 7 && strcmp(argv[5], "--selects") == 0)
		measure_selects(&balance, strtol(argv[6], NULL, 10));
	else
		serve(&session, &balance, &invoices);
	mysql_close(my);
	return 0;
}
