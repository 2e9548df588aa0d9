"""Reading of PHP-style form bodies and checking them against declared parameter tables.

Every API action declares what it takes. A real WHMCS ignores most of what it does not
understand; this stand-in refuses it, because a misspelt parameter that is ignored in
silence is exactly the mistake a test peer should bring to light.
"""

import base64
import binascii
import datetime
import re
from urllib.parse import unquote_to_bytes

MAX_KEY = 200
MAX_DEPTH = 3
MAX_ID = 2 ** 63 - 1
MAX_CENTS = 10 ** 16 - 1          # 14 digits before the point, 2 after it
SERIAL_LIMIT = 65536

COMMON = ("action", "identifier", "secret", "username", "password", "accesskey", "responsetype")
SECRET_NAMES = frozenset(("identifier", "secret", "username", "password", "accesskey",
                          "password2", "cvv", "cardnum", "securityqans"))

COUNTRIES = frozenset((
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ "
    "BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM "
    "DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS "
    "GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN "
    "KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ "
    "MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM "
    "PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV "
    "SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI "
    "VN VU WF WS YE YT ZA ZM ZW").split())


class ApiError(Exception):
    """A refusal that WHMCS states as result=error. It may also be a breach of contract."""

    def __init__(self, message, breach=None, status=200):
        super().__init__(message)
        self.message = message
        self.breach = breach
        self.status = status


class BadValue(Exception):
    """A parameter value of the wrong form; the text says in which way."""


class P:
    """One declared parameter. `missing` and `bad` are WHMCS's own texts where they are known."""

    def __init__(self, kind, required=False, missing=None, bad=None, allowed=(), maxlen=65535):
        self.kind = kind
        self.required = required
        self.missing = missing
        self.bad = bad
        self.allowed = allowed
        self.maxlen = maxlen


class Action:
    def __init__(self, name, function, params, write, numbered):
        self.name = name
        self.function = function
        self.params = params
        self.write = write
        self.numbered = numbered


ACTIONS = {}


def action(name, write=False, numbered=None, **params):
    """Register a function as an API action with its declared parameters."""
    def wrap(function):
        ACTIONS[name.lower()] = Action(name, function, params, write, numbered or {})
        return function
    return wrap


# ---------------------------------------------------------------- form bodies

def _decode(raw, problems):
    data = unquote_to_bytes(raw.replace(b"+", b" "))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        problems.append("a value is not valid UTF-8")
        text = data.decode("utf-8", "replace")
    return text


def _key_path(key):
    """Split `name[a][]` into ("name", "a", ""). Returns None when the brackets do not match."""
    match = re.fullmatch(r"([^\[\]]+)((?:\[[^\[\]]*\])*)", key)
    if not match or len(key) > MAX_KEY:
        return None
    path = [match.group(1)] + re.findall(r"\[([^\[\]]*)\]", match.group(2))
    return path if len(path) <= MAX_DEPTH else None


def _put(tree, path, value, problems):
    """Store a value as PHP would: the last of two equal names wins, `[]` appends."""
    node = tree
    for step in path[:-1]:
        child = node.get(step)
        if not isinstance(child, dict):
            child = node[step] = {}
        node = child
    last = path[-1]
    if last == "" and len(path) > 1:
        numbers = [int(k) for k in node if k.isdigit()]
        last = str(max(numbers) + 1 if numbers else 0)
    if last in node:
        problems.append('parameter "%s" is given twice' % "/".join(path))
    node[last] = value


def parse_form(body, max_vars):
    """Parse a form body. Returns (tree, problems); fields past max_vars are dropped, as PHP does."""
    tree, problems = {}, []
    pairs = [p for p in body.split(b"&") if p]
    if len(pairs) > max_vars:
        problems.append("%d fields sent, PHP keeps max_input_vars=%d" % (len(pairs), max_vars))
        pairs = pairs[:max_vars]
    for pair in pairs:
        raw_key, _, raw_value = pair.partition(b"=")
        key = _decode(raw_key, problems)
        path = _key_path(key)
        if path is None:
            problems.append('unreadable parameter name "%s"' % key[:80])
            continue
        _put(tree, path, _decode(raw_value, problems), problems)
    return tree, problems


def redact(tree):
    """A copy fit for the journal: credentials and passwords replaced by stars."""
    out = {}
    for key, value in tree.items():
        if key.lower() in SECRET_NAMES:
            out[key] = "***"
        elif isinstance(value, dict):
            out[key] = redact(value)
        else:
            out[key] = value if len(value) <= 4096 else value[:4096] + "..."
    return out


# ---------------------------------------------------------------- scalar readers

