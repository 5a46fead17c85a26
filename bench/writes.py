"""Writes, measured beside what the disk and SQLite in process can do in the same folder; see bench/README.md."""
import hashlib
import shutil
import signal
import statistics
import subprocess
import sys

from processes import TOKEN, Server, Tool, compile_java, cpu_seconds, free_port, post, rss, server_command, wait_for

FAIR_SECONDS = 3
STRACE_SECONDS = 2
ACCOUNTS = 1_000
WRITERS = [f"bench-writer-{i}" for i in range(1, 5)]

# Row: what WriteFloors is asked for, or work, door and connections, as WriteLoad is asked for them. What is compared
# stands side by side, because a disk that others use too is not the same a minute later.
ROWS = {
    "append 4 KiB, fdatasync": "append",
    "in process, groups of 16": "groups",
    "insert, query, 16": ("insert", "query", 16),
    "insert, pipeline, 16": ("insert", "pipeline", 16),
    "insert, query, 64": ("insert", "query", 64),
    "insert, pipeline, 64": ("insert", "pipeline", 64),
    "in process, lone inserts": "lone",
    "SELECT 1, query, 1": ("select1", "query", 1),
    "insert, query, 1": ("insert", "query", 1),
    "SELECT 1, pipeline, 1": ("select1", "pipeline", 1),
    "insert, pipeline, 1": ("insert", "pipeline", 1),
    "in process, transfers": "transfer",
    "transfer, pipeline, 1": ("transfer", "pipeline", 1),
    "transfer, pipeline, 8": ("transfer", "pipeline", 8),
}
FLOORS = {name: row for name, row in ROWS.items() if isinstance(row, str)}
LOADS = {name: row for name, row in ROWS.items() if name not in FLOORS}

# Rows whose syncs are counted.
SYNCED = ["insert, query, 16", "insert, pipeline, 16"]

# Row: work, door and the writers' tokens, a connection each.
FAIR = {
    "inserts, 4 principals": ("insert", "query", WRITERS),
    "inserts, 1 principal": ("insert", "query", WRITERS[:1] * 4),
    "transfers, 4 principals": ("transfer", "pipeline", WRITERS),
    "transfers, 1 principal": ("transfer", "pipeline", WRITERS[:1] * 4),
}


def write(folder, options):
    """Inserts and transfers over HTTP, their floors, how fair it is and how often it syncs; all in one folder."""
    classes = folder / "write-classes"
    compile_java(classes, "WriteFloors", "WriteLoad", "Waits", "Event")
    port = free_port()
    ours = Server(server_command(folder, folder / "write-data", port, principals()), folder / "write.log")
    in_process = Tool(folder / "write-floors.log", classes, "WriteFloors", folder)
    over_http = Tool(folder / "write-load.log", classes, "WriteLoad", port)
    with ours as server, in_process as floors, over_http as load:
        wait_for(f"http://127.0.0.1:{port}/v3")
        fill(port)
        measured = Measured(server, load)
        warm(floors, measured, options.warmup)
        rows = {name: [] for name in ROWS}
        fair = {name: [] for name in FAIR}
        for _ in range(options.rounds):
            for name, row in ROWS.items():
                if name in FLOORS:
                    rows[name].append(floors.ask(row, options.seconds * 1000))
                else:
                    rows[name].append(measured.run(*row, options.seconds, [TOKEN]))
            for name, (work, door, tokens) in FAIR.items():
                fair[name].append(measured.run(work, door, len(tokens), FAIR_SECONDS, tokens))
        syncs = {name: count_syncs(folder, server, measured, *LOADS[name]) for name in SYNCED}
        measured.check_nothing_lost(port)
        memory = rss(server.pid())
    print_rows(rows, folder, options)
    print_fair(fair)
    print_syncs(syncs)
    claims = check(rows, fair)
    print(f"our resident memory after it: {memory} MB")
    return {"rows": rows, "fair": fair, "syncs": syncs, "claims": claims, "rss_mb": memory}


