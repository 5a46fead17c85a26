"""The floor over HTTP: BareJetty.java on the server's database, with the server's flags."""
import re

from .kinds import Hrana, Native
from .ours import without_archive
from .processes import JAR, Failed, Server, free_port, java, wait_for
from .tables import HUNDRED, POINT, Statement


class BareJetty(Server):
    """Called with a path of its own it gives the kinds to ask it as, one for each of our doors."""

    def __init__(self, folder, classes, ours):
        self.port = free_port()
        flags = without_archive(ours.jvm_flags())
        command = [java(), *flags, "-cp", f"{JAR}:{classes}", "BareJetty", self.port, ours.file()]
        super().__init__(command, folder / "bare-jetty.log")

    def __call__(self, path):
        base = f"http://127.0.0.1:{self.port}/{path}"
        return [Native("query", base), Hrana("pipeline", base)]

    def wait(self):
        wait_for(f"http://127.0.0.1:{self.port}/")

    def check(self, ours):
        """It answers with the same bytes as ours, which were found to be right."""
        for path, statement in (("point", POINT), ("hundred", HUNDRED)):
            request = Statement(statement.sql, (4711,))
            for bare, door in zip(self(path), ours.doors):
                same(bare.send(bare.read(request)), door.send(door.read(request)))


def same(bare, ours):
    """But for the time that the statement took, which is not the same twice."""
    duration = rb'"query_duration_ms":[0-9.]+'
    if re.sub(duration, b"", bare) != re.sub(duration, b"", ours):
        raise Failed(f"bare Jetty's bytes differ from ours:\n{bare}\n{ours}")
