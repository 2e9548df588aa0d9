"""Clients, users, text encoding, lists."""

from sandbox_client import SandboxCase, serialize

__all__ = ("Clients", "Lists", "Text")


class Clients(SandboxCase):
    def test_add_and_read(self):
        number = self.client(companyname="Lee Ltd", currency="2", notes="portal=7")
        got = self.ok("GetClientsDetails", clientid=number)
        self.assertEqual(1, number)
        for place in (got, got["client"]):
            self.assertEqual("Ann Lee", place["fullname"])
            self.assertEqual("EUR", place["currency_code"])
            self.assertEqual("0.00", place["credit"])
        self.assertEqual(36, len(got["client"]["uuid"]))
        self.assertIn("latefeeoveride", got["client"])
        self.assertEqual([{"id": 1, "name": "Ann Lee", "email": "ann@example.com",
                           "is_owner": True}], got["client"]["users"]["user"])
        self.assertNotIn("stats", got)
        self.no_breaches()

    def test_read_by_email(self):
        self.client()
        self.assertEqual(1, self.ok("GetClientsDetails", email="ANN@example.com")["client"]["id"])

    def test_read_errors(self):
        self.refused("Client Not Found", "GetClientsDetails", clientid="99")
        self.refused("Either clientid Or email Is Required", "GetClientsDetails")

    def test_stats_are_formatted(self):
        number = self.client()
        self.invoice(number, "12.50")
        stats = self.ok("GetClientsDetails", clientid=number, stats="1")["stats"]
        self.assertEqual("$12.50 USD", stats["dueinvoicesbalance"])
        self.assertEqual(1, stats["numunpaidinvoices"])

    def test_custom_field_round_trip(self):
        number = self.client(customfields=serialize({1: "pörtal-42"}))
        got = self.ok("GetClientsDetails", clientid=number)["client"]
        self.assertEqual([{"id": 1, "value": "pörtal-42"}], got["customfields"])
        self.assertEqual("pörtal-42", got["customfields1"])
        self.ok("UpdateClient", clientid=number, customfields=serialize({1: "x"}))
        got = self.ok("GetClientsDetails", clientid=number)["client"]
        self.assertEqual("x", got["customfields"][0]["value"])

    def test_custom_field_garbage(self):
        for bad in ("!!!", "YTox", serialize({1: "x"})[:-4], serialize({9: "x"}),
                    "YToxOntpOjE7czo5OiJ4Ijt9"):
            self.breached("AddClient", firstname="A", lastname="B", email="c@example.com",
                          address1="x", city="x", state="x", postcode="1", country="US",
                          phonenumber="555", password2="pw", customfields=bad)

    def test_missing_fields_texts(self):
        base = {"firstname": "A", "lastname": "B", "email": "c@example.com", "address1": "x",
                "city": "x", "state": "x", "postcode": "1", "country": "US",
                "phonenumber": "555", "password2": "pw"}
        texts = {"firstname": "You did not enter your first name",
                 "lastname": "You did not enter your last name",
                 "email": "You did not enter your email address",
                 "address1": "You did not enter your  address line 1",
                 "city": "You did not enter your city", "state": "You did not enter your state",
                 "postcode": "You did not enter your postcode",
                 "country": "Valid country required",
                 "phonenumber": "You did not enter your phone number"}
        for name, text in texts.items():
            fields = {k: v for k, v in base.items() if k != name}
            self.assertEqual(text, self.breached("AddClient", **fields))
        self.breached("AddClient", **{k: v for k, v in base.items() if k != "password2"})
        self.assertEqual("Valid country required",
                         self.breached("AddClient", **{**base, "country": "UK"}))
        self.refused("The email address you entered was not valid", "AddClient",
                     **{**base, "email": "nobody"})
        self.refused("Invalid telephone phone number", "AddClient",
                     **{**base, "phonenumber": "call me"})
        self.refused("Invalid Owner User ID", "AddClient", **{**base, "owner_user_id": "77"})

    def test_skipvalidation(self):
        self.ok("AddClient", email="z@example.com", password2="pw", skipvalidation="1")

    def test_email_in_use(self):
        self.client()
        status, data = self.box.call("AddClient", firstname="B", lastname="B",
                                     email="Ann@Example.com", address1="x", city="x", state="x",
                                     postcode="1", country="US", phonenumber="555",
                                     password2="pw")
        self.assertEqual("A user already exists with that email address", data["message"])

    def test_second_client_of_one_user(self):
        self.client()
        second = self.client("ann+2@example.com", owner_user_id="1")
        users = self.ok("GetUsers")["users"]
        self.assertEqual(1, len(users))
        self.assertEqual([1, second], [c["id"] for c in users[0]["clients"]])
        _, data = self.box.call(
            "AddClient", firstname="B", lastname="B", email="ann@example.com", address1="x",
            city="x", state="x", postcode="1", country="US", phonenumber="555",
            owner_user_id="1")
        self.assertEqual("The email address entered is not available for use.", data["message"])

    def test_update(self):
        number = self.client()
        self.client("bob@example.com")
        self.ok("UpdateClient", clientid=number, city="Paris", taxexempt="1",
                **{"email_preferences[invoice]": "0"})
        got = self.ok("GetClientsDetails", clientid=number)["client"]
        self.assertEqual("Paris", got["city"])
        self.assertTrue(got["taxexempt"])
        self.assertEqual("0", got["email_preferences"]["invoice"])
        self.refused("Duplicate Email Address", "UpdateClient", clientid=number,
                     email="bob@example.com")
        self.refused("The email address entered is not valid", "UpdateClient", clientid=number,
                     email="x")
        self.refused("Client ID Not Found", "UpdateClient", clientid="88", city="x")
        self.ok("UpdateClient", clientemail="bob@example.com", city="Rome")

    def test_email_change_leaves_login_alone(self):
        number = self.client()
        self.ok("UpdateClient", clientid=number, email="new@example.com")
        self.assertEqual("ann@example.com", self.ok("GetUsers")["users"][0]["email"])

    def test_empty_text_clears_or_not(self):
        number = self.client(companyname="Lee Ltd")
        self.switch(empty_string_clears=False)
        self.ok("UpdateClient", clientid=number, companyname="")
        details = lambda: self.ok("GetClientsDetails", clientid=number)["client"]
        self.assertEqual("Lee Ltd", details()["companyname"])
        self.switch(empty_string_clears=True)
        self.ok("UpdateClient", clientid=number, companyname="")
        self.assertEqual("", details()["companyname"])

    def test_close_cascades(self):
        number = self.client()
        unpaid, draft = self.invoice(number), self.invoice(number, draft="1")
        self.ok("CloseClient", clientid=number)
        self.assertEqual("Closed", self.ok("GetClients")["clients"]["client"][0]["status"])
        self.assertEqual("Cancelled", self.get(unpaid)["status"])
        self.assertEqual("Draft", self.get(draft)["status"])
        self.refused("Client ID Not Found", "CloseClient", clientid="9")

    def test_delete(self):
        number = self.client()
        self.invoice(number)
        self.ok("DeleteClient", clientid=number, deleteusers="1")
        self.refused("Client Not Found", "GetClientsDetails", clientid=number)
        self.refused("Invoice ID Not Found", "GetInvoice", invoiceid="1")
        self.assertEqual(0, self.ok("GetUsers")["totalresults"])

    def test_currency_change_relabels_invoices(self):
        number = self.client()
        self.invoice(number)
        self.act("change_currency", clientid=number, code="GBP")
        row = self.ok("GetInvoices")["invoices"]["invoice"][0]
        self.assertEqual(("GBP", "£"), (row["currencycode"], row["currencyprefix"]))

    def test_merge(self):
        first, second = self.client(), self.client("b@example.com")
        self.act("add_credit", clientid=first, amount="5.00")
        self.invoice(first, "9.00")
        self.act("merge_clients", **{"from": first, "to": second})
        self.refused("Client Not Found", "GetClientsDetails", clientid=first)
        self.assertEqual(second, self.ok("GetInvoices")["invoices"]["invoice"][0]["userid"])
        self.assertEqual("0.00", self.credit(second))   # the credit paid part of the invoice
        self.assertEqual("4.00", self.get(1)["balance"])

    def test_contacts_are_empty(self):
        self.assertEqual([], self.ok("GetContacts", userid="1")["contacts"]["contact"])


