# Named SQL statements -> gen/stmt.h and gen/stmt.c. POSIX awk.
#
#	awk -f gen-stmt.awk -v header=stmt.h -v source=stmt.c query/*.sql
#
# A statement:
#	-- name: invoice_lock :one	(:one | :many | :exec | :insert | :text)
#	-- why: at least one line; further "-- ..." lines go on with it
#	-- in: account_id u64, id u64, note str?
#	-- out: id u64, total i64, paid_at i64?
#	-- scan: ok the reason		(a SELECT that may read a whole table)
#	SELECT ... WHERE account_id = :account_id AND ... ;
#
# A part is a piece of statements that must not be written twice; its name in
# braces stands for it, in the same file below it or in later files:
#	-- part: rows_of
#	-- why: ...
#	(SELECT ... WHERE account_id = :account_id)
# {rows_of account_id=id} binds the statement's id there, {rows_of account_id=0} a number.
#
# Types: u64 i64 u32 i32 bool str binN blob; ? after it: may be NULL. A blob is
# bytes and, beside them, <name>_len. Parameters are
# either ? in order or :name, which may be used several times; not both.
# :text has no parameters, no result and no function: sent as it stands.

BEGIN {
	nstmt = 0
	nerr = 0
	cur = 0
	in_body = 0
	split("auto break case char const continue default do else enum extern for goto if " \
	      "inline int long register restrict return short signed sizeof static struct " \
	      "switch typedef union unsigned void volatile while bool true false c", words, " ")
	for (i in words)
		reserved[words[i]] = 1
	ctype["u64"] = "uint64_t"; dbtype["u64"] = "DB_U64"
	ctype["i64"] = "int64_t";  dbtype["i64"] = "DB_I64"
	ctype["u32"] = "uint32_t"; dbtype["u32"] = "DB_U32"
	ctype["i32"] = "int32_t";  dbtype["i32"] = "DB_I32"
	ctype["bool"] = "bool";    dbtype["bool"] = "DB_BOOL"
	dbtype["str"] = "DB_STR"
	dbtype["bin"] = "DB_BIN"
	dbtype["blob"] = "DB_BLOB"
}

function complain(where, text)
{
	printf "%s: error: %s\n", where, text > "/dev/stderr"
	nerr++
}

function here()
{
	return FILENAME ":" FNR
}

function trim(s)
{
	sub(/^[ \t\r]+/, "", s)
	sub(/[ \t\r]+$/, "", s)
	return s
}

# "a u64, b str?" appended to the list `dir` ("in" or "out") of the current statement.
function add_fields(dir, list,    parts, n, i, w, nw, type, null, key)
{
	if (mode[cur] == "text")
		complain(here(), "a :text statement has no -- " dir ":")
	if (dir == "out" && (mode[cur] == "exec" || mode[cur] == "insert"))
		complain(here(), "an :" mode[cur] " statement has no -- out:")
	n = split(list, parts, ",")
	for (i = 1; i <= n; i++) {
		nw = split(trim(parts[i]), w, /[ \t]+/)
		if (nw == 0 && i == n && n > 1)
			continue	# a trailing comma: the list goes on
		if (nw != 2) {
			complain(here(), "expected \"name type\", found \"" trim(parts[i]) "\"")
			continue
		}
		type = w[2]
		null = sub(/\?$/, "", type)
		if (w[1] !~ /^[a-z][a-z0-9_]*$/ || w[1] in reserved || w[1] ~ /_r$/)
			complain(here(), "\"" w[1] "\" cannot be a name here")
		if (!(type in dbtype) && type !~ /^bin[1-9][0-9]*$/ || type == "bin")
			complain(here(), "unknown type \"" w[2] "\" of " w[1])
		key = cur SUBSEP dir SUBSEP w[1]
		if (key in field_seen)
			complain(here(), dir " " w[1] " is there twice")
		field_seen[key] = ++nfields[cur, dir]
		fname[cur, dir, nfields[cur, dir]] = w[1]
		ftype[cur, dir, nfields[cur, dir]] = type
		fnull[cur, dir, nfields[cur, dir]] = null
	}
}

# :name in a part's text bound to another parameter, or to a number.
function with_argument(text, name, value,    out, next_ch, at)
{
	out = ""
	while ((at = index(text, ":" name)) > 0) {
		next_ch = substr(text, at + length(name) + 1, 1)
		out = out substr(text, 1, at - 1)
		if (next_ch ~ /[a-z0-9_]/)
			out = out ":" name
		else
			out = out (value ~ /^[0-9]+$/ ? value : ":" value)
		text = substr(text, at + length(name) + 1)
	}
	return out text
}

