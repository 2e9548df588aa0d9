#!/usr/bin/python3
"""WHMCS sandbox: a strict stand-in for a WHMCS installation.

    server.py --port N --state DIR [--bind A] [--version 8.13|9.0]
              [--identifier ID --secret S] [--pidfile F]

Credentials may also come from WHMCS_SANDBOX_IDENTIFIER and WHMCS_SANDBOX_SECRET; without either
they are "sandbox" and "sandbox-secret". Prints `listening on http://127.0.0.1:N/` when ready
(port 0 takes a free one) and stops on SIGTERM. Everything is kept in DIR/whmcs-sandbox.sqlite.

The API:   POST /includes/api.php   as WHMCS has it. Unlike WHMCS, whatever is not in an action's
declared table is refused ("Sandbox: ...") and listed as a breach.

Control API, JSON, only from this machine:

  GET    /_sandbox/summary            counts, invoices by status, sums per currency
  GET    /_sandbox/journal?after=&limit=   {entries:[{seq,time,action,params,status,result,
                                      message,digest,touched,fault,ms}], last}
  GET    /_sandbox/breaches           {count, breaches:[{id,seq,time,action,reason}]}; DELETE empties
  GET    /_sandbox/notes              credit notes written in 9.0 mode
  GET    /_sandbox/hooks              hook events and what became of them
  GET    /_sandbox/config             all switches; POST {switch: value, ...} changes some
  GET    /_sandbox/fault              rules; POST adds one; DELETE clears them
  POST   /_sandbox/act                {"op": ...}, see below
  POST   /_sandbox/reset              as on the first start: data, switches, faults, journal

A fault rule: {action:"CreateInvoice"|"*", mode, times=1 (-1 for ever), skip=0, arg, after}
  drop_before   connection closed, nothing done          drop_after  done, then closed
  rst_after     done, then reset                         http500     HTML 500 (after: done first)
  html200       HTML with status 200 (after)             truncate    done, half the JSON; arg
                                                         "mismatch": full length announced
  slow          done, reply after arg ms                 hang        done, never answered (120 s)
  trickle       done, 1 byte per 200 ms (arg: ms)        forbidden403  firewall page (after; arg
                                                         "sticky": for the rest of the connection)
  error         result:error with arg as message (after) notice      done, PHP warning, then JSON
`after` is false unless given, where (after) is written. Faults live in memory.

Operations of /_sandbox/act (amounts as text "12.50" or whole numbers):
  pay {invoiceid, amount?, transid?, gateway?, fees?}    refund {invoiceid, amount?, as_credit?}
  cancel {invoiceid}   mark_paid {invoiceid}             set_status {invoiceid, status}
  publish {invoiceid}  chargeback {invoiceid}            delete_invoice {invoiceid}
  add_invoice {clientid, lines:[{description, amount, taxed?, type?, relid?}], status?, date?,
               duedate?, notes?, gateway?}               mass_pay {clientid, invoiceids, pay=true}
  add_client {email, firstname?, ...}                    edit_client {clientid, fields:{}}
  change_currency {clientid, code}                       add_credit {clientid, amount}
  apply_credit {invoiceid, amount?}                      close_client {clientid}
  delete_client {clientid, users=true, transactions?}    merge_clients {from, to}
  bulk {clients, invoices_each=10, status?}

Switches worth knowing (all in store.py): version; transid_unique; entity_encode; ids_as_strings;
empty_list_style (documented|""|[]|{}|nested|missing); list_style; auto_apply_credit; tax_enabled,
tax_rate, tax_rate2, tax_inclusive; date_format; role_denied [actions]; ip_denied "address";
maintenance; https_redirect; base_path "/whmcs"; clock_offset_s; notes_in_getinvoice;
notes_reduce_balance; cancel_refused_without_permission; allow_mutability; immutable_style;
issued_editable_fields; addtransaction_moves_status; overpay_balance; updated_at_moves_on_payment;
hook_url, hook_secret, hook_sender, hook_delay_ms, hook_twice, hook_out_of_order, hook_drop_every,
hook_before_reply, hook_retries.

Hook posts carry X-Tollbridge-Timestamp and X-Tollbridge-Signature, the hexadecimal HMAC-SHA256
of timestamp + "." + body under hook_secret. Body: {id, event, at, client_id, invoice_id}.

Pages: / and /admin for people, /viewinvoice.php?id= as the client sees an invoice.
"""

