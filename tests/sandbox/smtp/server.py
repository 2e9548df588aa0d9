#!/usr/bin/python3
"""A strict little mail server and the mailbox of the demo: takes every mail, keeps
it in a journal, shows it on a page, and misbehaves when told to.

usage: server.py --port SMTP --http PORT --state DIR --pidfile FILE

SMTP on loopback without TLS, as a relay on one's own machine. What a client does
against RFC 5321/5322 is refused and kept as a breach. Control API (JSON):

	GET    /_sandbox/mails[?to=...]       the journal, oldest first
	GET    /_sandbox/breaches
	POST   /_sandbox/fault {mode, times, [to], [delay]}
	DELETE /_sandbox/fault
	POST   /_sandbox/clear                empties the mailbox

Modes: mail421 mail550 rcpt450 rcpt550 data451 data554 (answers of that step), drop_before
(hangs up at DATA), drop_after (takes the whole mail, hangs up before its 250),
lose_after (the same, and the mail is lost), slow (waits before 250), refuse (hangs up
at once).
"""
import argparse
import asyncio
import email
import email.policy
import hashlib
import html
import json
import os
import re
import signal
import time
import urllib.parse

LINE_MAX = 1000
MESSAGE_MAX = 32 << 20
ADDRESS = re.compile(r"<([^<>\s\x00-\x1f\x7f@]+@[A-Za-z0-9.\-\[\]:]+)>")
ONCE = ("from", "to", "date", "message-id", "subject", "mime-version")


class Box:
    """The journal: one JSON line each, on disk before the client is told 250."""

    def __init__(self, state):
        os.makedirs(state, exist_ok=True)
        self.path = os.path.join(state, "journal.jsonl")
        self.mails, self.breaches, self.faults = [], [], []
        if os.path.exists(self.path):
            with open(self.path, encoding="utf-8") as f:
                self.mails = [json.loads(line) for line in f if line.endswith("\n")]

    def keep(self, mail):
        mail["id"] = len(self.mails) + 1
        with open(self.path, "a", encoding="utf-8") as f:
            f.write(json.dumps(mail) + "\n")
            f.flush()
            os.fsync(f.fileno())
        self.mails.append(mail)

    def clear(self):
        self.mails, self.breaches = [], []
        if os.path.exists(self.path):
            os.remove(self.path)

    def breach(self, text):
        self.breaches.append({"at": time.time(), "text": text})

    def fault(self, modes, to=None):
        """Takes one use of a fault for this step."""
        for f in self.faults:
            if f["mode"] in modes and f["times"] > 0 and f.get("to") in (None, "", to):
                f["times"] -= 1
                return f
        return None


def problems(raw):
    """What is wrong with a message by RFC 5322."""
    found = []
    head = raw.split(b"\r\n\r\n", 1)[0]
    if b"\r\n\r\n" not in raw:
        found.append("no empty line after the head")
    if any(b > 126 or (b < 32 and b not in (9, 10, 13)) for b in head):
        found.append("not ASCII in the head")
    if re.search(rb"[^\r]\n|\r[^\n]", raw):
        found.append("a bare CR or LF")
    if any(len(line) > 998 for line in raw.split(b"\r\n")):
        found.append("a line longer than 998")
    names = [line.split(b":", 1)[0].lower().decode() for line in head.split(b"\r\n")
             if line and line[:1] not in b" \t"]
    for name in ONCE:
        if names.count(name) != 1:
            found.append(f"{name} {names.count(name)} times")
    return found


def mail_of(raw, sender, to):
    """What tests and the page look at."""
    m = email.message_from_bytes(raw, policy=email.policy.default)
    parts, files = {}, []
    for part in m.walk():
        if part.is_multipart():
            continue
        data = part.get_payload(decode=True) or b""
        if part.get_filename():
            files.append({"name": part.get_filename(), "type": part.get_content_type(),
                          "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest(),
                          "begin": data[:8].decode("latin-1")})
        else:
            parts.setdefault(part.get_content_type(), data.decode("utf-8"))
    return {"at": time.time(), "sender": sender, "to": to, "subject": str(m["subject"]),
            "from": str(m["from"]), "message_id": str(m["message-id"]).strip(),
            "date": str(m["date"]), "headers": [[k, str(v)] for k, v in m.items()],
            "text": parts.get("text/plain", ""), "html": parts.get("text/html", ""),
            "files": files, "type": m.get_content_type(), "size": len(raw)}