class Measured:
    """Runs loads against the server and keeps count of what was acknowledged."""

    def __init__(self, server, load):
        self.server = server
        self.load = load
        self.acknowledged = {"insert": 0, "transfer": 0, "select1": 0}

    def run(self, work, door, connections, seconds, tokens):
        before = cpu_seconds(self.server.pid())
        result = self.load.ask(work, door, connections, int(seconds * 1000), ",".join(tokens))
        used = cpu_seconds(self.server.pid()) - before
        self.acknowledged[work] += result["units"]
        result["cpu_seconds_per_1000_requests"] = used * 1000 / (result["units"] * result["requests_per_unit"])
        return result

    def check_nothing_lost(self, port):
        inserted = ask_one(port, "SELECT count(*) FROM events")
        given = ask_one(port, "SELECT sum(given) FROM accounts")
        total = ask_one(port, "SELECT sum(balance) FROM accounts")
        expected = (self.acknowledged["insert"], self.acknowledged["transfer"], ACCOUNTS * 1000)
        found = (inserted, given, total)
        if found != expected:
            sys.exit(f"bench/run: rows, transfers and money are {found}, acknowledged were {expected}")
        print(f"\nall {inserted:,} inserts and {given:,} transfers that were acknowledged are there")


def principals():
    """Four writers with tokens of their own, beside the shipped ones; the server listens on loopback only."""
    hashes = {token: hashlib.sha256(token.encode()).hexdigest() for token in WRITERS}
    return "".join(
        f'    - {{name: {token}, token_sha256: {sha256}, grants: {{"*": read-write}}}}\n'
        for token, sha256 in hashes.items()
    )


def fill(port):
    post(port, {"sql": "CREATE TABLE events(id INTEGER PRIMARY KEY, at TEXT, kind TEXT, payload TEXT)"})
    columns = "id INTEGER PRIMARY KEY, balance INTEGER NOT NULL, given INTEGER NOT NULL"
    post(port, {"sql": f"CREATE TABLE accounts({columns})"})
    numbers = f"WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < {ACCOUNTS})"
    post(port, {"sql": f"{numbers} INSERT INTO accounts SELECT i, 1000, 0 FROM n"})


def ask_one(port, sql):
    return post(port, {"sql": sql})["rows"][0][0]


def warm(floors, measured, seconds):
    """The loads that matter most for the whole time, the rest for a quarter of it: they share most of their code."""
    for floor in FLOORS.values():
        floors.ask(floor, max(250, seconds * 100))
    for work, door, connections in LOADS.values():
        measured.run(work, door, connections, seconds if connections == 16 else max(0.5, seconds / 4), [TOKEN])


def count_syncs(folder, server, measured, work, door, connections):
    """Syncs of all threads per acknowledged insert, in a run of its own: strace slows the server down."""
    if shutil.which("strace") is None:
        return None
    table = folder / "strace.txt"
    traced = ["-f", "-c", "-e", "trace=fsync,fdatasync", "-o", str(table), "-p", str(server.pid())]
    tracer = subprocess.Popen(["strace", *traced], stderr=subprocess.PIPE, text=True)
    try:
        first = tracer.stderr.readline()
        if "attached" not in first:
            sys.exit(f"bench/run: strace cannot attach to our own server: {first}")
        result = measured.run(work, door, connections, STRACE_SECONDS, [TOKEN])
    finally:
        tracer.send_signal(signal.SIGINT)
        tracer.communicate(timeout=30)
    lines = [line.split() for line in table.read_text().splitlines()]
    calls = sum(int(line[3]) for line in lines if line and line[-1] in ("fsync", "fdatasync"))
    return {"calls": calls, "inserts": result["units"], "rate": result["rate"], "per_insert": calls / result["units"]}


def median(runs, key):
    return statistics.median(run[key] for run in runs)


