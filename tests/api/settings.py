#!/usr/bin/python3
"""The 20 features: ranges, lint, versions, history; every worker at the next request."""
import subprocess
import threading

from world import (PRICE, admin, case, client, credit, e8, finish, next_hour, same, setting, stack,
                   Portal)

ada, ada_id = client()
ROWS = {r["key"]: r for r in admin.get("/settings", group="billing").json["rows"]}


@case("20 features, each with title, help, type and the screens it changes")
def _():
    features = sorted(r["feature"] for r in ROWS.values() if r["feature"])
    same(features, list(range(1, 21)))
    for r in ROWS.values():
        assert r["title"] and r["help"] and r["screens"], r


@case("each of the 20 can be set by the command and is seen at the next request")
def _():
    values = {"BOOL": lambda r: "0" if r["value"] == "1" else "1", "INT": lambda r: "3",
              "MONEY": lambda r: "10.00", "STR": lambda r: "TEST",
              "ENUM": lambda r: next(c for c in r["choices"] if c != r["value"])}
    for r in [r for r in ROWS.values() if r["feature"]]:
        for value in (values[r["type"]](r), r["value"]):
            stack.command("settings", "set", r["key"], value)
            got = {x["key"]: x["value"] for x in admin.get("/settings").json["rows"]}[r["key"]]
            same(got, value, r["key"])


@case("1,000 flips over all workers: none of them stale")
def _():
    stale, seen = [], []
    pools = [("user", "/health"), ("admin", "/health"), ("hook", "/health")]
    want = {"generation": 0}

    def reader(pool, path):
        p = Portal(stack.port, pool)
        for _ in range(3):
            before = want["generation"]
            a = p.get(path)
            if a.status == 429:     # the hook pool's own rate limit
                continue
            got = a.json["generation"]
            seen.append(got)
            if got < before:
                stale.append((pool, got, before))

    for i in range(1000):
        a = admin.patch("/settings/invoice.menu", {"value": str(i % 2)})
        assert a.status == 200, a
        want["generation"] = int(a.headers["x-settings-generation"])
        if i % 4 == 3:      # all pools, several connections each
            threads = [threading.Thread(target=reader, args=p) for p in pools]
            for t in threads:
                t.start()
            for t in threads:
                t.join()
        # the very next request of a customer, on whichever worker takes it
        status = ada.get("/newest-invoices").status
        if status != (200 if i % 2 else 403):
            stale.append((i, status))
    setting("invoice.menu", 1)
    same(stale, [], "stale")
    return f"{len(seen) + 1000} requests, 0 stale"


@case("values outside their range or kind are refused with the reason at the field")
def _():
    for key, value in (("display.cost_decimals", "9"), ("display.cost_decimals", "-1"),
                       ("display.cost_decimals", "2.5"), ("recharge.minimum", "-5"),
                       ("recharge.minimum", "1.234"), ("recharge.minimum", "ten"),
                       ("plan.individual", "BARTER"), ("promo.prefix", "with space"),
                       ("promo.prefix", "x" * 17), ("ip.free_one", "maybe"),
                       ("invoice.due_days", "366"), ("currency.base", "XXX")):
        a = admin.set(key, value)
        same((a.status, list(a.fields)), (422, ["value"]), f"{key} = {value}")


@case("minimum above maximum is refused, from either side")
def _():
    setting("recharge.minimum", "50")
    same(admin.set("recharge.maximum", "49.99").status, 422)
    setting("recharge.maximum", "50")
    same(admin.set("recharge.minimum", "50.01").status, 422)
    setting("recharge.minimum", "")
    setting("recharge.maximum", "")


@case("contradictory combinations are named")
def _():
    setting("ip.default_charge", 0)
    a = admin.set("ip.free_one", 1)
    assert any("no effect" in w for w in a.json["warnings"]), a
    setting("ip.default_charge", 1)
    setting("ip.free_one", 0)
    a = admin.patch("/settings/signup.verification_refund", {"value": "1", "dry_run": True})
    assert any("nothing to refund" in w for w in a.json["warnings"]), a
    same(a.json["row"]["value"], "0", "a dry run keeps nothing")


