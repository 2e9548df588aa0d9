#!/usr/bin/python3
"""Money through the API: what is shown is what is charged, once, to the exact unit."""
import datetime
import uuid

from world import (E8, PRICE, admin, case, client, credit, e8, finish, half_up, invoices, month_start,
                   move, next_hour, next_month, now, parallel, same, setting, stack, wait_for, Portal)

VAT = 230000


def lines(invoice, component):
    return [line for line in invoice["lines"] if line["component"] == component]


def check_document(inv):
    """Lines add up, tax on the base, total; in integers of the document."""
    cents = sum(int(x["amount"]["amount"].replace(".", "")) for x in inv["lines"])
    exact = sum(e8(x["exact"]) for x in inv["lines"])
    subtotal = int(inv["subtotal"]["amount"].replace(".", ""))
    same(cents, subtotal, "lines add up")
    same(half_up(exact, 1000000), subtotal, "subtotal is the rounded exact sum")
    tax = int(inv["tax"]["amount"].replace(".", ""))
    same(half_up(subtotal * VAT, 1000000), tax, "tax")
    same(int(inv["total"]["amount"].replace(".", "")), subtotal + tax, "total")


@case("24 cases: Default IP Charge x Free for One IP x 0, 1, 2 IPs x release in mid-hour")
def _():
    cases = []
    for charge in (0, 1):
        for free in (0, 1):
            setting("ip.default_charge", charge)
            setting("ip.free_one", free)
            next_hour(5)            # money follows from the next full hour
            made = []
            for ips in (0, 1, 2):
                for release in (False, True):
                    p, account = client()
                    held = [p.post_i("/ips", {"zone_id": 1}).json["id"] for _ in range(ips)]
                    made.append((p, ips, release, held))
            next_hour(30)
            for p, ips, release, held in made:
                if release and held:
                    same(p.delete_i(f"/ips/{held[0]}").status, 200)     # the oldest one
            next_hour(1)
            for p, ips, release, held in made:
                for i in (held[1:] if release else held):
                    same(p.delete_i(f"/ips/{i}").status, 200)
                # Hours alive: a released one 2 (the started hour counts), the others 3.
                hours = [2 if release and i == 0 else 3 for i in range(ips)]
                paid = sum(hours)
                if free and ips:
                    paid -= 3 if ips == 2 else hours[0]     # the turn passes to the next-oldest
                cases.append((p, charge, free, ips, release, paid * charge * PRICE["ip"]))
    setting("ip.default_charge", 1)
    setting("ip.free_one", 0)
    next_month()
    for p, charge, free, ips, release, want in cases:
        if ips == 0:
            same(p.get("/invoices").json["total"], 0, "no IP, no invoice")
            continue
        inv = invoices(p, 1)[0]
        got = sum(e8(x["exact"]) for x in inv["lines"])
        same(got, want, f"charge {charge}, free {free}, {ips} IPs, release {release}")
        check_document(inv)
    return f"{len(cases)} cases"


@case("a price that changed since it was shown is refused with both; asked again it is taken")
def _():
    p, account = client()
    choice = {"zone_id": 1, "offering_id": 2, "public_ip": True}
    est = p.post("/estimates", choice).json
    body = {"name": "web", **choice, "quote_id": est["quote_id"]}
    other, _ = client()
    a = other.post_i("/instances", body)
    same((a.status, list(a.fields)), (422, ["quote_id"]), "another customer's")
    bare = p.post("/estimates", {"zone_id": 1, "offering_id": 2}).json
    a = p.post_i("/instances", {**body, "quote_id": bare["quote_id"]})
    same((a.status, list(a.fields)), (422, ["quote_id"]), "without the address")
    setting("ip.default_charge", 0)
    a = p.post_i("/instances", body)
    same((a.status, a.code), (409, "quote.changed"))
    text = a.json["error"]["message"]
    assert "0.0322 USD" in text and "0.0272 USD" in text, text
    same(p.get("/instances").json["rows"], [], "nothing was created")
    again = p.post("/estimates", choice).json
    same(e8(again["hour"]), PRICE["small"])
    same(p.post_i("/instances", {**body, "quote_id": again["quote_id"]}).status, 201)
    setting("ip.default_charge", 1)
    free = p.post("/estimates", {"zone_id": 1, "public_ip": True}).json
    setting("ip.free_one", 1)           # his one address has the turn: nothing changes for him
    same(p.post_i("/ips", {"zone_id": 1, "quote_id": free["quote_id"]}).status, 201)
    setting("ip.free_one", 0)
    for row in p.get("/instances").json["rows"]:
        p.delete_i(f"/instances/{row['id']}")


