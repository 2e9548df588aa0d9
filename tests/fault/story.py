#!/usr/bin/python3
"""The main job under kill -9: sign up, create, month's end, invoice, WHMCS, paid.

Each trial is a new customer from one month to the next on a running quickstart;
at random moments a process of biller, bridge, workers or MariaDB is killed with
SIGKILL and quickstart's supervisor starts it again. The story must end with the
total computed here by integers, one invoice and one payment on each side.

usage: story.py HOME PORT TRIALS [SEED]     (TAP; quickstart is up at HOME, PORT)
"""
import calendar
import datetime
import random
import sys
import threading
import time
import uuid

sys.path.insert(0, __file__.rsplit("/", 2)[0] + "/lib")
from stack import Stack, wait_for  # noqa: E402
from tbclient import PERSON, Portal  # noqa: E402

VICTIMS = ["biller", "bridge", "user", "admin", "mysql"]
UNIT_INSTANCE, UNIT_IP, VAT = 2720000, 500000, 230000   # demo prices of Small and an IP, e8; ppm


def half_up(a, b):
    return (2 * a + b) // (2 * b)


def expected_total(hours):
    """Cents of an invoice for one Small instance and one public IP."""
    net = half_up(hours * (UNIT_INSTANCE + UNIT_IP), 1000000)
    return net + half_up(net * VAT, 1000000)


class Killer(threading.Thread):
    """Kills one process now and then until stopped."""

    def __init__(self, stack, rng):
        super().__init__(daemon=True)
        self.stack, self.rng, self.kills, self.over = stack, rng, [], threading.Event()

    def run(self):
        while not self.over.wait(self.rng.uniform(0.1, 4.0)):
            name = self.rng.choice(VICTIMS)
            if len(self.kills) < 3 and self.stack.kill(name, self.rng.choice):
                self.kills.append(name)


def again(call, good, seconds=90):
    """Repeats a request until it is answered: errors while something is down are expected."""
    def look():
        a = call()
        return a if a.status in good else None
    return wait_for(f"an answer of {good}", look, seconds)


def sign_up(stack, email):
    def look():
        p = Portal(stack.port, "user")
        p.boot()
        a = p.post("/signup", {**PERSON, "email": email})
        if a.status == 201:
            p.boot()
            return p
        # the first try worked and its answer was lost
        if a.status == 422 and "email" in a.fields:
            p = Portal(stack.port, "user")
            return p if p.login(email, PERSON["password"]).status == 200 else None
        return None
    return wait_for("sign-up", look)


