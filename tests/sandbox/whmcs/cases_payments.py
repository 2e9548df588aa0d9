"""Payments, transactions, credit, and what WHMCS's own people do with money."""

import random
from decimal import Decimal

from sandbox_client import SandboxCase

__all__ = ("Payments", "Transactions", "Credit", "Acts", "Books")


class Payments(SandboxCase):
    def test_whole_balance(self):
        inv = self.invoice(self.client())
        self.assertEqual({"result": "success"}, self.pay(inv))
        got = self.get(inv)
        self.assertEqual(("Paid", "0.00", "10.00"), (got["status"], got["balance"],
                                                    got["total"]))
        row = got["transactions"]["transaction"][0]
        self.assertEqual(("10.00", "0.00", "t-1", "stripe", "2026-03-04 05:06:07", 0), tuple(
            row[k] for k in ("amountin", "amountout", "transid", "gateway", "date", "currency")))
        self.no_breaches()

    def test_partial(self):
        inv = self.invoice(self.client())
        before = self.ok("GetInvoices")["invoices"]["invoice"][0]
        self.pay(inv, amount="4.00", fees="0.30")
        got = self.get(inv)
        self.assertEqual(("Unpaid", "6.00", "10.00"), (got["status"], got["balance"],
                                                       got["total"]))
        after = self.ok("GetInvoices")["invoices"]["invoice"][0]
        self.assertEqual(before["updated_at"], after["updated_at"])
        self.pay(inv, "t-2", amount="6.00")
        self.assertEqual("Paid", self.get(inv)["status"])

    def test_updated_at_switch(self):
        inv = self.invoice(self.client())
        self.switch(updated_at_moves_on_payment=True, clock_offset_s=86400)
        before = self.ok("GetInvoices")["invoices"]["invoice"][0]["updated_at"]
        self.pay(inv, amount="4.00")
        after = self.ok("GetInvoices")["invoices"]["invoice"][0]["updated_at"]
        self.assertGreater(after, before)

    def test_overpayment_becomes_credit(self):
        number = self.client()
        inv = self.invoice(number)
        self.pay(inv, amount="12.50")
        self.assertEqual("2.50", self.credit(number))
        self.assertEqual(("Paid", "-2.50"), (self.get(inv)["status"], self.get(inv)["balance"]))
        self.switch(overpay_balance="zero")
        self.assertEqual("0.00", self.get(inv)["balance"])

    def test_second_payment_of_same_transid_becomes_credit(self):
        number = self.client()
        inv = self.invoice(number)
        self.pay(inv, "same")
        self.pay(inv, "same", amount="10.00")
        self.assertEqual("10.00", self.credit(number))
        self.assertEqual(2, self.ok("GetTransactions", transid="same")["totalresults"])

    def test_transid_unique_switch(self):
        inv = self.invoice(self.client())
        self.switch(transid_unique=True)
        self.pay(inv, "same", amount="1.00")
        self.refused("Transaction ID must be Unique", "AddInvoicePayment", invoiceid=inv,
                     transid="same", gateway="stripe", date="2026-01-01 00:00:00")

    def test_cancelled_and_unknown(self):
        inv = self.invoice(self.client())
        self.act("cancel", invoiceid=inv)
        self.refused("It is not possible to add a payment to an invoice that is Cancelled",
                     "AddInvoicePayment", invoiceid=inv, transid="t", gateway="stripe",
                     date="2026-01-01 00:00:00")
        self.refused("Invoice ID Not Found", "AddInvoicePayment", invoiceid="77", transid="t",
                     gateway="stripe", date="2026-01-01 00:00:00")

    def test_contract(self):
        inv = self.invoice(self.client())
        good = {"invoiceid": inv, "transid": "t", "gateway": "stripe",
                "date": "2026-01-01 00:00:00"}
        for change in ({"date": "2026-01-01"}, {"date": "01/01/2026"}, {"amount": "1.001"},
                       {"amount": "-1.00"}, {"gateway": "nope"}, {"transid": "x" * 256},
                       {"transid": ""}, {"invoiceid": "1x"}, {"noemail": "false"},
                       {"date": "2026-02-30 00:00:00"}):
            self.breached("AddInvoicePayment", **{**good, **change})
        self.assertEqual("", self.get(inv)["transactions"])


