#!/bin/sh
# Runs the client examples against a running server: examples/run-all.sh [BASE [TOKEN]]
#
# Without arguments BASE is http://127.0.0.1:7775 and TOKEN is dev-token. Each folder of examples/clients has a script
# `run`, which installs what its client needs into that folder and ends with a line "OK ...": that line is printed. Of an
# example that fails everything is printed that it said. The Python examples share a virtual environment: examples/.venv,
# or the folder that QUICSQL_VENV names.
set -eu

die() {
    echo "run-all.sh: $1" >&2
    exit 1
}

[ $# -le 2 ] || die "usage: run-all.sh [BASE [TOKEN]]"
export QUICSQL_URL="${1:-${QUICSQL_URL:-http://127.0.0.1:7775}}"
export QUICSQL_TOKEN="${2:-${QUICSQL_TOKEN:-dev-token}}"

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
said=$(mktemp -d) || die "there is no room for temporary files"
trap 'rm -rf "$said"' EXIT
trap 'exit 1' HUP INT TERM

failed=
for folder in "$here"/clients/*/; do
    name=$(basename "$folder")
    if [ ! -x "$folder/run" ]; then
        echo "run-all.sh: examples/clients/$name has no executable script named run" >&2
        failed="$failed $name"
        continue
    fi
    # The first run of an example may take a minute: somebody who watches wants to know which one it is.
    [ ! -t 2 ] || echo "running $name" >&2
    if "$folder/run" >"$said/out" 2>"$said/err" </dev/null \
        && tail -n 1 "$said/out" | grep "^OK $name, .*: [1-9][0-9]* checks passed\$"; then
        continue
    fi
    failed="$failed $name"
    echo "run-all.sh: $name failed; what it said:" >&2
    cat "$said/out" "$said/err" >&2
done
[ -z "$failed" ] || die "failed:$failed"
