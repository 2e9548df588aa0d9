"""Faults on the wire, sudden death, and hook delivery."""

import hashlib
import hmac
import http.client
import http.server
import json
import socket
import subprocess
import threading
import time
from urllib.parse import urlencode

from sandbox_client import AUTH, FORM, Sandbox, SandboxCase

__all__ = ("Faults", "Death", "Hooks")


class Faults(SandboxCase):
    def raw(self, action="GetClients", timeout=10, **fields):
        return self.box.post_form("/includes/api.php", {**AUTH, "action": action, **fields},
                                  timeout)

    def create(self):
        return self.raw("CreateInvoice", userid="1", itemdescription1="a", itemamount1="1.00")

    def count(self):
        return self.ok("GetInvoices")["totalresults"]

    def test_drop_before(self):
        self.client()
        self.fault(action="CreateInvoice", mode="drop_before")
        with self.assertRaises((http.client.RemoteDisconnected, ConnectionError)):
            self.create()
        self.assertEqual(0, self.count())

    def test_drop_after_and_rst_after(self):
        self.client()
        for n, mode in enumerate(("drop_after", "rst_after"), 1):
            self.fault(action="createinvoice", mode=mode)
            with self.assertRaises((http.client.RemoteDisconnected, ConnectionError)):
                self.create()
            self.assertEqual(n, self.count())

    def test_rst_is_a_reset(self):
        self.fault(action="*", mode="rst_after")
        link = socket.create_connection(("127.0.0.1", self.box.port), 5)
        body = urlencode({**AUTH, "action": "GetClients"}).encode()
        link.sendall(b"POST /includes/api.php HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\n"
                     b"Content-Length: %d\r\n\r\n%s"
                     % (FORM["Content-Type"].encode(), len(body), body))
        with self.assertRaises(ConnectionResetError):
            link.recv(100)
        link.close()

    def test_http500_before_and_after(self):
        self.client()
        self.fault(action="CreateInvoice", mode="http500")
        status, body, _ = self.create()
        self.assertEqual((500, 0), (status, self.count()))
        self.assertIn(b"<html>", body)
        self.fault(action="CreateInvoice", mode="http500", after=True)
        self.assertEqual((500, 1), (self.create()[0], self.count()))

    def test_html200_forbidden_and_sticky(self):
        self.fault(action="*", mode="html200")
        status, body, _ = self.raw()
        self.assertEqual((200, b"<!DOC"), (status, body[:5]))
        self.fault(action="*", mode="forbidden403", arg="sticky")
        link = http.client.HTTPConnection("127.0.0.1", self.box.port, timeout=5)
        body = urlencode({**AUTH, "action": "GetClients"})
        for _ in range(2):
            link.request("POST", "/includes/api.php", body, FORM)
            reply = link.getresponse()
            reply.read()
            self.assertEqual(403, reply.status)
        link.close()
        self.ok("GetClients")

    def test_truncate(self):
        self.fault(action="*", mode="truncate")
        _, body, _ = self.raw()
        with self.assertRaises(ValueError):
            json.loads(body)
        self.fault(action="*", mode="truncate", arg="mismatch")
        with self.assertRaises(http.client.IncompleteRead):
            self.raw()

    def test_slow_and_trickle(self):
        self.fault(action="*", mode="slow", arg=300)
        start = time.monotonic()
        self.ok("GetClients")
        self.assertGreater(time.monotonic() - start, 0.29)
        self.fault(action="*", mode="trickle", arg=2)
        start = time.monotonic()
        self.ok("GetClients")
        self.assertGreater(time.monotonic() - start, 0.1)

    def test_hang_commits_and_ends_with_the_client(self):
        self.client()
        self.fault(action="CreateInvoice", mode="hang")
        with self.assertRaises(TimeoutError):
            self.raw("CreateInvoice", 0.5, userid="1", itemdescription1="a", itemamount1="1")
        self.assertEqual(1, self.count())

    def test_error_and_notice(self):
        self.fault(action="GetClients", mode="error", arg="Boom")
        self.refused("Boom", "GetClients")
        self.fault(action="*", mode="notice")
        _, body, _ = self.raw()
        self.assertTrue(body.startswith(b"<br />"))
        self.assertTrue(body.endswith(b"}"))

    def test_times_skip_order_and_clear(self):
        self.fault(action="GetUsers", mode="error", arg="A", skip=1, times=2)
        answers = [self.box.call("GetUsers")[1].get("message") for _ in range(4)]
        self.assertEqual([None, "A", "A", None], answers)
        self.fault(action="*", mode="error", arg="always", times=-1)
        for _ in range(3):
            self.refused("always", "GetUsers")
        self.box.control("DELETE", "fault")
        self.ok("GetUsers")

    def test_bad_rules(self):
        for rule in ({"mode": "melt"}, {"mode": "slow", "times": "1"}, {"mode": "slow", "x": 1},
                     {"mode": "slow", "after": True}, {"mode": "error", "skip": -1}):
            self.assertEqual(400, self.box.control("POST", "fault", rule)[0], rule)

    def test_journal_names_the_fault(self):
        self.fault(action="*", mode="http500")
        self.raw()
        entry = self.box.control("GET", "journal")[1]["entries"][-1]
        self.assertEqual(("http500", "GetClients"), (entry["fault"], entry["action"]))


