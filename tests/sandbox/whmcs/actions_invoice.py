"""API actions about invoices."""

import ledger
from ledger import need_client, need_gateway, need_invoice
from listing import PAGE, counters, guard_size, put_list, window
from params import ApiError, P, action
from store import INVOICE_STATUSES, ZERO_STAMP, money, rate_text

ORDER = {"id": "i.id", "invoicenumber": "i.invoicenum", "date": "i.date",
         "duedate": "i.duedate", "total": "i.total", "status": "i.status"}


# ---------------------------------------------------------------- reading

@action("GetInvoices", userid=P("id"), status=P("text", allowed=INVOICE_STATUSES + ("Overdue",)),
        orderby=P("text", allowed=tuple(ORDER)), order=P("text", allowed=("asc", "desc")), **PAGE)
def get_invoices(tx, p):
    start, size = window(p)
    guard_size(tx, size)
    where, args = ["1"], []
    if p.get("userid"):
        where.append("i.userid=?")
        args.append(p["userid"])
    if p.get("status") == "Overdue":
        where.append("i.status='Unpaid' AND i.duedate<?")
        args.append(tx.today())
    elif p.get("status"):
        where.append("i.status=?")
        args.append(p["status"])
    clause = " AND ".join(where)
    total = tx.value("SELECT COUNT(*) FROM invoices i WHERE " + clause, *args)
    rows = [list_row(tx, r) for r in page_of(tx, p, clause, args, size, start)]
    return put_list(tx, counters(tx, total, start, rows), "invoices", "invoice", rows)


def page_of(tx, p, clause, args, size, start):
    """The ids are paged alone first: skipping to a deep offset then reads no whole rows."""
    column = ORDER[p.get("orderby") or tx.cfg["default_orderby"]]
    way = p.get("order") or tx.cfg["default_order"]
    order = "i.id " + way if column == "i.id" else "%s %s, i.id %s" % (column, way, way)
    return tx.rows(
        "SELECT i.*, cl.firstname, cl.lastname, cl.companyname, cu.code, cu.prefix, cu.suffix "
        "FROM (SELECT i.id AS pick FROM invoices i WHERE %s ORDER BY %s LIMIT ? OFFSET ?) "
        "JOIN invoices i ON i.id=pick LEFT JOIN clients cl ON cl.id=i.userid "
        "LEFT JOIN currencies cu ON cu.id=cl.currency ORDER BY %s" % (clause, order, order),
        *args, size, start)


def list_row(tx, r):
    return {"id": tx.num(r["id"]), "userid": tx.num(r["userid"]),
            "firstname": r["firstname"] or "", "lastname": r["lastname"] or "",
            "companyname": r["companyname"] or "", "invoicenum": r["invoicenum"],
            "date": r["date"], "duedate": r["duedate"], "datepaid": r["datepaid"],
            "last_capture_attempt": r["last_capture_attempt"],
            "date_refunded": r["date_refunded"], "date_cancelled": r["date_cancelled"],
            "subtotal": money(r["subtotal"]), "credit": money(r["credit"]),
            "tax": money(r["tax"]), "tax2": money(r["tax2"]), "total": money(r["total"]),
            "taxrate": rate_text(r["taxrate"]), "taxrate2": rate_text(r["taxrate2"]),
            "status": r["status"], "paymentmethod": r["paymentmethod"], "paymethodid": None,
            "notes": tx.text(r["notes"]), "created_at": r["created_at"],
            "updated_at": r["updated_at"], "currencycode": r["code"] or "",
            "currencyprefix": r["prefix"] or "", "currencysuffix": r["suffix"] or ""}


def transaction_row(tx, t):
    return {"id": tx.num(t["id"]), "userid": tx.num(t["userid"]),
            "currency": tx.num(t["currency"]), "gateway": t["gateway"], "date": t["date"],
            "description": tx.text(t["description"]), "amountin": money(t["amountin"]),
            "fees": money(t["fees"]), "amountout": money(t["amountout"]), "rate": t["rate"],
            "transid": t["transid"], "invoiceid": tx.num(t["invoiceid"]),
            "refundid": tx.num(t["refundid"])}


