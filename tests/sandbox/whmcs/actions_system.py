"""API actions about the installation itself: versions, settings, logs, single sign-on."""

import json
import re
import secrets
import time

from ledger import need_client
from listing import PAGE, put_list, window
from params import ApiError, P, action

FULL_VERSION = {"8.13": "8.13.0", "9.0": "9.0.1"}
SSO_SECONDS = 60


def versions(tx):
    full = FULL_VERSION[tx.cfg["version"]]
    return {"version": full, "canonicalversion": full + "-release.1"}


@action("WhmcsDetails")
def whmcs_details(tx, p):
    return {"result": "success", "whmcs": versions(tx)}


@action("GetAdminDetails")
def get_admin_details(tx, p):
    return {"result": "success", "adminid": tx.num(1), "name": "Sandbox Admin", "notes": "",
            "signature": "", "allowedpermissions": "API Access,View Invoice,Manage Invoice",
            "departments": "", "requesttime": tx.stamp(), "whmcs": versions(tx)}


def settings(tx):
    def switch(name):
        return "on" if tx.cfg[name] else ""
    return {"Version": versions(tx)["canonicalversion"], "SystemURL": tx.cfg["system_url"],
            "CompanyName": "WHMCS sandbox", "Charset": "utf-8", "DefaultCountry": "US",
            "DateFormat": tx.cfg["date_format"], "TaxEnabled": switch("tax_enabled"),
            "TaxType": "Inclusive" if tx.cfg["tax_inclusive"] else "Exclusive",
            "SequentialInvoiceNumbering": "on" if tx.cfg["invoice_numbers"] != "off" else "",
            "NoAutoApplyCredit": "" if tx.cfg["auto_apply_credit"] else "on"}


@action("GetConfigurationValue",
        setting=P("text", required=True, missing="Parameter setting is required", maxlen=64))
def get_configuration_value(tx, p):
    known = settings(tx)
    if p["setting"] not in known:
        raise ApiError("Invalid name for parameter setting")
    return {"result": "success", "setting": p["setting"], "value": known[p["setting"]]}


# ---------------------------------------------------------------- logs

@action("GetActivityLog", clientid=P("id"), userid=P("id"), date=P("localdate"),
        user=P("text"), description=P("text"), ipaddress=P("text", maxlen=45), **PAGE)
def get_activity_log(tx, p):
    start, size = window(p)
    where, args = ["1"], []
    if p.get("clientid"):
        where.append("clientid=?")
        args.append(p["clientid"])
    if p.get("date"):
        where.append("date>=? AND date<=?")
        args += [p["date"] + " 00:00:00", p["date"] + " 23:59:59"]
    for name, column in (("user", "username"), ("description", "description"),
                         ("ipaddress", "ipaddress")):
        if p.get(name):
            where.append("instr(%s, ?) > 0" % column)
            args.append(tx.enc(p[name]))
    clause = " AND ".join(where)
    total = tx.value("SELECT COUNT(*) FROM activity WHERE " + clause, *args)
    rows = [{"id": tx.num(a["id"]), "clientId": tx.num(a["clientid"]), "userId": tx.num(0),
             "adminId": tx.num(1), "date": a["date"], "description": tx.text(a["description"]),
             "username": a["username"], "ipaddress": a["ipaddress"],
             "userid": tx.num(a["clientid"])}
            for a in tx.rows("SELECT * FROM activity WHERE %s ORDER BY id DESC LIMIT ? OFFSET ?"
                             % clause, *args, size, start)]
    out = {"totalresults": tx.num(total), "startnumber": tx.num(start)}
    return put_list(tx, out, "activity", "entry", rows)


@action("LogActivity", write=True, clientid=P("id"), description=P("text", required=True))
def log_activity(tx, p):
    if p.get("clientid"):
        need_client(tx, p["clientid"])
    tx.log(tx.enc(p["description"]), p.get("clientid") or 0)
    return {"result": "success"}


@action("GetAutomationLog", startdate=P("text", maxlen=32), enddate=P("text", maxlen=32),
        namespace=P("text", maxlen=64))
def get_automation_log(tx, p):
    last = tx.cfg["cron_last_run"] or tx.today() + " 00:05:00"
    out = {"currentDatetime": tx.stamp(), "lastDailyCronInvocationTime": last}
    return put_list(tx, out, "statistics", "", [])


