"""Invoices: creation, drafts, tax, changes, and what 9.0 does differently."""

from sandbox_client import SandboxCase

__all__ = ("Invoices", "Tax", "Nine")


class Invoices(SandboxCase):
    def test_create_and_read(self):
        number = self.client()
        data = self.ok("CreateInvoice", userid=number, itemdescription1="A", itemamount1="10.5",
                       itemdescription2="Discount", itemamount2="-0.50", date="2026-01-02",
                       duedate="2026-02-03", paymentmethod="stripe", notes="token=1")
        self.assertEqual({"result": "success", "invoiceid": 1, "status": "Unpaid"}, data)
        got = self.get(1)
        self.assertEqual(("10.00", "10.00", "10.00", "0.00"), tuple(got[k] for k in (
            "subtotal", "total", "balance", "credit")))
        self.assertEqual(("2026-01-02", "2026-02-03", "0000-00-00 00:00:00", "0.000"), tuple(
            got[k] for k in ("date", "duedate", "datepaid", "taxrate")))
        self.assertEqual("", got["transactions"])
        self.assertIn("lastcaptureattempt", got)
        self.assertNotIn("currencycode", got)
        self.assertNotIn("updated_at", got)
        row = self.ok("GetInvoices")["invoices"]["invoice"][0]
        self.assertEqual("token=1", row["notes"])
        self.assertIn("last_capture_attempt", row)
        self.assertIn("updated_at", row)
        self.assertNotIn("balance", row)
        self.assertNotIn("items", row)
        self.no_breaches()

    def test_unknown_client_and_invoice(self):
        self.refused("Client ID Not Found", "CreateInvoice", userid="5")
        self.refused("Invoice ID Not Found", "GetInvoice", invoiceid="5")
        self.refused("Invoice ID Not Found", "UpdateInvoice", invoiceid="5", notes="x")

    def test_draft_then_publish(self):
        number = self.client()
        inv = self.invoice(number, draft="1", date="2020-01-01")
        self.assertEqual("Draft", self.get(inv)["status"])
        self.ok("UpdateInvoice", invoiceid=inv, publish="1")
        got = self.get(inv)
        self.assertEqual("Unpaid", got["status"])
        self.assertNotEqual("2020-01-01", got["date"])
        self.refused("Invoice must be in Draft status to be published", "UpdateInvoice",
                     invoiceid=inv, publishandsendemail="1")

    def test_draft_and_send_refused(self):
        message = self.breached("CreateInvoice", userid=self.client(), draft="1",
                                sendinvoice="1", itemdescription1="x", itemamount1="1")
        self.assertEqual("Cannot create and send a draft invoice in a single API request. "
                         "Please create and send separately.", message)

    def test_gaps_and_halves_in_lines(self):
        number = self.client()
        self.breached("CreateInvoice", userid=number, itemdescription1="a", itemamount1="1",
                      itemdescription3="c", itemamount3="1")
        self.breached("CreateInvoice", userid=number, itemdescription1="a")
        self.breached("CreateInvoice", userid=number, itemamount1="1")
        self.assertEqual(0, self.ok("GetInvoices")["totalresults"])

    def test_money_forms(self):
        number = self.client()
        for bad in ("1.005", "1e3", "1,000.00", "", "abc", "1.", ".5", "+1", "٣", "1 "):
            self.breached("CreateInvoice", userid=number, itemdescription1="a", itemamount1=bad)
        for good, text in (("1", "1.00"), ("1.5", "1.50"), ("99999999999999.99",) * 2):
            self.assertEqual(text, self.get(self.invoice(number, good))["total"])

    def test_zero_total_is_born_paid(self):
        data = self.ok("CreateInvoice", userid=self.client(), itemdescription1="free",
                       itemamount1="0.00")
        self.assertEqual("Paid", data["status"])

    def test_credit_pays_at_birth(self):
        number = self.client()
        self.act("add_credit", clientid=number, amount="25.00")
        data = self.ok("CreateInvoice", userid=number, itemdescription1="a", itemamount1="10.00")
        self.assertEqual("Paid", data["status"])
        got = self.get(data["invoiceid"])
        self.assertEqual(("10.00", "10.00", "0.00", "0.00", ""), tuple(got[k] for k in (
            "subtotal", "credit", "total", "balance", "transactions")))
        self.assertEqual("15.00", self.credit(number))
        rows = self.ok("GetCredits", clientid=number)["credits"]["credit"]
        self.assertEqual(["25.00", "-10.00"], [r["amount"] for r in rows])
        self.assertEqual(data["invoiceid"], rows[1]["relid"])

    def test_partial_credit_at_birth_and_switch(self):
        number = self.client()
        self.act("add_credit", clientid=number, amount="4.00")
        got = self.get(self.invoice(number, "10.00"))
        self.assertEqual(("Unpaid", "6.00", "4.00"), (got["status"], got["balance"],
                                                     got["credit"]))
        self.switch(auto_apply_credit=False)
        self.act("add_credit", clientid=number, amount="4.00")
        self.assertEqual("0.00", self.get(self.invoice(number))["credit"])
        self.assertEqual("4.00", self.get(self.invoice(number, autoapplycredit="1"))["credit"])

    def test_draft_takes_credit_only_on_publish(self):
        number = self.client()
        self.act("add_credit", clientid=number, amount="10.00")
        inv = self.invoice(number, draft="1")
        self.assertEqual("0.00", self.get(inv)["credit"])
        self.ok("UpdateInvoice", invoiceid=inv, publish="1")
        self.assertEqual("Paid", self.get(inv)["status"])

    def test_line_edits_in_8(self):
        inv = self.invoice(self.client(), "1.00", "2.00")
        items = self.get(inv)["items"]["item"]
        first, second = items[0]["id"], items[1]["id"]
        self.ok("UpdateInvoice", invoiceid=inv, **{
            "itemdescription[%d]" % first: "New", "itemamount[%d]" % first: "5.00",
            "itemtaxed[%d]" % first: "0", "newitemdescription[0]": "Third",
            "newitemamount[0]": "7.00", "newitemtaxed[0]": "0", "deletelineids[]": second})
        got = self.get(inv)
        self.assertEqual("12.00", got["total"])
        self.assertEqual(["New", "Third"], [i["description"] for i in got["items"]["item"]])
        message = self.breached("UpdateInvoice", invoiceid=inv,
                                **{"itemamount[%d]" % first: "5.00"})
        self.assertEqual("Missing Variables: itemdescription, itemamount and itemtaxed are "
                         "required for each item being changed", message)
        self.breached("UpdateInvoice", invoiceid=inv, **{"deletelineids[]": "999"})

    def test_status_changes(self):
        inv = self.invoice(self.client())
        self.ok("UpdateInvoice", invoiceid=inv, status="Paid")
        got = self.get(inv)
        self.assertEqual(("Paid", "", "10.00"), (got["status"], got["transactions"],
                                                 got["balance"]))
        self.ok("UpdateInvoice", invoiceid=inv, status="Unpaid")
        self.assertEqual("0000-00-00 00:00:00", self.get(inv)["datepaid"])
        self.ok("UpdateInvoice", invoiceid=inv, status="Cancelled")
        row = self.ok("GetInvoices")["invoices"]["invoice"][0]
        self.assertFalse(row["date_cancelled"].startswith("0000"))
        self.assertEqual("Invalid status Overdue",
                         self.breached("UpdateInvoice", invoiceid=inv, status="Overdue"))

    def test_unknown_gateway(self):
        self.breached("CreateInvoice", userid=self.client(), paymentmethod="paypal",
                      itemdescription1="a", itemamount1="1")

    def test_numbers_on_payment(self):
        self.switch(invoice_numbers="on_payment")
        inv = self.invoice(self.client())
        self.assertEqual("", self.get(inv)["invoicenum"])
        self.pay(inv)
        self.assertRegex(self.get(inv)["invoicenum"], r"^\d{4}-00001$")

    def test_max_input_vars(self):
        number = self.client()
        self.switch(max_input_vars=20)
        fields = {}
        for n in range(1, 20):
            fields["itemdescription%d" % n] = "x"
            fields["itemamount%d" % n] = "1.00"
        self.breached("CreateInvoice", userid=number, **fields)

    def test_gen_invoices_and_billable_items(self):
        number = self.client()
        inv = self.invoice(number)
        got = self.ok("GenInvoices", clientid=number)
        self.assertEqual((0, inv), (got["numcreated"], got["latestinvoiceid"]))
        self.refused("Client ID Not Found", "GenInvoices", clientid="9")
        got = self.ok("AddBillableItem", clientid=number, description="x", amount="1.00",
                      unit="quantity", quantity="1", invoiceaction="noinvoice")
        self.assertEqual({"status": "success", "billableid": 1}, got)
        self.assertEqual("Invalid Invoice Action", self.breached(
            "AddBillableItem", clientid=number, description="x", amount="1",
            invoiceaction="now"))
        self.refused("Recurring must have a unit, cycle and limit", "AddBillableItem",
                     clientid=number, description="x", amount="1", invoiceaction="recur")
        self.refused("Due date is required", "AddBillableItem", clientid=number,
                     description="x", amount="1", invoiceaction="duedate")


