"""Fault rules: what shall go wrong with which call.

Rules are kept in memory and asked in the order they were set. They are gone after a restart,
so that a sandbox killed in the middle of a test comes up healthy.
"""

import threading

# mode -> does the action run before the trouble starts?
MODES = {"drop_before": False, "drop_after": True, "rst_after": True, "http500": False,
         "html200": False, "truncate": True, "slow": True, "hang": True, "trickle": True,
         "forbidden403": False, "error": False, "notice": True}
AFTER_CHOICE = ("http500", "html200", "forbidden403", "error")
LONGEST_S = 120

HTML_500 = (b"<!DOCTYPE html><html><head><title>500 Internal Server Error</title></head>"
            b"<body><h1>Oops!</h1><p>Something went wrong and we couldn't process your request."
            b"</p></body></html>")
HTML_200 = (b"<!DOCTYPE html><html><head><title>Please wait</title></head>"
            b"<body><p>This page is being prepared.</p></body></html>")
HTML_403 = (b"<!DOCTYPE html><html><head><title>403 Forbidden</title></head><body>"
            b"<h1>Forbidden</h1><p>Your request was blocked by a security rule.</p>"
            b"</body></html>")
MAINTENANCE = (b"<!DOCTYPE html><html><head><title>Down for Maintenance</title></head><body>"
               b"<h1>Down for Maintenance (Err 3)</h1><p>We are currently performing maintenance"
               b" and will be back shortly.</p></body></html>")
PHP_NOTICE = b"<br />\n<b>Warning</b>:  Undefined variable in <b>hooks.php</b> on line <b>12</b><br />\n"


class Fault:
    def __init__(self, mode, acts, arg):
        self.mode = mode
        self.acts = acts
        self.arg = arg

    def milliseconds(self, default):
        """The arg as a delay, kept within reason."""
        try:
            return min(max(int(self.arg), 0), LONGEST_S * 1000)
        except (TypeError, ValueError):
            return default


class Faults:
    def __init__(self):
        self.lock = threading.Lock()
        self.rules = []

    def add(self, body):
        """Set a rule from its JSON form. Returns an error text, or None."""
        mode = body.get("mode")
        if mode not in MODES:
            return "mode must be one of " + ", ".join(MODES)
        numbers = {"times": body.get("times", 1), "skip": body.get("skip", 0)}
        for name, value in numbers.items():
            if type(value) is not int or value < (-1 if name == "times" else 0):
                return name + " must be a whole number"
        after = body.get("after")
        if after is not None and (mode not in AFTER_CHOICE or type(after) is not bool):
            return "after is a boolean and only for " + ", ".join(AFTER_CHOICE)
        unknown = set(body) - {"action", "mode", "times", "skip", "arg", "after"}
        if unknown:
            return "unknown field " + ", ".join(sorted(unknown))
        rule = {"action": str(body.get("action", "*")), "mode": mode, "arg": body.get("arg"),
                "after": MODES[mode] if after is None else after, "used": 0, **numbers}
        with self.lock:
            self.rules.append(rule)
        return None

    def take(self, action):
        """The fault for this call, if any. A rule with times=-1 never wears out."""
        with self.lock:
            for rule in self.rules:
                if rule["action"] != "*" and rule["action"].lower() != action.lower():
                    continue
                if rule["skip"] > 0:
                    rule["skip"] -= 1
                    continue
                if rule["times"] == 0:
                    continue
                if rule["times"] > 0:
                    rule["times"] -= 1
                rule["used"] += 1
                return Fault(rule["mode"], rule["after"], rule["arg"])
        return None

    def listing(self):
        with self.lock:
            return [dict(rule) for rule in self.rules]

    def clear(self):
        with self.lock:
            self.rules = []
