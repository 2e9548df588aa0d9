#!/usr/bin/python3
"""Suspension by itself: who, when, what happens to their resources, what it costs, and the way back."""
import datetime
import uuid
import zoneinfo

import world
from world import (E8, PRICE, admin, case, client, credit, e8, finish, month_start, move, next_hour,
                   next_month, now, same, setting, stack, Portal)

HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)
with open(f"{stack.home}/etc/orchestrator.key") as f:
    BEARER = {"Authorization": f"Bearer {f.read().strip()}"}
hook = Portal(stack.port, "hook")
# Accounts of other suites are not to hold up ours.
setting("suspension.mass_accounts", 1000000)
setting("whmcs.enabled", 1)


def wait_for(what, look, seconds=300):
    """The biller may have months of hours before it on a busy machine."""
    return world.wait_for(what, look, seconds)


def at(text):
    return datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(
        tzinfo=datetime.timezone.utc)


def looked():
    """Until the biller has looked for candidates once more."""
    t = now()
    never = "2000-01-01T00:00:00Z"
    wait_for("a look", lambda: at(admin.get("/suspension").json["looked_at"] or never) > t
             + datetime.timedelta(seconds=1))


def invoices(p, n):
    """Months of hours of every prepaid account come first."""
    return world.invoices(p, n, 300)


def view(account):
    return admin.get(f"/clients/{account}").json


def status(account):
    return view(account)["status"]


def becomes(account, what):
    wait_for(f"{what} of {account}", lambda: status(account) == what)


def job(account, direction, state="DONE"):
    """Waits until the account's last job is this one."""
    def look():
        j = view(account)["suspension"]["job"]
        return j if j and (j["direction"], j["state"]) == (direction, state) else None
    return wait_for(f"{direction} {state} of {account}", look)


def reasons(account):
    return sorted(r["reason"] for r in view(account)["reasons"])


def instance(p, name, offering=2, **more):
    a = p.post_i("/instances", {"name": name, "zone_id": 1, "offering_id": offering, **more})
    same(a.status, 201, f"{name}: {a}")
    return a.json["id"]


def states(p):
    return {r["name"]: r["state"] for r in p.get("/instances").json["rows"]}


def exhausted(looks=False, **more):
    """A prepaid customer with two instances, one of them stopped, whose funds are used up: three
    hours pass. looks: and the biller sees each of them begin."""
    p, account = client(plan="PREPAID", category="INDIVIDUAL", country="CH", **more)
    credit(account, "0.06")
    next_hour(5)
    instance(p, "runs")
    idle = instance(p, "idle")
    same(p.post_i(f"/instances/{idle}/stop").status, 200)
    if not looks:
        move(now() + 3 * HOUR)
        return p, account
    for _ in range(3):
        next_hour(5)
        looked()
    return p, account


def send(*events):
    return hook.request("POST", "/usage-events", {"events": list(events)}, headers=BEARER)


def event(kind, ref, when=None, **more):
    return {"id": uuid.uuid4().hex, "type": kind, "resource": ref,
            "at": (when or now()).strftime("%Y-%m-%dT%H:%M:%SZ"), **more}


def commands(account):
    a = hook.request("GET", "/commands", headers=BEARER)
    same(a.status, 200, a)
    return [x for x in a.json["commands"] if x["account_id"] == account]


def answer(command, how, body=None, headers=None):
    return hook.request("POST", f"/commands/{command['id']}/{how}", body or {},
                        headers=headers or BEARER)


def charged(p, component, n=1):
    """Priced and free hours of a component on the customer's newest invoice."""
    inv = invoices(p, n)[0]
    lines = [x for x in inv["lines"] if x["component"] == component]
    return (sum(x["hours"] for x in lines if e8(x["exact"]) != 0),
            sum(x["hours"] for x in lines if "(suspended)" in x["description"]), inv)