def parse_cents(text, signed=False):
    """Exact reading of a decimal money text into integer cents; no floats on the way."""
    match = re.fullmatch(r"(-?)(\d{1,14})(?:\.(\d{1,2}))?", text, re.ASCII)
    if not match:
        raise BadValue("is not money with at most 2 decimals")
    cents = int(match.group(2)) * 100 + int((match.group(3) or "0").ljust(2, "0"))
    if match.group(1):
        if not signed:
            raise BadValue("must not be negative")
        cents = -cents
    return cents


def parse_micro(text):
    """A percentage such as a tax rate, in millionths of one per cent."""
    match = re.fullmatch(r"(\d{1,3})(?:\.(\d{1,6}))?", text, re.ASCII)
    if not match:
        raise BadValue("is not a rate with at most 6 decimals")
    return int(match.group(1)) * 10 ** 6 + int((match.group(2) or "0").ljust(6, "0"))


def _int(text):
    if not re.fullmatch(r"\d{1,19}", text, re.ASCII) or int(text) > MAX_ID:
        raise BadValue("is not a whole number")
    return int(text)


def _stamp(text, form, shape):
    try:
        when = datetime.datetime.strptime(text, form)
    except ValueError:
        raise BadValue("is not a date of the form " + shape) from None
    if when.strftime(form) != text and when.year >= 1000:
        raise BadValue("is not a date of the form " + shape)
    return when


def parse_date(text):
    return _stamp(text, "%Y-%m-%d", "YYYY-MM-DD").strftime("%Y-%m-%d")


def parse_datetime(text):
    return _stamp(text, "%Y-%m-%d %H:%M:%S", "YYYY-MM-DD HH:MM:SS").strftime("%Y-%m-%d %H:%M:%S")


LOCAL_FORMS = {
    "DD/MM/YYYY": "%d/%m/%Y", "DD.MM.YYYY": "%d.%m.%Y", "DD-MM-YYYY": "%d-%m-%Y",
    "MM/DD/YYYY": "%m/%d/%Y", "YYYY/MM/DD": "%Y/%m/%d", "YYYY-MM-DD": "%Y-%m-%d",
}


def parse_local_date(text, date_format):
    """A date in the installation's Localisation format; returned in ISO form."""
    return _stamp(text, LOCAL_FORMS[date_format], date_format).strftime("%Y-%m-%d")


def _bool(text):
    if text in ("1", "true", "on"):
        return True
    if text in ("0", ""):
        return False
    # PHP takes any non-empty text but "0" as true, so "false" would mean its opposite.
    raise BadValue("is not a boolean (send 1 or 0)")


def valid_email(text):
    return bool(re.fullmatch(r"[^@\s<>\"(),;:]{1,64}@[A-Za-z0-9.-]{1,253}\.[A-Za-z0-9-]{2,63}", text))


def _country(text):
    if text not in COUNTRIES:
        raise BadValue("is not an ISO 3166 two-letter country code")
    return text


# ---------------------------------------------------------------- base64(PHP serialize(array))

class _Serial:
    """A bounded reader of one flat PHP array with whole-number keys and string values."""

    def __init__(self, data):
        self.data = data
        self.at = 0

    def expect(self, literal):
        if self.data[self.at:self.at + len(literal)] != literal:
            raise BadValue("is not a PHP serialized array (byte %d)" % self.at)
        self.at += len(literal)

    def number(self, end):
        stop = self.data.find(end, self.at, self.at + 12)
        digits = self.data[self.at:stop] if stop >= 0 else b""
        if not re.fullmatch(rb"-?\d{1,10}", digits):
            raise BadValue("is not a PHP serialized array (byte %d)" % self.at)
        self.at = stop + len(end)
        return int(digits)

    def string(self):
        self.expect(b"s:")
        size = self.number(b":")
        self.expect(b'"')
        text = self.data[self.at:self.at + size]
        if size < 0 or len(text) != size:
            raise BadValue("holds a string shorter than its length says")
        self.at += size
        self.expect(b'";')
        try:
            return text.decode("utf-8")
        except UnicodeDecodeError:
            raise BadValue("holds a string that is not UTF-8") from None

    def scalar(self):
        if self.data[self.at:self.at + 2] == b"i:":
            self.at += 2
            return self.number(b";")
        return self.string()

    def array(self):
        self.expect(b"a:")
        count = self.number(b":")
        self.expect(b"{")
        if not 0 <= count <= 1000:
            raise BadValue("holds too many entries")
        out = {}
        for _ in range(count):
            key = self.scalar()
            out[str(key)] = str(self.scalar())
        self.expect(b"}")
        if self.at != len(self.data):
            raise BadValue("has bytes after the serialized array")
        return out