class Lists(SandboxCase):
    def test_default_page_and_offsets(self):
        self.act("bulk", clients=30, invoices_each=1)
        got = self.ok("GetClients")
        self.assertEqual((30, 0, 25), tuple(got[k] for k in (
            "totalresults", "startnumber", "numreturned")))
        rest = self.ok("GetClients", limitstart="25")
        self.assertEqual(5, rest["numreturned"])
        seen = {c["id"] for g in (got, rest) for c in g["clients"]["client"]}
        self.assertEqual(30, len(seen))
        self.assertEqual(25, len(self.ok("GetInvoices")["invoices"]["invoice"]))

    def test_invoice_sorting(self):
        number = self.client()
        for amount in ("3.00", "1.00", "2.00"):
            self.invoice(number, amount)
        def ids(**kw):
            return [i["id"] for i in self.ok("GetInvoices", **kw)["invoices"]["invoice"]]
        self.assertEqual([2, 3, 1], ids(orderby="total", order="asc"))
        self.assertEqual([1, 2, 3], ids(orderby="id", order="asc"))
        self.assertEqual([2, 1], ids(orderby="id", order="desc", limitstart="1", limitnum="2"))
        self.breached("GetInvoices", orderby="updated_at")
        self.breached("GetInvoices", modifiedsince="2026-01-01")

    def test_prefix_search(self):
        self.client("ann@example.com")
        self.client("joanna@example.com", firstname="Joanna")
        found = self.ok("GetClients", search="an")["clients"]["client"]
        self.assertEqual(["ann@example.com"], [c["email"] for c in found])
        self.assertEqual(1, self.ok("GetClients", search="ANN LE")["totalresults"])
        self.assertEqual(0, self.ok("GetClients", search="example")["totalresults"])
        self.assertEqual(0, self.ok("GetClients", search="%")["totalresults"])

    def test_status_and_overdue(self):
        number = self.client()
        self.invoice(number, duedate="2020-01-01")
        self.invoice(number, duedate="2099-01-01")
        self.pay(self.invoice(number))
        count = lambda s: self.ok("GetInvoices", status=s)["totalresults"]
        self.assertEqual((2, 1, 1, 0), (count("Unpaid"), count("Overdue"), count("Paid"),
                                        count("Payment Pending")))

    def test_empty_list_styles(self):
        shapes = {"": "", "[]": [], "{}": {}, "nested": {"client": []}}
        for style, shape in shapes.items():
            self.switch(empty_list_style=style)
            self.assertEqual(shape, self.ok("GetClients")["clients"])
        self.switch(empty_list_style="missing")
        self.assertNotIn("clients", self.ok("GetClients"))

    def test_list_styles(self):
        self.client()
        self.switch(list_style="lone_object")
        self.assertEqual(1, self.ok("GetClients")["clients"]["client"]["id"])
        self.switch(list_style="numeric_keys")
        self.assertEqual(1, self.ok("GetClients")["clients"]["client"]["0"]["id"])

    def test_ids_as_strings(self):
        self.switch(ids_as_strings=True)
        number = self.client()
        self.assertEqual("1", number)
        self.assertEqual("1", self.get(self.invoice(number))["invoiceid"])
        self.assertEqual("1", self.ok("GetInvoices")["totalresults"])

    def test_too_large_a_page_is_a_php_death(self):
        status, body, _ = self.box.post_form("/includes/api.php", {
            "identifier": "id-1", "secret": "se-1", "responsetype": "json",
            "action": "GetInvoices", "limitnum": "60000"})
        self.assertEqual(500, status)
        self.assertTrue(body.startswith(b"<!DOCTYPE"))


