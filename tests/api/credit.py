#!/usr/bin/python3
"""Given and paid money through nginx: what the customer and staff see of a credit that
expires, and what each hour was paid from."""
import datetime
import uuid

from world import (E8, PRICE, admin, case, client, credit, e8, finish, invoices, move, next_hour,
                   next_month, now, same, setting, stack, wait_for)

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
    next_hour(5)
    p, account = client(plan="PREPAID")
    credit(account, "5.00")
    redeem(p, code("1.00", 0))
    redeem(p, code("2.00", 9))
    same(pockets(p), ([2 * E8, 1 * E8], 5 * E8))
    wallet = p.get("/payment-settings").json["wallet"]
    ends = [g["expires_at"] for g in wallet["credit"]["grants"]]
    full = now().replace(minute=0, second=0) + datetime.timedelta(hours=1, days=9)
    same(ends, [full.strftime("%Y-%m-%dT%H:%M:%SZ"), None])
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


def told(account):
    """`tollbridge wallet`, the answer and its figures as counts of 1e-8."""
    out = stack.command("wallet", str(account))
    assert "error" not in out, out
    return out, lambda name: e8({"amount": out[name], "currency": out["currency"]})


def agrees(account, p):
    """The command, both portals and the rule say one figure."""
    out, figure = told(account)
    theirs, ours = p.get("/dashboard").json, admin.get(f"/clients/{account}").json["wallet"]
    for name in ("balance", "unposted", "available"):
        same(figure(name), e8(theirs["wallet"][name]), name)
        same(figure(name), e8(ours[name]), name)
    same(out["runway_hours"], theirs["runway_hours"])
    return out, figure


@case("the operator's command: the balance by kind, what may be used, how long it lasts; the "
      "figures of both portals")