def parse_serial(text):
    if len(text) > SERIAL_LIMIT:
        raise BadValue("is too long")
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadValue("is not base64") from None
    return _Serial(data).array()


# ---------------------------------------------------------------- checks against the tables

def _local(text, cfg):
    return parse_local_date(text, cfg["date_format"])


READERS = {
    "text": lambda v, cfg: v,
    "id": lambda v, cfg: _int(v),
    "int": lambda v, cfg: _int(v),
    "money": lambda v, cfg: parse_cents(v),
    "smoney": lambda v, cfg: parse_cents(v, signed=True),
    "rate": lambda v, cfg: parse_micro(v),
    "bool": lambda v, cfg: _bool(v),
    "date": lambda v, cfg: parse_date(v),
    "datetime": lambda v, cfg: parse_datetime(v),
    "localdate": _local,
    "country": lambda v, cfg: _country(v),
    "serial": lambda v, cfg: parse_serial(v),
}


def _read_scalar(param, value, cfg):
    if isinstance(value, dict):
        raise BadValue("must not be an array")
    if len(value) > param.maxlen:
        raise BadValue("is longer than %d characters" % param.maxlen)
    if param.allowed and value not in param.allowed:
        raise BadValue("is not one of: " + ", ".join(param.allowed))
    return READERS[param.kind](value, cfg)


def _read_map(param, value, cfg):
    """`map:kind` is name[key]=v; `list:kind` is name[]=v and keeps the values only."""
    shape, kind = param.kind.split(":")
    if not isinstance(value, dict):
        raise BadValue("must be an array")
    inner = P(kind, maxlen=param.maxlen)
    if shape == "list":
        return [_read_scalar(inner, v, cfg) for v in value.values()]
    if param.allowed:
        for key in value:
            if key not in param.allowed:
                raise BadValue('has the unknown key "%s"' % key)
    return {key: _read_scalar(inner, v, cfg) for key, v in value.items()}


def read_value(param, value, cfg):
    return _read_map(param, value, cfg) if ":" in param.kind else _read_scalar(param, value, cfg)


def _check_one(name, param, value, cfg, out):
    """Returns (reason, answer) when the value breaks the declaration, else None."""
    absent = value is None or value == ""
    if absent and param.required:
        reason = 'required parameter "%s" is missing' % name
        return reason, param.missing or "Sandbox: " + reason
    if value is None or (value == "" and param.kind != "text"):
        return None
    try:
        out[name] = read_value(param, value, cfg)
    except BadValue as bad:
        reason = 'parameter "%s" %s' % (name, bad)
        shown = value if isinstance(value, str) else ""
        return reason, (param.bad or "Sandbox: " + reason).replace("{v}", shown[:100])
    return None


def _numbered(action_, tree, cfg):
    """Collect itemdescription1, itemamount1, ... into a list of rows; gaps are refused."""
    rows, problems, used = {}, [], set()
    for name, value in tree.items():
        match = re.fullmatch(r"([a-z]+?)([1-9]\d{0,5})", name)
        if not match or match.group(1) not in action_.numbered:
            continue
        used.add(name)
        stem, number = match.group(1), int(match.group(2))
        try:
            rows.setdefault(number, {})[stem] = _read_scalar(action_.numbered[stem], value, cfg)
        except BadValue as bad:
            problems.append('parameter "%s" %s' % (name, bad))
    for position, number in enumerate(sorted(rows), 1):
        if number != position:
            problems.append("numbered parameters are not contiguous: %d is missing" % position)
            break
    for number, row in sorted(rows.items()):
        for stem, param in action_.numbered.items():
            if param.required and stem not in row and not problems:
                problems.append('required parameter "%s%d" is missing' % (stem, number))
    return [rows[n] for n in sorted(rows)], problems, used


def validate(action_, tree, cfg):
    """Check a call. Returns (values, breach reasons, answer text or None)."""
    values, reasons, answer = {}, [], None
    used = set(COMMON)
    if action_.numbered:
        values["lines"], problems, names = _numbered(action_, tree, cfg)
        used |= names
        for reason in problems:
            reasons.append(reason)
            answer = answer or "Sandbox: " + reason
    for name, param in action_.params.items():
        used.add(name)
        fault = _check_one(name, param, tree.get(name), cfg, values)
        if fault:
            reasons.append(fault[0])
            answer = answer or fault[1]
    for name in tree:
        if name not in used:
            reason = 'unknown parameter "%s" for action %s' % (name[:80], action_.name)
            reasons.append(reason)
            answer = answer or "Sandbox: " + reason
    return values, reasons, answer
