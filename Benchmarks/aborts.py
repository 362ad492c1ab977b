#!/usr/bin/env python3
"""Clients that give up, for soak.sh: aborts.py PORT CA STOP

Until the file STOP exists, some tens of connections a second end in one way each: reset in the TLS handshake, in a
request's head, in its body; opened and left alone; half closed after the head; a head sent a byte at a time. At the end
it prints the number of each.
"""

import collections
import os
import socket
import ssl
import struct
import sys
import time

PER_SECOND = 40
# How many connections that are left alone, and how many slow ones, there are at once.
HELD = 10
RESET = struct.pack("ii", 1, 0)
HEAD = b"POST /mutate HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n"


class Aborts:
    def __init__(self, port, authority):
        self.port = port
        self.context = ssl.create_default_context(cafile=authority)
        self.counts = collections.Counter()
        # Connections that stay: how they were left, and what they have still to say.
        self.held = []

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=5)

    def connect_tls(self):
        return self.context.wrap_socket(self.connect(), server_hostname="localhost")

    def reset(self, connection):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        connection.close()

    def in_handshake(self):
        outgoing = ssl.MemoryBIO()
        client = self.context.wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname="localhost")
        try:
            client.do_handshake()
        except ssl.SSLWantReadError:
            pass
        hello = outgoing.read()
        connection = self.connect()
        # Now a part of the ClientHello, now all of it, so that the server's part is on its way.
        connection.sendall(hello[: len(hello) // (1 + self.counts["in_handshake"] % 2)])
        self.reset(connection)

    def in_head(self):
        connection = self.connect_tls()
        connection.sendall(HEAD[:40])
        self.reset(connection)

    def in_body(self):
        connection = self.connect_tls()
        connection.sendall(HEAD + b"{" * 1000)
        self.reset(connection)

    def half_open(self):
        self.hold("half_open", self.connect(), b"")

    def half_closed(self):
        connection = self.connect_tls()
        connection.sendall(HEAD)
        connection.settimeout(5)
        try:
            # TLS's own farewell, and the end of the stream below it, before the body.
            socket.socket.shutdown(connection, socket.SHUT_WR)
            while connection.recv(4096):
                pass
        except OSError:
            pass
        connection.close()

    def slow(self):
        self.hold("slow", self.connect_tls(), HEAD)

    def hold(self, kind, connection, rest):
        connection.setblocking(False)
        self.held.append((kind, connection, rest))

    def tend(self):
        """Has the slow ones send a byte more, and lets go of those that the server has ended."""
        staying = []
        for kind, connection, rest in self.held:
            try:
                if rest:
                    connection.send(rest[:1])
                if connection.recv(4096):
                    rest = b""
                else:
                    connection.close()
                    continue
            except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                pass
            except OSError:
                connection.close()
                continue
            staying.append((kind, connection, rest[1:]))
        self.held = staying

    def run(self, stop):
        ways = ["in_handshake", "in_head", "in_body", "half_open", "half_closed", "slow"]
        turn = tended = 0
        while not os.path.exists(stop):
            way = ways[turn % len(ways)]
            turn += 1
            if sum(kind == way for kind, _, _ in self.held) < HELD:
                try:
                    getattr(self, way)()
                    self.counts[way] += 1
                except OSError as error:
                    self.counts[f"{way} failed: {error}"] += 1
            if time.monotonic() - tended > 0.5:
                self.tend()
                tended = time.monotonic()
            time.sleep(1 / PER_SECOND)
        for _, connection, _ in self.held:
            connection.close()
        for way, count in sorted(self.counts.items()):
            print(f"{way}\t{count}")


if __name__ == "__main__":
    Aborts(int(sys.argv[1]), sys.argv[2]).run(sys.argv[3])
