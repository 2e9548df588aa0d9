#!/usr/bin/python3
"""Every route of the table x everybody who may come, and x bodies that are wrong."""
import os
import subprocess

from world import (PASSWORD, PERSON, Portal, admin, case, checked, client, finish, same,
                   slow_down, stack)

PORTAL = os.path.join(stack.home, "build", "obj", "tollbridge-portal")
ROUTES = [line.split()[:3] for line in
          subprocess.run([PORTAL, "--routes"], capture_output=True, text=True).stdout.splitlines()
          if line.startswith(("GET", "POST", "PATCH", "PUT", "DELETE"))]
CHANGES = [r for r in ROUTES if r[0] != "GET"]
STAFF = {"BILLING": None, "SUPPORT": None, "ACCOUNTANT": None}
KEY = "k" * 24

for role in STAFF:
    made = subprocess.run([f"{stack.home}/build/obj/tollbridge", "--config",
                           f"{stack.home}/etc/migrate.conf", "admin", "create",
                           f"{role.lower()}@example.com", "--role", role, "--password-file", "-"],
                          input=PASSWORD + "\n", text=True, capture_output=True)
    assert made.returncode == 0 or "already" in made.stderr, made.stderr
    STAFF[role] = Portal(stack.port, "admin")
    assert STAFF[role].login(f"{role.lower()}@example.com", PASSWORD).status == 200

ada, ada_id = client()
bob, bob_id = client(category="INDIVIDUAL", plan="POSTPAID")


def pool_of(path):
    return path.split("/")[2]


def below(path, number="999999"):
    """The path below /api/<pool>, with numbers for its parts."""
    out = "/" + path.split("/", 3)[3]
    for part in ("{id}", "{line}"):
        out = out.replace(part, number)
    return out.replace("{key}", "no.such.setting").replace("{token}", "1.pdf.1.0")


def anonymous(pool):
    p = Portal(stack.port, pool)
    if pool != "hook":
        p.boot()
    return p


@case("the table is not empty and every pool has routes")
def _():
    same({pool_of(r[1]) for r in ROUTES}, {"user", "admin", "hook"})
    return f"{len(ROUTES)} routes"


@case("nobody signed in: 401 wherever a role is needed")
def _():
    n = 0
    for method, path, role in ROUTES:
        if role == "anyone":
            continue
        p = anonymous(pool_of(path))
        a = checked(p, method, below(path), None if method == "GET" else {}, key=KEY)
        same(a.status, 401, f"{method} {path}")
        n += 1
    return f"{n} routes"


@case("a customer is nobody in the admin pool, staff nobody in the user pool")
def _():
    for method, path, role in ROUTES:
        if role == "anyone" or pool_of(path) == "hook":
            continue
        other = Portal(stack.port, pool_of(path))
        other.boot()
        source = ada if pool_of(path) == "admin" else admin
        name = "tb_admin" if pool_of(path) == "admin" else "tb_user"
        other.cookies[name] = list(source.cookies.values())[0]
        a = checked(other, method, below(path), None if method == "GET" else {}, key=KEY)
        same(a.status, 401, f"{method} {path}")


@case("staff without the right role: 403 before anything is done")
def _():
    n = 0
    for method, path, role in ROUTES:
        if role not in ("billing", "owner"):
            continue
        for name, p in STAFF.items():
            if role == "billing" and name == "BILLING":
                continue
            a = checked(p, method, below(path), {}, key=KEY)
            same(a.status, 403, f"{name}: {method} {path}")
            n += 1
    return f"{n} refusals"


@case("no CSRF token, a wrong one, a foreign origin: 403 on every change")
def _():
    for method, path, role in CHANGES:
        if pool_of(path) == "hook":
            continue
        p = ada if pool_of(path) == "user" else admin
        for headers in ({}, {"X-CSRF-Token": "x" * 43}):
            a = checked(p, method, below(path), {}, key=KEY, csrf=False, headers=headers)
            same(a.status, 403, f"{method} {path}")
        a = checked(p, method, below(path), {}, key=KEY, headers={"Origin": "https://evil.example"})
        same(a.status, 403, f"{method} {path} from another origin")


BODIES = {
    "empty": ("", (400, 403, 404, 411, 415, 422, 429)),
    "half": ('{"a":', (400, 403, 404, 422, 429)),
    "a list": ("[1,2]", (400, 403, 404, 422, 429)),
    "a text": ('"x"', (400, 403, 404, 422, 429)),
    "unknown field": ('{"balance":"1000000","role":"OWNER"}', (403, 404, 422, 429)),
    "not UTF-8": (b'{"name":"\xff\xfe"}', (400, 403, 404, 422, 429)),
    "deep": ('{"a":' * 60 + "1" + "}" * 60, (400, 403, 404, 422, 429)),
    "random": (bytes(range(256)) * 8, (400, 403, 404, 422, 429)),
}


@case("every change with every wrong body: a clear 4xx, never a 5xx, nothing made")
def _():
    before = admin.get("/overview").json
    n = 0
    for method, path, role in CHANGES:
        if path.endswith("/logout"):
            continue
        p = {"user": ada, "admin": admin, "hook": anonymous("hook")}[pool_of(path)]
        for name, (raw, allowed) in BODIES.items():
            a = checked(p, method, below(path), raw=raw, key=KEY + name.replace(" ", ""))
            want = allowed + ((401,) if pool_of(path) == "hook" else ())
            assert a.status in want, f"{name}: {method} {path}: {a}"
            n += 1
    after = admin.get("/overview").json
    same(after["clients"], before["clients"], "clients")
    same(after["resources"], before["resources"], "resources")
    return f"{n} requests"


