# House rules over C sources, one finding per line: "rule<TAB>file:line: text".
#
#	awk -f lint.awk file...		(paths relative to the top of the tree)

BEGIN {
	split("base 0 money 1 settings 1 whmcs 2 mail 2 contract 2 account 2 catalog 2 usage 3 rating 4 " \
	      "wallet 5 promo 6 invoice 6 document 7 payment 7 suspension 8 notify 8 " \
	      "deposit 9 verify 9 biller 9 cli 9",
	      order, " ")
	for (i = 1; i in order; i += 2)
		rank[order[i]] = order[i + 1]
	banned = "(strcpy|strcat|strncpy|sprintf|vsprintf|gets|strtok|atoi|atol|atoll|strtol|" \
		"alloca|rand|srand|localtime|gmtime|system|popen)"
	heap = "(malloc|calloc|realloc|free|strdup|strndup|asprintf|vasprintf)"
	larger["fcgi/field.h"] = 180	# the macros of the field tables are read as one
	floating = "(atof|strtod|strtof|json_object_get_double)"
	foreign = "^(sys|net|netinet|arpa|openssl|systemd|curl|pango)/"
	sql_text = "\"[ ]*((SELECT|INSERT( IGNORE)? INTO|REPLACE INTO|DELETE FROM|CREATE TABLE|" \
		"ALTER TABLE|DROP TABLE|START TRANSACTION|SET SESSION) |UPDATE [a-z_]+ SET )"
	only["mysql.h"] = "billing/base/db.c tests/bench/peer.c"
	only["curl/curl.h"] = "billing/base/http.c bridge/mail/smtp.c"
	only["json-c/json.h"] = "billing/base/json.c"
	only["pango/pangocairo.h"] = only["cairo-pdf.h"] = "billing/document/pdf.c"
	only["glib.h"] = "billing/document/zone.c"
	only["fcgiapp.h"] = "fcgi/main.c fcgi/request.c tests/bench/peer.c"
}

function found(rule, text)
{
	gsub(/\t+/, " ", text)
	printf "%s\t%s:%d: %s\n", rule, FILENAME, FNR, text
}

# The line without comments; in `bare` also without the insides of strings.
function strip(s,    out, i, ch, q)
{
	out = bare = ""
	for (i = 1; i <= length(s); i++) {
		ch = substr(s, i, 1)
		if (in_comment) {
			if (substr(s, i, 2) == "*/") {
				in_comment = 0
				i++
			}
		} else if (substr(s, i, 2) == "/*") {
			in_comment = 1
			i++
		} else if (substr(s, i, 2) == "//") {
			break
		} else if (ch == "\"" || ch == "'") {
			q = ch
			out = out ch
			bare = bare ch
			for (i++; i <= length(s) && substr(s, i, 1) != q; i++) {
				if (substr(s, i, 1) == "\\") {
					out = out substr(s, i, 1)
					i++
				}
				out = out substr(s, i, 1)
			}
			out = out q
			bare = bare q
		} else {
			out = out ch
			bare = bare ch
		}
	}
	return out
}

function width(s,    i, w)
{
	w = 0
	for (i = 1; i <= length(s); i++)
		w = substr(s, i, 1) == "\t" ? w + 8 - w % 8 : w + 1
	return w
}

function calls(s, names)
{
	return s ~ ("(^|[^a-zA-Z0-9_.>])" names "[ ]*\\(")
}

function word(s, names)
{
	return s ~ ("(^|[^a-zA-Z0-9_])" names "([^a-zA-Z0-9_]|$)")
}

