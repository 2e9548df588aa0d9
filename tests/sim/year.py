#!/usr/bin/python3
"""Two worlds live the same lives, day by day, through the same functions as the
portals (tollbridge replay): machines, addresses, volumes, snapshots, traffic, a monthly
cap, contracts, credit that expires, discounts, payments, notes, switches of plan. In one of them the biller is killed at random
moments. At each month's end every invariant is zero in both, and every figure of
every customer is the same to the unit."""
import datetime
import json
import random
import sys
from concurrent.futures import ThreadPoolExecutor

from simlib import World, check, finish, iso, tmp

customers, days, kills = [int(x) for x in sys.argv[4:7]]
UTC = datetime.timezone.utc
START = datetime.datetime(datetime.date.today().year + 1, 1, 1, tzinfo=UTC)
PLANS = ["PREPAID", "POSTPAID", "FLEXIBLE"]
CURRENCIES = ["USD", "EUR", "GBP", "INR", "JPY", "KWD"]     # no, two and three decimals
COUNTRIES = ["IE", "IN", "US", "DE"]
TIMEZONES = ["UTC", "Europe/Dublin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe",
             "Pacific/Kiritimati"]
OFFERINGS = ["nano", "small", "medium", "large"]
ZONES = ["dub1", "blr1"]
GIVEN = {"": 0, "-7": 7, "-40": 40}     # codes for credit, and the days they live
FLIPS = [("ip.default_charge", ["0", "1"]), ("ip.free_one", ["0", "1"]),
         ("ip.secondary_charge", ["0", "1"]), ("prepaid.hourly", ["0", "1"])]


def furnish(world):
    """What the demo has no prices for: dinars, volumes, snapshots, traffic, a monthly cap; and
    promo codes."""
    world.sql("""
        UPDATE currency SET enabled = 1 WHERE code = 'KWD';
        INSERT INTO price (item, zone_id, offering_id, currency, unit_e8, from_hour, to_hour)
        SELECT item, zone_id, offering_id, 'KWD', unit_e8 DIV 3, from_hour, to_hour
          FROM price WHERE currency = 'USD';
        INSERT INTO offering (code, name, kind, vcpu, memory_mb, disk_gb, position, active)
        VALUES ('ssd', 'SSD', 'VOLUME', 0, 0, 0, 9, 1);
        INSERT INTO price (item, zone_id, offering_id, currency, unit_e8, from_hour, to_hour)
        SELECT x.item, z.id, CASE x.item WHEN 'VOLUME' THEN o.id ELSE 0 END, c.currency,
               x.unit_e8, 0, 4000000000
          FROM zone z CROSS JOIN offering o CROSS JOIN (SELECT DISTINCT currency FROM price) c
         CROSS JOIN (SELECT 'VOLUME' AS item, 12347 AS unit_e8 UNION ALL SELECT 'SNAPSHOT', 4111
                     UNION ALL SELECT 'TRAFFIC', 1003) x
         WHERE o.code = 'ssd';
        UPDATE price SET cap_hours = 500
         WHERE item = 'INSTANCE_RUNNING' AND offering_id = (SELECT MIN(id) FROM offering)""")
    for currency in CURRENCIES:
        for name, life in GIVEN.items():
            world.run("promo", "add", "EXISTING", "CREDIT", f"7{currency}", f"GIFT{name}-{currency}",
                      str(life))
    world.run("promo", "add", "EXISTING", "PERCENT", "12.5%", "EIGHTH", "2")


CONTRACTS = [{"kind": "PAYG", "overage": "PAYG"},
             {"kind": "FIXED", "fee": "20", "overage": "PAYG", "what": "INSTANCE", "quantity": 1},
             {"kind": "FIXED", "fee": "35", "overage": "PAYG", "what": "VOLUME", "quantity": 300},
             {"kind": "FIXED", "fee": "50", "overage": "REFUSE", "what": "INSTANCE", "quantity": 2},
             {"kind": "FIXED", "fee": "90", "overage": "PAYG"}]