def note_row(tx, note):
    """A 9.0 note made to look like a ledger row; only shown when the switch asks for it."""
    return {"id": tx.num(note["id"]), "userid": tx.num(note["clientid"]),
            "currency": tx.num(0), "gateway": "", "date": note["created"],
            "description": "Credit Note #%d" % note["id"], "amountin": money(note["amount"]),
            "fees": "0.00", "amountout": "0.00", "rate": "1.00000", "transid": "",
            "invoiceid": tx.num(note["invoiceid"]), "refundid": tx.num(0)}


def item_row(tx, item):
    return {"id": tx.num(item["id"]), "type": item["type"], "relid": tx.num(item["relid"]),
            "description": tx.text(item["description"]), "amount": money(item["amount"]),
            "taxed": tx.num(item["taxed"])}


def ledger_rows(tx, invoice_id):
    rows = [transaction_row(tx, t) for t in tx.rows(
        "SELECT * FROM transactions WHERE invoiceid=? ORDER BY id", invoice_id)]
    if tx.cfg["notes_in_getinvoice"]:
        rows += [note_row(tx, n) for n in tx.rows(
            "SELECT * FROM notes WHERE invoiceid=? ORDER BY id", invoice_id)]
    return rows


@action("GetInvoice", invoiceid=P("id", required=True, missing="Invoice ID Not Found"))
def get_invoice(tx, p):
    i = need_invoice(tx, p["invoiceid"])
    out = {"result": "success", "invoiceid": tx.num(i["id"]), "invoicenum": i["invoicenum"],
           "userid": tx.num(i["userid"]), "date": i["date"], "duedate": i["duedate"],
           "datepaid": i["datepaid"], "lastcaptureattempt": i["last_capture_attempt"],
           "subtotal": money(i["subtotal"]), "credit": money(i["credit"]),
           "tax": money(i["tax"]), "tax2": money(i["tax2"]), "total": money(i["total"]),
           "balance": money(ledger.shown_balance(tx, i)), "taxrate": rate_text(i["taxrate"]),
           "taxrate2": rate_text(i["taxrate2"]), "status": i["status"],
           "paymentmethod": i["paymentmethod"], "notes": tx.text(i["notes"]),
           "ccgateway": i["paymentmethod"] == "stripe"}
    items = [item_row(tx, r) for r in tx.rows(
        "SELECT * FROM items WHERE invoiceid=? ORDER BY id", i["id"])]
    put_list(tx, out, "items", "item", items)
    return put_list(tx, out, "transactions", "transaction", ledger_rows(tx, i["id"]),
                    documented="")


# ---------------------------------------------------------------- creating

@action("CreateInvoice", write=True,
        numbered={"itemdescription": P("text", required=True),
                  "itemamount": P("smoney", required=True), "itemtaxed": P("bool")},
        userid=P("id", required=True, missing="Client ID Not Found"),
        status=P("text", allowed=INVOICE_STATUSES), draft=P("bool"), sendinvoice=P("bool"),
        paymentmethod=P("text", maxlen=64), taxrate=P("rate"), taxrate2=P("rate"),
        date=P("date"), duedate=P("date"), notes=P("text"), autoapplycredit=P("bool"))
def create_invoice(tx, p):
    client = need_client(tx, p["userid"])
    status = "Draft" if p.get("draft") else p.get("status") or "Unpaid"
    if status == "Draft" and p.get("sendinvoice"):
        raise ApiError("Cannot create and send a draft invoice in a single API request. "
                       "Please create and send separately.",
                       breach="sendinvoice together with a draft")
    if p.get("paymentmethod"):
        need_gateway(tx, p["paymentmethod"])
    lines = [{"description": tx.enc(row["itemdescription"]), "amount": row["itemamount"],
              "taxed": row.get("itemtaxed", False)} for row in p["lines"]]
    base = ledger.default_rates(tx, client)
    invoice_id = ledger.new_invoice(
        tx, client, lines, status=status, source="api", date=p.get("date"),
        duedate=p.get("duedate"), gateway=p.get("paymentmethod") or "",
        rates=(p.get("taxrate", base[0]), p.get("taxrate2", base[1])),
        notes=tx.enc(p.get("notes") or ""),
        datepaid=tx.stamp() if status == "Paid" else ZERO_STAMP)
    if status != "Draft":
        ledger.issue(tx, invoice_id, "api", True if p.get("autoapplycredit") else None)
    born = ledger.find_invoice(tx, invoice_id)["status"]
    return {"result": "success", "invoiceid": tx.num(invoice_id), "status": born}