import argparse
import http.server
import json
import os
import select
import signal
import socket
import struct
import sys
import threading
import time
import traceback
from urllib.parse import parse_qs, urlsplit

# The sandbox runs out of a source tree and leaves nothing behind in it.
sys.dont_write_bytecode = True

import faults
import page
from actions_system import spend_token
from api import Api, FORM, HTML, JSON, Reply
from control import Control, Refused
from hooks import Courier
from params import parse_form
from store import Store

MAX_BODY = 8 * 1024 * 1024
IDLE_S = 75


class Dropped(Exception):
    """The connection is to be closed without a further word."""


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "WHMCS-sandbox"
    sys_version = ""
    timeout = IDLE_S
    disable_nagle_algorithm = True
    stuck_403 = False

    # ------------------------------------------------------------ entry points

    def do_GET(self):
        self._serve("GET")

    def do_HEAD(self):
        self._serve("HEAD")

    def do_POST(self):
        self._serve("POST")

    def do_PUT(self):
        self._serve("PUT")

    def do_DELETE(self):
        self._serve("DELETE")

    def log_message(self, *args):
        """The journal is the log; a line per request on stderr would only slow tests down."""

    def _serve(self, method):
        try:
            body = self._read_body()
            if body is not None:
                self._route(method, body)
        except (Dropped, ConnectionError, TimeoutError, BrokenPipeError):
            self.close_connection = True
        except Exception:
            # A defect of the sandbox itself must be seen, not end as a silent closed connection.
            traceback.print_exc()
            self._refuse_body(500, b"the sandbox itself failed\n")

    def _read_body(self):
        if self.headers.get("Transfer-Encoding"):
            return self._refuse_body(411, b"a length is required\n")
        raw = self.headers.get("Content-Length", "0")
        if not raw.isascii() or not raw.isdigit() or int(raw) > MAX_BODY:
            return self._refuse_body(413, b"the body is too large\n")
        body = self.rfile.read(int(raw))
        if len(body) != int(raw):
            raise Dropped()
        return body

    def _refuse_body(self, status, text):
        self.close_connection = True
        self._send(Reply(status, text, "text/plain"), {"Connection": "close"})

    def _route(self, method, body):
        parts = urlsplit(self.path)
        cfg = self.server.store.cfg
        path = parts.path
        if path.startswith("/_sandbox/"):
            return self._control(method, path[len("/_sandbox/"):], parts.query, body)
        if cfg["https_redirect"] and path.endswith(".php"):
            target = "https://" + self.headers.get("Host", "localhost") + self.path
            return self._redirect(target, 301)
        if cfg["base_path"] and path.endswith(".php"):
            if not path.startswith(cfg["base_path"] + "/"):
                return self._send(Reply(404, b"not found\n", "text/plain"))
            path = path[len(cfg["base_path"]):]
        if path == "/includes/api.php":
            return self._api(method, parts.query, body)
        if path.startswith("/includes/api.php/"):
            return self._send(Reply(200, b"An admin user is required", HTML))
        if path == "/oauth/singlesignon.php":
            return self._single_sign_on(parts.query)
        return self._page(method, path, parts.query, body)

    # ------------------------------------------------------------ sending

    def _send(self, reply, headers=None, announced=None):
        """Head and body leave in one piece: two small writes would wait for each other."""
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.ctype)
        self.send_header("Content-Length", str(len(reply.body) if announced is None
                                               else announced))
        self.send_header("X-Content-Type-Options", "nosniff")
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self._headers_buffer.append(b"\r\n")
        head = b"".join(self._headers_buffer)
        self._headers_buffer = []
        self.wfile.write(head if self.command == "HEAD" else head + reply.body)

    def _redirect(self, target, status=303, headers=None):
        self._send(Reply(status, b"", "text/plain"), {"Location": target, **(headers or {})})

    def _json(self, data, status=200):
        self._send(Reply(status, json.dumps(data).encode() + b"\n", JSON))

    # ------------------------------------------------------------ the WHMCS API and its troubles

    def _api(self, method, query, body):
        if self.stuck_403:
            return self._send(Reply(403, faults.HTML_403, HTML))
        reply, fault = self.server.api.handle(
            method, query, self.headers.get("Content-Type", ""), body, self.client_address[0])
        if self.server.store.cfg["hook_before_reply"]:
            self.server.courier.deliver()
        if fault is None or fault.mode == "error":
            return self._send(reply)
        return getattr(self, "_fault_" + fault.mode)(reply, fault)

    def _fault_drop_before(self, reply, fault):
        self._cut()

    def _fault_drop_after(self, reply, fault):
        self._cut()

    def _fault_rst_after(self, reply, fault):
        """Closing with a linger of zero makes the kernel send a reset instead of a farewell."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.server.forget(self.connection)
        raise Dropped()

    def _fault_http500(self, reply, fault):
        self._send(Reply(500, faults.HTML_500, HTML))

    def _fault_html200(self, reply, fault):
        self._send(Reply(200, faults.HTML_200, HTML))

    def _fault_forbidden403(self, reply, fault):
        self.stuck_403 = fault.arg == "sticky"
        self._send(Reply(403, faults.HTML_403, HTML))

    def _fault_notice(self, reply, fault):
        self._send(Reply(reply.status, faults.PHP_NOTICE + reply.body, HTML))

    def _fault_truncate(self, reply, fault):
        half = Reply(reply.status, reply.body[:len(reply.body) // 2], reply.ctype)
        if fault.arg == "mismatch":
            self._send(half, announced=len(reply.body))
            self._cut()
        self._send(half)

    def _fault_slow(self, reply, fault):
        time.sleep(fault.milliseconds(1000) / 1000)
        self._send(reply)

    def _fault_hang(self, reply, fault):
        """Say nothing until the other side gives up."""
        end = time.monotonic() + faults.LONGEST_S
        while time.monotonic() < end and not self.server.stopping:
            ready, _, _ = select.select([self.connection], [], [], 0.2)
            if ready and not self.connection.recv(1, socket.MSG_PEEK):
                break
            if ready:
                time.sleep(0.2)
        self._cut()

    def _fault_trickle(self, reply, fault):
        pause = fault.milliseconds(200) / 1000
        self._send(Reply(reply.status, b"", reply.ctype), announced=len(reply.body))
        for at in range(len(reply.body)):
            if self.server.stopping:
                raise Dropped()
            self.wfile.write(reply.body[at:at + 1])
            time.sleep(pause)

    def _cut(self):
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        raise Dropped()

    # ------------------------------------------------------------ control API

    def _foreign(self):
        """True for a request that a page of another site made in somebody's browser."""
        origin = self.headers.get("Origin")
        return origin is not None and urlsplit(origin).netloc != self.headers.get("Host", "")

    def _control(self, method, name, query, body):
        if self.client_address[0] not in ("127.0.0.1", "::1") or self._foreign():
            return self._json({"error": "only from this machine"}, 403)
        control, wanted = self.server.control, (method, name)
        simple = {("GET", "summary"): control.summary, ("GET", "breaches"): control.breaches,
                  ("DELETE", "breaches"): control.clear_breaches, ("GET", "notes"): control.notes,
                  ("GET", "hooks"): control.hooks, ("GET", "config"): control.config,
                  ("POST", "reset"): control.reset,
                  ("GET", "fault"): lambda: {"faults": control.rules.listing()},
                  ("DELETE", "fault"): self._clear_faults,
                  ("GET", "journal"): lambda: self._journal(query)}
        posts = {"act": control.act, "config": control.set_config, "fault": control.add_fault}
        try:
            if wanted in simple:
                return self._json(simple[wanted]())
            if method == "POST" and name in posts:
                return self._json(posts[name](self._json_body(body)))
        except Refused as error:
            return self._json({"error": str(error)}, 400)
        return self._json({"error": "no such control call"}, 404)

    def _json_body(self, body):
        try:
            data = json.loads(body or b"{}")
        except ValueError:
            raise Refused("the body is not JSON") from None
        if not isinstance(data, dict):
            raise Refused("the body must be a JSON object")
        return data

    def _clear_faults(self):
        self.server.control.rules.clear()
        return {"ok": True}

    def _journal(self, query):
        args = parse_qs(query)
        try:
            after = int(args.get("after", ["0"])[0])
            limit = int(args.get("limit", ["1000"])[0])
        except ValueError:
            raise Refused("after and limit must be whole numbers") from None
        return self.server.control.journal(after, limit)

    # ------------------------------------------------------------ pages

    def _single_sign_on(self, query):
        token = parse_qs(query).get("access_token", [""])[0]
        with self.server.store.tx() as tx:
            found = spend_token(tx, token)
        if found is None:
            return self._send(page.plain("This link has expired",
                                         "Single sign-on links work once and for one minute.",
                                         403))
        base = self.server.store.cfg["base_path"]
        cookie = "sandbox_client=%d; Path=/; HttpOnly; SameSite=Lax" % found[0]
        return self._redirect(base + found[1], 302, {"Set-Cookie": cookie})

    def _page(self, method, path, query, body):
        if method == "POST":
            if self._foreign():
                return self._send(page.plain("Refused", "This form belongs to another site.", 403))
            if self.headers.get("Content-Type", "").split(";")[0] != FORM:
                return self._send(page.plain("Refused", "A form was expected.", 400))
            form, _ = parse_form(body, 200)
            try:
                target = self.server.pages.post(path, form)
            except Refused as error:
                return self._send(page.plain("That did not work", str(error), 400))
            return self._redirect(target) if target else self._send(page.missing())
        if method not in ("GET", "HEAD"):
            return self._send(Reply(405, b"method not allowed\n", "text/plain"))
        args = {k: v[0] for k, v in parse_qs(query).items()}
        args["cookie"] = self.headers.get("Cookie", "")
        return self._send(self.server.pages.get(path, args))


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 256

    def __init__(self, address, store, identifier, secret):
        super().__init__(address, Handler)
        self.stopping = False
        self.quiet = set()
        self.store = store
        self.rules = faults.Faults()
        self.api = Api(store, identifier, secret, self.rules)
        self.control = Control(store, self.rules)
        self.courier = Courier(store)
        self.pages = page.Pages(store, self.control)

    def forget(self, connection):
        """Mark a connection that must be closed without the polite shutdown."""
        self.quiet.add(id(connection))

    def shutdown_request(self, request):
        if id(request) in self.quiet:
            self.quiet.discard(id(request))
            self.close_request(request)
        else:
            super().shutdown_request(request)

    def handle_error(self, request, client_address):
        kind = sys.exc_info()[0]
        if kind is not None and issubclass(kind, (ConnectionError, TimeoutError)):
            return
        if not self.stopping:
            super().handle_error(request, client_address)


