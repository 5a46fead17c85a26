"""The processes that bench/run starts, and the words it has with them."""
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
BENCH = ROOT / "bench"
JAR = ROOT / "target" / "quicsql.jar"
TOKEN = "dev-token"

# Their answers go to the standard output, so the JVM may say nothing there.
TOOL_FLAGS = ["-Xms128m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:-UsePerfData", "-Xlog:disable", "-Xlog:all=error:stderr"]


class Server:
    """A process that this run started and ends again, by its own id."""

    def __init__(self, command, log):
        self.command = [str(part) for part in command]
        self.log = log

    def __enter__(self):
        with open(self.log, "ab") as out:
            self.process = subprocess.Popen(self.command, stdout=out, stderr=out)
        return self

    def pid(self):
        return self.process.pid

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)


class Tool(Server):
    """A Java program of this folder that reads commands, answers each with a line of JSON, and stays warm."""

    def __init__(self, log, classes, name, *arguments):
        super().__init__([java(), *TOOL_FLAGS, "-cp", f"{JAR}:{classes}", name, *arguments], log)

    def __enter__(self):
        with open(self.log, "ab") as out:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=out, text=True
            )
        return self

    def ask(self, *words):
        line = " ".join(str(word) for word in words)
        print(line, file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline()
        if not answer:
            sys.exit(f"bench/run: {line!r} failed:\n{pathlib.Path(self.log).read_text()}")
        result = json.loads(answer)
        if "failed" in result:
            sys.exit(f"bench/run: {line!r} failed: {result['failed']}")
        return result

    def __exit__(self, *_):
        self.process.stdin.close()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()


def server_command(folder, data, port, principals=""):
    """Our server with the shipped settings, and with more principals where a bench needs them."""
    config = folder / f"config-{port}.yml"
    before, after = (ROOT / "config.yml").read_text().split("  principals:\n", 1)
    config.write_text(f"{before}  principals:\n{principals}{after}")
    os.environ.update(
        QUICSQL_DATA=str(data), QUICSQL_PORT=str(port), QUICSQL_ADMIN_PORT=str(free_port()), QUICSQL_NO_BUILD="1"
    )
    return [ROOT / "bin" / "quicsql", "server", config]


def flags():
    """The flags that bin/quicsql gives the JVM, but for its class archive."""
    return [
        "-Xms80m", "-Xmn64m", "-XX:MaxRAMPercentage=50", "-XX:+ExitOnOutOfMemoryError", "-XX:-UsePerfData",
        "-Dfile.encoding=UTF-8", "-XX:+UseSerialGC", "-Xlog:cds=off", "-Xlog:cds+dynamic=off",
    ]


def java():
    home = os.environ.get("JAVA_HOME")
    return str(pathlib.Path(home) / "bin" / "java") if home else os.path.realpath(shutil.which("java"))


def post(port, request):
    call = urllib.request.Request(
        f"http://127.0.0.1:{port}/app/query",
        data=json.dumps(request).encode(),
        headers={"Authorization": f"Bearer {TOKEN}"},
    )
    with urllib.request.urlopen(call) as answer:
        result = json.load(answer)
    if "error" in result:
        sys.exit(f"bench/run: {result['error']['message']}")
    return result


def wait_for(url, body=None):
    """Waits for the first answer with a status below 500, asking without a pause between tries worth measuring."""
    headers = {"Authorization": f"Bearer {TOKEN}"}
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(urllib.request.Request(url, data=body, headers=headers), timeout=10).read()
            return
        except urllib.error.HTTPError as e:
            if e.code < 500:
                return
        except OSError:
            time.sleep(0.005)
    sys.exit(f"bench/run: no answer from {url}")


def rss(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) // 1024


def cpu_seconds(pid):
    """What a process has used so far, its ended threads included."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def compile_java(classes, *names):
    javac = pathlib.Path(java()).parent / "javac"
    sources = [BENCH / f"{name}.java" for name in names]
    subprocess.run([javac, "-proc:none", "-cp", JAR, "-d", classes, *sources], check=True)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