def _():
    next_hour()
    p, account = client(plan="PREPAID")
    credit(account, "5.00")
    redeem(p, code("1.00", 0))
    redeem(p, code("2.00", 9))
    vm = p.post_i("/instances", {"name": "vm", "zone_id": 1, "offering_id": 1}).json["id"]
    next_hour(1)
    wait_for("usage", lambda: entries(p, "USAGE"))
    out, figure = agrees(account, p)
    left = 8 * E8 - PRICE["nano"]
    tax = -(-PRICE["nano"] * 23 // 100)
    same([figure(x) for x in ("balance", "paid", "promo", "available", "burn_hour")],
         [left, 5 * E8, 3 * E8 - PRICE["nano"], left - tax, PRICE["nano"]])
    same([(g["left"] == g["granted"], g["expires_at"] is None) for g in out["grants"]],
         [(False, False), (True, True)])
    same((out["runway_hours"], out["limited"], out["credit_line"]),
         ((left - tax) // (PRICE["nano"] + tax), True, None))
    same([x["kind"] for x in out["entries"]][0], "USAGE")
    same(len(out["entries"]), 4)
    p.delete_i(f"/instances/{vm}")
    q, line = client(plan="FLEXIBLE", credit_limit="50")
    vm = q.post_i("/instances", {"name": "vm", "zone_id": 1, "offering_id": 2}).json["id"]
    next_hour(1)
    wait_for("usage", lambda: entries(q, "USAGE"))
    out, figure = agrees(line, q)
    same((figure("balance"), figure("available"), e8({"amount": out["credit_line"]["drawn"]})),
         (0, 50 * E8 - PRICE["small"] - -(-PRICE["small"] * 23 // 100), PRICE["small"]))
    same(stack.command("deposit", "receive", str(line), "7.00", "test",
                       uuid.uuid4().hex).get("error"), None)
    out, figure = agrees(line, q)
    same((figure("balance"), figure("deposit")), (0, 7 * E8), "a deposit is no balance")
    q.delete_i(f"/instances/{vm}")
    r, free = client(plan="POSTPAID")
    out, figure = told(free)
    same((out["limited"], out["available"], out["runway_hours"]), (False, None, None))
    assert "error" in stack.command("wallet", "4000000"), "nobody"
    text = stack.quickstart("tollbridge", "wallet", str(account))
    for word in ("balance", "  paid", "  given", "unposted", "available", "until 20", "for good"):
        assert word in text, (word, text)


@case("what the balance is short of is due, also when 0 is shown, on every answer")
def _():
    next_hour()
    p, account = client(plan="PREPAID")
    credit(account, "0.01")
    setting("suspension.enabled", 0)    # nobody looks who cannot go on
    vm = p.post_i("/instances", {"name": "vm", "zone_id": 1, "offering_id": 1}).json["id"]
    for hours in (1, 2):
        next_hour(1)
        wait_for("usage", lambda: len(entries(p, "USAGE")) == hours)
    p.delete_i(f"/instances/{vm}")
    debt = 2 * PRICE["nano"] - E8 // 100
    assert debt > 0
    setting("prepaid.negative_display", 0)
    cents = -(-debt // 1000000) * 1000000
    for path in ("/dashboard", "/payment-settings", "/profile"):
        wallet = p.get(path).json["wallet"]
        same((e8(wallet["shown_balance"]), e8(wallet["balance"]), e8(wallet["available"])),
             (0, 0, 0), path)
        same((e8(wallet["amount_due"]), e8(wallet["funds_due"])), (cents, cents), path)
        same((e8(wallet["credit"]["paid"]), wallet["negative_hidden"]), (0, True), path)
    same([e8(x["balance_after"]) for x in entries(p, "USAGE")], [0, E8 // 100 - PRICE["nano"]])
    theirs = admin.get(f"/clients/{account}").json
    same([e8(x["balance_after"]) for x in theirs["entries"]][0], -debt, "staff see the books")
    setting("prepaid.negative_display", 1)
    wallet = p.get("/payment-settings").json["wallet"]
    same((e8(wallet["balance"]), e8(wallet["amount_due"])), (-debt, cents))
    same(e8(entries(p, "USAGE")[0]["balance_after"]), -debt)
    setting("suspension.enabled", 1)


@case("flexible: a recharge paid in WHMCS pays the overdue invoice, there too; the rest is balance")
def _():
    setting("whmcs.enabled", 1)
    setting("suspension.enabled", 0)
    setting("mail.enabled", 1)
    setting("mail.whmcs_invoices", 1)
    next_month()
    next_hour()
    p, account = client(plan="FLEXIBLE", credit_limit="50")
    vm = p.post_i("/instances", {"name": "vm", "zone_id": 1, "offering_id": 2}).json["id"]
    next_month()
    inv = invoices(p, 1, 300)[0]
    same(p.delete_i(f"/instances/{vm}").status, 200)
    wait_for("the invoice in WHMCS", lambda: (p.get(f"/invoices/{inv['id']}")
             .json["whmcs"] or {}).get("id"), 120)
    move(now() + datetime.timedelta(days=10))
    made = p.post_i("/recharges", {"amount": "45.00"}).json["invoice_id"]
    remote = wait_for("the recharge in WHMCS", lambda: (p.get(f"/invoices/{made}")
                      .json["whmcs"] or {}).get("id"), 120)
    wait_for("publication", lambda: stack.whmcs_api("GetInvoice", invoiceid=remote)["status"]
             == "Unpaid", 60)
    before = e8(p.get("/balance").json["balance"])
    stack.whmcs("act", {"op": "pay", "invoiceid": remote})
    wait_for("the money", lambda: p.get(f"/invoices/{made}").json["status"] == "PAID", 120)
    settled = p.get(f"/invoices/{inv['id']}").json
    same((settled["status"], e8(settled["due"])), ("PAID", 0))
    same(e8(p.get("/balance").json["balance"]), before + 45 * E8 - e8(inv["due"]))
    same([x["text"] for x in entries(p, "SETTLEMENT")][0],
         f"from balance for invoice {inv['number']}")
    there = settled["whmcs"]["id"]
    wait_for("WHMCS knows", lambda: stack.whmcs_api("GetInvoice", invoiceid=there)["status"]
             == "Paid", 120)
    text = wait_for("the receipt", lambda: [m["text"] for m in stack.mailbox(
        f"mails?to={p.boot()['user']['email']}")["mails"] if "we received 45.00" in m["text"]],
        120)[0]
    rest = 45 * E8 - e8(inv["due"])
    want = (f"for {inv['number']} ({inv['due']['amount']} USD), "
            f"your balance ({rest // E8}.{rest % E8 // 1000000:02} USD)")
    assert want in " ".join(text.split()), (want, text)
    setting("mail.whmcs_invoices", 0)
    setting("mail.enabled", 0)
    setting("suspension.enabled", 1)
    setting("whmcs.enabled", 0)


finish()