class Text(SandboxCase):
    ODD = "O'Hara & <Söhne> \"AG\" \U0001f600"
    CODED = "O&#039;Hara &amp; &lt;Söhne&gt; &quot;AG&quot; \U0001f600"

    def test_entities_round_trip(self):
        number = self.client(companyname=self.ODD, notes=self.ODD)
        got = self.ok("GetClientsDetails", clientid=number)["client"]
        self.assertEqual((self.CODED, self.CODED), (got["companyname"], got["notes"]))
        self.assertEqual(1, self.ok("GetClients", search="O'Hara &")["totalresults"])
        inv = self.ok("CreateInvoice", userid=number, notes=self.ODD,
                      itemdescription1=self.ODD, itemamount1="1")["invoiceid"]
        got = self.get(inv)
        self.assertEqual(self.CODED, got["notes"])
        self.assertEqual(self.CODED, got["items"]["item"][0]["description"])

    def test_encoding_switched_off(self):
        self.switch(entity_encode=False)
        number = self.client(companyname=self.ODD)
        got = self.ok("GetClientsDetails", clientid=number)["client"]
        self.assertEqual(self.ODD, got["companyname"])

    def test_encoded_transid_is_found_raw(self):
        inv = self.invoice(self.client())
        self.pay(inv, "a&b")
        self.assertEqual(1, self.ok("GetTransactions", transid="a&b")["totalresults"])

    def test_slashes_and_unicode_escaped_like_php(self):
        self.client(companyname="a/b ü")
        _, body, _ = self.box.post_form("/includes/api.php", {
            "identifier": "id-1", "secret": "se-1", "responsetype": "json",
            "action": "GetClients"})
        self.assertIn(b"a\\/b \\u00fc", body)

    def test_linebreak_styles(self):
        inv = self.invoice(self.client(), notes="a\nb")
        self.assertEqual("a\nb", self.get(inv)["notes"])
        self.switch(linebreak_style="crlf")
        self.assertEqual("a\r\nb", self.get(inv)["notes"])
        self.switch(linebreak_style="br")
        self.assertEqual("a<br />\nb", self.get(inv)["notes"])
