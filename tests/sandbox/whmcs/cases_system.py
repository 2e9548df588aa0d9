"""Transport, credentials, the contract, system actions, single sign-on, control, pages."""

import json
import re
from urllib.parse import urlencode, urlsplit

from sandbox_client import AUTH, FORM, SandboxCase

__all__ = ("Transport", "Contract", "System", "Sso", "Control", "Pages")


class Transport(SandboxCase):
    def post(self, path="/includes/api.php", **fields):
        status, body, _ = self.box.post_form(path, fields)
        return status, body

    def answer(self, **fields):
        status, body = self.post(**fields)
        return status, json.loads(body)["message"]

    def test_credentials(self):
        good = {"action": "GetClients", "responsetype": "json"}
        self.assertEqual((403, "Authentication Failed"), self.answer(**good))
        self.assertEqual((403, "Invalid or missing credentials"),
                         self.answer(**good, identifier="x", secret="se-1"))
        self.assertEqual((403, "Authentication Failed"),
                         self.answer(**good, identifier="id-1", secret="x"))
        self.assertEqual(200, self.post(**good, username="id-1", password="se-1")[0])
        self.switch(credential_error_status=200)
        self.assertEqual(200, self.answer(**good)[0])

    def test_ip_refusal(self):
        self.switch(ip_denied="2001:db8::7", access_key="open!sesame")
        self.assertEqual((403, "Invalid IP 2001:db8::7"),
                         self.answer(**AUTH, action="GetClients"))
        self.assertEqual(200, self.post(**AUTH, action="GetClients",
                                        accesskey="open!sesame")[0])

    def test_role(self):
        self.switch(role_denied=["GetUsers"])
        self.assertEqual((403, 'Invalid Permissions: API action "getusers" is not allowed'),
                         self.answer(**AUTH, action="GetUsers"))
        self.ok("GetClients")

    def test_unknown_action(self):
        self.assertEqual('Invalid API Action: "nosuch" is not a valid API action',
                         self.breached("NoSuch"))
        self.switch(unknown_action_text="old")
        self.assertEqual("The requested API Action could not be found.", self.breached("NoSuch"))

    def test_action_name_in_any_case(self):
        self.ok("getclients")
        self.no_breaches()

    def test_doubled_path(self):
        status, body = self.post("/includes/api.php/includes/api.php", **AUTH,
                                 action="GetClients")
        self.assertEqual((200, b"An admin user is required"), (status, body))

    def test_maintenance_and_redirect(self):
        self.switch(maintenance=True)
        status, body = self.post(**AUTH, action="GetClients")
        self.assertEqual((200, b"<!DOCTYPE"), (status, body[:9]))
        self.switch(maintenance=False, https_redirect=True)
        status, _, headers = self.box.post_form("/includes/api.php", AUTH)
        self.assertEqual((301, True), (status, headers["Location"].startswith("https://")))

    def test_base_path(self):
        self.switch(base_path="/billing")
        self.assertEqual(404, self.post(**AUTH, action="GetClients")[0])
        status, body = self.post("/billing/includes/api.php", **AUTH, action="GetClients")
        self.assertEqual(200, status)

    def test_keep_alive(self):
        import http.client
        link = http.client.HTTPConnection("127.0.0.1", self.box.port, timeout=5)
        link.connect()
        port = link.sock.getsockname()[1]
        for _ in range(3):
            link.request("POST", "/includes/api.php",
                         urlencode({**AUTH, "action": "GetClients"}), FORM)
            self.assertEqual("success", json.loads(link.getresponse().read())["result"])
            self.assertEqual(port, link.sock.getsockname()[1])
        link.close()

    def test_clock_offset(self):
        self.switch(clock_offset_s=86400 * 366)
        got = self.ok("GetAdminDetails")["requesttime"]
        self.switch(clock_offset_s=0)
        self.assertGreater(got, self.ok("GetAdminDetails")["requesttime"])