@case("overdue in the customer's zone, halted, not billed, paid in WHMCS, exactly the same runs again")
def _():
    zone = "America/New_York"
    move(month_start(now(), zone=zone) - 4 * HOUR)
    p, account = client(timezone=zone)
    for name in ("web", "db", "spare"):
        instance(p, name, public_ip=name == "web")
    spare = [r["id"] for r in p.get("/instances").json["rows"] if r["name"] == "spare"][0]
    same(p.post_i(f"/instances/{spare}/stop").status, 200)
    start = next_month(zone)
    inv = invoices(p, 1)[0]
    # The due day is New York's and ends at its midnight.
    due = at(inv["due_at"]).astimezone(zoneinfo.ZoneInfo(zone)).date()
    day = datetime.datetime.combine(due + 6 * DAY, datetime.time(), zoneinfo.ZoneInfo(zone))
    when = day.astimezone(datetime.timezone.utc)
    move(when - datetime.timedelta(minutes=2))
    looked()
    same(status(account), "ACTIVE", "a minute before its day of grace ends")
    before = now()
    move(when + datetime.timedelta(minutes=20))
    assert before < when
    becomes(account, "SUSPENDED")
    same(reasons(account), ["OVERDUE"])
    j = job(account, "HALT")
    same((j["done"], j["total"]), (2, 2), "halted what ran")
    same(states(p), {"web": "STOPPED", "db": "STOPPED", "spare": "STOPPED"})
    notice = p.boot()["notice"]
    same((notice["kind"], notice["reasons"], [x["number"] for x in notice["invoices"]]),
         ("suspended", ["OVERDUE"], [inv["number"]]), "the notice")
    same(notice["amount_due"]["amount"], inv["due"]["amount"], "what is needed")
    same(notice["invoices"][0]["status"], "OVERDUE")
    for a in (p.post_i("/instances", {"name": "x", "zone_id": 1, "offering_id": 1}),
              p.post_i(f"/instances/{spare}/start"), p.post_i("/ips", {"zone_id": 1})):
        same((a.status, a.code), (403, "account.suspended"))
    same(p.delete_i(f"/ips/{p.get('/ips').json['rows'][0]['id']}").status, 200, "deleting stays")
    halted_from = when.replace(minute=0, second=0) + HOUR
    move(halted_from + 6 * HOUR + datetime.timedelta(minutes=20))
    remote = wait_for("publication", lambda: p.get(f"/invoices/{inv['id']}").json["whmcs"]["id"])
    wait_for("published", lambda: stack.whmcs_api("GetInvoice", invoiceid=remote)["status"]
             == "Unpaid")
    stack.whmcs("act", {"op": "pay", "invoiceid": remote})
    becomes(account, "ACTIVE")
    j = job(account, "RESTORE")
    same((j["done"], j["total"]), (2, 2), "restored what ran")
    same(states(p), {"web": "RUNNING", "db": "RUNNING", "spare": "STOPPED"})
    same(p.boot()["notice"], None)
    end = next_month(zone)
    hours, free, inv = charged(p, "INSTANCE", 2)
    month = int((end - start).total_seconds()) // 3600
    same((hours, free), (3 * (month - 7), 3 * 7), "hours of three instances, seven of each halted")
    same(sum(e8(x["exact"]) for x in inv["lines"] if "(suspended)" in x["description"]), 0)
    running = [x for x in inv["lines"] if e8(x["unit"]) == PRICE["small"]]
    same(sum(x["hours"] for x in running), 2 * (month - 7), "running")


