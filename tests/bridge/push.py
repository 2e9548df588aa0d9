#!/usr/bin/python3
"""What happens in WHMCS is seen here at once when its addon says so, and within a poll when it
does not: pushes are signed, stored once, and only say where to look.

usage: push.py HOME PORT      (TAP; quickstart is up)
"""
import datetime
import hashlib
import hmac
import json
import os
import sys
import time
import urllib.error
import urllib.request
import uuid

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "api"))
from world import admin, case, client, e8, finish, same, stack, wait_for  # noqa: E402

URL = f"http://127.0.0.1:{stack.port}/api/hook/whmcs"
with open(f"{stack.home}/etc/whmcs.hook_secret", encoding="ascii") as f:
    SECRET = f.read().strip()


def listen(**more):
    stack.whmcs("config", {"hook_url": URL, "hook_secret": SECRET, "hook_delay_ms": 0,
                           "hook_sender": uuid.uuid4().hex[:12], "hook_twice": False,
                           "hook_out_of_order": False, "hook_drop_every": 0, **more})


def push(body, secret=SECRET, age=0, signature=None):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    at = str(int(time.time()) - age)
    mac = hmac.new(secret.encode(), at.encode() + b"." + raw, hashlib.sha256).hexdigest()
    req = urllib.request.Request(URL, data=raw, method="POST", headers={
        "Content-Type": "application/json", "X-Tollbridge-Timestamp": at,
        "X-Tollbridge-Signature": signature if signature is not None else mac})
    try:
        with urllib.request.urlopen(req, timeout=10) as r:
            return r.status, json.loads(r.read())
    except urllib.error.HTTPError as e:
        return e.code, json.loads(e.read())


def event(**more):
    at = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"id": uuid.uuid4().hex, "event": "InvoicePaid", "at": at, "client_id": 0,
            "invoice_id": 0, **more}


def recharge(amount="25.00"):
    p, account = client(plan="PREPAID", category="INDIVIDUAL")
    invoice = p.post_i("/recharges", {"amount": amount}).json["invoice_id"]
    remote = wait_for("the invoice in WHMCS",
                      lambda: (p.get(f"/invoices/{invoice}").json["whmcs"] or {}).get("id"), 60)
    wait_for("publication", lambda: stack.whmcs_api("GetInvoice", invoiceid=remote)["status"]
             == "Unpaid", 60)
    return p, invoice, remote


def paid_after(p, invoice, remote):
    t = time.monotonic()
    stack.whmcs("act", {"op": "pay", "invoiceid": remote})
    wait_for("the payment", lambda: p.get(f"/invoices/{invoice}").json["status"] == "PAID", 60,
             step=0.05)
    return time.monotonic() - t


@case("a payment there is seen here within two seconds, 20 of 20, booked once each")
def _():
    listen()
    waiting = [recharge() for _ in range(20)]
    seconds = sorted(paid_after(*x) for x in waiting)
    assert seconds[-1] < 2.0, seconds
    for p, _, _ in waiting:
        same(e8(p.get("/balance").json["balance"]), 25 * 10**8)


@case("told twice, late and in disorder: the same books")
def _():
    listen(hook_twice=True, hook_out_of_order=True, hook_delay_ms=300)
    for _ in range(3):
        p, invoice, remote = recharge()
        paid_after(p, invoice, remote)
        same(e8(p.get("/balance").json["balance"]), 25 * 10**8)


@case("not told at all: within a poll")
def _():
    listen(hook_drop_every=1)
    p, invoice, remote = recharge()
    assert paid_after(p, invoice, remote) < 45
    same(e8(p.get("/balance").json["balance"]), 25 * 10**8)


@case("a push is taken once by its id; of nothing of ours it only says thank you")
def _():
    e = event(invoice_id=99999999)
    same(push(e), (200, {"ok": True, "known": False}))
    same(push(e), (200, {"ok": True, "known": True}))


@case("unsigned, wrongly signed, signed over something else, too old, too far ahead: refused")
def _():
    e = event()
    for status, answer in (push(e, secret="guess"), push(e, signature=""),
                           push(e, signature="00" * 32), push(e, age=3600), push(e, age=-3600),
                           push(json.dumps(e).encode() + b" ", signature=hmac.new(
                               SECRET.encode(), json.dumps(e).encode(),
                               hashlib.sha256).hexdigest())):
        same((status, answer["error"]["code"]), (401, "hook.signature"))
    same(push(e)[0], 200, "the same, signed, is taken: nothing was stored before")


@case("signed nonsense is refused with the field")
def _():
    for body, field in ((event(id=""), "id"), (event(at="yesterday"), "at"),
                        (event(invoice_id=-1), "invoice_id"), (event(client_id="x"), "client_id"),
                        ({**event(), "sql": "1"}, "sql")):
        status, answer = push(body)
        same((status, list(answer["error"]["fields"])[0] if isinstance(
            answer["error"]["fields"], dict) else answer["error"]["fields"][0]["name"]),
             (422, field))
    same(push(b"{not json")[0], 400)


@case("with WHMCS billing off nothing is taken")
def _():
    try:
        same(admin.set("whmcs.enabled", 0).status, 200)
        same(push(event())[0], 403)
    finally:
        same(admin.set("whmcs.enabled", 1).status, 200)


stack.whmcs("config", {"hook_url": ""})


@case("no call broke the contract, and verify is all zero")
def _():
    same(stack.whmcs("breaches")["breaches"], [])
    wait_for("quiet", lambda: stack.violations() == {}, 60)


finish()
