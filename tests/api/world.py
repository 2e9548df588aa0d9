"""What the API scenarios share: the stack, staff, customers, the clock."""
import datetime
import os
import sys
import threading
import zoneinfo
import uuid

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from stack import SRC, Stack, wait_for  # noqa: E402,F401
from tap import case, finish, same  # noqa: E402,F401
from tbclient import PERSON, Portal, slow_down  # noqa: E402,F401

stack = Stack(sys.argv[1], int(sys.argv[2]))
PASSWORD = PERSON["password"]
E8 = 100000000
PRICE = {"nano": 680000, "small": 2720000, "ip": 500000, "secondary": 400000}
admin = Portal(stack.port, "admin")
assert admin.login(*stack.admin_login()).status == 200


def client(**more):
    """A client made by staff, signed in: (portal, id)."""
    email = f"t{uuid.uuid4().hex[:12]}@example.com"
    body = {**PERSON, "email": email, **more}
    body.pop("plan_confirmed", None)
    a = admin.post_i("/clients", body)
    assert a.status == 201, a
    p = Portal(stack.port, "user")
    a2 = p.login(email, PASSWORD)
    assert a2.status == 200, a2
    return p, a.json["id"]


def credit(account, amount):
    a = admin.post_i(f"/clients/{account}/credit", {"amount": amount, "reason": "for a test"})
    assert a.status == 200, a


def setting(key, value):
    a = admin.set(key, value)
    assert a.status == 200, a


setting("whmcs.enabled", 1)     # as the demo starts, whatever the suite before left


def now():
    text = admin.get("/clock").json["now"]
    return datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(
        tzinfo=datetime.timezone.utc)


def move(to):
    a = admin.post("/clock", {"to": to.strftime("%Y-%m-%dT%H:%M:%SZ")})
    assert a.status == 200, a


def next_hour(minute=0):
    """To the given minute of the next hour."""
    t = now().replace(minute=0, second=0) + datetime.timedelta(hours=1, minutes=minute)
    move(t)
    return t


def month_start(t, add=1, zone="UTC"):
    t = t.astimezone(zoneinfo.ZoneInfo(zone))
    y, m = divmod(t.year * 12 + t.month - 1 + add, 12)
    return datetime.datetime(y, m + 1, 1, tzinfo=t.tzinfo).astimezone(datetime.timezone.utc)


def next_month(zone="UTC"):
    t = month_start(now(), zone=zone)
    move(t + datetime.timedelta(minutes=10))
    return t


def e8(money):
    """Exact integer of an amount's text."""
    whole, _, frac = money["amount"].lstrip("-").partition(".")
    v = int(whole) * E8 + int(frac.ljust(8, "0") or 0)
    return -v if money["amount"].startswith("-") else v


def half_up(a, b):
    return (2 * a + b) // (2 * b)


def invoices(p, n, seconds=60):
    """Waits until a customer has n invoices; newest first, whole."""
    def look():
        rows = p.get("/invoices").json["rows"]
        return rows if len(rows) >= n else None
    rows = wait_for(f"invoice {n}", look, seconds)
    return [p.get(f"/invoices/{r['id']}").json for r in rows]


def parallel(calls):
    """Runs all at once; answers in order."""
    out = [None] * len(calls)
    gate = threading.Barrier(len(calls))

    def run(i):
        gate.wait()
        out[i] = calls[i]()
    threads = [threading.Thread(target=run, args=(i,)) for i in range(len(calls))]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return out


def checked(p, method, path, body=None, raw=None, key=None, csrf=True, headers=None):
    """A request whose failure, if it fails, must be the uniform error object."""
    a = p.request(method, path, body, headers=headers, raw=raw, key=key, csrf=csrf)
    assert a.status < 500, f"{method} {path}: {a}"
    if a.status >= 400:
        err = a.json["error"]
        assert err["code"] and err["message"], f"{method} {path}: {a}"
    return a