def print_rows(rows, folder, options):
    kind = subprocess.run(["stat", "-f", "-c", "%T", folder], capture_output=True, text=True).stdout.strip()
    print(f"\nwrites, medians of {options.rounds} rounds of {options.seconds} s in turn, on {kind}")
    if kind in ("tmpfs", "ramfs"):
        print("a sync costs nothing there: take --folder to name one on a disk")
    append, groups = (median(rows[name], "rate") for name in ("append 4 KiB, fdatasync", "in process, groups of 16"))
    print(f"{'':26}{'a second':>10}{'spread':>16}{'mean ms':>9}{'p99 ms':>9}{'append':>8}{'groups':>8}{'cpu s':>7}")
    for name, runs in rows.items():
        rates = sorted(run["rate"] for run in runs)
        rate = statistics.median(rates)
        cpu = f"{median(runs, 'cpu_seconds_per_1000_requests'):7.2f}" if name in LOADS else f"{'-':>7}"
        compared = "insert" in name or name in FLOORS
        ratios = f"{rate / append:8.2f}{rate / groups:8.2f}" if compared else f"{'-':>8}{'-':>8}"
        spread = f"{rates[0]:,.0f}-{rates[-1]:,.0f}"
        waits = f"{median(runs, 'mean_ms'):9.2f}{median(runs, 'p99_ms'):9.2f}"
        print(f"{name:26}{rate:10,.0f}{spread:>16}{waits}{ratios}{cpu}")
    print("append, groups: ratios to these rows; cpu s: of the server, per 1000 requests")


def print_fair(fair):
    print(f"\n4 writers in tight loops for {FAIR_SECONDS} s: commits of each (last round), and the worst of all rounds")
    for name, runs in fair.items():
        each = " / ".join(f"{commits:,}" for commits in runs[-1]["per_connection"])
        print(f"{name:26}{each:36}most/least {most_by_least(runs):.2f}, worst wait {worst_wait(runs):.1f} ms")


def print_syncs(syncs):
    print("\nsyncs per acknowledged insert, checkpoints included, in runs that strace slows down")
    for name, counted in syncs.items():
        if counted is None:
            print(f"{name:26}- (strace is missing)")
        else:
            rate = f"{counted['calls']:,} for {counted['inserts']:,} inserts, at {counted['rate']:,.0f}/s"
            print(f"{name:26}{counted['per_insert']:.2f} ({rate})")


def most_by_least(runs):
    return max(max(run["per_connection"]) / max(1, min(run["per_connection"])) for run in runs)


def worst_wait(runs):
    return max(run["max_ms"] for run in runs)


def check(rows, fair):
    """What the server is meant to do, and whether this run shows it."""
    append, groups = (median(rows[name], "rate") for name in ("append 4 KiB, fdatasync", "in process, groups of 16"))
    lone = median(rows["in process, lone inserts"], "mean_ms")
    claims = []
    for door in ("query", "pipeline"):
        many, one = rows[f"insert, {door}, 16"], rows[f"insert, {door}, 1"]
        enough = min(1.6 * append, 0.6 * groups)
        which = "1.6 x append" if 1.6 * append < 0.6 * groups else "0.6 x groups of 16"
        claims.append(claim(f"{door}: inserts/s at 16, at least {which}", median(many, "rate"), ">=", enough))
        claims.append(claim(f"{door}: p99 at 16, ms", median(many, "p99_ms"), "<", 20))
        empty = median(rows[f"SELECT 1, {door}, 1"], "mean_ms")
        allowed = 1.3 * (lone + empty)
        mean = median(one, "mean_ms")
        claims.append(claim(f"{door}: mean ms at 1, 1.3 x (lone insert + SELECT 1)", mean, "<=", allowed))
    for name, runs in fair.items():
        claims.append(claim(f"{name}: most/least", most_by_least(runs), "<", 1.5))
        claims.append(claim(f"{name}: worst wait, ms", worst_wait(runs), "<", 250))
    print()
    for each in claims:
        verdict = "met" if each["met"] else "MISSED"
        print(f"{each['claim']:60}{each['measured']:10,.2f} {each['sign']:>2}{each['bound']:10,.2f}  {verdict}")
    return claims


def claim(text, measured, sign, bound):
    met = {">=": measured >= bound, "<": measured < bound, "<=": measured <= bound}[sign]
    return {"claim": text, "measured": measured, "sign": sign, "bound": bound, "met": met}