class Death(SandboxCase):
    def test_kill_and_restart(self):
        box = Sandbox()
        self.addCleanup(box.stop)
        for n in range(20):
            _, data = box.call("AddClient", email="k%d@example.com" % n, password2="pw",
                               skipvalidation="1")
            self.assertEqual(n + 1, data["clientid"])
        box.control("POST", "config", {"date_format": "MM/DD/YYYY"})
        box.kill()
        box.start()
        self.assertEqual(20, box.call("GetClients")[1]["totalresults"])
        self.assertEqual("MM/DD/YYYY", box.control("GET", "config")[1]["date_format"])

    def test_kill_under_fire(self):
        """Whatever was answered before the kill is there after it."""
        box, seen = Sandbox(), []
        self.addCleanup(box.stop)

        def writer(name):
            try:
                for n in range(1000):
                    _, data = box.call("AddClient", email="w%s-%d@example.com" % (name, n),
                                       password2="pw", skipvalidation="1")
                    seen.append(data["clientid"])
            except (OSError, http.client.HTTPException):
                return
        threads = [threading.Thread(target=writer, args=(i,)) for i in range(3)]
        for thread in threads:
            thread.start()
        time.sleep(0.7)
        box.kill()
        for thread in threads:
            thread.join()
        box.start()
        rows = box.call("GetClients", limitnum="5000")[1]["clients"]["client"]
        self.assertGreater(len(seen), 3)
        self.assertEqual(set(), set(seen) - {r["id"] for r in rows})
        self.assertEqual(len(seen), len(set(seen)))

    def test_clean_stop_and_version_flag(self):
        box = Sandbox(None, "--version", "9.0")
        self.addCleanup(box.stop)
        self.assertEqual("9.0.1", box.call("WhmcsDetails")[1]["whmcs"]["version"])
        self.assertEqual(0, box.stop())

    def test_bad_arguments(self):
        done = subprocess.run([self.box.process.args[0], self.box.process.args[1]],
                              capture_output=True, check=False)
        self.assertEqual(2, done.returncode)


class Receiver:
    """A portal's ear: remembers what arrives, in order."""

    def __init__(self, status=200):
        got = self.got = []

        class Ear(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                got.append((dict(self.headers), body))
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args):
                """Quiet."""
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Ear)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))
        self.thread.start()
        self.url = "http://127.0.0.1:%d/hook" % self.server.server_address[1]

    def events(self):
        return [json.loads(body)["event"] for _, body in list(self.got)]

    def close(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


class Hooks(SandboxCase):
    def setUp(self):
        super().setUp()
        self.ear = Receiver()
        self.addCleanup(self.ear.close)
        self.number = self.client()

    def listen(self, **more):
        self.switch(hook_url=self.ear.url, hook_secret="hs", **more)

    def test_signed_delivery(self):
        self.listen()
        self.pay(self.invoice(self.number))
        self.wait_for(lambda: "InvoicePaid" in self.ear.events())
        self.assertEqual(["InvoiceCreation", "InvoiceCreated", "AddTransaction",
                          "AddInvoicePayment", "InvoicePaid"], self.ear.events())
        headers, body = self.ear.got[-1]
        stamp = headers["X-Tollbridge-Timestamp"]
        want = hmac.new(b"hs", stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        self.assertEqual(want, headers["X-Tollbridge-Signature"])
        data = json.loads(body)
        self.assertEqual((0, 1), (data["client_id"], data["invoice_id"]))
        self.assertEqual({"id", "event", "at", "client_id", "invoice_id"}, set(data))

    def test_twice(self):
        self.listen(hook_twice=True)
        self.ok("UpdateClient", clientid=self.number, city="X")
        self.wait_for(lambda: len(self.ear.got) == 2)
        self.assertEqual(self.ear.got[0][1], self.ear.got[1][1])
        self.assertEqual(self.number, json.loads(self.ear.got[0][1])["client_id"])

    def test_late_and_out_of_order(self):
        self.listen(hook_delay_ms=400, hook_out_of_order=True)
        self.pay(self.invoice(self.number))
        self.assertEqual([], self.ear.events())
        self.wait_for(lambda: len(self.ear.got) == 5)
        self.assertNotEqual("InvoiceCreation", self.ear.events()[0])

    def test_dropped(self):
        self.listen(hook_drop_every=1)
        self.invoice(self.number)
        self.wait_for(lambda: self.states() == {"dropped"})
        self.assertEqual([], self.ear.got)

    def states(self):
        return {e["state"] for e in self.box.control("GET", "hooks")[1]["events"]}

    def test_before_reply(self):
        self.listen(hook_before_reply=True)
        self.invoice(self.number)
        self.assertIn("InvoiceCreated", self.ear.events())

    def test_receiver_in_trouble_is_retried(self):
        bad = Receiver(503)
        self.addCleanup(bad.close)
        self.switch(hook_url=bad.url, hook_secret="hs", hook_retries=0)
        self.act("cancel", invoiceid=self.invoice(self.number))
        self.wait_for(lambda: self.states() == {"failed"})
        self.assertIn("InvoiceCancelled", [json.loads(b)["event"] for _, b in bad.got])
