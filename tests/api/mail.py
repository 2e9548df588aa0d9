#!/usr/bin/python3
"""Mails: what goes to whom, once, whatever the mail server, the bridge or a name does."""
import datetime
import hashlib
import re
import time
import uuid
import zoneinfo

from world import (PASSWORD, Portal, admin, case, client, credit, finish, invoices, move,
                   next_hour, now, parallel, same, setting, slow_down, stack, wait_for)

DAY = datetime.timedelta(days=1)
OFF = {"whmcs.enabled": 0, "suspension.enabled": 0}
PLAIN = {"mail.enabled": 1, "mail.per_hour": 1000000, "mail.per_account_day": 1000,
         "mail.reminders": "-3,0,3,7", "mail.hour": 9, "mail.whmcs_invoices": 0,
         "mail.invoice_issued": 1, "mail.low_balance": 1}


def settings(**more):
    chosen = {k.replace("__", "."): v for k, v in more.items()}
    for key, value in {**OFF, **PLAIN, **chosen}.items():
        setting(key, value)


def box(to=None):
    return stack.mailbox("mails" + (f"?to={to}" if to else ""))["mails"]


def subjects(to):
    return [m["subject"].split(": ", 1)[1] for m in box(to)]


def arrives(to, text, n=1, seconds=60):
    """Waits for n mails with this in the subject; the last of them."""
    def look():
        found = [m for m in box(to) if text in m["subject"]]
        return found if len(found) >= n else None
    return wait_for(f"{n} x {text!r} to {to}", look, seconds)[-1]


def log(**query):
    return admin.get("/mails", per=100, **query).json["rows"]


def state_of(mail, *wanted, seconds=60):
    """Waits until a mail of the log is in one of these states."""
    def look():
        m = admin.get(f"/mails/{mail}").json
        return m if m["status"] in wanted else None
    return wait_for(f"mail {mail} {wanted}", look, seconds)


def fault(mode, times=1, **more):
    stack.mailbox("fault", {"mode": mode, "times": times, **more})


def address():
    return f"m{uuid.uuid4().hex[:12]}@example.com"


def test_mail(to):
    a = slow_down(lambda: admin.post("/mails/test", {"to": to}))
    same(a.status, 200, a)
    return a.json["id"]


def email_of(p):
    return p.boot()["user"]["email"]


def link_of(mail):
    return re.search(r"http://\S+", mail["text"]).group(0)


def looked():
    """Until the biller has looked at reminders and balances after now."""
    wait_for("the biller", lambda: admin.get("/overview").json["biller"]["lag_s"] == 0, 120)
    time.sleep(3)


def month_after(t, zone):
    """The first instant of the next local month."""
    t = t.astimezone(zoneinfo.ZoneInfo(zone))
    y, m = divmod(t.year * 12 + t.month, 12)
    return datetime.datetime(y, m + 1, 1, tzinfo=t.tzinfo).astimezone(datetime.timezone.utc)


def billed(zone="UTC", **more):
    """A postpaid customer with an invoice that is just issued: (portal, account, invoice)."""
    p, account = client(plan="POSTPAID", timezone=zone, **more)
    next_hour(5)
    a = p.post_i("/instances", {"name": "web", "zone_id": 1, "offering_id": 2})
    same(a.status, 201, a)
    move(month_after(now(), zone) + datetime.timedelta(minutes=10))
    inv = invoices(p, 1, 300)[0]
    same(p.delete_i(f"/instances/{a.json['id']}").status, 200)
    return p, account, inv


def due_day(inv, zone="UTC"):
    """The local day an invoice is due, at nine o'clock."""
    due = datetime.datetime.strptime(inv["due_at"], "%Y-%m-%dT%H:%M:%SZ").replace(
        tzinfo=datetime.timezone.utc).astimezone(zoneinfo.ZoneInfo(zone))
    return datetime.datetime(due.year, due.month, due.day, 9, tzinfo=due.tzinfo)


def move_to(local):
    move(local.astimezone(datetime.timezone.utc))


settings()
stack.mailbox("fault", method="DELETE")