class Lives:
    """What happens, day by day; the same for every world."""

    def __init__(self, seed):
        self.r = random.Random(seed)
        self.serial = 0
        self.held = {}          # account -> {resource: [kind, state, zone, last time, parent]}
        self.late = []          # (day it arrives, line)
        self.currency = {}

    def key(self):
        self.serial += 1
        return f"key-{self.serial:012d}"

    def accounts(self):
        for i in range(customers):
            ref = f"a{i}"
            self.held[ref] = {}
            fixed = self.r.random() < 0.1
            self.currency[ref] = self.r.choice(CURRENCIES)
            yield {"op": "account", "ref": ref, "plan": self.r.choice(PLANS),
                   "category": self.r.choice(["INDIVIDUAL", "ORGANIZATION"]),
                   "currency": self.currency[ref], "country": self.r.choice(COUNTRIES),
                   "timezone": self.r.choice(TIMEZONES),
                   "credit_limit": self.r.choice(["", "50", "500"]),
                   **({"contract": "FIXED", "fixed_fee": "30"} if fixed else {})}
            yield {"op": "credit", "ref": ref, "key": self.key(),
                   "amount": str(self.r.randint(1, 40))}

    def event(self, ref, name, kind, at, day, **more):
        line = {"op": "event", "ref": ref, "id": self.key(), "type": kind, "at": iso(at),
                "resource": name, **more}
        if self.r.random() < 0.05:      # arrives days later, maybe after the month's end
            self.late.append((day + self.r.randint(1, 5), line))
            return []
        return [line, line] if self.r.random() < 0.03 else [line]

    def acquire(self, ref, at, day):
        r, mine = self.r, self.held[ref]
        name = f"{ref}-r{self.serial}"
        machines = [n for n, x in mine.items() if x[0] == "instance"]
        zone = r.choice(ZONES)
        if r.random() < 0.25:
            kind = r.choice(["volume", "snapshot"])
            mine[name] = [kind, "on", zone, at]
            more = {"offering": "ssd"} if kind == "volume" else {}
            return self.event(ref, name, f"{kind}.created", at, day, zone=zone,
                              size_gb=r.randint(1, 500), **more)
        if r.random() < 0.6:
            mine[name] = ["instance", "on", zone, at]
            return self.event(ref, name, "instance.created", at, day, zone=zone,
                              offering=r.choice(OFFERINGS))
        mine[name] = ["ip", "on", zone, at]
        parent = {"parent": r.choice(machines)} if machines and r.random() < 0.3 else {}
        if parent:
            zone = mine[name][2] = mine[parent["parent"]][2]
        return self.event(ref, name, "ip.acquired", at, day, zone=zone, **parent)

    def touch(self, ref, name, at, day):
        r, mine = self.r, self.held[ref]
        thing = mine[name]
        if at <= thing[3]:
            return []
        thing[3] = at
        if thing[0] in ("volume", "snapshot"):
            if thing[0] == "volume" and r.random() < 0.5:
                return self.event(ref, name, "volume.resized", at, day, size_gb=r.randint(1, 500))
            del mine[name]
            return self.event(ref, name, f"{thing[0]}.deleted", at, day)
        if thing[0] == "instance" and r.random() < 0.3:
            return self.event(ref, name, "instance.traffic", at, day,
                              bytes=r.randint(1, 40 << 30))
        if thing[0] == "ip":
            del mine[name]
            return self.event(ref, name, "ip.released", at, day)
        if r.random() < 0.3:
            del mine[name]
            return self.event(ref, name, "instance.deleted", at, day)
        if r.random() < 0.3:
            return self.event(ref, name, "instance.resized", at, day,
                              offering=r.choice(OFFERINGS))
        thing[1] = "off" if thing[1] == "on" else "on"
        return self.event(ref, name,
                          "instance.stopped" if thing[1] == "off" else "instance.started", at, day)

    def day(self, d):
        """Events of the day before, then what people do at ten past midnight."""
        r = self.r
        begin = START + datetime.timedelta(days=d - 1)
        yield {"op": "clock", "to": iso(begin + datetime.timedelta(days=1, minutes=10))}
        for due, line in self.late:
            if due <= d:
                yield line
        self.late = [x for x in self.late if x[0] > d]
        for ref, mine in self.held.items():
            for _ in range(r.choice([0, 0, 0, 1, 1, 2])):
                at = begin + datetime.timedelta(seconds=r.randrange(86400))
                if mine and (len(mine) > 8 or r.random() < 0.5):
                    yield from self.touch(ref, r.choice(sorted(mine)), at, d)
                else:
                    yield from self.acquire(ref, at, d)
            if r.random() < 0.05:
                yield {"op": "credit", "ref": ref, "key": self.key(),
                       "amount": str(r.randint(1, 60))}
            if r.random() < 0.08:
                yield {"op": "pay", "ref": ref, "key": self.key(), "part": r.choice([3, 10, 10, 12])}
            if r.random() < 0.004:
                yield {"op": "note", "ref": ref, "key": self.key()}
            if r.random() < 0.01:
                yield {"op": "plan", "ref": ref, "plan": r.choice(PLANS)}
            if r.random() < 0.01:
                code = r.choice([f"GIFT{r.choice(list(GIVEN))}-{self.currency[ref]}", "EIGHTH"])
                yield {"op": "redeem", "ref": ref, "code": code}
            if r.random() < 0.003:
                yield {"op": "contract", "ref": ref, **r.choice(CONTRACTS)}
        if r.random() < 0.2:
            key, values = r.choice(FLIPS)
            yield {"op": "setting", "key": key, "value": r.choice(values)}


