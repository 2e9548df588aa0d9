#!/usr/bin/python3
"""Several taxes on one document: by region or country, each rounded once, taken back whole."""
import json
import os
import subprocess

from world import (SRC, admin, case, client, credit, finish, half_up, invoices, month_start,
                   next_hour, next_month, now, same, setting, stack)

setting("whmcs.enabled", 0)
FILE = f"{stack.home}/taxes.jsonl"


def load(*lines):
    with open(FILE, "w", encoding="utf-8") as f:
        f.write("".join(json.dumps(x) + "\n" for x in lines))
    r = subprocess.run([f"{SRC}/quickstart.sh", "tollbridge", "--json", "catalog", "load", FILE],
                       env=stack.env, capture_output=True, text=True, timeout=60)
    return r.returncode


def tax(name, percent, region="", **more):
    return {"tax": name, "country": "LK", "region": region, "percent": percent, **more}


def begin(state, funds=None, **more):
    """A customer of that state, with funds, with an instance from the next hour on."""
    p, account = client(country="LK", state=state, **more)
    if funds:
        credit(account, funds)
    next_hour(5)
    a = p.post_i("/instances", {"name": "web", "zone_id": 1, "offering_id": 2})
    same(a.status, 201, a)
    return p, account, a.json["id"]


def minor(money):
    return int(money["amount"].replace(".", ""))


def taxes(inv):
    """Name and rate of each, after checking every figure."""
    base = minor(inv["subtotal"])
    for t in inv["taxes"]:
        same(minor(t["base"]), base, "base")
        ppm = half_up(int(float(t["rate_percent"]) * 10**6), 100)
        same(minor(t["tax"]), half_up(base * ppm, 10**6), t["name"])
    same(minor(inv["tax"]), sum(minor(t["tax"]) for t in inv["taxes"]), "sum of the taxes")
    same(minor(inv["total"]), base + minor(inv["tax"]), "total")
    return [(t["name"], t["rate_percent"]) for t in inv["taxes"]]


@case("the taxes of a region stand in place of the country's, however it is spelt")
def _():
    same(load(tax("VAT", "18"), tax("Levy", "9", "Western"), tax("Cess", "9", "Western"),
              tax("Nothing", "0", "Northern")), 0)
    there = [begin(s) for s in ("western", "Central", "", "Northern")]
    next_month()
    want = ([("Cess", "9"), ("Levy", "9")], [("VAT", "18")], [("VAT", "18")], [])
    for (p, _, vm), names in zip(there, want):
        same(taxes(invoices(p, 1)[0]), names)
        same(p.delete_i(f"/instances/{vm}").status, 200)


@case("notes take each tax back to the unit, also the odd ones")
def _():
    p, _, vm = begin("Western")
    next_month()
    inv = invoices(p, 1)[0]
    same(p.delete_i(f"/instances/{vm}").status, 200)
    line = max(inv["lines"], key=lambda x: minor(x["amount"]))
    parts = ([{"line_id": line["id"], "amount": "0.06"}],
             [{"line_id": line["id"], "amount": "0.17"}], None)
    notes = []
    for lines in parts:
        body = {"reason": "for a test"}
        if lines:
            body["lines"] = lines
        a = admin.post_i(f"/invoices/{inv['id']}/credit-notes", body)
        same(a.status, 201, a)
        notes.append(p.get(f"/invoices/{a.json['id']}").json)
    # 9 % of 0.06 is 0.0054: a cent of each tax, where 18 % at once would give one in all
    same([minor(t["tax"]) for t in notes[0]["taxes"]], [1, 1])
    for t in inv["taxes"]:
        took = [minor(x["tax"]) for n in notes for x in n["taxes"] if x["name"] == t["name"]]
        same(sum(took), minor(t["tax"]), t["name"])
    same(minor(p.get(f"/invoices/{inv['id']}").json["due"]), 0)


@case("a rate changes with the instant the cycle ends; one document never has both")
def _():
    p, _, vm = begin("Western")
    end = month_start(now(), 2).strftime("%Y-%m-%dT%H:%M:%SZ")
    same(load(tax("Cess", "14", "Western", **{"from": end})), 0)
    same(load(tax("Cess", "14", "Western", **{"from": end})), 0, "again, without effect")
    next_month()
    same(taxes(invoices(p, 1)[0]), [("Cess", "9"), ("Levy", "9")], "the month before")
    next_month()
    same(taxes(invoices(p, 2)[0]), [("Cess", "14"), ("Levy", "9")], "from the instant on")
    same(p.delete_i(f"/instances/{vm}").status, 200)
    same(load(tax("Cess", "10", "Western", **{"from": "2020-01-01T00:00:00Z"})), 2, "the past")


@case("a prepaid balance pays every tax")
def _():
    p, _, vm = begin("Western", "100", plan="PREPAID", category="INDIVIDUAL")
    next_month()
    inv = invoices(p, 1)[0]
    same((len(taxes(inv)), inv["status"], minor(inv["due"])), (2, "PAID", 0))
    same(p.delete_i(f"/instances/{vm}").status, 200)


@case("the command agrees: verify is all zero")
def _():
    os.unlink(FILE)
    same(stack.violations(), {})


finish()