class Contract(SandboxCase):
    def reasons(self):
        return [b["reason"] for b in self.box.control("GET", "breaches")[1]["breaches"]]

    def test_correct_conversation_leaves_no_breach(self):
        number = self.client(notes="portal=1")
        inv = self.invoice(number, "10.00", draft="1", notes="tok")
        self.ok("UpdateInvoice", invoiceid=inv, publish="1")
        self.pay(inv, amount="10.00")
        self.ok("AddTransaction", paymentmethod="stripe", userid=number, invoiceid=inv,
                transid="r", date="01/02/2026", amountout="1.00", description="refund")
        for action in ("GetClients", "GetInvoices", "GetTransactions", "GetUsers",
                       "GetCurrencies", "GetPaymentMethods", "GetPromotions", "WhmcsDetails",
                       "GetAdminDetails", "GetActivityLog", "GetAutomationLog"):
            self.ok(action)
        self.no_breaches()

    def test_unknown_parameter(self):
        self.breached("GetClients", limitnumber="5")
        self.assertIn('unknown parameter "limitnumber"', self.reasons()[0])

    def test_get_and_query(self):
        status, body, _ = self.box.raw("GET", "/includes/api.php?" + urlencode(
            {**AUTH, "action": "GetClients"}))
        self.assertEqual("error", json.loads(body)["result"])
        self.assertIn("the method is GET, not POST", self.reasons())
        self.assertIn("secrets in the URL query", self.reasons())

    def test_secrets_in_query_work_but_are_recorded(self):
        status, body, _ = self.box.raw("POST", "/includes/api.php?" + urlencode(AUTH),
                                       "action=GetClients", FORM)
        self.assertEqual("success", json.loads(body)["result"])
        self.assertEqual(["secrets in the URL query"], self.reasons())

    def test_wrong_content_type(self):
        status, body, _ = self.box.raw("POST", "/includes/api.php",
                                       json.dumps({**AUTH, "action": "GetClients"}),
                                       {"Content-Type": "application/json"})
        self.assertEqual(403, status)
        self.assertIn('the content type is "application/json", not a form', self.reasons())

    def test_responsetype(self):
        _, body, _ = self.box.post_form("/includes/api.php", {
            "identifier": "id-1", "secret": "se-1", "action": "GetClients"})
        self.assertEqual("error", json.loads(body)["result"])
        self.assertEqual(["responsetype=json is not sent"], self.reasons())

    def test_types(self):
        for action, fields in (
                ("GetInvoice", {"invoiceid": "1.0"}), ("GetInvoice", {"invoiceid": "-1"}),
                ("GetInvoice", {"invoiceid": "9" * 30}), ("GetClients", {"limitnum": "all"}),
                ("GetClients", {"sorting": "asc"}), ("GetInvoices", {"status": "paid"}),
                ("GetInvoice", {"invoiceid[]": "1"}), ("GetClientsDetails", {"clientid": "x"}),
                ("CreateSsoToken", {})):
            self.breached(action, **fields)

    def test_repeated_parameter_and_bad_utf8(self):
        for tail in ("&limitnum=1&limitnum=2", "&search=%ff"):
            _, body, _ = self.box.raw("POST", "/includes/api.php", urlencode(
                {**AUTH, "action": "GetClients"}) + tail, FORM)
            self.assertEqual("error", json.loads(body)["result"])
        self.assertEqual(2, self.breach_count())

    def test_probing_with_impossible_ids(self):
        """The wizard's way of asking "may I?": a business error, never a breach."""
        far = "999999999"
        for text, action, fields in (
                ("Client Not Found", "GetClientsDetails", {"clientid": far}),
                ("Client ID Not Found", "UpdateClient", {"clientid": far}),
                ("Client ID Not Found", "CreateInvoice", {"userid": far}),
                ("Invoice ID Not Found", "UpdateInvoice", {"invoiceid": far}),
                ("Invoice ID Not Found", "ApplyCredit", {"invoiceid": far, "amount": "1.00"}),
                ("Transaction ID Not Found", "UpdateTransaction", {"transactionid": far}),
                ("Invalid client_id", "CreateSsoToken", {"client_id": far})):
            self.refused(text, action, **fields)
        self.no_breaches()


