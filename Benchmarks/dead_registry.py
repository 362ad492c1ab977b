#!/usr/bin/env python3
"""Measures what `serve --read-images` makes of a registry that is dead: how long reviews take, and whether each is
answered, beside a server that asks no registry.

    dead_registry.py [--program .build/release/uwsgi-max-fd] [--rate N] [--seconds N]

Reviews come at a fixed rate, each of a Pod with another image; their time counts from when they were due. The registry
takes connections and says nothing. The exit status is 1 where an answer is lost, or p99 is apart by more than the budget
and a few milliseconds, in which a timer may be late.
"""

import argparse
import asyncio
import json
import pathlib
import socket
import ssl
import subprocess
import sys
import tempfile
import threading

ROOT = pathlib.Path(__file__).resolve().parent.parent
# How long a review may wait for its images, in milliseconds.
BUDGET = 250
LATE = 10
CONNECTIONS = 32


def dead_registry():
    """The port of a server that takes connections and never answers."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    held = []

    def hold():
        while True:
            held.append(listener.accept())

    threading.Thread(target=hold, daemon=True).start()
    return listener.getsockname()[1]


class Server:
    """`serve` as a process."""

    def __init__(self, program, folder, flags):
        self.authority = folder / "ca.pem"
        self.process = subprocess.Popen(
            [program, "serve", "--bind", "127.0.0.1:0", "--admin-bind", "127.0.0.1:0", "--drain-delay", "0s"]
            + ["--self-signed", "localhost", "--ca-out", str(self.authority), *flags],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        started = json.loads(self.process.stdout.readline())
        self.port = int(started["address"].rsplit(":", 1)[1])
        # The log is read, and nothing is made of it.
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    def stop(self):
        self.process.terminate()
        return self.process.wait(30)


def request(number):
    body = json.dumps(
        {
            "apiVersion": "admission.k8s.io/v1",
            "kind": "AdmissionReview",
            "request": {
                "uid": str(number),
                "kind": {"group": "", "version": "v1", "kind": "Pod"},
                "operation": "CREATE",
                "object": {
                    "metadata": {"name": "app"},
                    "spec": {"containers": [{"name": "app", "image": "shop/app-%d:1" % number}]},
                },
            },
        }
    ).encode()
    head = "POST /strict?timeout=10s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    return (head % len(body)).encode() + body


async def review(reader, writer, number):
    """Whether it is answered, and the Pod admitted."""
    writer.write(request(number))
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    answer = json.loads(await reader.readexactly(length))
    return head.startswith(b"HTTP/1.1 200") and answer["response"]["allowed"]


async def load(server, rate, seconds):
    """How long each review took, in milliseconds, and how many were lost."""
    context = ssl.create_default_context(cafile=server.authority)
    free = asyncio.Queue()
    for _ in range(CONNECTIONS):
        free.put_nowait(
            await asyncio.open_connection("127.0.0.1", server.port, ssl=context, server_hostname="localhost")
        )
    loop = asyncio.get_running_loop()
    start = loop.time() + 0.1
    times = []

    async def one(number):
        due = start + number / rate
        await asyncio.sleep(max(0, due - loop.time()))
        connection = await free.get()
        if await asyncio.wait_for(review(*connection, number), 30):
            times.append((loop.time() - due) * 1000)
        free.put_nowait(connection)

    count = rate * seconds
    await asyncio.gather(*(one(number) for number in range(count)), return_exceptions=True)
    return sorted(times), count - len(times)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default=str(ROOT / ".build/release/uwsgi-max-fd"))
    parser.add_argument("--rate", type=int, default=100)
    parser.add_argument("--seconds", type=int, default=10)
    arguments = parser.parse_args()
    mirror = "docker.io=http://127.0.0.1:%d" % dead_registry()
    servers = {"asks no registry": [], "--read-images": ["--read-images", "--registry-mirror", mirror]}
    print("%d reviews a second for %d s\n" % (arguments.rate, arguments.seconds))
    print("%-18s %8s %8s %8s %6s" % ("", "p50, ms", "p99, ms", "most, ms", "lost"))
    p99 = []
    is_right = True
    for name, flags in servers.items():
        with tempfile.TemporaryDirectory() as folder:
            server = Server(arguments.program, pathlib.Path(folder), flags)
            times, lost = asyncio.run(load(server, arguments.rate, arguments.seconds))
            status = server.stop()
        if not times:
            sys.exit("no review was answered")
        p99.append(times[len(times) * 99 // 100])
        print("%-18s %8.1f %8.1f %8.1f %6d" % (name, times[len(times) // 2], p99[-1], times[-1], lost))
        is_right = is_right and lost == 0 and status == 0
    apart = p99[1] - p99[0]
    print("\np99 is apart by %.1f ms; the budget is %d ms" % (apart, BUDGET))
    sys.exit(0 if is_right and apart <= BUDGET + LATE else 1)


if __name__ == "__main__":
    main()
