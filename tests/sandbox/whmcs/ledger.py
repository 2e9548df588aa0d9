"""What money does inside WHMCS: totals, payments, credit, refunds, status changes.

Shared by the API actions and by the control operations, so that a payment made by "the admin"
and one made through the API cannot follow different rules. All amounts are integer cents.
"""

from params import ApiError, parse_micro
from store import ZERO_STAMP, money

OPEN_STATUSES = ("Draft", "Unpaid", "Payment Pending", "Collections")


# ---------------------------------------------------------------- reading

def find_invoice(tx, invoice_id):
    return tx.row("SELECT * FROM invoices WHERE id=?", invoice_id)


def need_invoice(tx, invoice_id, text="Invoice ID Not Found"):
    row = find_invoice(tx, invoice_id)
    if row is None:
        raise ApiError(text)
    return row


def need_client(tx, client_id, text="Client ID Not Found"):
    row = tx.row("SELECT * FROM clients WHERE id=?", client_id)
    if row is None:
        raise ApiError(text)
    return row


def need_gateway(tx, module):
    """An unknown gateway name is a mistake of the caller's configuration: refused and recorded."""
    if not tx.value("SELECT 1 FROM gateways WHERE module=?", module):
        text = 'unknown payment method "%s"' % module[:80]
        raise ApiError("Sandbox: " + text, breach=text)
    return module


def balance(tx, inv):
    left = inv["total"] - inv["paid"]
    if tx.cfg["notes_reduce_balance"]:
        left -= inv["noted"]
    return left


def shown_balance(tx, inv):
    left = balance(tx, inv)
    return max(left, 0) if tx.cfg["overpay_balance"] == "zero" else left


def currency_of(tx, client_id):
    return tx.row("SELECT cu.* FROM clients cl JOIN currencies cu ON cu.id=cl.currency "
                  "WHERE cl.id=?", client_id)


# ---------------------------------------------------------------- totals and tax