# The parts in a statement, in place of their names.
function with_parts(s, body,    name, text, w, n, i, eq, start, len)
{
	while (match(body, /\{[a-z][a-z0-9_= ]*\}/)) {
		start = RSTART
		len = RLENGTH
		n = split(substr(body, start + 1, len - 2), w, / +/)
		name = w[1]
		if (!(name in part)) {
			complain(file[s] ":" line[s], stmt[s] ": no part \"" name "\" above")
			break
		}
		part_used[name] = 1
		text = with_parts(s, part[name])
		for (i = 2; i <= n; i++) {
			eq = index(w[i], "=")
			if (eq < 2 || index(text, ":" substr(w[i], 1, eq - 1)) == 0)
				complain(file[s] ":" line[s], stmt[s] ": part \"" name \
					 "\" has no parameter \"" w[i] "\"")
			text = with_argument(text, substr(w[i], 1, eq - 1), substr(w[i], eq + 1))
		}
		body = substr(body, 1, start - 1) text substr(body, start + len)
	}
	return body
}

# Comments out, whitespace folded, :name -> ?; fills text[s] and bind[s, n].
function scan_body(s,    body, n, i, ch, nx, out, quote, name, positional, where, used, space)
{
	where = file[s] ":" line[s]
	body = with_parts(s, raw[s])
	n = length(body)
	out = ""
	quote = ""
	space = 0
	nbind[s] = 0
	positional = 0
	for (i = 1; i <= n; i++) {
		ch = substr(body, i, 1)
		nx = substr(body, i + 1, 1)
		if (quote != "") {
			out = out ch
			if (ch == "\\" && quote != "`") {
				out = out nx
				i++
			} else if (ch == quote) {
				quote = ""
			}
			continue
		}
		if (ch == "#" || (ch == "-" && nx == "-" && substr(body, i + 2, 1) ~ /[ \t\n]/)) {
			while (i <= n && substr(body, i, 1) != "\n")
				i++
			ch = "\n"
		} else if (ch == "/" && nx == "*") {
			i += 2
			while (i <= n && substr(body, i, 2) != "*/")
				i++
			i++
			ch = " "
		}
		if (ch ~ /[ \t\r\n]/) {
			space = out != ""
			continue
		}
		if (space) {
			out = out " "
			space = 0
		}
		if (ch == "'" || ch == "\"" || ch == "`")
			quote = ch
		if (ch == "?") {
			positional++
			bind[s, ++nbind[s]] = positional
		} else if (ch == ":" && nx ~ /[a-z]/) {
			name = ""
			while (substr(body, i + 1, 1) ~ /[a-zA-Z0-9_]/) {
				name = name substr(body, i + 1, 1)
				i++
			}
			if (!((s SUBSEP "in" SUBSEP name) in field_seen)) {
				complain(where, stmt[s] ": :" name " is not in -- in:")
				continue
			}
			bind[s, ++nbind[s]] = field_seen[s, "in", name]
			used[name] = 1
			ch = "?"
			named[s] = 1
		}
		out = out ch
	}
	if (quote != "")
		complain(where, stmt[s] ": a quote is not closed")
	check_params(s, where, positional, used)
	text[s] = finish_text(s, where, trim(out))
}

function check_params(s, where, positional, used,    i)
{
	if (nbind[s] > 64 || nfields[s, "out"] > 64)
		complain(where, stmt[s] ": more than 64 parameters or columns")
	if (named[s] && positional)
		complain(where, stmt[s] ": ? and :name in one statement")
	else if (named[s]) {
		for (i = 1; i <= nfields[s, "in"]; i++)
			if (!(fname[s, "in", i] in used))
				complain(where, stmt[s] ": in " fname[s, "in", i] " is not used")
	} else if (positional != nfields[s, "in"] + 0)
		complain(where, stmt[s] ": " positional " ? in the text, but " \
			 (nfields[s, "in"] + 0) " in -- in:")
}

function finish_text(s, where, t)
{
	if (t !~ /;$/)
		complain(where, stmt[s] ": no ; at the end")
	sub(/[ ]*;$/, "", t)
	if (t == "")
		complain(where, stmt[s] ": no text")
	if (semicolon_outside(t))
		complain(where, stmt[s] ": more than one statement")
	if (t ~ /^[Ss][Ee][Ll][Ee][Cc][Tt][ ]+\*/)
		complain(where, stmt[s] ": name the columns instead of *")
	return t
}

