"""SQLite storage: schema, settings, transactions, and the small text functions all actions share.

One connection behind one lock. Each API call is one transaction that is committed before the
reply leaves, so a killed process has lost nothing it ever answered for. Writes are committed
with synchronous=FULL; a call that only adds its journal line uses NORMAL, which still survives
a killed process and saves the disk a flush per read.
"""

import contextlib
import datetime
import json
import os
import sqlite3
import threading
import time

ZERO_DATE = "0000-00-00"
ZERO_STAMP = "0000-00-00 00:00:00"
JOURNAL_KEEP = 500000

INVOICE_STATUSES = ("Draft", "Unpaid", "Paid", "Cancelled", "Refunded", "Collections",
                    "Payment Pending")

# name -> (default, allowed values or None). The type of the default is the type of the switch.
SWITCHES = {
    "version": ("8.13", ("8.13", "9.0")),
    "transid_unique": (False, None),
    "entity_encode": (True, None),
    "ids_as_strings": (False, None),
    "empty_list_style": ("documented", ("documented", "", "[]", "{}", "nested", "missing")),
    "list_style": ("array", ("array", "lone_object", "numeric_keys")),
    "linebreak_style": ("lf", ("lf", "crlf", "br")),
    "updated_at_moves_on_payment": (False, None),
    "auto_apply_credit": (True, None),
    "tax_enabled": (False, None),
    "tax_rate": ("0.000", None),
    "tax_rate2": ("0.000", None),
    "tax_inclusive": (False, None),
    "date_format": ("DD/MM/YYYY", ("DD/MM/YYYY", "DD.MM.YYYY", "DD-MM-YYYY", "MM/DD/YYYY",
                                   "YYYY/MM/DD", "YYYY-MM-DD")),
    "role_denied": ([], None),
    "ip_denied": ("", None),
    "access_key": ("", None),
    "credential_error_status": (403, None),
    "unknown_action_text": ("new", ("new", "old")),
    "maintenance": (False, None),
    "https_redirect": (False, None),
    "base_path": ("", None),
    "clock_offset_s": (0, None),
    "max_input_vars": (1000, None),
    "max_page_rows": (50000, None),
    "default_orderby": ("id", ("id", "invoicenumber", "date", "duedate", "total", "status")),
    "default_order": ("desc", ("asc", "desc")),
    "invoice_numbers": ("off", ("off", "on_create", "on_payment")),
    "publish_sets_date": (True, None),
    "allow_mutability": (False, None),
    "issued_editable_fields": (["status", "paymentmethod", "notes", "duedate", "datepaid"], None),
    "immutable_style": ("error", ("error", "silent")),
    "cancel_refused_without_permission": (False, None),
    "notes_in_getinvoice": (False, None),
    "notes_reduce_balance": (False, None),
    "overpay_balance": ("negative", ("negative", "zero")),
    "mass_pay_style": ("credit", ("credit", "payment")),
    "addtransaction_moves_status": ("none", ("none", "paid", "refunded", "both")),
    "updatetransaction_refused_on_9": (False, None),
    "applycredit_full_word": (False, None),
    "credit_can_go_negative": (False, None),
    "credit_makes_transaction": (False, None),
    "empty_string_clears": (True, None),
    "client_email_moves_login": (False, None),
    "email_in_use_text": ("user", ("user", "unavailable")),
    "security_question_required": (False, None),
    "customfield_numbering": ("position", ("position", "id")),
    "activity_names_client": (True, None),
    "sso_profile_detour": (False, None),
    "cron_last_run": ("", None),
    "hook_url": ("", None),
    "hook_secret": ("", None),
    "hook_sender": ("sandbox", None),
    "hook_delay_ms": (0, None),
    "hook_twice": (False, None),
    "hook_out_of_order": (False, None),
    "hook_drop_every": (0, None),
    "hook_before_reply": (False, None),
    "hook_retries": (3, None),
}