class System(SandboxCase):
    def test_versions(self):
        self.assertEqual("8.13.0", self.ok("WhmcsDetails")["whmcs"]["version"])
        self.switch(version="9.0")
        got = self.ok("GetConfigurationValue", setting="Version")
        self.assertEqual({"result": "success", "setting": "Version",
                          "value": "9.0.1-release.1"}, got)

    def test_configuration_values(self):
        value = lambda s: self.ok("GetConfigurationValue", setting=s)["value"]
        self.assertEqual("DD/MM/YYYY", value("DateFormat"))
        self.assertEqual("", value("TaxEnabled"))
        self.assertEqual("http://127.0.0.1:%d/" % self.box.port, value("SystemURL"))
        self.refused("Invalid name for parameter setting", "GetConfigurationValue",
                     setting="Nope")
        self.assertEqual("Parameter setting is required",
                         self.breached("GetConfigurationValue"))

    def test_currencies_and_gateways(self):
        rows = self.ok("GetCurrencies")["currencies"]["currency"]
        self.assertEqual(["USD", "EUR", "GBP", "INR", "JPY"], [r["code"] for r in rows])
        self.assertEqual("1.00000", rows[0]["rate"])
        rows = self.ok("GetPaymentMethods")["paymentmethods"]["paymentmethod"]
        self.assertEqual({"module": "banktransfer", "displayname": "Bank Transfer"}, rows[0])
        self.assertEqual([], self.ok("GetPromotions")["promotions"]["promotion"])

    def test_activity_log(self):
        number = self.client()
        self.ok("LogActivity", clientid=number, description="portal did it")
        rows = self.ok("GetActivityLog", clientid=number)["activity"]["entry"]
        self.assertEqual(("portal did it", number), (rows[0]["description"],
                                                     rows[0]["clientId"]))
        self.assertGreater(rows[0]["id"], rows[1]["id"])
        self.assertNotIn("numreturned", self.ok("GetActivityLog"))
        self.breached("GetActivityLog", date="2026-01-01")
        self.assertEqual(0, self.ok("GetActivityLog", date="01/01/2020")["totalresults"])

    def test_notification_and_automation(self):
        self.ok("TriggerNotificationEvent", notification_identifier="tb", title="t",
                message="m", statusStyle="danger")
        self.breached("TriggerNotificationEvent", notification_identifier="tb", title="t")
        self.assertIn("lastDailyCronInvocationTime", self.ok("GetAutomationLog"))