@case("10 MB are refused with 413 and are not read into memory")
def _():
    for p, path in ((ada, "/instances"), (admin, "/clients"), (anonymous("hook"), "/usage-events")):
        try:
            a = p.request("POST", path, raw="x" * 10_000_000, key=KEY)
            same(a.status, 413, path)
            assert a.json["error"]["message"], a
        except (BrokenPipeError, ConnectionResetError):
            pass        # nginx closed while we were still sending: refused as well


@case("an unknown path is 404, a known one with another method 405 with Allow")
def _():
    for p in (ada, admin):
        same(checked(p, "GET", "/nothing").status, 404)
        a = checked(p, "DELETE", "/boot", {}, key=KEY)
        same(a.status, 405)
        assert "GET" in a.headers.get("allow", ""), a.headers


@case("wrong types and bounds name their fields, all of them together")
def _():
    a = checked(ada, "POST", "/instances", {"name": "", "zone_id": "one", "offering_id": -1},
                key=KEY + "types")
    same(a.status, 422)
    same(set(a.fields), {"name", "zone_id", "offering_id"})
    a = checked(ada, "GET", "/invoices?per=101&page=0&status=LATE&sort=secret")
    same(set(a.fields), {"per", "page", "status", "sort"})


@case("another customer's things look exactly like things that do not exist")
def _():
    made = ada.post_i("/instances", {"name": "mine", "zone_id": 1, "offering_id": 1,
                                     "public_ip": True})
    same(made.status, 201)
    mine = made.json["id"]
    address = ada.get(f"/instances/{mine}").json["ips"][0]["id"]
    n = 0
    for method, path, role in ROUTES:
        if pool_of(path) != "user" or "{id}" not in path:
            continue
        number = str(address) if "/ips/" in path else str(mine)
        got = [checked(bob, method, below(path, i), None if method == "GET" else {},
                       key=f"{KEY}{n}{len(i)}") for i in (number, "999999")]
        same(got[0].status, got[1].status, f"{method} {path}")
        same(got[0].status, 404, f"{method} {path}")
        same(got[0].code, got[1].code, f"{method} {path}")
        n += 1
    same(ada.get(f"/instances/{mine}").json["state"], "RUNNING", "untouched")
    for name in ("/instances", "/ips", "/invoices"):
        same(bob.get(name).json["total"], 0, f"bob's {name}")
    return f"{n} routes"


@case("cookies are HttpOnly and SameSite, tokens are not in the body")
def _():
    p = Portal(stack.port, "user")
    p.boot()
    p2 = admin.get("/clients", q="").json["rows"][-1]
    a = slow_down(lambda: p.post("/login", {"email": p2["email"], "password": "wrong password"}))
    same(a.status, 401)
    unknown = slow_down(lambda: p.post("/login", {"email": "nobody@example.com",
                                                  "password": "wrong password"}))
    same(unknown.code, a.code)
    same(unknown.json["error"]["message"], a.json["error"]["message"])
    good, _ = client()
    set_cookie = slow_down(lambda: good.post("/logout")).headers.get("set-cookie", "")
    assert "HttpOnly" in set_cookie and "SameSite=Strict" in set_cookie, set_cookie
    same(good.get("/dashboard").status, 401, "after signing out")


@case("changing the password ends every other session")
def _():
    p, _ = client()
    email = p.boot()["user"]["email"]
    other = Portal(stack.port, "user")
    same(other.login(email, PASSWORD).status, 200)
    change = {"current": "wrong one", "password": "another password"}
    same(slow_down(lambda: p.post("/profile/password", change)).status, 422)
    change["current"] = PASSWORD
    same(slow_down(lambda: p.post("/profile/password", change)).status, 200)
    same(other.get("/dashboard").status, 401, "the other session")
    same(p.get("/dashboard").status, 200, "this one goes on")


@case("a suspended customer signs in, is told, cannot create, can delete")
def _():
    p, account = client()
    vm = p.post_i("/instances", {"name": "x", "zone_id": 1, "offering_id": 1}).json["id"]
    same(admin.post(f"/clients/{account}/suspend", {"note": "for a test"}).status, 200)
    notice = p.boot()["notice"]
    same((notice["kind"], notice["reasons"]), ("suspended", ["ADMIN"]))
    a = p.post_i("/instances", {"name": "y", "zone_id": 1, "offering_id": 1})
    same((a.status, a.code), (403, "account.suspended"))
    row = admin.get("/clients", status="SUSPENDED").json["rows"]
    assert any(r["id"] == account and r["reasons"] == ["ADMIN"] for r in row), row
    same(p.delete_i(f"/instances/{vm}").status, 200)
    same(admin.post(f"/clients/{account}/unsuspend", {"note": "over"}).status, 200)
    same(p.boot()["notice"], None)


@case("an e-mail address is taken once, whatever its case")
def _():
    email = ada.boot()["user"]["email"]
    a = admin.post_i("/clients", {**{k: v for k, v in PERSON.items() if k != "plan_confirmed"},
                                  "email": email.upper()})
    same((a.status, list(a.fields)), (422, ["email"]))


finish()
