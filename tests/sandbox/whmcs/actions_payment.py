"""API actions about payments, transactions, client credit, currencies and gateways."""

import re

import ledger
from actions_invoice import transaction_row
from ledger import need_client, need_gateway, need_invoice
from listing import counters, put_list
from params import ApiError, BadValue, P, action, parse_cents, parse_date
from store import money

TRANSID = 255


def refuse_repeat(tx, transid):
    if transid and tx.value("SELECT 1 FROM transactions WHERE transid=?", tx.enc(transid)):
        raise ApiError("Transaction ID must be Unique")


# ---------------------------------------------------------------- payments

@action("AddInvoicePayment", write=True,
        invoiceid=P("id", required=True, missing="Invoice ID Not Found"),
        transid=P("text", required=True, maxlen=TRANSID), gateway=P("text", required=True),
        date=P("datetime", required=True), amount=P("money"), fees=P("money"), noemail=P("bool"))
def add_invoice_payment(tx, p):
    need_invoice(tx, p["invoiceid"])
    need_gateway(tx, p["gateway"])
    if tx.cfg["transid_unique"]:
        refuse_repeat(tx, p["transid"])
    ledger.pay(tx, p["invoiceid"], p.get("amount"), p["gateway"], tx.enc(p["transid"]),
               p["date"], p.get("fees") or 0)
    return {"result": "success"}


def check_owner(tx, p):
    """Who the transaction belongs to: the named client, else the invoice's, else nobody."""
    owner = p.get("userid") or 0
    if owner:
        need_client(tx, owner)
    invoice_id = p.get("invoiceid") or 0
    if invoice_id:
        inv = need_invoice(tx, invoice_id)
        if owner and inv["userid"] != owner:
            raise ApiError("User ID does not own the given Invoice ID")
    currency = p.get("currencyid")
    if currency and not tx.value("SELECT 1 FROM currencies WHERE id=?", currency):
        raise ApiError("Currency ID Not Found")
    if owner and currency and ledger.currency_of(tx, owner)["id"] != currency:
        raise ApiError("Currency ID does not match Client currency")
    if not owner and not currency:
        raise ApiError("A Currency ID is required for non-customer related transactions")
    return owner or (inv["userid"] if invoice_id else 0), invoice_id, currency or 0


@action("AddTransaction", write=True,
        paymentmethod=P("text", required=True, missing="Payment Method is required"),
        userid=P("id"), invoiceid=P("id"), transid=P("text", maxlen=TRANSID),
        date=P("localdate"), currencyid=P("id"), description=P("text"), amountin=P("money"),
        fees=P("smoney"), amountout=P("money"), rate=P("text", maxlen=16), credit=P("bool"),
        allowduplicatetransid=P("bool"))
def add_transaction(tx, p):
    owner, invoice_id, currency = check_owner(tx, p)
    need_gateway(tx, p["paymentmethod"])
    if p.get("rate") and not re.fullmatch(r"\d{1,10}(\.\d{1,5})?", p["rate"]):
        raise ApiError("Sandbox: parameter \"rate\" is not a rate", breach="rate is not a rate")
    if p.get("credit") and invoice_id:
        text = "credit=1 goes to the client's credit and takes no invoiceid"
        raise ApiError("Sandbox: " + text, breach=text)
    if not p.get("allowduplicatetransid"):
        refuse_repeat(tx, p.get("transid"))
    amountin, amountout = p.get("amountin") or 0, p.get("amountout") or 0
    rate = p.get("rate") or (ledger.currency_of(tx, owner)["rate"] if owner else "1.00000")
    ledger.add_row(tx, userid=owner, gateway=p["paymentmethod"],
                   transid=tx.enc(p.get("transid") or ""), amountin=amountin,
                   amountout=amountout, fees=p.get("fees") or 0, invoiceid=invoice_id,
                   date=p["date"] + " 00:00:00" if p.get("date") else None,
                   description=tx.enc(p.get("description") or ""),
                   currency=0 if owner else currency, rate=rate)
    if p.get("credit") and owner:
        ledger.add_credit(tx, owner, amountin - amountout, tx.enc(p.get("description") or ""))
    if invoice_id:
        follow_status(tx, invoice_id, amountin, amountout)
    tx.log("Added Transaction", owner)
    return {"result": "success"}


