#!/usr/bin/python3
"""Promo codes, discounts and surcharges: from Billing > Promo Codes to the invoice."""
import re
import uuid

from world import (E8, PERSON, PRICE, Portal, admin, case, client, credit, e8, finish, half_up,
                   invoices, move, next_hour, next_month, now, parallel, same, setting, slow_down,
                   stack, wait_for)

setting("whmcs.enabled", 0)
setting("promo.prefix", "")
CROCKFORD = "[0-9A-HJKMNP-TV-Z]"


def unique(word):
    return f"{word}-{uuid.uuid4().hex[:8].upper()}"


def add(**body):
    body = {"type": "EXISTING", "kind": "PERCENT", **body}
    if body["kind"] == "PERCENT":
        body.setdefault("percent", "10")
    else:
        body.setdefault("amounts", [{"currency": "USD", "amount": "10.00"}])
    a = admin.post_i("/promos", body)
    same(a.status, 201, a)
    return a.json


def redeem(p, code, key=None):
    return slow_down(lambda: p.post_i("/promo-redemptions", {"code": code}, key=key))


def refused(p, code, words):
    a = redeem(p, code)
    same(a.status, 422, a)
    assert words in a.fields["code"], a


def balance(p):
    return e8(p.get("/profile").json["wallet"]["shown_balance"])


def used(code_id):
    return admin.get(f"/promos/{code_id}").json["uses"]


@case("the prefix stands in the code of Add; changing it touches no existing code")
def _():
    setting("promo.prefix", " summer20- ")
    form = admin.get("/promos/form").json
    same(form["prefix"], "SUMMER20-")
    assert re.fullmatch(f"SUMMER20-{CROCKFORD}{{8,}}", form["code"]), form
    assert admin.get("/promos/form").json["code"] != form["code"]
    born = add(code=form["code"])
    same((born["code"], born["prefix"]), (form["code"], "SUMMER20-"))
    setting("promo.prefix", "NEWUSER")
    made = add()            # none given: generated
    assert re.fullmatch(f"NEWUSER{CROCKFORD}{{8,}}", made["code"]), made
    same(admin.get(f"/promos/{born['id']}").json, born, "the old one")
    rows = admin.get("/promos", q="SUMMER20-", per=100).json["rows"]
    assert born["id"] in [r["id"] for r in rows], rows
    p, _ = client()
    same(redeem(p, born["code"]).status, 201)
    setting("promo.prefix", "")


@case("a code is edited freely, kept in capitals, unique whatever its case")
def _():
    code = unique("May_Sale")
    same(add(code=f"  {code.lower()} ")["code"], code.upper())
    a = admin.post_i("/promos", {"type": "EXISTING", "kind": "PERCENT", "percent": "5",
                                 "code": code.swapcase()})
    same(a.status, 422, a)
    assert "already" in a.fields["code"], a
    for bad in ("A B", "ABC", "X" * 33, "CAFÉ!", "A;B--C'"):
        a = admin.post_i("/promos", {"type": "EXISTING", "kind": "PERCENT", "percent": "5",
                                     "code": bad})
        same((a.status, list(a.fields)), (422, ["code"]), bad)


@case("what makes no sense is refused, field by field")
def _():
    usd = [{"currency": "USD", "amount": "5.00"}]
    for body, field in (
            ({"kind": "PERCENT", "percent": "0"}, "percent"),
            ({"kind": "PERCENT", "percent": "100.1"}, "percent"),
            ({"kind": "PERCENT", "percent": "-5"}, "percent"),
            ({"kind": "PERCENT"}, "percent"),
            ({"kind": "PERCENT", "percent": "5", "amounts": usd}, "amounts"),
            ({"kind": "FIXED"}, "amounts"),
            ({"kind": "FIXED", "amounts": [{"currency": "USD", "amount": "0"}]}, "amounts[0].amount"),
            ({"kind": "FIXED", "amounts": [{"currency": "USD", "amount": "1.005"}]},
             "amounts[0].amount"),
            ({"kind": "CREDIT", "amounts": [{"currency": "XXX", "amount": "1"}]},
             "amounts[0].currency"),
            ({"kind": "CREDIT", "amounts": usd + usd}, "amounts[1].currency"),
            ({"kind": "CREDIT", "amounts": usd, "percent": "5"}, "percent"),
            ({"kind": "PERCENT", "percent": "5", "valid_to": "2020-01-01"}, "valid_to"),
            ({"kind": "PERCENT", "percent": "5", "max_uses_per_account": 0},
             "max_uses_per_account"),
            ({"kind": "BOGUS"}, "kind")):
        a = admin.post_i("/promos", {"type": "EXISTING", **body})
        same(a.status, 422, f"{body}: {a}")
        assert field in a.fields, f"{body}: {a}"