TABLES = """
CREATE TABLE config(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE currencies(id INTEGER PRIMARY KEY, code TEXT UNIQUE, prefix TEXT, suffix TEXT,
  format INTEGER, rate TEXT);
CREATE TABLE gateways(module TEXT PRIMARY KEY, displayname TEXT, position INTEGER);
CREATE TABLE customfields(id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE customvalues(clientid INTEGER, fieldid INTEGER, value TEXT,
  PRIMARY KEY(clientid, fieldid)) WITHOUT ROWID;
CREATE TABLE users(id INTEGER PRIMARY KEY AUTOINCREMENT, firstname TEXT COLLATE NOCASE,
  lastname TEXT COLLATE NOCASE, email TEXT COLLATE NOCASE, language TEXT, created TEXT);
CREATE TABLE user_clients(user_id INTEGER, client_id INTEGER, is_owner INTEGER,
  PRIMARY KEY(user_id, client_id)) WITHOUT ROWID;
CREATE TABLE clients(id INTEGER PRIMARY KEY AUTOINCREMENT, uuid TEXT, owner_user_id INTEGER,
  firstname TEXT COLLATE NOCASE, lastname TEXT COLLATE NOCASE, fullname TEXT COLLATE NOCASE,
  companyname TEXT COLLATE NOCASE, email TEXT COLLATE NOCASE, address1 TEXT, address2 TEXT,
  city TEXT, state TEXT, postcode TEXT, country TEXT, phonenumber TEXT, tax_id TEXT, notes TEXT,
  currency INTEGER, defaultgateway TEXT DEFAULT '', groupid INTEGER DEFAULT 0, status TEXT,
  credit INTEGER DEFAULT 0, taxexempt INTEGER DEFAULT 0, language TEXT DEFAULT '',
  datecreated TEXT, flags TEXT DEFAULT '{}', prefs TEXT DEFAULT '{}');
CREATE TABLE invoices(id INTEGER PRIMARY KEY AUTOINCREMENT, userid INTEGER, invoicenum TEXT,
  date TEXT, duedate TEXT, datepaid TEXT, last_capture_attempt TEXT, date_refunded TEXT,
  date_cancelled TEXT, subtotal INTEGER DEFAULT 0, credit INTEGER DEFAULT 0,
  tax INTEGER DEFAULT 0, tax2 INTEGER DEFAULT 0, total INTEGER DEFAULT 0,
  taxrate INTEGER DEFAULT 0, taxrate2 INTEGER DEFAULT 0, paid INTEGER DEFAULT 0,
  noted INTEGER DEFAULT 0, status TEXT, paymentmethod TEXT, notes TEXT,
  created_at TEXT, updated_at TEXT);
CREATE TABLE items(id INTEGER PRIMARY KEY AUTOINCREMENT, invoiceid INTEGER, type TEXT,
  relid INTEGER, description TEXT, amount INTEGER, taxed INTEGER);
CREATE TABLE transactions(id INTEGER PRIMARY KEY AUTOINCREMENT, userid INTEGER,
  currency INTEGER, gateway TEXT, date TEXT, description TEXT, amountin INTEGER, fees INTEGER,
  amountout INTEGER, rate TEXT, transid TEXT, invoiceid INTEGER, refundid INTEGER);
CREATE TABLE credits(id INTEGER PRIMARY KEY AUTOINCREMENT, clientid INTEGER, date TEXT,
  description TEXT, amount INTEGER, relid INTEGER);
CREATE TABLE notes(id INTEGER PRIMARY KEY AUTOINCREMENT, invoiceid INTEGER, clientid INTEGER,
  kind TEXT, amount INTEGER, reason TEXT, created TEXT);
CREATE TABLE billables(id INTEGER PRIMARY KEY AUTOINCREMENT, clientid INTEGER,
  description TEXT, amount INTEGER, detail TEXT);
CREATE TABLE sso(token TEXT PRIMARY KEY, client_id INTEGER, path TEXT, expires REAL);
CREATE TABLE activity(id INTEGER PRIMARY KEY AUTOINCREMENT, clientid INTEGER, date TEXT,
  description TEXT, username TEXT, ipaddress TEXT);
CREATE TABLE notifications(id INTEGER PRIMARY KEY AUTOINCREMENT, date TEXT, detail TEXT);
CREATE TABLE journal(seq INTEGER PRIMARY KEY AUTOINCREMENT, time TEXT, action TEXT,
  params TEXT, status INTEGER, result TEXT, message TEXT, digest TEXT, touched TEXT,
  fault TEXT, ms INTEGER);
CREATE TABLE breaches(id INTEGER PRIMARY KEY AUTOINCREMENT, seq INTEGER, time TEXT,
  action TEXT, reason TEXT);
CREATE TABLE outbox(id INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT, vars TEXT, made REAL,
  due REAL, tries INTEGER DEFAULT 0, state TEXT DEFAULT 'waiting', detail TEXT DEFAULT '');
CREATE INDEX clients_name ON clients(lastname, firstname, id);
CREATE INDEX clients_firstname ON clients(firstname);
CREATE INDEX clients_fullname ON clients(fullname);
CREATE INDEX clients_company ON clients(companyname);
CREATE INDEX clients_email ON clients(email);
CREATE INDEX clients_status ON clients(status);
CREATE UNIQUE INDEX users_email ON users(email);
CREATE INDEX user_clients_client ON user_clients(client_id);
CREATE INDEX invoices_user ON invoices(userid, id);
CREATE INDEX invoices_status ON invoices(status, duedate, id);
CREATE INDEX invoices_status_id ON invoices(status, id);
CREATE INDEX invoices_date ON invoices(date, id);
CREATE INDEX invoices_due ON invoices(duedate, id);
CREATE INDEX invoices_total ON invoices(total, id);
CREATE INDEX invoices_num ON invoices(invoicenum, id);
CREATE INDEX items_invoice ON items(invoiceid);
CREATE INDEX transactions_invoice ON transactions(invoiceid);
CREATE INDEX transactions_user ON transactions(userid);
CREATE INDEX transactions_transid ON transactions(transid);
CREATE INDEX credits_client ON credits(clientid);
CREATE INDEX notes_invoice ON notes(invoiceid);
CREATE INDEX activity_client ON activity(clientid, id);
CREATE INDEX outbox_state ON outbox(state, due);
"""

