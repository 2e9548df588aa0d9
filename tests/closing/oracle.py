#!/usr/bin/python3
"""Every invoice of closing.c once more, from what was charged, agreed and decreed alone: sums,
lines, discounts, taxes and what notes took back, in whole numbers of any size. Shares nothing
with billing/ or sql/query/. Prints TAP, numbers 2 and on."""
import itertools
import os
import subprocess
import sys

MINOR = {"JPY": 10**8, "USD": 10**6, "KWD": 10**5}
TAXES = {("IE", ""): [("VAT", 230000)], ("DE", ""): [("VAT", 190000)], ("CA", ""): [("GST", 50000)],
         ("CA", "Quebec"): [("GST", 50000), ("QST", 99750)],
         ("IN", ""): [("CGST", 90000), ("SGST", 90000)],
         ("BR", ""): [("ICMS", 181818), ("ISS", 33333), ("PIS", 16501), ("COFINS", 76003)],
         ("JP", ""): [("Tax", 1)], ("CH", ""): []}
FIRST = 1809129600 // 3600      # 1 May 2027
faults, seen = [], {"invoices": 0, "lines": 0, "taxes": 0, "adjustments": 0, "notes": 0}


def rows(sql):
    """Streams: a million of them are never in memory."""
    p = subprocess.Popen(
        ["mariadb", "--no-defaults", "-uroot", "-S", os.environ["TB_DB_SOCKET"], "--quick",
         "--batch", "--skip-column-names", "--raw", os.environ["TB_DB_NAME"], "-e", sql],
        stdout=subprocess.PIPE, text=True, encoding="utf-8")
    for line in p.stdout:
        yield [None if x == "NULL" else x for x in line.rstrip("\n").split("\t")]
    if p.wait() != 0:
        sys.exit(f"Bail out! {sql}")


def whole(row):
    return [int(x) if x is not None and x.lstrip("-").isdigit() else x for x in row]


class By:
    """A stream in the order of its first column; take(key) gives what there is of it."""

    def __init__(self, sql):
        self.groups = itertools.groupby(map(whole, rows(sql)), key=lambda r: r[0])
        self.next = next(self.groups, None)
        self.hold = list(self.next[1]) if self.next else []

    def take(self, key):
        while self.next and self.next[0] < key:
            fault("of nobody", self.next[0], self.hold[0])
            self.step()
        if not self.next or self.next[0] != key:
            return []
        got = self.hold
        self.step()
        return got

    def step(self):
        self.next = next(self.groups, None)
        self.hold = list(self.next[1]) if self.next else []


def fault(*what):
    faults.append(what)
    if len(faults) <= 10:
        print("#", *what)


def half_up(a, b):
    return (2 * a + b) // (2 * b)


def adjusted(own, usage, fee, by_scope):
    """(id, amount) of each adjustment that takes or adds something, by the rules of
    billing/promo/discount.h."""
    wants = []
    for _, i, kind, ppm, amount, scope in own:
        base = max(usage + fee if scope is None else by_scope.get(scope, 0), 0)
        if kind == "PERCENT":
            want = half_up(base * abs(ppm), 10**6) * (1 if ppm > 0 else -1)
        elif scope is None:
            want = amount
        elif amount > 0:
            want = amount if base > 0 else 0
        else:
            want = -min(-amount, base)
        wants.append((kind != "PERCENT", i, want))
    left = max(usage + fee, 0) + sum(w for _, _, w in wants if w > 0)
    for _, i, want in sorted(wants):
        if want < 0:
            want = -min(-want, left)
            left += want
        if want:
            yield i, want


