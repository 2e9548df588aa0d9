#!/usr/bin/python3
"""The time machine: `tollbridge forecast` says what the books say a month later, to the unit,
and leaves nothing behind."""
import datetime
import time
import uuid

from world import (PRICE, admin, case, client, credit, e8, finish, invoices, next_hour,
                   next_month, now, same, setting, stack, wait_for)

setting("whmcs.enabled", 0)
setting("contract.type", 1)
setting("ip.default_charge", 1)
setting("ip.free_one", 0)


def forecast(account, months, *more):
    return stack.command("forecast", str(account), str(months), *more)


def figures(lines, subtotal, tax, total, paid):
    return [(x["description"], x["amount"]) for x in lines], subtotal, tax, total, paid


def said(m):
    return figures(m["lines"], m["subtotal"], m["tax"], m["total"], m["paid"])


def booked(inv):
    lines = [{**x, "amount": x["amount"]["amount"]} for x in inv["lines"]]
    return figures(lines, *[inv[k]["amount"] for k in ("subtotal", "tax", "total", "paid")])


def live(p, offering=1, ip=False, name="vm"):
    a = p.post_i("/instances", {"name": name, "zone_id": 1, "offering_id": offering,
                                "public_ip": ip})
    same(a.status, 201, a)
    return a.json["id"]


def balance(p):
    return e8(p.get("/payment-settings").json["wallet"]["balance"])


@case("prepaid with credit that ends, postpaid with a contract and a discount: the next invoice "
      "and the balance after it, to the unit")
def _():
    next_month()
    next_hour()
    code = admin.post_i("/promos", {"type": "EXISTING", "kind": "CREDIT", "credit_days": 9,
                                    "amounts": [{"currency": "USD", "amount": "20.00"}],
                                    "code": f"GIFT-{uuid.uuid4().hex[:8]}"}).json["code"]
    p, account = client(plan="PREPAID")
    credit(account, "40.00")
    same(p.post_i("/promo-redemptions", {"code": code}).status, 201)
    q, other = client(plan="POSTPAID", contract="FIXED", fixed_fee="12.00")
    a = admin.post_i("/discounts", {"account_id": other, "percent": "-12.5", "label": "Loyal",
                                    "cycles": 1})
    same(a.status, 201, a)
    live(p, 2, True)
    live(p, 1, name="db")
    live(q, 2, True)
    next_hour(1)
    want = [forecast(x, 1)["months"][0] for x in (account, other)]
    before = [len(x.get("/invoices").json["rows"]) for x in (p, q)]
    same(before, [0, 0])
    next_month()
    for portal, month in ((p, want[0]), (q, want[1])):
        # Everybody of this portal is billed at once, maybe on a busy machine.
        same(booked(invoices(portal, 1, 240)[0]), said(month))
    same(balance(p), e8({"amount": want[0]["balance"]}))


@case("a setting changed: the difference is the hours times the price, and nothing else differs")
def _():
    next_month()
    next_hour()
    p, account = client(plan="POSTPAID")
    live(p, 1, True)
    next_hour(1)
    out = forecast(account, 2, "ip.default_charge=0")
    second = out["months"][1], out["changed"][1]
    hours = sum(e8({"amount": x["exact"]}) for x in second[0]["lines"]
                if x["component"] == "PUBLIC_IP") // PRICE["ip"]
    assert 27 * 24 <= hours <= 31 * 24 + 1, hours
    ips = [x for x in out["differences"][1]["lines"] if x["description"].startswith("Public IP")]
    same(sum(e8({"amount": x["difference"]}) for x in ips), -hours * PRICE["ip"])
    machines = [[x["exact"] for x in m["lines"] if x["component"] == "INSTANCE"] for m in second]
    same(machines[0], machines[1])
    same(admin.get("/settings").status, 200)
    same(stack.command("settings", "get", "ip.default_charge")["value"], "1")


@case("whom the funds do not carry is suspended at the very hour that was said, and pays no more")
def _():
    setting("suspension.enabled", 1)
    setting("prepaid.hourly", 1)
    next_month()
    next_hour()
    p, account = client(plan="PREPAID", country="CH")
    hour = PRICE["nano"] + PRICE["ip"]
    credit(account, "0.06")
    live(p, 1, True)
    hours = 6000000 // hour
    assert hours == 5, hours
    months = forecast(account, 2)["months"]
    # the hour under way is the first; none begins that is not covered
    first = now().replace(minute=0)
    since = (first + datetime.timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")
    same([m["suspended_from"] for m in months], [since, None])
    same([m["total"] for m in months[1:]], ["0.00"], months)
    for _ in range(hours):
        same(admin.get(f"/clients/{account}").json["status"], "ACTIVE")
        next_hour(1)
        time.sleep(2)
    wait_for("the suspension",
             lambda: admin.get(f"/clients/{account}").json["status"] == "SUSPENDED")
    next_month()
    # halted machines are stopped then: one more line, of nothing
    got, want = booked(invoices(p, 1, 240)[0]), said(months[0])
    for figure in (got, want):
        figure[0][:] = [line for line in figure[0] if line[1] != "0.00"]
    same(got, want)


@case("what cannot be is refused with the field, and nothing of it stays")
def _():
    p, account = client(plan="PREPAID")
    for args, text in ((("x", "1"), "CLIENT"), ((str(account), "25"), "MONTHS"),
                       ((str(account), "1", "nope=1"), "settings.unknown"),
                       ((str(account), "1", "ip.default_charge"), "KEY=VALUE"),
                       ((str(account), "1", "display.cost_decimals=99"), "value")):
        out = forecast(*args)
        assert text in str(out["error"]), (args, out)
    same(stack.violations(), {})


finish()
