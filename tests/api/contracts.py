#!/usr/bin/python3
"""Contracts: what is included, what is beyond, changes, fees in advance, the switch."""
import datetime

from world import (E8, PRICE, Portal, admin, case, client, credit, e8, finish, invoices,
                   month_start, move, next_hour, next_month, now, same, setting, stack, wait_for)

setting("whmcs.enabled", 0)
setting("contract.type", 1)


def day_of_next_month(n, hour=0, minute=10):
    """The n-th day of the month after this one, so that no case depends on the one before."""
    move(month_start(now()) + datetime.timedelta(days=n - 1, hours=hour, minutes=minute))


def fixed(fee, parts=None, overage=None, **more):
    body = {"contract": "FIXED", "fixed_fee": fee, "plan": "POSTPAID", **more}
    if parts is not None:
        body["parts"] = parts
    if overage:
        body["overage"] = overage
    return client(**body)


def part(what, quantity=0, offering=0):
    return {"what": what, "quantity": quantity, "offering_id": offering}


def contract(account):
    a = admin.get(f"/clients/{account}/contract")
    same(a.status, 200, a)
    return a.json["contract"]


def change(account, **body):
    return admin.post(f"/clients/{account}/contract", {"note": "asked for", **body})


def vm(p, name, offering=2):
    return p.post_i("/instances", {"name": name, "zone_id": 1, "offering_id": offering})


def fees(inv):
    return [(x["description"], x["amount"]["amount"]) for x in inv["lines"]
            if x["component"] == "FIXED_FEE"]


def usage(inv):
    return sum(e8(x["exact"]) for x in inv["lines"] if x["component"] != "FIXED_FEE")


@case("Add Client: what can be included; wrong rows are named; what was agreed is shown")
def _():
    form = admin.get("/clients/form").json
    things = {x["what"]: x for x in form["contract_things"]}
    same(sorted(things), ["INSTANCE", "INSTANCE_RUNNING", "INSTANCE_STOPPED", "PUBLIC_IP",
                          "SECONDARY_IP", "SNAPSHOT", "TRAFFIC", "VOLUME"])
    same([things["TRAFFIC"]["limited"], things["INSTANCE"]["offerings"][1]["id"]], [False, 2])
    body = {"category": "INDIVIDUAL", "email": "c1@example.com", "first_name": "C",
            "last_name": "X", "address1": "1", "city": "Dublin", "postcode": "1",
            "country": "IE", "phone": "12345", "contract": "FIXED", "fixed_fee": "49.00"}
    for more, field in (({"parts": [part("CPU", 1)]}, "parts[0].what"),
                        ({"parts": [part("TRAFFIC", 5)]}, "parts[0].quantity"),
                        ({"parts": [part("PUBLIC_IP", 1, 2)]}, "parts[0].offering_id"),
                        ({"parts": [part("INSTANCE", 1, 999)]}, "parts[0].offering_id"),
                        ({"parts": [part("INSTANCE", 1), part("INSTANCE", 2)]}, "parts[1].what"),
                        ({"parts": [part("INSTANCE", -1)]}, "parts[0].quantity"),
                        ({"fixed_fee": "1.005"}, "fixed_fee"),
                        ({"overage": "FREE"}, "overage"),
                        ({"contract": "PAYG"}, "fixed_fee"),
                        ({"contract": "PAYG", "fixed_fee": None, "overage": "PAYG"}, "overage")):
        a = admin.post_i("/clients", {**body, **more})
        same((a.status, list(a.fields)), (422, [field]), more)
    p, account = fixed("49.00", [part("INSTANCE", 2, 2), part("TRAFFIC")], "REFUSE")
    got = contract(account)
    same((got["now"]["kind"], got["now"]["fee"]["amount"], got["now"]["overage"], got["next"]),
         ("FIXED", "49.00", "REFUSE", None))
    same([(x["what"], x["offering"], x["quantity"], x["used"]) for x in got["now"]["parts"]],
         [("INSTANCE", "Small", 2, 0), ("TRAFFIC", None, 0, 0)])
    same(len(got["history"]), 1)


