# shellcheck shell=bash
# Packages: only what is missing, and without starting what they bring along.

# what to look for | package. A word is a command, pc:x a pkg-config module,
# h:x a header, py:x a Python module, /x a file.
packages_run() {
	cat <<-'END'
	cc gcc
	make make
	autoreconf autoconf
	automake automake
	pkg-config pkg-config
	awk mawk
	h:fcgiapp.h libfcgi-dev
	pc:libmariadb libmariadb-dev
	pc:json-c libjson-c-dev
	pc:libcurl libcurl4-openssl-dev
	pc:libcrypto libssl-dev
	pc:libcrypt libcrypt-dev
	pc:inih libinih-dev
	pc:libsystemd libsystemd-dev
	pc:pangocairo libpango1.0-dev
	pc:cairo-pdf libcairo2-dev
	/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf fonts-liberation
	/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf fonts-dejavu-core
	/usr/share/fonts/truetype/freefont/FreeSans.ttf fonts-freefont-ttf
	/usr/share/fonts/truetype/wqy/wqy-microhei.ttc fonts-wqy-microhei
	/usr/share/zoneinfo/Europe/Berlin tzdata
	mariadbd mariadb-server-core
	mariadb-install-db mariadb-server-core
	mariadb mariadb-client-core
	nginx nginx-light
	node nodejs
	npm npm
	/usr/bin/python3 python3
	setsid util-linux
	curl curl
	END
}

packages_check() {
	packages_run
	cat <<-'END'
	pc:cmocka libcmocka-dev
	clang clang
	shellcheck shellcheck
	cppcheck cppcheck
	jq jq
	pdftotext poppler-utils
	pdffonts poppler-utils
	chromium chromium
	php php-cli
	php:curl php-curl
	END
}

there() {
	case "$1" in
	pc:*) command -v pkg-config >/dev/null && pkg-config --exists "${1#pc:}" ;;
	h:*) [ -e "/usr/include/${1#h:}" ] || [ -e "/usr/local/include/${1#h:}" ] ;;
	/usr/share/*) [ -e "$1" ] ;;
	php:*) command -v php >/dev/null && php -m | grep -qix "${1#php:}" ;;
	py:*) /usr/bin/python3 -c "import ${1#py:}" 2>/dev/null ;;
	*) PATH=$PATH:/usr/sbin:/sbin:/usr/local/sbin command -v "$1" >/dev/null ;;
	esac
}

# For one package: is it installed although its file was not found where we look?
as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	else
		sudo "$@"
	fi
}

# A fresh nginx or MariaDB package starts itself on every address; ours are
# private. The refusal is the packaging system's own way, and goes again.
apt_quietly() {
	local policy=/usr/sbin/policy-rc.d made=no rc=0

	if [ ! -e "$policy" ]; then
		printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
		as_root chmod 755 "$policy"
		made=yes
	fi
	as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" ||
		rc=$?
	[ "$made" = no ] || as_root rm -f "$policy"
	return $rc
}

# Packages that were not there before must not start by themselves later either.
keep_quiet() {
	local unit

	command -v systemctl >/dev/null || return 0
	for unit in "$@"; do
		case "$unit" in
		nginx-light) as_root systemctl disable nginx.service || true ;;
		esac
	done
}

install_missing() {
	local what package missing=()

	while read -r what package; do
		there "$what" || missing+=("$package")
	done < <("packages_$1")
	if [ ${#missing[@]} -eq 0 ]; then
		say "every package needed is installed"
		return 0
	fi
	mapfile -t missing < <(printf '%s\n' "${missing[@]}" | sort -u)
	command -v apt-get >/dev/null ||
		die "missing, and there is no apt-get to install it: ${missing[*]}"
	if [ "$(id -u)" -ne 0 ]; then
		command -v sudo >/dev/null || die "missing, and no sudo: apt-get install ${missing[*]}"
		# asks for the password here, where it can be seen
		sudo -v || die "missing: apt-get install ${missing[*]}"
	fi
	step "reading package lists" as_root apt-get update
	step "installing ${missing[*]}" apt_quietly "${missing[@]}"
	keep_quiet "${missing[@]}" >>"$TB_HOME/log/install.log" 2>&1
	while read -r what package; do
		there "$what" || die "$what is still not there after installing $package"
	done < <("packages_$1")
}