@case("out of funds: halted; too little does not resume, three hours of usage do; #8 masks nothing due")
def _():
    p, account = exhausted()
    becomes(account, "SUSPENDED")
    same(reasons(account), ["EXHAUSTED"])
    job(account, "HALT")
    same(states(p), {"runs": "STOPPED", "idle": "STOPPED"})
    burn = PRICE["small"] + PRICE["small"] * 20 // 100
    left = e8(view(account)["wallet"]["balance"])
    same(left, 6000000 - 2 * PRICE["small"] - 2 * burn, "three hours ran")
    # The hour that nothing covers is free; three of what ran are needed.
    cents = -(-(3 * burn - left) // 1000000)
    setting("prepaid.negative_display", 0)
    notice = p.boot()["notice"]
    same(round(float(notice["amount_due"]["amount"]) * 100), cents, "needed, to the cent")
    wallet = p.get("/dashboard").json["wallet"]
    same((e8(wallet["balance"]), wallet["needed"]["amount"]), (0, notice["amount_due"]["amount"]))
    setting("prepaid.negative_display", 1)
    credit(account, f"0.{cents - 1:02d}")
    next_hour(5)
    looked()
    same(status(account), "SUSPENDED", "a cent too little")
    same(p.boot()["notice"]["amount_due"]["amount"], "0.01")
    next_hour(5)
    looked()
    same(e8(view(account)["wallet"]["balance"]), left + (cents - 1) * 1000000,
         "neither the hour of the suspension is debited nor one after it")
    credit(account, "0.01")
    becomes(account, "ACTIVE")
    job(account, "RESTORE")
    same(states(p), {"runs": "RUNNING", "idle": "STOPPED"})
    next_hour(5)
    looked()
    same(status(account), "ACTIVE", "no flapping")
    for row in p.get("/instances").json["rows"]:
        p.delete_i(f"/instances/{row['id']}")


@case("with the biller in time nothing is owed: an hour that is not covered does not begin")
def _():
    p, account = exhausted(looks=True)
    becomes(account, "SUSPENDED")
    job(account, "HALT")
    same(e8(view(account)["wallet"]["balance"]), 6000000 - 2 * PRICE["small"], "one hour ran")
    q, other = client(plan="PREPAID", category="INDIVIDUAL")    # 23 % VAT
    credit(other, "0.12")
    next_hour(5)
    instance(q, "web")
    for _ in range(2):
        next_hour(5)
        looked()
        same(status(other), "ACTIVE")
    net = 2 * PRICE["small"]
    same(e8(view(other)["wallet"]["tax_reserved"]), -(-net * 23 // 100))
    same(e8(view(other)["wallet"]["available"]), 12000000 - net - -(-net * 23 // 100))
    next_hour(5)                        # 0.0196 are left for 0.0335
    becomes(other, "SUSPENDED")
    next_month()
    inv = invoices(q, 1)[0]
    same((inv["status"], inv["total"]["amount"]), ("PAID", "0.10"))
    assert e8(q.get("/balance").json["balance"]) >= 0
    for x in (p, q):
        for row in x.get("/instances").json["rows"]:
            x.delete_i(f"/instances/{row['id']}")


@case("flexible: the balance, then the credit line; halted when both are used up, resumed by a credit")
def _():
    p, account = client(plan="FLEXIBLE", credit_limit="0.05", country="CH")
    credit(account, "0.04")
    next_hour(5)
    instance(p, "runs")                 # 0.0272 an hour of 0.09
    next_hour(5)
    next_hour(5)
    looked()
    same(status(account), "ACTIVE", "on the credit line")
    next_hour(5)
    becomes(account, "SUSPENDED")
    same(reasons(account), ["EXHAUSTED"])
    job(account, "HALT")
    due = e8(p.boot()["notice"]["amount_due"])
    # Three hours were used; three more must fit.
    same(due, -(-(6 * PRICE["small"] - 9000000) // 1000000) * 1000000, "needed")
    credit(account, f"{due / E8:.2f}")
    becomes(account, "ACTIVE")
    job(account, "RESTORE")
    same(states(p), {"runs": "RUNNING"})
    p.delete_i(f"/instances/{p.get('/instances').json['rows'][0]['id']}")
    unlimited, free = client(plan="FLEXIBLE")
    instance(unlimited, "runs")
    next_hour(5)
    looked()
    same(status(free), "ACTIVE", "no limit, no end")


@case("what staff suspended no money releases; only the cleared reason goes")
def _():
    p, account = exhausted()
    becomes(account, "SUSPENDED")
    same(admin.post(f"/clients/{account}/suspend", {"note": "abuse report"}).status, 200)
    same(reasons(account), ["ADMIN", "EXHAUSTED"])
    credit(account, "5.00")
    wait_for("the reason to go", lambda: reasons(account) == ["ADMIN"])
    same(status(account), "SUSPENDED")
    same(states(p)["runs"], "STOPPED")
    same(admin.post(f"/clients/{account}/unsuspend", {"note": "cleared"}).status, 200)
    same(status(account), "ACTIVE")
    job(account, "RESTORE")
    same(states(p), {"runs": "RUNNING", "idle": "STOPPED"})


@case("suspended again while it is being restored: still exactly what ran at first")
def _():
    p, account = client()
    instance(p, "one")
    instance(p, "two")
    for _ in range(3):
        same(admin.post(f"/clients/{account}/suspend", {"note": "again"}).status, 200)
        same(admin.post(f"/clients/{account}/unsuspend", {"note": "and back"}).status, 200)
    same(admin.post(f"/clients/{account}/suspend", {"note": "for now"}).status, 200)
    job(account, "HALT")
    same(states(p), {"one": "STOPPED", "two": "STOPPED"})
    next_hour(5)
    same(admin.post(f"/clients/{account}/unsuspend", {"note": "done"}).status, 200)
    job(account, "RESTORE")
    same(states(p), {"one": "RUNNING", "two": "RUNNING"})


@case("off: nobody is suspended, who is stays, staff releases them together; on: it goes on")
def _():
    p, account = exhausted()
    becomes(account, "SUSPENDED")
    setting("suspension.enabled", 0)
    q, other = exhausted()
    looked()
    same((status(account), status(other)), ("SUSPENDED", "ACTIVE"))
    same(admin.get("/suspension").json["pause"], "OFF")
    same(admin.post("/suspension/confirm", {"count": 1}).code, "feature.off")
    same(admin.post("/clients/%d/suspend" % other, {"note": "staff may"}).status, 200)
    a = admin.post("/suspension/release", {"note": "a day of grace", "hold_days": 1})
    assert a.status == 200 and a.json["released"] >= 1, a
    same((status(account), status(other)), ("ACTIVE", "SUSPENDED"), "staff's own stay")
    setting("suspension.enabled", 1)
    looked()
    same(status(account), "ACTIVE", "held for a day")
    move(now() + DAY + HOUR)
    becomes(account, "SUSPENDED")
    for x in (p, q):
        for row in x.get("/instances").json["rows"]:
            x.delete_i(f"/instances/{row['id']}")


@case("hold until: not before, and right after")
def _():
    p, account = client(plan="PREPAID", category="INDIVIDUAL")
    until = now().replace(minute=0, second=0) + 8 * HOUR
    same(admin.post(f"/clients/{account}/hold", {"note": "x" * 3, "until": "2020-01-01T00:00:00Z"})
         .status, 422)
    same(admin.post(f"/clients/{account}/hold", {
        "note": "waits for a bank transfer", "until": until.strftime("%Y-%m-%dT%H:%M:%SZ")}).status,
         200)
    credit(account, "0.06")
    instance(p, "runs")
    for _ in range(4):
        next_hour(5)
    looked()
    same(status(account), "ACTIVE", "held")
    same(at(view(account)["suspension"]["hold"]["until"]), until)
    move(until + datetime.timedelta(minutes=1))
    becomes(account, "SUSPENDED")
    p.delete_i(f"/instances/{p.get('/instances').json['rows'][0]['id']}")


@case("mass suspension: nothing happens until staff has seen the list and confirmed it, once")
def _():
    setting("suspension.mass_accounts", 1)
    setting("suspension.mass_percent", 0)
    made = [client(plan="PREPAID", category="INDIVIDUAL") for _ in range(3)]
    for p, account in made:
        credit(account, "0.06")
    next_hour(5)
    for p, account in made:
        instance(p, "runs")
    for _ in range(4):
        next_hour(5)
    ids = {account for _, account in made}
    held = wait_for("the breaker", lambda: admin.get("/overview").json["suspension"]["held"] >= 3)
    page = admin.get("/suspension").json
    assert held and page["held"] >= 3 and ids <= {r["id"] for r in page["rows"]}, page
    looked()
    same({status(a) for a in ids}, {"ACTIVE"})
    dry = stack.command("suspension", "run", "--dry-run")
    same((dry["suspended"], dry["held"]), (0, page["held"]), "the command says the same")
    same(admin.post("/suspension/confirm", {"count": page["held"] - 1}).status, 200)
    looked()
    same({status(a) for a in ids}, {"ACTIVE"}, "fewer were confirmed than would go")
    same(admin.post("/suspension/confirm", {"count": page["held"]}).status, 200)
    for account in ids:
        becomes(account, "SUSPENDED")
    wait_for("the permission is used up", lambda: admin.get("/suspension").json["allowed"] == 0)
    same(admin.get("/overview").json["suspension"]["held"], 0)
    listed = stack.command("suspension", "list")["rows"]
    assert ids <= {r["account_id"] for r in listed}, listed
    setting("suspension.mass_accounts", 1000000)
    setting("suspension.mass_percent", 10)
    for p, _ in made:
        p.delete_i(f"/instances/{p.get('/instances').json['rows'][0]['id']}")


@case("another system's instances: commands are fetched, acknowledged, repeated after a failure")
def _():
    p, account = client(plan="PREPAID", category="INDIVIDUAL")
    credit(account, "0.06")
    next_hour(5)
    ref = uuid.uuid4().hex
    same(send(event("instance.created", ref, account_id=account, zone="dub1", offering="small"))
         .json["results"][0]["status"], "applied")
    for _ in range(4):
        next_hour(5)
    becomes(account, "SUSPENDED")
    got = wait_for("the command", lambda: commands(account))
    same([(x["action"], x["resource"], x["type"]) for x in got], [("halt", ref, "INSTANCE")])
    same(answer(got[0], "done", headers={"Authorization": "Bearer x"}).status, 401)
    same(answer({"id": 999999999}, "done").status, 404)
    same(view(account)["suspension"]["job"]["state"], "OPEN", "waits for the acknowledgement")
    same(answer(got[0], "failed", {"error": "hypervisor did not answer"}).status, 200)
    same(commands(account), [], "not at once again")
    j = view(account)["suspension"]["job"]
    same((j["state"], j["last_error"]), ("OPEN", "hypervisor did not answer"))
    same(admin.post(f"/clients/{account}/retry").status, 200)
    same(len(commands(account)), 1, "again")
    same(send(event("instance.stopped", ref)).json["results"][0]["status"], "applied")
    same(answer(got[0], "done").status, 200)
    same(answer(got[0], "done").status, 200, "twice is harmless")
    job(account, "HALT")
    credit(account, "1.00")
    becomes(account, "ACTIVE")
    got = wait_for("the restore", lambda: commands(account))
    same([x["action"] for x in got], ["restore"])
    notice = p.boot()["notice"]
    same((notice["kind"], notice["job"]["done"], notice["job"]["total"]), ("restoring", 0, 1))
    same(send(event("instance.started", ref)).json["results"][0]["status"], "applied")
    same(answer(got[0], "done").status, 200)
    job(account, "RESTORE")
    same(p.boot()["notice"], None)
    send(event("instance.deleted", ref))


@case("addresses while suspended: none or kept at their price, no free line in hours at 0; late events too")
def _():
    setting("ip.free_one", 1)
    made = {}
    for policy in ("none", "storage_ip"):
        setting("suspension.bill_retained", policy)
        next_hour(5)
        start = now().replace(minute=0, second=0)
        p, account = client()
        instance(p, "web", public_ip=True)
        same(p.post_i("/ips", {"zone_id": 1}).status, 201)
        ref = uuid.uuid4().hex
        send(event("instance.created", ref, account_id=account, zone="dub1", offering="small"))
        next_hour(5)                                                # 1 whole hour has run
        same(admin.post(f"/clients/{account}/suspend", {"note": "for a test"}).status, 200)
        job(account, "HALT", "OPEN")
        wait_for("the halt", lambda: states(p)["web"] == "STOPPED")
        for _ in range(3):
            next_hour(5)                                            # hours 2, 3, 4 halted
        same(admin.post(f"/clients/{account}/unsuspend", {"note": "tested"}).status, 200)
        wait_for("the restore", lambda: states(p)["web"] == "RUNNING")
        next_hour(5)                                                # 5 runs
        # Late: the other system's one had been gone since hour 3, in the suspension.
        move(start + 30 * HOUR)
        wait_for("rating", lambda: e8(view(account)["unbilled"]) > 0)
        same(send(event("instance.deleted", ref, start + 3 * HOUR + HOUR / 2)).json["results"][0]
             ["status"], "applied")
        made[policy] = p, account, start
    setting("suspension.bill_retained", "none")
    setting("ip.free_one", 0)
    next_hour(1)
    end = next_month()
    # ip.free_one was on until the hour after it was switched off, for both.
    for policy, (p, account, start) in made.items():
        inv = invoices(p, 1)[0]
        hours = int((end - start).total_seconds()) // 3600
        halted = 3
        web = sum(e8(x["exact"]) for x in inv["lines"] if x["component"] == "INSTANCE")
        same(web, PRICE["small"] * (hours - halted) + PRICE["small"] * 2, f"{policy}: compute")
        gross = sum(e8(x["exact"]) for x in inv["lines"] if x["component"] == "PUBLIC_IP")
        paid = hours - (halted if policy == "none" else 0)
        same(gross, 2 * PRICE["ip"] * paid, f"{policy}: addresses")
        free = [x for x in inv["lines"] if x["component"] == "FREE_ONE_IP"]
        assert free and all(e8(x["exact"]) < 0 for x in free), free
        total = sum(x["hours"] for x in free)
        made[policy] = (*made[policy], total, hours)
    a, b = made["none"], made["storage_ip"]
    same(a[4] - a[3] - 3, b[4] - b[3], "the free line leaves out three halted hours, or none")


@case("Invoices menu off: Payment Settings lists what is open; Portal Payment off too: the notice does")
def _():
    p, account = client()
    instance(p, "web", offering=1)
    start = next_month()
    inv = invoices(p, 1)[0]
    move(start + 13 * DAY)
    becomes(account, "SUSPENDED")
    wait_for("the invoice in WHMCS", lambda: p.get(f"/invoices/{inv['id']}").json["whmcs"]["id"])
    setting("invoice.menu", 0)
    same(p.get("/invoices").status, 403)
    pay = p.get("/payment-settings").json
    row = [x for x in pay["open"] if x["number"] == inv["number"]][0]
    same((row["kind"], row["status"], row["due"]["amount"], row["due_at"]),
         ("INVOICE", "OVERDUE", inv["due"]["amount"], inv["due_at"]))
    same(pay["wallet"]["amount_due"]["amount"], inv["due"]["amount"])
    same(row["pay"]["kind"], "whmcs", "a link to pay")
    setting("payment.portal", 0)
    same(p.get("/payment-settings").status, 403)
    notice = p.boot()["notice"]
    same((notice["invoices"][0]["number"], notice["amount_due"]["amount"]),
         (inv["number"], inv["due"]["amount"]))
    assert notice["pay_text"] and notice["invoices"][0]["pay"]["kind"] == "offline", notice
    setting("payment.portal", 1)
    setting("invoice.menu", 1)
    p.delete_i(f"/instances/{p.get('/instances').json['rows'][0]['id']}")


@case("deletion: warned, stopped by staff, never after a payment, at last everything goes")
def _():
    p, account = exhausted()
    q, payer = exhausted()
    becomes(account, "SUSPENDED")
    becomes(payer, "SUSPENDED")
    setting("suspension.delete_days", 10)
    def plan(of):
        return view(of)["suspension"]["deletion"]
    wait_for("the plan", lambda: plan(account) and plan(payer))
    due = at(plan(account)["due_at"])
    wait_for("a warning", lambda: [w["days_before"] for w in plan(account)["warnings"]] == [14])
    move(due - 2 * DAY)
    wait_for("warnings", lambda: [w["days_before"] for w in plan(account)["warnings"]] == [14, 3])
    same(admin.post(f"/clients/{account}/deletion", {"state": "STOPPED", "note": "asked for time"})
         .status, 200)
    credit(payer, "0.01")       # in part: still suspended
    wait_for("the payer's plan begins anew", lambda: plan(payer)
             and at(plan(payer)["due_at"]) > due + 5 * DAY)
    same(status(payer), "SUSPENDED")
    move(due + DAY)
    looked()
    same(states(p), {"runs": "STOPPED", "idle": "STOPPED"}, "stopped by staff")
    same(admin.post(f"/clients/{account}/deletion", {"state": "WAITING", "note": "time is up"})
         .status, 200)
    wait_for("the last warning", lambda: plan(account)["warnings"][-1]["days_before"] == 1)
    looked()
    same(len(states(p)), 2, "not before a day after it")
    move(now() + DAY + HOUR)
    wait_for("the deletion", lambda: states(p) == {})
    same(len(states(q)), 2, "the one who paid keeps his")
    setting("suspension.delete_days", 0)
    wait_for("no plan", lambda: plan(payer) is None)
    for row in q.get("/instances").json["rows"]:
        q.delete_i(f"/instances/{row['id']}")


@case("the books agree")
def _():
    setting("suspension.mass_accounts", 20)
    same(E8, 100000000)
    wait_for("quiet", lambda: stack.violations() == {})


finish()
