#!/usr/bin/python3
"""Invoices as files: what they say, who may have them, and that they never change."""
import base64
import csv
import datetime
import getpass
import io
import re
import struct
import subprocess
import zipfile
import zlib
import zoneinfo
from xml.etree import ElementTree

from world import (PASSWORD, admin, case, client, credit, finish, invoices, move, next_hour,
                   next_month, now, parallel, same, setting, stack, wait_for, Portal)

TYPES = {"pdf": "application/pdf", "csv": "text/csv; charset=utf-8",
         "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def command(*args, ok=True):
    """The operator's command as bytes: documents are not JSON."""
    r = subprocess.run([f"{stack.home}/build/obj/tollbridge", "--config",
                        f"{stack.home}/etc/migrate.conf", *args], capture_output=True)
    assert (r.returncode == 0) == ok, r.stderr
    return r.stdout


def sql(text):
    """As the server's administrator: for what no program of ours would do."""
    return subprocess.run(["mariadb", "--no-defaults", f"--socket={stack.home}/run/mysql.sock",
                           f"--user={getpass.getuser()}", "tollbridge", "-BNe", text],
                          capture_output=True, text=True, check=True).stdout


def text_of(pdf):
    r = subprocess.run(["pdftotext", "-layout", "-enc", "UTF-8", "-", "-"], input=pdf,
                       capture_output=True, check=True)
    return r.stdout.decode()


def whole(p, path):
    a = p.get(path)
    same(a.status, 200, f"{path}: {a}")
    return a


def anonymous(path):
    p = Portal(stack.port, "user")
    return p.get(path.removeprefix("/api/user"))


def png(width, height, data=None):
    """A picture of one colour; data: something else where the picture should be."""
    def chunk(kind, body):
        return (struct.pack(">I", len(body)) + kind + body
                + struct.pack(">I", zlib.crc32(kind + body)))
    rows = zlib.compress(b"".join(b"\0" + b"\x20\x60\x90" * width for _ in range(height)))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", rows if data is None else data) + chunk(b"IEND", b""))


def put_logo(p, data):
    return p.request("PUT", "/invoice-logo", {"png": base64.b64encode(data).decode()})


# An invoice that the balance settles in part, in a zone where its days are not ours.
ada, ada_id = client(plan="POSTPAID", timezone="America/New_York",
                     company="株式会社 فاتورة Zażółć")
bob, bob_id = client(plan="POSTPAID")
for who in (ada, bob):
    made = who.post_i("/instances", {"name": "web", "zone_id": 1, "offering_id": 2,
                                     "public_ip": True})
    same(made.status, 201, made)
    # The portal takes no such name; an orchestrator's own may look like a formula.
    sql(f"UPDATE resource SET name = '=cmd|''/C calc''!A0' WHERE id = {made.json['id']}")
next_hour(5)
credit(ada_id, "1.00")
next_month("America/New_York")
INV = invoices(ada, 1)[0]
ID = INV["id"]
for who in (ada, bob):
    for row in who.get("/instances").json["rows"]:
        who.delete_i(f"/instances/{row['id']}")


@case("the PDF says what the API says, amount by amount")
def _():
    a = whole(ada, f"/invoices/{ID}/pdf")
    same(a.raw[:5], b"%PDF-")
    text = text_of(a.raw)
    flat = re.sub(r"\s+", " ", text)
    for line in INV["lines"]:
        assert line["amount"]["display"] in text, line
        assert line["unit"]["display"] in text and str(line["hours"]) in text, line
    for name in ("subtotal", "total"):
        assert re.search(rf"{name.title()}[^\n]* {re.escape(INV[name]['display'])}\n", text), name
    for tax in INV["taxes"]:
        assert f"{tax['name']} {tax['rate_percent']}% on {tax['base']['display']}" in flat, tax
    settled = INV["payments"][0]["amount"]
    same(settled["display"], "1.00")
    assert re.search(r"Paid from the balance on issue +1\.00\n", text), text
    assert re.search(rf"as at issue[^\n]* {re.escape(INV['due']['display'])}\n", text), text
    for word in (INV["number"], "株式会社", "Zażółć", "America/New_York", "Page 1 of 1"):
        assert word in text, word
    # the month ends at midnight there, which is when it was issued
    issued = datetime.datetime.fromisoformat(INV["issued_at"].replace("Z", "+00:00"))
    local = issued.astimezone(zoneinfo.ZoneInfo("America/New_York"))
    same((issued.hour in (4, 5), local.hour, local.day), (True, 0, 1))
    assert f"{local.day} {local.strftime('%B')} {local.year}" in text, text
    assert re.search(rf"1 {local.strftime('%B')} {local.year} 00:00", text), text


@case("CSV and workbook hold the same amounts, as data and never as formulas")
def _():
    a = whole(ada, f"/invoices/{ID}/csv")
    rows = list(csv.DictReader(io.StringIO(a.raw.decode("utf-8-sig"))))
    lines = [r for r in rows if r["type"] == "LINE"]
    same([(r["amount"], r["exact"]) for r in lines],
         [(x["amount"]["amount"], x["exact"]["amount"]) for x in INV["lines"]])
    same([r["amount"] for r in rows if r["type"] == "TOTAL"], [INV["total"]["amount"]])
    same([r["amount"] for r in rows if r["type"] == "TAX"],
         [x["tax"]["amount"] for x in INV["taxes"]])
    assert not any(v[:1] in "=+-@\t" and not re.fullmatch(r"-?[\d.]+", v)
                   for r in rows for v in r.values() if v), rows
    a = whole(ada, f"/invoices/{ID}/xlsx")
    z = zipfile.ZipFile(io.BytesIO(a.raw))
    same(z.testzip(), None)
    sheet = ElementTree.fromstring(z.read("xl/worksheets/sheet1.xml"))
    same(sheet.findall(f".//{SHEET}f"), [], "formulas")
    numbers = [v.text for v in sheet.iter(f"{SHEET}v")]
    for line in INV["lines"]:
        assert line["amount"]["amount"] in numbers and line["exact"]["amount"] in numbers, line
    assert INV["total"]["amount"] in numbers, numbers


@case("type, name and sniffing are in the headers")
def _():
    for p, path in ((ada, f"/invoices/{ID}"), (admin, f"/invoices/{ID}")):
        for kind, content_type in TYPES.items():
            a = whole(p, f"{path}/{kind}")
            same(a.headers["content-type"], content_type)
            same(a.headers["content-disposition"],
                 f'attachment; filename="{INV["number"]}.{kind}"')
            assert "nosniff" in a.headers["x-content-type-options"]
            same(a.headers["cache-control"], "no-store")
            same(int(a.headers["content-length"]), len(a.raw))
    same(ada.get(f"/invoices/{ID}/docx").code, "route.unknown")


@case("a foreign invoice and one that does not exist look alike; staff of any role see all")
def _():
    for kind in TYPES:
        got = [bob.get(f"/invoices/{i}/{kind}") for i in (ID, 999999999)]
        same([(a.status, a.code, a.json["error"]["message"]) for a in got],
             [(404, "not_found", got[0].json["error"]["message"])] * 2)
        same(admin.get(f"/invoices/999999999/{kind}").status, 404)
        same(anonymous(f"/api/user/invoices/{ID}/{kind}").status, 401)
    for role in ("SUPPORT", "ACCOUNTANT"):
        email = f"doc-{role.lower()}@example.com"
        subprocess.run([f"{stack.home}/build/obj/tollbridge", "--config",
                        f"{stack.home}/etc/migrate.conf", "admin", "create", email, "--role",
                        role, "--password-file", "-"], input=PASSWORD + "\n", text=True,
                       capture_output=True)
        p = Portal(stack.port, "admin")
        same(p.login(email, PASSWORD).status, 200)
        whole(p, f"/invoices/{ID}/pdf")
        same(put_logo(p, png(10, 10)).status, 403, role)
        same(p.request("DELETE", "/invoice-logo").status, 403, role)


@case("the Invoice menu off: no files for customers, signed links still open")
def _():
    path = command("invoice", "link", str(ID), "pdf").decode().strip()
    want = whole(ada, f"/invoices/{ID}/pdf").raw
    setting("invoice.menu", 0)
    for kind in TYPES:
        a = ada.get(f"/invoices/{ID}/{kind}")
        same((a.status, a.code), (403, "feature.off"))
    same(anonymous(path).raw, want, "by link")
    whole(admin, f"/invoices/{ID}/pdf")
    setting("invoice.menu", 1)


@case("a changed, cut, foreign or respelled link opens nothing, and all say the same")
def _():
    path = command("invoice", "link", str(ID), "pdf").decode().strip()
    same(anonymous(path).headers["content-type"], "application/pdf")
    head, token = path.rsplit("/", 1)
    number, kind, until, mac = token.split(".")
    other = invoices(bob, 1)[0]["id"]
    wrong = [f"{other}.{kind}.{until}.{mac}", f"{number}.csv.{until}.{mac}",
             f"{number}.{kind}.{int(until) + 1}.{mac}", f"{number}.{kind}.{until}.{mac[:-1]}",
             f"{number}.{kind}.{until}.{'0' * 64}", f"0{number}.{kind}.{until}.{mac}",
             f"{number}.{kind}.{until}.{mac.upper()}", f"{number}.{kind}.{until}",
             f"{number}.{kind}.{until}.{mac}0", f"{number}.{kind}.{until}.", "x", "...", "1.pdf..",
             "9" * 100, f"-{token}", f"{token}."]
    wrong += [token[:i] + ("0" if token[i] != "0" else "1") + token[i + 1:]
              for i in range(0, len(token), 7)]
    said = set()
    for t in wrong:
        a = anonymous(f"{head}/{t}")
        said.add((a.status, a.code, a.json["error"]["message"]))
    same(len(said), 1, said)
    same(said.pop()[:2], (404, "document.link"))
    with open(f"{stack.home}/log/access.log") as f:
        assert mac not in f.read(), "the token is in the log"
    return f"{len(wrong)} links"


@case("of ten first requests at once all get the same bytes, and one is kept")
def _():
    other = invoices(bob, 1)[0]["id"]
    for kind in TYPES:
        got = parallel([lambda: bob.get(f"/invoices/{other}/{kind}") for _ in range(5)]
                       + [lambda: admin.get(f"/invoices/{other}/{kind}") for _ in range(5)])
        same({a.status for a in got}, {200})
        same(len({a.raw for a in got}), 1, kind)
    same(sql(f"SELECT COUNT(*) FROM invoice_document WHERE invoice_id = {other}").strip(), "3")


@case("the bytes stay: after settings, a logo, a move to another zone, a payment")
def _():
    before = {k: whole(ada, f"/invoices/{ID}/{k}").raw for k in TYPES}
    changes = {"invoice.header_text": "A new head", "invoice.footer_text": "A new foot",
               "display.cost_decimals": 6, "portal.name": "Renamed Cloud",
               "invoice.online_text": "Pay otherwise"}
    old = {r["key"]: r["value"] for r in admin.get("/settings").json["rows"]}
    for key, value in changes.items():
        setting(key, value)
    same(put_logo(admin, png(300, 100)).status, 200)
    same(ada.patch("/profile", {"timezone": "Asia/Tokyo", "company": "Moved"}).status, 200)
    remote = wait_for("the invoice in WHMCS",
                      lambda: ada.get(f"/invoices/{ID}").json["whmcs"]["id"], 90)
    wait_for("publication", lambda: stack.whmcs_api("GetInvoice", invoiceid=remote)["status"]
             == "Unpaid", 60)
    stack.whmcs("act", {"op": "pay", "invoiceid": remote})
    wait_for("the payment", lambda: ada.get(f"/invoices/{ID}").json["status"] == "PAID", 90)
    for kind, raw in before.items():
        same(whole(ada, f"/invoices/{ID}/{kind}").raw == raw, True, kind)
        same(whole(admin, f"/invoices/{ID}/{kind}").raw == raw, True, kind)
        same(command("invoice", "export", str(ID), kind, "-") == raw, True, kind)
    # and a document made after the payment is the one made before it
    for key in changes:
        setting(key, old[key])
    same(admin.request("DELETE", "/invoice-logo").status, 200)
    same(ada.patch("/profile", {"timezone": "America/New_York"}).status, 200)
    sql(f"DELETE FROM invoice_document WHERE invoice_id = {ID}")
    for kind, raw in before.items():
        same(whole(ada, f"/invoices/{ID}/{kind}").raw == raw, True, f"{kind} made again")


@case("a credit note is a document of its own and names its invoice; the invoice stays")
def _():
    before = whole(ada, f"/invoices/{ID}/pdf").raw
    a = admin.post_i(f"/invoices/{ID}/credit-notes", {"reason": "Down for a day"})
    same(a.status, 201, a)
    note = ada.get(f"/invoices/{a.json['id']}").json
    text = text_of(whole(ada, f"/invoices/{note['id']}/pdf").raw)
    for word in ("Credit note", note["number"], INV["number"], "Reason: Down for a day",
                 note["total"]["display"]):
        assert word in text, word
    for word in ("How to pay", "as at issue", "Due "):
        assert word not in text, text
    rows = list(csv.DictReader(io.StringIO(
        whole(ada, f"/invoices/{note['id']}/csv").raw.decode("utf-8-sig"))))
    same([r["amount"] for r in rows if r["type"] == "TOTAL"], [note["total"]["amount"]])
    same(whole(ada, f"/invoices/{ID}/pdf").raw == before, True)


@case("a document changed in the database is served to nobody and is counted")
def _():
    sql(f"UPDATE invoice_document SET bytes = CONCAT(bytes, ' ') WHERE invoice_id = {ID}"
        " AND format = 'csv'")
    same(stack.violations(), {"invoice.documents": 1})
    same(command("invoice", "export", str(ID), "csv", "-", ok=False), b"")
    sql(f"DELETE FROM invoice_document WHERE invoice_id = {ID} AND format = 'csv'")
    same(stack.violations(), {})


@case("the programs may add documents, never change or remove them; only migrate the key")
def _():
    rights = sql("SELECT CONCAT(GRANTEE, ' ', TABLE_NAME, ' ', PRIVILEGE_TYPE)"
                 " FROM information_schema.TABLE_PRIVILEGES WHERE TABLE_NAME IN"
                 " ('invoice_document', 'document_key')").split("\n")
    same({r.split()[-1] for r in rights if "invoice_document" in r}, {"INSERT"})
    same([r for r in rights if "document_key" in r], [])


@case("head, foot and logo are on what is rendered from now on")
def _():
    p, _account = client(plan="PREPAID", category="INDIVIDUAL")
    setting("invoice.header_text", "Head = of 2 < 3")
    setting("invoice.footer_text", "Register 77")
    same(admin.get("/invoice-logo").json["logo"], None)
    a = put_logo(admin, png(300, 100))
    same((a.status, a.json["logo"]["width"], a.json["logo"]["height"]), (200, 300, 100))
    shown = whole(admin, "/invoice-logo/png")
    same((shown.raw, shown.headers["content-type"]), (png(300, 100), "image/png"))
    made = p.post_i("/recharges", {"amount": "25.00"}).json["invoice_id"]
    raw = whole(p, f"/invoices/{made}/pdf").raw
    text = text_of(raw)
    for word in ("Request for funds", "Head = of 2 < 3", "Register 77", "25.00"):
        assert word in text, word
    assert "Unit price" not in text, text
    assert b"/Subtype /Image" in raw, "the logo"
    same(admin.request("DELETE", "/invoice-logo").json["logo"], None)
    same(admin.get("/invoice-logo/png").status, 404)
    same(admin.request("DELETE", "/invoice-logo").status, 404)
    setting("invoice.header_text", "")
    setting("invoice.footer_text", "")


@case("a logo is a PNG of bounded size that can be read, nothing else")
def _():
    small = png(10, 10)
    bad = {"text": b"hello", "jpeg": b"\xff\xd8\xff\xe0" + b"\0" * 100, "cut": small[:40],
           "signature only": small[:8], "2001 wide": png(2001, 1), "1001 high": png(1, 1001),
           "bomb": png(1, 1)[:16] + struct.pack(">II", 100000, 100000) + png(1, 1)[24:],
           "nothing in it": png(10, 10, b""), "noise": png(10, 10, b"\x12" * 50),
           "200 kB and one": (small + b"\0" * 200001)[:200001]}
    for name, data in bad.items():
        a = put_logo(admin, data)
        same((a.status, list(a.fields)), (422, ["png"]), name)
    for text in ("", "====", "abc", "ab=c", "not base64!", "iVBORw0KGgo", "../../etc/passwd"):
        a = admin.request("PUT", "/invoice-logo", {"png": text})
        same((a.status, list(a.fields)), (422, ["png"]), text)
    same(admin.request("PUT", "/invoice-logo", {"file": "/etc/passwd"}).status, 422)
    same(admin.get("/invoice-logo").json["logo"], None)
    return f"{len(bad) + 7} refused"


@case("the command exports to a file and to standard output, and refuses what is not there")
def _():
    path = f"{stack.home}/run/export.pdf"
    out = command("--json", "invoice", "export", str(ID), "pdf", path)
    assert b'"sha256"' in out, out
    with open(path, "rb") as f:
        same(f.read() == whole(ada, f"/invoices/{ID}/pdf").raw, True)
    for args in (("999999999", "pdf", "-"), (str(ID), "docx", "-"), ("x", "pdf", "-"),
                 (str(ID), "pdf", "/no/such/folder/x.pdf")):
        command("invoice", "export", *args, ok=False)
    command("invoice", "link", "999999999", "pdf", ok=False)


@case("a link opens for its time and not a second longer")
def _():
    setting("document.link_days", 3)
    path = command("invoice", "link", str(ID), "pdf").decode().strip()
    until = int(path.rsplit("/", 1)[1].split(".")[2])
    end = datetime.datetime.fromtimestamp(until, datetime.timezone.utc)
    assert datetime.timedelta(days=2, hours=23) < end - now() <= datetime.timedelta(days=3)
    move(end - datetime.timedelta(minutes=2))
    same(anonymous(path).status, 200, "before its end")
    setting("document.link_days", 365)      # what was signed stays as it was signed
    move(end)
    a = anonymous(path)
    same((a.status, a.code), (404, "document.link"), "at its end")


finish()
