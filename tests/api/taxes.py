#!/usr/bin/python3
"""Taxes on documents: by place and kind of customer, on top of prices or in them, left out with
evidence only, in the seller's own currency too; notes take them back whole."""
import csv
import datetime
import hashlib
import io
import json
import os
import subprocess

from world import (SRC, admin, case, client, credit, finish, half_up, invoices, month_start,
                   move, next_hour, next_month, now, same, setting, stack, wait_for)

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


@case("a rate that begins with a month holds for that month's hours; one document never has both")
def _():
    p, _, vm = begin("Western")
    end = month_start(now(), 1).strftime("%Y-%m-%dT%H:%M:%SZ")
    same(load(tax("Cess", "14", "Western", **{"from": end})), 0)
    same(load(tax("Cess", "14", "Western", **{"from": end})), 0, "again, without effect")
    next_month()
    same(taxes(invoices(p, 1)[0]), [("Cess", "9"), ("Levy", "9")], "the month before")
    next_month()
    same(taxes(invoices(p, 2)[0]), [("Cess", "14"), ("Levy", "9")], "from its first hour on")
    same(p.delete_i(f"/instances/{vm}").status, 200)
    same(load(tax("Cess", "10", "Western", **{"from": "2020-01-01T00:00:00Z"})), 2, "the past")


@case("a prepaid balance pays every tax")
def _():
    p, _, vm = begin("Western", "100", plan="PREPAID", category="INDIVIDUAL")
    next_month()
    inv = invoices(p, 1)[0]
    same((len(taxes(inv)), inv["status"], minor(inv["due"])), (2, "PAID", 0))
    same(p.delete_i(f"/instances/{vm}").status, 200)


def command(*words):
    r = subprocess.run([f"{SRC}/quickstart.sh", "tollbridge", "--json", *words],
                       env=stack.env, capture_output=True, text=True, timeout=60)
    return r.returncode, json.loads(r.stdout) if r.stdout.strip() else None


def iso(t):
    return t.strftime("%Y-%m-%dT%H:%M:%SZ")


def using(country, **more):
    """A postpaid customer there with an instance from the next hour on."""
    p, account = client(country=country, state="", plan="POSTPAID", **more)
    next_hour(5)
    a = p.post_i("/instances", {"name": "web", "zone_id": 1, "offering_id": 2})
    same(a.status, 201, a)
    return p, account, a.json["id"]


def company(country, vat_id, **more):
    return using(country, category="ORGANIZATION", company="Engines", tax_id=vat_id, **more)


def evidence(account, result="VALID", **more):
    return admin.post_i(f"/clients/{account}/evidence",
                        {"result": result, "source": "VIES", "reference": "WAPIAAAA1", **more})


def remarks(p, inv):
    a = p.get(f"/invoices/{inv['id']}/csv")
    same(a.status, 200, a)
    rows = list(csv.DictReader(io.StringIO(a.raw.decode("utf-8-sig"))))
    return [r["description"] for r in rows if r["type"] == "REMARK"], a.raw


REVERSE = "Reverse charge, Article 196 Directive 2006/112/EC"


