#!/usr/bin/python3
"""Sign-up deposits through nginx: what the sign-up page promises, who may use his account
when, and one refund however many ask for it at once."""
import datetime
import urllib.request
import uuid

from world import (E8, PERSON, Portal, admin, case, client, e8, finish, move, next_hour, now,
                   parallel, same, setting, slow_down, stack, wait_for)

DEFAULTS = {"signup.payment": "0", "signup.deposit": "", "signup.verification_refund": "0",
            "signup.refund_kind": "FULL", "signup.refund_percent": "100",
            "signup.refund_fee": "", "signup.remainder": "WALLET",
            "signup.payment_text": "Please pay by bank transfer and give your client number.",
            "signup.payout_days": "5"}
setting("whmcs.enabled", 0)


def settings(**changed):
    """All of them, as they are by default but for what is named."""
    for key, value in DEFAULTS.items():
        setting(key, changed.get(key.split(".")[1], value))


def offer():
    return Portal(stack.port, "user").get("/signup").json


def sign_up(promise, **more):
    p = Portal(stack.port, "user")
    p.boot()
    a = slow_down(lambda: p.post("/signup", {
        **PERSON, "email": f"d{uuid.uuid4().hex[:12]}@example.com", "category": "INDIVIDUAL",
        "company": "", "promise": promise, **more}))
    if a.status == 201:
        p.boot()
    return p, a


def waiting():
    """Somebody who signed up under the terms in force: (portal, id)."""
    p, a = sign_up(offer()["deposits"][0]["text"])
    same(a.status, 201, a)
    return p, a.json["account_id"]


def receive(account, amount, txn=None):
    return admin.post(f"/clients/{account}/deposits", {
        "amount": amount, "gateway": "bank", "reference": txn or uuid.uuid4().hex})


def verify(account, verified=True):
    a = admin.post(f"/clients/{account}/verification", {"verified": verified, "note": "passport"})
    same(a.status, 200, a)
    return a.json


def deposit(account):
    return admin.get(f"/clients/{account}/deposits").json["deposit"]


def parts(row):
    return row["status"], e8(row["refund"]), e8(row["wallet"]), e8(row["fee"])


def balance(account):
    return e8(admin.get(f"/clients/{account}").json["wallet"]["balance"])


@case("the sign-up page promises nothing without a payment, and is closed without a way to pay")
def _():
    next_hour()
    settings(verification_refund="1")
    o = offer()
    same((o["deposits"], o["payment_required"], o["closed"]), ([], False, ""))
    settings(payment="1", verification_refund="1")
    o = offer()
    same((o["deposits"], o["payment_required"]), ([], True))
    assert "no way to pay" in o["closed"], o["closed"]
    p, a = sign_up("anything")
    same((a.status, a.code), (403, "signup.payment"), a)
    setting("signup.deposit", "USD 10.00, EUR 9.50, JPY 1500")
    o = offer()
    same((o["closed"], [d["currency"] for d in o["deposits"]]), ("", ["USD"]), "base only")
    same(o["deposits"][0]["text"], "Your sign-up payment of 10.00 USD is refunded in full once "
                                   "your account is verified.")
    setting("signup.payment_text", "")
    assert "no way to pay" in offer()["closed"]
    for value in ("10.00", "USD", "USD 10.005", "USD 0", "USD -1", "XXX 1", "USD 1, USD 2",
                  "USD 1,"):
        a = admin.set("signup.deposit", value)
        same((a.status, list(a.fields)), (422, ["value"]), value)


@case("who signs up agrees to the terms of this moment; they are his for ever")
def _():
    next_hour()
    settings(payment="1", deposit="USD 10.00", verification_refund="1")
    old = offer()["deposits"][0]["text"]
    settings(payment="1", deposit="USD 10.00", verification_refund="1", refund_kind="PERCENT",
             refund_percent="80")
    p, a = sign_up(old)
    same((a.status, list(a.fields)), (422, ["promise"]), a)
    assert "8.00 USD is refunded" in a.fields["promise"], a
    p, a = sign_up("")
    same((a.status, list(a.fields)), (422, ["promise"]), a)
    p, account = waiting()
    settings()      # everything is flipped back
    d = p.get("/profile").json["deposit"]
    same((d["verified"], d["rows"], e8(d["owed"]), e8(d["promise"]["required"])),
         (False, [], 0, 10 * E8))
    same(d["promise"]["text"], "Of your sign-up payment of 10.00 USD, 8.00 USD is refunded once "
                               "your account is verified. The rest, 2.00 USD, is added to your "
                               "balance.")
    assert "history" not in d, "what staff wrote is staff's"
    receive(account, "10.00")
    verify(account)
    same(parts(deposit(account)["rows"][0]), ("REFUNDING", 8 * E8, 2 * E8, 0))
    same(balance(account), 2 * E8)


