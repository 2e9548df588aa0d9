#!/bin/sh
# Makes configure and what it needs; all of it is ignored by git.
set -e
cd "$(dirname "$0")"
mkdir -p build-aux
exec autoreconf --install --force --warnings=all