@case("a test mail: asked for, sent, in the log with its words")
def _():
    to = address()
    mail = test_mail(to)
    m = arrives(to, "test mail")
    row = state_of(mail, "SENT")
    same((row["subject"], row["to"], row["kind"]), (m["subject"], to, "TEST"))
    same(row["text"].split(), m["text"].split())
    heads = {k.lower(): v for k, v in m["headers"]}
    same(heads["auto-submitted"], "auto-generated")
    same(m["type"], "multipart/mixed")
    assert m["sender"] == "portal@example.com" and m["html"].startswith("<!DOCTYPE"), m


@case("an issued invoice goes out once, with the very document that the portal serves")
def _():
    p, account, inv = billed()
    m = arrives(email_of(p), f"Invoice {inv['number']}")
    pdf = p.get(f"/invoices/{inv['id']}/pdf")
    same([(f["type"], f["sha256"]) for f in m["files"]],
         [("application/pdf", hashlib.sha256(pdf.raw).hexdigest())])
    assert inv["total"]["amount"] in m["subject"] and "Please pay" in m["text"], m
    path = link_of(m).split(str(stack.port), 1)[1]
    fresh = Portal(stack.port, "user")
    same(fresh.request("GET", path.replace("/api/user", "", 1)).raw, pdf.raw, "the link")
    same(len(log(account=account)), 1)


LADDER = "payment reminders: each step once, by the customer's own clock, only the latest after " \
         "a pause, none once it is paid"


@case(LADDER)
def _():
    zone = "Asia/Tokyo"
    p, account, inv = billed(zone)
    email, due = email_of(p), due_day(inv, zone)
    arrives(email, f"Invoice {inv['number']}")
    move_to(due - 3 * DAY - datetime.timedelta(minutes=20))
    looked()
    same(len(box(email)), 1, "twenty minutes too early")
    move_to(due - 3 * DAY + datetime.timedelta(minutes=5))
    m = arrives(email, "is due on")
    assert "days left: 3" in m["text"] and inv["total"]["amount"] in m["text"], m["text"]
    move_to(due + 4 * DAY)          # 0 and 3 came due meanwhile
    m = arrives(email, "is overdue")
    assert "days ago: 4" in m["text"], m["text"]
    looked()
    same(len(box(email)), 3, subjects(email))
    credit_note = admin.post_i(f"/invoices/{inv['id']}/credit-notes", {"reason": "for a test"})
    same(credit_note.status, 201, credit_note)
    arrives(email, "Credit note")
    move_to(due + 8 * DAY)
    looked()
    same(len(box(email)), 4, subjects(email))
    same([m["kind"] for m in log(account=account)], ["INVOICE", "OVERDUE", "REMINDER", "INVOICE"])


@case("staff's hold and the customer's own word keep reminders away; the invoice still comes")
def _():
    p, account, inv = billed()
    until = (now() + 90 * DAY).strftime("%Y-%m-%dT%H:%M:%SZ")
    same(admin.post(f"/clients/{account}/hold", {"until": until, "note": "promised"}).status, 200)
    q, other, second = billed()
    same(q.patch("/notifications", {"reminder": False, "overdue": False, "low_balance": True})
         .status, 200)
    same(q.get("/profile").json["notifications"],
         {"reminder": False, "overdue": False, "low_balance": True})
    for portal, bill in ((p, inv), (q, second)):
        arrives(email_of(portal), f"Invoice {bill['number']}")
    for days in (-3, 0, 3):
        move_to(due_day(second) + days * DAY + datetime.timedelta(minutes=5))
        looked()
    for who in (account, other):
        same({m["kind"] for m in log(account=who)}, {"INVOICE"})


@case("low balance: told once, again only after it was filled")
def _():
    p, account = client(plan="PREPAID", category="INDIVIDUAL")
    credit(account, "1.00")         # 29 hours of a small one and the 23 % VAT on it
    next_hour(5)
    same(p.post_i("/instances", {"name": "web", "zone_id": 1, "offering_id": 2}).status, 201)
    next_hour(5)
    email = email_of(p)
    m = arrives(email, "running low", seconds=120)
    assert re.search(r"about 2[89] hours", m["text"].replace("\n", " ")), m["text"]
    next_hour(5)
    looked()
    same(len(box(email)), 1, "once")
    credit(account, "50.00")
    next_hour(5)
    looked()
    same(len(box(email)), 1, "filled")
    setting("mail.low_hours", 8760)
    arrives(email, "running low", n=2, seconds=120)
    setting("mail.low_hours", 48)