class Session:
    def __init__(self, box, reader, writer):
        self.box, self.reader, self.writer = box, reader, writer
        self.greeted, self.sender, self.to = False, None, []

    async def say(self, text):
        self.writer.write(text.encode() + b"\r\n")
        await self.writer.drain()

    async def line(self):
        raw = await asyncio.wait_for(self.reader.readuntil(b"\n"), 60)
        if not raw.endswith(b"\r\n") or len(raw) > LINE_MAX:
            self.box.breach(f"a command line not by the rules: {raw[:80]!r}")
        return raw.rstrip(b"\r\n").decode("latin-1")

    async def run(self):
        if self.box.fault(("refuse",)):
            return
        await self.say("220 mail sandbox ESMTP")
        while True:
            text = await self.line()
            verb = text.split(" ")[0].split(":")[0].upper()
            if verb in ("QUIT",):
                await self.say("221 bye")
                return
            step = getattr(self, f"do_{verb.lower()}", None)
            if step is None:
                self.box.breach(f"unknown command {text[:80]!r}")
                await self.say("500 what?")
            elif await step(text) == "end":
                return

    async def do_ehlo(self, _):
        self.greeted, self.sender, self.to = True, None, []
        await self.say("250-sandbox\r\n250-SIZE 33554432\r\n250 8BITMIME")

    async def do_helo(self, text):
        self.box.breach("HELO instead of EHLO")
        await self.do_ehlo(text)

    async def do_rset(self, _):
        self.sender, self.to = None, []
        await self.say("250 forgotten")

    async def do_noop(self, _):
        await self.say("250 yes")

    async def do_mail(self, text):
        got = re.fullmatch(r"MAIL FROM:" + ADDRESS.pattern + r"(?: [A-Z0-9]+=\S+)*", text)
        if not self.greeted or self.sender or not got:
            self.box.breach(f"MAIL: {text[:120]!r}")
            return await self.say("503 not now, or not like this")
        if self.box.fault(("mail421",)):
            await self.say("421 closing, try again later")
            return "end"
        if self.box.fault(("mail550",)):
            return await self.say("550 5.7.1 nobody may send as this")
        self.sender = got.group(1)
        await self.say("250 ok")

    async def do_rcpt(self, text):
        got = re.fullmatch(r"RCPT TO:" + ADDRESS.pattern, text)
        if not self.sender or not got:
            self.box.breach(f"RCPT: {text[:120]!r}")
            return await self.say("503 not now, or not like this")
        to = got.group(1)
        if self.box.fault(("rcpt450",), to):
            return await self.say("450 4.2.1 try again later")
        if self.box.fault(("rcpt550",), to):
            return await self.say("550 5.1.1 nobody of that name here")
        self.to.append(to)
        await self.say("250 ok")

    async def message(self):
        """Up to the lone dot, dots taken back."""
        out, size = [], 0
        while True:
            line = await asyncio.wait_for(self.reader.readuntil(b"\n"), 60)
            if line == b".\r\n":
                return b"".join(out)
            size += len(line)
            if size > MESSAGE_MAX:
                raise ConnectionError("too large")
            out.append(line[1:] if line.startswith(b".") else line)

    async def do_data(self, _):
        if not self.to:
            self.box.breach("DATA without a recipient")
            return await self.say("503 no recipient")
        to = self.to[0]
        if self.box.fault(("drop_before",), to):
            return "end"
        await self.say("354 go on")
        raw = await self.message()
        for mode, answer in (("data451", "451 4.3.0 try again later"),
                             ("data554", "554 5.6.0 not wanted")):
            if self.box.fault((mode,), to):
                self.sender, self.to = None, []
                return await self.say(answer)
        if self.box.fault(("lose_after",), to):
            return "end"
        wrong = problems(raw)
        if wrong:
            self.box.breach(f"message to {to}: {', '.join(wrong)}")
            self.sender, self.to = None, []
            return await self.say("554 5.6.0 " + wrong[0])
        self.box.keep(mail_of(raw, self.sender, self.to))
        if self.box.fault(("drop_after",), to):
            return "end"
        slow = self.box.fault(("slow",), to)
        if slow:
            await asyncio.sleep(float(slow.get("delay") or 3))
        self.sender, self.to = None, []
        await self.say("250 2.0.0 taken")


async def smtp(box, reader, writer):
    try:
        await Session(box, reader, writer).run()
    except (ConnectionError, asyncio.IncompleteReadError, asyncio.TimeoutError,
            asyncio.LimitOverrunError):
        pass
    finally:
        writer.close()


