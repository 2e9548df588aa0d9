"""API actions about clients and users."""

import json
import re
import uuid

from ledger import close_client, need_client, need_gateway, remove_client
from listing import PAGE, counters, guard_size, prefix_args, prefix_clause, put_list, window
from params import ApiError, P, action, valid_email
from store import money

CLIENT_STATUSES = ("Active", "Inactive", "Closed")
PREFERENCES = ("general", "product", "domain", "invoice", "support", "affiliate")
SEARCHED = ("email", "firstname", "lastname", "fullname", "companyname")
NAME = 255

# Flags kept together: name in the reply -> default. The two misspellings are WHMCS's own.
FLAGS = {"latefeeoveride": False, "overideduenotices": False, "separateinvoices": False,
         "disableautocc": False, "overrideautoclose": False, "emailoptout": False,
         "marketing_emails_opt_in": False, "allowSingleSignOn": True, "email_verified": False}


# ---------------------------------------------------------------- lists

CLIENT_ORDER = {"id": "id", "firstname": "firstname", "lastname": "lastname",
                "companyname": "companyname", "email": "email", "groupid": "groupid",
                "datecreated": "datecreated", "status": "status"}


@action("GetClients", sorting=P("text", allowed=("ASC", "DESC")),
        status=P("text", allowed=CLIENT_STATUSES), search=P("text", maxlen=NAME),
        orderby=P("text", allowed=tuple(CLIENT_ORDER)), **PAGE)
def get_clients(tx, p):
    start, size = window(p)
    guard_size(tx, size)
    where, args = ["1"], []
    if p.get("status"):
        where.append("status=?")
        args.append(p["status"])
    if p.get("search"):
        where.append(prefix_clause(SEARCHED))
        args += prefix_args(SEARCHED, tx.enc(p["search"]))
    clause = " AND ".join(where)
    direction = p.get("sorting") or "ASC"
    if p.get("orderby"):
        order = "%s %s, id %s" % (CLIENT_ORDER[p["orderby"]], direction, direction)
    else:
        order = "lastname %s, firstname %s, id %s" % ((direction,) * 3)
    total = tx.value("SELECT COUNT(*) FROM clients WHERE " + clause, *args)
    found = tx.rows("SELECT * FROM clients WHERE %s ORDER BY %s LIMIT ? OFFSET ?"
                    % (clause, order), *args, size, start)
    rows = [{"id": tx.num(r["id"]), "firstname": r["firstname"], "lastname": r["lastname"],
             "companyname": r["companyname"], "email": r["email"],
             "datecreated": r["datecreated"][:10], "groupid": tx.num(r["groupid"]),
             "status": r["status"]} for r in found]
    return put_list(tx, counters(tx, total, start, rows), "clients", "client", rows)


@action("GetUsers", sorting=P("text", allowed=("ASC", "DESC")), search=P("text", maxlen=NAME),
        **PAGE)
def get_users(tx, p):
    start, size = window(p)
    columns = ("email", "firstname", "lastname")
    where, args = "1", []
    if p.get("search"):
        where, args = prefix_clause(columns), prefix_args(columns, tx.enc(p["search"]))
    total = tx.value("SELECT COUNT(*) FROM users WHERE " + where, *args)
    found = tx.rows("SELECT * FROM users WHERE %s ORDER BY id %s LIMIT ? OFFSET ?"
                    % (where, p.get("sorting") or "ASC"), *args, size, start)
    rows = [{"id": tx.num(u["id"]), "firstname": u["firstname"], "lastname": u["lastname"],
             "email": u["email"], "datecreated": u["created"], "validationdata": "",
             "clients": [{"id": tx.num(c["client_id"]), "isOwner": bool(c["is_owner"])}
                         for c in tx.rows("SELECT * FROM user_clients WHERE user_id=?", u["id"])]}
            for u in found]
    return put_list(tx, counters(tx, total, start, rows), "users", "", rows)


@action("GetContacts", userid=P("id"), firstname=P("text"), lastname=P("text"),
        companyname=P("text"), email=P("text"), address1=P("text"), address2=P("text"),
        city=P("text"), state=P("text"), postcode=P("text"), country=P("text"),
        phonenumber=P("text"), **PAGE)
