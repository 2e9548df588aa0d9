"""Paging and the shapes a list can take in a reply: plural container, singular key, array."""

from params import ApiError, P

PAGE = {"limitstart": P("int"), "limitnum": P("int")}
DEFAULT_PAGE = 25


def window(values):
    """Offset and size of the wanted page. Zero is taken as not given, as PHP would."""
    return values.get("limitstart") or 0, values.get("limitnum") or DEFAULT_PAGE


def guard_size(tx, size):
    """Very large pages exhaust PHP's memory; the reply is then an HTML 500, never JSON."""
    if size > tx.cfg["max_page_rows"]:
        raise ApiError("memory exhausted", status=500)


def counters(tx, total, start, rows):
    return {"totalresults": tx.num(total), "startnumber": tx.num(start),
            "numreturned": tx.num(len(rows))}


def empty_list(tx, key, documented):
    """What stands where a list would be. None means the key is left out altogether."""
    nested = {key: []} if key else []
    return {"documented": documented, "": "", "[]": [], "{}": {}, "nested": nested,
            "missing": None}[tx.cfg["empty_list_style"]]


def shaped(tx, rows):
    style = tx.cfg["list_style"]
    if style == "lone_object" and len(rows) == 1:
        return rows[0]
    if style == "numeric_keys":
        return {str(i): row for i, row in enumerate(rows)}
    return rows


def put_list(tx, out, plural, key, rows, documented=None):
    """Add `plural: {key: [...]}` to the reply, or the installation's way of saying "none"."""
    if rows:
        out[plural] = {key: shaped(tx, rows)} if key else shaped(tx, rows)
        return out
    if documented is None:
        documented = {key: []} if key else []
    value = empty_list(tx, key, documented)
    if value is not None:
        out[plural] = value
    return out


def prefix_clause(columns):
    """SQL for "any of these columns begins with the text", in a form the indexes can serve."""
    return "(" + " OR ".join("(%s >= ? AND %s < ?)" % (c, c) for c in columns) + ")"


def prefix_args(columns, text):
    return [text, text + "\U0010ffff"] * len(columns)