@case("suspended and restored, with the reason")
def _():
    p, account = client()
    email = email_of(p)
    same(admin.post(f"/clients/{account}/suspend", {"note": "for a test"}).status, 200)
    m = arrives(email, "is suspended")
    assert "our staff" in m["text"], m["text"]
    same(admin.post(f"/clients/{account}/unsuspend", {"note": "over"}).status, 200)
    arrives(email, "active again")
    same(len(box(email)), 2)


@case("names are data: no second header, no markup, no placeholder of theirs is filled")
def _():
    name = "Zoë {{link}} <script>alert(1)</script> \"&' =?UTF-8?Q?x?="
    p, account = client(first_name=name, company="Ünïcode & Söhne GmbH")
    setting("portal.name", "Wölkchen \"Büro\" <x@evil.example>, " + "ü" * 8)
    try:
        same(admin.post(f"/clients/{account}/suspend", {"note": "for a test"}).status, 200)
        m = arrives(email_of(p), "is suspended")
    finally:
        setting("portal.name", "Nimbus Cloud")
    assert f"Hello {name}," in m["text"].replace("\n", " "), m["text"]
    assert "<script>" not in m["html"] and "&lt;script&gt;" in m["html"], m["html"]
    assert m["from"].endswith("<portal@example.com>") and "Wölkchen" in m["subject"], m
    same(m["to"], [email_of(p)])
    for bad in ("a\r\nBcc: x@example.com", "a\nb", "a\x00b"):
        for a in (p.patch("/profile", {"first_name": bad}),
                  slow_down(lambda: admin.post("/mails/test", {"to": f"x@example.com{bad}"}))):
            assert a.status in (400, 422), f"{bad!r}: {a}"
    same(stack.mailbox("breaches")["breaches"], [])


def fresh():
    p = Portal(stack.port, "user")
    p.boot()
    return p


def fresh_admin():
    p = Portal(stack.port, "admin")
    p.boot()
    return p


def reset(pool, email):
    p = Portal(stack.port, pool)
    p.boot()
    return p, slow_down(lambda: p.post("/password-reset", {"email": email}))


def confirm(p, token, password):
    return slow_down(lambda: p.post("/password-reset/confirm",
                                    {"token": token, "password": password}))


@case("forgotten password: the same answer for everybody, one use, every session ends")
def _():
    p, account = client()
    email = email_of(p)
    visitor, a = reset("user", email)
    _, b = reset("user", "nobody@example.com")
    same((a.status, a.body), (b.status, b.body))
    m = arrives(email, "set a new password")
    link = link_of(m)
    assert link.startswith(f"http://127.0.0.1:{stack.port}/user/reset#"), link
    token = link.split("#")[1]
    kept = admin.get(f"/mails/{log(account=account)[0]['id']}").json
    assert token not in str(kept) and "(not kept)" in kept["text"], kept
    same(confirm(visitor, token, "short").fields.keys(), {"password"})
    same(confirm(visitor, token[:-1] + ("A" if token[-1] != "A" else "B"), "x" * 12).code,
         "token.bad")
    same(confirm(fresh_admin(), token, "x" * 12).code, "token.bad", "the other portal")
    got = parallel([lambda: confirm(fresh(), token, "a new password")] * 4)
    same(sorted(a.status for a in got), [200, 404, 404, 404], "once")
    same(p.get("/dashboard").status, 401, "the old session")
    same(slow_down(lambda: fresh().login(email, PASSWORD)).status, 401)
    same(slow_down(lambda: fresh().login(email, "a new password")).status, 200)


@case("a new link ends the older one with its use; the fourth an hour is dropped without a word")
def _():
    p, account = client()
    email = email_of(p)
    for n in range(1, 4):
        same(reset("user", email)[1].status, 200)
        arrives(email, "set a new password", n=n)
    same(reset("user", email)[1].status, 200)
    tokens = [link_of(m).split("#")[1] for m in box(email)]
    same(len(set(tokens)), 3)
    same(confirm(fresh(), tokens[1], "a new password").status, 200)
    same([confirm(fresh(), t, "another password").code for t in (tokens[0], tokens[2])],
         ["token.bad"] * 2)
    time.sleep(2)
    same(len(log(account=account)), 3)


