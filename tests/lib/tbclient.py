"""HTTP client of the tests: one browser-like session against a portal."""
import http.client
import json
import time
import urllib.parse
import uuid


class Answer:
    def __init__(self, status, headers, raw):
        self.status, self.headers, self.raw = status, headers, raw
        self.body = raw.decode("utf-8", "replace")

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        return self.json.get("error", {}).get("code")

    @property
    def fields(self):
        return {f["name"]: f["message"] for f in self.json["error"].get("fields", [])}

    def __repr__(self):
        return f"{self.status} {self.body[:400]!r}"


def slow_down(call):
    """Repeats what was limited, for a minute at most."""
    for _ in range(60):
        a = call()
        if a.status != 429:
            return a
        time.sleep(1)
    return a


class Portal:
    """Keeps cookies and the CSRF token of one pool; a new connection per request,
    so that requests spread over all workers."""

    def __init__(self, port, pool, host="127.0.0.1"):
        self.port, self.pool, self.host = port, pool, host
        self.cookies, self.csrf = {}, None

    def request(self, method, path, body=None, headers=None, raw=None, csrf=True, key=None):
        c = http.client.HTTPConnection(self.host, self.port, timeout=60)
        h = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        data = raw
        if body is not None:
            data = json.dumps(body)
        if method != "GET":
            h["Content-Type"] = "application/json"
            data = "{}" if data is None else data
            if csrf and self.csrf:
                h["X-CSRF-Token"] = self.csrf
        if key:
            h["Idempotency-Key"] = key
        h.update(headers or {})
        c.request(method, f"/api/{self.pool}{path}", data, h)
        r = c.getresponse()
        raw = r.read()
        for name, value in r.getheaders():
            if name.lower() == "set-cookie":
                pair = value.split(";")[0]
                k, v = pair.split("=", 1)
                if v:
                    self.cookies[k] = v
                else:
                    self.cookies.pop(k, None)
        c.close()
        return Answer(r.status, dict((k.lower(), v) for k, v in r.getheaders()), raw)

    def get(self, path, **query):
        if query:
            path += "?" + urllib.parse.urlencode(query)
        return self.request("GET", path)

    def boot(self):
        a = self.get("/boot")
        assert a.status == 200, a
        self.csrf = a.json["csrf"]
        return a.json

    def post(self, path, body=None, **kw):
        return self.request("POST", path, {} if body is None else body, **kw)

    def post_i(self, path, body=None, key=None, **kw):
        return self.post(path, body, key=key or uuid.uuid4().hex, **kw)

    def patch(self, path, body, **kw):
        return self.request("PATCH", path, body, **kw)

    def delete_i(self, path, key=None):
        return self.request("DELETE", path, {}, key=key or uuid.uuid4().hex)

    def login(self, email, password):
        """Signs in, waiting out the portal's limits: those have tests of their own."""
        self.boot()
        a = slow_down(lambda: self.post("/login", {"email": email, "password": password}))
        if a.status == 200:
            self.boot()
        return a

    def set(self, key, value):
        """Staff: change a setting whatever its version."""
        return self.patch(f"/settings/{key}", {"value": str(value)})


PERSON = {
    "category": "ORGANIZATION", "password": "correct horse battery", "first_name": "Ada",
    "last_name": "Byron", "company": "Engines Ltd", "address1": "12 St James's Square",
    "city": "Dublin", "state": "Leinster", "postcode": "D02", "country": "IE",
    "phone": "+353 1 555 0100", "plan_confirmed": True,
}


def signup(port, email, **more):
    """A new customer, signed in: (portal, account id)."""
    p = Portal(port, "user")
    p.boot()
    a = slow_down(lambda: p.post("/signup", {**PERSON, "email": email, **more}))
    assert a.status == 201, a
    p.boot()
    return p, a.json["account_id"]
