"""The processes that bench/run starts, and what it can see of any process."""
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

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BENCH = ROOT / "bench"
JAR = ROOT / "target" / "quicsql.jar"

# Their answers go to the standard output, so the JVM may say nothing there.
TOOL_FLAGS = ["-Xms128m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:-UsePerfData", "-Xlog:disable", "-Xlog:all=error:stderr"]


class Failed(Exception):
    """A request or a measurement that did not get what it asked for: the run is worth nothing."""


class Server:
    """A process that this run started and ends again, by its own id."""

    def __init__(self, command, log, environment=None):
        self.command = [str(part) for part in command]
        self.log = log
        self.environment = environment

    def __enter__(self):
        with open(self.log, "ab") as out:
            self.process = subprocess.Popen(self.command, stdout=out, stderr=out, env=self.environment)
        return self

    def pid(self):
        return self.process.pid

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)


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

    def ask(self, line):
        print(line, file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline()
        if not answer:
            raise Failed(f"{line[:1000]} failed:\n{pathlib.Path(self.log).read_text()}")
        result = json.loads(answer)
        if "failed" in result:
            raise Failed(f"{result['failed']}, for {line[:1000]}")
        return result

    def __exit__(self, *_):
        self.process.stdin.close()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()


def java():
    home = os.environ.get("JAVA_HOME")
    return str(pathlib.Path(home) / "bin" / "java") if home else os.path.realpath(shutil.which("java"))


def java_version(home):
    """As its release file tells it."""
    return re.search(r'JAVA_VERSION="([^"]+)"', (pathlib.Path(home) / "release").read_text()).group(1)


def compile_java(classes):
    """For the Java of this run; what it compiles for 17 runs on everything newer."""
    javac = pathlib.Path(java()).parent / "javac"
    sources = sorted((BENCH / "java").glob("*.java"))
    subprocess.run([javac, "--release", "17", "-proc:none", "-cp", JAR, "-d", classes, *sources], check=True)


def wait_for(url, body=None, authorization=None):
    """Waits for the first answer with a status below 500, asking without a pause between tries worth measuring."""
    headers = {"Authorization": authorization} if authorization else {}
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


def rss_mb(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024


def cpu_seconds(pid):
    """What a process has used so far, its ended threads included."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def command_line(pid):
    return pathlib.Path(f"/proc/{pid}/cmdline").read_text().rstrip("\0").split("\0")


def live_heap_mb(pid):
    """Memory of all objects that are still in use, counted after a full collection that this asks for."""
    jcmd = pathlib.Path(java()).parent / "jcmd"
    out = subprocess.run(
        [jcmd, str(pid), "GC.class_histogram"], capture_output=True, text=True, check=True, timeout=60
    ).stdout
    return int(re.search(r"^Total\s+\d+\s+(\d+)", out, re.MULTILINE).group(1)) / 1e6


def pid_that_listens(port):
    """The process that listens at a port of this machine, or None where that cannot be seen."""
    inodes = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        if not os.path.exists(table):
            continue
        for line in pathlib.Path(table).read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and int(fields[1].rsplit(":", 1)[1], 16) == port:
                inodes.add(f"socket:[{fields[9]}]")
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if any(os.readlink(fd) in inodes for fd in (process / "fd").iterdir()):
                return int(process.name)
        except OSError:
            continue
    return None


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
