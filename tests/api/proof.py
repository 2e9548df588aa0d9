#!/usr/bin/python3
"""Tools that prove and mend numbers, on a running portal: figures for a monitoring program, a
price that was wrong, hours rated again with notes on the invoices they stand on."""
import re
import urllib.error
import urllib.request
import uuid

from world import (admin, case, client, e8, finish, invoices, next_hour, next_month, same, setting,
                   stack)

setting("whmcs.enabled", 0)
URL = f"http://127.0.0.1:{stack.port}/api/hook/metrics"
NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
SAMPLE = re.compile(rf'({NAME})(?:\{{((?:{NAME}="(?:[^"\\\n]|\\["\\n])*",?)*)\}})? (-?\d+)')


def read(key=None):
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    try:
        with urllib.request.urlopen(urllib.request.Request(URL, headers=headers), timeout=20) as r:
            return r.status, r.headers["Content-Type"], r.read().decode()
    except urllib.error.HTTPError as e:
        return e.code, "", e.read().decode()


def parsed(text):
    """Strictly: each metric once, help and type before its samples, whole numbers."""
    assert text.endswith("\n"), "the last line ends, too"
    kinds, found, current, helped = {}, {}, None, set()
    for line in text.splitlines():
        if line.startswith("# HELP "):
            name = line.split(" ")[2]
            assert name not in helped and len(line.split(" ", 3)[3]) > 10, line
            helped.add(name)
        elif line.startswith("# TYPE "):
            _, _, current, kind = line.split(" ")
            assert current in helped and current not in kinds and kind in ("gauge", "counter")
            assert kind != "counter" or current.endswith("_total"), line
            kinds[current] = kind
        else:
            m = SAMPLE.fullmatch(line)
            assert m and m[1] == current, line
            assert (m[1], m[2]) not in found, f"twice: {line}"
            found[m[1], m[2]] = int(m[3])
    return kinds, found


@case("metrics: by the key made for them, in the format strictly, with what one must know")
def _():
    key = stack.command("metrics", "key", f"mon-{uuid.uuid4().hex[:8]}")["key"]
    status, kind, text = read(key)
    same((status, kind.split(";")[0]), (200, "text/plain"))
    kinds, found = parsed(text)
    assert {"tollbridge_build_info", "tollbridge_invariant_violations", "tollbridge_jobs",
            "tollbridge_biller_watermark_lag_seconds", "tollbridge_mails",
            "tollbridge_heartbeat_age_seconds", "tollbridge_portal_requests_total",
            "tollbridge_lease_remaining_seconds",
            "tollbridge_outbox_age_seconds"} <= set(kinds), kinds
    ids = {i["id"] for i in stack.command("verify")["invariants"]}
    said = {labels.split('"')[1] for name, labels in found
            if name == "tollbridge_invariant_violations"}
    assert said and said <= ids, said - ids
    assert all(v >= 0 for (name, _), v in found.items() if name.endswith("_seconds"))


@case("metrics: no key, another kind of key, a key of it elsewhere: refused")
def _():
    source = stack.command("source", "key", f"src-{uuid.uuid4().hex[:8]}")["key"]
    mine = stack.command("metrics", "key", f"mon-{uuid.uuid4().hex[:8]}")["key"]
    same([read(k)[0] for k in (None, "guess", source)], [401, 401, 403])
    req = urllib.request.Request(f"http://127.0.0.1:{stack.port}/api/hook/commands",
                                 headers={"Authorization": f"Bearer {mine}"})
    try:
        urllib.request.urlopen(req, timeout=10)
        raise AssertionError("a key of figures read commands")
    except urllib.error.HTTPError as e:
        same(e.code, 403)


def cents(doc):
    return e8(doc["total"]) // 10**6


@case("a price that was wrong: said first, then credited on the invoice, once; why shows both")
def _():
    next_month()
    next_hour()
    # A currency of its own client's offering would touch other suites: an offering is enough.
    p, account = client(plan="POSTPAID", currency="USD")
    a = p.post_i("/instances", {"name": "vm", "zone_id": 1, "offering_id": 4, "public_ip": False})
    same(a.status, 201, a)
    next_month()
    before = invoices(p, 1, 240)[0]
    rows = stack.command("price", "list", "INSTANCE_RUNNING")["prices"]
    large = [r for r in rows if r["offering"] == "large" and r["currency"] == "USD"
             and r["zone"] == "dub1" and not r["to"] and "corrected_by" not in r]
    same(len(large), 1, rows)
    old = large[0]
    new = f"{int(float(old['per_hour']) * 10**8) // 2 / 10**8:.8f}"
    said = stack.command("price", "correct", str(old["id"]), new, "half of it was meant",
                         "--dry-run", "--notes", "half of it was meant")
    mine = [c for c in said["accounts"] if c["account_id"] == account]
    same(len(mine), 1, said)
    same(len(p.get("/invoices").json["rows"]), 1, "only said")
    done = stack.command("price", "correct", str(old["id"]), new, "half of it was meant",
                         "--notes", "half of it was meant")
    same([c for c in done["accounts"] if c["account_id"] == account][0]["notes"][0]["kind"],
         "CREDIT_NOTE")
    docs = invoices(p, 2, 60)
    note = [d for d in docs if d["kind"] == "CREDIT_NOTE"][0]
    same(abs(cents(note) * 2 - cents(before)) <= 1, True, (cents(note), cents(before)))
    again = stack.command("rerate", "2020-01-01T00:00:00Z", str(account), "--notes", "again",
                          "--dry-run")
    same(sum(len(x["lines"]) for x in again["accounts"]), 0, again)
    line = [x for x in before["lines"] if x["component"] == "INSTANCE"][0]
    why = stack.command("invoice", "why", str(before["id"]), str(line["position"]))
    assert "half of it was meant" in str(why) or "corrected" in str(why), why
    back = stack.command("price", "list", "INSTANCE_RUNNING")["prices"]
    row = [r for r in back if r["offering"] == "large" and r["currency"] == "USD"
           and r["zone"] == "dub1" and not r["to"] and "corrected_by" not in r][0]
    stack.command("price", "correct", str(row["id"]), old["per_hour"], "put back by the test",
                  "--notes", "put back")
    same(stack.violations(), {})


finish()
