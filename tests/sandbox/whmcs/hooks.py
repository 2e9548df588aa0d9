"""Delivery of hook events to the portal, as the addon inside WHMCS does it: what happened to
which client or invoice, nothing of what it says.

Events are rows of the same transaction as the change they tell about. A background thread posts
them; switches make it late, double, out of order or lossy, because all of that happens.
"""

import datetime
import hashlib
import hmac
import json
import threading
import time
import urllib.error
import urllib.request

TIMEOUT_S = 2
BATCH = 50
# No proxy is consulted: the receiver is on this machine or named by whoever runs the sandbox.
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def sign(secret, timestamp, body):
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


# What a hook's variables are called; the second spelling of invoiceid is the documentation's own.
CLIENT = ("fromUserID", "client_id", "userid")
INVOICE = ("invoiceid", "invocieid", "originalinvoiceid")


def number(variables, names):
    found = [variables[n] for n in names if variables.get(n)]
    return int(found[0]) if found else 0


def message(cfg, row):
    variables = json.loads(row["vars"])
    at = datetime.datetime.fromtimestamp(int(row["made"]), datetime.timezone.utc)
    return {"id": f"{cfg['hook_sender']}-{row['id']}", "event": row["event"],
            "at": at.strftime("%Y-%m-%dT%H:%M:%SZ"), "client_id": number(variables, CLIENT),
            "invoice_id": number(variables, INVOICE)}


def post(cfg, row):
    """Send one event. Returns a short outcome text; only "2xx" counts as delivered."""
    body = json.dumps(message(cfg, row)).encode()
    timestamp = str(int(time.time()))
    request = urllib.request.Request(cfg["hook_url"], data=body, method="POST", headers={
        "Content-Type": "application/json", "X-Tollbridge-Timestamp": timestamp,
        "X-Tollbridge-Signature": sign(cfg["hook_secret"], timestamp, body)})
    try:
        with OPENER.open(request, timeout=TIMEOUT_S) as reply:
            return "2xx" if 200 <= reply.status < 300 else str(reply.status)
    except urllib.error.HTTPError as error:
        return str(error.code)
    except (OSError, ValueError) as error:
        return type(error).__name__


class Courier:
    def __init__(self, store):
        self.store = store
        self.sending = threading.Lock()
        self.wakeup = threading.Event()
        self.stopped = False
        self.thread = threading.Thread(target=self._loop, name="hooks", daemon=True)
        store.on_events = self.wakeup.set

    def start(self):
        self.thread.start()

    def stop(self):
        self.stopped = True
        self.wakeup.set()
        self.thread.join(TIMEOUT_S + 1)

    def _loop(self):
        while not self.stopped:
            self.wakeup.wait(0.2 if self._waiting() else 5)
            self.wakeup.clear()
            if not self.stopped:
                self.deliver()

    def _waiting(self):
        with self.store.lock:
            if self.store.closed:
                return False
            return self.store.db.execute(
                "SELECT 1 FROM outbox WHERE state='waiting' LIMIT 1").fetchone() is not None

    def deliver(self):
        """Post everything that is due. The store is not locked while the network is waited for."""
        with self.sending:
            cfg = self.store.cfg
            if not cfg["hook_url"]:
                return
            rows = self._due()
            if cfg["hook_out_of_order"]:
                rows.reverse()
            for row in rows:
                if self.stopped:
                    return
                self._deliver_one(cfg, row)

    def _due(self):
        with self.store.lock:
            if self.store.closed:
                return []
            return [dict(r) for r in self.store.db.execute(
                "SELECT * FROM outbox WHERE state='waiting' AND due<=? ORDER BY id LIMIT ?",
                (time.time(), BATCH))]

    def _deliver_one(self, cfg, row):
        if cfg["hook_drop_every"] and row["id"] % cfg["hook_drop_every"] == 0:
            return self._record(row, "dropped", "dropped by switch")
        outcome = post(cfg, row)
        if outcome == "2xx":
            if cfg["hook_twice"]:
                post(cfg, row)
            return self._record(row, "sent", outcome)
        tries = row["tries"] + 1
        state = "failed" if tries > cfg["hook_retries"] else "waiting"
        return self._record(row, state, outcome, tries, time.time() + min(2 ** tries, 30))

    def _record(self, row, state, detail, tries=0, due=0):
        with self.store.lock:
            if not self.store.closed:
                self.store.db.execute(
                    "UPDATE outbox SET state=?, detail=?, tries=?, due=? WHERE id=?",
                    (state, detail, tries, due, row["id"]))