@case("beyond a contract that refuses: named limit, estimate, list for staff of what was reported")
def _():
    day_of_next_month(2)
    p, account = fixed("30.00", [part("INSTANCE", 1)], "REFUSE")
    e = p.post("/estimates", {"zone_id": 1, "offering_id": 2}).json
    same([(x["component"], x["free"], x["included"], x["refused"]) for x in e["lines"]],
         [("INSTANCE", True, 1, False)])
    same((e8(e["hour"]), e["lines"][0]["note"]), (0, "included in your contract"))
    same(vm(p, "one").status, 201)
    a = vm(p, "two")
    same((a.status, a.json["error"]["code"]), (409, "contract.limit"), a)
    assert "1 x Instance" in a.json["error"]["message"], a
    e = p.post("/estimates", {"zone_id": 1, "offering_id": 2, "public_ip": True}).json
    same([(x["component"], x["included"], x["refused"]) for x in e["lines"]][:2],
         [("INSTANCE", 0, True), ("PUBLIC_IP", 0, True)])
    a = p.post_i("/ips", {"zone_id": 1})
    same((a.status, a.json["error"]["code"]), (409, "contract.limit"), a)
    assert "does not include" in a.json["error"]["message"], a
    # an orchestrator does not ask
    with open(f"{stack.home}/etc/orchestrator.key") as f:
        key = f.read().strip()
    a = Portal(stack.port, "hook").request("POST", "/usage-events", {"events": [{"id": f"x{account}", "type": "instance.created",
                          "at": now().strftime("%Y-%m-%dT%H:%M:%SZ"), "resource": f"vm-{account}",
                          "account_id": account, "zone": "dub1", "offering": "small",
                          "name": "forced"}]}, headers={"Authorization": f"Bearer {key}"})
    same(a.status, 200, a)
    over = contract(account)["over"]
    same([(x["name"], x["type"], e8(x["list_hour"])) for x in over],
         [("forced", "INSTANCE", PRICE["small"])])
    next_month()
    inv = invoices(p, 1)[0]
    same(usage(inv), 0, "what is beyond is not charged")
    assert any("beyond the contract" in x["description"] for x in inv["lines"]), inv["lines"]
    days = (month_start(now(), 0) - month_start(now(), -1)).days
    want = (2 * 3000 * (days - 1) + days) // (2 * days)
    same(fees(inv), [(f"Fixed payment, {days - 1}/{days} of 30.00",
                      f"{want // 100}.{want % 100:02d}")])


@case("beyond a contract that does not: Pay-As-You-Go for what is the younger one")
def _():
    day_of_next_month(1)
    p, account = fixed("30.00", [part("INSTANCE", 1)])
    one = vm(p, "one").json["id"]
    next_hour(5)
    same(vm(p, "two").status, 201)
    dash = p.get("/dashboard").json
    same((e8(dash["burn_hour"]), dash["contract"]["now"]["parts"][0]["used"]),
         (PRICE["small"], 1))
    next_hour(30)
    same(p.delete_i(f"/instances/{one}").status, 200)
    next_month()
    inv = invoices(p, 1)[0]
    # the second one's two hours, until the place of the first was free
    same((fees(inv), usage(inv)), ([("Fixed payment", "30.00")], 2 * PRICE["small"]))
    same(inv["subtotal"]["amount"], "30.05")


