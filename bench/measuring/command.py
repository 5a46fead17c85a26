"""The command line of bench/run, and the order of its parts."""
import argparse
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, replace

from .bare import BareJetty
from .databases import many_databases
from .goals import goals, print_goals
from .kinds import peer
from .loads import by_http_load, by_wrk
from .memory import heap_of_large_reads, parked_streams, print_heap, print_streams
from .ours import Ours
from .processes import ROOT, Failed, Tool, compile_java, java, java_version, pid_that_listens, rss_mb
from .report import print_rows, print_table
from .rounds import Cells, Table, Tally, Target, measure
from .starts import measure_starts, print_starts
from .tables import INSERT, POINT, USERS, make
from .workloads import READINGS, SELECTS, WRITES
from .writes import Writers, claims, print_claims, print_fair, print_syncs

PARTS = ("select", "write", "rows", "databases", "streams", "start")
IDLE_SECONDS = 10


def main():
    options = parse()
    # So that a run that is ended ends what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if shutil.which("wrk") is None:
        sys.exit("bench/run: wrk is missing (Debian's package is called wrk)")
    subprocess.run([ROOT / "bin" / "quicsql", "check", ROOT / "config.yml"], check=True, stdout=subprocess.DEVNULL)
    try:
        with tempfile.TemporaryDirectory(prefix="quicsql-bench-", dir=options.folder) as folder:
            figures = Run(pathlib.Path(folder), options).all()
    except Failed as e:
        sys.exit(f"bench/run: {e}")
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(figures, indent=2) + "\n")
    print(f"\nall figures of all rounds: {options.json}")


def parse():
    parser = argparse.ArgumentParser(prog="bench/run", description=__doc__.splitlines()[0])
    parser.add_argument("--peer", action="append", default=[], metavar="NAME=KIND:URL", type=peer,
                        help="also measure this server; KIND is hrana, rqlite, ws4sql or native")
    parser.add_argument("--seconds", type=float, default=3, help="length of one measurement")
    parser.add_argument("--warmup", type=float, default=20, help="seconds of the first load; the others have a tenth")
    parser.add_argument("--rounds", type=int, default=5, help="measurements of each; the median counts")
    parser.add_argument("--connections", type=int, help="measure the SELECTs of one row at so many connections only")
    parser.add_argument("--only", action="append", choices=PARTS, help="a part, instead of all; may be repeated")
    parser.add_argument("--folder", type=pathlib.Path, help="where the databases are; else where temporary files are")
    parser.add_argument("--java", action="append", default=[], type=pathlib.Path, metavar="JAVA_HOME",
                        help="also measure the start with this JDK")
    parser.add_argument("--config-override", action="append", default=[], metavar="KEY=VALUE",
                        help="a key of our configuration, as http.fast_path=false")
    parser.add_argument("--json", type=pathlib.Path, default=ROOT / "target" / "bench.json",
                        help="where the figures of every round go")
    options = parser.parse_args()
    names = [each.name for each in options.peer]
    # The table knows its rows by these.
    if len(set(names)) < len(names) or {"query", "pipeline", "cursor"} & set(names):
        parser.error("each peer needs a name of its own")
    options.parts = [part for part in PARTS if part in (options.only or PARTS)]
    return options


