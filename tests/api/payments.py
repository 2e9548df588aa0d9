#!/usr/bin/python3
"""Payments that staff record: a bank transfer, cash; each once, oldest debt first, to the unit."""
import datetime
import uuid

from world import (admin, case, client, e8, finish, invoices, month_start, move, next_month, now,
                   parallel, same, setting, stack, wait_for)

setting("whmcs.enabled", 0)     # nobody else collects what is paid here
DAY = datetime.timedelta(days=1)


def minor(money):
    return int(money["amount"].replace(".", ""))


def record(account, amount, reference=None, status=201, **more):
    a = admin.post_i(f"/clients/{account}/payments",
                     {"amount": amount, "method": "BANK_TRANSFER",
                      "reference": reference or uuid.uuid4().hex, **more})
    same(a.status, status if status != 201 or not a.json["known"] else 200, a)
    return a.json


def owing(months=1):
    """A postpaid customer with so many unpaid invoices; the oldest first."""
    p, account = client()
    move(month_start(now()) - 5 * DAY)
    same(p.post_i("/instances", {"name": "web", "zone_id": 1, "offering_id": 2}).status, 201)
    for n in range(months):
        next_month()
        found = invoices(p, n + 1)
    return p, account, found[::-1]


def text(n):
    return f"{n // 100}.{n % 100:02d}"


def due(p, inv):
    now_ = p.get(f"/invoices/{inv['id']}").json
    return now_["status"].replace("OVERDUE", "UNPAID"), minor(now_["due"])


def balance(p):
    return e8(p.get("/balance").json["balance"])


def refused(a, status, field=None):
    same(a.status, status, a)
    if field is not None:
        same([f["name"] for f in a.json["error"]["fields"]], [field], a)


@case("without an invoice the oldest is paid first, in part and whole, and the rest is balance")
def _():
    p, account, (a, b) = owing(2)
    first, second = minor(a["total"]), minor(b["total"])
    got = record(account, text(first - 3))
    same((minor(got["to_invoices"]), minor(got["to_balance"]), got["known"]),
         (first - 3, 0, False))
    same((due(p, a), due(p, b)), (("UNPAID", 3), ("UNPAID", second)))
    got = record(account, text(3 + 4))
    same((minor(got["to_invoices"]), minor(got["to_balance"])), (7, 0), "over two invoices")
    same((due(p, a), due(p, b)), (("PAID", 0), ("UNPAID", second - 4)))
    got = record(account, text(second - 4 + 500))
    same((minor(got["to_invoices"]), minor(got["to_balance"])), (second - 4, 500))
    same((due(p, b), balance(p)), (("PAID", 0), 500 * 1000000))
    rows = admin.get(f"/clients/{account}").json["payments"]
    same([minor(r["amount"]) for r in rows], [second + 496, 7, first - 3], "the newest first")


@case("with an invoice it is that one's, what is too much is balance")
def _():
    p, account, (a, b) = owing(2)
    got = record(account, text(minor(b["total"]) + 1), invoice_id=b["id"])
    same((minor(got["to_invoices"]), minor(got["to_balance"])), (minor(b["total"]), 1))
    same((due(p, a), due(p, b)), (("UNPAID", minor(a["total"])), ("PAID", 0)))
    same(balance(p), 1000000)


@case("the same reference is one payment: told again, told by twenty at once; else it is refused")
def _():
    p, account, (inv,) = owing()
    ref = uuid.uuid4().hex
    first = record(account, "1.00", ref)
    again = record(account, "1.00", ref)
    same((again["payment_id"], again["known"]), (first["payment_id"], True))
    a = admin.post_i(f"/clients/{account}/payments",
                     {"amount": "2.00", "method": "BANK_TRANSFER", "reference": ref})
    same((a.status, a.code), (409, "payment.mismatch"))
    other = client()[1]
    a = admin.post_i(f"/clients/{other}/payments",
                     {"amount": "1.00", "method": "BANK_TRANSFER", "reference": ref})
    same((a.status, a.code), (409, "payment.mismatch"), "of another client")
    got = record(account, "1.00", ref, method="CASH")
    same(got["known"], False, "another way of paying is another payment")
    ref = uuid.uuid4().hex
    all_ = parallel([lambda: record(account, "0.50", ref) for _ in range(20)])
    same(len({x["payment_id"] for x in all_}), 1)
    same(sum(not x["known"] for x in all_), 1, "one of twenty")
    same(due(p, inv)[1] if due(p, inv)[0] == "UNPAID" else 0,
         max(minor(inv["total"]) - 250, 0))


@case("what is wrong is named; nothing is booked")
def _():
    p, account, (inv,) = owing()
    theirs = owing()[2][0]
    path = f"/clients/{account}/payments"
    good = {"amount": "1.00", "method": "BANK_TRANSFER", "reference": "x" * 10}
    for field, bad in (("amount", "0"), ("amount", "-1.00"), ("amount", "1.005"),
                       ("amount", "1e3"), ("amount", ""), ("method", "BARTER"),
                       ("reference", "x"), ("reference", "x" * 121), ("received_at", "now"),
                       ("invoice_id", 999999999), ("invoice_id", theirs["id"])):
        refused(admin.post_i(path, {**good, field: bad}), 422, field)
    for field in good:
        refused(admin.post_i(path, {k: v for k, v in good.items() if k != field}), 422, field)
    refused(admin.post_i("/clients/999999999/payments", good), 404)
    refused(p.post_i(path, good), 404)
    same((due(p, inv), balance(p)), (("UNPAID", minor(inv["total"])), 0))
    same(admin.get(f"/clients/{account}").json["payments"], [])
    record(account, text(minor(inv["total"])), invoice_id=inv["id"])
    refused(admin.post_i(path, {**good, "invoice_id": inv["id"]}), 422, "invoice_id")


@case("what is overdue and paid so releases the customer; a part does not")
def _():
    p, account, (inv,) = owing()
    move(now() + 16 * DAY)
    wait_for("suspension", lambda: admin.get(f"/clients/{account}").json["status"] == "SUSPENDED")
    record(account, text(minor(inv["total"]) - 1))
    move(now() + datetime.timedelta(minutes=10))
    same(admin.get(f"/clients/{account}").json["status"], "SUSPENDED", "a cent is missing")
    record(account, "0.01")
    wait_for("release", lambda: admin.get(f"/clients/{account}").json["status"] == "ACTIVE")
    same(due(p, inv), ("PAID", 0))


@case("by command, the same: once per reference, named when wrong")
def _():
    p, account, (inv,) = owing()
    ref = uuid.uuid4().hex
    for _ in range(2):
        stack.command("payment", "record", str(account), "1.00", "CASH", ref)
    same(due(p, inv)[1], minor(inv["total"]) - 100)
    for amount, method, word in (("1.001", "CASH", "amount"), ("1.00", "BARTER", "METHOD")):
        a = stack.command("payment", "record", str(account), amount, method, uuid.uuid4().hex)
        same([f["name"] for f in a["error"]["fields"]], [word], a)
    same(due(p, inv)[1], minor(inv["total"]) - 100)


move(now() + 2 * DAY)           # those after it begin within a month
setting("whmcs.enabled", 1)
finish()