def follow_status(tx, invoice_id, amountin, amountout):
    """Whether a bare transaction moves the invoice's status is not documented: a switch decides."""
    mode = tx.cfg["addtransaction_moves_status"]
    inv = ledger.find_invoice(tx, invoice_id)
    if amountin and mode in ("paid", "both"):
        ledger.settle(tx, invoice_id)
    if amountout and mode in ("refunded", "both") and inv["status"] == "Paid" \
            and inv["paid"] <= 0:
        ledger.set_refunded(tx, invoice_id)
    if amountout and tx.is9() and inv["status"] == "Paid":
        ledger.credit_note(tx, inv, amountout, "refund of a paid invoice")


@action("UpdateTransaction", write=True,
        transactionid=P("id", required=True, missing="Transaction ID Not Found"),
        refundid=P("id"), userid=P("id"), invoiceid=P("id"), transid=P("text", maxlen=TRANSID),
        date=P("date"), gateway=P("text"), currency=P("id"), description=P("text"),
        amountin=P("money"), fees=P("smoney"), amountout=P("money"), rate=P("text", maxlen=16),
        credit=P("bool"))
def update_transaction(tx, p):
    row = tx.row("SELECT * FROM transactions WHERE id=?", p["transactionid"])
    if row is None:
        raise ApiError("Transaction ID Not Found")
    if tx.is9() and tx.cfg["updatetransaction_refused_on_9"]:
        raise ApiError("Transactions of an issued invoice cannot be modified")
    columns = {k: p[k] for k in ("refundid", "userid", "invoiceid", "currency", "amountin",
                                 "fees", "amountout", "rate") if k in p}
    columns.update({k: tx.enc(p[k]) for k in ("transid", "description") if k in p})
    if p.get("gateway"):
        columns["gateway"] = need_gateway(tx, p["gateway"])
    if p.get("date"):
        columns["date"] = p["date"] + " 00:00:00"
    if columns:
        tx.update("transactions", row["id"], **columns)
    for invoice_id in {row["invoiceid"], columns.get("invoiceid", row["invoiceid"])} - {0}:
        ledger.recount(tx, invoice_id)
        tx.touch("invoice", invoice_id)
    tx.touch("transaction", row["id"])
    return {"result": "success", "transactionid": tx.num(row["id"])}


@action("GetTransactions", invoiceid=P("id"), clientid=P("id"), transid=P("text", maxlen=TRANSID))
def get_transactions(tx, p):
    where, args = ["1"], []
    for name, column in (("invoiceid", "invoiceid"), ("clientid", "userid")):
        if p.get(name) is not None:
            where.append(column + "=?")
            args.append(p[name])
    if p.get("transid"):
        where.append("transid=?")
        args.append(tx.enc(p["transid"]))
    rows = [transaction_row(tx, t) for t in tx.rows(
        "SELECT * FROM transactions WHERE %s ORDER BY id" % " AND ".join(where), *args)]
    return put_list(tx, counters(tx, len(rows), 0, rows), "transactions", "transaction", rows)


# ---------------------------------------------------------------- credit

def credit_amount(tx, text):
    """`full` was taken in old versions; whether it still is, nobody says."""
    if text == "full" and tx.cfg["applycredit_full_word"]:
        return None
    try:
        return parse_cents(text, signed=True)
    except BadValue as bad:
        reason = 'parameter "amount" %s' % bad
        raise ApiError("Sandbox: " + reason, breach=reason) from None


@action("ApplyCredit", write=True,
        invoiceid=P("id", required=True, missing="Invoice ID Not Found"),
        amount=P("text", required=True, maxlen=20,
                 missing="Credit Amount to apply must be greater than zero"), noemail=P("bool"))
