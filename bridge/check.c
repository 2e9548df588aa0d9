#include "check.h"

#include <stdio.h>
#include <string.h>

#include "settings/settings.h"
#include "stmt.h"
#include "whmcs/objects.h"

struct report {
	struct whmcs *w;
	struct jout *out;
	bool json, good;
};

static void say(struct report *r, bool ok, const char *what, const char *found, const char *remedy)
{
	r->good &= ok;
	if (!r->json) {
		printf("%-6s %-22s %s\n", ok ? "ok" : "FAILED", what, found);
		if (!ok && remedy[0] != '\0')
			printf("       -> %s\n", remedy);
		return;
	}
	jo_obj(r->out, NULL);
	jo_str(r->out, "probe", what);
	jo_bool(r->out, "ok", ok);
	jo_str(r->out, "found", found);
	jo_str(r->out, "remedy", ok ? "" : remedy);
	jo_end(r->out);
}

static const char *detail(const struct report *r)
{
	return r->w->c->err.detail != NULL ? r->w->c->err.detail : "";
}

/* What to do about a failed first call, by what came back. */
static const char *remedy_of(const struct report *r, enum errk k)
{
	static const struct { const char *text, *remedy; } texts[] = {
		{ "Invalid IP", "add this address to General Settings > Security > API IP Access "
				"Restriction; IPv4 and IPv6 are entries of their own" },
		{ "Invalid Permissions", "add the action to the API role of this credential "
					 "(Manage API Roles)" },
		{ "Authentication Failed", "identifier or secret is wrong, or the credential was "
					   "deleted (Manage API Credentials)" },
		{ "Invalid or missing credentials", "the identifier is unknown there" },
		{ "An admin user is required", "the URL holds /includes/api.php twice: give the "
					       "system URL only" },
		{ "Could not resolve", "the host name of the URL is not known to DNS" },
		{ "wrong version number", "that port speaks plain http: give the https port" },
		{ "SSL", "the certificate does not verify: renew it or install its authority" },
		{ "HTTP 301", "the URL redirects: give the address it redirects to, with https" },
		{ "HTTP 302", "the URL redirects: give the address it redirects to, with https" },
		{ "HTTP 404", "there is no /includes/api.php below this URL: give the system URL" },
		{ "HTTP 403", "something in front of WHMCS refuses us (firewall): let this address "
			      "pass" },
		{ "HTTP 200", "a page came instead of an answer: maintenance mode, or not WHMCS" },
	};

	if (strstr(r->w->conf->whmcs_url, "api.php") != NULL)
		return "the URL holds /includes/api.php already: give the system URL only";
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		if (strstr(detail(r), texts[i].text) != NULL)
			return texts[i].remedy;
	if (k == ERR_INVALID)
		return "give an https URL without user and password; http only for loopback with "
		       "allow_http = yes";
	return "is WHMCS up and reachable from here?";
}

static bool first_call(struct report *r)
{
	enum errk k = whmcs_call(r->w, WHMCS_READ, "GetCurrencies", NULL, 0);

	say(r, k == ERR_OK, "connection and login", k == ERR_OK ? r->w->conf->whmcs_url : detail(r),
	    k == ERR_OK ? "" : remedy_of(r, k));
	return k == ERR_OK;
}

static void currencies_check(struct report *r)
{
	struct currency_enabled_row *rows;
	size_t n;

	if (q_currency_enabled(r->w->c, &rows, &n) != ERR_OK) {
		say(r, false, "our database", detail(r), "is the database up?");
		return;
	}
	for (size_t i = 0; i < n; i++) {
		const struct json *row;
		bool there = false;

		for (size_t k = 0;
		     (row = wj_item(r->w->answer, "currencies", "currency", k)) != NULL; k++)
			there |= strcmp(wj_text(r->w, row, "code"), rows[i].code) == 0;
		say(r, there, "currency", rows[i].code,
		    "add it in WHMCS (Currencies), or disable it here");
	}
}

static bool role_refuses(const struct report *r)
{
	return strstr(detail(r), "Invalid Permissions") != NULL;
}

