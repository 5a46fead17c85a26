"""From the start of a process to its first answer: ours, and an empty Dropwizard with the same flags and an archive."""
import os
import pathlib
import re
import statistics
import subprocess
import time

from .ours import Ours, without_archive
from .processes import JAR, ROOT, Failed, Server, free_port, java, java_version, rss_mb, wait_for
from .report import print_rows

SETTLE_SECONDS = 3

# The flags with which bin/quicsql makes its own cache.
UNTRAINED = re.search(r"^untrained='(.+)'$", (ROOT / "bin" / "quicsql").read_text(), re.MULTILINE).group(1).split()


def measure_starts(folder, options, classes):
    """By the version of Java: that of this run, and those that were named."""
    homes = [pathlib.Path(java()).parent.parent, *options.java]
    return {java_version(home): starts_of(folder, options, classes, home) for home in homes}


def starts_of(folder, options, classes, home):
    version = java_version(home)
    flags = trained_flags(folder, options, home)
    empty = Empty(folder, classes, home, flags, version)
    runs = {"ours": [], "empty": [], "idle_rss_mb": []}
    for number in range(options.rounds):
        ours = Ours(folder, f"start-{version}-{number}", options.config_override, home)
        began = time.monotonic()
        with ours:
            ours.wait()
            runs["ours"].append(time.monotonic() - began)
            time.sleep(SETTLE_SECONDS)
            runs["idle_rss_mb"].append(rss_mb(ours.pid()))
        runs["empty"].append(empty.start())
    ratios = [ours / other for ours, other in zip(runs["ours"], runs["empty"])]
    return {
        **runs,
        "flags": flags,
        "median_s": statistics.median(runs["ours"]),
        "median_empty_s": statistics.median(runs["empty"]),
        "median_ratio": statistics.median(ratios),
    }


def trained_flags(folder, options, home):
    """Starts once, so that a JVM that makes its own archive has made it; where none is made so, has one made."""
    for training in (None, "train"):
        ours = Ours(folder, f"train-{java_version(home)}", options.config_override, home)
        if training:
            ours.environment["QUICSQL_ARCHIVE"] = training
        with ours:
            ours.wait()
            flags = ours.jvm_flags()
        if archive_flags(flags) and not training:
            break
    with Ours(folder, f"flags-{java_version(home)}", options.config_override, home) as ours:
        ours.wait()
        return ours.jvm_flags()


def archive_flags(flags):
    return [flag for flag in flags if flag not in without_archive(flags)]


class Empty:
    """The empty Dropwizard service; its archive is of the kind that ours has."""

    def __init__(self, folder, classes, home, flags, version):
        self.log = folder / f"empty-{version}.log"
        self.java = home / "bin" / "java"
        jar = folder / "empty.jar"
        if not jar.exists():
            tool = pathlib.Path(java()).parent / "jar"
            names = sorted(path.name for path in classes.glob("EmptyServer*.class"))
            subprocess.run([tool, "cf", jar, *(word for name in names for word in ("-C", classes, name))], check=True)
        port = free_port()
        config = folder / f"empty-{version}.yml"
        config.write_text(
            "server: {applicationConnectors: [{type: http, bindHost: 127.0.0.1, port: %d}],"
            " adminConnectors: [{type: http, bindHost: 127.0.0.1, port: 0}], requestLog: {appenders: []}}\n" % port
        )
        self.url = f"http://127.0.0.1:{port}/"
        self.program = ["-cp", f"{JAR}:{jar}", "EmptyServer", "server", config]
        self.flags = self.train(flags, folder / f"empty-{version}.archive")

    def train(self, flags, archive):
        plain = without_archive(flags)
        text = " ".join(archive_flags(flags))
        if "AOTCache=" in text:
            # In two steps, as ours: a service that ends by a signal leaves no cache by the one-step way.
            notes = f"-XX:AOTConfiguration={archive}.training"
            self.run([*plain, *UNTRAINED, "-XX:AOTMode=record", notes])
            make = [self.java, *plain, *UNTRAINED, "-XX:AOTMode=create", notes, f"-XX:AOTCache={archive}", *self.program]
            subprocess.run(make, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            with_archive = [f"-XX:AOTCache={archive}"]
        elif "AutoCreateSharedArchive" in text:
            with_archive = ["-XX:+AutoCreateSharedArchive", f"-XX:SharedArchiveFile={archive}"]
            self.run([*plain, *with_archive])
        elif "SharedArchiveFile=" in text:
            self.run([*plain, f"-XX:ArchiveClassesAtExit={archive}"])
            with_archive = [f"-XX:SharedArchiveFile={archive}"]
        else:
            return plain
        if not archive.exists():
            raise Failed(f"the empty service has left no archive behind, with {' '.join(map(str, plain))}")
        # Once with it untimed, as ours was.
        self.run([*plain, *with_archive])
        return [*plain, *with_archive]

    def run(self, flags):
        began = time.monotonic()
        with Server([self.java, *flags, *self.program], self.log, dict(os.environ)):
            wait_for(self.url)
            return time.monotonic() - began

    def start(self):
        return self.run(self.flags)


def print_starts(start):
    rows = [["JDK", "who", "seconds", "spread", "of empty", "idle RSS"]]
    for version, figures in start.items():
        idle = f"{statistics.median(figures['idle_rss_mb']):.0f} MB"
        ours = spread(figures["ours"])
        rows.append([version, "ours", f"{figures['median_s']:.2f}", ours, f"{figures['median_ratio']:.2f}", idle])
        empty = spread(figures["empty"])
        rows.append([version, "empty Dropwizard", f"{figures['median_empty_s']:.2f}", empty, "1.00", ""])
    print_rows("start to first answer, in turn", rows)


def spread(times):
    return f"{min(times):.2f}-{max(times):.2f}"
