#!/usr/bin/python3
"""What is sold, from a file: all of it or nothing, again without effect, prices by the hour."""
import json
import os
import subprocess

from world import (SRC, case, client, e8, finish, invoices, next_hour, next_month, now, same,
                   setting, stack)

setting("whmcs.enabled", 0)
FILE = f"{stack.home}/catalog.jsonl"


def load(*lines, text=None, dry=False):
    """(exit code, answer) of tollbridge catalog load."""
    with open(FILE, "w", encoding="utf-8") as f:
        f.write(text if text is not None else "".join(json.dumps(x) + "\n" for x in lines))
    r = subprocess.run([f"{SRC}/quickstart.sh", "tollbridge", "--json", "catalog", "load", FILE,
                        *(["--dry-run"] if dry else [])], env=stack.env, capture_output=True,
                       text=True, timeout=60)
    return r.returncode, json.loads(r.stdout)


def prices(p):
    """Hourly price of each running offering, by code of zone and name."""
    catalog = p.get("/catalog").json
    zones = {z["id"]: z["code"] for z in catalog["zones"]}
    return {(zones[x["zone_id"]], o["name"]): e8(x["hour"])
            for o in catalog["offerings"] for x in o["prices"]}


@case("the example loads, once and again; a customer sees its prices")
def _():
    with open(f"{SRC}/conf/catalog.example.jsonl", encoding="utf-8") as f:
        text = f.read()
    p, _ = client()
    same(load(text=text, dry=True)[0], 0)
    assert ("fra1", "S1") not in prices(p), "a dry run changed something"
    code, answer = load(text=text)
    same(code, 0, answer)
    same(prices(p)["fra1", "S1"], 1190000)
    before = prices(p)
    same(load(text=text)[0], 0)
    same(prices(p), before)


@case("a wrong line changes nothing and is named")
def _():
    good = {"zone": "lost1", "name": "Nowhere"}
    price = {"price": "PUBLIC_IP", "zone": "fra1", "currency": "USD", "per_hour": "0.009"}
    p, _ = client()
    for bad, field in (
            ({**price, "price": "GOLD"}, "price"), ({**price, "zone": "moon"}, "zone"),
            ({**price, "currency": "XXX"}, "currency"), ({**price, "per_hour": "-1"}, "per_hour"),
            ({**price, "per_hour": "0.0000000001"}, "per_hour"),
            ({**price, "per_hour": ""}, "per_hour"),
            ({**price, "from": "2026-12-01T00:30:00Z"}, "from"),
            ({**price, "from": "2020-01-01T00:00:00Z"}, "from"),
            ({**price, "offering": "s1"}, "offering"),
            ({"zone": "a b", "name": "x"}, "zone"), ({"offering": "s9", "name": "S9"}, "vcpu"),
            ({"tax": "VAT", "country": "xx", "percent": "1"}, "country"),
            ({"tax": "VAT", "country": "FR", "percent": "101"}, "percent"),
            ({"fx": "EURUSD", "rate": "1"}, "fx"), ({"fx": "EUR/USD", "rate": "0"}, "rate"),
            ({"address": "no", "zone": "fra1"}, "address"), ({"gold": 1}, "line")):
        code, answer = load(good, bad)
        same((code, [f["name"] for f in answer["error"]["fields"]]), (2, [field]), bad)
    assert "lost1" not in [z["code"] for z in p.get("/catalog").json["zones"]]
    same(load(text="{\n")[0], 2)


@case("a new price holds from the next hour: the invoice has both, hour by hour")
def _():
    p, _ = client()
    next_hour(10)
    zone = [z["id"] for z in p.get("/catalog").json["zones"] if z["code"] == "fra1"][0]
    ip = p.post_i("/ips", {"zone_id": zone})
    same(ip.status, 201, ip)
    line = {"price": "PUBLIC_IP", "zone": "fra1", "currency": "USD"}
    same(load({**line, "per_hour": "0.0070"})[0], 0)
    same(load({**line, "per_hour": "0.0070"})[0], 0, "again")
    later = (now().replace(minute=0, second=0)).strftime("%Y-%m-%dT%H:%M:%SZ")
    same(load({**line, "per_hour": "0.0001", "from": later})[0], 2, "the hour under way")
    next_hour(10)
    next_hour(10)
    same(p.delete_i(f"/ips/{ip.json['id']}").status, 200)
    next_month()
    inv = invoices(p, 1)[0]
    same(sorted((x["hours"], e8(x["unit"])) for x in inv["lines"]), [(1, 500000), (2, 700000)])


@case("the command agrees: verify is all zero")
def _():
    os.unlink(FILE)
    same(stack.violations(), {})


finish()