class Transactions(SandboxCase):
    def add(self, **fields):
        return self.ok("AddTransaction", **{"paymentmethod": "stripe", **fields})

    def test_refund_row_and_link(self):
        number = self.client()
        inv = self.invoice(number)
        self.pay(inv)
        self.assertEqual({"result": "success"}, self.add(
            userid=number, invoiceid=inv, transid="r-1", date="31/12/2026", amountout="4.00"))
        got = self.get(inv)
        self.assertEqual(("Paid", "4.00"), (got["status"], got["balance"]))
        row = got["transactions"]["transaction"][1]
        self.assertEqual(("2026-12-31 00:00:00", "4.00", 0), (row["date"], row["amountout"],
                                                             row["refundid"]))
        self.ok("UpdateTransaction", transactionid=row["id"], refundid="1")
        rows = self.ok("GetTransactions", invoiceid=inv)["transactions"]["transaction"]
        self.assertEqual(1, rows[1]["refundid"])

    def test_localised_date(self):
        number = self.client()
        self.breached("AddTransaction", paymentmethod="stripe", userid=number, amountin="1",
                      date="2026-12-31")
        self.switch(date_format="MM/DD/YYYY")
        self.breached("AddTransaction", paymentmethod="stripe", userid=number, amountin="1",
                      date="31/12/2026")
        self.add(userid=number, amountin="1", date="12/31/2026")

    def test_documented_errors(self):
        first, second = self.client(), self.client("b@example.com")
        inv = self.invoice(first)
        base = {"paymentmethod": "stripe", "amountin": "1.00"}
        for text, fields in (
                ("Client ID Not Found", {"userid": "99"}),
                ("Invoice ID Not Found", {"userid": first, "invoiceid": "99"}),
                ("User ID does not own the given Invoice ID",
                 {"userid": second, "invoiceid": inv}),
                ("Currency ID Not Found", {"userid": first, "currencyid": "99"}),
                ("Currency ID does not match Client currency",
                 {"userid": first, "currencyid": "2"}),
                ("A Currency ID is required for non-customer related transactions", {})):
            self.refused(text, "AddTransaction", **base, **fields)
        self.no_breaches()
        self.assertEqual("Payment Method is required",
                         self.breached("AddTransaction", userid=first, amountin="1.00"))

    def test_duplicate_transid(self):
        number = self.client()
        self.add(userid=number, amountin="1.00", transid="d")
        self.refused("Transaction ID must be Unique", "AddTransaction", paymentmethod="stripe",
                     userid=number, amountin="1.00", transid="d")
        self.add(userid=number, amountin="1.00", transid="d", allowduplicatetransid="1")

    def test_credit_flag(self):
        number = self.client()
        self.add(userid=number, amountin="7.00", credit="1")
        self.assertEqual("7.00", self.credit(number))
        self.breached("AddTransaction", paymentmethod="stripe", userid=number, amountin="1.00",
                      credit="1", invoiceid=self.invoice(number))

    def test_status_switch(self):
        number = self.client()
        inv = self.invoice(number)
        self.add(userid=number, invoiceid=inv, amountin="10.00")
        self.assertEqual(("Unpaid", "0.00"), (self.get(inv)["status"], self.get(inv)["balance"]))
        self.switch(addtransaction_moves_status="both")
        inv = self.invoice(number)
        self.add(userid=number, invoiceid=inv, amountin="10.00")
        self.assertEqual("Paid", self.get(inv)["status"])
        self.add(userid=number, invoiceid=inv, amountout="10.00")
        self.assertEqual("Refunded", self.get(inv)["status"])

    def test_unrelated_to_a_client(self):
        self.add(currencyid="2", amountin="3.00")
        row = self.ok("GetTransactions")["transactions"]["transaction"][0]
        self.assertEqual((0, 2), (row["userid"], row["currency"]))