def get_contacts(tx, p):
    return put_list(tx, counters(tx, 0, window(p)[0], []), "contacts", "contact", [])


# ---------------------------------------------------------------- one client

def custom_fields(tx, client_id):
    return tx.rows("SELECT f.id, COALESCE(v.value,'') AS value FROM customfields f "
                   "LEFT JOIN customvalues v ON v.fieldid=f.id AND v.clientid=? ORDER BY f.id",
                   client_id)


def client_users(tx, client_id):
    found = tx.rows("SELECT u.*, uc.is_owner FROM user_clients uc JOIN users u ON u.id=uc.user_id "
                    "WHERE uc.client_id=? ORDER BY u.id", client_id)
    return [{"id": tx.num(u["id"]), "name": (u["firstname"] + " " + u["lastname"]).strip(),
             "email": u["email"], "is_owner": bool(u["is_owner"])} for u in found]


def dial_code(phone):
    match = re.match(r"\+(\d{1,3})[. ]", phone)
    return match.group(1) if match else ""


def client_fields(tx, c):
    """The client object in the documented order of its keys."""
    currency = tx.row("SELECT * FROM currencies WHERE id=?", c["currency"])
    number, flags = tx.num(c["id"]), {**FLAGS, **json.loads(c["flags"])}
    prefs = json.loads(c["prefs"])
    out = {"client_id": number, "owner_user_id": tx.num(c["owner_user_id"]), "userid": number,
           "id": number, "uuid": c["uuid"], "firstname": c["firstname"],
           "lastname": c["lastname"], "fullname": c["fullname"],
           "companyname": c["companyname"], "email": c["email"], "address1": c["address1"],
           "address2": c["address2"], "city": c["city"], "fullstate": c["state"],
           "state": c["state"], "statecode": c["state"], "postcode": c["postcode"],
           "country": c["country"], "countrycode": c["country"], "countryname": c["country"],
           "phonenumber": c["phonenumber"], "phonecc": dial_code(c["phonenumber"]),
           "phonenumberformatted": c["phonenumber"], "telephoneNumber": c["phonenumber"],
           "tax_id": c["tax_id"],
           "email_preferences": {k: prefs.get(k, "1") for k in PREFERENCES},
           "billingcid": tx.num(0), "notes": tx.text(c["notes"]),
           "currency": tx.num(c["currency"]), "currency_code": currency["code"],
           "defaultgateway": c["defaultgateway"], "groupid": tx.num(c["groupid"]),
           "status": c["status"], "credit": money(c["credit"]),
           "taxexempt": bool(c["taxexempt"])}
    out.update(flags)
    out["language"] = c["language"]
    out["isOptedInToMarketingEmails"] = flags["marketing_emails_opt_in"]
    out["lastlogin"] = "No Login Logged"
    fields = custom_fields(tx, c["id"])
    for position, field in enumerate(fields, 1):
        by_id = tx.cfg["customfield_numbering"] == "id"
        out["customfields%d" % (field["id"] if by_id else position)] = field["value"]
    out["customfields"] = [{"id": tx.num(f["id"]), "value": f["value"]} for f in fields]
    return out


STAT_NAMES = (("draft", "Draft"), ("unpaid", "Unpaid"), ("paid", "Paid"),
              ("cancelled", "Cancelled"), ("refunded", "Refunded"),
              ("collections", "Collections"), ("paymentpending", "Payment Pending"))