@case("rules by the page: added, listed, previewed, ended; nonsense is refused by field")
def _():
    move(now().replace(minute=7, second=0) + datetime.timedelta(hours=1))
    for body, field in (({"percent": "101"}, "percent"), ({"percent": "x"}, "percent"),
                        ({"country": "f1"}, "country"), ({"customer": "BOTH"}, "customer"),
                        ({"name": ""}, "name")):
        a = admin.post_i("/taxes", {"country": "PT", "name": "IVA", "percent": "23", **body})
        same((a.status, list(a.fields)), (422, [field]), a)
    same(admin.post_i("/taxes", {"country": "PT", "name": "IVA", "percent": "23"}).status, 201)
    same(admin.post_i("/taxes", {"country": "PT", "name": "IVA", "percent": "6",
                                 "customer": "ORGANIZATION"}).status, 201)
    _, person = client(country="PT", category="INDIVIDUAL")
    _, firm = client(country="PT", category="ORGANIZATION", company="Engines")
    want = ((person, "23", "23.00", "123.00"), (firm, "6", "6.00", "106.00"))
    for account, rate, tax_is, total in want:
        v = admin.get("/taxes/preview", account_id=account).json
        same(([(t["name"], t["rate_percent"], t["category"]) for t in v["taxes"]],
              v["tax"]["amount"], v["total"]["amount"]), ([("IVA", rate, "S")], tax_is, total))
    rules = [x for x in admin.get("/taxes").json["rules"]
             if x["country"] == "PT" and x["state"] == "ACTIVE"]
    same([(x["customer"], x["percent"], x["state"]) for x in rules],
         [("", "23", "ACTIVE"), ("ORGANIZATION", "6", "ACTIVE")])
    move(now() + datetime.timedelta(minutes=1))
    same(admin.post(f"/taxes/{rules[1]['id']}/end").status, 200)
    same(admin.post(f"/taxes/{rules[1]['id']}/end").code, "tax.over")
    same(admin.get("/taxes/preview", account_id=firm).json["total"]["amount"], "123.00")
    a = admin.get("/taxes/preview", account_id=firm, amount="1.234")
    same((a.status, list(a.fields)), (422, ["amount"]))
    same(admin.post("/taxes/999999/end").status, 404)


@case("the command does the same: tax list, add, end, preview; fx list, set")
def _():
    code, _ = command("tax", "add", "MT", "VAT", "18", "-", "INDIVIDUAL")
    same(code, 0)
    code, out = command("tax", "list")
    mine = [x for x in out["taxes"] if x["country"] == "MT" and x["to"] is None]
    same((code, [(x["tax"], x["customer"], x["percent"]) for x in mine]),
         (0, [("VAT", "INDIVIDUAL", "18")]))
    _, person = client(country="MT", category="INDIVIDUAL")
    code, out = command("tax", "preview", str(person), "0.03")
    same((code, out["base"], out["total"], out["taxes"][0]["tax"]), (0, "0.03", "0.04", "0.01"))
    move(now() + datetime.timedelta(minutes=1))
    same(command("tax", "end", str(mine[0]["id"]))[0], 0)
    same(command("tax", "preview", str(person), "0.03")[1]["taxes"], [])
    same(command("fx", "set", "GBP/USD", "1.3", "Bank")[0], 0)
    rate = [x for x in command("fx", "list")[1]["rates"] if x["source"] == "Bank"]
    same([(x["from_currency"], x["to_currency"], x["rate"]) for x in rate],
         [("GBP", "USD", "1.3"), ("USD", "GBP", "0.769230769231")])
    same(command("fx", "set", "GBP/USD", "0")[0], 2)


@case("prices that contain the taxes: the lines are the total, to the unit, also of notes")
def _():
    setting("tax.inclusive", 1)
    same(load(tax("VAT", "18"), tax("Levy", "9", "Western"), tax("Cess", "9", "Western")), 0)
    p, account, vm = begin("Western")
    next_month()
    inv = invoices(p, 1)[0]
    same(p.delete_i(f"/instances/{vm}").status, 200)
    setting("tax.inclusive", 0)
    lines, total = sum(minor(x["amount"]) for x in inv["lines"]), minor(inv["total"])
    rates = {t["name"]: float(t["rate_percent"]) for t in inv["taxes"]}
    same((inv["tax_inclusive"], lines), (True, total))
    for t in inv["taxes"]:
        part = half_up(total * int(rates[t["name"]]), 100 + int(sum(rates.values())))
        same(minor(t["tax"]), part, t["name"])
        same(minor(t["base"]), minor(inv["subtotal"]))
    same(minor(inv["subtotal"]) + minor(inv["tax"]), total)
    same(remarks(p, inv)[0], ["Prices include taxes."])
    took = 0
    for part in ("0.05", None):
        body = {"reason": "for a test"}
        if part:
            body["lines"] = [{"line_id": inv["lines"][0]["id"], "amount": part}]
        a = admin.post_i(f"/invoices/{inv['id']}/credit-notes", body)
        same((a.status, a.json["tax_inclusive"]), (201, True), a)
        took += minor(a.json["total"])
    same(took, total)
    same(admin.get("/taxes/preview", account_id=account).json["inclusive"], False)


