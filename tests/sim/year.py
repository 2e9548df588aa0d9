#!/usr/bin/python3
"""Two worlds live the same lives, day by day, through the same functions as the
portals (tollbridge replay). In one of them the biller is killed at random
moments. At each month's end every invariant is zero in both, every figure of
every customer is the same to the unit, and at the end a second model (oracle.py)
finds the same charges for the plain half of the customers."""
import concurrent.futures
import datetime
import json
import random
import sys
import time

from lives import START, Lives, iso
from oracle import charged
from simlib import World, check, finish, tmp

customers, days, kills, minutes = [int(x) for x in sys.argv[4:8]]
LARGE = customers > 100
# A few customers live fast, two thousand as most do: see Lives.
PACE = {"chance": 0.06, "most": 3, "busy": 1} if LARGE else {"chance": 0.5, "most": 8, "busy": 2}
BEGAN = time.monotonic()


def difference(a, b):
    rows = [(x, y) for x, y in zip(a.splitlines(), b.splitlines()) if x != y]
    return "\n".join(f"{x}\n  instead of {y}" for x, y in rows[:5]) or "other lengths"


class Both:
    """The two worlds, side by side."""

    def __init__(self):
        self.pool = concurrent.futures.ThreadPoolExecutor(2)
        self.worlds = World("calm"), World("struck")

    def each(self, what):
        return list(self.pool.map(what, self.worlds))

    def write(self, name, lines):
        with open(f"{tmp}/{name}", "w", encoding="ascii") as f:
            f.writelines(json.dumps(line) + "\n" for line in lines)
        return f"{tmp}/{name}"

    def catalogue(self, lines):
        path = self.write("catalogue.jsonl", lines)
        self.each(lambda w: w.run("catalog", "load", path))

    def replay(self, lines, d):
        path = self.write("day.json", lines)
        out = self.each(lambda w: json.loads(w.run("--json", "replay", path)))
        if out[0] != out[1]:
            check(False, f"day {d}: both worlds took the same operations", out)
        return out[0]

    def bill(self, strikes):
        """Both at once; how long a day takes the calm world told the day before."""
        calm, struck = self.worlds
        struck.seconds = calm.seconds
        self.each(lambda w: w.bill(strikes if w is struck else ()))

    def month(self, today):
        wrong = self.each(lambda w: w.broken())
        for w, broken in zip(self.worlds, wrong):
            check(not broken, f"{today:%Y-%m-%d}: verify is all zero, {w.name}", broken)
        b, a = self.each(lambda w: w.figures())
        check(a == b, f"{today:%Y-%m-%d}: the same figures to the unit "
                      f"({len(b.splitlines())} rows)", difference(a, b))


def rerate(world, *more):
    out = json.loads(world.run("--json", "rerate", iso(START - datetime.timedelta(days=40)),
                               *more))
    return {str(a["account_id"]): int(a["difference"].replace(".", ""))
            for a in out["accounts"]}, out["rated"]


def sums(differences):
    """A dearer address that is free: two lines, and nothing in sum."""
    return {a: e8 for a, e8 in differences.items() if e8}


def again(world):
    """The whole life rated once more: no difference. Then a price is changed behind the
    books' back: the difference is the hours it was used for, customer by customer."""
    n = int(world.sql("SELECT COUNT(*) FROM wallet"))
    got, rated = rerate(world, "--dry-run")
    check((got, rated) == ({}, n), f"{n} customers rated again from the start: no difference", got)
    price = world.sql("SELECT price_id FROM charge WHERE unit_e8 > 0 GROUP BY price_id "
                      "ORDER BY COUNT(*) DESC, price_id LIMIT 1").strip()
    used = world.sql("SELECT account_id, SUM(hours * quantity * SIGN(unit_e8)) FROM charge "
                     f"WHERE price_id = {price} GROUP BY account_id")
    want = {a: int(h) * 1000 for a, h in (r.split("\t") for r in used.splitlines()) if int(h)}
    world.sql(f"UPDATE price SET unit_e8 = unit_e8 + 1000 WHERE id = {price}")
    before = world.figures()
    got = rerate(world, "--dry-run")[0]
    check(sums(got) == want, f"another price: the difference of {len(want)} customers", (want, got))
    check(world.figures() == before, "said, and nothing kept")
    told = set(world.broken())
    check("usage.rated" in told and told <= {"usage.rated", "usage.caps", "usage.traffic"},
          "the invariant tells", told)
    check(sums(rerate(world)[0]) == want, "kept as adjustments")
    check(rerate(world)[0] == {} and not world.broken(), "once: verify is all zero",
          world.broken())


