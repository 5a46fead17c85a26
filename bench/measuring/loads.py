"""The two generators of load, and what a measurement is: a dictionary with the same keys whoever made it."""
import json
import os
import re
import subprocess
import sys

from .processes import BENCH, cpu_seconds
from .tables import USERS

WRK_THREADS = 2
MILLIS = {"us": 0.001, "ms": 1, "s": 1000, "m": 60_000}


def by_wrk(kind, request, connections, seconds, pid, databases=1):
    """SELECTs by wrk: a status other than 2xx or a broken connection ends the bench."""
    environment = dict(
        os.environ,
        BENCH_PATH=request.path,
        BENCH_BODY=request.body,
        BENCH_ROWS=str(USERS),
        BENCH_DATABASES=str(databases),
    )
    if kind.authorization:
        environment["BENCH_AUTHORIZATION"] = kind.authorization
    threads = min(WRK_THREADS, connections)
    # wrk takes whole seconds only.
    whole = max(1, round(seconds))
    script = ["-s", str(BENCH / "template.lua")]
    command = ["wrk", "-t", str(threads), "-c", str(connections), "-d", f"{whole}s", "--latency", *script, kind.origin()]
    before = cpu_seconds(pid) if pid else 0
    run = subprocess.run(command, env=environment, capture_output=True, text=True)
    used = cpu_seconds(pid) - before if pid else None
    out = run.stdout
    if run.returncode != 0 or "Non-2xx" in out or "Socket errors" in out:
        sys.exit(f"bench/run: {kind.name} failed:\n{request.path}\n{request.body[:500]}\n{out}{run.stderr}")
    requests = int(re.search(r"(\d+) requests in", out).group(1))
    return {
        "units": requests,
        "rate": float(re.search(r"Requests/sec:\s+([\d.]+)", out).group(1)),
        "p50_ms": wait(out, "50%"),
        "p99_ms": wait(out, "99%"),
        "cpu_seconds_per_1000_requests": per_thousand(used, requests),
    }


def wait(out, share):
    found = re.search(rf"\s{share}\s+([\d.]+)(us|ms|s|m)\b", out)
    return float(found.group(1)) * MILLIS[found.group(2)]


def by_http_load(tool, kind, unit, connections, seconds, pid, tokens=None):
    """Everything else by HttpLoad, which reads each answer; a bad one ends the bench."""
    tokens = [f"Bearer {token}" for token in tokens] if tokens else [kind.authorization] * connections
    load = {
        "host": kind.host,
        "port": kind.port,
        "authorizations": tokens,
        "rows": USERS,
        "millis": int(seconds * 1000),
        "steps": [{"path": each.path, "body": each.body, "expected": each.expected} for each in unit],
    }
    before = cpu_seconds(pid) if pid else 0
    result = tool.ask(json.dumps(load))
    used = cpu_seconds(pid) - before if pid else None
    requests = result["units"] * result["requests_per_unit"]
    result["cpu_seconds_per_1000_requests"] = per_thousand(used, requests)
    result["mb_per_second"] = result["body_bytes"] / 1e6 / result["seconds"]
    return result


def per_thousand(used, requests):
    return None if used is None else used * 1000 / max(1, requests)
