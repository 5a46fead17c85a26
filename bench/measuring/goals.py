"""What the server must show as ratios in one run, and what it aims at."""
from dataclasses import dataclass

from .kinds import Hrana
from .workloads import APPEND, GROUPS

# What counts as 0: less than one more object of a megabyte, which a collection may or may not leave behind.
NOTHING_MB = 0.5


@dataclass
class Goal:
    """A row: measured against `must` and `aim`, each a text and whether it is reached (None: cannot be told)."""

    workload: str
    must: str
    aim: str
    measured: str
    reached_must: bool | None
    reached_aim: bool | None


def goals(figures, table, peers):
    """A row for each part of what must be shown; parts that this run left out are told as not measured."""
    made = []
    for door in ("query", "pipeline"):
        made += point(table, door, peers)
        made.append(insert(table, door))
    made += readings(table, figures.get("heap"))
    made.append(transfers(table, peers))
    made += starts(figures.get("start"))
    made.append(least("idle RSS, 1 database", figures.get("idle_rss_mb"), "MB", 150, 110))
    made.append(parked(figures.get("streams")))
    return made


def point(table, door, peers):
    name = f"point SELECT, {door}"
    ours16, ours64 = table.ours("point SELECT", 16, door), table.ours("point SELECT", 64, door)
    rate16 = ours16.median("rate") if ours16 else None
    bare = table.rate("point SELECT", 16, f"bare Jetty, same SQL, {door}")
    best = best_of(table, "point SELECT", 16, peers, lambda kind: True)
    sqld = best_of(table, "point SELECT", 16, peers, lambda kind: isinstance(kind, Hrana))
    return [
        most(f"{name}, 16 connections, of bare Jetty", divide(rate16, bare), 0.65, 0.8),
        against_peer(f"{name}, 16 connections", rate16, best, "the best peer", None, 1.4),
        against_peer(f"{name}, 16 connections", rate16, sqld, "a peer of kind hrana", None, 8),
        most(f"{name}, 64 connections, of ours at 16", divide(ours64.median("rate") if ours64 else None, rate16), 0.9, None),
        least(f"{name}, 64 connections, p99", ours64.median("p99_ms") if ours64 else None, "ms", 30, 20),
    ]


def insert(table, door):
    ours = table.ours("INSERT", 16, door)
    append, groups = (table.rate("INSERT", 16, floor[0]) for floor in (APPEND, GROUPS))
    name = f"INSERT, {door}, 16 connections"
    if not ours or not append or not groups:
        return not_measured(name, "the lower of 1.6 appends, 0.6 groups", "2.4 appends, 0.8 groups")
    rate = ours.median("rate")
    must, aim = min(1.6 * append, 0.6 * groups), min(2.4 * append, 0.8 * groups)
    return Goal(
        name,
        "1.6 appends" if must < 0.6 * groups else "0.6 groups",
        "2.4 appends" if aim < 0.8 * groups else "0.8 groups",
        f"{rate / append:.2f} appends, {rate / groups:.2f} groups",
        rate >= must,
        rate >= aim,
    )


def readings(table, heap):
    floor = table.rate("SELECT of 100,000 rows", 1, "in process, by declared types")
    made = []
    for workload, who in (("", "query"), ("", "pipeline"), (" by cursor", "cursor")):
        rate = table.rate(f"SELECT of 100,000 rows{workload}", 1, who)
        made.append(most(f"100,000 rows, {who}, of in process", divide(rate, floor), 0.5, 0.7))
    growth = heap["cursor"]["live_growth_mb"] if heap else None
    made.append(least("100,000 rows, cursor, peak heap growth", growth, "MB", 32, None))
    return made


def transfers(table, peers):
    ours = table.ours("transfer transaction", 8, "pipeline")
    sqld = best_of(table, "transfer transaction", 8, peers, lambda kind: isinstance(kind, Hrana))
    rate = ours.median("rate") if ours else None
    return against_peer("transfer transaction, 8 connections", rate, sqld, "a peer of kind hrana", 4, 8)


def starts(start):
    if not start:
        return [not_measured("start to first answer", "1.0 x empty Dropwizard", "1.2 s on 17, 0.9 s on 25")]
    made = []
    for version, figures in start.items():
        ours, ratio = figures["median_s"], figures["median_ratio"]
        # An answer's time is told in hundredths; so is what must be reached.
        made.append(
            Goal(
                f"start to first answer, JDK {version}, of empty Dropwizard",
                "<= 1.0",
                "-",
                f"{ratio:.2f}",
                round(ratio, 2) <= 1.0,
                None,
            )
        )
        aim = 0.9 if int(version.split(".")[0]) >= 25 else 1.2
        made.append(Goal(f"start to first answer, JDK {version}", "-", f"<= {aim} s", f"{ours:.2f} s", None, ours <= aim))
    return made


def parked(streams):
    name = "10,000 parked streams"
    if not streams:
        return not_measured(name, "< 5 MB more", "0")
    more = max(streams["rss_growth_mb"], streams["live_growth_mb"])
    told = f"RSS {streams['rss_growth_mb']:+.1f} MB, live heap {streams['live_growth_mb']:+.2f} MB"
    return Goal(name, "< 5 MB more", "0", told, more < 5, more < NOTHING_MB)


def best_of(table, workload, connections, peers, wanted):
    """Name and rate of the fastest peer that is wanted, or None."""
    names = {target.kind.name for target in peers if wanted(target.kind)}
    found = [cell for cell in table.of(workload, connections, "peer") if cell.who in names and cell.runs]
    return max(((cell.who, cell.median("rate")) for cell in found), key=lambda pair: pair[1], default=None)


def divide(ours, other):
    return ours / other if ours and other else None


def most(name, value, must, aim):
    """A ratio that is to be large."""
    return bounded(name, value, "", must, aim, ">=", lambda bound: value >= bound)


def least(name, value, unit, must, aim):
    """A figure that is to be small."""
    return bounded(name, value, f" {unit}", must, aim, "<", lambda bound: value < bound)


def bounded(name, value, unit, must, aim, sign, reached):
    texts = ["-" if bound is None else f"{sign} {bound}{unit}" for bound in (must, aim)]
    if value is None:
        return not_measured(name, *texts)
    verdicts = [None if bound is None else reached(bound) for bound in (must, aim)]
    return Goal(name, *texts, f"{value:.2f}{unit}", *verdicts)


def against_peer(name, rate, peer, who, must, aim):
    texts = ["-" if bound is None else f">= {bound} x" for bound in (must, aim)]
    name = f"{name}, of {who}"
    if peer is None or rate is None:
        return Goal(name, *texts, "no such peer in this run" if rate else "not measured", None, None)
    ratio = rate / peer[1]
    verdicts = [None if bound is None else ratio >= bound for bound in (must, aim)]
    return Goal(name, *texts, f"{ratio:.2f} x {peer[0]}", *verdicts)


def not_measured(name, must, aim):
    return Goal(name, must, aim, "not measured", None, None)


def print_goals(made):
    rows = [["it must show", "must", "aim", "measured", "must reached", "aim reached"]]
    for goal in made:
        verdicts = [
            "-" if reached is None else "yes" if reached else "NO" for reached in (goal.reached_must, goal.reached_aim)
        ]
        rows.append([goal.workload, goal.must, goal.aim, goal.measured, *verdicts])
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    print()
    for row in rows:
        print("  ".join(text.ljust(width) for text, width in zip(row, widths)).rstrip())
