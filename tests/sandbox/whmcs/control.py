"""The control API under /_sandbox/: settings, journal, faults, and acting as WHMCS's own people.

What an admin or a client does inside WHMCS goes through the same ledger as the API.
"""

import json
import secrets

import ledger
from actions_client import apply_client_changes, check_email_free, make_client
from params import ApiError, BadValue, MAX_ID, parse_cents, parse_date
from store import INVOICE_STATUSES, SWITCHES, ZERO_STAMP, check_switch, money


class Refused(Exception):
    """A control request that cannot be carried out; the text goes back with status 400."""


# ---------------------------------------------------------------- reading the request

def number(body, name):
    value = body.get(name)
    return whole(value, name)


def whole(value, name):
    if type(value) is not int or not 0 <= value <= MAX_ID:
        raise Refused("%s must be a whole number" % name)
    return value


def cents(body, name, default=None, signed=False):
    value = body.get(name)
    if value is None or value == "":
        return default
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    try:
        return parse_cents(str(value), signed)
    except BadValue as bad:
        raise Refused("%s %s" % (name, bad)) from None


def text(body, name, default=""):
    value = body.get(name, default)
    if not isinstance(value, str):
        raise Refused("%s must be a text" % name)
    return value


def invent_transid(prefix):
    return prefix + secrets.token_hex(6)


# ---------------------------------------------------------------- the operations

def op_pay(tx, b):
    """only_open: a button pressed twice must not become a second payment."""
    inv = ledger.need_invoice(tx, number(b, "invoiceid"))
    if b.get("only_open") and (inv["status"] != "Unpaid" or ledger.balance(tx, inv) <= 0):
        return {"transactionid": 0, "transid": ""}
    transid = text(b, "transid") or invent_transid("sbx-")
    gateway = text(b, "gateway") or inv["paymentmethod"]
    ledger.need_gateway(tx, gateway)
    row = ledger.pay(tx, inv["id"], cents(b, "amount"), gateway, tx.enc(transid),
                     fees=cents(b, "fees", 0))
    return {"transactionid": row, "transid": transid}


def op_refund(tx, b):
    transid = text(b, "transid") or invent_transid("sbx-refund-")
    row = ledger.refund(tx, number(b, "invoiceid"), cents(b, "amount"), tx.enc(transid),
                        bool(b.get("as_credit")))
    return {"transactionid": row, "transid": transid}


def op_cancel(tx, b):
    ledger.cancel(tx, ledger.need_invoice(tx, number(b, "invoiceid"))["id"])


def op_mark_paid(tx, b):
    ledger.mark_paid(tx, ledger.need_invoice(tx, number(b, "invoiceid"))["id"])


def op_set_status(tx, b):
    inv = ledger.need_invoice(tx, number(b, "invoiceid"))
    if b.get("status") not in INVOICE_STATUSES:
        raise Refused("status must be one of " + ", ".join(INVOICE_STATUSES))
    ledger.set_status(tx, inv["id"], b["status"])


def op_chargeback(tx, b):
    transid = text(b, "transid") or invent_transid("sbx-reversal-")
    return {"transactionid": ledger.reverse(tx, number(b, "invoiceid"), tx.enc(transid))}


EDITABLE = ("firstname", "lastname", "companyname", "email", "address1", "address2", "city",
            "state", "postcode", "country", "phonenumber", "tax_id", "notes", "language",
            "status", "groupid", "taxexempt", "paymentmethod", "allowSingleSignOn",
            "separateinvoices", "latefeeoveride", "overideduenotices", "marketingoptin",
            "customfields")


FLAG_FIELDS = ("taxexempt", "allowSingleSignOn", "separateinvoices", "latefeeoveride",
               "overideduenotices", "marketingoptin")


def check_fields(fields):
    """The same types the API's own readers would have produced."""
    if not isinstance(fields, dict) or not fields:
        raise Refused("fields must be an object")
    unknown = set(fields) - set(EDITABLE) - {"currency"}
    if unknown:
        raise Refused("unknown field " + ", ".join(sorted(unknown)))
    for name, value in fields.items():
        if name in ("groupid", "currency"):
            whole(value, name)
        elif name == "customfields":
            if not isinstance(value, dict) or not all(
                    k.isdigit() and isinstance(v, str) for k, v in value.items()):
                raise Refused("customfields must be an object of texts by id")
        elif not isinstance(value, bool if name in FLAG_FIELDS else str):
            raise Refused("%s is of the wrong type" % name)


def op_edit_client(tx, b):
    client = ledger.need_client(tx, number(b, "clientid"))
    fields = b.get("fields")
    check_fields(fields)
    apply_client_changes(tx, client, fields)