DATA_TABLES = ("customvalues", "users", "user_clients", "clients", "invoices", "items",
               "transactions", "credits", "notes", "billables", "sso", "activity",
               "notifications", "journal", "breaches", "outbox", "config")

CURRENCIES = ((1, "USD", "$", " USD", 1, "1.00000"), (2, "EUR", "€", " EUR", 1, "0.92000"),
              (3, "GBP", "£", " GBP", 1, "0.79000"), (4, "INR", "₹", " INR", 2, "83.50000"),
              (5, "JPY", "¥", " JPY", 4, "149.80000"))
GATEWAYS = (("banktransfer", "Bank Transfer", 1), ("mailin", "Mail In Payment", 2),
            ("stripe", "Stripe", 3))


# ---------------------------------------------------------------- text

def money(cents):
    """Integer cents as WHMCS prints them: two decimals, a point, no separators."""
    sign = "-" if cents < 0 else ""
    return "%s%d.%02d" % (sign, abs(cents) // 100, abs(cents) % 100)


def rate_text(micro):
    """A tax rate with three decimals, rounded half up."""
    thousandths = (micro + 500) // 1000
    return "%d.%03d" % (thousandths // 1000, thousandths % 1000)


def encode_entities(text):
    """The HTML encoding WHMCS applies to text on its way into the database."""
    for char, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"),
                         ("'", "&#039;")):
        text = text.replace(char, entity)
    return text


def check_switch(name, value):
    """Returns an error text when the value does not suit the switch, else None."""
    if name not in SWITCHES:
        return "unknown switch %s" % name
    default, allowed = SWITCHES[name]
    if type(value) is not type(default):
        return "switch %s must be of type %s" % (name, type(default).__name__)
    if allowed and value not in allowed:
        return "switch %s must be one of %s" % (name, ", ".join(map(repr, allowed)))
    if isinstance(value, list) and not all(isinstance(v, str) for v in value):
        return "switch %s must be a list of texts" % name
    return None


# ---------------------------------------------------------------- transactions

class Tx:
    """One open transaction with what the code inside it needs: settings, clock, events."""

    def __init__(self, db, cfg):
        self.db = db
        self.cfg = cfg
        self.events = []
        self.touched = {}       # a dict for its order and its quick look-up

    def rows(self, sql, *args):
        return self.db.execute(sql, args).fetchall()

    def row(self, sql, *args):
        return self.db.execute(sql, args).fetchone()

    def value(self, sql, *args):
        found = self.db.execute(sql, args).fetchone()
        return found[0] if found else None

    def run(self, sql, *args):
        return self.db.execute(sql, args)

    def insert(self, table, **columns):
        sql = "INSERT INTO %s(%s) VALUES(%s)" % (
            table, ",".join(columns), ",".join("?" * len(columns)))
        return self.db.execute(sql, tuple(columns.values())).lastrowid

    def update(self, table, key, **columns):
        sql = "UPDATE %s SET %s WHERE id=?" % (table, ",".join(c + "=?" for c in columns))
        self.db.execute(sql, (*columns.values(), key))

    def now(self):
        return datetime.datetime.fromtimestamp(
            int(time.time()) + self.cfg["clock_offset_s"], datetime.timezone.utc)

    def stamp(self):
        return self.now().strftime("%Y-%m-%d %H:%M:%S")

    def today(self):
        return self.now().strftime("%Y-%m-%d")

    def enc(self, text):
        return encode_entities(text) if self.cfg["entity_encode"] else text

    def text(self, stored):
        """Stored text on its way out, with the installation's idea of a line break."""
        style = self.cfg["linebreak_style"]
        if style == "lf" or "\n" not in stored:
            return stored
        plain = stored.replace("\r\n", "\n")
        return plain.replace("\n", "\r\n" if style == "crlf" else "<br />\n")

    def num(self, number):
        return str(number) if self.cfg["ids_as_strings"] else number

    def is9(self):
        return self.cfg["version"] == "9.0"

    def event(self, name, **variables):
        self.events.append((name, variables))

    def touch(self, kind, number):
        self.touched["%s:%d" % (kind, number)] = True

    def log(self, description, clientid=0, username="api", ip="127.0.0.1"):
        named = clientid if self.cfg["activity_names_client"] else 0
        self.insert("activity", clientid=named, date=self.stamp(), description=description,
                    username=username, ipaddress=ip)


class Store:
    def __init__(self, folder):
        os.makedirs(folder, mode=0o700, exist_ok=True)
        self.path = os.path.join(folder, "whmcs-sandbox.sqlite")
        self.lock = threading.RLock()
        self.closed = False
        self.on_events = None
        self.root_url = ""
        self.db = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        self.db.row_factory = sqlite3.Row
        self.db.execute("PRAGMA journal_mode=WAL")
        self.db.execute("PRAGMA synchronous=FULL")
        self.db.execute("PRAGMA cache_size=-65536")
        self._create()
        self.cfg = self._load_config()

    def _create(self):
        if not self.db.execute("PRAGMA user_version").fetchone()[0]:
            script = "BEGIN IMMEDIATE;" + TABLES + "PRAGMA user_version=1; COMMIT;"
            self.db.executescript(script)
        if not self.db.execute("SELECT 1 FROM currencies").fetchone():
            self._seed()

    def _seed(self):
        self.db.execute("BEGIN IMMEDIATE")
        self.db.executemany("INSERT OR REPLACE INTO currencies VALUES(?,?,?,?,?,?)", CURRENCIES)
        self.db.executemany("INSERT OR REPLACE INTO gateways VALUES(?,?,?)", GATEWAYS)
        self.db.execute("INSERT OR REPLACE INTO customfields VALUES(1,'Portal ID')")
        self.db.execute("COMMIT")

    def _load_config(self):
        cfg = {name: default for name, (default, _) in SWITCHES.items()}
        for name, value in self.db.execute("SELECT name, value FROM config"):
            if name in cfg:
                cfg[name] = json.loads(value)
        return self._with_url(cfg)

    def _with_url(self, cfg):
        return {**cfg, "system_url": self.root_url + cfg["base_path"] + "/"}

    def set_root_url(self, url):
        """The address this installation is reached at, known only once the port is."""
        with self.lock:
            self.root_url = url
            self.cfg = self._with_url(self.cfg)

    def set_config(self, changes):
        """Change switches. Returns an error text, or None when all were accepted."""
        for name, value in changes.items():
            fault = check_switch(name, value)
            if fault:
                return fault
        with self.tx() as tx:
            for name, value in changes.items():
                tx.run("INSERT OR REPLACE INTO config VALUES(?,?)", name, json.dumps(value))
            self.cfg = self._with_url({**self.cfg, **changes})
        return None

    @contextlib.contextmanager
    def tx(self, durable=True):
        """A transaction under the one lock; rolled back when the body raises."""
        with self.lock:
            if self.closed:
                raise RuntimeError("the store is closed")
            self.db.execute("PRAGMA synchronous=%s" % ("FULL" if durable else "NORMAL"))
            self.db.execute("BEGIN IMMEDIATE")
            tx = Tx(self.db, self.cfg)
            try:
                yield tx
                queued = self._queue_events(tx)
                self.db.execute("COMMIT")
            except BaseException:
                self.db.execute("ROLLBACK")
                raise
        if queued and self.on_events:
            self.on_events()

    def _queue_events(self, tx):
        """Hook events are stored with the change that caused them, so neither outlives the other."""
        if not tx.cfg["hook_url"]:
            return False
        made = time.time()
        due = made + tx.cfg["hook_delay_ms"] / 1000
        for event, variables in tx.events:
            tx.insert("outbox", event=event, vars=json.dumps(variables), made=made, due=due)
        return bool(tx.events)

    def reset(self):
        """Back to the state of the first start; ids begin at 1 again."""
        with self.lock:
            self.db.execute("BEGIN IMMEDIATE")
            for table in DATA_TABLES:
                self.db.execute("DELETE FROM " + table)
            self.db.execute("DELETE FROM sqlite_sequence")
            self.db.execute("COMMIT")
            self._seed()
            self.cfg = self._load_config()

    def prune_journal(self, tx, seq):
        if seq % 1000 == 0:
            tx.run("DELETE FROM journal WHERE seq <= ?", seq - JOURNAL_KEEP)

    def close(self):
        with self.lock:
            if not self.closed:
                self.closed = True
                self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                self.db.close()