@case("an account waits for its payment, and is active in the answer that records it")
def _():
    next_hour()
    settings(payment="1", deposit="USD 10.00", verification_refund="1",
             payment_text="IBAN DE00, your client number")
    p, account = waiting()
    settings()
    setting("signup.payment_text", "IBAN DE00, your client number")
    n = p.boot()["notice"]
    same((n["kind"], n["reasons"]), ("suspended", ["PAYMENT_PENDING"]))
    same((e8(n["deposit"]["missing"]), n["deposit"]["client"], n["deposit"]["pay_text"]),
         (10 * E8, account, "IBAN DE00, your client number"))
    a = p.post_i("/instances", {"name": "vm", "zone_id": 1, "offering_id": 1})
    same((a.status, a.code), (403, "account.suspended"), a)
    a = receive(account, "4.00")
    same((a.status, a.json["activated"], a.json["known"]), (201, False, False), a)
    same(e8(p.boot()["notice"]["deposit"]["missing"]), 6 * E8)
    a = receive(account, "6.00")
    same((a.status, a.json["activated"]), (201, True), a)
    same(p.boot()["notice"], None)
    same(admin.get(f"/clients/{account}").json["status"], "ACTIVE")
    # it is not money to spend
    same((balance(account), e8(deposit(account)["owed"])), (0, 10 * E8))


@case("20 tell of the same payment: one deposit")
def _():
    next_hour()
    settings(payment="1", deposit="USD 10.00", verification_refund="1")
    p, account = waiting()
    txn = uuid.uuid4().hex
    answers = parallel([lambda: receive(account, "10.00", txn) for _ in range(20)])
    same(sorted(a.status for a in answers), [200] * 19 + [201], answers)
    same(len({a.json["id"] for a in answers}), 1)
    same((len(deposit(account)["rows"]), e8(deposit(account)["owed"])), (1, 10 * E8))
    a = receive(account, "10.01", txn)
    same((a.status, a.code), (409, "deposit.mismatch"), a)
    _, other = client()
    a = receive(other, "10.00", txn)
    same((a.status, a.code), (409, "deposit.mismatch"), a)


@case("20 verifications at once: one refund; 20 payouts at once: one is recorded")
def _():
    next_hour()
    settings(payment="1", deposit="USD 10.00", verification_refund="1", refund_kind="FIXED_FEE",
             refund_fee="USD 2.00", remainder="FEE")
    p, account = waiting()
    settings()
    same(receive(account, "10.00").status, 201)
    answers = parallel([lambda: verify(account) for _ in range(20)])
    same(sorted(a["changed"] for a in answers), [False] * 19 + [True])
    row = deposit(account)["rows"][0]
    same(parts(row), ("REFUNDING", 8 * E8, 0, 2 * E8))
    payout = f"/clients/{account}/deposits/{row['id']}/payout"
    answers = parallel([lambda: admin.post(payout, {"reference": "transfer 7"})
                        for _ in range(20)])
    same(sorted(a.status for a in answers), [200] + [409] * 19, answers)
    verify(account, False)
    verify(account)
    d = deposit(account)
    same((parts(d["rows"][0]), e8(d["owed"]), balance(account)),
         (("REFUNDED", 8 * E8, 0, 2 * E8), 0, 0))
    same([h["verified"] for h in d["history"]], [True, False, True])
    same({h["note"] for h in d["history"]}, {"passport"})
    # the fee has its document: paid, with the taxes of the country in it
    docs = p.get("/invoices").json["rows"]
    same([(i["number"], i["status"], e8(i["total"])) for i in docs],
         [(row["fee_number"], "PAID", 2 * E8)])
    doc = p.get(f"/invoices/{docs[0]['id']}").json
    same(e8(doc["subtotal"]) + sum(e8(t["tax"]) for t in doc["taxes"]), 2 * E8)
    assert e8(doc["tax"]) > 0, doc["taxes"]
    a = p.get(f"/invoices/{docs[0]['id']}/pdf")
    same((a.status, a.raw[:4]), (200, b"%PDF"), "its document")
    same(p.get("/profile").json["deposit"]["rows"][0]["payout_reference"], "transfer 7")