def op_add_client(tx, b):
    fields = {k: v for k, v in b.items() if k != "op"}
    check_fields(fields)
    if not fields.get("email"):
        raise Refused("email must be given")
    check_email_free(tx, fields)
    return {"clientid": make_client(tx, fields)}


def op_change_currency(tx, b):
    client = ledger.need_client(tx, number(b, "clientid"))
    currency = tx.value("SELECT id FROM currencies WHERE code=?", text(b, "code"))
    if not currency:
        raise Refused("unknown currency code")
    apply_client_changes(tx, client, {"currency": currency})


def op_add_credit(tx, b):
    client = ledger.need_client(tx, number(b, "clientid"))
    amount = cents(b, "amount", signed=True)
    if not amount:
        raise Refused("amount must not be zero")
    ledger.add_credit(tx, client["id"], amount,
                      tx.enc(text(b, "description", "Credit added by admin")))
    return {"credit": money(client["credit"] + amount)}


def op_apply_credit(tx, b):
    inv = ledger.need_invoice(tx, number(b, "invoiceid"))
    credit = tx.value("SELECT credit FROM clients WHERE id=?", inv["userid"])
    amount = cents(b, "amount", min(credit, ledger.balance(tx, inv)))
    if inv["status"] != "Unpaid" or not 0 < amount <= min(credit, ledger.balance(tx, inv)):
        raise Refused("there is not that much credit, or not that much to pay")
    ledger.apply_credit(tx, inv["id"], amount)
    return {"amount": money(amount)}


def op_delete_invoice(tx, b):
    ledger.remove_invoice(tx, number(b, "invoiceid"))


def op_delete_client(tx, b):
    ledger.remove_client(tx, number(b, "clientid"), bool(b.get("users", True)),
                         bool(b.get("transactions")))


def op_close_client(tx, b):
    ledger.close_client(tx, number(b, "clientid"))


def op_merge_clients(tx, b):
    """The second account swallows the first; the first one's number is gone afterwards."""
    gone = ledger.need_client(tx, number(b, "from"))
    stays = ledger.need_client(tx, number(b, "to"))
    if gone["id"] == stays["id"]:
        raise Refused("from and to are the same client")
    for table, column in (("invoices", "userid"), ("transactions", "userid"),
                          ("credits", "clientid"), ("notes", "clientid"),
                          ("billables", "clientid")):
        tx.run("UPDATE %s SET %s=? WHERE %s=?" % (table, column, column), stays["id"], gone["id"])
    tx.run("UPDATE clients SET credit=credit+? WHERE id=?", gone["credit"], stays["id"])
    tx.run("UPDATE OR IGNORE user_clients SET client_id=?, is_owner=0 WHERE client_id=?",
           stays["id"], gone["id"])
    tx.run("DELETE FROM customvalues WHERE clientid=?", gone["id"])
    tx.run("DELETE FROM clients WHERE id=?", gone["id"])
    tx.log("Merged Client ID: %d into Client ID: %d" % (gone["id"], stays["id"]), stays["id"],
           "admin")
    tx.event("AfterClientMerge", toUserID=stays["id"], fromUserID=gone["id"])


def line_of(tx, raw):
    if not isinstance(raw, dict):
        raise Refused("each line must be an object")
    amount = cents(raw, "amount", signed=True)
    if amount is None:
        raise Refused("each line needs an amount")
    return {"description": tx.enc(text(raw, "description", "Item")), "amount": amount,
            "taxed": bool(raw.get("taxed")), "type": text(raw, "type"),
            "relid": whole(raw.get("relid", 0), "relid")}


def op_add_invoice(tx, b):
    """An invoice of WHMCS's own making: the portal has not asked for it."""
    client = ledger.need_client(tx, number(b, "clientid"))
    lines = [line_of(tx, raw) for raw in b.get("lines") or []]
    if not lines:
        raise Refused("lines must not be empty")
    status = b.get("status", "Unpaid")
    if status not in INVOICE_STATUSES:
        raise Refused("status must be one of " + ", ".join(INVOICE_STATUSES))
    dates = {}
    for name in ("date", "duedate"):
        try:
            dates[name] = parse_date(b[name]) if b.get(name) else None
        except BadValue as bad:
            raise Refused("%s %s" % (name, bad)) from None
    number_ = ledger.new_invoice(tx, client, lines, status=status, source="autogen",
                                 gateway=text(b, "gateway"), notes=tx.enc(text(b, "notes")),
                                 datepaid=tx.stamp() if status == "Paid" else ZERO_STAMP,
                                 **dates)
    if status != "Draft":
        ledger.issue(tx, number_, "autogen")
    return {"invoiceid": number_}