def client_stats(tx, c):
    """Counts and formatted money, meant for a human eye: `$2645.80 USD` is not a number."""
    cur = tx.row("SELECT * FROM currencies WHERE id=?", c["currency"])

    def show(cents):
        return cur["prefix"] + money(cents) + cur["suffix"]

    by_status = {r[0]: (r[1], r[2]) for r in tx.rows(
        "SELECT status, COUNT(*), SUM(total) FROM invoices WHERE userid=? GROUP BY status", c["id"])}
    late = tx.row("SELECT COUNT(*), COALESCE(SUM(total-paid),0) FROM invoices WHERE userid=? "
                  "AND status='Unpaid' AND duedate<?", c["id"], tx.today())
    gross, fees, out_ = tx.row("SELECT COALESCE(SUM(amountin),0), COALESCE(SUM(fees),0), "
                               "COALESCE(SUM(amountout),0) FROM transactions WHERE userid=?", c["id"])
    unpaid = by_status.get("Unpaid", (0, 0))
    stats = {"numdueinvoices": tx.num(unpaid[0]), "dueinvoicesbalance": show(unpaid[1]),
             "incredit": c["credit"] > 0, "creditbalance": show(c["credit"]),
             "grossRevenue": show(gross), "expenses": show(fees + out_),
             "income": show(gross - fees - out_), "numoverdueinvoices": tx.num(late[0]),
             "overdueinvoicesbalance": show(late[1])}
    for name, status in STAT_NAMES:
        count, amount = by_status.get(status, (0, 0))
        stats["num%sinvoices" % name] = tx.num(count)
        stats["%sinvoicesamount" % name] = show(amount)
    stats.update({"productsnumactive": 0, "productsnumtotal": 0, "numdomains": 0,
                  "numactivedomains": 0, "numacceptedquotes": 0, "numquotes": 0,
                  "numtickets": 0, "numactivetickets": 0, "numaffiliatesignups": 0,
                  "isAffiliate": False})
    return stats


@action("GetClientsDetails", clientid=P("id"), email=P("text", maxlen=NAME), stats=P("bool"))
def get_clients_details(tx, p):
    if p.get("clientid") is None and not p.get("email"):
        raise ApiError("Either clientid Or email Is Required", breach="neither clientid nor email")
    if p.get("clientid") is not None:
        client = need_client(tx, p["clientid"], "Client Not Found")
    else:
        client = tx.row("SELECT * FROM clients WHERE email=? ORDER BY id", tx.enc(p["email"]))
        if client is None:
            raise ApiError("Client Not Found")
    fields = client_fields(tx, client)
    users = {"user": client_users(tx, client["id"])}
    out = {"result": "success", **{k: v for k, v in fields.items() if k != "id"},
           "users": users, "client": {**fields, "users": users}}
    if p.get("stats"):
        out["stats"] = client_stats(tx, client)
    return out


# ---------------------------------------------------------------- writing clients

def refuse(text, breach=None):
    raise ApiError(text, breach=breach)


def check_custom_fields(tx, fields):
    known = {str(r[0]) for r in tx.rows("SELECT id FROM customfields")}
    for key in fields:
        if key not in known:
            refuse("Sandbox: unknown custom field %s" % key[:20], "unknown custom field " + key[:20])


def store_custom_fields(tx, client_id, fields):
    for key, value in fields.items():
        tx.run("INSERT OR REPLACE INTO customvalues VALUES(?,?,?)",
               client_id, int(key), tx.enc(value))


def check_currency(tx, number):
    if not tx.value("SELECT 1 FROM currencies WHERE id=?", number):
        refuse("Sandbox: unknown currency id %d" % number, "unknown currency id %d" % number)
    return number


def check_language(language):
    if language and not re.fullmatch(r"[a-z][a-z-]{2,30}", language):
        refuse("Sandbox: language is not a full lower-case English name",
               "parameter \"language\" is not a full lower-case English name")


PHONE = re.compile(r"[0-9+(). -]{3,30}")

NAMES = {"firstname": "You did not enter your first name",
         "lastname": "You did not enter your last name",
         "email": "You did not enter your email address",
         "address1": "You did not enter your  address line 1",
         "city": "You did not enter your city", "state": "You did not enter your state",
         "postcode": "You did not enter your postcode",
         "phonenumber": "You did not enter your phone number"}

SHARED = {"companyname": P("text", maxlen=NAME), "address2": P("text", maxlen=NAME),
          "tax_id": P("text", maxlen=128), "currency": P("id"), "groupid": P("id"),
          "customfields": P("serial"), "language": P("text", maxlen=32),
          "clientip": P("text", maxlen=45), "notes": P("text"), "marketingoptin": P("bool"),
          "skipvalidation": P("bool")}


