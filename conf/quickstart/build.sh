# shellcheck shell=bash
# The build works on a copy of the sources under the home: the tree is never
# written to, and two homes can build at the same time.

# Names of all source files, relative to the tree, NUL-separated.
source_files() {
	# A copy below another tree's ignored folder is not that tree.
	if [ "$(git -C "$TB_SRC" rev-parse --show-toplevel 2>/dev/null)" = "$(cd -- "$TB_SRC" &&
		pwd -P)" ]; then
		git -C "$TB_SRC" ls-files -coz --exclude-standard -- .
	else
		(cd -- "$TB_SRC" && find . \( -name .git -o -name node_modules -o -path ./var \) \
			-prune -o -type f -printf '%P\0')
	fi
}

# Copies with times kept, so that make sees what changed; drops what is gone.
source_copy() {
	local to=$1 list=$1.files

	mkdir -p -- "$to" || return 1
	source_files | LC_ALL=C sort -zu | source_existing >"$list.new" || return 1
	tar -C "$TB_SRC" --no-recursion --null -T "$list.new" -cf - | tar -C "$to" -xpf - || return 1
	if [ -e "$list" ]; then
		LC_ALL=C comm -z23 "$list" "$list.new" | (cd -- "$to" && xargs -0r rm -f --) ||
			return 1
	fi
	mv -f -- "$list.new" "$list"
}

# git also lists what was removed but not committed
source_existing() {
	local f

	cd -- "$TB_SRC" || return 1
	while IFS= read -r -d '' f; do
		[ ! -f "$f" ] || printf '%s\0' "$f"
	done
}

# configure_and_make OBJ options...: names without blanks only, for autoconf
# refuses others; the home itself may have some.
configure_and_make() {
	local obj=$1
	shift

	mkdir -p -- "$obj"
	[ -x "$TB_BUILD/src/configure" ] || (cd -- "$TB_BUILD/src" && ./autogen.sh) || return 1
	(
		cd -- "$obj" || exit 1
		if [ ! -e Makefile ] || [ "$(cat .options 2>/dev/null)" != "$*" ]; then
			../src/configure "$@" || exit 1
			printf '%s\n' "$*" >.options
		fi
		make -j"$(nproc)"
	)
}

www_hash() {
	(cd -- "$TB_BUILD/src/nginx/www" && find . -name node_modules -prune -o -name dist -prune -o \
		-type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1)
}

www_install() {
	cd -- "$TB_BUILD/src/nginx/www" && npm ci --ignore-scripts --no-audit --no-fund
}

www_make() {
	local to=$TB_HOME/www

	rm -rf -- "$to.new"
	(cd -- "$TB_BUILD/src/nginx/www" && node build.mjs "$to.new") || return 1
	rm -rf -- "$to.old"
	[ ! -e "$to" ] || mv -- "$to" "$to.old"
	mv -- "$to.new" "$to"
	rm -rf -- "$to.old"
}

build_www() {
	local www=$TB_BUILD/src/nginx/www lock

	if [ ! -e "$www/package.json" ]; then
		warn "the pages are not part of this tree"
		mkdir -p -- "$TB_HOME/www"
		return 0
	fi
	if [ -e "$TB_HOME/www" ] && [ "$(cat "$TB_BUILD/www.stamp" 2>/dev/null)" = "$(www_hash)" ]; then
		say "pages are up to date"
		return 0
	fi
	lock=$(sha256sum <"$www/package-lock.json")
	if [ ! -d "$www/node_modules" ] || [ "$(cat "$TB_BUILD/npm.stamp" 2>/dev/null)" != "$lock" ]; then
		rm -f -- "$TB_BUILD/npm.stamp"
		step "installing the page builder" www_install
		printf '%s\n' "$lock" >"$TB_BUILD/npm.stamp"
	fi
	step "building the pages" www_make
	www_hash >"$TB_BUILD/www.stamp"
}

build_all() {
	step "copying sources" source_copy "$TB_BUILD/src"
	step "building (first time: a minute)" configure_and_make "$TB_OBJ" --without-www
	build_www
}