def month_hours(now):
    days = calendar.monthrange(now.year, now.month)[1]
    end = datetime.datetime(now.year, now.month, 1) + datetime.timedelta(days=days)
    start = now.replace(minute=0, second=0, microsecond=0)
    return int((end - start).total_seconds() // 3600), end


def invoice_of(p):
    rows = again(lambda: p.get("/invoices"), [200]).json["rows"]
    return rows[0] if rows else None


def story(stack, admin, trial, rng):
    email = f"kill{trial}-{uuid.uuid4().hex[:8]}@example.com"
    killer = Killer(stack, rng)
    p = sign_up(stack, email)
    killer.start()
    try:
        key = uuid.uuid4().hex
        made = again(lambda: p.post("/instances", {"name": "web", "zone_id": 1, "offering_id": 2,
                                                   "public_ip": True}, key=key), [201])
        vm = made.json["id"]
        now = again(lambda: p.get(f"/instances/{vm}"), [200]).json["created_at"]
        hours, end = month_hours(datetime.datetime.strptime(now, "%Y-%m-%dT%H:%M:%SZ"))
        to = (end + datetime.timedelta(minutes=10)).strftime("%Y-%m-%dT%H:%M:%SZ")
        again(lambda: admin.post("/clock", {"to": to}), [200, 422])
        inv = wait_for("the invoice", lambda: invoice_of(p))
        key = uuid.uuid4().hex
        again(lambda: p.request("DELETE", f"/instances/{vm}", {}, key=key), [200, 409])
        pushed = wait_for("the invoice in WHMCS", lambda: (
            lambda i: i if i["whmcs"] and i["whmcs"]["id"] else None)(invoice_of(p)), 150)
        remote = pushed["whmcs"]["id"]
        wait_for("publication", lambda: stack.whmcs_api("GetInvoice", invoiceid=remote)
                 .get("status") == "Unpaid", 150)
        stack.whmcs("act", {"op": "pay", "invoiceid": remote})
        paid = wait_for("the payment", lambda: (
            lambda i: i if i["status"] == "PAID" else None)(invoice_of(p)), 150)
    finally:
        killer.over.set()
        killer.join()
    return email, inv, paid, remote, hours, killer.kills


def problems(stack, admin, email, inv, paid, remote, hours):
    """What is wrong on either side, as a list of sentences."""
    found, want = [], expected_total(hours)
    cents = int(inv["total"]["amount"].replace(".", ""))
    if cents != want:
        found.append(f"total {cents} instead of {want}")
    if paid["paid"]["amount"] != inv["total"]["amount"]:
        found.append(f"paid {paid['paid']['amount']} of {inv['total']['amount']}")
    rows = again(lambda: admin.get("/invoices", q=email), [200]).json
    if rows["total"] != 1:
        found.append(f"{rows['total']} invoices on our side")
    doc = again(lambda: admin.get(f"/invoices/{inv['id']}"), [200]).json
    if len(doc["payments"]) != 1:
        found.append(f"{len(doc['payments'])} payments on our side")
    theirs = stack.whmcs_api("GetInvoice", invoiceid=remote)
    if theirs["total"] != inv["total"]["amount"] or theirs["status"] != "Paid":
        found.append(f"WHMCS says {theirs['status']} {theirs['total']}")
    client = theirs["userid"]
    n = stack.whmcs_api("GetInvoices", userid=client, limitnum=100)["totalresults"]
    if int(n) != 1:
        found.append(f"{n} invoices in WHMCS")
    txns = stack.whmcs_api("GetTransactions", clientid=client)
    if int(txns["totalresults"]) != 1:
        found.append(f"{txns['totalresults']} transactions in WHMCS")
    if int(stack.whmcs_api("GetClients", search=email)["totalresults"]) != 1:
        found.append("not exactly one client in WHMCS")
    bad = stack.violations()
    if bad:
        found.append(f"verify: {bad}")
    return found


def main():
    home, port, trials = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    seed = int(sys.argv[4]) if len(sys.argv) > 4 else int(time.time())
    stack, failed, killed = Stack(home, port), 0, 0
    admin = Portal(port, "admin")
    assert admin.login(*stack.admin_login()).status == 200
    print(f"# seed {seed}")
    for trial in range(1, trials + 1):
        rng = random.Random(f"{seed}.{trial}")
        try:
            email, inv, paid, remote, hours, kills = story(stack, admin, trial, rng)
            killed += len(kills)
            found = wait_for("quiet", lambda: [problems(stack, admin, email, inv, paid, remote,
                                                        hours)])[0]
        except AssertionError as e:
            found, kills = [str(e)], ["?"]
        print(f"{'not ok' if found else 'ok'} {trial} - killed {', '.join(kills) or 'nobody'}: "
              f"one invoice, one payment, right total")
        for f in found:
            print(f"#   {f}")
        failed += bool(found)
        sys.stdout.flush()
    breaches = stack.whmcs("breaches")
    print(f"{'not ok' if breaches['count'] else 'ok'} {trials + 1} - the WHMCS contract was kept")
    for b in breaches["breaches"][:5]:
        print(f"#   {b}")
    print(f"# {killed} kills in {trials} trials")
    print(f"1..{trials + 1}")
    return failed > 0 or breaches["count"] > 0


if __name__ == "__main__":
    sys.exit(main())
