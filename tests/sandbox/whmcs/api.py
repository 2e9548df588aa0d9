"""One API call from raw bytes to reply: who asks, what is asked, is it allowed, do it, note it.

The journal line, the breaches and the change itself are one transaction.
"""

import hashlib
import hmac
import json
import time

import actions_client    # noqa: F401  (imported for the actions they register)
import actions_invoice   # noqa: F401
import actions_payment   # noqa: F401
import actions_system    # noqa: F401
import faults
from params import ACTIONS, ApiError, parse_form, redact, validate

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
HTML = "text/html; charset=utf-8"


class Reply:
    def __init__(self, status, body, ctype=JSON):
        self.status = status
        self.body = body
        self.ctype = ctype


class Call:
    """A request as far as it has been understood."""

    def __init__(self, method, query, ctype, body, peer, cfg):
        self.peer = peer
        self.reasons = []
        tree, problems = {}, []
        if method != "POST":
            self.reasons.append("the method is %s, not POST" % method)
        if ctype.split(";")[0].strip().lower() == FORM:
            tree, problems = parse_form(body, cfg["max_input_vars"])
        else:
            self.reasons.append('the content type is "%s", not a form' % ctype[:60])
        if query:
            self._merge_query(tree, query, cfg)
        self.reasons += problems
        self.tree = tree
        self.action = tree.get("action") if isinstance(tree.get("action"), str) else ""

    def _merge_query(self, tree, query, cfg):
        """WHMCS does take parameters from the URL; secrets then sit in every access log."""
        extra, _ = parse_form(query.encode(), cfg["max_input_vars"])
        named = [k for k in extra if k in ("identifier", "secret", "username", "password",
                                           "accesskey")]
        self.reasons.append("secrets in the URL query" if named
                            else "parameters in the URL query")
        for key, value in extra.items():
            tree.setdefault(key, value)

    def text(self, *names):
        for name in names:
            value = self.tree.get(name)
            if isinstance(value, str) and value:
                return value
        return ""


def php_json(data):
    """JSON as PHP writes it: slashes escaped, everything beyond ASCII as \\u."""
    return json.dumps(data, separators=(",", ":")).replace("/", "\\/").encode()


def failure(message, status=200):
    return Reply(status, php_json({"result": "error", "message": message}))


class Api:
    def __init__(self, store, identifier, secret, rules):
        self.store = store
        self.identifier = identifier
        self.secret = secret
        self.rules = rules

    def handle(self, method, query, ctype, body, peer):
        """Returns (reply, fault). What the fault does to the wire is the server's business."""
        started = time.monotonic()
        call = Call(method, query, ctype, body, peer, self.store.cfg)
        fault = self.rules.take(call.action)
        if fault and not fault.acts:
            return self._skipped(call, fault, started), fault
        found = ACTIONS.get(call.action.lower())
        with self.store.tx(durable=bool(found and found.write)) as tx:
            reply = self._answer(tx, call, found)
            self._note(tx, call, reply, fault, started)
        return reply, fault

    def _skipped(self, call, fault, started):
        reply = Reply(0, b"")
        if fault.mode == "error":
            reply = failure(str(fault.arg or "An unexpected error occurred"))
        call.reasons = []
        with self.store.tx(durable=False) as tx:
            self._note(tx, call, reply, fault, started)
        return reply

    # ------------------------------------------------------------ gates before the action

    def _answer(self, tx, call, found):
        if tx.cfg["maintenance"]:
            return Reply(200, faults.MAINTENANCE, HTML)
        refusal = self._gate(tx, call, found)
        if refusal:
            return refusal
        if call.text("responsetype").lower() != "json":
            call.reasons.append("responsetype=json is not sent")
            return failure("Sandbox: responsetype=json is required")
        if call.reasons and not call.reasons[0].endswith("the URL query"):
            return failure("Sandbox: " + call.reasons[0])
        return self._perform(tx, call, found)

    def _gate(self, tx, call, found):
        """Credentials, address, action name, role: in the order WHMCS looks at them."""
        refused = self._credentials(tx, call)
        if refused:
            return failure(refused, tx.cfg["credential_error_status"])
        banned, key = tx.cfg["ip_denied"], tx.cfg["access_key"]
        if banned and not (key and call.text("accesskey") == key):
            return failure("Invalid IP " + banned, 403)
        name = call.action.lower()
        if found is None:
            call.reasons.append('unknown action "%s"' % name[:60])
            if tx.cfg["unknown_action_text"] == "old":
                return failure("The requested API Action could not be found.")
            return failure('Invalid API Action: "%s" is not a valid API action' % name)
        if name in [denied.lower() for denied in tx.cfg["role_denied"]]:
            return failure('Invalid Permissions: API action "%s" is not allowed' % name, 403)
        return None

    def _credentials(self, tx, call):
        given = call.text("identifier", "username")
        secret = call.text("secret", "password")
        if not given or not secret:
            return "Authentication Failed"
        if not hmac.compare_digest(given.encode(), self.identifier.encode()):
            return "Invalid or missing credentials"
        if not hmac.compare_digest(secret.encode(), self.secret.encode()):
            return "Authentication Failed"
        return None

    # ------------------------------------------------------------ the action itself

    def _perform(self, tx, call, found):
        values, reasons, answer = validate(found, call.tree, tx.cfg)
        call.reasons += reasons
        if answer:
            return failure(answer)
        tx.run("SAVEPOINT act")
        try:
            out = found.function(tx, values)
        except ApiError as error:
            tx.run("ROLLBACK TO act")
            tx.run("RELEASE act")
            tx.events, tx.touched = [], {}
            if error.breach:
                call.reasons.append(error.breach)
            if error.status != 200:
                return Reply(error.status, faults.HTML_500, HTML)
            return failure(error.message)
        tx.run("RELEASE act")
        if "result" not in out and "status" not in out:
            out = {"result": "success", **out}
        return Reply(200, php_json(out))

    # ------------------------------------------------------------ the record

    def _note(self, tx, call, reply, fault, started):
        result, message = "none", ""
        if reply.body and reply.ctype == JSON:
            data = json.loads(reply.body)
            result = data.get("result") or data.get("status")
            message = data.get("message", "")
        elif reply.body:
            result = "html"
        seq = tx.insert(
            "journal", time=tx.stamp(), action=call.action[:100],
            params=json.dumps(redact(call.tree)), status=reply.status, result=str(result),
            message=message, digest=hashlib.sha256(reply.body).hexdigest()[:16],
            touched=json.dumps(list(tx.touched)), fault=fault.mode if fault else "",
            ms=int((time.monotonic() - started) * 1000))
        for reason in call.reasons:
            tx.insert("breaches", seq=seq, time=tx.stamp(), action=call.action[:100],
                      reason=reason)
        self.store.prune_journal(tx, seq)