def check_new_client(tx, p):
    """WHMCS answers with the first thing it finds wrong; the order here is the form's order."""
    breach = None
    if not p.get("skipvalidation"):
        for name, text in NAMES.items():
            if not p.get(name):
                refuse(text, 'required parameter "%s" is missing' % name)
        if not p.get("country"):
            refuse("Valid country required", 'required parameter "country" is missing')
        if not PHONE.fullmatch(p["phonenumber"]):
            refuse("Invalid telephone phone number")
    if not valid_email(p.get("email") or ""):
        refuse("The email address you entered was not valid", breach)
    if "owner_user_id" not in p and not p.get("password2"):
        refuse("You did not enter a password", 'required parameter "password2" is missing')
    if tx.cfg["security_question_required"] and "owner_user_id" not in p \
            and "securityqid" not in p:
        refuse("You did not provide required security question",
               'required parameter "securityqid" is missing')


def check_email_free(tx, p):
    email = tx.enc(p["email"])
    user_taken = tx.value("SELECT 1 FROM users WHERE email=?", email)
    if user_taken and "owner_user_id" not in p:
        refuse("A user already exists with that email address"
               if tx.cfg["email_in_use_text"] == "user"
               else "The email address entered is not available for use.")
    if tx.value("SELECT 1 FROM clients WHERE email=?", email):
        refuse("The email address entered is not available for use.")


def make_client(tx, p):
    """Insert a client (and its owner user when none is named). Values are already checked."""
    enc = {k: tx.enc(p.get(k) or "") for k in (
        "firstname", "lastname", "companyname", "email", "address1", "address2", "city",
        "state", "postcode", "country", "phonenumber", "tax_id", "notes", "language")}
    owner = p.get("owner_user_id")
    if owner is None:
        owner = tx.insert("users", firstname=enc["firstname"], lastname=enc["lastname"],
                          email=enc["email"], language=enc["language"], created=tx.stamp())
    flags = {"marketing_emails_opt_in": True} if p.get("marketingoptin") else {}
    client_id = tx.insert(
        "clients", uuid=str(uuid.uuid4()), owner_user_id=owner,
        fullname=(enc["firstname"] + " " + enc["lastname"]).strip(),
        currency=p.get("currency") or 1, groupid=p.get("groupid") or 0, status="Active",
        datecreated=tx.stamp(), flags=json.dumps(flags), **enc)
    tx.insert("user_clients", user_id=owner, client_id=client_id, is_owner=1)
    store_custom_fields(tx, client_id, p.get("customfields") or {})
    tx.touch("client", client_id)
    tx.log("Created Client - Client ID: %d" % client_id, client_id)
    tx.event("ClientAdd", client_id=client_id, user_id=owner, userid=client_id,
             firstname=enc["firstname"], lastname=enc["lastname"], email=enc["email"])
    return client_id


@action("AddClient", write=True, firstname=P("text", maxlen=NAME), lastname=P("text", maxlen=NAME),
        email=P("text", maxlen=NAME), address1=P("text", maxlen=NAME), city=P("text", maxlen=NAME),
        state=P("text", maxlen=NAME), postcode=P("text", maxlen=32),
        country=P("country", bad="Valid country required"), phonenumber=P("text", maxlen=64),
        password2=P("text", maxlen=255), owner_user_id=P("id"), securityqid=P("id"),
        securityqans=P("text"), noemail=P("bool"), **SHARED)
def add_client(tx, p):
    owner = p.get("owner_user_id")
    if owner is not None and not tx.value("SELECT 1 FROM users WHERE id=?", owner):
        refuse("Invalid Owner User ID")
    check_new_client(tx, p)
    check_email_free(tx, p)
    check_language(p.get("language"))
    check_custom_fields(tx, p.get("customfields") or {})
    if p.get("currency"):
        check_currency(tx, p["currency"])
    return {"result": "success", "clientid": tx.num(make_client(tx, p))}


TEXT_COLUMNS = ("firstname", "lastname", "companyname", "email", "address1", "address2", "city",
                "state", "postcode", "country", "phonenumber", "tax_id", "notes", "language")
PLAIN_COLUMNS = {"currency": "currency", "groupid": "groupid", "status": "status",
                 "taxexempt": "taxexempt"}
FLAG_INPUTS = ("latefeeoveride", "overideduenotices", "separateinvoices", "disableautocc",
               "overrideautoclose", "allowSingleSignOn")


