# For the `run` of a Python example, which sets $name and $here and reads this file: sets $python to a Python that has
# what requirements.txt names. It lives in a virtual environment that all Python examples share: examples/.venv, or the
# folder that QUICSQL_VENV names.
venv=${QUICSQL_VENV:-$here/../../.venv}
python=$venv/bin/python

. "$here/../tools.sh"
need python3 python3
need_version 3.11 python3 --version
if [ ! -x "$venv/bin/pip" ] && ! python3 -m venv "$venv" >&2; then
    echo "$name: python3 cannot make a virtual environment in $venv (Debian: python3-venv)" >&2
    exit 1
fi
# Quick and without the network when everything is there already.
if ! "$venv/bin/pip" --disable-pip-version-check --quiet install -r "$here/requirements.txt" >&2; then
    echo "$name: pip could not install what requirements.txt names" >&2
    exit 1
fi
