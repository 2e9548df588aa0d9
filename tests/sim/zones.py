#!/usr/bin/python3
"""A customer in every zone of the tz database, with one instance, through two
years of 23- and 25-hour days. The months on the invoices are the months of
Python's reading of that database, in whole hours: none missing, none twice.
Some customers move to the other side of the world in between."""
import datetime
import json
import zoneinfo

from simlib import World, check, finish, iso, tmp

UTC = datetime.timezone.utc
HOUR = 3600
FIRST = datetime.date.today().year + 1
MONTHS = [(FIRST + m // 12, m % 12 + 1) for m in range(25)]
MOVES = [("Pacific/Kiritimati", "Pacific/Pago_Pago"), ("Pacific/Niue", "Pacific/Apia"),
         ("America/New_York", "Asia/Kolkata"), ("Asia/Tokyo", "America/Los_Angeles")]


def begins(zone, year, month):
    """The first hour that begins in the local month: by trying, not by arithmetic."""
    hour = int(datetime.datetime(year, month, 1, tzinfo=UTC).timestamp()) // HOUR - 15
    while True:
        t = datetime.datetime.fromtimestamp(hour * HOUR, zone)
        if (t.year, t.month) == (year, month):
            return hour
        hour += 1


def main():
    world = World("zones")
    names = sorted(z for z in zoneinfo.available_timezones()
                   if not z.startswith(("posix/", "right/")) and z not in ("localtime", "Factory"))
    start = datetime.datetime(FIRST - 1, 12, 30, 12, tzinfo=UTC)
    path = f"{tmp}/zones.json"
    with open(path, "w", encoding="ascii") as f:
        f.write(json.dumps({"op": "clock", "to": iso(start)}) + "\n")
        for i, zone in enumerate(names):
            f.write(json.dumps({"op": "account", "ref": f"z{i}", "plan": "POSTPAID",
                                "category": "INDIVIDUAL", "currency": "USD", "country": "US",
                                "timezone": zone,
                                **({"contract": "FIXED", "fixed_fee": "30"} if i % 2 else {})})
                    + "\n")
            f.write(json.dumps({"op": "event", "ref": f"z{i}", "id": f"e{i}",
                                "type": "instance.created", "at": iso(start),
                                "resource": f"r{i}", "zone": "dub1", "offering": "nano"}) + "\n")
    world.run("--json", "replay", path)
    for m, (year, month) in enumerate(MONTHS):
        # The last zone has its month when the first one's is a day old.
        world.run("clock", "set", iso(datetime.datetime(year, month, 1, 13, tzinfo=UTC)))
        world.bill()
        if m == 12:
            for old, new in MOVES:
                world.sql(f"UPDATE account SET timezone = '{new}' WHERE timezone = '{old}'"
                          f" AND email = 'z{names.index(old)}@sim.example'")
    rows = {}
    for line in world.sql("""
            SELECT a.email, i.period_from_hour, i.period_to_hour,
                   (SELECT SUM(l.hours) FROM invoice_line l
                     WHERE l.invoice_id = i.id AND l.component = 'INSTANCE')
              FROM invoice i JOIN account a ON a.id = i.account_id
             ORDER BY a.id, i.id""").splitlines():
        email, *figures = line.split("\t")
        rows.setdefault(email, []).append([int(x) for x in figures])
    wrong, hours, moved = [], 0, dict(MOVES)
    begin = int(start.timestamp()) // HOUR
    for i, name in enumerate(names):
        got = rows.get(f"z{i}@sim.example", [])
        bounds = [begin] + [begins(zoneinfo.ZoneInfo(name), *ym) for ym in MONTHS]
        if name in moved:   # this month by the old zone, the next ones by the new
            later = [begins(zoneinfo.ZoneInfo(moved[name]), *ym) for ym in MONTHS]
            bounds[15:] = later[14:]
        want = [[a, b, b - a] for a, b in zip(bounds, bounds[1:])]
        hours += sum(x[2] for x in got)
        if got != want:
            wrong.append(f"{name}: " + next(
                (f"{x} instead of {y}" for x, y in zip(got, want) if x != y),
                f"{len(got)} invoices instead of {len(want)}"))
    check(not wrong and len(names) > 300,
          f"{len(names)} zones, {len(MONTHS)} invoices each, {hours} hours: none missing, none "
          "twice", "\n".join(wrong[:10]))
    still = ",".join(f"'z{names.index(z)}@sim.example'" for z in moved)
    fees = world.sql(f"""
        SELECT COUNT(*), SUM(l.amount_minor <> 3000)
          FROM invoice i JOIN account a ON a.id = i.account_id
          JOIN invoice_line l ON l.invoice_id = i.id AND l.component = 'FIXED_FEE'
         WHERE i.period_from_hour > {begin} AND a.email NOT IN ({still})""").split()
    check(int(fees[0]) > 24 * 200 and fees[1] == "0",
          f"a fixed fee is the same each month, with 743, 744 or 745 hours ({fees[0]} fees)", fees)
    check(not world.broken(), "verify is all zero", world.broken())
    finish()


main()
