#!/usr/bin/python3
"""Credit and debit notes: an issued invoice never changes, notes add up to it to the unit."""
import uuid

from world import (admin, case, client, credit, e8, finish, invoices, next_hour, next_month,
                   parallel, same, setting, stack)

setting("whmcs.enabled", 0)     # nobody else collects what is credited here


def billed(**more):
    """A customer with one instance and one address for the rest of the month, invoiced."""
    p, account = client(**more)
    if more.get("plan") == "PREPAID":
        credit(account, "100")
    next_hour(5)
    vm = p.post_i("/instances", {"name": "web", "zone_id": 1, "offering_id": 2,
                                 "public_ip": True}).json["id"]
    next_month()
    inv = invoices(p, 1)[0]
    same(p.delete_i(f"/instances/{vm}").status, 200)
    return p, account, inv


def minor(money):
    return int(money["amount"].replace(".", ""))


def note(inv, lines=None, key=None, kind="credit-notes", **more):
    body = {"reason": "for a test", **more}
    if lines is not None:
        body["lines"] = lines
    return admin.post_i(f"/invoices/{inv['id']}/{kind}", body, key=key)


@case("a whole credit of an unpaid invoice: nothing is due, nothing is left, the book balances")
def _():
    p, _, inv = billed()
    a = note(inv)
    same(a.status, 201, a)
    n = a.json
    same((n["kind"], n["status"], n["total"], n["ref"]["id"]),
         ("CREDIT_NOTE", "ISSUED", inv["total"], inv["id"]))
    now = p.get(f"/invoices/{inv['id']}").json
    same((now["status"], minor(now["due"])), ("PAID", 0))
    same([x["amount"] for x in now["lines"]], [x["amount"] for x in inv["lines"]], "unchanged")
    same([x["credited"] for x in now["lines"]], [x["amount"] for x in inv["lines"]], "credited")
    same([x["number"] for x in now["notes"]], [n["number"]])
    a = note(inv)
    same((a.status, a.code), (409, "note.nothing"))
    same(e8(p.get("/balance").json["balance"]), 0, "nothing was paid, nothing comes back")


@case("parts of lines, then the rest: three notes add up to the invoice, line by line, tax by tax")
def _():
    p, _, inv = billed()
    line = max(inv["lines"], key=lambda x: minor(x["amount"]))
    got = [note(inv, [{"line_id": line["id"], "amount": "0.01"}]).json,
           note(inv, [{"line_id": line["id"], "amount": "0.07"}]).json, note(inv).json]
    for key in ("subtotal", "tax", "total"):
        same(sum(minor(n[key]) for n in got), minor(inv[key]), key)
    numbers = [int(n["number"].split("-")[-1]) for n in got]
    same(numbers, list(range(numbers[0], numbers[0] + 3)), "no gap")
    same(minor(p.get(f"/invoices/{inv['id']}").json["due"]), 0)


@case("of a paid invoice the credit comes back as balance")
def _():
    p, _, inv = billed(plan="PREPAID", category="INDIVIDUAL")
    same(inv["status"], "PAID")
    before = e8(p.get("/balance").json["balance"])
    n = note(inv).json
    same(e8(p.get("/balance").json["balance"]) - before, minor(n["total"]) * 1000000)
    same(p.get(f"/invoices/{inv['id']}").json["status"], "PAID")


@case("wrong parts name their field; nothing is made")
def _():
    p, _, inv = billed()
    line = inv["lines"][0]
    for parts, field in (
            ([{"line_id": 999999999, "amount": "0.01"}], "lines[0].line_id"),
            ([{"line_id": line["id"], "amount": "999999"}], "lines[0].amount"),
            ([{"line_id": line["id"], "amount": "-0.01"}], "lines[0].amount"),
            ([{"line_id": line["id"], "amount": "0.001"}], "lines[0].amount"),
            ([{"line_id": line["id"], "amount": "0.01"}] * 2, "lines[1].line_id"),
            ([{"line_id": line["id"], "amount": "x"}], "lines[0].amount")):
        a = note(inv, parts)
        same((a.status, list(a.fields)), (422, [field]), parts)
    a = admin.post_i(f"/invoices/{inv['id']}/credit-notes", {"lines": []})
    assert a.status == 422 and "reason" in a.fields, a
    same(note({"id": 999999999}).status, 404)
    same(p.get(f"/invoices/{inv['id']}").json["notes"], [])


@case("twenty at once over one invoice: its total is credited once")
def _():
    _, _, inv = billed()
    got = parallel([lambda: note(inv)] * 20)
    same(sorted(a.status for a in got), [201] + [409] * 19)
    key = uuid.uuid4().hex
    _, _, other = billed()
    line = other["lines"][0]
    got = parallel([lambda: note(other, [{"line_id": line["id"], "amount": "0.01"}], key=key)] * 10)
    same({a.status for a in got}, {201})
    same(len({a.json["id"] for a in got}), 1, "one key, one note")


@case("a debit note is a claim of its own with the invoice's tax, and can be credited too")
def _():
    p, account, inv = billed()
    a = note(inv, kind="debit-notes", description="Traffic not metered in time", amount="10.00")
    same(a.status, 201, a)
    d = a.json
    same((d["kind"], d["status"], minor(d["subtotal"]), minor(d["tax"])),
         ("DEBIT_NOTE", "UNPAID", 1000, 230))
    due = e8(p.get("/dashboard").json["wallet"]["amount_due"])
    same(due, (minor(inv["due"]) + 1230) * 1000000, "amount due")
    same(note(d).status, 201)
    same(e8(p.get("/dashboard").json["wallet"]["amount_due"]), minor(inv["due"]) * 1000000)
    for body, field in (({"amount": "0"}, "amount"), ({"amount": "-1"}, "amount"),
                        ({"amount": "1.234"}, "amount"), ({"description": ""}, "description")):
        a = note(inv, kind="debit-notes", **{"description": "abc", "amount": "1.00", **body})
        assert a.status == 422 and field in a.fields, a


@case("what WHMCS collects stays as WHMCS has it: the credit goes to the balance")
def _():
    setting("whmcs.enabled", 1)
    p, _, inv = billed()
    n = note(inv).json
    now = p.get(f"/invoices/{inv['id']}").json
    same((now["status"], now["due"]), ("UNPAID", inv["total"]))
    same(e8(p.get("/balance").json["balance"]), minor(n["total"]) * 1000000)


@case("the command agrees: verify is all zero")
def _():
    same(stack.violations(), {})


finish()