class Tax(SandboxCase):
    def test_exclusive_and_inclusive(self):
        number = self.client()
        self.switch(tax_enabled=True, tax_rate="20.000")
        got = self.get(self.invoice(number, "10.01"))
        self.assertEqual(("10.01", "2.00", "12.01", "20.000"), tuple(got[k] for k in (
            "subtotal", "tax", "total", "taxrate")))
        self.switch(tax_inclusive=True)
        got = self.get(self.invoice(number, "12.00"))
        self.assertEqual(("10.00", "2.00", "12.00"), (got["subtotal"], got["tax"], got["total"]))

    def test_untaxed_line_exempt_client_and_override(self):
        number = self.client()
        self.switch(tax_enabled=True, tax_rate="20.000")
        self.assertEqual("0.00", self.get(self.ok(
            "CreateInvoice", userid=number, itemdescription1="a", itemamount1="5.00",
            itemtaxed1="0")["invoiceid"])["tax"])
        self.assertEqual("0.50", self.get(self.invoice(number, "10.00", taxrate="5"))["tax"])
        self.act("edit_client", clientid=number, fields={"taxexempt": True})
        self.assertEqual("0.00", self.get(self.invoice(number))["tax"])

    def test_zero_rate_is_ignored_by_update(self):
        number = self.client()
        self.switch(tax_enabled=True, tax_rate="20.000")
        inv = self.invoice(number)
        self.ok("UpdateInvoice", invoiceid=inv, taxrate="0")
        self.assertEqual("20.000", self.get(inv)["taxrate"])
        self.ok("UpdateInvoice", invoiceid=inv, taxrate="0.000001")
        self.assertEqual("0.00", self.get(inv)["tax"])