@case("every combination that deserves a word gets it, and no other")
def _():
    def said(key, value):
        a = admin.patch(f"/settings/{key}", {"value": value, "dry_run": True})
        same(a.status, 200, f"{key} {value}")
        return " ".join(a.json["warnings"])

    client(plan="PREPAID", category="INDIVIDUAL")
    setting("currency.multi", 1)
    p, account = client(plan="PREPAID", currency="EUR")
    credit(account, "50.00")
    same(p.post_i("/instances", {"name": "web", "zone_id": 1, "offering_id": 1,
                                 "public_ip": False}).status, 201)
    off = {"whmcs.enabled": "0"}
    # What stands, what is changed, what is said; and with what it is not said.
    table = (
        ({"ip.default_charge": "0"}, "ip.free_one", "1", "has no effect", {"ip.default_charge": "1"}),
        ({"signup.payment": "0"}, "signup.verification_refund", "1", "nothing to refund",
         {"signup.payment": "1"}),
        (off, "payment.portal", "0", "have no way to pay", {"whmcs.enabled": "1"}),
        ({**off, "payment.portal": "0"}, "whmcs.enabled", "0", "have no way to pay",
         {"payment.portal": "1"}),
        ({"payment.portal": "0", "invoice.menu": "0"}, "suspension.enabled", "1",
         "neither see nor pay", {"invoice.menu": "1"}),
        ({"plan.individual": "PREPAID"}, "suspension.enabled", "0", "unlimited credit",
         {"plan.individual": "POSTPAID"}),
        ({"suspension.enabled": "0"}, "plan.organization", "PREPAID", "unlimited credit",
         {"suspension.enabled": "1"}),
        ({}, "suspension.enabled", "0", "Accounts that are suspended stay so", None),
        ({}, "currency.multi", "0", "accounts in other currencies keep theirs", None),
        ({}, "prepaid.hourly", "0", "a day is used before it is debited", None),
        ({"prepaid.frequency": "WEEKLY"}, "prepaid.hourly", "0",
         "a week is used before it is debited", None),
        ({"prepaid.hourly": "0"}, "prepaid.frequency", "MONTHLY",
         "a month is used before it is debited", {"prepaid.hourly": "1"}),
        ({}, "display.cost_decimals", "1", "prices are too small for these decimals", None),
        ({}, "prepaid.negative_display", "0", "Amounts due and needed are still shown", None),
    )
    before = {r["key"]: r["value"] for r in admin.get("/settings").json["rows"]}
    for stands, key, value, words, without in table:
        for k, v in stands.items():
            setting(k, v)
        assert words in said(key, value), (key, value, words, said(key, value))
        for k, v in (without or {}).items():
            setting(k, v)
            assert words not in said(key, value), (key, value, words, "with", k, v)
        for k in {*stands, *(without or {})}:
            setting(k, before[k])
    # the other position of each says nothing of the kind
    for key, value, words in (("prepaid.hourly", "1", "debited daily"),
                              ("display.cost_decimals", "8", "too small"),
                              ("prepaid.negative_display", "1", "still shown")):
        assert words not in said(key, value), (key, value, said(key, value))
    for key, value in (("recharge.currencies", "EUR 10"), ("recharge.currencies", "USD 1-5"),
                       ("recharge.currencies", "EUR 9-5")):
        same(admin.set(key, value).status, 422, f"{key} = {value}")
    p.delete_i(f"/instances/{p.get('/instances').json['rows'][0]['id']}")
    setting("currency.multi", 0)