@case("credit goes to the balance at once, in any case of the code; again: refused")
def _():
    code = add(kind="CREDIT", code=unique("CREDIT"))
    p, account = client(plan="PREPAID")
    a = redeem(p, f" {code['code'].lower()} ")
    same((a.status, e8(a.json["credit"])), (201, 10 * E8), a)
    same(balance(p), 10 * E8)
    refused(p, code["code"], "already")
    same(used(code["id"]), 1)
    entry = p.get("/payment-settings").json["entries"][0]
    same((entry["kind"], entry["text"]), ("PROMO", f"Promotion {code['code']}"))
    mine = p.get("/promo-redemptions").json
    same([(r["code"], e8(r["given"])) for r in mine["redemptions"]], [(code["code"], 10 * E8)])
    same(e8(mine["credits"]["promo"]), 10 * E8)
    rows = admin.get(f"/promos/{code['id']}/redemptions").json["rows"]
    same([(r["account_id"], r["nth"], e8(r["given"])) for r in rows], [(account, 1, 10 * E8)])


@case("the same key again is the same answer, not a second use")
def _():
    code = add(kind="CREDIT", code=unique("TWICE"), max_uses_per_account=5)
    p, _ = client(plan="PREPAID")
    key = uuid.uuid4().hex
    first, second = redeem(p, code["code"], key), redeem(p, code["code"], key)
    same((first.status, first.json), (second.status, second.json))
    same((used(code["id"]), balance(p)), (1, 10 * E8))
    same(redeem(p, code["code"]).status, 201)
    same((used(code["id"]), balance(p)), (2, 20 * E8))


@case("20 customers at once for a code that works once: exactly one gets it")
def _():
    code = add(kind="CREDIT", code=unique("ONCE"), max_uses=1)
    people = [client(plan="PREPAID")[0] for _ in range(20)]
    answers = parallel([lambda p=p: p.post_i("/promo-redemptions", {"code": code["code"]})
                        for p in people])
    same(sorted(a.status for a in answers), [201] + [422] * 19)
    same(used(code["id"]), 1)
    same(sum(balance(p) for p in people), 10 * E8, "credited")
    same(admin.get(f"/promos/{code['id']}").json["state"], "EXHAUSTED")


@case("one customer, 20 requests at once: one use")
def _():
    code = add(kind="CREDIT", code=unique("GREEDY"))
    p, _ = client(plan="PREPAID")
    answers = parallel([lambda: p.post_i("/promo-redemptions", {"code": code["code"]})
                        for _ in range(20)])
    same([a.status for a in answers].count(201), 1, answers)
    same((used(code["id"]), balance(p)), (1, 10 * E8))


@case("wrong, withdrawn, expired, early and exhausted codes say why")
def _():
    p, _ = client()
    other, _ = client()
    refused(p, "NO-SUCH-CODE", "not know")
    refused(p, "x", "not know")
    dead = add(code=unique("DEAD"))
    same(admin.patch(f"/promos/{dead['id']}", {"active": False}).json["state"], "INACTIVE")
    refused(p, dead["code"], "not know")
    same(admin.patch(f"/promos/{dead['id']}", {"active": True}).json["state"], "ACTIVE")
    later = add(code=unique("LATER"), valid_from="2090-01-01")
    same(later["state"], "SCHEDULED")
    refused(p, later["code"], "not valid yet")
    full = add(code=unique("FULL"), max_uses=1)
    same(redeem(other, full["code"]).status, 201)
    refused(p, full["code"], "used up")
    a = admin.patch(f"/promos/{full['id']}", {"max_uses": 2})
    same((a.status, a.json["state"]), (200, "ACTIVE"), a)
    same(redeem(p, full["code"]).status, 201)
    euro = add(kind="CREDIT", code=unique("EURO"),
               amounts=[{"currency": "EUR", "amount": "5.00"}])
    refused(p, euro["code"], "currency")
    end = now().replace(minute=0, second=0)
    gone = add(code=unique("GONE"), valid_to=f"{now().year + 1}-01-01")
    a = admin.patch(f"/promos/{gone['id']}", {"valid_to": end.strftime("%Y-%m-%dT%H:%M:%SZ")})
    same((a.status, list(a.fields)), (422, ["valid_to"]), a)


@case("an expired code is refused from the second it expires")
def _():
    p, _ = client()
    hour = next_hour(30)
    until = hour.replace(minute=40).strftime("%Y-%m-%dT%H:%M:%SZ")
    code = add(code=unique("UNTIL"), valid_to=until)
    move(hour.replace(minute=40, second=0))
    refused(p, code["code"], "expired")
    same(admin.get(f"/promos/{code['id']}").json["state"], "EXPIRED")


