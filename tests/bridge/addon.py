#!/usr/bin/python3
"""The addon inside WHMCS, run by PHP's own interpreter with what WHMCS gives it as stubs: what
happens is noted at once and told signed; what cannot be told is kept; its page tells the truth.

usage: addon.py HOME PORT      (TAP; quickstart is up)
"""
import json
import os
import re
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "api"))
from world import admin, case, client, finish, same, stack, wait_for  # noqa: E402

folder = tempfile.mkdtemp()
STATE = os.path.join(folder, "whmcs.json")
ADDON = os.path.join(HERE, "..", "..", "bridge", "whmcs-addon", "tollbridge")
PORTAL = f"http://127.0.0.1:{stack.port}"
with open(f"{stack.home}/etc/whmcs.hook_secret", encoding="ascii") as f:
    SECRET = f.read().strip()


def php(*words):
    r = subprocess.run(["php", f"{HERE}/addon/whmcs.php", STATE, *words], text=True,
                       capture_output=True, timeout=60, env={**os.environ, "TB_ADDON": ADDON})
    assert r.returncode == 0 and not r.stderr, (words, r.stdout[-500:], r.stderr[-2000:])
    return r.stdout


def outbox():
    with open(STATE, encoding="utf-8") as f:
        return json.load(f)["mod_tollbridge_outbox"]


def due_now():
    with open(STATE, encoding="utf-8") as f:
        data = json.load(f)
    for row in data["mod_tollbridge_outbox"]:
        row["next_at"] = 0
    with open(STATE, "w", encoding="utf-8") as f:
        json.dump(data, f)


def settings(**more):
    php("settings", json.dumps({"portal": PORTAL, "secret": SECRET, **more}))


@case("activated twice it is there once, and asks for the portal's address and the secret")
def _():
    config, first, second = json.loads(php("activate"))
    same((first["status"], second["status"]), ("success", "success"))
    same(set(config["fields"]), {"portal", "secret"})
    same(config["fields"]["secret"]["Type"], "password")


@case("every hook it hangs on is one that is documented")
def _():
    same(set(json.loads(php("points"))), {
        "ClientAdd", "ClientEdit", "ClientClose", "PreDeleteClient", "AfterClientMerge", "UserEdit",
        "InvoiceCreated", "UpdateInvoiceTotal", "InvoicePaid", "AddInvoicePayment",
        "AddTransaction", "InvoiceRefunded", "InvoiceCancelled", "InvoiceUnpaid", "InvoiceSplit",
        "AddInvoiceLateFee", "AfterCronJob", "DailyCronJob"})


@case("an event is told with numbers and nothing else")
def _():
    settings()
    php("hook", "ClientEdit", json.dumps({"userid": 4711, "firstname": "Ann", "password": "x",
                                          "olddata": {"firstname": "Anne"}}))
    row = outbox()[-1]
    same((row["event"], row["client_id"], row["invoice_id"], row["outcome"]),
         ("ClientEdit", 4711, 0, "200"))
    assert "Ann" not in json.dumps(outbox())


@case("a payment there is booked here through it, without waiting for a poll")
def _():
    p, account = client(plan="PREPAID", category="INDIVIDUAL")
    invoice = p.post_i("/recharges", {"amount": "25.00"}).json["invoice_id"]
    remote = wait_for("the invoice in WHMCS",
                      lambda: (p.get(f"/invoices/{invoice}").json["whmcs"] or {}).get("id"), 60)
    wait_for("publication", lambda: stack.whmcs_api("GetInvoice", invoiceid=remote)["status"]
             == "Unpaid", 60)
    time.sleep(1)
    stack.whmcs("act", {"op": "pay", "invoiceid": remote})
    t = time.monotonic()
    php("hook", "InvoicePaid", json.dumps({"invoiceid": remote}))
    wait_for("the payment", lambda: p.get(f"/invoices/{invoice}").json["status"] == "PAID", 60,
             step=0.05)
    assert time.monotonic() - t < 2.5, time.monotonic() - t


@case("the portal down: WHMCS does not wait, nothing is lost, the cron tells it later, once")
def _():
    settings(portal="http://127.0.0.1:9")
    t = time.monotonic()
    spent = int(php("hook", "InvoicePaid", json.dumps({"invoiceid": 5})))
    assert spent < 200 and time.monotonic() - t < 5, (spent, time.monotonic() - t)
    same((outbox()[-1]["sent_at"], outbox()[-1]["tries"]), (0, 1))
    settings()
    due_now()
    php("cron")
    same(outbox()[-1]["outcome"], "200")
    tries = outbox()[-1]["tries"]
    php("cron")
    same(outbox()[-1]["tries"], tries)


@case("with another secret nothing is taken, it is kept, and the page says why")
def _():
    settings(secret="another")
    php("hook", "InvoicePaid", json.dumps({"invoiceid": 6}))
    same((outbox()[-1]["sent_at"], outbox()[-1]["outcome"]), (0, "401"))
    page = php("page")
    assert "secret the same on both sides" in page and "1 waiting" in page, page
    settings()
    due_now()
    php("cron")
    same(outbox()[-1]["outcome"], "200")


@case("the page: clients and invoices in step, each with its link to the portal, names as text")
def _():
    p, account = client(first_name="<b>Bold</b>", last_name="Client")
    remote = wait_for("the client in WHMCS",
                      lambda: admin.get(f"/clients/{account}").json["whmcs_id"], 60)
    page = php("page")
    assert f'href="{PORTAL}/admin/clients/{account}"' in page, page[:3000]
    assert f"clientssummary.php?userid={remote}" in page
    assert "&lt;b&gt;Bold" in page and "<b>Bold" not in page
    assert re.search(r'admin/billing/invoices/\d+">', page)


@case("without its settings it does nothing and says what is missing")
def _():
    settings(portal="")
    php("hook", "InvoicePaid", json.dumps({"invoiceid": 7}))
    same((outbox()[-1]["sent_at"], outbox()[-1]["tries"]), (0, 0))
    assert "Set the address" in php("page")


finish()
