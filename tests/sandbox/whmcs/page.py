"""The pages people see: a plain admin side and the client's invoice, rendered on the server.

No scripts: forms post and are answered with a redirect. Stored text is HTML-encoded once by
WHMCS's habit; `show` decodes it before escaping, so nobody reads `&amp;amp;`.
"""

import html
import json
import os
import re
from urllib.parse import quote

import ledger
from api import HTML, Reply
from control import Refused, invent_transid
from faults import MODES
from store import INVOICE_STATUSES, SWITCHES, money

PER_PAGE = 50
HERE = os.path.dirname(os.path.abspath(__file__))
NAV = (("/admin", "Summary"), ("/admin/clients", "Clients"), ("/admin/invoices", "Invoices"),
       ("/admin/journal", "Journal"), ("/admin/breaches", "Breaches"), ("/admin/config", "Config"))
MASKED = ("hook_secret", "access_key")


def esc(value):
    return html.escape(str(value), quote=True)


def show(stored):
    return esc(html.unescape(stored or ""))


def layout(title, body, here="", admin=True):
    nav = "".join('<a href="%s"%s>%s</a>' % (
        path, ' aria-current="page"' if path == here else "", name) for path, name in NAV)
    page = ('<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            '<title>%s - WHMCS sandbox</title><link rel="stylesheet" href="/style.css"></head>'
            '<body><header><div class="in"><strong><a href="/">WHMCS sandbox</a></strong>%s</div>'
            '</header><main><h1>%s</h1>%s</main><footer>A stand-in for WHMCS. No real money '
            'moves here.</footer></body></html>')
    menu = "<nav>%s</nav>" % nav if admin else '<nav><a href="/admin">Admin</a></nav>'
    return page % (esc(title), menu, esc(title), body)


def reply(text, status=200):
    return Reply(status, text.encode("utf-8", "replace"), HTML)


def plain(title, text, status):
    return reply(layout(title, '<p class="card">%s</p>' % esc(text)), status)


def missing():
    return plain("Not found", "There is nothing at this address.", 404)


def card(title, body):
    return '<section class="card"><h2>%s</h2>%s</section>' % (esc(title), body)


def table(heads, rows, numeric=()):
    """Cells are ready HTML. Columns named in `numeric` are set to the right."""
    def cell(tag, position, text):
        css = ' class="n"' if position in numeric else ""
        return "<%s%s>%s</%s>" % (tag, css, text, tag)
    head = "".join(cell("th", i, esc(h)) for i, h in enumerate(heads))
    lines = "".join("<tr>%s</tr>" % "".join(cell("td", i, c) for i, c in enumerate(r))
                    for r in rows)
    if not rows:
        return '<p class="soft">Nothing here yet.</p>'
    return ('<div class="wide"><table><thead><tr>%s</tr></thead><tbody>%s</tbody></table></div>'
            % (head, lines))


def badge(status, element_id=""):
    mark = ' id="%s"' % element_id if element_id else ""
    return '<span%s class="badge s-%s">%s</span>' % (
        mark, esc(status.replace(" ", "")), esc(status))


def link(path, text):
    return '<a href="%s">%s</a>' % (esc(path), text)


def hidden(**values):
    return "".join('<input type="hidden" name="%s" value="%s">' % (k, esc(v))
                   for k, v in values.items())


def pager(base, at, more):
    parts = []
    if at > 0:
        parts.append(link("%spage=%d" % (base, at - 1), "Previous"))
    if more:
        parts.append(link("%spage=%d" % (base, at + 1), "Next"))
    return '<div class="pager">%s</div>' % "".join(parts) if parts else ""


def natural(text, default=0):
    return int(text) if text and re.fullmatch(r"[0-9]{1,12}", text) else default


