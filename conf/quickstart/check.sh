# shellcheck shell=bash
# Every test: unit tests of a strict and of a sanitizer build, then the suites.

check_all() {
	# builds, databases and logs of a check never touch those of a running portal
	export TOLLBRIDGE_HOME=${TOLLBRIDGE_CHECK_HOME:-$TB_HOME/check}
	home_paths
	home_make
	home_lock
	install_missing check
	step "copying sources" source_copy "$TB_BUILD/src"
	step "building with every warning an error" configure_and_make "$TB_OBJ" \
		--enable-werror --enable-failpoints --without-www
	step "building with sanitizers" configure_and_make "$TB_BUILD/san" \
		--enable-werror --enable-sanitizers --without-www
	build_www
	say "testing"
	TB_SAN=$TB_BUILD/san exec "$TB_BUILD/src/tests/run-all.sh" 9>&-
}