def op_publish(tx, b):
    inv = ledger.need_invoice(tx, number(b, "invoiceid"))
    if inv["status"] != "Draft":
        raise Refused("the invoice is not a draft")
    ledger.set_status(tx, inv["id"], "Unpaid")


def op_mass_pay(tx, b):
    """One invoice whose lines are other invoices; paid at once unless pay=false."""
    client = ledger.need_client(tx, number(b, "clientid"))
    lines = []
    for invoice_id in b.get("invoiceids") or []:
        inv = ledger.need_invoice(tx, whole(invoice_id, "invoiceids"))
        if inv["userid"] != client["id"] or inv["status"] != "Unpaid":
            raise Refused("invoice %s is not an unpaid one of this client" % invoice_id)
        lines.append({"description": "Invoice #%d" % inv["id"], "type": "Invoice",
                      "amount": ledger.balance(tx, inv), "relid": inv["id"]})
    if not lines:
        raise Refused("invoiceids must not be empty")
    number_ = ledger.new_invoice(tx, client, lines, status="Unpaid", source="clientarea",
                                 rates=(0, 0))
    ledger.issue(tx, number_, "clientarea", False)
    if b.get("pay", True):
        inv = ledger.find_invoice(tx, number_)
        ledger.pay(tx, number_, None, inv["paymentmethod"], invent_transid("sbx-mass-"))
    return {"invoiceid": number_}


BULK_MOST = 2000000


def op_bulk(tx, b):
    """Fill the installation for tests of speed: plain clients with one-line unpaid invoices."""
    clients, each = number(b, "clients"), b.get("invoices_each", 10)
    if type(each) is not int or each < 0 or clients * max(each, 1) > BULK_MOST:
        raise Refused("at most %d rows" % BULK_MOST)
    first = (tx.value("SELECT MAX(id) FROM clients") or 0) + 1
    # A million rows into eight indexes one by one takes minutes; building them after, seconds.
    indexes = tx.rows("SELECT name, sql FROM sqlite_master WHERE type='index' AND sql<>'' "
                      "AND tbl_name IN ('invoices','items')") if clients * each > 50000 else []
    for index in indexes:
        tx.run("DROP INDEX " + index["name"])
    status = b.get("status", "Unpaid")
    stamp, today = tx.stamp(), tx.today()
    base = (tx.value("SELECT MAX(id) FROM invoices") or 0)
    for i in range(first, first + clients):
        make_client(tx, {"firstname": "Bulk", "lastname": "Client %d" % i,
                         "email": "bulk%d@example.com" % i, "country": "US",
                         "address1": "1 Road", "city": "Town", "state": "CA",
                         "postcode": "90000", "phonenumber": "555"})
    tx.events.clear()
    tx.touched.clear()
    rows = ((base + k + 1, first + k % clients, "", today, today, ZERO_STAMP, ZERO_STAMP,
             ZERO_STAMP, ZERO_STAMP, 1000 + k % 9000, 1000 + k % 9000, status, "banktransfer",
             "", stamp, stamp) for k in range(clients * each))
    tx.db.executemany(
        "INSERT INTO invoices(id,userid,invoicenum,date,duedate,datepaid,last_capture_attempt,"
        "date_refunded,date_cancelled,subtotal,total,status,paymentmethod,notes,created_at,"
        "updated_at) VALUES(%s)" % ",".join("?" * 16), rows)
    tx.run("INSERT INTO items(invoiceid,type,relid,description,amount,taxed) "
           "SELECT id,'',0,'Bulk line',total,0 FROM invoices WHERE id>?", base)
    for index in indexes:
        tx.run(index["sql"])
    return {"clients": clients, "invoices": clients * each, "first_client": first}


OPS = {name[3:]: function for name, function in list(globals().items())
       if name.startswith("op_")}