class Pages:
    def __init__(self, store, control):
        self.store = store
        self.control = control
        with open(os.path.join(HERE, "style.css"), "rb") as file:
            self.css = file.read()
        self.gets = {"/": self.home, "/admin": self.admin, "/admin/clients": self.clients,
                     "/admin/client": self.client, "/admin/invoices": self.invoices,
                     "/admin/invoice": self.invoice, "/admin/journal": self.journal,
                     "/admin/breaches": self.breaches, "/admin/config": self.config,
                     "/viewinvoice.php": self.view_invoice, "/clientarea.php": self.client_area}
        self.posts = {"/viewinvoice.php": self.do_client_pay, "/admin/pay": self.do_pay,
                      "/admin/refund": self.do_refund, "/admin/cancel": self.do_cancel,
                      "/admin/fault": self.do_fault, "/admin/config": self.do_config,
                      "/admin/faults/clear": self.do_clear_faults}

    def get(self, path, args):
        if path == "/style.css":
            return Reply(200, self.css, "text/css; charset=utf-8")
        view = self.gets.get(path)
        return view(args) if view else missing()

    def post(self, path, form):
        """Returns the address to go to, or None for an unknown path."""
        flat = {k: v for k, v in form.items() if isinstance(v, str)}
        act = self.posts.get(path)
        return act(flat) if act else None

    def view_url(self, invoice_id):
        return "%s/viewinvoice.php?id=%d" % (self.store.cfg["base_path"], invoice_id)

    # ------------------------------------------------------------ shared pieces

    def cash(self, cur, cents):
        """An amount for reading; WHMCS's own display format, JPY without decimals."""
        figure = money(cents)
        if cur["format"] == 4 and figure.endswith(".00"):
            figure = figure[:-3]
        return esc("%s%s%s" % (cur["prefix"], figure, cur["suffix"]))

    def invoice_rows(self, tx, found):
        rows = []
        for i in found:
            cur = ledger.currency_of(tx, i["userid"])
            name = tx.value("SELECT fullname FROM clients WHERE id=?", i["userid"])
            rows.append((link("/admin/invoice?id=%d" % i["id"],
                              esc(html.unescape(i["invoicenum"]) or "#%d" % i["id"])),
                         link("/admin/client?id=%d" % i["userid"], show(name)), esc(i["date"]),
                         esc(i["duedate"]), self.cash(cur, i["total"]),
                         self.cash(cur, ledger.shown_balance(tx, i)), badge(i["status"])))
        return rows

    def invoice_table(self, tx, found):
        return table(("Invoice", "Client", "Date", "Due", "Total", "Balance", "Status"),
                     self.invoice_rows(tx, found), numeric=(4, 5))

    # ------------------------------------------------------------ admin side

    def home(self, args):
        with self.store.tx(durable=False) as tx:
            found = tx.rows("SELECT * FROM invoices WHERE status='Unpaid' ORDER BY id DESC LIMIT 10")
            rows = [(link(self.view_url(i["id"]), "Invoice #%d" % i["id"]), esc(i["duedate"]),
                     self.cash(ledger.currency_of(tx, i["userid"]), i["total"] - i["paid"]))
                    for i in found]
        text = ('<p>This server behaves like a WHMCS %s installation. Open the <a href="/admin">'
                'admin side</a>, or an unpaid invoice as its client sees it.</p>'
                % esc(self.store.cfg["version"]))
        return reply(layout("WHMCS sandbox", text + card(
            "Invoices waiting for payment", table(("Invoice", "Due", "To pay"), rows, (2,)))))

    def admin(self, args):
        s = self.control.summary()
        tiles = [("Clients", s["clients"]), ("Payments", s["payments"]),
                 ("Refunds", s["refunds"]), ("API calls", s["calls"]), ("Breaches", s["breaches"])]
        tiles += [(name, count) for name, count in s["invoices"].items()]
        body = '<div class="tiles">%s</div>' % "".join(
            '<div class="tile"><b>%s</b><span>%s</span></div>' % (esc(v), esc(k))
            for k, v in tiles)
        fields = ("invoiced", "paid_in", "refunded", "unpaid", "client_credit")
        rows = [(esc(code), *(esc(sums[f]) for f in fields))
                for code, sums in s["currencies"].items()]
        body += card("Sums", table(("Currency", "Invoiced", "Paid in", "Refunded", "Unpaid",
                                    "Client credit"), rows, (1, 2, 3, 4, 5)))
        return reply(layout("Summary", body, "/admin"))

    def clients(self, args):
        at = natural(args.get("page"))
        with self.store.tx(durable=False) as tx:
            found = tx.rows("SELECT c.*, cu.code FROM clients c JOIN currencies cu "
                            "ON cu.id=c.currency ORDER BY c.id DESC LIMIT ? OFFSET ?",
                            PER_PAGE + 1, at * PER_PAGE)
        rows = [(link("/admin/client?id=%d" % c["id"], "#%d" % c["id"]), show(c["fullname"]),
                 show(c["companyname"]), show(c["email"]), esc(c["code"]), money(c["credit"]),
                 esc(c["status"])) for c in found[:PER_PAGE]]
        body = card("All clients", table(("Id", "Name", "Company", "Email", "Currency", "Credit",
                                          "Status"), rows, (5,))
                    + pager("/admin/clients?", at, len(found) > PER_PAGE))
        return reply(layout("Clients", body, "/admin/clients"))

    def client(self, args):
        with self.store.tx(durable=False) as tx:
            c = tx.row("SELECT * FROM clients WHERE id=?", natural(args.get("id")))
            if c is None:
                return missing()
            cur = ledger.currency_of(tx, c["id"])
            facts = [("Id", esc(c["id"])), ("UUID", "<code>%s</code>" % esc(c["uuid"])),
                     ("Email", show(c["email"])), ("Company", show(c["companyname"])),
                     ("Address", show(", ".join(filter(None, (
                         c["address1"], c["address2"], c["postcode"], c["city"], c["state"],
                         c["country"]))))),
                     ("Phone", show(c["phonenumber"])), ("Currency", esc(cur["code"])),
                     ("Credit", self.cash(cur, c["credit"])), ("Status", esc(c["status"])),
                     ("Notes", show(c["notes"]))]
            for f in tx.rows("SELECT f.name, v.value FROM customvalues v JOIN customfields f "
                             "ON f.id=v.fieldid WHERE v.clientid=?", c["id"]):
                facts.append((f["name"], show(f["value"])))
            invoices = self.invoice_table(tx, tx.rows(
                "SELECT * FROM invoices WHERE userid=? ORDER BY id DESC LIMIT 200", c["id"]))
            credits = [(esc(r["date"]), show(r["description"]), self.cash(cur, r["amount"]))
                       for r in tx.rows("SELECT * FROM credits WHERE clientid=? "
                                        "ORDER BY id DESC LIMIT 100", c["id"])]
        body = card("Profile", table(("Field", "Value"), [(esc(k), v) for k, v in facts]))
        body += card("Invoices", invoices)
        body += card("Credit", table(("Date", "Description", "Amount"), credits, (2,)))
        name = html.unescape(c["fullname"] or "") or "Client #%d" % c["id"]
        return reply(layout(name, body, "/admin/clients"))

    def invoices(self, args):
        at, status = natural(args.get("page")), args.get("status", "")
        status = status if status in INVOICE_STATUSES else ""
        where, values = ("status=?", [status]) if status else ("1", [])
        with self.store.tx(durable=False) as tx:
            found = tx.rows("SELECT * FROM invoices WHERE %s ORDER BY id DESC LIMIT ? OFFSET ?"
                            % where, *values, PER_PAGE + 1, at * PER_PAGE)
            listing = self.invoice_table(tx, found[:PER_PAGE])
        options = "".join('<option%s>%s</option>' % (" selected" if s == status else "", esc(s))
                          for s in INVOICE_STATUSES)
        form = ('<form class="row" method="get" action="/admin/invoices"><label>Status<select '
                'name="status"><option value="">All</option>%s</select></label>'
                '<button class="plain">Show</button></form>' % options)
        body = card("Invoices", form + listing + pager(
            "/admin/invoices?status=%s&" % quote(status), at, len(found) > PER_PAGE))
        return reply(layout("Invoices", body, "/admin/invoices"))

    # ------------------------------------------------------------ one invoice

    def load(self, tx, args):
        """The invoice and what surrounds it, or None."""
        i = ledger.find_invoice(tx, natural(args.get("id")))
        if i is None:
            return None
        return {"inv": i, "cur": ledger.currency_of(tx, i["userid"]),
                "client": tx.row("SELECT * FROM clients WHERE id=?", i["userid"]),
                "balance": ledger.balance(tx, i),
                "items": tx.rows("SELECT * FROM items WHERE invoiceid=? ORDER BY id", i["id"]),
                "payments": tx.rows("SELECT * FROM transactions WHERE invoiceid=? ORDER BY id",
                                    i["id"]),
                "notes": tx.rows("SELECT * FROM notes WHERE invoiceid=? ORDER BY id", i["id"])}

    def lines_card(self, d):
        i, cash = d["inv"], lambda cents: self.cash(d["cur"], cents)
        rows = [(show(r["description"]).replace("\n", "<br>"), cash(r["amount"]))
                for r in d["items"]]
        rows.append(("<b>Subtotal</b>", cash(i["subtotal"])))
        for name, value in (("Tax", i["tax"]), ("Tax 2", i["tax2"])):
            if value:
                rows.append((name, cash(value)))
        if i["credit"]:
            rows.append(("Credit", "-" + cash(i["credit"])))
        rows.append(("<b>Total</b>", '<span id="total" class="total">%s</span>'
                     % cash(i["total"])))
        rows.append(("Balance", '<span id="balance">%s</span>' % cash(d["balance"])))
        return card("Lines", table(("Description", "Amount"), rows, (1,)))

    def head(self, d):
        i, c = d["inv"], d["client"]
        return ('<p>%s &nbsp; %s<br><span class="soft">Date %s, due %s</span></p>'
                % (badge(i["status"], "status"), show(c["fullname"] if c else ""),
                   esc(i["date"]), esc(i["duedate"])))

    def payments_card(self, d):
        cash = lambda cents: self.cash(d["cur"], cents)
        rows = [(esc(t["date"]), show(t["gateway"]), "<code>%s</code>" % show(t["transid"]),
                 cash(t["amountin"]), cash(t["amountout"])) for t in d["payments"]]
        out = card("Payments", table(("Date", "Gateway", "Transaction", "In", "Out"), rows,
                                     (3, 4)))
        if d["notes"]:
            rows = [("#%d" % n["id"], esc(n["reason"]), cash(n["amount"])) for n in d["notes"]]
            out += card("Credit notes", table(("Note", "Reason", "Amount"), rows, (2,)))
        return out

    def invoice(self, args):
        with self.store.tx(durable=False) as tx:
            d = self.load(tx, args)
            gateways = tx.rows("SELECT * FROM gateways ORDER BY position")
        if d is None:
            return missing()
        i = d["inv"]
        body = self.head(d)
        if i["notes"]:
            body += '<p class="soft">Notes: %s</p>' % show(i["notes"])
        body += self.lines_card(d) + self.payments_card(d)
        body += card("Actions", self.buttons(d, gateways))
        body += "<p>%s &middot; %s</p>" % (
            link(self.view_url(i["id"]), "As the client sees it"),
            link("/admin/client?id=%d" % i["userid"], "Client"))
        return reply(layout("Invoice #%d" % i["id"], body, "/admin/invoices"))

    def buttons(self, d, gateways):
        i, out = d["inv"], ""
        options = "".join('<option value="%s"%s>%s</option>' % (
            esc(g["module"]), " selected" if g["module"] == i["paymentmethod"] else "",
            esc(g["displayname"])) for g in gateways)
        if i["status"] != "Cancelled":
            out += ('<form class="row" method="post" action="/admin/pay">%s<label>Amount<input '
                    'name="amount" value="%s" inputmode="decimal" size="10"></label><label>'
                    'Transaction id<input name="transid" value="%s"></label><label>Gateway'
                    '<select name="gateway">%s</select></label><button id="add-payment">'
                    'Add payment</button></form>'
                    % (hidden(id=i["id"]), money(max(d["balance"], 0)),
                       invent_transid("admin-"), options))
        if i["paid"] > 0:
            out += ('<form class="row" method="post" action="/admin/refund">%s<label>Amount'
                    '<input name="amount" value="%s" inputmode="decimal" size="10"></label>'
                    '<button id="refund" class="plain">Refund</button></form>'
                    % (hidden(id=i["id"]), money(i["paid"])))
        if i["status"] in ("Draft", "Unpaid", "Payment Pending", "Collections"):
            out += ('<form class="row" method="post" action="/admin/cancel">%s<button id="cancel"'
                    ' class="bad">Cancel invoice</button></form>' % hidden(id=i["id"]))
        return out

    # ------------------------------------------------------------ records and switches

    def journal(self, args):
        after = natural(args.get("before"))
        with self.store.tx(durable=False) as tx:
            rows = tx.rows("SELECT * FROM journal WHERE ?=0 OR seq<? ORDER BY seq DESC LIMIT ?",
                           after, after, PER_PAGE)
        lines = []
        for r in rows:
            params = {k: v for k, v in json.loads(r["params"]).items() if v != "***"
                      and k not in ("action", "responsetype")}
            lines.append((esc(r["seq"]), esc(r["time"]), "<b>%s</b>" % esc(r["action"]),
                          "<code>%s</code>" % esc(json.dumps(params)[:300]),
                          esc(r["status"]), esc(r["message"] or r["result"]), esc(r["fault"])))
        more = link("/admin/journal?before=%d" % rows[-1]["seq"], "Older") if len(rows) == PER_PAGE else ""
        body = card("Newest first", table(("Seq", "Time", "Action", "Parameters", "HTTP",
                                           "Answer", "Fault"), lines)
                    + '<div class="pager">%s</div>' % more)
        return reply(layout("Journal", body, "/admin/journal"))

    def breaches(self, args):
        found = self.control.breaches()
        rows = [(esc(b["seq"]), esc(b["time"]), esc(b["action"]), esc(b["reason"]))
                for b in reversed(found["breaches"][-500:])]
        body = card("%d breaches of the contract" % found["count"],
                    table(("Call", "Time", "Action", "Reason"), rows))
        return reply(layout("Breaches", body, "/admin/breaches"))

    def config(self, args):
        modes = "".join("<option>%s</option>" % m for m in MODES)
        form = ('<form class="row" method="post" action="/admin/fault"><label>Action<input '
                'name="action" value="*"></label><label>Mode<select name="mode">%s</select>'
                '</label><label>Times<input name="times" value="1" size="4"></label><label>Skip'
                '<input name="skip" value="0" size="4"></label><label>Arg<input name="arg" '
                'size="8"></label><button>Add fault</button></form>'
                '<form class="row" method="post" action="/admin/faults/clear">'
                '<button class="plain">Clear all</button></form>' % modes)
        rules = [(esc(r["action"]), esc(r["mode"]), esc(r["times"]), esc(r["skip"]),
                  esc(r["used"])) for r in self.control.rules.listing()]
        body = card("Faults", form + table(("Action", "Mode", "Times left", "Skip", "Used"),
                                           rules))
        cfg = self.control.config()
        rows = [("<code>%s</code>" % esc(name), self.switch_form(name, cfg[name]))
                for name in SWITCHES]
        body += card("Switches", table(("Switch", "Value"), rows))
        return reply(layout("Config", body, "/admin/config"))

    def switch_form(self, name, value):
        allowed = SWITCHES[name][1]
        if isinstance(value, bool):
            allowed, value = ("1", "0"), "1" if value else "0"
        elif isinstance(value, list):
            value = ", ".join(value)
        if allowed:
            labels = {"1": "on", "0": "off"} if allowed == ("1", "0") else {}
            field = '<select name="value" aria-label="%s">%s</select>' % (esc(name), "".join(
                '<option value="%s"%s>%s</option>' % (
                    esc(a), " selected" if a == value else "", esc(labels.get(a, a) or '""'))
                for a in allowed))
        else:
            shown = "" if name in MASKED else value
            hint = ' placeholder="set"' if name in MASKED and value else ""
            field = '<input name="value" aria-label="%s" value="%s"%s>' % (
                esc(name), esc(shown), hint)
        return ('<form class="row" method="post" action="/admin/config">%s%s'
                '<button class="plain">Set</button></form>' % (hidden(name=name), field))

    # ------------------------------------------------------------ client side

    def view_invoice(self, args):
        with self.store.tx(durable=False) as tx:
            d = self.load(tx, args)
        if d is None or d["inv"]["status"] == "Draft":
            return missing()
        i = d["inv"]
        body = self.head(d)
        if i["status"] == "Unpaid" and d["balance"] > 0:
            body += ('<form class="card" method="post" action="%s">%s<button id="pay" '
                     'class="big">Pay %s</button></form>'
                     % (esc(self.store.cfg["base_path"] + "/viewinvoice.php"), hidden(id=i["id"]),
                        self.cash(d["cur"], d["balance"])))
        body += self.lines_card(d) + self.payments_card(d)
        return reply(layout("Invoice #%d" % i["id"], body, admin=False))

    def client_area(self, args):
        match = re.search(r"(?:^|;\s*)sandbox_client=(\d{1,12})(?:;|$)", args.get("cookie", ""))
        with self.store.tx(durable=False) as tx:
            c = match and tx.row("SELECT * FROM clients WHERE id=?", int(match.group(1)))
            if not c:
                return plain("Client area", "Nobody is signed in. Come here through single "
                             "sign-on.", 403)
            rows = [(link(self.view_url(i["id"]), "#%d" % i["id"]), esc(i["date"]),
                     self.cash(ledger.currency_of(tx, c["id"]), i["total"]), badge(i["status"]))
                    for i in tx.rows("SELECT * FROM invoices WHERE userid=? AND status<>'Draft' "
                                     "ORDER BY id DESC LIMIT 100", c["id"])]
        body = "<p>%s</p>" % show(c["fullname"])
        if args.get("action") == "details":
            body += '<p class="card">Please complete your profile first.</p>'
        body += card("My invoices", table(("Invoice", "Date", "Total", "Status"), rows, (2,)))
        return reply(layout("Client area", body, admin=False))

    # ------------------------------------------------------------ forms

    def do_client_pay(self, form):
        number = natural(form.get("id"))
        self.control.act({"op": "pay", "invoiceid": number, "only_open": True})
        return self.view_url(number)

    def do_pay(self, form):
        number = natural(form.get("id"))
        self.control.act({"op": "pay", "invoiceid": number, "amount": form.get("amount"),
                          "transid": form.get("transid", ""), "gateway": form.get("gateway", "")})
        return "/admin/invoice?id=%d" % number

    def do_refund(self, form):
        number = natural(form.get("id"))
        self.control.act({"op": "refund", "invoiceid": number, "amount": form.get("amount")})
        return "/admin/invoice?id=%d" % number

    def do_cancel(self, form):
        number = natural(form.get("id"))
        self.control.act({"op": "cancel", "invoiceid": number})
        return "/admin/invoice?id=%d" % number

    def do_fault(self, form):
        try:
            rule = {"action": form.get("action") or "*", "mode": form.get("mode"),
                    "times": int(form.get("times") or 1), "skip": int(form.get("skip") or 0)}
        except ValueError:
            raise Refused("times and skip must be whole numbers") from None
        if form.get("arg"):
            rule["arg"] = form["arg"]
        self.control.add_fault(rule)
        return "/admin/config"

    def do_clear_faults(self, form):
        self.control.rules.clear()
        return "/admin/config"

    def do_config(self, form):
        name, value = form.get("name", ""), form.get("value", "")
        if name not in MASKED or value:
            self.control.set_from_form(name, value)
        return "/admin/config"
