"""Measurements in turn: every cell once a round, so that what is compared stands side by side in time."""
import statistics
import sys
from dataclasses import dataclass, field

from .kinds import Native
from .loads import by_http_load, by_wrk
from .processes import Failed, rss_mb
from .tables import ACCOUNTS, Statement


@dataclass
class Target:
    """Whom a cell asks: a kind of server, its process where that can be seen, and what it is to us."""

    kind: object
    pid: int | None
    # "ours", "peer" or "floor"
    role: str


@dataclass
class Cell:
    """One row of the table: what it is, how it is measured, and what was."""

    workload: str
    connections: int
    who: str
    role: str
    counted: str
    measure: object
    # The one of our doors that it is, or that it has the bytes of.
    door: str | None = None
    runs: list = field(default_factory=list)
    # Why there are no runs.
    refused: str | None = None

    def median(self, key):
        found = [run[key] for run in self.runs if run.get(key) is not None]
        return statistics.median(found) if found else None


class Table:
    """All cells of a run, by workload, connections and who."""

    def __init__(self):
        self.cells = {}

    def add(self, cell):
        self.cells[cell.workload, cell.connections, cell.who] = cell

    def rate(self, workload, connections, who, key="rate"):
        cell = self.cells.get((workload, connections, who))
        return cell.median(key) if cell else None

    def of(self, workload, connections, role):
        """The cells of a row of the table, of ours, the floors or the peers."""
        return [
            cell
            for (name, count, _), cell in self.cells.items()
            if name == workload and count == connections and cell.role == role
        ]

    def ours(self, workload, connections, door):
        return next((cell for cell in self.of(workload, connections, "ours") if cell.door == door), None)


class Tally:
    """What was acknowledged by each server: at the end it must all be there, and the money with it."""

    def __init__(self):
        self.kinds = {}
        self.counts = {}

    def add(self, kind, workload, units):
        if not workload.inserts and not workload.transfers:
            return
        address = (kind.host, kind.port, kind.base)
        self.kinds.setdefault(address, kind)
        counts = self.counts.setdefault(address, [0, 0])
        counts[0] += units * workload.inserts
        counts[1] += units * workload.transfers

    def check(self, ours):
        """Fails where ours has lost or made something. A peer that failed amid a load has not told of all that it did."""
        for address, (inserts, transfers) in self.counts.items():
            kind = self.kinds[address]
            try:
                self.compare(kind, [inserts, transfers, ACCOUNTS * 1000])
            except Failed as e:
                if kind.server == ours.query.server:
                    raise
                print(e)

    @staticmethod
    def compare(kind, expected):
        found = [
            kind.ask(Statement(sql))[0][0]
            for sql in (
                "SELECT count(*) FROM bench_events",
                "SELECT sum(given) FROM bench_accounts",
                "SELECT sum(balance) FROM bench_accounts",
            )
        ]
        if found != expected:
            raise Failed(f"{kind.server}: rows, transfers, money are {found}, acknowledged were {expected}")
        inserts, transfers, _ = expected
        print(f"{kind.server}: all {inserts:,} inserts and {transfers:,} transfers that were acknowledged are there")


class Cells:
    """Makes the cells of workloads for ours, its floors and the peers."""

    def __init__(self, table, tally, ours, bare, peers, floors, load):
        self.table = table
        self.tally = tally
        self.ours = ours
        self.bare = bare
        self.peers = peers
        self.floors = floors
        self.load = load

    def of(self, workload):
        """The cells of a workload that can be measured; those that cannot are in the table with the reason."""
        made = []
        for connections in workload.connections:
            for label, command in workload.in_process if connections == workload.connections[0] else ():
                made.append(self.in_process(workload, connections, label, command))
            for label, path in workload.bare:
                for kind in self.bare(path):
                    target = Target(kind, self.bare.pid(), "floor")
                    made.append(self.over_http(workload, connections, f"{label}, {kind.name}", target))
                    made[-1].door = kind.name
            for kind in self.ours.doors:
                who = kind.name if isinstance(kind, Native) else workload.hrana
                cell = self.over_http(workload, connections, who, Target(kind, self.ours.pid(), "ours"))
                if cell:
                    cell.door = kind.name
                made.append(cell)
            for target in self.peers:
                made.append(self.over_http(workload, connections, target.kind.name, target))
        for cell in made:
            if cell:
                self.table.add(cell)
        return [cell for cell in made if cell and not cell.refused]

    def in_process(self, workload, connections, label, command):
        def measure(seconds):
            return self.floors.ask(f"{command} {int(seconds * 1000)}")

        return Cell(workload.name, connections, label, "floor", workload.counted, measure)

    def over_http(self, workload, connections, who, target):
        unit = workload.unit(target.kind)
        if unit is None and target.role != "peer":
            return None
        cell = Cell(workload.name, connections, who, target.role, workload.counted, None)
        if unit is None:
            cell.refused = "no such request"
            return cell
        try:
            self.trial(workload, unit, target)
        except Failed as e:
            if target.role != "peer":
                raise
            cell.refused = str(e)
            return cell
        cell.measure = lambda seconds: self.measured(workload, unit, connections, target, seconds)
        return cell

    def trial(self, workload, unit, target):
        """One unit, of which every answer is looked at; wrk looks at none."""
        result = by_http_load(self.load, target.kind, unit, 1, 0, target.pid)
        self.tally.add(target.kind, workload, result["units"])

    def measured(self, workload, unit, connections, target, seconds, tokens=None):
        if workload.wrk:
            result = by_wrk(target.kind, unit[0], connections, seconds, target.pid)
        else:
            result = by_http_load(self.load, target.kind, unit, connections, seconds, target.pid, tokens)
        self.tally.add(target.kind, workload, result["units"])
        if workload.counted == "rows":
            result["rate"] *= workload.rows
        if target.pid:
            result["rss_mb"] = rss_mb(target.pid)
        return result


def measure(cells, options):
    """A short warm-up of each cell, then the rounds. A peer that fails loses its row; all else ends the run."""
    for cell in cells:
        attempt(cell, options.warmup / 10)
    for number in range(options.rounds):
        print(f"round {number + 1} of {options.rounds}: {len(cells)} measurements", file=sys.stderr, flush=True)
        for cell in cells:
            run = attempt(cell, options.seconds)
            if run:
                cell.runs.append(run)


def attempt(cell, seconds):
    """One measurement, or None where the cell has none."""
    if cell.refused:
        return None
    try:
        return cell.measure(seconds)
    except Failed as e:
        if cell.role != "peer":
            raise
        cell.refused = str(e)[:200]
        cell.runs.clear()
        return None