STYLE = """body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;
color:#1d2530}table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.4rem .6rem;
border-bottom:1px solid #d9dee5}pre{white-space:pre-wrap;background:#f4f5f7;padding:1rem}
iframe{width:100%;height:30rem;border:1px solid #d9dee5}"""


def page(title, body):
    return (f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
            f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head>'
            f"<body><main><h1>{title}</h1>{body}</main></body></html>")


def page_list(box):
    rows = "".join(
        f'<tr><td>{time.strftime("%H:%M:%S", time.gmtime(m["at"]))}</td>'
        f'<td>{html.escape(", ".join(m["to"]))}</td>'
        f'<td><a href="/mail/{m["id"]}">{html.escape(m["subject"])}</a></td>'
        f'<td>{html.escape(", ".join(f["name"] for f in m["files"]))}</td></tr>'
        for m in reversed(box.mails[-500:]))
    return page("Mailbox of the demo", f"<p>{len(box.mails)} mails; nothing leaves this machine."
                f"</p><table><thead><tr><th>Time</th><th>To</th><th>Subject</th><th>Files</th></tr>"
                f"</thead><tbody>{rows}</tbody></table>")


def page_mail(m):
    head = "".join(f"<tr><th>{html.escape(k)}</th><td>{html.escape(v)}</td></tr>"
                   for k, v in m["headers"] if not k.lower().startswith(("content", "mime")))
    text = re.sub(r"(https?://[^\s&]+)", r'<a href="\1" rel="noreferrer">\1</a>',
                  html.escape(m["text"]))
    return page(html.escape(m["subject"]), f'<p><a href="/">All mails</a></p><table>{head}</table>'
                f'<pre>{text}</pre><h2>As HTML</h2><iframe title="HTML" sandbox '
                f'srcdoc="{html.escape(m["html"], quote=True)}"></iframe>')


def answer(box, method, target, body):
    url = urllib.parse.urlsplit(target)
    want = dict(urllib.parse.parse_qsl(url.query))
    if url.path == "/":
        return 200, "text/html; charset=utf-8", page_list(box)
    if url.path.startswith("/mail/"):
        found = [m for m in box.mails if str(m["id"]) == url.path[6:]]
        return ((200, "text/html; charset=utf-8", page_mail(found[0])) if found
                else (404, "text/plain", "no such mail"))
    out = {"ok": True}
    if (method, url.path) == ("GET", "/_sandbox/mails"):
        out = {"mails": [m for m in box.mails if want.get("to") in (None, *m["to"])]}
    elif (method, url.path) == ("GET", "/_sandbox/breaches"):
        out = {"breaches": box.breaches}
    elif (method, url.path) == ("POST", "/_sandbox/fault"):
        box.faults.append({"times": 1, **json.loads(body)})
    elif (method, url.path) == ("DELETE", "/_sandbox/fault"):
        box.faults = []
    elif (method, url.path) == ("POST", "/_sandbox/clear"):
        box.clear()
    else:
        return 404, "application/json", json.dumps({"ok": False})
    return 200, "application/json", json.dumps(out)


async def http(box, reader, writer):
    try:
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
        lines = head.decode("latin-1").split("\r\n")
        method, target, _ = lines[0].split(" ")
        length = next((int(x.split(":")[1]) for x in lines if
                       x.lower().startswith("content-length:")), 0)
        body = await reader.readexactly(length) if length else b""
        status, kind, text = answer(box, method, target, body)
        data = text.encode()
        writer.write((f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(data)}"
                      f"\r\nReferrer-Policy: no-referrer\r\nConnection: close\r\n\r\n").encode()
                     + data)
        await writer.drain()
    except (ConnectionError, asyncio.IncompleteReadError, asyncio.TimeoutError, ValueError,
            KeyError, asyncio.LimitOverrunError):
        pass
    finally:
        writer.close()


async def main():
    p = argparse.ArgumentParser()
    for name in ("port", "http"):
        p.add_argument(f"--{name}", type=int, required=True)
    p.add_argument("--state", required=True)
    p.add_argument("--pidfile")
    a = p.parse_args()
    box = Box(a.state)
    stop = asyncio.Event()
    for sig in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sig, stop.set)
    servers = [await asyncio.start_server(lambda r, w: smtp(box, r, w), "127.0.0.1", a.port),
               await asyncio.start_server(lambda r, w: http(box, r, w), "127.0.0.1", a.http)]
    if a.pidfile:
        with open(a.pidfile, "w", encoding="ascii") as f:
            f.write(f"{os.getpid()}\n")
    await stop.wait()
    for s in servers:
        s.close()

if __name__ == "__main__":
    asyncio.run(main())