class Credit(SandboxCase):
    def setUp(self):
        super().setUp()
        self.switch(auto_apply_credit=False)
        self.number = self.client()

    def test_add_and_remove(self):
        got = self.ok("AddCredit", clientid=self.number, description="gift", amount="20")
        self.assertEqual("20.00", got["newbalance"])
        got = self.ok("AddCredit", clientid=self.number, description="back", amount="5.50",
                      type="remove", date="2026-01-02")
        self.assertEqual("14.50", got["newbalance"])
        got = self.ok("GetCredits", clientid=self.number)
        self.assertEqual((2, self.number), (got["totalresults"], got["clientid"]))
        self.assertEqual(("-5.50", "2026-01-02"), tuple(
            got["credits"]["credit"][1][k] for k in ("amount", "date")))
        self.assertEqual(0, self.ok("GetTransactions")["totalresults"])

    def test_add_errors(self):
        base = {"clientid": self.number, "description": "x", "amount": "1.00"}
        self.refused("Client ID Not Found", "AddCredit", **{**base, "clientid": "9"})
        self.refused("Admin ID Not Found", "AddCredit", **base, adminid="5")
        for text, change in (
                ("Type can only be add or remove", {"type": "set"}),
                ("No Amount Provided", {"amount": ""}),
                ("Amount must be in decimal format: ### or ###.##", {"amount": "1.5"}),
                ("Amount must be in decimal format: ### or ###.##", {"amount": "-1"}),
                ("Date Format is not Valid", {"date": "02/01/2026"})):
            self.assertEqual(text, self.breached("AddCredit", **{**base, **change}))
        self.assertEqual("0.00", self.credit(self.number))

    def test_apply(self):
        inv = self.invoice(self.number)
        self.ok("AddCredit", clientid=self.number, description="x", amount="50.00")
        got = self.ok("ApplyCredit", invoiceid=inv, amount="4.00")
        self.assertEqual(("4.00", "false"), (got["amount"], got["invoicepaid"]))
        got = self.get(inv)
        self.assertEqual(("4.00", "6.00", "6.00", ""), tuple(got[k] for k in (
            "credit", "total", "balance", "transactions")))
        got = self.ok("ApplyCredit", invoiceid=inv, amount="6.00")
        self.assertEqual("true", got["invoicepaid"])
        self.assertEqual("40.00", self.credit(self.number))

    def test_apply_errors(self):
        inv = self.invoice(self.number)
        self.refused("Invoice ID Not Found", "ApplyCredit", invoiceid="9", amount="1")
        self.refused("Amount exceeds customer credit balance", "ApplyCredit", invoiceid=inv,
                     amount="1.00")
        self.ok("AddCredit", clientid=self.number, description="x", amount="50.00")
        self.refused("Amount Exceeds Invoice Balance", "ApplyCredit", invoiceid=inv,
                     amount="11.00")
        self.refused("Credit Amount to apply must be greater than zero", "ApplyCredit",
                     invoiceid=inv, amount="0.00")
        self.breached("ApplyCredit", invoiceid=inv, amount="full")
        self.switch(applycredit_full_word=True)
        self.assertEqual("10.00", self.ok("ApplyCredit", invoiceid=inv, amount="full")["amount"])
        self.refused("Invoice Not in Unpaid Status", "ApplyCredit", invoiceid=inv, amount="1")

    def test_credits_of_unknown_client(self):
        self.refused("Client ID Not Found", "GetCredits", clientid="55")