def allocate(total, exact, minor):
    """Largest remainder, the earlier position first among equals."""
    floors = [e // minor for e in exact]
    order = sorted(range(len(exact)), key=lambda k: (floors[k] * minor - exact[k], k))
    for k in order[:total - sum(floors)]:
        floors[k] += 1
    return floors


def invoice(who, inv, charges, fees, own, lines, taxes):
    (_, number, hour, cur, exact, fee, surcharge, discount, inclusive, subtotal, tax, total,
     paid, status) = inv
    minor, (plan, country, region) = MINOR[cur], who
    groups, by_scope, usage = {}, {}, 0
    for _, _, resource, component, item, reason, hours, quantity, unit, amount in charges:
        if amount != hours * quantity * unit:
            fault(number, "a charge is not hours x size x price")
        key = (resource, component, item, reason, unit)
        got = groups.setdefault(key, [0, 0])
        got[0] += hours * quantity
        got[1] += amount
        by_scope[item] = by_scope.get(item, 0) + amount
        usage += amount
    fee_sum = sum(f[2] for f in fees)
    extra = dict(adjusted(own, usage, fee_sum, by_scope))
    want = usage + fee_sum + sum(extra.values())
    if (exact, fee) != (want, fee_sum) or surcharge + discount != sum(extra.values()):
        fault(number, "sum", exact, want)
    lines_sum = half_up(want, minor)
    printed = {}
    for line in lines:
        _, position, component, item, reason, resource, hours, unit, line_exact, amount, disc = line
        if disc is not None:
            expected = extra.pop(disc, None)
        elif component == "FIXED_FEE":
            expected = fees[0][2] if fees else None
        else:
            got = groups.pop((resource, component, item, reason, unit), [None, None])
            expected = got[1] if got[0] == hours else None
        if expected != line_exact or position in printed:
            fault(number, "line", line, expected)
        printed[position] = (line_exact, amount)
    if groups or extra or sorted(printed) != list(range(1, len(lines) + 1)):
        fault(number, "lines missing", groups, extra, sorted(printed))
    order = sorted(printed)
    if [printed[k][1] for k in order] != allocate(lines_sum, [printed[k][0] for k in order], minor):
        fault(number, "lines do not share the sum", printed)
    rules = TAXES[(country, region)]
    contained = (hour - FIRST) // 730 % 2 == 1
    over = 10**6 + (sum(r for _, r in rules) if contained else 0)
    due = {name: (rate, half_up(lines_sum * rate, over)) for name, rate in rules}
    base = lines_sum - (sum(t for _, t in due.values()) if contained else 0)
    if {t[1]: (t[2], t[4]) for t in taxes} != due or any(t[3] != base for t in taxes):
        fault(number, "taxes", taxes, due, base)
    if rules and inclusive != contained:
        fault(number, "contained", inclusive)
    if (subtotal, tax, total) != (base, sum(t for _, t in due.values()),
                                  base + sum(t for _, t in due.values())):
        fault(number, "totals", subtotal, tax, total)
    if (status == "PAID") != (paid == total) or (plan == "PREPAID" and paid != total):
        fault(number, "paid", paid, status)
    seen["invoices"] += 1
    seen["lines"] += len(lines)
    seen["taxes"] += len(taxes)
    seen["adjustments"] += sum(1 for x in lines if x[10] is not None)


def walk():
    """All of a customer at a time."""
    charges = By("SELECT account_id, book_hour, resource_id, component, item, reason, hours, "
                 "quantity, unit_e8, amount_e8 FROM charge ORDER BY account_id, id")
    fees = By("SELECT account_id, cycle_hour, amount_e8 FROM contract_fee WHERE days > 0 "
              "ORDER BY account_id, cycle_hour")
    own = By("SELECT account_id, id, kind, ppm, amount_e8, NULLIF(scope, '') FROM account_discount "
             "ORDER BY account_id, id")
    invoices = By("SELECT account_id, id, number, period_from_hour, currency, exact_e8, fee_e8, "
                  "surcharge_e8, discount_e8, tax_inclusive, subtotal_minor, tax_minor, "
                  "total_minor, paid_minor, status FROM invoice WHERE kind = 'INVOICE' "
                  "ORDER BY account_id, id")
    lines = By("SELECT i.account_id, i.id, l.position, l.component, l.item, l.reason, "
               "l.resource_id, l.hours, l.unit_e8, l.exact_e8, l.amount_minor, l.discount_id "
               "FROM invoice i JOIN invoice_line l ON l.invoice_id = i.id "
               "WHERE i.kind = 'INVOICE' ORDER BY i.account_id, l.id")
    taxes = By("SELECT i.account_id, i.id, t.name, t.rate_ppm, t.base_minor, t.tax_minor "
               "FROM invoice i JOIN invoice_tax t ON t.invoice_id = i.id "
               "WHERE i.kind = 'INVOICE' ORDER BY i.account_id, i.id")
    for account, plan, country, region in rows(
            "SELECT id, plan, country, state FROM account ORDER BY id"):
        account = int(account)
        mine = [s.take(account) for s in (charges, fees, own, invoices, lines, taxes)]
        of = {}
        for stream, at in ((0, 1), (1, 1), (4, 1), (5, 1)):
            for row in mine[stream]:
                of.setdefault((stream, row[at]), []).append(row)
        for row in mine[3]:
            number, hour = row[1], row[3]
            invoice((plan, country, region), row[1:], of.pop((0, hour), []), of.pop((1, hour), []),
                    mine[2], [x[1:] for x in of.pop((4, number), [])],
                    [x[1:] for x in of.pop((5, number), [])])
        if of:
            fault(account, "billed by nothing", sorted(of)[:3])


def notes():
    """What notes took of an invoice, line by line and tax by tax: in the end all of it."""
    taken, whole_of = {}, set()
    for inv, line, amount, why in map(whole, rows(
            "SELECT n.ref_invoice_id, l.ref_line_id, l.amount_minor, n.reason FROM invoice n "
            "JOIN invoice_line l ON l.invoice_id = n.id WHERE n.kind = 'CREDIT_NOTE'")):
        of = taken.setdefault(inv, {})
        of[line] = of.get(line, 0) + amount
        if why == "all of it":
            whole_of.add(inv)
    rest = {}
    for inv, line, amount in map(whole, rows(
            "SELECT i.id, l.id, l.amount_minor FROM invoice i JOIN invoice_line l "
            "ON l.invoice_id = i.id WHERE i.id IN (SELECT ref_invoice_id FROM invoice "
            "WHERE kind = 'CREDIT_NOTE')")):
        left = amount - taken[inv].pop(line, 0)
        # Where a part took all that was owed, what is left of the lines is nothing together.
        rest[inv] = rest.get(inv, 0) + left
        if left and inv in whole_of or left * amount < 0:
            fault("invoice", inv, "line", line, "is not taken back to the unit")
    for inv, more in taken.items():
        if more or rest[inv]:
            fault("invoice", inv, "lines it does not have, or not all of them", more, rest[inv])
    for row in map(whole, rows(
            "SELECT i.id, i.subtotal_minor, i.tax_minor, i.total_minor, x.n, x.s, x.t, x.a "
            "FROM invoice i JOIN (SELECT ref_invoice_id AS id, COUNT(*) AS n, "
            "SUM(subtotal_minor) AS s, SUM(tax_minor) AS t, SUM(total_minor) AS a FROM invoice "
            "WHERE kind = 'CREDIT_NOTE' GROUP BY ref_invoice_id) x ON x.id = i.id")):
        seen["notes"] += row[4]
        if row[1:4] != row[5:8]:
            fault("invoice", row[0], "is not taken back", row)
    for row in map(whole, rows(
            "SELECT t.invoice_id, t.name, t.base_minor, t.tax_minor, SUM(u.base_minor), "
            "SUM(u.tax_minor) FROM invoice_tax t JOIN invoice n ON n.ref_invoice_id = t.invoice_id "
            "AND n.kind = 'CREDIT_NOTE' JOIN invoice_tax u ON u.invoice_id = n.id "
            "AND u.name = t.name GROUP BY t.invoice_id, t.name, t.base_minor, t.tax_minor")):
        if row[2:4] != row[4:6]:
            fault("invoice", row[0], "a tax is not taken back", row)


def main():
    at = 1

    def say(good, name):
        nonlocal at
        at += 1
        print("ok" if good else "not ok", at, "-", name, flush=True)

    walk()
    print("#", seen)
    say(not faults and seen["invoices"] and seen["adjustments"] and seen["taxes"],
        f"{seen['invoices']} invoices, {seen['lines']} lines: {len(faults)} exceptions")
    first = len(faults)
    notes()
    say(len(faults) == first and seen["notes"],
        f"{seen['notes']} credit notes: each invoice taken back to the unit")
    # The reckoning sees one unit in one line.
    for what, back in (("UPDATE invoice_line SET amount_minor = amount_minor + 1 WHERE id = 7",
                        "UPDATE invoice_line SET amount_minor = amount_minor - 1 WHERE id = 7"),
                       ("UPDATE invoice_tax SET tax_minor = tax_minor + 1 ORDER BY invoice_id "
                        "LIMIT 1", "UPDATE invoice_tax SET tax_minor = tax_minor - 1 "
                        "ORDER BY invoice_id LIMIT 1")):
        if seen["invoices"] > 20000:
            break
        faults.clear()
        list(rows(what))
        walk()
        list(rows(back))
        say(len(faults) > 0, f"seen: {what}")
    print(f"1..{at}")


main()