class Run:
    """One run of everything that was asked for, on one process of ours."""

    def __init__(self, folder, options):
        self.folder = folder
        self.options = options
        self.table = Table()
        self.tally = Tally()
        self.peers = []
        self.figures = {"machine": machine(folder), "options": told_options(options)}

    def all(self):
        classes = self.folder / "classes"
        compile_java(classes)
        if self.options.parts != ["start"]:
            self.under_load(classes)
        if "start" in self.options.parts:
            self.figures["start"] = measure_starts(self.folder, self.options, classes)
            print_starts(self.figures["start"])
        made = goals(self.figures, self.table, self.peers)
        print_goals(made)
        self.figures["goals"] = [asdict(goal) for goal in made]
        return self.figures

    def under_load(self, classes):
        ours = Ours(self.folder, "data", self.options.config_override)
        with ours:
            ours.wait()
            time.sleep(IDLE_SECONDS)
            self.figures["idle_rss_mb"] = rss_mb(ours.pid())
            self.figures["jvm_flags"] = ours.jvm_flags()
            self.peers = [Target(kind, pid_that_listens(kind.port), "peer") for kind in self.options.peer]
            seen = [target for target in self.peers if target.pid]
            peers_rss = {target.kind.name: [rss_mb(target.pid)] for target in seen}
            make(ours.query)
            for target in self.peers:
                make(target.kind)
            bare = BareJetty(self.folder, classes, ours)
            in_process = Tool(self.folder / "in-process.log", classes, "InProcess", self.folder, ours.file(), USERS)
            load = Tool(self.folder / "load.log", classes, "HttpLoad")
            with bare, in_process, load:
                bare.wait()
                bare.check(ours)
                self.cells = Cells(self.table, self.tally, ours, bare, self.peers, in_process, load)
                self.writers = Writers(ours, load, self.tally)
                self.warm(ours, bare, load)
                for part in self.options.parts:
                    if part != "start":
                        getattr(self, part)(ours)
                self.tally.check(ours)
            self.figures["rss_after_mb"] = rss_mb(ours.pid())
            for target in seen:
                try:
                    peers_rss[target.kind.name].append(rss_mb(target.pid))
                except OSError:
                    # It is not there any more.
                    del peers_rss[target.kind.name]
            self.figures["peers_rss_mb"] = peers_rss
            self.figures["cells"] = [self.told(cell) for cell in self.table.cells.values()]
        self.report()

    def warm(self, ours, bare, load):
        """The code that all share: the loads that matter most, for the whole time."""
        for kind in ours.doors:
            by_wrk(kind, kind.read(POINT), 16, self.options.warmup, ours.pid())
        for kind in bare("point"):
            by_wrk(kind, kind.read(POINT), 16, self.options.warmup / 2, bare.pid())

    def select(self, ours):
        workloads = SELECTS
        if self.options.connections:
            count = (self.options.connections,)
            workloads = [replace(each, connections=count) if 16 in each.connections else each for each in SELECTS]
        measure([cell for workload in workloads for cell in self.cells.of(workload)], self.options)

    def write(self, ours):
        cells = [cell for workload in WRITES for cell in self.cells.of(workload)]
        for kind in ours.doors:
            result = by_http_load(self.cells.load, kind, [kind.write(INSERT)], 16, self.options.warmup / 2, ours.pid())
            self.tally.add(kind, next(each for each in WRITES if each.inserts == 1), result["units"])
        measure(cells, self.options)
        self.figures["fair"] = self.writers.fair(self.options.rounds)
        self.figures["syncs"] = self.writers.syncs(self.folder)
        self.figures["claims"] = claims(self.table, self.figures["fair"])

    def rows(self, ours):
        measure([cell for workload in READINGS for cell in self.cells.of(workload)], self.options)
        self.figures["heap"] = heap_of_large_reads(ours)

    def databases(self, ours):
        measure(many_databases(ours, self.table), self.options)

    def streams(self, ours):
        self.figures["streams"] = parked_streams(ours)

    @staticmethod
    def told(cell):
        keys = ("workload", "connections", "who", "role", "counted", "refused", "runs")
        return {key: getattr(cell, key) for key in keys}

    def report(self):
        machine, figures = self.figures["machine"], self.figures
        print(f"\n{machine['processors']} processors, {machine['java']}, databases on {machine['file_system']}")
        if machine["file_system"] in ("tmpfs", "ramfs"):
            print("a sync costs nothing there: take --folder to name one on a disk")
        print_table(self.table, self.options)
        if "heap" in figures:
            print_heap(figures["heap"])
        if "streams" in figures:
            print_streams(figures["streams"])
        rss = [["ours", f"{figures['idle_rss_mb']:.0f} MB", f"{figures['rss_after_mb']:.0f} MB"]]
        rss += [[name, f"{before:.0f} MB", f"{after:.0f} MB"] for name, (before, after) in figures["peers_rss_mb"].items()]
        print_rows("RSS before the load, and after all of it", rss)
        if "fair" in self.figures:
            print_fair(self.figures["fair"])
            print_syncs(self.figures["syncs"])
            print_claims(self.figures["claims"])


def machine(folder):
    """What the figures depend on."""
    kind = subprocess.run(["stat", "-f", "-c", "%T", folder], capture_output=True, text=True).stdout.strip()
    version = java_version(pathlib.Path(java()).parent.parent)
    return {"processors": os.cpu_count(), "java": f"Java {version}", "file_system": kind}


def told_options(options):
    return {
        key: [f"{each.name} ({type(each).__name__.lower()})" for each in value] if key == "peer" else str(value)
        for key, value in vars(options).items()
    }