@case("reverse charge: only with a VAT id that was found valid, and only while it is that one")
def _():
    same(list(admin.set("seller.country", "de").fields), ["value"])
    setting("seller.country", "DE")
    same(load({"tax": "VAT", "country": "FR", "percent": "20"}), 0)
    p, account, vm = company("FR", "FR40303265045")
    same(evidence(account, checked_at=iso(now() + datetime.timedelta(days=1))).fields.keys(),
         {"checked_at"})
    a = evidence(account)
    same((a.status, a.json["evidence"][0]["result"], a.json["evidence"][0]["voided_at"]),
         (201, "VALID", None), a)
    same(a.json["evidence"][0]["recorded_by"].split(":")[0], "staff")
    same([(t["name"], t["category"], t["reason"]) for t in a.json["example"]["taxes"]],
         [("VAT", "AE", REVERSE)])
    next_month()
    inv = invoices(p, 1)[0]
    same([(t["name"], t["rate_percent"], t["category"], t["reason"]) for t in inv["taxes"]],
         [("VAT", "0", "AE", REVERSE)])
    same((minor(inv["tax"]), minor(inv["total"])), (0, minor(inv["subtotal"])))
    same(remarks(p, inv)[0], [f"VAT: {REVERSE}."])
    pdf = p.get(f"/invoices/{inv['id']}/pdf").raw
    text = subprocess.run(["pdftotext", "-enc", "UTF-8", "-", "-"], input=pdf,
                          capture_output=True, check=True).stdout.decode()
    same(REVERSE in " ".join(text.split()), True, text)
    # the customer's own change of the number ends it
    same(p.patch("/profile", {"tax_id": "FR83404833048"}).status, 200)
    seen = admin.get(f"/clients/{account}/tax").json
    same((seen["evidence"][0]["voided_at"] is None, [t["category"] for t in
                                                     seen["example"]["taxes"]]), (False, ["S"]))
    next_month()
    inv = invoices(p, 2)[0]
    same(taxes(inv), [("VAT", "20")])
    same(p.delete_i(f"/instances/{vm}").status, 200)
    same(p.patch("/profile", {"tax_id": "FR83404833049"}).status, 200)
    same(list(evidence(account).fields), ["vat_id"], "its check digits are wrong")
    same(evidence(account, "INVALID").status, 201)
    _, other = client(country="LK", category="ORGANIZATION", company="Engines")
    same(list(evidence(other).fields), ["country"])
    setting("seller.country", "")


@case("a certificate leaves the tax out from its first second to its last")
def _():
    p, account, vm = using("LK", category="INDIVIDUAL")
    end = month_start(now())
    add = f"/clients/{account}/exemptions"
    span = {"from": iso(end - datetime.timedelta(days=1)), "to": iso(end +
                                                                     datetime.timedelta(days=1))}
    a = admin.post_i(add, {"certificate": "LK-7", **span})
    same((a.status, a.json["exemptions"][0]["certificate"]), (201, "LK-7"), a)
    same(list(admin.post_i(add, {"certificate": "LK-8", **span}).fields), ["from"])
    next_month()
    inv = invoices(p, 1)[0]
    same([(t["name"], minor(t["tax"]), t["category"], t["reason"]) for t in inv["taxes"]],
         [("VAT", 0, "E", "Exempt, certificate LK-7")])
    void = f"{add}/{a.json['exemptions'][0]['id']}/void"
    same(admin.post(void).json["exemptions"][0]["voided_at"] is None, False)
    same(admin.post(void).status, 404, "once")
    next_month()
    same(taxes(invoices(p, 2)[0]), [("VAT", "18")])
    same(p.delete_i(f"/instances/{vm}").status, 200)


