#!/bin/sh
# Runs the client examples against a running server: examples/run-all.sh [BASE [TOKEN]]
#
# Without arguments BASE is http://127.0.0.1:7775 and TOKEN is dev-token. The Python packages that the examples need are
# installed into a virtual environment that is kept: examples/.venv, or the folder that QUICSQL_VENV names.
set -eu

die() {
    echo "run-all.sh: $1" >&2
    exit 1
}

[ $# -le 2 ] || die "usage: run-all.sh [BASE [TOKEN]]"
export QUICSQL_URL="${1:-${QUICSQL_URL:-http://127.0.0.1:7775}}"
export QUICSQL_TOKEN="${2:-${QUICSQL_TOKEN:-dev-token}}"

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
venv=${QUICSQL_VENV:-$here/.venv}
examples="python-libsql python-sqlalchemy python-stdlib"

if [ ! -x "$venv/bin/pip" ]; then
    command -v python3 >/dev/null || die "python3 is missing: the examples need Python 3.11 or newer"
    python3 -m venv "$venv" || die "python3 could not make a virtual environment in $venv (Debian: install python3-venv)"
fi

set --
for example in $examples; do
    set -- "$@" -r "$here/clients/$example/requirements.txt"
done
# Quick and without the network when everything is there already.
"$venv/bin/pip" --disable-pip-version-check --quiet install "$@" || die "pip could not install the examples' packages"

failed=
for example in $examples; do
    "$venv/bin/python" "$here/clients/$example/main.py" || failed="$failed $example"
done
[ -z "$failed" ] || die "failed:$failed"