class Acts(SandboxCase):
    def setUp(self):
        super().setUp()
        self.number = self.client()

    def test_pay_and_full_refund(self):
        inv = self.invoice(self.number)
        paid = self.act("pay", invoiceid=inv)
        self.assertIn("transaction:%d" % paid["transactionid"], paid["touched"])
        self.act("refund", invoiceid=inv, amount="10.00")
        self.assertEqual("Refunded", self.get(inv)["status"])
        rows = self.get(inv)["transactions"]["transaction"]
        self.assertEqual(rows[0]["id"], rows[1]["refundid"])

    def test_refund_to_credit(self):
        inv = self.invoice(self.number)
        self.act("pay", invoiceid=inv)
        self.act("refund", invoiceid=inv, amount="3.00", as_credit=True)
        self.assertEqual(("Paid", "3.00"), (self.get(inv)["status"], self.credit(self.number)))

    def test_too_large_a_refund(self):
        inv = self.invoice(self.number)
        self.act("pay", invoiceid=inv)
        status, _ = self.box.control("POST", "act", {"op": "refund", "invoiceid": inv,
                                                     "amount": "10.01"})
        self.assertEqual(400, status)

    def test_chargeback(self):
        inv = self.invoice(self.number)
        self.act("pay", invoiceid=inv)
        self.act("chargeback", invoiceid=inv)
        self.assertEqual(("Collections", "10.00"), (self.get(inv)["status"],
                                                    self.get(inv)["balance"]))

    def test_delete_invoice(self):
        inv = self.invoice(self.number)
        self.act("delete_invoice", invoiceid=inv)
        self.refused("Invoice ID Not Found", "GetInvoice", invoiceid=inv)

    def test_add_funds_becomes_credit(self):
        inv = self.act("add_invoice", clientid=self.number, lines=[
            {"description": "Add Funds", "amount": "30.00", "type": "AddFunds"}])["invoiceid"]
        self.act("pay", invoiceid=inv)
        self.assertEqual("30.00", self.credit(self.number))
        self.assertEqual("AddFunds", self.get(inv)["items"]["item"][0]["type"])

    def test_mass_pay(self):
        for style in ("credit", "payment"):
            self.switch(mass_pay_style=style)
            one, two = self.invoice(self.number, "3.00"), self.invoice(self.number, "4.00")
            mass = self.act("mass_pay", clientid=self.number, invoiceids=[one, two])["invoiceid"]
            self.assertEqual(["Paid"] * 3, [self.get(i)["status"] for i in (one, two, mass)])
            self.assertEqual("0.00", self.credit(self.number))
            item = self.get(mass)["items"]["item"][0]
            self.assertEqual(("Invoice", one), (item["type"], item["relid"]))

    def test_mark_paid_set_status_publish_close(self):
        inv = self.invoice(self.number)
        self.act("set_status", invoiceid=inv, status="Payment Pending")
        self.assertEqual("Payment Pending", self.get(inv)["status"])
        self.act("mark_paid", invoiceid=inv)
        self.assertEqual("Paid", self.get(inv)["status"])
        draft = self.act("add_invoice", clientid=self.number, status="Draft",
                         lines=[{"description": "x", "amount": "1"}])["invoiceid"]
        self.act("publish", invoiceid=draft)
        self.assertEqual("Unpaid", self.get(draft)["status"])
        self.act("close_client", clientid=self.number)
        self.assertEqual("Cancelled", self.get(draft)["status"])

    def test_apply_credit_and_add_client(self):
        other = self.act("add_client", email="self@example.com", firstname="Self")["clientid"]
        inv = self.invoice(other)
        self.act("add_credit", clientid=other, amount="4.00")
        self.assertEqual("4.00", self.act("apply_credit", invoiceid=inv)["amount"])
        self.act("delete_client", clientid=other)
        self.refused("Client Not Found", "GetClientsDetails", clientid=other)

    def test_bad_requests(self):
        for body in ({"op": "explode"}, {"op": "pay", "invoiceid": "1"},
                     {"op": "pay", "invoiceid": 99}, {"op": "edit_client", "clientid": 1},
                     {"op": "edit_client", "clientid": 1, "fields": {"credit": "5"}},
                     {"op": "add_invoice", "clientid": 1, "lines": [{"amount": "1.999"}]},
                     {"op": "pay", "invoiceid": 2 ** 70}):
            self.assertEqual(400, self.box.control("POST", "act", body)[0], body)

    def test_summary_adds_up(self):
        inv = self.invoice(self.number, "10.00")
        self.invoice(self.number, "5.00")
        self.act("pay", invoiceid=inv)
        self.act("refund", invoiceid=inv, amount="2.00")
        got = self.box.control("GET", "summary")[1]
        self.assertEqual((1, 1, 1), (got["invoices"]["Paid"], got["invoices"]["Unpaid"],
                                     got["payments"]))
        self.assertEqual({"invoiced": "15.00", "credit_applied": "0.00", "unpaid": "5.00",
                          "paid_in": "10.00", "refunded": "2.00", "client_credit": "0.00"},
                         got["currencies"]["USD"])


