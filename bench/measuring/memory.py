"""What large answers and parked streams cost our server's heap."""
import http.client
import json
import socket
import threading
import time
import urllib.request

from .processes import Failed, live_heap_mb, rss_mb
from .report import print_rows
from .tables import ALL_READINGS, SELECT_1

# A slow reader stops this often on its way through an answer, and each time what is in use is counted.
STOPS = 20
FULL_SPEED_SECONDS = 4
STREAMS = 10_000
# Opened before the first count: code that is compiled and buffers that are kept are no part of what a stream costs.
FIRST_STREAMS = 1_000
CHECKED = 100


def heap_of_large_reads(ours):
    """By each door: the peak of what is in use while 100,000 rows are read, and of the whole heap, garbage included."""
    requests = {
        "cursor": (ours.pipeline, ours.pipeline.cursor(ALL_READINGS)),
        "pipeline": (ours.pipeline, ours.pipeline.read(ALL_READINGS)),
        "query": (ours.query, ours.query.read(ALL_READINGS)),
    }
    return {door: heap_of_read(ours, kind, request) for door, (kind, request) in requests.items()}


def heap_of_read(ours, kind, request):
    size = len(kind.send(request))
    before = settled_heap_mb(ours)
    slow = slow_read(ours, kind, request, size)
    fast = while_reading(kind, request, lambda: live_heap_mb(ours.pid()))
    # In a time of its own: counting what is in use collects the garbage.
    with_garbage = max(while_reading(kind, request, lambda: used_heap_mb(ours)))
    return {
        "body_mb": size / 1e6,
        "live_before_mb": before,
        "live_growth_slow_mb": max(slow) - before,
        "live_growth_fast_mb": max(fast) - before,
        "live_growth_mb": max(slow + fast) - before,
        "used_growth_mb": with_garbage - before,
        "samples": {"slow": slow, "fast": fast},
    }


def settled_heap_mb(ours):
    return min(live_heap_mb(ours.pid()) for _ in range(2))


def slow_read(ours, kind, request, size):
    """One answer, taken in pieces; what is in use is counted while the server waits for the reader."""
    samples = []
    body = request.body.encode()
    head = (
        f"POST {request.path} HTTP/1.1\r\nHost: {kind.host}\r\nAuthorization: {kind.authorization}\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    with socket.create_connection((kind.host, kind.port), timeout=60) as connection:
        connection.sendall(head.encode() + body)
        taken, first = 0, b""
        while piece := connection.recv(1 << 16):
            first = first or piece
            taken += len(piece)
            if taken >= (len(samples) + 0.5) * size / STOPS and len(samples) < STOPS:
                samples.append(live_heap_mb(ours.pid()))
    if not first.startswith(b"HTTP/1.1 200") or taken < size:
        raise Failed(f"a slow read of {size} bytes got {taken}: {first[:200]!r}")
    return samples


def while_reading(kind, request, look):
    """What a look shows, again and again while answers are read one after the other at full speed."""
    end = time.monotonic() + FULL_SPEED_SECONDS
    failures = []

    def read():
        try:
            while time.monotonic() < end:
                kind.send(request)
        except Failed as e:
            failures.append(e)

    reader = threading.Thread(target=read)
    reader.start()
    looks = []
    while reader.is_alive():
        looks.append(look())
    reader.join()
    if failures:
        raise failures[0]
    return looks


def used_heap_mb(ours):
    """With what is no longer in use but not yet collected, as the admin port tells."""
    with urllib.request.urlopen(f"http://127.0.0.1:{ours.admin_port}/metrics", timeout=30) as answer:
        return json.load(answer)["gauges"]["jvm.memory.heap.used"]["value"] / 1e6


def parked_streams(ours):
    """Streams that a client has left open in autocommit: memory with them less memory before, and that they still work."""
    connection = http.client.HTTPConnection(ours.pipeline.host, ours.pipeline.port, timeout=30)
    try:
        for _ in range(FIRST_STREAMS):
            pipeline(connection, ours.pipeline, None)
        live, rss = settled_heap_mb(ours), rss_mb(ours.pid())
        batons = [pipeline(connection, ours.pipeline, None) for _ in range(STREAMS)]
        after, rss_after = settled_heap_mb(ours), rss_mb(ours.pid())
        for baton in batons[:: STREAMS // CHECKED]:
            pipeline(connection, ours.pipeline, baton)
    finally:
        connection.close()
    if len(set(batons)) != STREAMS:
        raise Failed(f"{STREAMS} streams have only {len(set(batons))} batons")
    return {
        "streams": STREAMS,
        "live_before_mb": live,
        "live_after_mb": after,
        "live_growth_mb": after - live,
        "rss_before_mb": rss,
        "rss_after_mb": rss_after,
        "rss_growth_mb": rss_after - rss,
    }


def pipeline(connection, kind, baton):
    """A SELECT on a stream that stays open; its next baton."""
    body = json.dumps({"baton": baton, "requests": [json.loads(kind.execute(SELECT_1))]})
    connection.request("POST", f"{kind.base}/v2/pipeline", body, {"Authorization": kind.authorization})
    answer = json.loads(connection.getresponse().read())
    if not answer.get("baton") or kind.error(answer):
        raise Failed(f"a stream failed: {answer}")
    return answer["baton"]


def print_heap(heap):
    rows = [["door", "answer", "in use, slow reader", "in use, full speed", "with garbage"]]
    for door, each in heap.items():
        growths = [each["live_growth_slow_mb"], each["live_growth_fast_mb"], each["used_growth_mb"]]
        rows.append([door, f"{each['body_mb']:.1f} MB", *(f"{growth:+.1f} MB" for growth in growths)])
    print_rows("heap while 100,000 rows are read: the peak, less what was in use before", rows)


def print_streams(streams):
    rows = [
        ["live heap", f"{streams['live_before_mb']:.2f} MB", f"{streams['live_growth_mb']:+.2f} MB"],
        ["RSS", f"{streams['rss_before_mb']:.1f} MB", f"{streams['rss_growth_mb']:+.1f} MB"],
    ]
    print_rows(f"{streams['streams']:,} parked streams: before, and more with them, after collections", rows)