@case("upwards at the next hour, downwards at the end, one at a time, cancelled by staff only")
def _():
    day_of_next_month(1)
    p, account = fixed("30.00")
    half = (month_start(now(), 0) + datetime.timedelta(days=10, hours=9, minutes=20))
    move(half)
    a = change(account, contract="FIXED", fee="60.00")
    same((a.status, a.json["at"]), (200, half.replace(hour=10, minute=0).strftime(
        "%Y-%m-%dT%H:%M:%SZ")), a)
    same((contract(account)["now"]["fee"]["amount"], contract(account)["next"]["fee"]["amount"]),
         ("30.00", "60.00"))
    a = change(account, contract="FIXED", fee="90.00")
    same((a.status, a.json["error"]["code"]), (409, "contract.hour"), a)
    next_hour(5)
    same((contract(account)["now"]["fee"]["amount"], contract(account)["next"]),
         ("60.00", None))
    a = change(account, contract="FIXED", fee="60.00")
    same((a.status, list(a.fields)), (422, ["contract"]), a)
    end = month_start(now())
    a = change(account, contract="PAYG")
    same((a.status, a.json["at"]), (200, end.strftime("%Y-%m-%dT%H:%M:%SZ")), a)
    a = change(account, contract="FIXED", fee="20.00")
    same((a.status, a.json["error"]["code"]), (409, "contract.open"), a)
    same(p.get("/dashboard").json["contract"]["next"]["kind"], "PAYG")
    same(p.request("POST", f"/clients/{account}/contract", {"contract": "PAYG"}).status, 404)
    same(admin.post(f"/clients/{account}/contract/cancel", {}).status, 200)
    same(contract(account)["next"], None)
    a = admin.post(f"/clients/{account}/contract/cancel", {})
    same((a.status, a.json["error"]["code"]), (409, "contract.none"), a)
    same(change(account, contract="FIXED", fee="20.00", parts=[part("INSTANCE", 3)]).status, 200)
    next_month()
    inv = invoices(p, 1)[0]
    days = (end - month_start(half, 0)).days
    same([x[0] for x in fees(inv)], [f"Fixed payment, 10/{days} of 30.00",
                                     f"Fixed payment, {days - 10}/{days} of 60.00"])
    want = (2 * (3000 * 10 + 6000 * (days - 10)) + days) // (2 * days)
    same(inv["subtotal"]["amount"], f"{want // 100}.{want % 100:02d}")
    got = contract(account)
    same((got["now"]["fee"]["amount"], got["now"]["parts"][0]["quantity"], got["next"]),
         ("20.00", 3, None))
    same([x["state"] for x in got["history"]], ["ACTIVE", "CANCELLED", "ACTIVE", "ACTIVE"])


@case("prepaid: waits for money, pays in advance, is not renewed without it, begins anew with it")
def _():
    day_of_next_month(1)
    p, account = fixed("30.00", plan="PREPAID")
    got = contract(account)
    same((got["now"]["kind"], got["next"]["state"], got["next"]["due"]["amount"]),
         ("PAYG", "WAITING", "36.90"), "with 23 % VAT")
    credit(account, "36.89")
    next_hour(5)
    same(contract(account)["next"]["state"], "WAITING", "a cent too little")
    credit(account, "13.11")
    wait_for("it begins", lambda: contract(account)["next"]["state"] == "ACTIVE")
    same(e8(p.get("/dashboard").json["wallet"]["balance"]), 20 * E8, "drawn in advance")
    next_hour(5)
    same(contract(account)["now"]["kind"], "FIXED")
    same(vm(p, "one").status, 201)
    a = change(account, contract="FIXED", fee="90.00")
    same((a.status, list(a.fields)), (422, ["fee"]), "the difference is not there")
    next_month()
    inv = invoices(p, 1)[0]
    same((inv["status"], inv["subtotal"]["amount"], usage(inv)), ("PAID", "30.00", 0))
    wait_for("suspended", lambda: admin.get(f"/clients/{account}").json["status"] == "SUSPENDED")
    same([r["reason"] for r in admin.get(f"/clients/{account}").json["reasons"]], ["EXHAUSTED"])
    got = contract(account)
    same((got["now"]["kind"], got["next"]["state"], got["next"]["renewal"]),
         ("PAYG", "WAITING", True))
    # what the customer reads is what it takes
    credit(account, p.get("/dashboard").json["wallet"]["needed"]["amount"])
    wait_for("active", lambda: admin.get(f"/clients/{account}").json["status"] == "ACTIVE")
    same(contract(account)["next"]["state"], "ACTIVE", "with the next hour")
    next_hour(5)
    same(contract(account)["now"]["kind"], "FIXED")


@case("the switch: no field, no new one, no change to one; what there is goes on; sign-up is PAYG")
def _():
    day_of_next_month(1)
    p, account = fixed("30.00")
    a = admin.set("contract.type", 0)
    same(a.status, 200, a)
    assert any("Fixed Payment contracts remain" in w for w in a.json["warnings"]), a
    form = admin.get("/clients/form").json
    same((form["contract_types"], form["contract_things"]), (None, None))
    a = change(account, contract="FIXED", fee="60.00")
    same((a.status, a.json["error"]["code"]), (403, "feature.off"), a)
    next_month()
    same(fees(invoices(p, 1)[0]), [("Fixed payment", "30.00")])
    same(change(account, contract="PAYG").status, 200, "one can be ended")
    setting("contract.type", 1)


finish()