@case("what is estimated is what is charged; every line opens to its hours")
def _():
    p, _ = client()
    est = p.post("/estimates", {"zone_id": 1, "offering_id": 2, "public_ip": True,
                                "secondary_ips": 1}).json
    a = p.post_i("/instances", {"name": "web", "zone_id": 1, "offering_id": 1,
                                "quote_id": est["quote_id"]})
    same((a.status, list(a.fields)), (422, ["quote_id"]), "an estimate of something else")
    want = {"INSTANCE": PRICE["small"], "PUBLIC_IP": PRICE["ip"],
            "SECONDARY_IP": PRICE["secondary"]}
    same({x["component"]: e8(x["hour"]) for x in est["lines"]}, want, "estimate")
    same(e8(est["hour"]), sum(want.values()), "per hour")
    same(e8(est["month"]), 730 * sum(want.values()), "per month")
    vm = p.post_i("/instances", {"name": "web", "zone_id": 1, "offering_id": 2, "public_ip": True,
                                 "quote_id": est["quote_id"]}).json["id"]
    same(p.post_i(f"/instances/{vm}/secondary-ips").status, 201)
    dash = p.get("/dashboard").json
    same(e8(dash["month_to_date"]), sum(want.values()), "the first started hour on the dashboard")
    same(sum(e8(day[s]) for day in dash["by_day"] for s in ("compute", "ip", "secondary_ip")),
         sum(want.values()), "by day")
    start = now()
    end = next_month()
    hours = int((end - start.replace(minute=0, second=0)).total_seconds()) // 3600
    inv = invoices(p, 1)[0]
    check_document(inv)
    for component, price in want.items():
        line = lines(inv, component)[0]
        same((line["hours"], e8(line["unit"]), e8(line["exact"])), (hours, price, hours * price),
             component)
        whole = p.get(f"/invoices/{inv['id']}/lines/{line['id']}/usage").json
        usage = whole["rows"]
        # The prices are those of the spans, the events those of the resource.
        same({u["price_id"] for u in usage}, {x["id"] for x in whole["prices"]}, "prices")
        same({e8(x["unit"]) for x in whole["prices"]}, {abs(price)}, f"price behind {component}")
        assert whole["events"], whole
        same("history" in whole, False, "who switched is not the customer's business")
        ruled = {"PUBLIC_IP": {"ip.default_charge"}, "SECONDARY_IP": {"ip.secondary_charge"},
                 "FREE_ONE_IP": {"ip.default_charge", "ip.free_one"}}
        same({x["key"] for x in whole["switches"]}, ruled.get(component, set()), component)
        seen = admin.get(f"/invoices/{inv['id']}/lines/{line['id']}/usage").json
        same(seen["rows"], usage)
        assert set(ruled.get(component, ())) >= {x["key"] for x in seen["history"]}, seen
        told = stack.command("invoice", "why", str(inv["id"]), str(line["position"]))
        same(told["sum"], told["exact"], "the command's sum")
        same([x["amount"] for x in told["spans"]], [u["amount"]["amount"] for u in usage])
        same(sum(u["hours"] for u in usage), hours, f"hours behind {component}")
        same(sum(e8(u["amount"]) for u in usage), hours * price, f"amounts behind {component}")
    p.delete_i(f"/instances/{vm}")