def arguments(argv):
    parser = argparse.ArgumentParser(description="A strict stand-in for WHMCS.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--state", required=True)
    parser.add_argument("--bind", default="127.0.0.1")
    parser.add_argument("--version", choices=("8.13", "9.0"))
    parser.add_argument("--identifier", default=os.environ.get("WHMCS_SANDBOX_IDENTIFIER")
                        or "sandbox")
    parser.add_argument("--secret", default=os.environ.get("WHMCS_SANDBOX_SECRET")
                        or "sandbox-secret")
    parser.add_argument("--pidfile")
    return parser.parse_args(argv)


def main(argv=None):
    args = arguments(argv)
    store = Store(args.state)
    if args.version:
        store.set_config({"version": args.version})
    server = Server((args.bind, args.port), store, args.identifier, args.secret)
    shown = "127.0.0.1" if args.bind in ("", "0.0.0.0") else args.bind
    url = "http://%s:%d/" % (shown, server.server_address[1])
    store.set_root_url(url[:-1])

    def stop(*_):
        server.stopping = True
        threading.Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    if args.pidfile:
        with open(args.pidfile, "w", encoding="ascii") as file:
            file.write("%d\n" % os.getpid())
    server.courier.start()
    print("listening on " + url, flush=True)
    server.serve_forever(poll_interval=0.1)
    server.courier.stop()
    server.server_close()
    store.close()
    if args.pidfile:
        os.unlink(args.pidfile)
    return 0


if __name__ == "__main__":
    sys.exit(main())