def apply_credit(tx, p):
    inv = need_invoice(tx, p["invoiceid"])
    if inv["status"] != "Unpaid":
        raise ApiError("Invoice Not in Unpaid Status")
    credit = tx.value("SELECT credit FROM clients WHERE id=?", inv["userid"])
    amount = credit_amount(tx, p["amount"])
    if amount is None:
        amount = min(credit, ledger.balance(tx, inv))
    if amount <= 0:
        raise ApiError("Credit Amount to apply must be greater than zero")
    if amount > credit:
        raise ApiError("Amount exceeds customer credit balance")
    if amount > ledger.balance(tx, inv):
        raise ApiError("Amount Exceeds Invoice Balance")
    ledger.apply_credit(tx, inv["id"], amount)
    paid = ledger.find_invoice(tx, inv["id"])["status"] == "Paid"
    return {"result": "success", "invoiceid": tx.num(inv["id"]), "amount": money(amount),
            "invoicepaid": "true" if paid else "false"}


@action("AddCredit", write=True, clientid=P("id", required=True, missing="Client ID Not Found"),
        description=P("text", required=True),
        amount=P("text", required=True, missing="No Amount Provided", maxlen=20), date=P("text"),
        adminid=P("id"),
        type=P("text", allowed=("add", "remove"), bad="Type can only be add or remove"))
def add_credit(tx, p):
    client = need_client(tx, p["clientid"])
    if p.get("adminid") not in (None, 1):
        raise ApiError("Admin ID Not Found")
    if not re.fullmatch(r"\d{1,14}(\.\d{2})?", p["amount"], re.ASCII):
        text = "Amount must be in decimal format: ### or ###.##"
        raise ApiError(text, breach='parameter "amount" is not ### or ###.##')
    amount = parse_cents(p["amount"])
    if amount == 0:
        raise ApiError("No Amount Provided")
    date = credit_date(p.get("date"))
    signed = -amount if p.get("type") == "remove" else amount
    if client["credit"] + signed < 0 and not tx.cfg["credit_can_go_negative"]:
        raise ApiError("Sandbox: the client has less credit than is to be removed")
    row = ledger.add_credit(tx, client["id"], signed, tx.enc(p["description"]), 0, date)
    tx.touch("credit", row)
    if tx.cfg["credit_makes_transaction"]:
        ledger.add_row(tx, userid=client["id"], gateway="", transid="",
                       description=tx.enc(p["description"]), amountin=max(signed, 0),
                       amountout=max(-signed, 0))
    return {"result": "success", "newbalance": money(client["credit"] + signed)}


def credit_date(text):
    if not text:
        return None
    try:
        return parse_date(text)
    except BadValue:
        raise ApiError("Date Format is not Valid",
                       breach='parameter "date" is not a date of the form YYYY-MM-DD') from None


@action("GetCredits", clientid=P("id", required=True, missing="Client ID Not Found"))
def get_credits(tx, p):
    client = need_client(tx, p["clientid"])
    rows = [{"id": tx.num(c["id"]), "date": c["date"], "description": tx.text(c["description"]),
             "amount": money(c["amount"]), "relid": tx.num(c["relid"])}
            for c in tx.rows("SELECT * FROM credits WHERE clientid=? ORDER BY id", client["id"])]
    out = {"totalresults": tx.num(len(rows)), "clientid": tx.num(client["id"])}
    return put_list(tx, out, "credits", "credit", rows)


# ---------------------------------------------------------------- fixed lists

@action("GetCurrencies")
def get_currencies(tx, p):
    rows = [{"id": tx.num(c["id"]), "code": c["code"], "prefix": c["prefix"],
             "suffix": c["suffix"], "format": tx.num(c["format"]), "rate": c["rate"]}
            for c in tx.rows("SELECT * FROM currencies ORDER BY id")]
    return put_list(tx, {"totalresults": tx.num(len(rows))}, "currencies", "currency", rows)


@action("GetPaymentMethods")
def get_payment_methods(tx, p):
    rows = [{"module": g["module"], "displayname": g["displayname"]}
            for g in tx.rows("SELECT * FROM gateways ORDER BY position")]
    return put_list(tx, {"totalresults": tx.num(len(rows))}, "paymentmethods", "paymentmethod",
                    rows)


@action("GetPromotions", code=P("text", maxlen=64))
def get_promotions(tx, p):
    return put_list(tx, {"totalresults": tx.num(0)}, "promotions", "promotion", [])
