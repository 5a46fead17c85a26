# For the `run` of an example, which sets $name and reads this file: looks for the tools that it needs. All of them are
# looked for before one is run.

# need COMMAND PACKAGE: ends the run where there is no such command. PACKAGE is Debian's, and may say which version.
need() {
    if ! command -v "$1" >/dev/null; then
        echo "$name: $1 is missing (Debian: $2)" >&2
        exit 1
    fi
}

# need_version VERSION COMMAND [ARGUMENT...]: ends the run where the command, which tells its version with these arguments,
# is older.
need_version() {
    wanted=$1
    shift
    # Java says first which options it has picked up.
    found=$("$@" 2>&1 | sed -n -e '/^Picked up /d' -e 's/^[^0-9]*\([0-9][0-9.]*\).*/\1/p' | head -n 1)
    if ! awk -v found="$found" -v wanted="$wanted" 'BEGIN {
        split(found, have, "."); split(wanted, need, ".")
        for (i = 1; i <= 2; i++) if (have[i] + 0 != need[i] + 0) exit have[i] + 0 < need[i] + 0
        exit 0
    }'; then
        echo "$name: $1 $wanted or newer is needed, found ${found:-one that does not tell its version}" >&2
        exit 1
    fi
}
