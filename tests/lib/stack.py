"""A quickstart installation of its own for a test: up, down, its processes, its
command, its sandbox WHMCS."""
import json
import os
import signal
import subprocess
import time
import urllib.parse
import urllib.request

SRC = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class Stack:
    def __init__(self, home, port):
        self.home, self.port, self.whmcs_port = home, port, port + 1
        self.mail_port = port + 2
        self.env = {**os.environ, "TOLLBRIDGE_HOME": home, "TOLLBRIDGE_PORT": str(port),
                    "TOLLBRIDGE_WHMCS_PORT": str(port + 1)}
        for name in ("TOLLBRIDGE_WHMCS_URL", "TOLLBRIDGE_WHMCS_IDENTIFIER",
                     "TOLLBRIDGE_WHMCS_SECRET", "TOLLBRIDGE_SMTP_URL", "TOLLBRIDGE_MAIL_PORT",
                     "TOLLBRIDGE_SMTP_PORT", "TOLLBRIDGE_BIND", "TB_OBJ", "TB_SAN", "TB_RUN",
                     "TB_HOME", "TB_BUILD", "MAKEFLAGS", "MFLAGS"):
            self.env.pop(name, None)

    def quickstart(self, *args, check=True):
        r = subprocess.run([f"{SRC}/quickstart.sh", *args], env=self.env, text=True,
                           stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT, timeout=900)
        if check and r.returncode != 0:
            raise RuntimeError(f"quickstart {args}: {r.stdout[-3000:]}")
        return r.stdout

    def up(self):
        return self.quickstart("up", "--detach")

    def down(self):
        return self.quickstart("down", check=False)

    def command(self, *args):
        """The operator's command, JSON answer."""
        r = subprocess.run([f"{SRC}/quickstart.sh", "tollbridge", "--json", *args], env=self.env,
                           text=True, capture_output=True, timeout=300)
        if not r.stdout.strip():
            raise RuntimeError(f"tollbridge {args}: {r.stderr}")
        return json.loads(r.stdout)

    def violations(self):
        return {i["id"]: i["value"] for i in self.command("verify")["invariants"] if i["value"]}

    def admin_login(self):
        with open(f"{self.home}/etc/login.password") as f:
            return "admin@example.com", f.read().strip()

    def pids(self, name):
        """Leader of a service and its children (workers)."""
        try:
            with open(f"{self.home}/pid/{name}") as f:
                leader = int(f.read().split()[0])
        except (FileNotFoundError, IndexError, ValueError):
            return []
        found = [leader] if os.path.exists(f"/proc/{leader}") else []
        for p in os.listdir("/proc"):
            if p.isdigit():
                try:
                    with open(f"/proc/{p}/stat") as f:
                        if int(f.read().rsplit(")", 1)[1].split()[1]) == leader:
                            found.append(int(p))
                except (OSError, IndexError, ValueError):
                    pass
        return found

    def kill(self, name, pick):
        """kill -9 of one process of a service, chosen by pick(list)."""
        pids = self.pids(name)
        if pids:
            try:
                os.kill(pick(pids), signal.SIGKILL)
                return True
            except ProcessLookupError:
                pass
        return False

    def whmcs(self, path, body=None):
        """The sandbox's control API."""
        req = urllib.request.Request(f"http://127.0.0.1:{self.whmcs_port}/_sandbox/{path}",
                                     data=None if body is None else json.dumps(body).encode(),
                                     headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(req, timeout=30) as r:
            return json.loads(r.read())

    def mailbox(self, path, body=None, method=None):
        """The mail sandbox's control API."""
        req = urllib.request.Request(f"http://127.0.0.1:{self.mail_port}/_sandbox/{path}",
                                     data=None if body is None else json.dumps(body).encode(),
                                     method=method)
        with urllib.request.urlopen(req, timeout=30) as r:
            return json.loads(r.read())

    def whmcs_api(self, action, **params):
        """As an API client of its own (to look, never to write)."""
        with open(f"{self.home}/etc/whmcs.identifier") as f:
            params["identifier"] = f.read().strip()
        with open(f"{self.home}/etc/whmcs.secret") as f:
            params["secret"] = f.read().strip()
        params.update(action=action, responsetype="json")
        data = urllib.parse.urlencode(params).encode()
        with urllib.request.urlopen(f"http://127.0.0.1:{self.whmcs_port}/includes/api.php",
                                    data=data, timeout=30) as r:
            return json.loads(r.read())


def wait_for(what, look, seconds=90, step=0.3):
    """Until look() gives something true; what failed to come is named."""
    end, last = time.monotonic() + seconds, None
    while time.monotonic() < end:
        try:
            last = look()
            if last:
                return last
        except (OSError, RuntimeError, AssertionError, ValueError, KeyError) as e:
            last = repr(e)
        time.sleep(step)
    raise AssertionError(f"{what} did not come within {seconds} s (last: {str(last)[:400]})")
