"""What is told of writes beside their rates: how fair it is, how often it syncs, and the claims."""
import shutil
import signal
import subprocess

from .loads import by_http_load
from .ours import TOKEN, WRITERS
from .processes import Failed
from .report import print_rows
from .workloads import APPEND, GROUPS, LONE, WRITES

FAIR_SECONDS = 3
STRACE_SECONDS = 2

INSERTS = next(each for each in WRITES if each.name == "INSERT")
TRANSFERS = next(each for each in WRITES if each.transfers)

# Row: workload, door and the writers' tokens, a connection each.
FAIR = {
    "inserts, 4 principals": (INSERTS, "query", WRITERS),
    "inserts, 1 principal": (INSERTS, "query", WRITERS[:1] * 4),
    "transfers, 4 principals": (TRANSFERS, "pipeline", WRITERS),
    "transfers, 1 principal": (TRANSFERS, "pipeline", WRITERS[:1] * 4),
}


class Writers:
    """Loads on our server that are counted with the rest."""

    def __init__(self, ours, load, tally):
        self.ours = ours
        self.load = load
        self.tally = tally

    def run(self, workload, door, seconds, tokens):
        kind = getattr(self.ours, door)
        unit = workload.unit(kind)
        result = by_http_load(self.load, kind, unit, len(tokens), seconds, self.ours.pid(), tokens)
        self.tally.add(kind, workload, result["units"])
        return result

    def fair(self, rounds):
        return {
            name: [self.run(workload, door, FAIR_SECONDS, tokens) for _ in range(rounds)]
            for name, (workload, door, tokens) in FAIR.items()
        }

    def syncs(self, folder):
        return {door: self.count_syncs(folder, door) for door in ("query", "pipeline")}

    def count_syncs(self, folder, door):
        """Syncs of all threads per acknowledged insert, in a run of its own: strace slows the server down."""
        if shutil.which("strace") is None:
            return None
        table = folder / "strace.txt"
        traced = ["-f", "-c", "-e", "trace=fsync,fdatasync", "-o", str(table), "-p", str(self.ours.pid())]
        tracer = subprocess.Popen(["strace", *traced], stderr=subprocess.PIPE, text=True)
        try:
            first = tracer.stderr.readline()
            if "attached" not in first:
                raise Failed(f"strace cannot attach to our own server: {first}")
            result = self.run(INSERTS, door, STRACE_SECONDS, [TOKEN] * 16)
        finally:
            tracer.send_signal(signal.SIGINT)
            tracer.communicate(timeout=30)
        lines = [line.split() for line in table.read_text().splitlines()]
        calls = sum(int(line[3]) for line in lines if line and line[-1] in ("fsync", "fdatasync"))
        inserts = result["units"]
        return {"calls": calls, "inserts": inserts, "rate": result["rate"], "per_insert": calls / inserts}


def print_fair(fair):
    rows = [
        [
            name,
            " / ".join(f"{commits:,}" for commits in runs[-1]["per_connection"]),
            f"most/least {most_by_least(runs):.2f}",
            f"worst wait {worst_wait(runs):.1f} ms",
        ]
        for name, runs in fair.items()
    ]
    print_rows(f"4 writers in tight loops for {FAIR_SECONDS} s: commits of each (last round), the worst of all", rows)


def print_syncs(syncs):
    rows = []
    for door, counted in syncs.items():
        told = "- (strace is missing)"
        if counted:
            told = f"{counted['per_insert']:.2f} ({counted['calls']:,} for {counted['inserts']:,}, at {counted['rate']:,.0f}/s)"
        rows.append([f"INSERT, 16 connections, {door}", told])
    print_rows("syncs per acknowledged insert, checkpoints included, in runs that strace slows down", rows)


def most_by_least(runs):
    return max(max(run["per_connection"]) / max(1, min(run["per_connection"])) for run in runs)


def worst_wait(runs):
    return max(run["max_ms"] for run in runs)


def claims(table, fair):
    """What the writer's queue is meant to do, and whether this run shows it."""
    append, groups = (table.rate("INSERT", 16, floor[0]) for floor in (APPEND, GROUPS))
    lone = table.rate("INSERT", 1, LONE[0], "mean_ms")
    made = []
    for door in ("query", "pipeline"):
        many = table.ours("INSERT", 16, door)
        enough = min(1.6 * append, 0.6 * groups)
        which = "1.6 x append" if 1.6 * append < 0.6 * groups else "0.6 x groups of 16"
        made.append(claim(f"{door}: inserts/s at 16, at least {which}", many.median("rate"), ">=", enough))
        made.append(claim(f"{door}: p99 at 16, ms", many.median("p99_ms"), "<", 20))
        allowed = 1.3 * (lone + table.rate("SELECT 1", 1, door, "mean_ms"))
        mean = table.rate("INSERT", 1, door, "mean_ms")
        made.append(claim(f"{door}: mean ms at 1, 1.3 x (lone insert + SELECT 1)", mean, "<=", allowed))
    for name, runs in fair.items():
        made.append(claim(f"{name}: most/least", most_by_least(runs), "<", 1.5))
        made.append(claim(f"{name}: worst wait, ms", worst_wait(runs), "<", 250))
    return made


def claim(text, measured, sign, bound):
    met = {">=": measured >= bound, "<": measured < bound, "<=": measured <= bound}[sign]
    return {"claim": text, "measured": measured, "sign": sign, "bound": bound, "met": met}


def print_claims(made):
    print("\nwrites, claimed")
    for each in made:
        verdict = "met" if each["met"] else "MISSED"
        print(f"  {each['claim']:60}{each['measured']:10,.2f} {each['sign']:>2}{each['bound']:10,.2f}  {verdict}")
