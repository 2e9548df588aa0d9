"""Random lives: what customers do, day by day, the same for every world. Also the
catalogue they live under, in whole numbers, for who reckons with it (oracle.py)."""
import datetime
import random

UTC = datetime.timezone.utc
START = datetime.datetime(datetime.date.today().year + 1, 1, 1, tzinfo=UTC)
HOUR = 3600
PLANS = ["PREPAID", "POSTPAID", "FLEXIBLE"]
# per 1000 USD; two, no and three decimals
RATES = {"USD": 1000, "EUR": 920, "GBP": 790, "INR": 84000, "JPY": 152000, "KRW": 1380000,
         "KWD": 307}
COUNTRIES = ["IE", "IN", "US", "DE"]
TIMEZONES = ["UTC", "Europe/Dublin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe",
             "Pacific/Kiritimati"]
OFFERINGS = {"nano": 680000, "small": 2720000, "medium": 5440000, "large": 10880000}
STORAGE = {"ssd": 14000, "archive": 3000}
OTHERS = {"PUBLIC_IP": 500000, "SECONDARY_IP": 400000, "SNAPSHOT": 6000, "TRAFFIC": 1000}
CAPS = {"medium": 300, "ssd": 450}      # hours of a month
ZONES = ["dub1", "blr1"]
# The switches as they are before somebody flips them.
SWITCHES = {"ip.default_charge": "1", "ip.free_one": "0", "ip.secondary_charge": "1"}
FLIPS = [(k, ["0", "1"]) for k in SWITCHES] + [
    ("prepaid.hourly", ["0", "1"]), ("tax.inclusive", ["0", "1"]), ("invoice.due_days", ["3", "9"])]
PARTS = [[], [{"what": "INSTANCE", "quantity": 2}, {"what": "VOLUME", "quantity": 100}],
         [{"what": "PUBLIC_IP", "quantity": 1}, {"what": "TRAFFIC", "quantity": 0}]]
PROMOS = [{"kind": "PERCENT", "percent": "12.5", "cycles": 3},
          {"kind": "FIXED", "cycles": 2, "worth": "3"}, {"kind": "CREDIT", "days": 20, "worth": "7"}]


def iso(t):
    return t.strftime("%Y-%m-%dT%H:%M:%SZ")


def hour_of(t):
    return int(t.timestamp()) // HOUR


def decimal(e8):
    return f"{e8 // 10**8}.{e8 % 10**8:08d}"