@case("a limit cannot go below what was used; uses of an account have their own limit")
def _():
    code = add(code=unique("LIMIT"), max_uses_per_account=2)
    p, _ = client()
    for _ in range(2):
        same(redeem(p, code["code"]).status, 201)
    refused(p, code["code"], "already")
    a = admin.patch(f"/promos/{code['id']}", {"max_uses": 1})
    same((a.status, list(a.fields)), (422, ["max_uses"]), a)


def signup(code, **more):
    p = Portal(stack.port, "user")
    p.boot()
    email = f"s{uuid.uuid4().hex[:12]}@example.com"
    body = {**PERSON, "email": email, "promo_code": code, **more}
    a = slow_down(lambda: p.post("/signup", body))
    if a.status == 201:
        p.boot()
    return p, a, email


@case("sign-up: a code for new customers is redeemed with the account; a wrong one opens none")
def _():
    new = add(type="SIGNUP", kind="CREDIT", code=unique("WELCOME"), max_uses=1)
    old = add(code=unique("LOYAL"))
    for code, words in ((old["code"], "existing customers"), ("NO-SUCH", "not know")):
        p, a, email = signup(code)
        same((a.status, list(a.fields)), (422, ["promo_code"]), a)
        assert words in a.fields["promo_code"], a
        same(admin.get("/clients", q=email).json["total"], 0, "no account")
    p, a, _ = signup(new["code"].lower())
    same((a.status, a.json["promo"]), (201, f"Promotion {new['code']}"), a)
    same([r["code"] for r in p.get("/promo-redemptions").json["redemptions"]], [new["code"]])
    p, a, email = signup(new["code"])
    same((a.status, list(a.fields)), (422, ["promo_code"]), a)
    same(admin.get("/clients", q=email).json["total"], 0, "no account")
    p, a, _ = signup("")
    same(a.status, 201, a)
    refused(p, new["code"], "new customers")


@case("20 sign-ups at once with a code that works once: one account more, nobody else")
def _():
    new = add(type="SIGNUP", kind="CREDIT", code=unique("FIRST"), max_uses=1)
    before = admin.get("/clients").json["total"]
    answers = parallel([lambda: signup(new["code"])[1] for _ in range(20)])
    same(sorted(a.status for a in answers), [201] + [422] * 19)
    same((admin.get("/clients").json["total"] - before, used(new["id"])), (1, 1))


def vm(p):
    a = p.post_i("/instances", {"name": "web", "zone_id": 1, "offering_id": 2})
    same(a.status, 201, a)


def of(inv, component):
    return [x for x in inv["lines"] if x["component"] == component]


def bill(p, n):
    next_month()
    return invoices(p, n)[0]


