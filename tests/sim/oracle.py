"""What the hours of a plain customer cost, reckoned once more: hour by hour, from the
events it sent, the prices and the switches alone. Shares nothing with billing/ or sql/."""
import bisect
import datetime
import zoneinfo

from lives import HOUR

STEADY = {"ip": "PUBLIC_IP", "secondary_ip": "SECONDARY_IP", "volume": "VOLUME",
          "snapshot": "SNAPSHOT"}
SWITCH = {"PUBLIC_IP": "ip.default_charge", "SECONDARY_IP": "ip.secondary_charge"}


def seconds(text):
    return int(datetime.datetime.strptime(text + "+0000", "%Y-%m-%dT%H:%M:%SZ%z").timestamp())


class Dated:
    """Values from hours on; of two from one hour the later said holds."""

    def __init__(self, rows):
        self.at = {}
        for hour, *value in rows:
            self.at[hour] = value
        self.hours = sorted(self.at)

    def get(self, hour):
        return self.at[self.hours[bisect.bisect_right(self.hours, hour) - 1]]


class Thing:
    """One resource: what it is in each hour it lives."""

    def __init__(self, events, until):
        self.kind = events[0]["type"].split(".")[0]
        self.hours = {}         # hour -> (item, offering, quantity, created_at)
        self.mb, self.zone = {}, None
        life = None             # [first hour, created_at, running, offering, quantity, since]
        for e in events:
            at, verb = seconds(e["at"]), e["type"].split(".")[1]
            if verb == "traffic":
                self.mb[at // HOUR] = self.mb.get(at // HOUR, 0) + e["bytes"]
            elif verb in ("created", "acquired"):
                self.zone = e["zone"]
                life = [at // HOUR, at, True, e.get("offering", ""), e.get("size_gb", 1),
                        at // HOUR]
            elif life is None:
                continue
            else:
                self.turn(life, verb, e, -(-at // HOUR))
                if verb in ("deleted", "released"):
                    life = None
        if life is not None:
            self.fill(life, until)

    def fill(self, life, to):
        first, created, running, offering, quantity, since = life
        item = STEADY.get(self.kind) or ("INSTANCE_RUNNING" if running else "INSTANCE_STOPPED")
        for hour in range(since, to):
            self.hours.setdefault(hour, (item, offering, quantity, created))
        life[5] = max(since, to)

    def turn(self, life, verb, event, hour):
        if verb in ("deleted", "released"):
            self.fill(life, max(hour, life[0] + 1))
            return
        self.fill(life, hour)
        if verb in ("started", "stopped"):
            life[2] = verb == "started"
        else:
            life[3] = event.get("offering", life[3])
            life[4] = event.get("size_gb", life[4])


def charged(account, events, catalogue, switches, until):
    """All hours before `until`, in 1e-8."""
    events = sorted(events, key=lambda e: (e["at"], e["order"]))
    names = sorted({e["resource"] for e in events},
                   key=lambda n: min(e["order"] for e in events if e["resource"] == n))
    things = {n: Thing([e for e in events if e["resource"] == n], until) for n in names}
    flips = {k: Dated(v) for k, v in switches.items()}
    prices, zone = {}, zoneinfo.ZoneInfo(account["timezone"])
    first = {}          # hour -> the address that is free in it
    for n, t in things.items():
        for hour, (item, _, _, created) in t.hours.items():
            if item == "PUBLIC_IP":
                best = first.get(hour)
                if best is None or created < best[0]:
                    first[hour] = (created, n)
    total, months = 0, {}
    for n, t in things.items():
        counted = {}    # month -> hours that cost something
        for hour in sorted(t.hours):
            if hour >= until:
                break
            item, offering, quantity, _ = t.hours[hour]
            key = (item, t.zone, offering, account["currency"])
            if key not in prices:
                prices[key] = Dated(catalogue.prices[key])
            unit, cap = prices[key].get(hour)
            on = item not in SWITCH or flips[SWITCH[item]].get(hour) == ["1"]
            free = (item == "PUBLIC_IP" and first[hour][1] == n
                    and flips["ip.free_one"].get(hour) == ["1"])
            if not on or free:
                continue
            if hour not in months:
                local = datetime.datetime.fromtimestamp(hour * HOUR, zone)
                months[hour] = (local.year, local.month)
            month = months[hour]
            counted[month] = counted.get(month, 0) + 1
            if not cap or counted[month] <= cap:
                total += unit * quantity
        for hour, count in t.mb.items():
            if hour < until and hour in t.hours:
                key = ("TRAFFIC", t.zone, "", account["currency"])
                unit, _ = Dated(catalogue.prices[key]).get(hour)
                total += unit * -(-count // 10**6)
    return total