static void version_check(struct report *r)
{
	struct whmcs_arg args[] = { { "setting", "Version" } };
	const char *version = "";

	if (whmcs_call(r->w, WHMCS_READ, "WhmcsDetails", NULL, 0) == ERR_OK)
		version = wj_text(r->w, json_get(r->w->answer, "whmcs"), "version");
	else if (whmcs_call(r->w, WHMCS_READ, "GetConfigurationValue", args, 1) == ERR_OK)
		version = wj_text(r->w, r->w->answer, "value");
	snprintf(r->w->version, sizeof r->w->version, "%.31s", version);
	if (version[0] == '\0')
		say(r, true, "version", "not told (the role has neither WhmcsDetails nor "
		    "GetConfigurationValue)", "");
	else
		say(r, version[0] >= '8' || (version[0] == '1' && version[1] != '.'), "version",
		    version, "WHMCS 8.0 or newer is needed");
}

static void gateway_check(struct report *r)
{
	const char *want = r->w->c->set->whmcs_gateway;
	const struct json *row;
	bool there = false;
	enum errk k = whmcs_call(r->w, WHMCS_READ, "GetPaymentMethods", NULL, 0);

	if (k != ERR_OK) {
		say(r, !role_refuses(r), "payment method", detail(r), remedy_of(r, k));
		return;
	}
	for (size_t i = 0;
	     (row = wj_item(r->w->answer, "paymentmethods", "paymentmethod", i)) != NULL; i++)
		there |= strcmp(wj_text(r->w, row, "module"), want) == 0;
	say(r, there, "payment method", want,
	    "switch it on in WHMCS, or set whmcs.gateway to one that is");
}

/* Whole calls with an impossible id: a business error means that the role allows
 * the action, and nothing can come of them. */
static void role_check(struct report *r)
{
	static const struct whmcs_arg client[] = { { "clientid", "999999999" } };
	static const struct whmcs_arg user[] = { { "userid", "999999999" } };
	static const struct whmcs_arg invoice[] = { { "invoiceid", "999999999" } };
	static const struct whmcs_arg payment[] = {
		{ "invoiceid", "999999999" }, { "transid", "tb-probe" },
		{ "gateway", "banktransfer" }, { "date", "2026-01-01 00:00:00" },
		{ "amount", "0.01" }, { "noemail", "1" },
	};
	/* Refused twice over: there is no such owner, and that is no address. */
	static const struct whmcs_arg stranger[] = {
		{ "owner_user_id", "999999999" }, { "firstname", "Probe" }, { "lastname", "Probe" },
		{ "email", "no-address" }, { "address1", "1" }, { "city", "1" }, { "state", "1" },
		{ "postcode", "1" }, { "country", "IE" }, { "phonenumber", "1" },
		{ "noemail", "1" },
	};
	static const struct {
		const char *action;
		const struct whmcs_arg *args;
		size_t n;
	} probes[] = {
		{ "GetClientsDetails", client, 1 }, { "GetInvoice", invoice, 1 },
		{ "GetInvoices", user, 1 }, { "GetTransactions", invoice, 1 },
		{ "UpdateInvoice", invoice, 1 }, { "CreateInvoice", user, 1 },
		{ "AddInvoicePayment", payment, sizeof payment / sizeof payment[0] },
		{ "AddClient", stranger, sizeof stranger / sizeof stranger[0] },
	};

	for (size_t i = 0; i < sizeof probes / sizeof probes[0]; i++) {
		enum errk k = whmcs_call(r->w, WHMCS_READ, probes[i].action, probes[i].args,
					 probes[i].n);
		bool ok = k == ERR_OK || k == ERR_CONFLICT;

		say(r, ok, probes[i].action, ok ? "allowed" : detail(r), remedy_of(r, k));
	}
}

bool whmcs_check(struct whmcs *w, bool as_json)
{
	struct report r = { .w = w, .json = as_json, .good = true };

	r.out = jo_new(w->c);
	jo_arr(r.out, "probes");
	if (w->conf->whmcs_url[0] == '\0' || w->conf->whmcs_identifier.len == 0 ||
	    w->conf->whmcs_secret.len == 0) {
		say(&r, false, "configuration", "url, identifier or secret is missing",
		    "fill in [whmcs] of the bridge's configuration");
	} else if (first_call(&r)) {
		currencies_check(&r);
		version_check(&r);
		gateway_check(&r);
		role_check(&r);
	}
	jo_end(r.out);
	jo_bool(r.out, "ok", r.good);
	if (as_json)
		puts(jo_text(r.out, NULL));
	jo_free(&r.out);
	return r.good;
}