function check_include(inc,    target, mine, lib, list, n, i, good)
{
	for (lib in only) {
		if (inc != lib && !(lib ~ /^json-c/ && inc ~ /^json-c\//) &&
		    !(lib ~ /^curl/ && inc ~ /^curl\//))
			continue
		n = split(only[lib], list, " ")
		good = 0
		for (i = 1; i <= n; i++)
			good = good || list[i] == FILENAME
		if (!good)
			found("includes", inc " is for " only[lib])
	}
	if (room == "billing" && inc ~ /^(fcgi|bridge|billing)\//)
		found("includes", "billing knows nothing above it, and is its own root: " inc)
	if (room == "fcgi" && inc ~ /(^|\/)bridge\// || room == "bridge" && inc ~ /(^|\/)fcgi\//)
		found("includes", "fcgi and bridge meet in rows only: " inc)
	if (room != "billing" || inc !~ /^[a-z]+\/[a-z_0-9]+\.(h|def)$/ || inc ~ foreign)
		return
	target = inc
	sub(/\/.*/, "", target)
	mine = FILENAME
	sub(/^billing\//, "", mine)
	sub(/\/.*/, "", mine)
	if (!(target in rank))
		found("includes", "module \"" target "\" has no place in the order (lint.awk)")
	else if (mine in rank && target != mine && rank[target] > rank[mine])
		found("includes", mine " must not call " target ": a higher one is told by a row")
}

FNR == 1 {
	in_comment = in_function = 0
	statement = ""
	room = FILENAME
	sub(/\/.*/, "", room)
	product = room ~ /^(billing|fcgi|bridge)$/
	base = FILENAME ~ /^billing\/base\//
	limit = FILENAME ~ /\.h$/ ? 150 : 800
	if (FILENAME in larger)
		limit = larger[FILENAME]
	# A module's .c file is described by its header.
	if ($0 !~ /^\/\*/ && (FILENAME ~ /\.h$/ || FILENAME ~ /^tests/))
		found("comments", "the first line says what the file is for")
}

FNR == limit + 1 && FILENAME !~ /\.def$/ {
	found("lengths", "longer than " limit " lines")
}

{
	code = strip($0)

	if (FILENAME !~ /\.def$/ && width($0) > 100)
		found("lengths", "wider than 100 columns")
	if (FILENAME !~ /\.def$/ && $0 ~ /[ \t]$/)
		found("lengths", "blank at the end")
	if (word($0, "(TODO|FIXME|XXX)"))
		found("comments", "unfinished work is an issue, not a comment")

	if (bare ~ /^[ \t]*#[ \t]*include/) {
		inc = $0
		sub(/^[^<"]*[<"]/, "", inc)
		sub(/[>"].*/, "", inc)
		check_include(inc)
	}

	# Functions start with a brace in the first column.
	if ($0 ~ /^\{/) {
		in_function = FNR
	} else if ($0 ~ /^\}/ && in_function) {
		if (FNR - in_function - 1 > 100)
			found("lengths", "function of " (FNR - in_function - 1) " lines")
		in_function = 0
	}
	if (bare ~ /(^|[^a-zA-Z0-9_])goto[ \t]/ && bare !~ /goto out;/)
		found("control", "goto only out:")
	if (bare ~ /^[ \t]*#[ \t]*define/) {
		in_macro = 1
		makes_function = 0
		macro = bare
		sub(/^[ \t]*#[ \t]*define[ \t]+/, "", macro)
		sub(/[^A-Za-z0-9_].*/, "", macro)
	}
	if (in_macro && bare ~ /static /)
		makes_function = 1	# what it makes may return
	if (in_macro && !makes_function && product && word(bare, "(return|goto)") && macro != "TRY")
		found("control", "macro " macro " hides control flow; TRY is the only one")
	if (in_macro && $0 !~ /\\$/)
		in_macro = 0
}

product {
	if (calls(bare, banned))
		found("banned", "banned function: " $0)
	if (!base && calls(bare, heap))
		found("banned", "heap outside base/: " $0)
	if (word(bare, "(float|double)") || calls(bare, floating))
		found("banned", "floating point: " $0)
	if (FILENAME ~ /\.c$/ && code ~ sql_text)
		found("sql", "SQL text belongs into sql/query/: " $0)
}

# Statements as a whole, for calls that span lines.
product {
	statement = statement " " code
	if (code ~ /[;{}][ \t]*$/ || length(statement) > 4000) {
		s = statement
		while (match(s, /fail(_say)?\([a-z&>.-]+,[ \t]*[A-Za-z_]+,[ \t]*"[a-z0-9_.]+"/)) {
			c = substr(s, RSTART, RLENGTH)
			s = substr(s, RSTART + RLENGTH)
			sub(/^[^"]*"/, "", c)
			sub(/".*/, "", c)
			if (!(c in codes)) {
				codes[c] = 1
				printf "used-code\t%s\t%s:%d\n", c, FILENAME, FNR
			}
		}
		s = statement
		while (match(s, /FAILPOINT\("[a-z0-9_.]+"\)/)) {
			c = substr(s, RSTART + 11, RLENGTH - 13)
			s = substr(s, RSTART + RLENGTH)
			printf "used-failpoint\t%s\t%s:%d\n", c, FILENAME, FNR
		}
		if (statement ~ /(^|[^a-z_])log_event[ ]*\(/ && statement !~ /log_event\(enum/ &&
		    statement ~ /,[ \t]*[a-z_.>-]*(secret|token|password)[a-z_]*[.,) ]/)
			found("secrets", "a secret in the log")
		statement = ""
	}
}