def half_up(numerator, denominator):
    """Division rounded half away from zero, in integers."""
    sign = -1 if numerator < 0 else 1
    return sign * ((2 * abs(numerator) + denominator) // (2 * denominator))


WHOLE = 100 * 10 ** 6     # one hundred per cent, in the unit of stored rates


def split_tax(amount, rate1, rate2, inclusive):
    base = WHOLE + rate1 + rate2 if inclusive else WHOLE
    return half_up(amount * rate1, base), half_up(amount * rate2, base)


def recompute(tx, invoice_id):
    """Subtotal, taxes and total from the lines. Returns the fresh row."""
    inv = find_invoice(tx, invoice_id)
    total, taxed = tx.row("SELECT COALESCE(SUM(amount),0), COALESCE(SUM(amount*(taxed<>0)),0) "
                          "FROM items WHERE invoiceid=?", invoice_id)
    inclusive = tx.cfg["tax_inclusive"]
    tax, tax2 = split_tax(taxed, inv["taxrate"], inv["taxrate2"], inclusive)
    subtotal = total - tax - tax2 if inclusive else total
    tx.update("invoices", invoice_id, subtotal=subtotal, tax=tax, tax2=tax2,
              total=subtotal + tax + tax2 - inv["credit"])
    return find_invoice(tx, invoice_id)


def default_rates(tx, client):
    if not tx.cfg["tax_enabled"] or client["taxexempt"]:
        return 0, 0
    return parse_micro(tx.cfg["tax_rate"]), parse_micro(tx.cfg["tax_rate2"])


def moved(tx, invoice_id):
    tx.update("invoices", invoice_id, updated_at=tx.stamp())


def moved_by_payment(tx, invoice_id):
    if tx.cfg["updated_at_moves_on_payment"]:
        moved(tx, invoice_id)


def recount(tx, invoice_id):
    """Bring the kept payment sum in line with the transaction rows."""
    paid = tx.value("SELECT COALESCE(SUM(amountin-amountout),0) FROM transactions "
                    "WHERE invoiceid=?", invoice_id)
    tx.update("invoices", invoice_id, paid=paid)


# ---------------------------------------------------------------- making invoices

def new_invoice(tx, client, lines, *, status, source, date=None, duedate=None, gateway="",
                rates=None, notes="", datepaid=ZERO_STAMP):
    """Insert an invoice with its lines. Credit and status consequences are settled by `issue`."""
    rate1, rate2 = rates if rates else default_rates(tx, client)
    stamp, today = tx.stamp(), tx.today()
    invoice_id = tx.insert(
        "invoices", userid=client["id"], invoicenum="", date=date or today,
        duedate=duedate or today, datepaid=datepaid, last_capture_attempt=ZERO_STAMP,
        date_refunded=ZERO_STAMP, date_cancelled=ZERO_STAMP, taxrate=rate1, taxrate2=rate2,
        status=status, paymentmethod=gateway or client["defaultgateway"] or "banktransfer",
        notes=notes, created_at=stamp, updated_at=stamp)
    for line in lines:
        add_line(tx, invoice_id, line)
    recompute(tx, invoice_id)
    tx.touch("invoice", invoice_id)
    tx.touch("client", client["id"])
    tx.event("InvoiceCreation", source=source, user=1, invoiceid=invoice_id, status=status)
    tx.log("Created Invoice - Invoice ID: %d" % invoice_id, client["id"])
    return invoice_id


def add_line(tx, invoice_id, line):
    return tx.insert("items", invoiceid=invoice_id, type=line.get("type", ""),
                     relid=line.get("relid", 0), description=line["description"],
                     amount=line["amount"], taxed=1 if line.get("taxed") else 0)


def issue(tx, invoice_id, source, auto_credit=None):
    """An invoice leaves Draft: number, announcement, credit from the account, zero totals."""
    if tx.cfg["invoice_numbers"] == "on_create":
        give_number(tx, invoice_id)
    inv = find_invoice(tx, invoice_id)
    tx.event("InvoiceCreated", source=source, user=1, invoiceid=invoice_id, status=inv["status"])
    if inv["status"] != "Unpaid":
        return
    if auto_credit or (auto_credit is None and tx.cfg["auto_apply_credit"]):
        use_credit_at_birth(tx, inv)
    settle(tx, invoice_id)


def give_number(tx, invoice_id):
    if not find_invoice(tx, invoice_id)["invoicenum"]:
        highest = tx.value("SELECT COUNT(*) FROM invoices WHERE invoicenum>''")
        tx.update("invoices", invoice_id,
                  invoicenum="%s-%05d" % (tx.today()[:4], highest + 1))


def use_credit_at_birth(tx, inv):
    """Top-ups and mass-pay invoices are money moving to the account: credit never pays those."""
    if tx.value("SELECT 1 FROM items WHERE invoiceid=? AND type IN ('AddFunds','Invoice')",
                inv["id"]):
        return
    credit = tx.value("SELECT credit FROM clients WHERE id=?", inv["userid"])
    amount = min(credit, balance(tx, inv))
    if amount > 0:
        apply_credit(tx, inv["id"], amount)


def settle(tx, invoice_id):
    """Mark an open invoice paid once nothing is left to pay."""
    inv = find_invoice(tx, invoice_id)
    if inv["status"] in OPEN_STATUSES and balance(tx, inv) <= 0:
        set_paid(tx, invoice_id)


# ---------------------------------------------------------------- status changes

def set_paid(tx, invoice_id, datepaid=None):
    inv = find_invoice(tx, invoice_id)
    if inv["status"] == "Paid":
        return
    tx.update("invoices", invoice_id, status="Paid", datepaid=datepaid or tx.stamp(),
              updated_at=tx.stamp())
    if tx.cfg["invoice_numbers"] == "on_payment":
        give_number(tx, invoice_id)
    tx.touch("invoice", invoice_id)
    tx.log("Invoice Marked Paid - Invoice ID: %d" % invoice_id, inv["userid"])
    _pay_out_lines(tx, inv)
    tx.event("InvoicePaid", invoiceid=invoice_id)


def _pay_out_lines(tx, inv):
    for item in tx.rows("SELECT * FROM items WHERE invoiceid=? AND type IN ('AddFunds','Invoice')",
                        inv["id"]):
        if item["type"] == "AddFunds":
            add_credit(tx, inv["userid"], item["amount"],
                       "Add Funds Invoice #%d" % inv["id"], inv["id"])
        else:
            _pay_mass_target(tx, inv, item)


def _pay_mass_target(tx, inv, item):
    target = find_invoice(tx, item["relid"])
    if target is None or target["status"] not in OPEN_STATUSES:
        add_credit(tx, inv["userid"], item["amount"],
                   "Mass Invoice Payment Credit for Invoice #%d" % item["relid"], inv["id"])
    elif tx.cfg["mass_pay_style"] == "payment":
        pay(tx, target["id"], item["amount"], inv["paymentmethod"],
            "mass-%d-%d" % (inv["id"], target["id"]))
    else:
        add_credit(tx, inv["userid"], item["amount"],
                   "Mass Invoice Payment Credit for Invoice #%d" % target["id"], inv["id"])
        apply_credit(tx, target["id"], min(item["amount"], max(balance(tx, target), 0)))


def mark_paid(tx, invoice_id, datepaid=None):
    """Status set to Paid by hand: no payment row. 9.0 books a credit note for what was open."""
    inv = find_invoice(tx, invoice_id)
    open_amount = balance(tx, inv)
    if tx.is9() and open_amount > 0:
        credit_note(tx, inv, open_amount, "marked paid with a balance")
    set_paid(tx, invoice_id, datepaid)


def cancel(tx, invoice_id):
    inv = find_invoice(tx, invoice_id)
    if inv["status"] == "Cancelled":
        return
    if tx.is9() and inv["status"] != "Draft" and inv["total"] > 0:
        credit_note(tx, inv, inv["total"], "cancelled")
    stamp = tx.stamp()
    tx.update("invoices", invoice_id, status="Cancelled", date_cancelled=stamp, updated_at=stamp)
    tx.touch("invoice", invoice_id)
    tx.log("Cancelled Invoice - Invoice ID: %d" % invoice_id, inv["userid"])
    tx.event("InvoiceCancelled", invoiceid=invoice_id)


def set_refunded(tx, invoice_id):
    inv = find_invoice(tx, invoice_id)
    stamp = tx.stamp()
    tx.update("invoices", invoice_id, status="Refunded", date_refunded=stamp, updated_at=stamp)
    tx.touch("invoice", invoice_id)
    tx.log("Invoice Refunded - Invoice ID: %d" % invoice_id, inv["userid"])
    tx.event("InvoiceRefunded", invoiceid=invoice_id)


def set_status(tx, invoice_id, status, datepaid=None):
    """A status given by hand, with what each one carries along."""
    inv = find_invoice(tx, invoice_id)
    if status == inv["status"]:
        return
    if status == "Paid":
        mark_paid(tx, invoice_id, datepaid)
    elif status == "Cancelled":
        cancel(tx, invoice_id)
    elif status == "Refunded":
        set_refunded(tx, invoice_id)
    else:
        tx.update("invoices", invoice_id, status=status, updated_at=tx.stamp())
        if status == "Unpaid":
            tx.update("invoices", invoice_id, datepaid=ZERO_STAMP)
        tx.touch("invoice", invoice_id)
    if status == "Unpaid" and inv["status"] == "Draft":
        issue(tx, invoice_id, "api")
    elif status == "Unpaid":
        tx.event("InvoiceUnpaid", invoiceid=invoice_id)


def credit_note(tx, inv, amount, reason):
    """9.0 writes these itself; nothing in the API can."""
    note_id = tx.insert("notes", invoiceid=inv["id"], clientid=inv["userid"], kind="credit",
                        amount=amount, reason=reason, created=tx.stamp())
    if reason in ("cancelled", "marked paid with a balance"):
        tx.update("invoices", inv["id"], noted=inv["noted"] + amount)
    tx.touch("note", note_id)


# ---------------------------------------------------------------- payments and refunds

def add_row(tx, *, userid, gateway, transid, amountin=0, amountout=0, fees=0, invoiceid=0,
            date=None, description="Invoice Payment", refundid=0, currency=0, rate="1.00000"):
    """One transaction row, with the invoice's payment sum kept in step."""
    number = tx.insert("transactions", userid=userid, currency=currency, gateway=gateway,
                       date=date or tx.stamp(), description=description, amountin=amountin,
                       fees=fees, amountout=amountout, rate=rate, transid=transid,
                       invoiceid=invoiceid, refundid=refundid)
    if invoiceid:
        recount(tx, invoiceid)
        moved_by_payment(tx, invoiceid)
        tx.touch("invoice", invoiceid)
    tx.touch("transaction", number)
    tx.event("AddTransaction", id=number, userid=userid, currency=currency, gateway=gateway,
             date=date or tx.stamp(), description=description, amountin=money(amountin),
             fees=money(fees), amountout=money(amountout), rate=rate, transid=transid,
             invocieid=invoiceid, refundid=refundid)
    return number


def pay(tx, invoice_id, amount, gateway, transid, date=None, fees=0):
    """Record a payment. What exceeds the balance, or lands on a paid invoice, becomes credit."""
    inv = find_invoice(tx, invoice_id)
    if inv["status"] == "Cancelled":
        raise ApiError("It is not possible to add a payment to an invoice that is Cancelled")
    if not amount:
        amount = max(balance(tx, inv), 0)
    was_open = inv["status"] in OPEN_STATUSES
    excess = amount if not was_open else amount - max(balance(tx, inv), 0)
    rate = currency_of(tx, inv["userid"])["rate"]
    number = add_row(tx, userid=inv["userid"], gateway=gateway, transid=transid,
                     amountin=amount, fees=fees, invoiceid=invoice_id, date=date, rate=rate)
    tx.touch("client", inv["userid"])
    tx.log("Added Invoice Payment - Invoice ID: %d" % invoice_id, inv["userid"])
    if excess > 0:
        add_credit(tx, inv["userid"], excess, "Invoice #%d Overpayment" % invoice_id, invoice_id)
    tx.event("AddInvoicePayment", invoiceid=invoice_id)
    if was_open:
        settle(tx, invoice_id)
    return number


def last_payment(tx, invoice_id):
    return tx.row("SELECT * FROM transactions WHERE invoiceid=? AND amountin>0 "
                  "ORDER BY id DESC LIMIT 1", invoice_id)


def refund(tx, invoice_id, amount, transid, as_credit=False, description="Refund of Transaction"):
    """Money back to the client. The status becomes Refunded once nothing of the payments is left."""
    inv = need_invoice(tx, invoice_id)
    payment = last_payment(tx, invoice_id)
    amount = amount or inv["paid"]
    if payment is None or amount <= 0 or amount > inv["paid"]:
        raise ApiError("The amount exceeds what was paid on this invoice")
    if tx.is9() and inv["status"] == "Paid":
        credit_note(tx, inv, amount, "refund of a paid invoice")
    number = add_row(tx, userid=inv["userid"], gateway=payment["gateway"], transid=transid,
                     amountout=amount, invoiceid=invoice_id, refundid=payment["id"],
                     description=description, rate=payment["rate"])
    if as_credit:
        add_credit(tx, inv["userid"], amount, "Refund of Invoice #%d" % invoice_id, invoice_id)
    else:
        tx.event("ManualRefund", transid=payment["transid"], amount=money(amount))
    if find_invoice(tx, invoice_id)["paid"] <= 0 and inv["status"] == "Paid":
        set_refunded(tx, invoice_id)
    return number


def reverse(tx, invoice_id, transid):
    """A chargeback: the payment is taken back and the invoice goes to Collections."""
    inv = need_invoice(tx, invoice_id)
    payment = last_payment(tx, invoice_id)
    if payment is None:
        raise ApiError("The invoice has no payment to reverse")
    if tx.value("SELECT 1 FROM transactions WHERE refundid=?", payment["id"]):
        raise ApiError("The payment is already reversed or refunded")
    number = add_row(tx, userid=inv["userid"], gateway=payment["gateway"], transid=transid,
                     amountout=payment["amountin"], invoiceid=invoice_id,
                     refundid=payment["id"], description="Payment Reversal",
                     rate=payment["rate"])
    tx.update("invoices", invoice_id, status="Collections", datepaid=ZERO_STAMP,
              updated_at=tx.stamp())
    tx.log("Payment Reversed - Invoice ID: %d" % invoice_id, inv["userid"])
    return number


# ---------------------------------------------------------------- client credit

def add_credit(tx, client_id, amount, description, relid=0, date=None):
    """A signed movement of the client's credit. Returns the id of the credit row."""
    tx.run("UPDATE clients SET credit=credit+? WHERE id=?", amount, client_id)
    tx.touch("client", client_id)
    return tx.insert("credits", clientid=client_id, date=date or tx.today(),
                     description=description, amount=amount, relid=relid)


def apply_credit(tx, invoice_id, amount):
    """Credit onto an invoice: it lowers the total, and is never a transaction."""
    if amount <= 0:
        return
    inv = find_invoice(tx, invoice_id)
    add_credit(tx, inv["userid"], -amount, "Credit Applied to Invoice #%d" % invoice_id,
               invoice_id)
    tx.update("invoices", invoice_id, credit=inv["credit"] + amount)
    inv = recompute(tx, invoice_id)
    if tx.is9():
        credit_note(tx, inv, amount, "client credit applied")
    moved_by_payment(tx, invoice_id)
    tx.touch("invoice", invoice_id)
    tx.log("Credit Applied - Amount: %s - Invoice ID: %d" % (money(amount), invoice_id),
           inv["userid"])
    settle(tx, invoice_id)


# ---------------------------------------------------------------- removal

def remove_invoice(tx, invoice_id):
    """Deleted by an admin. Payment rows stay behind, as money does not vanish with the paper."""
    inv = need_invoice(tx, invoice_id)
    tx.run("DELETE FROM items WHERE invoiceid=?", invoice_id)
    tx.run("DELETE FROM invoices WHERE id=?", invoice_id)
    tx.touch("invoice", invoice_id)
    tx.log("Deleted Invoice - Invoice ID: %d" % invoice_id, inv["userid"])


def remove_client(tx, client_id, users=False, transactions=False):
    need_client(tx, client_id)
    tx.event("PreDeleteClient", userid=client_id)
    tx.run("DELETE FROM items WHERE invoiceid IN (SELECT id FROM invoices WHERE userid=?)",
           client_id)
    for table, column in (("invoices", "userid"), ("customvalues", "clientid"),
                          ("credits", "clientid"), ("billables", "clientid")):
        tx.run("DELETE FROM %s WHERE %s=?" % (table, column), client_id)
    if transactions:
        tx.run("DELETE FROM transactions WHERE userid=?", client_id)
    people = [r[0] for r in tx.rows("SELECT user_id FROM user_clients WHERE client_id=?",
                                    client_id)]
    tx.run("DELETE FROM user_clients WHERE client_id=?", client_id)
    if users:
        for user_id in people:
            tx.run("DELETE FROM users WHERE id=? AND NOT EXISTS "
                   "(SELECT 1 FROM user_clients WHERE user_id=?)", user_id, user_id)
    tx.run("DELETE FROM clients WHERE id=?", client_id)
    tx.touch("client", client_id)
    tx.log("Client Deleted - Client ID: %d" % client_id, client_id)


def close_client(tx, client_id):
    need_client(tx, client_id)
    for (invoice_id,) in tx.rows("SELECT id FROM invoices WHERE userid=? AND status='Unpaid'",
                                 client_id):
        cancel(tx, invoice_id)
    tx.run("UPDATE clients SET status='Closed' WHERE id=?", client_id)
    tx.touch("client", client_id)
    tx.log("Client Status Changed to Closed", client_id)
    tx.event("ClientClose", userid=client_id)