@case("a refund that nobody pays stands in the overview's list, until it is on the balance")
def _():
    next_hour()
    settings(payment="1", deposit="USD 10.00", verification_refund="1", payout_days="3")
    p, account = waiting()
    receive(account, "10.00")
    verify(account)

    def late():
        return [a for a in admin.get("/overview").json["attention"] if a["kind"] == "deposit"]
    before = late()
    move(now() + datetime.timedelta(days=3, minutes=1))
    after = late()
    assert after and after != before, (before, after)
    for d in range(20):     # the other cases' refunds, too
        link = late()
        if not link:
            break
        id_ = int(link[0]["link"].split("/")[3].split("?")[0])
        for row in deposit(id_)["rows"]:
            if row["status"] == "REFUNDING":
                a = admin.post(f"/clients/{id_}/deposits/{row['id']}/release",
                               {"to": "WALLET", "note": "no account to pay to"})
                same(a.status, 200, a)
    same(late(), [])
    same((balance(account), e8(deposit(account)["owed"])), (10 * E8, 0))
    kinds = [x["kind"] for x in p.get("/payment-settings").json["entries"]]
    same(kinds, ["DEPOSIT_APPLIED"])
    settings()


@case("a chargeback closes the case; what he has already is a debt")
def _():
    next_hour()
    settings(payment="1", deposit="USD 10.00", verification_refund="1")
    p, account = waiting()
    settings()
    receive(account, "10.00")
    row = deposit(account)["rows"][0]
    path = f"/clients/{account}/deposits/{row['id']}"
    a = admin.post(f"{path}/payout", {"reference": "too early"})
    same((a.status, a.code), (409, "deposit.state"), a)
    verify(account)
    same(admin.post(f"{path}/payout", {"reference": "transfer 9"}).status, 200)
    same(admin.post(f"{path}/chargeback", {"note": "the bank"}).status, 200)
    same((parts(deposit(account)["rows"][0])[0], balance(account)), ("CHARGED_BACK", -10 * E8))
    for step, body in (("payout", {"reference": "again"}), ("chargeback", {"note": "again"}),
                       ("release", {"to": "WALLET", "note": "again"})):
        a = admin.post(f"{path}/{step}", body)
        same((a.status, a.code), (409, "deposit.state"), a)


@case("WHMCS gets the fee's document as it is: paid, once")
def _():
    next_hour()
    setting("whmcs.enabled", 1)
    p, account = client()
    same(receive(account, "5.00").status, 201)
    id_ = deposit(account)["rows"][0]["id"]
    a = admin.post(f"/clients/{account}/deposits/{id_}/release", {"to": "FEE", "note": "terms"})
    same(a.status, 200, a)
    wait_for("WHMCS to have it", lambda: p.get("/invoices").json["rows"][0]["whmcs"]["state"]
             == "SYNCED" or None, 60)

    def there():
        i = p.get("/invoices").json["rows"][0]
        with urllib.request.urlopen(i["whmcs"]["url"], timeout=10) as r:
            text = r.read().decode()
        return text if "Paid" in text else None
    text = wait_for("WHMCS to say Paid", there, 60)
    assert "Sign-up fee, kept of the deposit" in text, text[:2000]
    setting("whmcs.enabled", 0)


@case("a deposit belongs to its client; the operator's command does the same")
def _():
    next_hour()
    _, one = client()
    _, two = client()
    same(receive(one, "5.00").status, 201)
    id_ = deposit(one)["rows"][0]["id"]
    for step, body in (("payout", {"reference": "not his"}), ("chargeback", {"note": "not his"}),
                       ("release", {"to": "FEE", "note": "not his"})):
        same(admin.post(f"/clients/{two}/deposits/{id_}/{step}", body).status, 404, step)
    txn = uuid.uuid4().hex
    made = stack.command("deposit", "receive", str(two), "7.00", "bank", txn)
    same((made["known"], made["activated"]), (False, False))
    same(stack.command("deposit", "receive", str(two), "7.00", "bank", txn)["known"], True)
    same(stack.command("account", "verify", str(two))["changed"], True)
    same(stack.command("account", "verify", str(two))["changed"], False)
    # nothing was promised: it is his money
    same([parts(r) for r in deposit(two)["rows"]], [("APPLIED", 0, 7 * E8, 0)])
    same(stack.command("deposit", "release", str(id_), "FEE")["ok"], True)
    same([parts(r) for r in deposit(one)["rows"]], [("APPLIED", 0, 0, 5 * E8)])
    same(stack.violations(), {})


settings()
finish()
