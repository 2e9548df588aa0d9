"""A world of its own on the private MariaDB: a schema, a configuration and the
commands that make time pass in it. And TAP."""
import json
import os
import subprocess
import sys
import time

obj, socket, tmp = sys.argv[1:4]
SRC = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def iso(t):
    return t.strftime("%Y-%m-%dT%H:%M:%SZ")


class World:
    def __init__(self, name):
        self.name, self.conf = name, f"{tmp}/{name}.conf"
        with open(self.conf, "w", encoding="ascii") as f:
            f.write(f"[database]\nsocket = {socket}\nname = {name}\nuser = root\n"
                    "[log]\nlevel = error\n")
        self.sql(f"CREATE DATABASE {name}", schema="mysql")
        self.run("migrate", "--dir", f"{SRC}/sql/migrate")
        self.run("demo", "--dir", f"{SRC}/sql")
        self.run("settings", "set", "whmcs.enabled", "0")
        self.run("settings", "set", "contract.type", "1")
        self.run("settings", "set", "currency.multi", "1")
        # Its looks follow the real clock, which differs between the worlds; it has tests
        # of its own.
        self.run("settings", "set", "suspension.enabled", "0")
        self.seconds, self.killed = 1.0, 0

    def sql(self, text, schema=None):
        r = subprocess.run(["mariadb", "--no-defaults", "-uroot", "-S", socket, "-N", "-B",
                            schema or self.name, "-e", text], capture_output=True, text=True,
                           check=True)
        return r.stdout

    def args(self, *words):
        return [f"{obj}/tollbridge", "--config", self.conf, *words]

    def run(self, *words, ok=(0,)):
        r = subprocess.run(self.args(*words), capture_output=True, text=True)
        if r.returncode not in ok or not r.stdout:
            raise AssertionError(f"{self.name}: {words}: {r.stdout[-800:]} {r.stderr[-800:]}")
        return r.stdout

    def bill(self, strikes=()):
        """Runs the biller to its end; each strike kills one run after that part of its time."""
        for part in strikes:
            p = subprocess.Popen(self.args("bill", "run"), stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL)
            time.sleep(part * self.seconds)
            alive = p.poll() is None
            p.kill()
            p.wait()
            self.killed += alive
        t = time.monotonic()
        self.run("bill", "run")
        if not strikes:
            self.seconds = time.monotonic() - t

    def figures(self):
        """Everything that is money, per customer; no times, no row numbers."""
        return self.sql("""
            SELECT a.email, a.plan, w.balance_e8, w.unposted_e8, w.drawn_e8, w.rated_until_hour,
                   w.cycle_from_hour, w.cycle_to_hour
              FROM account a JOIN wallet w ON w.account_id = a.id ORDER BY a.email;
            SELECT a.email, l.code, l.balance_e8, COUNT(e.id), SUM(e.amount_e8)
              FROM ledger_account l JOIN account a ON a.id = l.account_id
              LEFT JOIN ledger_entry e ON e.ledger_account_id = l.id
             GROUP BY l.id ORDER BY a.email, l.code;
            SELECT code, currency, balance_e8 FROM ledger_account WHERE account_id = 0
             ORDER BY code, currency;
            SELECT a.email, i.kind, i.number, i.status, i.period_from_hour, i.period_to_hour,
                   i.exact_e8, i.fee_e8, i.discount_e8, i.subtotal_minor, i.tax_minor, i.tax_inclusive,
                   i.total_minor, i.paid_minor
              FROM invoice i JOIN account a ON a.id = i.account_id ORDER BY i.kind, i.number_n;
            SELECT i.kind, i.number, l.position, l.component, l.description, l.hours, l.unit_e8,
                   l.exact_e8, l.amount_minor
              FROM invoice i JOIN invoice_line l ON l.invoice_id = i.id
             ORDER BY i.kind, i.number_n, l.position;
            SELECT i.kind, i.number, t.name, t.rate_ppm, t.base_minor, t.tax_minor
              FROM invoice i JOIN invoice_tax t ON t.invoice_id = i.id
             ORDER BY i.kind, i.number_n, t.name;
            SELECT a.email, c.component, c.item, c.reason, c.revision, COUNT(*), SUM(c.hours),
                   SUM(c.quantity), SUM(c.amount_e8)
              FROM charge c JOIN account a ON a.id = c.account_id
             GROUP BY a.email, c.component, c.item, c.reason, c.revision
             ORDER BY a.email, c.component, c.item, c.reason, c.revision;
            SELECT a.email, k.kind, k.state, k.from_hour, k.to_hour, f.cycle_hour, f.days,
                   f.amount_e8, f.drawn_e8
              FROM contract k JOIN account a ON a.id = k.account_id
              LEFT JOIN contract_fee f ON f.contract_id = k.id
             ORDER BY a.email, k.from_hour, k.id, f.cycle_hour;
            SELECT a.email, g.granted_e8, g.remaining_e8, g.expires_hour
              FROM credit_grant g JOIN account a ON a.id = g.account_id
             ORDER BY a.email, g.id;
            SELECT a.email, d.kind, d.ppm, d.amount_e8, d.scope, d.cycles_used, d.status
              FROM account_discount d JOIN account a ON a.id = d.account_id ORDER BY a.email, d.id;
            SELECT p.gateway, COUNT(*), SUM(p.amount_minor) FROM payment p GROUP BY p.gateway
             ORDER BY p.gateway""")

    def broken(self):
        out = json.loads(self.run("--json", "verify", ok=(0, 1)))
        return {i["id"]: i["value"] for i in out["invariants"] if i["value"]}


n = failed = 0


def check(ok, what, more=""):
    global n, failed
    n += 1
    failed += not ok
    print(f"{'ok' if ok else 'not ok'} {n} - {what}")
    for line in str(more).splitlines() if not ok else []:
        print(f"# {line}")
    sys.stdout.flush()


def finish():
    print(f"1..{n}")
    sys.exit(1 if failed else 0)