@case("staff resets a forgotten password in the staff portal")
def _():
    email = f"staff{uuid.uuid4().hex[:8]}@example.com"
    stack.command("admin", "create", email, "--role", "SUPPORT")
    visitor, a = reset("admin", email)
    same(a.status, 200, a)
    link = link_of(arrives(email, "set a new password"))
    assert "/admin/reset#" in link, link
    same(confirm(visitor, link.split("#")[1], "a staff password").status, 200)
    again = fresh_admin()
    same(slow_down(lambda: again.login(email, "a staff password")).status, 200)


@case("another login address is confirmed from there, and the old one is told")
def _():
    p, account = client()
    old, new = email_of(p), address()
    a = slow_down(lambda: p.post("/profile/email", {"email": new, "password": "wrong password"}))
    same((a.status, list(a.fields)), (422, ["password"]))
    a = slow_down(lambda: p.post("/profile/email", {"email": new, "password": PASSWORD}))
    same(a.status, 200, a)
    same(email_of(p), old, "nothing yet")
    token = link_of(arrives(new, "confirm your new")).split("#")[1]
    same(slow_down(lambda: fresh().post("/email-confirm", {"token": token})).status, 200)
    same(slow_down(lambda: fresh().post("/email-confirm", {"token": token})).code, "token.bad")
    assert new in arrives(old, "was changed")["text"]
    same(slow_down(lambda: fresh().login(old, PASSWORD)).status, 401)
    same(slow_down(lambda: fresh().login(new, PASSWORD)).status, 200)
    same(admin.get(f"/clients/{account}").json["email"], new)


@case("refused for good: failed and said; asked to wait: sent later; either way once")
def _():
    to = address()
    for mode in ("rcpt550", "data554"):
        fault(mode, to=to)
        m = state_of(test_mail(to), "FAILED")
        assert m["last_error"].startswith("55"), m
    same(box(to), [])
    for mode in ("rcpt450", "data451", "drop_before"):
        to = address()
        fault(mode, to=to)
        mail = test_mail(to)
        state_of(mail, "SENT", seconds=90)
        same(admin.get(f"/mails/{mail}").json["attempts"], 2, mode)
        same(len(box(to)), 1, mode)
    for mode in ("mail421", "mail550", "refuse"):
        to = address()
        fault(mode)
        state_of(test_mail(to), "SENT", seconds=90)
        same(len(box(to)), 1, mode)


@case("the answer is lost after the body: nobody sends it again by himself, staff may")
def _():
    for mode, n in (("drop_after", 1), ("lose_after", 0)):
        to = address()
        fault(mode, to=to)
        mail = test_mail(to)
        m = state_of(mail, "FAILED")
        assert "may have arrived" in m["last_error"], m
        time.sleep(2)
        same(len(box(to)), n, mode)
        assert any(r["link"] == "/admin/mails?status=FAILED"
                   for r in admin.get("/overview").json["attention"])
        same(admin.post(f"/mails/{mail}/resend").status, 200)
        state_of(mail, "SENT")
        same(len(box(to)), n + 1, mode)
        same(len({x["message_id"] for x in box(to)}), n + 1)
    to = address()
    fault("slow", to=to, delay=4)
    state_of(test_mail(to), "SENT")
    same(len(box(to)), 1, "slow")


@case("the breaker: above the mails of an hour the rest is held, and released by staff, none lost")
def _():
    people = [address() for _ in range(6)]
    clients = [client() for _ in range(4)]
    setting("mail.per_hour", 1)
    for _, account in clients:
        same(admin.post(f"/clients/{account}/suspend", {"note": "for a test"}).status, 200)
    ids = [log(account=a)[0]["id"] for _, a in clients]
    for i in ids:
        assert "within an hour" in state_of(i, "HELD")["last_error"]
    test_mail(people[0])
    arrives(people[0], "test mail")     # one by hand leaves
    assert any(r["link"] == "/admin/mails?status=HELD"
               for r in admin.get("/overview").json["attention"])
    same(admin.post(f"/mails/{ids[0]}/release").status, 200)
    state_of(ids[0], "SENT")
    same(admin.post(f"/mails/{ids[0]}/release").code, "mail.state")
    held = admin.get("/mails", status="HELD").json["total"]     # months went by for all
    assert held >= 3, held
    same(admin.post("/mails/release", {"confirmed": True}).json["released"], held)
    for i in ids[1:]:
        state_of(i, "SENT")
    settings(mail__per_account_day=1)
    p, account = clients[0]
    same(admin.post(f"/clients/{account}/unsuspend", {"note": "over"}).status, 200)
    held = log(account=account)[0]["id"]
    assert "within a day" in state_of(held, "HELD")["last_error"]
    settings()
    same(stack.command("mail", "release", str(held))["released"], 1)
    state_of(held, "SENT")
    same([len(box(email_of(p))) for p, _ in clients], [2, 1, 1, 1])


