"""The table: medians with their spread, and what ours is of each floor and peer."""


def number(value, decimals=0):
    return "-" if value is None else f"{value:,.{decimals}f}"


def ratio(ours, other):
    return "-" if not ours or not other else f"{ours / other:.2f}"


HEADER = (
    f"{'':44}{'a second':>11}{'spread':>22}{'p50 ms':>9}{'p99 ms':>9}{'cpu s':>10}{'RSS MB':>8}"
    f"{'query':>8}{'pipeline':>9}"
)


def print_table(table, options):
    print(f"\nmedians of {options.rounds} rounds of {options.seconds:g} s in turn")
    print("cpu s: of the server, for 1000 requests; query, pipeline: what our two doors do, divided by this row")
    print(HEADER)
    before = None
    for (workload, connections, _), cell in table.cells.items():
        if before != (workload, connections):
            before = (workload, connections)
            plural = "" if connections == 1 else "s"
            print(f"{workload}, {connections} connection{plural}, {cell.counted}")
        print_cell(table, cell)


def print_cell(table, cell):
    mark = {"ours": "", "floor": "floor: ", "peer": "peer: "}[cell.role]
    name = f"  {mark}{cell.who}"
    if not cell.runs:
        reason = " ".join((cell.refused or "").split())
        print(f"{name:44}{'-':>11}  {reason}"[:200])
        return
    rates = sorted(run["rate"] for run in cell.runs)
    spread = f"{rates[0]:,.0f}-{rates[-1]:,.0f}"
    waits = f"{number(cell.median('p50_ms'), 2):>9}{number(cell.median('p99_ms'), 2):>9}"
    cost = f"{number(cell.median('cpu_seconds_per_1000_requests'), 3):>10}{number(cell.median('rss_mb')):>8}"
    ratios = " " * 17
    if cell.role != "ours":
        ratios = ""
        rate = cell.median("rate")
        for door, width in (("query", 8), ("pipeline", 9)):
            ours = table.ours(cell.workload, cell.connections, door) if cell.door in (None, door) else None
            ratios += f"{ratio(ours.median('rate') if ours else None, rate):>{width}}"
    rate = number(cell.median("rate"))
    bytes_ = cell.median("mb_per_second") if cell.counted == "rows" else None
    end = f"  {bytes_:,.0f} MB/s" if bytes_ else ""
    print(f"{name:44}{rate:>11}{spread:>22}{waits}{cost}{ratios}{end}")


def print_rows(title, rows):
    """A small table of its own: texts side by side."""
    print(f"\n{title}")
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        print("  " + "  ".join(text.ljust(width) for text, width in zip(row, widths)).rstrip())
