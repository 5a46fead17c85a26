"""What is asked, at how many connections, beside which floors. A row of these lists is all that a workload is."""
from collections.abc import Callable
from dataclasses import dataclass

from .tables import ALL_READINGS, GIVE, HUNDRED, INSERT, POINT, SELECT_1, TAKE


@dataclass(frozen=True)
class Workload:
    """`unit` gives the requests that a kind of server is sent, or None where it has none for this."""

    name: str
    connections: tuple
    unit: Callable
    # SELECTs of one request by wrk, which is faster; what carries a baton or must be counted exactly by HttpLoad.
    wrk: bool = False
    # A floor of InProcess.java, by what its row is called. It knows no connections and is measured beside the fewest.
    in_process: tuple = ()
    # A path of BareJetty.java, by what its rows are called: each door has one with its own bytes.
    bare: tuple = ()
    # What a unit does: rows that it reads, rows of bench_events that it makes, transfers.
    rows: int = 0
    inserts: int = 0
    transfers: int = 0
    # What a second of it is counted in.
    counted: str = "requests"
    # What our door of Hrana is called here.
    hrana: str = "pipeline"


def one(request):
    return None if request is None else [request]


APPEND = ("append 4 KiB, fdatasync", "append")
GROUPS = ("in process, groups of 16", "groups16")
LONE = ("in process, lone inserts", "lone")

SELECTS = [
    Workload(
        "point SELECT",
        (1, 16, 64),
        lambda kind: one(kind.read(POINT)),
        wrk=True,
        in_process=(("in process", "point"),),
        bare=(("bare Jetty, nothing", "nothing"), ("bare Jetty, same SQL", "point")),
    ),
    Workload(
        "SELECT as Python asks",
        (1, 16),
        lambda kind: kind.describe_and_cursor(POINT),
        counted="SELECTs",
        hrana="describe, cursor",
    ),
    Workload(
        "SELECT of 100 rows",
        (16,),
        lambda kind: one(kind.read(HUNDRED)),
        wrk=True,
        bare=(("bare Jetty, same SQL", "hundred"),),
        rows=100,
    ),
]

WRITES = [
    Workload("SELECT 1", (1,), lambda kind: one(kind.read(SELECT_1))),
    Workload("INSERT", (1,), lambda kind: one(kind.write(INSERT)), in_process=(LONE,), inserts=1, counted="inserts"),
    Workload(
        "INSERT",
        (16, 64),
        lambda kind: one(kind.write(INSERT)),
        in_process=(APPEND, GROUPS),
        inserts=1,
        counted="inserts",
    ),
    Workload(
        "transfer transaction",
        (1, 8),
        lambda kind: kind.transaction([TAKE, GIVE]),
        in_process=(("in process, transfers", "transfer"),),
        transfers=1,
        counted="transactions",
    ),
    Workload(
        "batch of 100 inserts",
        (4,),
        lambda kind: one(kind.batch(INSERT, 100)),
        in_process=(("in process, groups of 100", "groups100"),),
        inserts=100,
        counted="batches",
    ),
]

READINGS = [
    Workload(
        "SELECT of 100,000 rows",
        (1,),
        lambda kind: one(kind.read(ALL_READINGS)),
        in_process=(("in process, by declared types", "readings"),),
        rows=100_000,
        counted="rows",
    ),
    Workload(
        "SELECT of 100,000 rows by cursor",
        (1,),
        lambda kind: one(kind.cursor(ALL_READINGS)),
        rows=100_000,
        counted="rows",
        hrana="cursor",
    ),
]