@case("percent off two invoices, then none; before tax; the exact sum of the cycle")
def _():
    code = add(code=unique("TENOFF"), percent="12.5", cycles=2, label="Spring offer")
    p, account = client(plan="POSTPAID")
    next_hour(1)
    vm(p)
    same(redeem(p, code["code"]).status, 201)
    for n in (1, 2):
        inv = bill(p, n)
        usage = sum(e8(x["exact"]) for x in of(inv, "INSTANCE"))
        line, = of(inv, "DISCOUNT")
        same((line["description"], e8(line["exact"])),
             ("Spring offer", -half_up(usage * 125, 1000)), f"month {n}")
        same(sum(e8(x["amount"]) for x in inv["lines"]), e8(inv["subtotal"]), "lines")
        base = e8(inv["subtotal"]) // (E8 // 100)
        same(e8(inv["tax"]) // (E8 // 100), half_up(base * 23, 100), "tax")
    same(of(bill(p, 3), "DISCOUNT"), [], "month 3")
    row, = p.get("/promo-redemptions").json["redemptions"]
    same((row["status"], row["cycles_used"], row["cycles_total"]), ("USED", 2, 2))


@case("prepaid: what the discount saves is back on the balance after the invoice")
def _():
    p, account = client(plan="PREPAID", country="DE")
    credit(account, "100")
    next_hour(1)
    vm(p)
    a = admin.post_i("/discounts", {"account_id": account, "percent": "-50", "cycles": 1,
                                    "label": "Half price"})
    same(a.status, 201, a)
    inv = bill(p, 1)
    usage = sum(e8(x["exact"]) for x in of(inv, "INSTANCE"))
    same(e8(of(inv, "DISCOUNT")[0]["exact"]), -half_up(usage, 2))
    same(inv["status"], "PAID")
    hours = 1          # the first hour of the new month is drawn when it is over
    wait_for("the balance", lambda: balance(p) in (
        100 * E8 - e8(inv["total"]), 100 * E8 - e8(inv["total"]) - hours * PRICE["small"]))


@case("staff: a surcharge and a discount in fixed amounts, from a month on, ended by hand")
def _():
    p, account = client(plan="POSTPAID", country="DE")
    next_hour(1)
    vm(p)
    form = admin.get("/discounts/form").json
    assert "PUBLIC_IP" in form["scopes"], form
    body = {"account_id": account, "cycles": 0}
    fee = admin.post_i("/discounts", {**body, "amount": "7.50", "label": "Managed backup"})
    off = admin.post_i("/discounts", {**body, "amount": "-2.00", "label": "Goodwill",
                                      "from": form["months"][1]})
    same((fee.status, off.status), (201, 201), f"{fee} {off}")
    inv = bill(p, 1)
    same([(x["description"], x["amount"]["amount"]) for x in of(inv, "SURCHARGE")],
         [("Managed backup", "7.50")])
    same(of(inv, "DISCOUNT"), [], "not yet")
    inv = bill(p, 2)
    same(len(of(inv, "SURCHARGE")), 1)
    same([x["amount"]["amount"] for x in of(inv, "DISCOUNT")], ["-2.00"])
    row, = [x for x in p.get(f"/invoices/{inv['id']}/csv").body.splitlines() if "Goodwill" in x]
    assert ",Goodwill,,,-2.00000000,-2.00,USD" in row, row      # no hours, no price per hour
    same(admin.post(f"/discounts/{fee.json['id']}/end").status, 200)
    a = admin.post(f"/discounts/{fee.json['id']}/end")
    same((a.status, a.code), (409, "discount.over"), a)
    same(of(bill(p, 3), "SURCHARGE"), [])
    rows = admin.get("/discounts", account_id=account).json
    same(rows["counts"], {"ACTIVE": 1, "ENDED": 1})
    same(len(p.get("/promo-redemptions").json["adjustments"]), 1)
    for wrong, field in (({"percent": "-101"}, "percent"), ({"percent": "0"}, "percent"),
                         ({"amount": "0.00"}, "amount"), ({"amount": "1.001"}, "amount"),
                         ({"percent": "5", "amount": "5.00"}, "percent"), ({}, "percent"),
                         ({"percent": "5", "scope": "COFFEE"}, "scope"),
                         ({"percent": "5", "from": "2020-01-01"}, "from")):
        a = admin.post_i("/discounts", {**body, "label": "No good", **wrong})
        same(a.status, 422, f"{wrong}: {a}")
        assert field in a.fields, f"{wrong}: {a}"


@case("WHMCS gets the same lines: usage, surcharge, discount, tax")
def _():
    setting("whmcs.enabled", 1)
    p, account = client(plan="POSTPAID")
    next_hour(1)
    vm(p)
    for body in ({"amount": "20.00", "label": "Support plan"},
                 {"percent": "-10", "label": "Partner discount"}):
        same(admin.post_i("/discounts", {"account_id": account, "cycles": 1, **body}).status, 201)
    inv = bill(p, 1)
    inv = wait_for("WHMCS", lambda: (lambda i: i if i["whmcs"]["state"] == "SYNCED" else None)(
        p.get(f"/invoices/{inv['id']}").json), 60)
    there = stack.whmcs_api("GetInvoice", invoiceid=inv["whmcs"]["id"])
    same(there["total"], inv["total"]["amount"], "total")
    items = {i["description"]: i["amount"] for i in there["items"]["item"]}
    same(items["Support plan"], "20.00", items)
    same(items["Partner discount"], of(inv, "DISCOUNT")[0]["amount"]["amount"], items)
    setting("whmcs.enabled", 0)


@case("the operator's command adds a code and lists it; the screen shows the same")
def _():
    made = stack.command("promo", "add", "EXISTING", "FIXED", "2.50USD", "-", "3", "7")
    found = stack.command("promo", "list", made["code"])["promos"]
    same([(x["id"], x["kind"], x["cycles"], x["max_uses"]) for x in found],
         [(made["id"], "FIXED", 3, 7)])
    seen = admin.get(f"/promos/{made['id']}").json
    same((seen["code"], seen["amounts"][0]["amount"]), (made["code"], "2.50"))
    percent = stack.command("promo", "add", "SIGNUP", "PERCENT", "12.5%", unique("CLI"))
    same((percent["type"], percent["percent"]), ("SIGNUP", "12.5"))


@case("a customer sees his own codes only; guessing is slowed down")
def _():
    p, _ = client()
    same(p.get("/promo-redemptions").json["redemptions"], [])
    a = parallel([lambda: p.post_i("/promo-redemptions", {"code": "GUESS-0001"})
                  for _ in range(40)])
    assert 429 in [x.status for x in a], [x.status for x in a]


@case("verify is all zero")
def _():
    wait_for("quiet", lambda: stack.violations() == {}, 60)


finish()
