#!/usr/bin/python3
"""Given and paid money through nginx: what the customer and staff see of a credit that
expires, and what each hour was paid from."""
import datetime
import uuid

from world import (E8, PRICE, admin, case, client, credit, e8, finish, move, next_hour, now, same,
                   setting, wait_for)

setting("whmcs.enabled", 0)
setting("prepaid.hourly", 1)


def code(amount, days):
    a = admin.post_i("/promos", {"type": "EXISTING", "kind": "CREDIT", "credit_days": days,
                                 "code": f"GIFT-{uuid.uuid4().hex[:8]}",
                                 "amounts": [{"currency": "USD", "amount": amount}]})
    same(a.status, 201, a)
    same(a.json["credit_days"], days)
    return a.json["code"]


def redeem(p, text):
    a = p.post_i("/promo-redemptions", {"code": text})
    same(a.status, 201, a)


def pockets(p):
    c = p.get("/payment-settings").json["wallet"]["credit"]
    return [e8(g["left"]) for g in c["grants"]], e8(c["paid"])


def entries(p, kind):
    return [x for x in p.get("/payment-settings").json["entries"] if x["kind"] == kind]


@case("what was given is shown with its end, and spent before what was paid")
def _():
    next_hour()
    p, account = client(plan="PREPAID")
    credit(account, "5.00")
    redeem(p, code("1.00", 0))
    redeem(p, code("2.00", 9))
    same(pockets(p), ([2 * E8, 1 * E8], 5 * E8))
    wallet = p.get("/payment-settings").json["wallet"]
    ends = [g["expires_at"] for g in wallet["credit"]["grants"]]
    same(ends, [(now().replace(minute=0) + datetime.timedelta(hours=1, days=9)
                 if now().minute or now().second else now() + datetime.timedelta(days=9))
                .strftime("%Y-%m-%dT%H:%M:%SZ"), None])
    same(admin.get(f"/clients/{account}").json["wallet"]["credit"]["promo"]["amount"][:4], "3.00")
    vm = p.post_i("/instances", {"name": "vm", "zone_id": 1, "offering_id": 1}).json["id"]
    next_hour(1)
    wait_for("usage", lambda: entries(p, "USAGE"))
    paid = entries(p, "USAGE")[0]
    same(e8(paid["from"]["promo"]), PRICE["nano"])
    same((e8(paid["from"]["paid"]), e8(paid["from"]["credit_line"])), (0, 0))
    same(pockets(p), ([2 * E8 - PRICE["nano"], 1 * E8], 5 * E8))
    p.delete_i(f"/instances/{vm}")


@case("when it ends, what is left of it is gone, once, and the statement says so")
def _():
    next_hour()
    p, account = client(plan="PREPAID")
    credit(account, "5.00")
    redeem(p, code("2.00", 1))
    move(now() + datetime.timedelta(hours=26))
    wait_for("the end", lambda: entries(p, "PROMO_EXPIRED"))
    same(pockets(p), ([], 5 * E8))
    gone = entries(p, "PROMO_EXPIRED")
    same([e8(x["amount"]) for x in gone], [-2 * E8])
    next_hour(1)
    same(len(entries(p, "PROMO_EXPIRED")), 1)


@case("a credit line carries what the balance does not, and the statement says how much")
def _():
    next_hour()
    p, account = client(plan="FLEXIBLE", credit_limit="50")
    credit(account, "0.01")
    vm = p.post_i("/instances", {"name": "vm", "zone_id": 1, "offering_id": 2}).json["id"]
    next_hour(1)
    wait_for("usage", lambda: entries(p, "USAGE"))
    first = entries(p, "USAGE")[0]["from"]
    same((e8(first["promo"]), e8(first["paid"]), e8(first["credit_line"])),
         (0, E8 // 100, PRICE["small"] - E8 // 100))
    next_hour(1)
    wait_for("usage", lambda: len(entries(p, "USAGE")) > 1)
    same(e8(entries(p, "USAGE")[0]["from"]["credit_line"]), PRICE["small"])
    p.delete_i(f"/instances/{vm}")


@case("days to live belong to credit only, and have their limits")
def _():
    for body, field in (({"kind": "PERCENT", "percent": "10", "credit_days": 3}, "credit_days"),
                        ({"kind": "CREDIT", "credit_days": 3661,
                          "amounts": [{"currency": "USD", "amount": "1"}]}, "credit_days")):
        a = admin.post_i("/promos", {"type": "EXISTING", **body})
        same(a.status, 422, a)
        assert field in a.fields, a


finish()