def sample(world):
    """Of many customers some, rated again from the start."""
    ids = world.sql("SELECT id FROM account WHERE id % (SELECT COUNT(*) DIV 20 FROM account) = 0")
    got = [rerate(world, i, "--dry-run")[0] for i in ids.split()]
    check(not any(got), f"{len(got)} customers rated again from the start: no difference", got)


def reckon(world, lives):
    """The oracle's sums against the books."""
    rows = world.sql("""
        SELECT SUBSTRING_INDEX(a.email, '@', 1), w.rated_until_hour,
               (SELECT COALESCE(SUM(c.amount_e8), 0) FROM charge c WHERE c.account_id = a.id),
               (SELECT COUNT(*) FROM charge c
                 WHERE c.account_id = a.id AND c.component = 'MONTHLY_CAP'),
               (SELECT COUNT(*) FROM charge c
                 WHERE c.account_id = a.id AND c.component = 'FREE_ONE_IP')
          FROM account a JOIN wallet w ON w.account_id = a.id""")
    wrong, plain, capped, free, total = [], 0, 0, 0, 0
    for row in rows.splitlines():
        ref, until, amount, caps, turns = row.split("\t")
        if int(ref[1:]) % 2:
            continue
        want = charged(lives.who[ref], list(lives.delivered[ref].values()), lives.catalogue,
                       lives.switches, int(until))
        plain, capped, free = plain + 1, capped + (int(caps) > 0), free + (int(turns) > 0)
        total += want != 0
        if want != int(amount):
            wrong.append(f"{ref}: {amount} instead of {want}")
    check(not wrong and total > plain // 2 and capped and free,
          f"{plain} plain customers ({total} with charges, {capped} with a monthly cap reached, "
          f"{free} with a free address): the oracle's charges to the unit",
          "\n".join(wrong[:10]) or (plain, total, capped, free))


def live(both, lives):
    """Day by day; the last day lived, and what was done. Ends at a month's end when its time
    is over."""
    dice = random.Random(7)
    strikes = sorted(dice.uniform(1, days + 1) for _ in range(kills))
    totals, d = {"done": 0, "refused": 0}, 0
    for d in range(1, days + 1):
        out = both.replay(lives.day(d), d)
        totals = {k: totals[k] + out[k] for k in totals}
        dear = lives.dear(d)
        if dear:
            both.catalogue([dear])
        both.bill([dice.random() for s in strikes if d <= s < d + 1])
        today = START + datetime.timedelta(days=d)
        if d % 10 == 0 and LARGE:
            print(f"# day {d}: {time.monotonic() - BEGAN:.0f} s, {totals['done']} operations, a "
                  f"run of the biller {both.worlds[0].seconds:.1f} s", flush=True)
        if today.day == 1 or d == days:
            both.month(today)
            if minutes and time.monotonic() - BEGAN > 60 * minutes:
                break
    return d, totals


def main():
    lives, both = Lives(20300101, customers, days, **PACE), Both()
    calm, struck = both.worlds
    both.catalogue(lives.catalogue.lines())
    both.replay(lives.begin(), 0)
    lived, totals = live(both, lives)
    done, notes, charges, adjusted = calm.sql("""
        SELECT (SELECT COUNT(*) FROM invoice WHERE kind = 'INVOICE'),
               (SELECT COUNT(*) FROM invoice WHERE kind LIKE '%NOTE'),
               (SELECT COUNT(*) FROM charge), (SELECT COUNT(*) FROM charge WHERE revision > 0)
        """).split()
    check(int(done) > 0 and struck.killed > 0,
          f"{customers} customers, {lived} days: {totals['done']} operations "
          f"({totals['refused']} refused), {charges} charges, {adjusted} adjustments, "
          f"{done} invoices, {notes} notes, {struck.killed} kills struck")
    reckon(calm, lives)
    if LARGE:
        sample(calm)
    else:
        again(calm)
    struck.sql("UPDATE ledger_txn SET note = CONCAT(note, '.') ORDER BY seq LIMIT 1")
    check(struck.broken() == {"ledger.sealed": 1},
          "one letter changed in a posted transaction: the chain tells", struck.broken())
    finish()


main()