class Catalogue:
    """prices[item, zone, offering, currency] = [(first hour, unit_e8, cap hours), ...]"""

    def __init__(self):
        self.prices = {}
        for zone in ZONES:
            for cur, rate in RATES.items():
                for off, usd in OFFERINGS.items():
                    for item, part in (("INSTANCE_RUNNING", 100), ("INSTANCE_STOPPED", 20)):
                        self.put(item, zone, off, cur, usd * rate // 1000 * part // 100,
                                 CAPS.get(off, 0))
                for off, usd in STORAGE.items():
                    self.put("VOLUME", zone, off, cur, usd * rate // 1000, CAPS.get(off, 0))
                for item, usd in OTHERS.items():
                    self.put(item, zone, "", cur, max(usd * rate // 1000, 1))

    def put(self, item, zone, off, cur, unit_e8, cap=0, hour=0):
        self.prices.setdefault((item, zone, off, cur), []).append((hour, unit_e8, cap))

    def line(self, key):
        item, zone, off, cur = key
        _, unit_e8, cap = self.prices[key][-1]
        field = {"VOLUME": "per_gb_hour", "SNAPSHOT": "per_gb_hour", "TRAFFIC": "per_gb"}
        out = {"price": item, "zone": zone, "currency": cur,
               field.get(item, "per_hour"): decimal(unit_e8 * (1000 if item == "TRAFFIC" else 1))}
        if off:
            out["storage" if item == "VOLUME" else "offering"] = off
        return {**out, **({"cap_hours": cap} if cap else {})}

    def lines(self):
        yield from ({"currency": c} for c in RATES)
        yield from ({"storage": s, "name": s} for s in STORAGE)
        yield {"fx": "USD/KRW", "rate": "1380"}
        yield {"fx": "USD/KWD", "rate": "0.307"}
        yield {"tax": "VAT", "country": "DE", "percent": "19"}
        yield {"tax": "Cess", "country": "IN", "percent": "1.5"}
        yield from (self.line(k) for k in self.prices)


class Lives:
    """Of all customers. Those with an even number are plain: one plan, no contract; an
    oracle can say what their hours cost. chance: of something happening to one on a day;
    most: how much one holds; busy: how many times more often than most people they think of
    money."""

    def __init__(self, seed, customers, days, chance, most, busy):
        self.r = random.Random(seed)
        self.customers, self.days = customers, days
        self.chance, self.most, self.busy = chance, most, busy
        self.catalogue, self.serial, self.arrived = Catalogue(), 0, 0
        self.held = {}          # ref -> {resource: what it is}
        self.gone = {}          # ref -> addresses that may come back
        self.who = {}           # ref -> the line of its account
        self.joins = {}         # day -> refs
        self.late = []          # (day it arrives, line)
        self.delivered = {}     # ref -> {event id: line}
        self.switches = {k: [(0, v)] for k, v in SWITCHES.items()}
        # (day, setting, value); a few live by the hour at least some of their days
        self.due = [(3, "ip.free_one", "1")] + [(d, "prepaid.hourly", "1")
                                                for d in range(8, days, 8) if busy > 1]

    def key(self):
        self.serial += 1
        return f"key-{self.serial:012d}"

    def account(self, i):
        r, ref = self.r, f"a{i}"
        fixed = {"contract": "FIXED", "fixed_fee": "30", "parts": r.choice(PARTS),
                 "overage": r.choice(["PAYG", "REFUSE"])} if i % 2 and r.random() < 0.3 else {}
        return {"op": "account", "ref": ref, "plan": PLANS[i // 2 % 3],
                "category": r.choice(["INDIVIDUAL", "ORGANIZATION"]),
                "currency": r.choice(list(RATES)), "country": r.choice(COUNTRIES),
                "timezone": r.choice(TIMEZONES), "credit_limit": r.choice(["", "50", "500"]),
                **fixed}

    def begin(self):
        """Before the first day."""
        r = self.r
        yield {"op": "clock", "to": iso(START)}
        for n, promo in enumerate(PROMOS):
            worth = {k: v for k, v in promo.items() if k != "worth"}
            if "worth" in promo:
                worth["amounts"] = [{"currency": c, "amount": promo["worth"]} for c in RATES]
            yield {"op": "promo", "code": f"SIM-{n}", **worth}
        for i in range(self.customers):
            line = self.account(i)
            self.who[line["ref"]] = line
            day = 0 if r.random() < 0.7 else r.randint(1, max(self.days // 3, 1))
            self.joins.setdefault(day, []).append(line["ref"])
        yield from self.join(0)

    def join(self, day):
        for ref in self.joins.get(day, []):
            self.held[ref], self.gone[ref] = {}, []
            self.delivered[ref] = {}
            yield self.who[ref]
            yield {"op": "credit", "ref": ref, "key": self.key(),
                   "amount": str(self.r.randint(1, 40))}

    def arrive(self, line):
        mine = self.delivered[line["ref"]]
        self.arrived += 1
        mine.setdefault(line["id"], {**line, "order": self.arrived})
        return line

    def event(self, ref, name, kind, at, day, **more):
        line = {"op": "event", "ref": ref, "id": self.key(), "type": kind, "at": iso(at),
                "resource": name, **more}
        if self.r.random() < 0.05:      # arrives days later, maybe after the month's end
            self.late.append((day + self.r.randint(1, 5), line))
            return []
        self.arrive(line)
        return [line, line] if self.r.random() < 0.03 else [line]

    def acquire(self, ref, at, day):
        r, mine = self.r, self.held[ref]
        machines = sorted(n for n, x in mine.items() if x["kind"] == "instance")
        volumes = sorted(n for n, x in mine.items() if x["kind"] == "volume")
        kind = r.choices(["instance", "ip", "secondary_ip", "volume", "snapshot"],
                         [45, 25, 10 if machines else 0, 15, 5 if volumes else 0])[0]
        name = f"{ref}-r{self.serial}"
        zone, more = r.choice(ZONES), {}
        if kind == "ip" and self.gone[ref] and r.random() < 0.5:
            name, zone, last = self.gone[ref].pop()
            if at <= last:
                return []
        if kind == "instance":
            more = {"offering": r.choice(list(OFFERINGS))}
        elif kind == "volume":
            more = {"offering": r.choice(list(STORAGE)), "size_gb": r.randint(1, 200)}
        elif kind in ("secondary_ip", "snapshot"):
            parent = r.choice(machines if kind == "secondary_ip" else volumes)
            zone = mine[parent]["zone"]
            more = {"parent": parent}
            if kind == "snapshot":
                more["size_gb"] = mine[parent]["size"]
        mine[name] = {"kind": kind, "on": True, "zone": zone, "last": at,
                      "size": more.get("size_gb", 0)}
        return self.event(ref, name, kind + (".acquired" if kind.endswith("ip") else ".created"),
                          at, day, zone=zone, **more)

    def touch(self, ref, name, at, day):
        r, mine = self.r, self.held[ref]
        thing = mine[name]
        kind = thing["kind"]
        if at <= thing["last"]:
            return []
        if kind == "instance" and r.random() < 0.25:    # a counter: no state follows from it
            return self.event(ref, name, "instance.traffic", at, day,
                              bytes=r.randint(1, 9 * 10**9))
        thing["last"] = at
        if kind.endswith("ip"):
            del mine[name]
            if kind == "ip":
                self.gone[ref].append((name, thing["zone"], at))
            return self.event(ref, name, kind + ".released", at, day)
        if r.random() < 0.3 or kind == "snapshot":
            del mine[name]
            return self.event(ref, name, kind + ".deleted", at, day)
        if kind == "volume":
            thing["size"] += r.randint(1, 50)
            more = {"offering": r.choice(list(STORAGE))} if r.random() < 0.2 else {}
            return self.event(ref, name, "volume.resized", at, day, size_gb=thing["size"], **more)
        if r.random() < 0.3:
            return self.event(ref, name, "instance.resized", at, day,
                              offering=r.choice(list(OFFERINGS)))
        thing["on"] = not thing["on"]
        return self.event(ref, name,
                          "instance.started" if thing["on"] else "instance.stopped", at, day)

    def money(self, ref):
        """What people do about money at ten past midnight."""
        r = self.r

        def may(chance):
            return r.random() < chance * self.busy

        if may(0.03):
            yield {"op": "credit", "ref": ref, "key": self.key(), "amount": str(r.randint(1, 60))}
        if may(0.05):
            yield {"op": "pay", "ref": ref, "key": self.key(), "part": r.choice([3, 10, 10, 12])}
        if may(0.006):
            yield {"op": "note", "ref": ref, "key": self.key(), "paid": r.random() < 0.5,
                   "part": r.choice([0, 3, 10])}
        if may(0.003):
            yield {"op": "debit", "ref": ref, "key": self.key(), "amount": str(r.randint(1, 9))}
        if may(0.008):
            yield {"op": "redeem", "ref": ref, "code": f"SIM-{r.randrange(len(PROMOS))}"}
        if may(0.005):
            yield {"op": "discount", "ref": ref, "cycles": r.randint(0, 2),
                   "scope": r.choice(["", "", "INSTANCE", "VOLUME"]),
                   **r.choice([{"percent": "-10"}, {"percent": "7.25"}, {"amount": "-2"},
                               {"amount": "1"}])}
        if int(ref[1:]) % 2 == 0:
            return
        if may(0.008):
            yield {"op": "plan", "ref": ref, "plan": r.choice(PLANS)}
        if may(0.008):
            fixed = {"kind": "FIXED", "fee": str(r.randint(5, 60)), "parts": r.choice(PARTS),
                     "overage": r.choice(["PAYG", "REFUSE"])}
            yield {"op": "contract", "ref": ref,
                   **(fixed if r.random() < 0.7 else {"kind": "PAYG"})}
        if may(0.002):
            yield {"op": "uncontract", "ref": ref}

    def flip(self, day, key, value):
        if key in self.switches:        # from the next hour on
            hour = hour_of(START) + 24 * day + 1
            self.switches[key].append((hour, value))
        return {"op": "setting", "key": key, "value": value}

    def flips(self, day):
        r = self.r
        for due, key, value in self.due:
            if due == day:
                yield self.flip(day, key, value)
        if r.random() >= 0.2:
            return
        key, values = r.choice(FLIPS)
        value = r.choice(values)
        yield self.flip(day, key, value)
        # Each hour of such days is a posting of its own: in a long life a few days tell.
        if key == "prepaid.hourly" and value == "1" and self.busy == 1:
            self.due.append((day + 1, key, "0"))

    def day(self, d):
        """Events of the day before, then what people do at ten past midnight."""
        r = self.r
        begin = START + datetime.timedelta(days=d - 1)
        yield {"op": "clock", "to": iso(begin + datetime.timedelta(days=1, minutes=10))}
        if d == 1 and self.busy == 1:
            yield {"op": "setting", "key": "prepaid.hourly", "value": "0"}
        for due, line in self.late:
            if due <= d:
                yield self.arrive(line)
        self.late = [x for x in self.late if x[0] > d]
        old = list(self.held)
        yield from self.join(d)
        for ref in old:
            mine = self.held[ref]
            if r.random() < self.chance and ref not in self.joins.get(d - 1, []):
                for _ in range(r.choice([1, 1, 2])):
                    at = begin + datetime.timedelta(seconds=r.randrange(86400))
                    if mine and (len(mine) > self.most or r.random() < 0.5):
                        yield from self.touch(ref, r.choice(sorted(mine)), at, d)
                    else:
                        yield from self.acquire(ref, at, d)
            yield from self.money(ref)
        yield from self.flips(d)

    def dear(self, d):
        """Another price, from the next hour on; None on most days."""
        r = self.r
        if d == 1 or r.random() >= 0.1:
            return None
        key = r.choice(sorted(self.catalogue.prices))
        _, unit_e8, cap = self.catalogue.prices[key][-1]
        if cap:
            cap = r.choice([0, cap, 200])
        self.catalogue.put(*key, unit_e8 + r.randint(1, unit_e8 // 5 + 1), cap,
                           hour_of(START) + 24 * d + 1)
        return self.catalogue.line(key)
