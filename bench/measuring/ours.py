"""Our server as bin/quicsql starts it, with the shipped settings."""
import hashlib
import os
import pathlib

from .kinds import Hrana, Native
from .processes import ROOT, Server, command_line, free_port, wait_for

TOKEN = "dev-token"
WRITERS = [f"bench-writer-{i}" for i in range(1, 5)]
DATABASE = "app"


class Ours(Server):
    """One server process; its doors are what clients are told to use."""

    def __init__(self, folder, name, overrides, java_home=None):
        self.folder = folder
        self.port = free_port()
        self.admin_port = free_port()
        self.data = folder / name
        config = folder / f"{name}.yml"
        config.write_text(settings())
        environment = dict(
            os.environ,
            QUICSQL_DATA=str(self.data),
            QUICSQL_PORT=str(self.port),
            QUICSQL_ADMIN_PORT=str(self.admin_port),
            QUICSQL_NO_BUILD="1",
        )
        # Dropwizard takes every key of the configuration as a property, too.
        properties = [f"-Ddw.{override}" for override in overrides]
        environment["QUICSQL_JAVA_OPTS"] = " ".join([os.environ.get("QUICSQL_JAVA_OPTS", ""), *properties]).strip()
        if java_home:
            environment["JAVA_HOME"] = str(java_home)
        super().__init__([ROOT / "bin" / "quicsql", "server", config], folder / f"{name}.log", environment)
        base = f"http://{TOKEN}@127.0.0.1:{self.port}/{DATABASE}"
        self.query = Native("query", base, "ours")
        self.pipeline = Hrana("pipeline", base, "ours")
        self.doors = [self.query, self.pipeline]

    def wait(self):
        """Until it has answered a SELECT."""
        url = f"http://127.0.0.1:{self.port}/{DATABASE}/query"
        wait_for(url, b'{"sql":"select 1"}', f"Bearer {TOKEN}")

    def file(self, name=DATABASE):
        return self.data / f"{name}.db"

    def jvm_flags(self):
        """What bin/quicsql gave to the JVM, its class archive included, as the running process tells."""
        words = command_line(self.pid())
        return words[1 : words.index("-jar")]


def settings():
    """The shipped ones, and four writers with tokens of their own; the server listens on loopback only."""
    before, after = (ROOT / "config.yml").read_text().split("  principals:\n", 1)
    writers = "".join(
        f"    - {{name: {token}, token_sha256: {hashlib.sha256(token.encode()).hexdigest()},"
        ' grants: {"*": read-write}}\n'
        for token in WRITERS
    )
    return f"{before}  principals:\n{writers}{after}"


def without_archive(flags):
    """The same flags for a program that has no such archive."""
    words = ("SharedArchiveFile", "AutoCreateSharedArchive", "ArchiveClassesAtExit", "AOTCache", "AOTMode")
    return [flag for flag in flags if not any(word in flag for word in words)]