@case("stopped costs the stopped price from the next hour; deleting inside the hour costs one")
def _():
    p, _ = client()
    next_hour(10)
    vm = p.post_i("/instances", {"name": "a", "zone_id": 1, "offering_id": 1}).json["id"]
    brief = p.post_i("/instances", {"name": "b", "zone_id": 1, "offering_id": 1}).json["id"]
    same(p.delete_i(f"/instances/{brief}").status, 200)
    next_hour(20)
    same(p.post_i(f"/instances/{vm}/stop").json["state"], "STOPPED")
    next_hour(5)
    next_hour(5)
    same(p.delete_i(f"/instances/{vm}").status, 200)
    next_month()
    inv = invoices(p, 1)[0]
    check_document(inv)
    got = sorted((x["hours"], e8(x["unit"])) for x in inv["lines"])
    same(got, [(1, PRICE["nano"]), (2, PRICE["nano"] * 20 // 100), (2, PRICE["nano"])], "lines")


@case("prepaid: refused without money, debited every hour, negative balance masked by its switch")
def _():
    p, account = client(plan="PREPAID", category="INDIVIDUAL", country="CH")
    body = {"name": "web", "zone_id": 1, "offering_id": 2}
    a = p.post_i("/instances", body)
    same((a.status, a.code), (409, "wallet.insufficient"))
    credit(account, "0.06")
    next_hour(5)
    same(p.post_i("/instances", body).status, 201)
    next_hour(5)
    want = 6000000 - PRICE["small"]
    wait_for("the first debit", lambda: e8(p.get("/balance").json["balance"]) == want)
    a = p.post_i("/instances", body)
    same((a.status, a.code), (409, "wallet.insufficient"), "the rest is spoken for")
    setting("suspension.enabled", 0)    # nobody looks who cannot go on
    next_hour(5)
    next_hour(5)
    want -= 2 * PRICE["small"]
    wait_for("the second debit", lambda: e8(p.get("/balance").json["balance"]) == want)
    assert want < 0
    setting("prepaid.negative_display", 0)
    wallet = p.get("/dashboard").json["wallet"]
    same((e8(wallet["balance"]), wallet["negative_hidden"]), (0, True), "masked for the customer")
    assert e8(wallet["amount_due"]) >= -want, "what is due is never masked"
    theirs = admin.get(f"/clients/{account}").json["wallet"]
    same((e8(theirs["shown_balance"]), e8(theirs["balance"])), (0, want), "staff")
    setting("prepaid.negative_display", 1)
    same(e8(p.get("/dashboard").json["wallet"]["balance"]), want, "shown as it is")
    setting("suspension.enabled", 1)
    for row in p.get("/instances").json["rows"]:
        p.delete_i(f"/instances/{row['id']}")


@case("money for one: of ten parallel creations exactly one passes")
def _():
    p, account = client(plan="PREPAID", category="INDIVIDUAL")
    credit(account, "0.04")             # 0.0272 and 23 % VAT; twice that is 0.067
    next_hour(5)
    got = parallel([lambda i=i: p.post_i("/instances", {"name": f"v{i}", "zone_id": 1,
                                                        "offering_id": 2}) for i in range(10)])
    same(sorted(a.status for a in got), [201] + [409] * 9, "statuses")
    same(p.get("/instances").json["total"], 1, "instances")
    p.delete_i(f"/instances/{p.get('/instances').json['rows'][0]['id']}")


@case("one idempotency key, twenty parallel requests: one effect, one answer")
def _():
    p, account = client()
    key = uuid.uuid4().hex
    body = {"name": "once", "zone_id": 1, "offering_id": 1, "public_ip": False}
    got = parallel([lambda: p.post_i("/instances", body, key=key) for _ in range(20)])
    good = [a for a in got if a.status == 201]
    assert good, got[0]
    same({a.json["id"] for a in good}, {good[0].json["id"]}, "answers")
    assert all(a.status in (201, 409, 503) for a in got), got
    same(p.get("/instances").json["total"], 1, "instances")
    same(p.post_i("/instances", {**body, "name": "other"}, key=key).code, "idempotency.mismatch")
    credit_key = uuid.uuid4().hex
    got = parallel([lambda: admin.post(f"/clients/{account}/credit",
                                       {"amount": "5.00", "reason": "once"}, key=credit_key)
                    for _ in range(20)])
    assert any(a.status == 200 for a in got), got
    same(e8(p.get("/balance").json["balance"]), 5 * E8, "credited once")


@case("recharge: minimum, maximum and own limit to the cent, by the server")
def _():
    p, _ = client(plan="PREPAID", category="INDIVIDUAL")
    setting("recharge.minimum", "10")
    setting("recharge.maximum", "50")
    for amount, status in (("9.99", 422), ("10.00", 201), ("50.00", 201), ("50.01", 422),
                           ("-5", 422), ("1e2", 422), ("10.001", 422), ("0", 422)):
        a = p.post_i("/recharges", {"amount": amount})
        same(a.status, status, amount)
    same(p.patch("/payment-settings", {"personal_cap": "60"}).status, 422)
    same(p.patch("/payment-settings", {"personal_cap": "20.00"}).status, 200)
    same(p.post_i("/recharges", {"amount": "20.01"}).status, 422)
    limits = p.get("/payment-settings").json["recharge"]
    same((limits["minimum"]["amount"], limits["maximum"]["amount"],
          limits["personal_cap"]["amount"]), ("10.00", "50.00", "20.00"))
    setting("recharge.minimum", "")
    setting("recharge.maximum", "")


@case("recharge: limits of a currency's own, of a day, of the balance; many at once")
def _():
    setting("currency.multi", 1)
    setting("recharge.minimum", "10")
    setting("recharge.maximum", "500")
    setting("recharge.currencies", "EUR 20-60, JPY 1000-")
    q, _ = client(plan="PREPAID", category="INDIVIDUAL", currency="EUR")
    for amount, status in (("19.99", 422), ("20.00", 201), ("60.00", 201), ("60.01", 422)):
        same(q.post_i("/recharges", {"amount": amount}).status, status, amount)
    limits = q.get("/payment-settings").json["recharge"]
    same((limits["minimum"]["amount"], limits["maximum"]["amount"]), ("20.00", "60.00"))
    # the base currency follows the two settings
    p, cid = client(plan="PREPAID", category="INDIVIDUAL")
    setting("recharge.day_maximum", "100")
    same(p.post_i("/recharges", {"amount": "100.01"}).status, 422)
    got = parallel([lambda: p.post_i("/recharges", {"amount": "30.00"}) for _ in range(8)])
    same(sorted(a.status for a in got), [201] * 3 + [422] * 5, "three fit within the day")
    limits = p.get("/payment-settings").json["recharge"]
    same(limits["left_today"]["amount"], "10.00")
    refused = p.post_i("/recharges", {"amount": "10.01"})
    same(refused.fields, {"amount": "Within 24 hours 10.00 USD more can be added."})
    setting("recharge.day_maximum", "")
    # 90 wait to be paid and 5 are there: 105 more until 200
    credit(cid, "5.00")
    setting("recharge.balance_maximum", "200")
    same(p.get("/payment-settings").json["recharge"]["left_balance"]["amount"], "105.00")
    same(p.post_i("/recharges", {"amount": "105.01"}).status, 422)
    same(p.post_i("/recharges", {"amount": "105.00"}).status, 201)
    same(p.post_i("/recharges", {"amount": "10.00"}).status, 422)
    for key in ("minimum", "maximum", "currencies", "balance_maximum"):
        setting("recharge." + key, "")
    setting("currency.multi", 0)


@case("a recharge paid in WHMCS arrives on the balance, once")
def _():
    p, _ = client(plan="PREPAID", category="INDIVIDUAL")
    made = p.post_i("/recharges", {"amount": "25.00"}).json["invoice_id"]
    remote = wait_for("the recharge in WHMCS",
                      lambda: p.get(f"/invoices/{made}").json["whmcs"]["id"], 90)
    wait_for("publication", lambda: stack.whmcs_api("GetInvoice", invoiceid=remote)["status"]
             == "Unpaid", 60)
    stack.whmcs("act", {"op": "pay", "invoiceid": remote})
    wait_for("the money", lambda: e8(p.get("/balance").json["balance"]) == 25 * E8, 90)
    same(p.get(f"/invoices/{made}").json["status"], "PAID")


@case("more than a balance can hold is refused; the house's books are wider than any customer's")
def _():
    for _ in range(3):
        _, account = client(plan="PREPAID", category="INDIVIDUAL")
        credit(account, "39000000000")
        a = admin.post_i(f"/clients/{account}/credit", {"amount": "39000000000", "reason": "more"})
        same((a.status, a.code), (409, "wallet.bound"), a)
        a = admin.post_i(f"/clients/{account}/credit", {"amount": "99999999999", "reason": "more"})
        same((a.status, list(a.fields)), (422, ["amount"]), a)


@case("decimals: 0 to 8 on screen, totals to pay always in the currency's own")
def _():
    p, _ = client()
    shown = {}
    for n in (0, 2, 3, 8):
        setting("display.cost_decimals", n)
        est = p.post("/estimates", {"zone_id": 1, "offering_id": 1}).json
        shown[n] = est["hour"]["display"]
        same(e8(est["hour"]), PRICE["nano"], "the amount does not change")
    same(shown, {0: "<1", 2: "0.01", 3: "0.007", 8: "0.00680000"}, "display")
    setting("display.cost_decimals", 4)


@case("another display currency is offered, converted and marked approximate only when switched on")
def _():
    p, _ = client()
    body = {"zone_id": 1, "offering_id": 1, "currency": "EUR"}
    same(p.post("/estimates", body).status, 422, "off")
    setting("currency.multi", 1)
    est = p.post("/estimates", body).json
    same((est["approx"], est["currency"], e8(est["hour"])),
         (True, "EUR", half_up(PRICE["nano"] * 92, 100)), "on")
    euro, _ = client(currency="EUR")
    own = euro.post("/estimates", {"zone_id": 1, "offering_id": 1}).json
    same((own["approx"], own["currency"]), (False, "EUR"), "a customer in euro has its own price")
    setting("currency.multi", 0)
    same(euro.boot()["account"]["currency"], "EUR", "keeps its currency")


# ---- metering intake ----

with open(f"{stack.home}/etc/orchestrator.key") as f:
    BEARER = {"Authorization": f"Bearer {f.read().strip()}"}
hook = Portal(stack.port, "hook")


def send(*events, headers=BEARER):
    return hook.request("POST", "/usage-events", {"events": list(events)}, headers=headers)


def event(kind, at, ref, **more):
    return {"id": uuid.uuid4().hex, "type": kind, "at": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "resource": ref, **more}


@case("more lines than a page of the database: the invoice, its documents, a note of all of it")
def _():
    n = 1100
    p, account = client(plan="POSTPAID")
    t = month_start(now(), 2) - datetime.timedelta(hours=1)
    move(t)
    all_refs = []
    for at in range(0, n, 100):
        refs = [uuid.uuid4().hex for _ in range(100)]
        all_refs += refs
        got = send(*(event("instance.created", t, ref, account_id=account, zone="dub1",
                           offering="nano", name=f"machine {at + i:04d}")
                     for i, ref in enumerate(refs)))
        same({x["status"] for x in got.json["results"]}, {"applied"})
        send(*(event("instance.stopped", t, ref) for ref in refs[50:]))
    move(next_month() + datetime.timedelta(minutes=10))
    inv = invoices(p, 1, 120)[0]
    same((len(inv["lines"]), {x["hours"] for x in inv["lines"]} == {inv["lines"][0]["hours"]}),
         (n, True))
    check_document(inv)
    same(p.get(f"/invoices/{inv['id']}/csv").body.count("machine "), n, "lines of the table")
    for kind in ("pdf", "xlsx"):
        a = p.get(f"/invoices/{inv['id']}/{kind}")
        same((a.status, len(a.body) > 20000), (200, True), kind)
    dash = p.get("/dashboard")
    same(dash.status, 200)
    same(dash.json["instances"], {"running": n // 2, "stopped": n // 2})
    same(admin.get(f"/invoices/{inv['id']}").status, 200)
    note = admin.post_i(f"/invoices/{inv['id']}/credit-notes", {"reason": "All of it"})
    same(note.status, 201, note)
    whole = p.get(f"/invoices/{note.json['id']}").json
    same((len(whole["lines"]), whole["total"]["amount"]),
         (sum(x["amount"]["amount"] != "0.00" for x in inv["lines"]), inv["total"]["amount"]))
    # the suites that follow look at who is suspended, and at what is to be halted
    for at in range(0, n, 100):
        send(*(event("instance.deleted", now(), ref) for ref in all_refs[at:at + 100]))
    same(p.get("/dashboard").json["instances"], {"running": 0, "stopped": 0})


@case("metering: applied, duplicate, other content, unknown things, future, wrong key")
def _():
    p, account = client()
    t, ref = now(), uuid.uuid4().hex
    first = event("instance.created", t, ref, account_id=account, zone="dub1", offering="nano")
    statuses = [r["status"] for r in send(first, first).json["results"]]
    same(statuses, ["applied", "duplicate"])
    same(send({**first, "offering": "large"}).json["results"][0]["status"], "rejected")
    bad = [event("instance.created", t, "x", account_id=99999999, zone="dub1", offering="nano"),
           event("instance.created", t, "x", account_id=account, zone="moon", offering="nano"),
           event("instance.created", t, "x", account_id=account, zone="dub1", offering="huge"),
           event("instance.painted", t, "x", account_id=account),
           event("instance.stopped", t, uuid.uuid4().hex),
           event("instance.stopped", t + datetime.timedelta(hours=2), ref)]
    got = send(*bad).json["results"]
    same([r["status"] for r in got], ["rejected"] * len(bad))
    assert all(r["message"] for r in got), got
    same(send(first, headers={"Authorization": "Bearer wrong"}).status, 401)
    same(send(first, headers={}).status, 401)
    same(p.get("/instances").json["total"], 1)


@case("metering: names are exact, an address comes back, no event before the account")
def _():
    p, account = client()
    next_hour(20)
    t, ref = now() - datetime.timedelta(minutes=10), uuid.uuid4().hex
    more = {"account_id": account, "zone": "dub1"}
    odd = {**event("ip.acquired", t, ref, **more), "id": "\u00e9" + uuid.uuid4().hex}
    early = event("ip.acquired", t - datetime.timedelta(days=9000), ref, **more)
    moon = event("ip.acquired", t, ref, **{**more, "zone": "dub\u00e9"})
    got = send(odd, early, moon, event("ip.acquired", t, ref + "a", **more),
               event("ip.acquired", t, ref + "A", **more),
               event("ip.acquired", t, ref + "\u00e1", **more)).json["results"]
    same([r["status"] for r in got], ["rejected"] * 3 + ["applied"] * 3)
    same(p.get("/ips").json["total"], 3, "three names, three addresses")
    one = event("ip.released", t + datetime.timedelta(minutes=5), ref + "a")
    same(send(one).json["results"][0]["status"], "applied")
    same(send({**one, "account_id": account + 1}).json["results"][0]["status"], "rejected")
    next_hour(10)
    next_hour(10)
    back = event("ip.acquired", now(), ref + "a", **more)
    elsewhere = event("ip.acquired", now(), ref + "A", **{**more, "zone": "blr1"})
    same([r["status"] for r in send(back, elsewhere).json["results"]], ["applied", "rejected"])
    begin = now().replace(minute=0, second=0) - datetime.timedelta(hours=2)
    end = next_month()
    inv = invoices(p, 1)[0]
    check_document(inv)
    hours = int((end - begin).total_seconds()) // 3600
    same(sum(x["hours"] for x in inv["lines"]), 3 * hours - 1, "all but the hour it was away")


@case("metering: events out of order and late become an adjustment that names its hours")
def _():
    p, account = client()
    start = month_start(now()) + datetime.timedelta(hours=2)
    move(start)
    ref, at = uuid.uuid4().hex, lambda h, m: start + datetime.timedelta(hours=h, minutes=m)
    move(at(0, 10))
    stop = event("instance.stopped", at(0, 5), ref, account_id=account)
    same(send(stop).json["results"][0]["status"], "pending", "before the creation is known")
    same(send(event("instance.created", at(0, 1), ref, account_id=account, zone="dub1",
                    offering="small")).json["results"][0]["status"], "applied")
    # A day later everything is rated: small for hour 0, stopped since.
    move(start + datetime.timedelta(days=2))
    wait_for("rating", lambda: e8(admin.get(f"/clients/{account}").json["unbilled"]) > 0)
    # Late: it had been started again in hour 5 and deleted in hour 7.
    late = [event("instance.started", at(5, 10), ref), event("instance.deleted", at(7, 30), ref)]
    same([r["status"] for r in send(*late).json["results"]], ["applied", "applied"])
    next_month()
    inv = invoices(p, 1)[0]
    check_document(inv)
    stopped, running = PRICE["small"] * 20 // 100, PRICE["small"]
    # hour 0 running, 1-5 stopped, 6-7 running: what is true whatever came when
    same(sum(e8(x["exact"]) for x in inv["lines"]), 3 * running + 5 * stopped, "sum")
    assert any("adjustment" in x["description"] for x in inv["lines"]), inv["lines"]


@case("fixed payment: the fee in proportion to the month, usage inside it at zero")
def _():
    setting("contract.type", 1)
    move(month_start(now()) + datetime.timedelta(days=10))
    p, account = client(contract="FIXED", fixed_fee="100.00")
    setting("contract.type", 0)
    start = now().replace(minute=0, second=0)
    first, last = month_start(start, 0), month_start(start)
    same(p.post_i("/instances", {"name": "x", "zone_id": 1, "offering_id": 4}).status, 201)
    next_month()
    inv = invoices(p, 1)[0]
    check_document(inv)
    days, whole = ((last - x.replace(hour=0)).days for x in (start, first))
    want = half_up(10000 * days, whole) * E8 // 100
    same(e8(lines(inv, "FIXED_FEE")[0]["exact"]), want, "fee")
    same(lines(inv, "FIXED_FEE")[0]["description"], f"Fixed payment, {days}/{whole} of 100.00")
    same(sum(e8(x["exact"]) for x in lines(inv, "INSTANCE")), 0, "usage")


@case("the command and the screen agree: verify is all zero")
def _():
    wait_for("quiet", lambda: stack.violations() == {}, 60)


finish()