function semicolon_outside(t)
{
	gsub(/'([^'\\]|\\.)*'/, "", t)
	gsub(/"([^"\\]|\\.)*"/, "", t)
	gsub(/`[^`]*`/, "", t)
	return index(t, ";") > 0
}

function is_read(t)
{
	return toupper(t) ~ /^\(?(SELECT|SHOW|WITH) / && \
		!(toupper(t) ~ /^WITH / && toupper(t) ~ / (UPDATE|DELETE|INSERT) /)
}

# Checks of a whole statement, after its last line.
function close_stmt(    where)
{
	if (in_part != "" && (!part_why[in_part] || part[in_part] == ""))
		complain(part_at[in_part], in_part ": -- why: or the text is missing")
	in_part = ""
	if (!cur)
		return
	where = file[cur] ":" line[cur]
	if (!why[cur])
		complain(where, stmt[cur] ": -- why: is missing")
	if ((mode[cur] == "one" || mode[cur] == "many") && !nfields[cur, "out"])
		complain(where, stmt[cur] ": -- out: is missing")
	scan_body(cur)
	if ((mode[cur] == "one" || mode[cur] == "many") && !is_read(text[cur]))
		complain(where, stmt[cur] ": :" mode[cur] " is for SELECT")
	if (mode[cur] == "insert" && toupper(text[cur]) !~ /^INSERT /)
		complain(where, stmt[cur] ": :insert is for INSERT")
	if (mode[cur] == "exec" && is_read(text[cur]))
		complain(where, stmt[cur] ": :exec is not for SELECT")
	cur = 0
}

function open_stmt(rest,    w, n)
{
	close_stmt()
	n = split(rest, w, /[ \t]+/)
	if (n != 2 || w[1] !~ /^[a-z][a-z0-9_]*$/ || w[2] !~ /^:(one|many|exec|insert|text)$/) {
		complain(here(), "expected \"-- name: some_name :one|:many|:exec|:insert|:text\"")
		return
	}
	if (w[1] in where_named)
		complain(here(), w[1] " is already at " where_named[w[1]])
	where_named[w[1]] = here()
	cur = ++nstmt
	stmt[cur] = w[1]
	mode[cur] = substr(w[2], 2)
	file[cur] = FILENAME
	line[cur] = FNR
	raw[cur] = ""
	in_body = 0
}

FNR == 1 {
	close_stmt()
}

/^-- part:/ {
	close_stmt()
	in_part = trim(substr($0, 9))
	if (in_part !~ /^[a-z][a-z0-9_]*$/ || in_part in part)
		complain(here(), "\"" in_part "\" cannot be the name of a part here")
	part[in_part] = ""
	part_at[in_part] = here()
	next
}

in_part != "" && !/^-- name:/ {
	if (/^--[ ]*why:[ ]*[^ ]/)
		part_why[in_part] = 1
	else if (!/^[ \t]*(--.*)?$/)
		part[in_part] = part[in_part] $0 "\n"
	next
}

/^-- name:/ {
	open_stmt(trim(substr($0, 9)))
	next
}

cur && !in_body && /^--[ ]*(in|out|why|scan)[ ]*:/ {
	key = $0
	sub(/^--[ ]*/, "", key)
	rest = trim(substr(key, index(key, ":") + 1))
	key = trim(substr(key, 1, index(key, ":") - 1))
	if (key == "why") {
		if (rest == "")
			complain(here(), "-- why: without a reason")
		why[cur] = 1
	} else if (key == "scan") {
		if (rest !~ /^ok [^ ]/)
			complain(here(), "expected \"-- scan: ok the reason\"")
		scan_ok[cur] = 1
	} else {
		add_fields(key, rest)
	}
	next
}

cur && !in_body && /^--/ && !why[cur] {
	complain(here(), "unknown line before -- why: \"" $0 "\"")
	next
}

/^[ \t]*(--.*)?$/ {
	if (cur)
		raw[cur] = raw[cur] "\n"
	next
}

{
	if (!cur) {
		if (!nerr)
			complain(here(), "text outside a statement; \"-- name:\" is missing")
		next
	}
	in_body = 1
	raw[cur] = raw[cur] $0 "\n"
}

# ---- output ----

function c_string(s,    out, ch, i)
{
	out = ""
	for (i = 1; i <= length(s); i++) {
		ch = substr(s, i, 1)
		if (ch == "\"" || ch == "\\")
			out = out "\\" ch
		else if (ch == "\n")
			out = out "\\n"
		else if (ch == "\t")
			out = out "\\t"
		else
			out = out ch
	}
	return out
}

# A statement as adjacent literals of readable length, broken at blanks.
function emit_text(t,    cut)
{
	while (length(t) > 80) {
		cut = 80
		while (cut < length(t) && substr(t, cut, 1) != " ")
			cut++
		printf "\n\t\t\"%s\"", c_string(substr(t, 1, cut)) > source
		t = substr(t, cut + 1)
	}
	if (t != "")
		printf "\n\t\t\"%s\"", c_string(t) > source
	printf ",\n" > source
}

function arg(s, i,    type, name)
{
	type = ftype[s, "in", i]
	name = fname[s, "in", i]
	if (type == "str")
		return "const char *" name
	if (type ~ /^bin/)
		return "const uint8_t *" name
	if (type == "blob")
		return "const void *" name ", size_t " name "_len"
	if (fnull[s, "in", i])
		return "const " ctype[type] " *" name
	return ctype[type] " " name
}

function prototype(s,    p, i)
{
	p = "enum errk q_" stmt[s] "(struct ctx *c"
	for (i = 1; i <= nfields[s, "in"]; i++)
		p = p ",\n\t" arg(s, i)
	if (mode[s] == "one")
		p = p ",\n\tstruct " stmt[s] "_row *row_r"
	else if (mode[s] == "many")
		p = p ",\n\tstruct " stmt[s] "_row **rows_r, size_t *n_r"
	else if (mode[s] == "exec")
		p = p ",\n\tuint64_t *changed_r"
	else
		p = p ",\n\tuint64_t *id_r"
	return p ")"
}

function emit_row(s,    i, type, name)
{
	printf "struct %s_row {\n", stmt[s] > header
	for (i = 1; i <= nfields[s, "out"]; i++) {
		type = ftype[s, "out", i]
		name = fname[s, "out", i]
		if (fnull[s, "out", i] && type != "str")
			printf "\tbool %s_null;\n", name > header
		if (type == "str")
			printf "\tconst char *%s;\n", name > header
		else if (type ~ /^bin/)
			printf "\tuint8_t %s[%s];\n", name, substr(type, 4) > header
		else if (type == "blob")
			printf "\tconst uint8_t *%s;\n\tsize_t %s_len;\n", name, name > header
		else
			printf "\t%s %s;\n", ctype[type], name > header
	}
	printf "};\n" > header
}

function emit_in(s,    b, i, type, name, ref)
{
	for (b = 1; b <= nbind[s]; b++) {
		i = bind[s, b]
		type = ftype[s, "in", i]
		name = fname[s, "in", i]
		ref = (type ~ /^(str$|bin|blob$)/ || fnull[s, "in", i]) ? name : "&" name
		if (b == 1)
			printf "\tconst struct db_in in_[] = {\n" > source
		printf "\t\t{ %s, %s, %s },\n", type ~ /^bin/ ? "DB_BIN" : dbtype[type], ref, \
			type ~ /^bin/ ? substr(type, 4) : type == "blob" ? name "_len" : "0" > source
	}
	if (nbind[s])
		printf "\t};\n" > source
}

function emit_out(s,    i, type, name, null)
{
	if (!nfields[s, "out"])
		return
	printf "\tstatic const struct db_out out_[] = {\n" > source
	for (i = 1; i <= nfields[s, "out"]; i++) {
		type = ftype[s, "out", i]
		name = fname[s, "out", i]
		null = "SIZE_MAX"
		if (fnull[s, "out", i])
			null = "offsetof(struct " stmt[s] "_row, " name \
				(type == "str" ? "" : "_null") ")"
		printf "\t\t{ %s, offsetof(struct %s_row, %s),\n\t\t  %s, %s },\n", \
			type ~ /^bin/ ? "DB_BIN" : dbtype[type], stmt[s], name, null, \
			type ~ /^bin/ ? substr(type, 4) : type != "blob" ? "0" : \
			"offsetof(struct " stmt[s] "_row, " name "_len)" > source
	}
	printf "\t};\n" > source
}

function emit_function(s,    i, type, call)
{
	printf "\n%s\n{\n", prototype(s) > source
	emit_in(s)
	emit_out(s)
	if (mode[s] == "many")
		printf "\tvoid *rows_ = NULL;\n" > source
	for (i = 1; i <= nfields[s, "in"]; i++) {
		type = ftype[s, "in", i]
		if (type ~ /^(str$|bin|blob$)/ && !fnull[s, "in", i])
			printf "\tassert(%s);\n", fname[s, "in", i] > source
	}
	call = "(c, STMT_" toupper(stmt[s]) ", " \
		(nbind[s] ? "in_, " nbind[s] : "NULL, 0")
	if (mode[s] == "one") {
		printf "\treturn db_one%s,\n\t\tout_, %d, row_r);\n", call, nfields[s, "out"] > source
	} else if (mode[s] == "many") {
		printf "\tTRY(db_many%s,\n\t\tout_, %d, sizeof(struct %s_row), &rows_, n_r));\n", \
			call, nfields[s, "out"], stmt[s] > source
		printf "\t*rows_r = rows_;\n\treturn ERR_OK;\n" > source
	} else if (mode[s] == "exec") {
		printf "\treturn db_exec%s, changed_r, NULL);\n", call > source
	} else {
		printf "\treturn db_exec%s, NULL, id_r);\n", call > source
	}
	printf "}\n" > source
}

function emit_header(    s)
{
	print "/* Made by sql/gen-stmt.awk from sql/query/; do not edit. */" > header
	print "#ifndef TB_GEN_STMT_H\n#define TB_GEN_STMT_H\n" > header
	print "#include \"base/ctx.h\"\n" > header
	print "enum stmt_id {" > header
	for (s = 1; s <= nstmt; s++)
		printf "\tSTMT_%s,\n", toupper(stmt[s]) > header
	print "\tSTMT_COUNT\n};\n" > header
	print "#define STMT_READ 1u	/* changes nothing: may be repeated */" > header
	print "#define STMT_SCAN_OK 2u	/* may read a whole table */" > header
	print "#define STMT_TEXT 4u	/* sent as it stands, never prepared */\n" > header
	print "extern const char *const stmt_text[STMT_COUNT];" > header
	print "extern const char *const stmt_name[STMT_COUNT];" > header
	print "extern const uint8_t stmt_flags[STMT_COUNT];" > header
	print "extern const uint32_t stmt_params[STMT_COUNT];	/* how many ? */" > header
	for (s = 1; s <= nstmt; s++) {
		if (mode[s] == "text")
			continue
		print "" > header
		if (mode[s] == "one" || mode[s] == "many")
			emit_row(s)
		printf "%s WARN_UNUSED;\n", prototype(s) > header
	}
	print "\n#endif" > header
}

function emit_source(    s, f)
{
	print "/* Made by sql/gen-stmt.awk from sql/query/; do not edit. */" > source
	print "#include \"stmt.h\"\n" > source
	print "#include <assert.h>\n#include <stddef.h>\n" > source
	print "#include \"base/db.h\"\n" > source
	print "const char *const stmt_text[STMT_COUNT] = {" > source
	for (s = 1; s <= nstmt; s++) {
		printf "\t[STMT_%s] =", toupper(stmt[s]) > source
		emit_text(text[s])
	}
	print "};\n\nconst char *const stmt_name[STMT_COUNT] = {" > source
	for (s = 1; s <= nstmt; s++)
		printf "\t[STMT_%s] = \"%s\",\n", toupper(stmt[s]), stmt[s] > source
	print "};\n\nconst uint8_t stmt_flags[STMT_COUNT] = {" > source
	for (s = 1; s <= nstmt; s++) {
		f = (is_read(text[s]) ? " | STMT_READ" : "") (scan_ok[s] ? " | STMT_SCAN_OK" : "") \
			(mode[s] == "text" ? " | STMT_TEXT" : "")
		printf "\t[STMT_%s] = 0%s,\n", toupper(stmt[s]), f > source
	}
	print "};\n\nconst uint32_t stmt_params[STMT_COUNT] = {" > source
	for (s = 1; s <= nstmt; s++)
		printf "\t[STMT_%s] = %d,\n", toupper(stmt[s]), nbind[s] > source
	print "};" > source
	for (s = 1; s <= nstmt; s++)
		if (mode[s] != "text")
			emit_function(s)
}

END {
	close_stmt()
	if (!nstmt)
		complain("gen-stmt.awk", "no statements")
	if (nerr)
		exit 1
	emit_header()
	emit_source()
	close(header)
	close(source)
}