@action("TriggerNotificationEvent", write=True,
        notification_identifier=P("text", required=True, maxlen=255),
        title=P("text", required=True, maxlen=255), message=P("text", required=True),
        url=P("text", maxlen=2048), status=P("text", maxlen=64),
        statusStyle=P("text", allowed=("success", "danger", "info")), attributes=P("map:text"))
def trigger_notification(tx, p):
    number = tx.insert("notifications", date=tx.stamp(), detail=json.dumps(p))
    tx.touch("notification", number)
    return {"result": "success"}


# ---------------------------------------------------------------- single sign-on

AREAS = ("profile", "billing_info", "emails", "announcements", "downloads", "knowledgebase",
         "network_status", "services", "product_details", "domains", "domain_details",
         "invoices", "tickets", "submit_ticket", "shopping_cart", "shopping_cart_addons",
         "shopping_cart_domain_register", "shopping_cart_domain_transfer", "upgrade")


def sso_owner(tx, p):
    client_id, user_id = p.get("client_id"), p.get("user_id")
    if client_id is None and user_id is None:
        raise ApiError("A valid client_id or user_id is required",
                       breach="neither client_id nor user_id")
    if client_id is not None and not tx.value("SELECT 1 FROM clients WHERE id=?", client_id):
        raise ApiError("Invalid client_id")
    if user_id is not None and not tx.value("SELECT 1 FROM users WHERE id=?", user_id):
        raise ApiError("Invalid user_id")
    if client_id is None:
        client_id = tx.value("SELECT client_id FROM user_clients WHERE user_id=? "
                             "ORDER BY is_owner DESC, client_id", user_id) or 0
    elif user_id is not None and not tx.value(
            "SELECT 1 FROM user_clients WHERE user_id=? AND client_id=?", user_id, client_id):
        raise ApiError("Invalid user_id for client")
    return client_id


def sso_path(p):
    """Where the token leads, always inside this installation."""
    wanted = p.get("destination") or ""
    if wanted == "sso:custom_redirect":
        path = (p.get("sso_redirect_path") or "").lstrip("/")
        if not path or not re.fullmatch(r"[A-Za-z0-9_./?=&%-]+", path) or ".." in path:
            raise ApiError("Invalid destination", breach="custom_redirect without a usable path")
        return "/" + path
    area = wanted[len("clientarea:"):] if wanted.startswith("clientarea:") else wanted
    if wanted and area not in AREAS:
        raise ApiError("Invalid destination")
    return "/clientarea.php" + ("?action=" + area if area else "")


@action("CreateSsoToken", write=True, client_id=P("id"), user_id=P("id"),
        destination=P("text", maxlen=128), service_id=P("id"), domain_id=P("id"),
        sso_redirect_path=P("text", maxlen=1024))
def create_sso_token(tx, p):
    client_id = sso_owner(tx, p)
    flags = tx.value("SELECT flags FROM clients WHERE id=?", client_id)
    if flags and json.loads(flags).get("allowSingleSignOn") is False:
        raise ApiError("SSO authentication blocked for client %d" % client_id)
    path = sso_path(p)
    token = secrets.token_hex(32)
    now = time.time()
    tx.run("DELETE FROM sso WHERE expires<?", now)
    tx.insert("sso", token=token, client_id=client_id, path=path, expires=now + SSO_SECONDS)
    tx.touch("client", client_id)
    return {"result": "success", "access_token": token,
            "redirect_url": tx.cfg["system_url"] + "oauth/singlesignon.php?access_token=" + token}


def spend_token(tx, token):
    """Use a token up. Returns (client id, path), or None when it is unknown, used or too old."""
    row = tx.row("SELECT * FROM sso WHERE token=?", token)
    if row is None:
        return None
    tx.run("DELETE FROM sso WHERE token=?", token)
    if row["expires"] < time.time():
        return None
    client = tx.row("SELECT * FROM clients WHERE id=?", row["client_id"])
    lacking = client and not all(client[k] for k in ("address1", "city", "postcode", "country"))
    if lacking and tx.cfg["sso_profile_detour"]:
        return row["client_id"], "/clientarea.php?action=details"
    return row["client_id"], row["path"]