def apply_client_changes(tx, client, p):
    """Write the given fields, announce them with the old values, as the edit form would."""
    columns = {}
    for name in TEXT_COLUMNS:
        if name in p and (p[name] != "" or tx.cfg["empty_string_clears"]):
            columns[name] = tx.enc(p[name])
    for name, column in PLAIN_COLUMNS.items():
        if p.get(name) is not None and p.get(name) != "":
            columns[column] = int(p[name]) if isinstance(p[name], bool) else p[name]
    if p.get("paymentmethod"):
        columns["defaultgateway"] = need_gateway(tx, p["paymentmethod"])
    flags = json.loads(client["flags"])
    flags.update({k: p[k] for k in FLAG_INPUTS if k in p})
    if "marketingoptin" in p:
        flags["marketing_emails_opt_in"] = p["marketingoptin"]
    prefs = json.loads(client["prefs"])
    prefs.update({k: "1" if v else "0" for k, v in (p.get("email_preferences") or {}).items()})
    merged = {**dict(client), **columns}
    tx.update("clients", client["id"], **{
        **columns, "flags": json.dumps(flags), "prefs": json.dumps(prefs),
        "fullname": (merged["firstname"] + " " + merged["lastname"]).strip()})
    store_custom_fields(tx, client["id"], p.get("customfields") or {})
    if "email" in columns and tx.cfg["client_email_moves_login"]:
        tx.update("users", client["owner_user_id"], email=columns["email"])
    tx.touch("client", client["id"])
    tx.log("Client Profile Modified - Client ID: %d" % client["id"], client["id"])
    old = {k: client[k] for k in (*TEXT_COLUMNS, "currency", "status")}
    tx.event("ClientEdit", userid=client["id"], uuid=client["uuid"],
             **{k: merged[k] for k in old}, olddata=old)


@action("UpdateClient", write=True, clientid=P("id"), clientemail=P("text", maxlen=NAME),
        firstname=P("text", maxlen=NAME), lastname=P("text", maxlen=NAME),
        email=P("text", maxlen=NAME), address1=P("text", maxlen=NAME), city=P("text", maxlen=NAME),
        state=P("text", maxlen=NAME), postcode=P("text", maxlen=32), country=P("country"),
        phonenumber=P("text", maxlen=64), status=P("text", allowed=CLIENT_STATUSES),
        paymentmethod=P("text", maxlen=64), clearcreditcard=P("bool"),
        email_preferences=P("map:bool", allowed=PREFERENCES), latefeeoveride=P("bool"),
        overideduenotices=P("bool"), taxexempt=P("bool"), separateinvoices=P("bool"),
        disableautocc=P("bool"), overrideautoclose=P("bool"), **SHARED)
def update_client(tx, p):
    if p.get("clientid") is not None:
        client = need_client(tx, p["clientid"])
    elif p.get("clientemail"):
        client = tx.row("SELECT * FROM clients WHERE email=?", tx.enc(p["clientemail"]))
    else:
        refuse("Client ID Not Found", "neither clientid nor clientemail")
    if client is None:
        refuse("Client ID Not Found")
    if p.get("email"):
        if not valid_email(p["email"]):
            refuse("The email address entered is not valid")
        if tx.value("SELECT 1 FROM clients WHERE email=? AND id<>?", tx.enc(p["email"]),
                    client["id"]):
            refuse("Duplicate Email Address")
    check_language(p.get("language"))
    check_custom_fields(tx, p.get("customfields") or {})
    if p.get("currency") is not None:
        check_currency(tx, p["currency"])
    apply_client_changes(tx, client, p)
    return {"result": "success", "clientid": tx.num(client["id"])}


@action("CloseClient", write=True, clientid=P("id", required=True, missing="Client ID Not Found"))
def close(tx, p):
    close_client(tx, p["clientid"])
    return {"result": "success", "clientid": tx.num(p["clientid"])}


@action("DeleteClient", write=True, deleteusers=P("bool"), deletetransactions=P("bool"),
        clientid=P("id", required=True, missing="Client ID Not Found"))
def delete(tx, p):
    remove_client(tx, p["clientid"], bool(p.get("deleteusers")), bool(p.get("deletetransactions")))
    return {"result": "success", "clientid": tx.num(p["clientid"])}
