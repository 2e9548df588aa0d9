"""A small client for the sandbox's own tests: starts the server, speaks to it, stops it."""

import base64
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from urllib.parse import urlencode

HERE = os.path.dirname(os.path.abspath(__file__))
AUTH = {"identifier": "id-1", "secret": "se-1", "responsetype": "json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def serialize(fields):
    """base64(PHP serialize(array)) with lengths counted in bytes."""
    body = b""
    for key, value in fields.items():
        raw = value.encode()
        body += b'i:%d;s:%d:"%s";' % (key, len(raw), raw)
    return base64.b64encode(b"a:%d:{%s}" % (len(fields), body)).decode()


class Sandbox:
    """One running server process on a free port."""

    def __init__(self, folder=None, *extra):
        self.temporary = None if folder else tempfile.TemporaryDirectory()
        self.folder = folder or self.temporary.name
        self.extra = extra
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [sys.executable, os.path.join(HERE, "server.py"), "--port", "0", "--state",
             self.folder, "--identifier", "id-1", "--secret", "se-1", *self.extra],
            stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        self.port = int(re.search(r":(\d+)/", line).group(1))

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()

    def stop(self):
        """Ends the server politely; calling it again does no harm."""
        if self.process.poll() is None:
            self.process.terminate()
        code = self.process.wait(10)
        self.process.stdout.close()
        if self.temporary:
            self.temporary.cleanup()
        return code

    def raw(self, method, path, body=None, headers=None, timeout=10):
        """Returns (status, body bytes, headers)."""
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            link.request(method, path, body, headers or {})
            reply = link.getresponse()
            return reply.status, reply.read(), dict(reply.getheaders())
        finally:
            link.close()

    def post_form(self, path, fields, timeout=10):
        return self.raw("POST", path, urlencode(fields), FORM, timeout)

    def call(self, action, timeout=10, **fields):
        """One API call. Returns (status, decoded JSON)."""
        status, body, _ = self.post_form("/includes/api.php",
                                         {**AUTH, "action": action, **fields}, timeout)
        return status, json.loads(body)

    def control(self, method, name, body=None):
        data = None if body is None else json.dumps(body)
        status, text, _ = self.raw(method, "/_sandbox/" + name, data,
                                   {"Content-Type": "application/json"})
        return status, json.loads(text)

    def text(self, path):
        status, body, _ = self.raw("GET", path)
        return status, body.decode()


class SandboxCase(unittest.TestCase):
    """Every test starts from a freshly reset installation."""

    box = None

    @classmethod
    def setUpClass(cls):
        cls.box = Sandbox()

    @classmethod
    def tearDownClass(cls):
        cls.box.stop()

    def setUp(self):
        self.box.control("POST", "reset", {})

    # ------------------------------------------------------------ short forms

    def ok(self, action, **fields):
        status, data = self.box.call(action, **fields)
        self.assertEqual(200, status, data)
        self.assertEqual("success", data.get("result") or data.get("status"), data)
        return data

    def refused(self, message, action, **fields):
        status, data = self.box.call(action, **fields)
        self.assertEqual({"result": "error", "message": message}, data)
        self.assertEqual(200, status)

    def breached(self, action, **fields):
        """The call is refused and leaves a line in the list of breaches."""
        before = self.breach_count()
        _, data = self.box.call(action, **fields)
        self.assertEqual("error", data["result"], data)
        self.assertGreater(self.breach_count(), before, data)
        return data["message"]

    def breach_count(self):
        return self.box.control("GET", "breaches")[1]["count"]

    def no_breaches(self):
        self.assertEqual([], self.box.control("GET", "breaches")[1]["breaches"])

    def switch(self, **changes):
        status, data = self.box.control("POST", "config", changes)
        self.assertEqual(200, status, data)

    def act(self, op, **fields):
        status, data = self.box.control("POST", "act", {"op": op, **fields})
        self.assertEqual(200, status, data)
        return data

    def fault(self, **rule):
        status, data = self.box.control("POST", "fault", rule)
        self.assertEqual(200, status, data)

    def client(self, email="ann@example.com", **more):
        fields = {"firstname": "Ann", "lastname": "Lee", "email": email, "address1": "1 Road",
                  "city": "Town", "state": "CA", "postcode": "90000", "country": "US",
                  "phonenumber": "+1.5551234", "password2": "pw-123456", "noemail": "1"}
        return self.ok("AddClient", **{**fields, **more})["clientid"]

    def invoice(self, client, *amounts, **more):
        fields = {"userid": client}
        for n, amount in enumerate(amounts or ("10.00",), 1):
            fields["itemdescription%d" % n] = "Line %d" % n
            fields["itemamount%d" % n] = amount
            fields["itemtaxed%d" % n] = "1"
        return self.ok("CreateInvoice", **{**fields, **more})["invoiceid"]

    def pay(self, invoice, transid="t-1", **more):
        return self.ok("AddInvoicePayment", invoiceid=invoice, transid=transid,
                       gateway="stripe", date="2026-03-04 05:06:07", **more)

    def get(self, invoice):
        return self.ok("GetInvoice", invoiceid=invoice)

    def credit(self, client):
        return self.ok("GetClientsDetails", clientid=client)["client"]["credit"]

    def wait_for(self, check, seconds=5):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if check():
                return
            time.sleep(0.05)
        self.fail("waited in vain")