@case("the bridge is killed again and again: no mail twice, and each arrives or is shown")
def _():
    people = [address() for _ in range(12)]
    ids = []
    for i, to in enumerate(people):
        fault("slow", to=to, delay=0.3)
        ids.append(test_mail(to))
        if i % 3 == 2:
            time.sleep(0.4)
            stack.kill("bridge", lambda pids: pids[0])
    for i in ids:
        state_of(i, "SENT", "FAILED", seconds=240)
    unknown = 0
    for i, to in zip(ids, people):
        m = admin.get(f"/mails/{i}").json
        got = len(box(to))
        assert got <= 1, f"{to} got {got}"
        if m["status"] == "SENT":
            same(got, 1, to)
        else:
            assert "may have arrived" in m["last_error"], m
            unknown += 1
    assert unknown <= 4, unknown    # at most one at each kill
    return f"{unknown} at the moment of a kill"


@case("while WHMCS collects, mails of invoices are WHMCS's; by the setting they are ours")
def _():
    setting("whmcs.enabled", 1)
    p, account, inv = billed()
    looked()
    same([m["kind"] for m in log(account=account)], [])
    setting("mail.whmcs_invoices", 1)
    q, other = client(plan="PREPAID", category="INDIVIDUAL")
    recharge = q.post_i("/recharges", {"amount": "25.00"}).json["invoice_id"]
    remote = wait_for("the invoice in WHMCS", lambda: (q.get(f"/invoices/{recharge}")
                      .json["whmcs"] or {}).get("id"), 120)
    wait_for("publication", lambda: stack.whmcs_api("GetInvoice", invoiceid=remote)["status"]
             == "Unpaid", 120)
    stack.whmcs("act", {"op": "pay", "invoiceid": remote})
    m = arrives(email_of(q), "thank you for your payment of 25.00", seconds=400)
    assert m["files"] == [] and len(box(email_of(q))) == 1, m
    settings()


@case("switched off: no rows, no routes; each kind has its own switch")
def _():
    settings(mail__enabled=0)
    p, account = client()
    same(admin.post(f"/clients/{account}/suspend", {"note": "for a test"}).status, 200)
    same(log(account=account), [])
    choices = {"reminder": True, "overdue": True, "low_balance": True}
    same(p.get("/profile").json["notifications"], None)
    for a in (reset("user", "x@example.com")[1], reset("admin", "x@example.com")[1],
              admin.post("/mails/test", {"to": "x@example.com"}),
              p.patch("/notifications", choices)):
        same((a.status, a.code), (403, "feature.off"))
    settings()
    setting("mail.suspension", 0)
    same(admin.post(f"/clients/{account}/unsuspend", {"note": "over"}).status, 200)
    same(log(account=account), [])
    setting("mail.suspension", 1)


@case("settings refuse what is no ladder and no address")
def _():
    for bad in ("3,0", "0,0", "a", "1,", "-61", "366", "1;2", "1,2,3,4,5,6,7,8,9,10,11"):
        same(admin.set("mail.reminders", bad).status, 422, bad)
    for bad in ("portal.example.com", "javascript:alert(1)", "https://", "https://a b"):
        same(admin.set("portal.base_url", bad).status, 422, bad)


@case("every text can be used, and is shown with made-up values")
def _():
    rows = admin.get("/mail-templates").json["rows"]
    same(len(rows), 12)
    for r in rows:
        assert r["error"] is None and r["subject"] and "{{" not in r["text"] + r["html"], r


@case("the command lists them; no breach of the mail protocol; verify is all zero")
def _():
    assert stack.command("mail", "list", "SENT")["rows"]
    same(stack.mailbox("breaches")["breaches"], [])
    wait_for("quiet", lambda: stack.violations() == {}, 60)


setting("suspension.enabled", 1)
finish()