class Nine(SandboxCase):
    def setUp(self):
        super().setUp()
        self.switch(version="9.0")

    def notes(self):
        return [(n["reason"], n["amount"])
                for n in reversed(self.box.control("GET", "notes")[1]["notes"])]

    def test_issued_is_immutable(self):
        inv = self.invoice(self.client())
        text = "This is an Unpaid Invoice. You cannot modify an Invoice that is Unpaid."
        line = self.get(inv)["items"]["item"][0]["id"]
        self.refused(text, "UpdateInvoice", invoiceid=inv, **{"deletelineids[]": line})
        self.refused(text, "UpdateInvoice", invoiceid=inv, date="2026-01-01")
        self.ok("UpdateInvoice", invoiceid=inv, notes="allowed", duedate="2030-01-01")
        self.assertEqual("allowed", self.get(inv)["notes"])
        self.pay(inv)
        self.refused("This is a Paid Invoice. You cannot modify an Invoice that is Paid.",
                     "UpdateInvoice", invoiceid=inv, credit="1.00")
        self.no_breaches()

    def test_silent_refusal_and_mutability_switch(self):
        inv = self.invoice(self.client())
        change = {"newitemdescription[0]": "x", "newitemamount[0]": "5.00",
                  "newitemtaxed[0]": "0"}
        self.switch(immutable_style="silent")
        self.ok("UpdateInvoice", invoiceid=inv, **change)
        self.assertEqual("10.00", self.get(inv)["total"])
        self.switch(allow_mutability=True)
        self.ok("UpdateInvoice", invoiceid=inv, **change)
        self.assertEqual("15.00", self.get(inv)["total"])

    def test_draft_is_mutable(self):
        inv = self.invoice(self.client(), draft="1")
        self.ok("UpdateInvoice", invoiceid=inv, publish="1", **{
            "newitemdescription[0]": "x", "newitemamount[0]": "5.00"})
        self.assertEqual(("Unpaid", "15.00"), (self.get(inv)["status"], self.get(inv)["total"]))

    def test_credit_notes(self):
        number = self.client()
        cancelled = self.invoice(number, "1.00")
        self.ok("UpdateInvoice", invoiceid=cancelled, status="Cancelled")
        self.ok("UpdateInvoice", invoiceid=self.invoice(number, "2.00"), status="Paid")
        paid = self.invoice(number, "3.00")
        self.pay(paid)
        self.act("refund", invoiceid=paid, amount="1.50")
        self.switch(auto_apply_credit=False)
        self.act("add_credit", clientid=number, amount="9.00")
        self.ok("ApplyCredit", invoiceid=self.invoice(number, "4.00"), amount="4.00")
        self.assertEqual([("cancelled", "1.00"), ("marked paid with a balance", "2.00"),
                          ("refund of a paid invoice", "1.50"),
                          ("client credit applied", "4.00")], self.notes())
        self.assertEqual("", self.get(cancelled)["transactions"])
        self.switch(notes_in_getinvoice=True)
        rows = self.get(cancelled)["transactions"]["transaction"]
        self.assertEqual("Credit Note #1", rows[0]["description"])

    def test_partly_paid_refund_makes_no_note(self):
        inv = self.invoice(self.client())
        self.pay(inv, amount="4.00")
        self.act("refund", invoiceid=inv, amount="1.00")
        self.assertEqual([], self.notes())
        self.assertEqual("7.00", self.get(inv)["balance"])

    def test_cancel_needs_permission_switch(self):
        inv = self.invoice(self.client())
        self.switch(cancel_refused_without_permission=True)
        _, data = self.box.call("UpdateInvoice", invoiceid=inv, status="Cancelled")
        self.assertEqual("error", data["result"])
        self.assertEqual("Unpaid", self.get(inv)["status"])

    def test_no_notes_in_8(self):
        self.switch(version="8.13")
        inv = self.invoice(self.client())
        self.ok("UpdateInvoice", invoiceid=inv, status="Cancelled")
        self.assertEqual([], self.notes())