class Books(SandboxCase):
    """Whatever is done in whatever order, the figures WHMCS shows must agree with each other."""

    def one_step(self, dice, number, invoices):
        amount = "%d.%02d" % (dice.randint(0, 30), dice.randint(1, 99))
        inv = dice.choice(invoices) if invoices else 0
        kind = dice.choice(("new", "new", "pay", "pay", "credit", "apply", "act_pay", "refund",
                            "cancel", "chargeback", "draft", "transaction"))
        if kind in ("new", "draft") or not inv:
            invoices.append(self.invoice(number, amount, draft="1" if kind == "draft" else ""))
        elif kind == "pay":
            self.box.call("AddInvoicePayment", invoiceid=inv, transid="t", gateway="stripe",
                          date="2026-01-01 00:00:00", amount=amount)
        elif kind == "credit":
            self.ok("AddCredit", clientid=number, description="x", amount=amount)
        elif kind == "apply":
            self.box.call("ApplyCredit", invoiceid=inv, amount=amount)
        elif kind == "transaction":
            self.ok("AddTransaction", paymentmethod="stripe", userid=number, invoiceid=inv,
                    amountout=amount)
        else:
            op = {"act_pay": "pay"}.get(kind, kind)
            self.box.control("POST", "act", {"op": op, "invoiceid": inv, **(
                {"amount": amount} if op == "refund" else {})})

    def check_invoice(self, number):
        got = self.get(number)
        d = {k: Decimal(got[k]) for k in ("subtotal", "tax", "tax2", "credit", "total",
                                          "balance")}
        lines = sum(Decimal(i["amount"]) for i in got["items"]["item"])
        rows = got["transactions"]["transaction"] if got["transactions"] else []
        paid = sum(Decimal(r["amountin"]) - Decimal(r["amountout"]) for r in rows)
        self.assertEqual(lines, d["subtotal"])
        self.assertEqual(d["subtotal"] + d["tax"] + d["tax2"] - d["credit"], d["total"])
        self.assertEqual(d["total"] - paid, d["balance"])
        return d["credit"]

    def test_random_walks(self):
        for seed, version in ((1, "8.13"), (2, "9.0"), (3, "8.13")):
            self.box.control("POST", "reset", {})
            self.switch(version=version, tax_enabled=True, tax_rate="7.500" if seed == 3 else
                        "0.000")
            dice, number, invoices = random.Random(seed), self.client(), []
            for _ in range(120):
                self.one_step(dice, number, invoices)
            applied = sum(self.check_invoice(n) for n in invoices)
            rows = self.ok("GetCredits", clientid=number)["credits"]["credit"]
            self.assertEqual(Decimal(self.credit(number)),
                             sum(Decimal(r["amount"]) for r in rows))
            self.assertEqual(applied, -sum(Decimal(r["amount"]) for r in rows
                                           if r["description"].startswith("Credit Applied")))
            self.no_breaches()