class Control:
    def __init__(self, store, rules):
        self.store = store
        self.rules = rules

    # ------------------------------------------------------------ acting

    def act(self, body):
        """Carry out one operation. Returns a JSON-able answer or raises Refused."""
        op = body.get("op")
        if op not in OPS:
            raise Refused("op must be one of " + ", ".join(sorted(OPS)))
        try:
            with self.store.tx() as tx:
                out = OPS[op](tx, body) or {}
                return {"ok": True, **out, "touched": list(tx.touched)}
        except ApiError as error:
            raise Refused(error.message) from None

    # ------------------------------------------------------------ looking

    def journal(self, after, limit):
        with self.store.tx(durable=False) as tx:
            rows = tx.rows("SELECT * FROM journal WHERE seq>? ORDER BY seq LIMIT ?",
                           after, min(max(limit, 1), 10000))
            last = tx.value("SELECT MAX(seq) FROM journal") or 0
        entries = [{**dict(r), "params": json.loads(r["params"]),
                    "touched": json.loads(r["touched"])} for r in rows]
        return {"entries": entries, "last": last}

    def breaches(self):
        with self.store.tx(durable=False) as tx:
            rows = tx.rows("SELECT * FROM breaches ORDER BY id")
        return {"count": len(rows), "breaches": [dict(r) for r in rows]}

    def clear_breaches(self):
        with self.store.tx() as tx:
            tx.run("DELETE FROM breaches")
        return {"ok": True}

    def hooks(self):
        with self.store.tx(durable=False) as tx:
            rows = tx.rows("SELECT * FROM outbox ORDER BY id DESC LIMIT 1000")
        return {"events": [{**dict(r), "vars": json.loads(r["vars"])} for r in rows]}

    def notes(self):
        with self.store.tx(durable=False) as tx:
            rows = tx.rows("SELECT * FROM notes ORDER BY id DESC LIMIT 1000")
        return {"notes": [{**dict(r), "amount": money(r["amount"])} for r in rows]}

    def summary(self):
        with self.store.tx(durable=False) as tx:
            statuses = dict(tuple(r) for r in tx.rows(
                "SELECT status, COUNT(*) FROM invoices GROUP BY status"))
            return {
                "version": tx.cfg["version"],
                "clients": tx.value("SELECT COUNT(*) FROM clients"),
                "users": tx.value("SELECT COUNT(*) FROM users"),
                "invoices": {s: statuses.get(s, 0) for s in INVOICE_STATUSES},
                "invoices_total": sum(statuses.values()),
                "payments": tx.value("SELECT COUNT(*) FROM transactions WHERE amountin>0"),
                "refunds": tx.value("SELECT COUNT(*) FROM transactions WHERE amountout>0"),
                "credit_notes": tx.value("SELECT COUNT(*) FROM notes"),
                "breaches": tx.value("SELECT COUNT(*) FROM breaches"),
                "calls": tx.value("SELECT COUNT(*) FROM journal"),
                "currencies": self._sums(tx)}

    def _sums(self, tx):
        """Per currency: what was invoiced, what came in and went out, what is held as credit."""
        names = {r["id"]: r["code"] for r in tx.rows("SELECT id, code FROM currencies")}
        fields = ("invoiced", "credit_applied", "unpaid", "paid_in", "refunded", "client_credit")
        sums = {code: dict.fromkeys(fields, 0) for code in names.values()}
        for r in tx.rows("SELECT c.currency, SUM(i.total+i.credit), SUM(i.credit), SUM(CASE WHEN "
                         "i.status='Unpaid' THEN i.total-i.paid ELSE 0 END) FROM invoices i "
                         "JOIN clients c ON c.id=i.userid WHERE i.status<>'Draft' "
                         "GROUP BY c.currency"):
            sums[names[r[0]]].update(zip(fields, tuple(r)[1:]))
        for r in tx.rows("SELECT CASE WHEN t.currency>0 THEN t.currency ELSE c.currency END, "
                         "SUM(amountin), SUM(amountout) FROM transactions t "
                         "LEFT JOIN clients c ON c.id=t.userid GROUP BY 1"):
            if r[0] in names:
                sums[names[r[0]]].update(paid_in=r[1], refunded=r[2])
        for r in tx.rows("SELECT currency, SUM(credit) FROM clients GROUP BY currency"):
            sums[names[r[0]]]["client_credit"] = r[1]
        return {code: {k: money(v) for k, v in row.items()} for code, row in sums.items()}

    # ------------------------------------------------------------ switches and faults

    def config(self):
        return {name: self.store.cfg[name] for name in SWITCHES}

    def set_config(self, changes):
        fault = self.store.set_config(changes)
        if fault:
            raise Refused(fault)
        return self.config()

    def set_from_form(self, name, raw):
        """A switch from the page's form, where every value is a text."""
        default = SWITCHES.get(name, ("",))[0]
        try:
            if isinstance(default, bool):
                value = raw == "1"
            elif isinstance(default, int):
                value = int(raw)
            elif isinstance(default, list):
                value = [part.strip() for part in raw.split(",") if part.strip()]
            else:
                value = raw
        except ValueError:
            raise Refused("%s must be a whole number" % name) from None
        fault = check_switch(name, value)
        if fault:
            raise Refused(fault)
        return self.set_config({name: value})

    def add_fault(self, body):
        fault = self.rules.add(body)
        if fault:
            raise Refused(fault)
        return {"ok": True, "faults": self.rules.listing()}

    def reset(self):
        self.rules.clear()
        self.store.reset()
        return {"ok": True}
