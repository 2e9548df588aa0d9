#!/usr/bin/python3
"""Changing billing plans: at full hours, no hour split, none under two plans."""
from world import (PRICE, admin, case, client, credit, e8, finish, invoices, next_hour, next_month,
                   same, setting, stack, wait_for)

setting("whmcs.enabled", 0)
HOUR = PRICE["small"]


def start(**more):
    """A customer with one small instance since the beginning of an hour."""
    p, account = client(**more)
    if more.get("plan") == "PREPAID":
        credit(account, "10")
    next_hour(1)
    vm = p.post_i("/instances", {"name": "web", "zone_id": 1, "offering_id": 2})
    same(vm.status, 201, vm)
    return p, account, vm.json["id"]


def change(account, plan):
    return admin.patch(f"/clients/{account}", {"plan": plan})


def plan_of(p):
    profile = p.get("/profile").json
    return profile["plan"], profile["plan_next"] and profile["plan_next"]["plan"]


def hours_of(p):
    return sum(x["hours"] for i in p.get("/invoices").json["rows"]
               for x in p.get(f"/invoices/{i['id']}").json["lines"])


@case("nothing used in the cycle: at once")
def _():
    p, account = client(plan="POSTPAID")
    same(change(account, "PREPAID").status, 200)
    same(plan_of(p), ("PREPAID", None))
    same(change(account, "POSTPAID").status, 200)
    same(plan_of(p), ("POSTPAID", None))


@case("postpaid to prepaid: refused until the balance covers it; an invoice to the hour; then debits")
def _():
    p, account, vm = start(plan="POSTPAID")
    next_hour(1)
    next_hour(1)            # two hours over, the third under way
    a = change(account, "PREPAID")
    same((a.status, list(a.fields)), (422, ["plan"]), a)
    assert "cover" in a.fields["plan"], a
    credit(account, "10")
    same(change(account, "PREPAID").status, 200)
    same(plan_of(p), ("POSTPAID", "PREPAID"))
    a = change(account, "FLEXIBLE")
    same((a.status, list(a.fields)), (422, ["plan"]), "one change at a time")
    next_hour(1)            # the fourth hour is the first prepaid one
    wait_for("the new plan", lambda: plan_of(p) == ("PREPAID", None))
    inv = invoices(p, 1)[0]
    same((inv["status"], [x["hours"] for x in inv["lines"]]), ("PAID", [3]), "three hours")
    left = 10 * 10**8 - e8(inv["total"])
    same(e8(p.get("/balance").json["balance"]), left)
    a = change(account, "POSTPAID")
    same((a.status, list(a.fields)), (422, ["plan"]), "once per cycle")
    next_hour(1)
    wait_for("the first debit", lambda: e8(p.get("/balance").json["balance"]) == left - HOUR)
    same(p.delete_i(f"/instances/{vm}").status, 200)
    next_month()
    invoices(p, 2)
    same(hours_of(p), 5, "every hour once")


@case("prepaid to postpaid: the balance pays what it can, a debt becomes a due invoice")
def _():
    for funds, want in (("10", "PAID"), ("0.06", "UNPAID")):
        p, account = client(plan="PREPAID", category="INDIVIDUAL")
        credit(account, funds)
        next_hour(1)
        vm = p.post_i("/instances", {"name": "web", "zone_id": 1, "offering_id": 2}).json["id"]
        next_hour(1)
        next_hour(1)
        next_hour(1)        # three hours used, 0.0816
        same(change(account, "POSTPAID").status, 200)
        next_hour(1)        # four
        wait_for("the new plan", lambda: plan_of(p) == ("POSTPAID", None))
        inv = invoices(p, 1)[0]
        same((inv["status"], [x["hours"] for x in inv["lines"]]), (want, [4]))
        balance = e8(p.get("/balance").json["balance"])
        if want == "PAID":
            same(balance, 10 * 10**8 - e8(inv["total"]))
        else:
            same((balance, e8(inv["paid"])), (0, 6000000), "what there was was taken")
        same(p.delete_i(f"/instances/{vm}").status, 200)
        next_month()
        invoices(p, 2)
        same(hours_of(p), 5, "every hour once")


@case("a customer changes only where the provider lets him, and agrees first")
def _():
    setting("plan.organization", "POSTPAID")
    p, _ = client(plan="POSTPAID")
    same(p.get("/profile").json["plan_choices"], [])
    a = p.post("/profile/plan", {"plan": "PREPAID", "confirmed": True})
    same((a.status, list(a.fields)), (422, ["plan"]))
    setting("plan.organization", "FLEXIBLE")
    same(len(p.get("/profile").json["plan_choices"]), 3)
    a = p.post("/profile/plan", {"plan": "PREPAID", "confirmed": False})
    same((a.status, list(a.fields)), (422, ["confirmed"]))
    a = p.post("/profile/plan", {"plan": "PREPAID", "confirmed": True})
    same((a.status, a.json["plan"]), (200, "PREPAID"), a)
    setting("plan.organization", "POSTPAID")


@case("the command agrees: verify is all zero")
def _():
    same(stack.violations(), {})


finish()