class Sso(SandboxCase):
    def mint(self, **fields):
        return self.ok("CreateSsoToken", client_id=self.number,
                       destination="sso:custom_redirect", **fields)

    def setUp(self):
        super().setUp()
        self.number = self.client()

    def follow(self, got):
        parts = urlsplit(got["redirect_url"])
        self.assertIn(got["access_token"], parts.query)
        return self.box.raw("GET", parts.path + "?" + parts.query)

    def test_single_use(self):
        inv = self.invoice(self.number)
        got = self.mint(sso_redirect_path="viewinvoice.php?id=%d" % inv)
        status, _, headers = self.follow(got)
        self.assertEqual((302, "/viewinvoice.php?id=%d" % inv), (status, headers["Location"]))
        self.assertEqual(403, self.follow(got)[0])

    def test_errors(self):
        self.refused("Invalid user_id", "CreateSsoToken", user_id="9")
        self.refused("Invalid destination", "CreateSsoToken", client_id=self.number,
                     destination="clientarea:moon")
        self.client("b@example.com")
        self.refused("Invalid user_id for client", "CreateSsoToken", client_id=self.number,
                     user_id="2")
        self.act("edit_client", clientid=self.number, fields={"allowSingleSignOn": False})
        self.refused("SSO authentication blocked for client 1", "CreateSsoToken",
                     client_id=self.number)

    def test_no_way_out(self):
        for path in ("https://evil.example/", "//../x", "a\\b", ""):
            self.breached("CreateSsoToken", client_id=self.number,
                          destination="sso:custom_redirect", sso_redirect_path=path)
        got = self.mint(sso_redirect_path="//evil.example/x")
        self.assertEqual("/evil.example/x", self.follow(got)[2]["Location"])

    def test_profile_detour_and_area(self):
        self.switch(sso_profile_detour=True)
        self.ok("UpdateClient", clientid=self.number, city="")
        _, _, headers = self.follow(self.mint(sso_redirect_path="/viewinvoice.php?id=1"))
        self.assertEqual("/clientarea.php?action=details", headers["Location"])
        status, body, _ = self.box.raw("GET", headers["Location"], None, {
            "Cookie": headers["Set-Cookie"].split(";")[0]})
        self.assertEqual(200, status)
        self.assertIn(b"complete your profile", body)


class Control(SandboxCase):
    def test_journal_redacts_and_pages(self):
        self.client()
        self.ok("GetClients")
        data = self.box.control("GET", "journal")[1]
        first = data["entries"][0]
        self.assertEqual(("***", "***", "***"), tuple(
            first["params"][k] for k in ("identifier", "secret", "password2")))
        self.assertEqual(["client:1"], first["touched"])
        self.assertEqual(("AddClient", 200, "success"), (first["action"], first["status"],
                                                         first["result"]))
        self.assertEqual(2, data["last"])
        got = self.box.control("GET", "journal?after=1&limit=5")[1]["entries"]
        self.assertEqual([2], [e["seq"] for e in got])
        self.assertEqual(400, self.box.control("GET", "journal?after=x")[0])

    def test_config_checks(self):
        for bad in ({"nosuch": 1}, {"version": "7"}, {"maintenance": "yes"},
                    {"clock_offset_s": True}, {"role_denied": [1]}):
            self.assertEqual(400, self.box.control("POST", "config", bad)[0], bad)
        self.assertNotIn("system_url", self.box.control("GET", "config")[1])

    def test_foreign_origin_and_unknown_call(self):
        status, _, _ = self.box.raw("POST", "/_sandbox/reset", "{}",
                                    {"Origin": "http://evil.example"})
        self.assertEqual(403, status)
        self.assertEqual(404, self.box.control("GET", "nothing")[0])
        self.assertEqual(400, self.box.raw("POST", "/_sandbox/act", "[]")[0])

    def test_reset(self):
        self.client()
        self.switch(maintenance=True)
        self.box.control("POST", "reset", {})
        self.assertEqual(0, self.ok("GetClients")["totalresults"])
        self.assertEqual(1, self.client())

    def test_clear_breaches(self):
        self.breached("NoSuch")
        self.box.control("DELETE", "breaches")
        self.no_breaches()

    def test_refused_action_changes_nothing(self):
        number = self.client()
        inv = self.invoice(number)
        self.act("cancel", invoiceid=inv)
        before = self.box.control("GET", "summary")[1]["currencies"]
        self.box.call("AddInvoicePayment", invoiceid=inv, transid="t", gateway="stripe",
                      date="2026-01-01 00:00:00")
        self.assertEqual(before, self.box.control("GET", "summary")[1]["currencies"])
        self.assertEqual([], self.box.control("GET", "journal")[1]["entries"][-1]["touched"])