@case("what a switch would change is said before it is saved, to the unit, and nothing is kept")
def _():
    def effect(key, value):
        a = admin.get(f"/settings/{key}/effect", value=value)
        same(a.status, 200, a)
        return {r["currency"]: r for r in a.json["rows"]}.get("JPY")

    setting("currency.multi", 1)
    same(effect("ip.default_charge", "0"), None, "nobody in this currency yet")
    p, account = client(plan="POSTPAID", currency="JPY")
    same(p.post_i("/instances", {"name": "web", "zone_id": 1, "offering_id": 1,
                                 "public_ip": True}).status, 201)
    same(p.post_i("/ips", {"zone_id": 1}).status, 201)
    next_hour(5)
    next_hour(5)
    # Two hours, half begun ones whole, of an instance and two addresses in yen.
    yen = {k: PRICE[k] * 152 for k in ("nano", "ip")}
    full = 2 * (yen["nano"] + 2 * yen["ip"])
    for key, value, less in (("ip.default_charge", "0", 4 * yen["ip"]),
                             ("ip.free_one", "1", 2 * yen["ip"]),
                             ("ip.default_charge", "1", 0), ("ip.secondary_charge", "0", 0)):
        r = effect(key, value)
        same((e8(r["before"]), e8(r["after"]), r["accounts"], r["changed"]),
             (full, full - less, 1, int(less > 0)), f"{key} {value}")
    told = stack.command("settings", "set", "ip.default_charge", "0", "--dry-run")
    row = [x for x in told["effect"] if x["currency"] == "JPY"][0]
    same((row["after"], row["changed"]), (effect("ip.default_charge", "0")["after"]["amount"], 1))
    a = admin.get("/settings/portal.name/effect", value="X").json
    same((a["rules"], a["rows"]), (False, []), "rules no hour")
    same(admin.get("/settings/ip.free_one/effect", value="maybe").status, 422)
    same(admin.get("/settings/no.such/effect", value="1").status, 404)
    setting("currency.multi", 0)


@case("whoever edits an old version is told, and nothing is lost")
def _():
    row = admin.patch("/settings/promo.prefix", {"value": "one"}).json["row"]
    same(row["value"], "ONE", "upper-cased")
    same(admin.patch("/settings/promo.prefix", {"value": "two", "version": row["version"]})
         .status, 200)
    a = admin.patch("/settings/promo.prefix", {"value": "three", "version": row["version"]})
    same((a.status, a.code), (409, "settings.version"))
    old = admin.get("/settings/promo.prefix/history").json["rows"]
    same([r["new"] for r in old[:2]], ["TWO", "ONE"], "history")
    assert old[0]["actor"] and old[0]["at"], old[0]
    setting("promo.prefix", "")


@case("a switch that is off is off in the server")
def _():
    for key, path in (("payment.portal", "/payment-settings"), ("invoice.menu", "/invoices")):
        setting(key, 0)
        a = ada.get(path)
        same((a.status, a.code), (403, "feature.off"), path)
        setting(key, 1)
        same(ada.get(path).status, 200, path)
    setting("payment.portal", 0)
    same(ada.post_i("/recharges", {"amount": "10.00"}).status, 403)
    setting("payment.portal", 1)
    setting("whmcs.enabled", 0)
    same(admin.get("/whmcs").status, 403)
    setting("whmcs.enabled", 1)


@case("contract type is offered, taken and refused by its switch")
def _():
    same(admin.get("/clients/form").json["contract_types"], None)
    body = {"category": "ORGANIZATION", "email": "fixed@example.com", "first_name": "F",
            "last_name": "X", "company": "F", "address1": "1", "city": "Dublin", "postcode": "1",
            "country": "IE", "phone": "12345", "contract": "FIXED", "fixed_fee": "100.00"}
    a = admin.post_i("/clients", body)
    same((a.status, list(a.fields)), (422, ["contract"]))
    setting("contract.type", 1)
    same(admin.get("/clients/form").json["contract_types"], ["PAYG", "FIXED"])
    same(admin.post_i("/clients", {**body, "fixed_fee": "-1"}).status, 422)
    same(admin.post_i("/clients", body).status, 201)
    setting("contract.type", 0)


@case("plans: the category's setting decides, FLEXIBLE leaves the choice")
def _():
    p = Portal(stack.port, "user")
    p.boot()
    before = {r["category"]: r for r in p.get("/signup").json["plans"]}
    setting("plan.organization", "FLEXIBLE")
    after = {r["category"]: r for r in p.get("/signup").json["plans"]}
    same(before["ORGANIZATION"]["choices"], ["POSTPAID"])
    same(sorted(after["ORGANIZATION"]["choices"]), ["FLEXIBLE", "POSTPAID", "PREPAID"])
    setting("plan.organization", "POSTPAID")


@case("the command refuses what the screen refuses")
def _():
    r = subprocess.run([f"{stack.home}/build/obj/tollbridge", "--config",
                        f"{stack.home}/etc/migrate.conf", "settings", "set",
                        "display.cost_decimals", "9"], capture_output=True, text=True)
    same(r.returncode, 2)
    assert "between 0 and 8" in r.stderr, r.stderr


finish()