# ---------------------------------------------------------------- changing

LINE_EDITS = ("itemdescription", "itemamount", "itemtaxed", "newitemdescription",
              "newitemamount", "newitemtaxed", "deletelineids")
FIELDS = ("taxrate", "taxrate2", "credit", "date", "duedate", "datepaid", "notes",
          "paymentmethod", "status")


@action("UpdateInvoice", write=True,
        invoiceid=P("id", required=True, missing="Invoice ID Not Found"),
        status=P("text", allowed=INVOICE_STATUSES, bad="Invalid status {v}"),
        paymentmethod=P("text", maxlen=64), taxrate=P("rate"), taxrate2=P("rate"),
        credit=P("money"), date=P("date"), duedate=P("date"), datepaid=P("date"),
        notes=P("text"), itemdescription=P("map:text"), itemamount=P("map:smoney"),
        itemtaxed=P("map:bool"), newitemdescription=P("map:text"),
        newitemamount=P("map:smoney"), newitemtaxed=P("map:bool"), deletelineids=P("list:id"),
        publish=P("bool"), publishandsendemail=P("bool"))
def update_invoice(tx, p):
    inv = need_invoice(tx, p["invoiceid"])
    publish = p.get("publish") or p.get("publishandsendemail")
    if publish and inv["status"] != "Draft":
        raise ApiError("Invoice must be in Draft status to be published")
    check_line_edits(tx, inv, p)
    if p.get("paymentmethod"):
        need_gateway(tx, p["paymentmethod"])
    if refused_as_immutable(tx, inv, p):
        return done(tx, inv)
    if p.get("status") == "Cancelled" and tx.cfg["cancel_refused_without_permission"]:
        raise ApiError("You do not have permission to delete invoices")
    edit_lines(tx, inv, p)
    edit_fields(tx, inv, p)
    ledger.moved(tx, inv["id"])
    if publish:
        publish_draft(tx, inv)
    elif p.get("status"):
        ledger.set_status(tx, inv["id"], p["status"],
                          p["datepaid"] + " 00:00:00" if p.get("datepaid") else None)
    return done(tx, inv)


def done(tx, inv):
    tx.touch("invoice", inv["id"])
    return {"result": "success", "invoiceid": tx.num(inv["id"])}


def refused_as_immutable(tx, inv, p):
    """9.0: nothing that alters an issued invoice. Returns True for "say yes and do nothing"."""
    if not tx.is9() or tx.cfg["allow_mutability"] or inv["status"] == "Draft":
        return False
    allowed = set(tx.cfg["issued_editable_fields"])
    if not any(name in p and name not in allowed for name in LINE_EDITS + FIELDS):
        return False
    if tx.cfg["immutable_style"] == "silent":
        return True
    state = inv["status"]
    article = "an" if state[0] in "AEIOU" else "a"
    raise ApiError("This is %s %s Invoice. You cannot modify an Invoice that is %s."
                   % (article, state, state))


def check_line_edits(tx, inv, p):
    groups = [set(p.get(name) or {}) for name in LINE_EDITS[:3]]
    if len({frozenset(g) for g in groups}) != 1:
        raise ApiError("Missing Variables: itemdescription, itemamount and itemtaxed are "
                       "required for each item being changed",
                       breach="a changed line without all of its three values")
    if set(p.get("newitemdescription") or {}) != set(p.get("newitemamount") or {}) or \
            set(p.get("newitemtaxed") or {}) - set(p.get("newitemdescription") or {}):
        text = "a new line without both newitemdescription and newitemamount"
        raise ApiError("Sandbox: " + text, breach=text)
    own = {str(r[0]) for r in tx.rows("SELECT id FROM items WHERE invoiceid=?", inv["id"])}
    for line in list(groups[0]) + [str(n) for n in p.get("deletelineids") or []]:
        if line not in own:
            text = "line %s is not a line of invoice %d" % (line[:20], inv["id"])
            raise ApiError("Sandbox: " + text, breach=text)