class Pages(SandboxCase):
    def test_all_pages_answer_and_escape(self):
        number = self.client(companyname="<script>alert(1)</script>", notes="a & b")
        inv = self.invoice(number)
        self.pay(inv, "<b>x</b>")
        for path in ("/", "/admin", "/admin/clients", "/admin/client?id=1", "/admin/invoices",
                     "/admin/invoices?status=Paid", "/admin/invoice?id=1", "/admin/journal",
                     "/admin/breaches", "/admin/config", "/viewinvoice.php?id=1"):
            status, body = self.box.text(path)
            self.assertEqual(200, status, path)
            self.assertNotIn("<script", body)
            self.assertNotIn("<b>x</b>", body)
            self.assertNotIn("&amp;amp;", body)
        self.assertEqual(200, self.box.text("/style.css")[0])
        for path in ("/nothing", "/admin/client?id=9", "/admin/invoice?id=x", "/viewinvoice.php"):
            self.assertEqual(404, self.box.text(path)[0], path)

    def test_client_pays(self):
        inv = self.invoice(self.client(), "12.34")
        _, body = self.box.text("/viewinvoice.php?id=%d" % inv)
        self.assertRegex(body, r'<span id="status"[^>]*>Unpaid</span>')
        self.assertRegex(body, r'<span id="total"[^>]*>\$12\.34 USD</span>')
        self.assertRegex(body, r'<button id="pay"[^>]*>Pay \$12\.34 USD</button>')
        for _ in range(2):       # a second press must not pay again
            status, _, headers = self.box.post_form("/viewinvoice.php", {"id": inv})
            self.assertEqual((303, "/viewinvoice.php?id=1"), (status, headers["Location"]))
        _, body = self.box.text("/viewinvoice.php?id=%d" % inv)
        self.assertRegex(body, r'<span id="status"[^>]*>Paid</span>')
        self.assertNotIn('id="pay"', body)
        self.assertEqual(1, self.ok("GetTransactions")["totalresults"])

    def test_admin_buttons(self):
        inv = self.invoice(self.client())
        _, body = self.box.text("/admin/invoice?id=1")
        for mark in ('id="add-payment"', 'id="cancel"', 'name="amount" value="10.00"'):
            self.assertIn(mark, body)
        transid = re.search(r'name="transid" value="([^"]+)"', body).group(1)
        self.box.post_form("/admin/pay", {"id": inv, "amount": "10.00", "transid": transid,
                                          "gateway": "mailin"})
        self.assertEqual(transid, self.get(inv)["transactions"]["transaction"][0]["transid"])
        self.assertIn('id="refund"', self.box.text("/admin/invoice?id=1")[1])
        self.box.post_form("/admin/refund", {"id": inv, "amount": "10.00"})
        self.assertEqual("Refunded", self.get(inv)["status"])
        other = self.invoice(1)
        self.box.post_form("/admin/cancel", {"id": other})
        self.assertEqual("Cancelled", self.get(other)["status"])
        self.assertEqual(400, self.box.post_form("/admin/pay", {"id": "1", "amount": "x"})[0])

    def test_config_forms(self):
        self.box.post_form("/admin/config", {"name": "version", "value": "9.0"})
        self.box.post_form("/admin/config", {"name": "transid_unique", "value": "1"})
        self.box.post_form("/admin/config", {"name": "role_denied", "value": "GetUsers, X"})
        cfg = self.box.control("GET", "config")[1]
        self.assertEqual(("9.0", True, ["GetUsers", "X"]), (
            cfg["version"], cfg["transid_unique"], cfg["role_denied"]))
        self.box.post_form("/admin/fault", {"action": "*", "mode": "error", "times": "1",
                                            "skip": "0", "arg": "hello"})
        self.refused("hello", "GetClients")
        self.box.post_form("/admin/faults/clear", {})
        self.assertEqual([], self.box.control("GET", "fault")[1]["faults"])

    def test_draft_is_hidden_from_the_client(self):
        inv = self.invoice(self.client(), draft="1")
        self.assertEqual(404, self.box.text("/viewinvoice.php?id=%d" % inv)[0])
        self.assertEqual(200, self.box.text("/admin/invoice?id=%d" % inv)[0])