@case("in another currency: the tax in ours by the rate of the day, and the bytes stay")
def _():
    def put(code, enabled):
        return admin.request("PUT", f"/currencies/{code}", {"enabled": enabled})

    setting("currency.multi", 0)
    same(admin.get("/currencies").status, 403)
    same(admin.post_i("/fx", {"from_currency": "EUR", "to_currency": "USD", "rate": "1.08",
                              "source": "ECB"}).status, 403)
    setting("currency.multi", 1)
    a = admin.post_i("/fx", {"from_currency": "EUR", "to_currency": "USD", "rate": "1.0875",
                             "source": "ECB"})
    same(a.status, 201, a)
    at = iso(now())
    rate = [x for x in admin.get("/currencies").json["rates"]
            if x["source"] == "ECB" and x["state"] == "ACTIVE"]
    same([(x["from_currency"], x["rate"], x["state"]) for x in rate],
         [("EUR", "1.0875", "ACTIVE"), ("USD", "0.919540229885", "ACTIVE")])
    p, _, vm = using("LK", category="INDIVIDUAL", currency="EUR")
    next_month()
    inv = invoices(p, 1)[0]
    same(p.delete_i(f"/instances/{vm}").status, 200)
    ours = inv["tax_base"]
    want = half_up(minor(inv["tax"]) * 10875, 10000)
    same((ours["tax"]["currency"], minor(ours["tax"]), ours["rate"], ours["source"], ours["at"]),
         ("USD", want, "1.0875", "ECB", at))
    text = f"Taxes in USD: {ours['tax']['amount']} (1 EUR = 1.0875 USD, ECB, {at[:10]})."
    said, first = remarks(p, inv)
    same(said, [text])
    same(admin.post_i("/fx", {"from_currency": "EUR", "to_currency": "USD", "rate": "2",
                              "source": "ECB"}).status, 201)
    again = remarks(p, inv)[1]
    same(hashlib.sha256(again).hexdigest(), hashlib.sha256(first).hexdigest())
    same(p.get(f"/invoices/{inv['id']}").json["tax_base"], ours)
    same(put("GBP", False).status, 200)
    same([x["enabled"] for x in admin.get("/currencies").json["currencies"]
          if x["code"] == "GBP"], [False])
    same(put("GBP", True).status, 200)
    same(list(put("USD", False).fields), ["enabled"])
    same(put("XXX", True).status, 404)
    setting("currency.multi", 0)


@case("WHMCS takes documents whose lines contain the taxes, and those without: equal totals")
def _():
    setting("whmcs.enabled", 1)
    setting("tax.inclusive", 1)
    setting("seller.country", "DE")
    p, _, vm = begin("Western")
    q, account, other = company("FR", "FR40303265045")
    same(evidence(account).status, 201)
    next_month()
    docs = [invoices(x, 1)[0] for x in (p, q)]
    same([len(d["taxes"]) for d in docs], [2, 1])

    def synced(who, inv):
        there = who.get(f"/invoices/{inv['id']}").json["whmcs"]
        assert there["state"] != "ATTENTION", there
        return there["state"] == "SYNCED" and there["status"] == "Unpaid"
    for who, inv in ((p, docs[0]), (q, docs[1])):
        wait_for("the invoice in WHMCS", lambda who=who, inv=inv: synced(who, inv), 60)
    for who, it in ((p, vm), (q, other)):
        same(who.delete_i(f"/instances/{it}").status, 200)
    setting("tax.inclusive", 0)
    setting("seller.country", "")
    setting("whmcs.enabled", 0)


@case("staff reads all of it, a customer none")
def _():
    p, account = client(country="LK")
    same(p.get("/taxes").status, 404)
    for path in ("/taxes", f"/clients/{account}/tax"):
        same(admin.get(path).status, 200, path)


@case("the command agrees: verify is all zero")
def _():
    os.unlink(FILE)
    same(stack.violations(), {})


finish()