def difference(a, b):
    rows = [(x, y) for x, y in zip(a.splitlines(), b.splitlines()) if x != y]
    return "\n".join(f"{x}\n  instead of {y}" for x, y in rows[:5]) or "other lengths"


def again(world):
    """The whole life rated once more: no difference. Then a price is changed behind the
    books' back: the difference is the hours it was used for, customer by customer."""
    def rerate(*more):
        out = json.loads(world.run("--json", "rerate", iso(START - datetime.timedelta(days=40)),
                                   *more))
        return {str(a["account_id"]): int(a["difference"].replace(".", ""))
                for a in out["accounts"]}, out["rated"]

    n = int(world.sql("SELECT COUNT(*) FROM wallet"))
    got, rated = rerate("--dry-run")
    check((got, rated) == ({}, n), f"{n} customers rated again from the start: no difference", got)
    price = world.sql("SELECT price_id FROM charge WHERE unit_e8 > 0 GROUP BY price_id "
                      "ORDER BY COUNT(*) DESC LIMIT 1").strip()
    used = world.sql("SELECT account_id, SUM(hours * quantity * SIGN(unit_e8)) FROM charge "
                     f"WHERE price_id = {price} GROUP BY account_id")
    want = {a: int(h) * 1000 for a, h in (r.split("\t") for r in used.splitlines()) if int(h)}
    world.sql(f"UPDATE price SET unit_e8 = unit_e8 + 1000 WHERE id = {price}")
    before = world.figures()
    check(rerate("--dry-run")[0] == want, f"another price: the difference of {len(want)} customers",
          (want, got))
    check(world.figures() == before, "said, and nothing kept")
    told = set(world.broken())
    check("usage.rated" in told and told <= {"usage.rated", "usage.caps"}, "the invariant tells",
          told)
    check(rerate()[0] == want, "kept as adjustments")
    check(rerate()[0] == {} and not world.broken(), "once: verify is all zero", world.broken())


def main():
    lives, dice = Lives(20300101), random.Random(7)
    calm, struck = World("calm"), World("struck")
    pool = ThreadPoolExecutor(2)
    list(pool.map(furnish, (calm, struck)))
    strikes = sorted(dice.uniform(1, days) for _ in range(kills))
    path = f"{tmp}/day.json"
    totals = {"done": 0, "refused": 0}
    for d in range(1, days + 1):
        with open(path, "w", encoding="ascii") as f:
            if d == 1:
                f.write(json.dumps({"op": "clock", "to": iso(START)}) + "\n")
                for line in lives.accounts():
                    f.write(json.dumps(line) + "\n")
            for line in lives.day(d):
                f.write(json.dumps(line) + "\n")
        out = list(pool.map(lambda w: json.loads(w.run("--json", "replay", path)), (calm, struck)))
        if out[0] != out[1]:
            check(False, f"day {d}: both worlds took the same operations", out)
        totals = {k: totals[k] + out[0][k] for k in totals}
        # In a long run what a day takes grows; the calm world tells.
        struck.seconds = calm.seconds
        undisturbed = pool.submit(calm.bill)
        struck.bill([dice.random() for s in strikes if d <= s < d + 1])
        undisturbed.result()
        today = START + datetime.timedelta(days=d)
        if today.day == 1 or d == days:
            for w, broken in zip((calm, struck), pool.map(World.broken, (calm, struck))):
                check(not broken, f"{today:%Y-%m-%d}: verify is all zero, {w.name}", broken)
            a, b = struck.figures(), calm.figures()
            check(a == b, f"{today:%Y-%m-%d}: the same figures to the unit "
                          f"({len(b.splitlines())} rows)", difference(a, b))
    done = calm.sql("SELECT COUNT(*) FROM invoice WHERE kind = 'INVOICE'").strip()
    charges = calm.sql("SELECT COUNT(*) FROM charge").strip()
    adjusted = calm.sql("SELECT COUNT(*) FROM charge WHERE revision > 0").strip()
    check(int(done) > 0 and struck.killed > 0,
          f"{customers} customers, {days} days: {totals['done']} operations "
          f"({totals['refused']} refused), {charges} charges, {adjusted} adjustments, "
          f"{done} invoices, {struck.killed} kills struck")
    again(calm)
    struck.sql("UPDATE ledger_txn SET note = CONCAT(note, '.') ORDER BY seq LIMIT 1")
    check(struck.broken() == {"ledger.sealed": 1},
          "one letter changed in a posted transaction: the chain tells", struck.broken())
    finish()


main()