def edit_lines(tx, inv, p):
    taxed = p.get("itemtaxed") or {}
    for line, text in (p.get("itemdescription") or {}).items():
        tx.update("items", int(line), description=tx.enc(text), amount=p["itemamount"][line],
                  taxed=int(taxed[line]))
    new_taxed = p.get("newitemtaxed") or {}
    for key, text in (p.get("newitemdescription") or {}).items():
        ledger.add_line(tx, inv["id"], {"description": tx.enc(text), "taxed": new_taxed.get(key),
                                        "amount": p["newitemamount"][key]})
    for line in p.get("deletelineids") or []:
        tx.run("DELETE FROM items WHERE id=? AND invoiceid=?", line, inv["id"])
    if any(p.get(name) for name in LINE_EDITS):
        tx.event("UpdateInvoiceTotal", invoiceid=inv["id"])


def edit_fields(tx, inv, p):
    columns = {k: p[k] for k in ("credit", "date", "duedate") if k in p}
    if "datepaid" in p:
        columns["datepaid"] = p["datepaid"] + " 00:00:00"
    if "notes" in p and (p["notes"] or tx.cfg["empty_string_clears"]):
        columns["notes"] = tx.enc(p["notes"])
    # A rate of zero reads as "not given" here, so a tax rate cannot be switched off this way.
    columns.update({k: p[k] for k in ("taxrate", "taxrate2") if p.get(k)})
    if p.get("paymentmethod") and p["paymentmethod"] != inv["paymentmethod"]:
        columns["paymentmethod"] = p["paymentmethod"]
        tx.event("InvoiceChangeGateway", invoiceid=inv["id"], paymentmethod=p["paymentmethod"])
    if columns:
        tx.update("invoices", inv["id"], **columns)
    ledger.recompute(tx, inv["id"])


def publish_draft(tx, inv):
    columns = {"status": "Unpaid", "updated_at": tx.stamp()}
    if tx.cfg["publish_sets_date"]:
        columns["date"] = tx.today()
    tx.update("invoices", inv["id"], **columns)
    ledger.issue(tx, inv["id"], "api")


# ---------------------------------------------------------------- WHMCS's own invoicing

@action("GenInvoices", write=True, noemails=P("bool"), clientid=P("id"),
        serviceids=P("list:id"), domainids=P("list:id"), addonids=P("list:id"))
def gen_invoices(tx, p):
    out = {"result": "success", "numcreated": tx.num(0)}
    if p.get("clientid") is not None:
        need_client(tx, p["clientid"])
        latest = tx.value("SELECT MAX(id) FROM invoices WHERE userid=?", p["clientid"])
        out["latestinvoiceid"] = tx.num(latest or 0)
    return out


BILLABLE_ACTIONS = ("noinvoice", "nextcron", "nextinvoice", "duedate", "recur")


@action("AddBillableItem", write=True,
        clientid=P("id", required=True, missing="Client ID not Found"),
        description=P("text", required=True, missing="You must provide a description"),
        amount=P("money", required=True),
        unit=P("text", allowed=("hours", "quantity"),
               bad="Invalid Unit, please specify either 'hours' or 'quantity'"),
        quantity=P("money"), hours=P("money"),
        invoiceaction=P("text", allowed=BILLABLE_ACTIONS, bad="Invalid Invoice Action"),
        recur=P("int"), recurcycle=P("text", allowed=("Days", "Weeks", "Months", "Years")),
        recurfor=P("int"),
        duedate=P("date", bad="Invalid Date Format - Expected: 'YYYY-mm-dd'"))
def add_billable_item(tx, p):
    need_client(tx, p["clientid"], "Client ID not Found")
    if p.get("invoiceaction") == "recur" and not (
            p.get("recur") and p.get("recurcycle") and p.get("recurfor")):
        raise ApiError("Recurring must have a unit, cycle and limit")
    if p.get("invoiceaction") == "duedate" and not p.get("duedate"):
        raise ApiError("Due date is required")
    number = tx.insert("billables", clientid=p["clientid"], amount=p["amount"],
                       description=tx.enc(p["description"]), detail=p.get("invoiceaction") or "")
    tx.touch("billable", number)
    return {"status": "success", "billableid": tx.num(number)}
