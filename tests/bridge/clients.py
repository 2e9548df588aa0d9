#!/usr/bin/python3
"""A client on both sides: each change goes over once, echoes change nothing, what was changed on
both sides waits for a person, and what may not be touched is frozen with its reason.

usage: clients.py HOME PORT      (TAP; quickstart is up)
"""
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "api"))
from world import admin, case, client, finish, same, setting, stack, wait_for  # noqa: E402

START = {"first_name": "Ann", "last_name": "O'Neil", "company": "Müller & Söhne", "city": "Cork"}


def pair(**more):
    """A client on both sides and its number there, looked at once."""
    p, account = client(**{**START, **more})
    remote = wait_for("the client in WHMCS",
                      lambda: admin.get(f"/clients/{account}").json["whmcs_id"], 60)
    wait_for("the first look", lambda: sync(account)["agreed"], 60)
    return p, account, int(remote)


def sync(account):
    return admin.get(f"/clients/{account}/whmcs").json


def there(remote):
    return stack.whmcs_api("GetClientsDetails", clientid=remote)["client"]


def edit_there(remote, **fields):
    stack.whmcs("act", {"op": "edit_client", "clientid": remote, "fields": fields})


def edit_here(p, **fields):
    a = p.request("PATCH", "/profile", fields)
    same(a.status, 200, a)


def here(account):
    return admin.get(f"/clients/{account}").json


def look(account):
    """As a hint, the sweep or staff would: again, and it is done."""
    a = admin.post_i(f"/clients/{account}/whmcs/look", {})
    same(a.status, 200, a)
    wait_for("the look", lambda: sync(account)["waiting"] is False, 60)


def differences(account):
    return {d["what"]: d for d in sync(account)["differences"] if d["open"]}


@case("a change in the portal is in WHMCS: only what changed, text as it was written")
def _():
    p, account, remote = pair()
    edit_there(remote, address2="Left there alone")
    edit_here(p, city="Galway & Co \"West\"", phone="+353 91 123 456")
    wait_for("the city there", lambda: there(remote)["city"].startswith("Galway"), 60)
    wait_for("quiet", lambda: sync(account)["waiting"] is False, 60)
    same(here(account)["address2"], "Left there alone")
    same(differences(account), {})
    ways = {(c["way"], c["what"]) for c in sync(account)["changes"]}
    assert {("OUT", "city"), ("OUT", "phone"), ("IN", "address2")} <= ways, ways


@case("a change in WHMCS is in the portal, entities decoded; the echo of either changes nothing")
def _():
    stack.whmcs("config", {"entity_encode": True})
    p, account, remote = pair()
    edit_there(remote, companyname="Jack & Jill's <Inn>", city="Sligo")
    look(account)
    same((here(account)["company"], here(account)["city"]), ("Jack & Jill's <Inn>", "Sligo"))
    n = len(sync(account)["changes"])
    for _ in range(3):
        look(account)
    same((len(sync(account)["changes"]), differences(account)), (n, {}))


@case("changed on both sides: neither is touched, a person decides, then both are equal")
def _():
    for side, want in (("OURS", "Tralee"), ("THEIRS", "Ennis")):
        p, account, remote = pair()
        stack.whmcs("config", {"maintenance": True})
        try:
            edit_here(p, city="Tralee")
            edit_there(remote, city="Ennis")
        finally:
            stack.whmcs("config", {"maintenance": False})
        d = wait_for("the difference", lambda: differences(account).get("city"), 90)
        same((d["cause"], d["ours"], d["theirs"]), ("BOTH_CHANGED", "Tralee", "Ennis"))
        same((here(account)["city"], there(remote)["city"]), ("Tralee", "Ennis"))
        a = admin.post_i(f"/whmcs/differences/{d['id']}/decide", {"side": side})
        same(a.status, 200, a)
        wait_for("both equal", lambda: here(account)["city"] == there(remote)["city"] == want, 60)
        wait_for("no difference left", lambda: differences(account) == {}, 60)


@case("a master's value always wins")
def _():
    p, account, remote = pair()
    try:
        setting("whmcs.fields_profile", "PORTAL")
        edit_there(remote, city="Nowhere")
        look(account)
        same((here(account)["city"], there(remote)["city"]), ("Cork", "Cork"))
        setting("whmcs.fields_profile", "WHMCS")
        edit_here(p, city="Somewhere")
        wait_for("back", lambda: here(account)["city"] == "Cork", 60)
    finally:
        setting("whmcs.fields_profile", "BOTH")


@case("what our rules refuse stays there and is shown; the rest comes over")
def _():
    p, account, remote = pair()
    edit_there(remote, country="XK", city="Pristina")
    look(account)
    d = differences(account)
    same((set(d), d["country"]["cause"], d["country"]["theirs"]),
         ({"country"}, "REFUSED_HERE", "XK"))
    same((here(account)["city"], here(account)["country"]), ("Pristina", "IE"))
    edit_there(remote, country="IE")
    look(account)
    same(differences(account), {})


@case("the e-mail address comes over, the login stays")
def _():
    p, account, remote = pair()
    old = p.boot()["user"]["email"]
    new = f"books{time.time_ns()}@example.com"
    edit_there(remote, email=new)
    look(account)
    same((here(account)["email"], p.boot()["user"]["email"]), (new, old))


@case("currency changed, closed, deleted, merged: frozen with the reason; put right: goes on")
def _():
    p, account, remote = pair()
    stack.whmcs("act", {"op": "change_currency", "clientid": remote, "code": "INR"})
    edit_here(p, city="Frozen")
    d = wait_for("frozen", lambda: differences(account).get("currency"), 60)
    same((d["cause"], d["ours"], d["theirs"]), ("CURRENCY", "USD", "INR"))
    same(there(remote)["city"], "Cork")
    stack.whmcs("act", {"op": "change_currency", "clientid": remote, "code": "USD"})
    look(account)
    same((differences(account), there(remote)["city"]), ({}, "Frozen"))
    stack.whmcs("act", {"op": "close_client", "clientid": remote})
    look(account)
    same(differences(account)["status"]["cause"], "CLOSED")
    q, other, gone = pair()
    stack.whmcs("act", {"op": "merge_clients", "from": gone, "to": remote})
    look(other)
    same(differences(other)["client"]["cause"], "DELETED")


@case("no call broke the contract, and verify is all zero")
def _():
    same(stack.whmcs("breaches")["breaches"], [])
    wait_for("quiet", lambda: stack.violations() == {}, 60)


finish()
