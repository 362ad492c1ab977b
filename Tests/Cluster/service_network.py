"""What kube-proxy does for a Service: a connection to its address goes to one of the replicas that are ready."""

import asyncio
import itertools
import threading


class ServiceNetwork:
    def __init__(self, listen):
        """`listen` makes the server that is asked for connections."""
        self.endpoints = []
        self._turns = itertools.count()
        self._loop = asyncio.new_event_loop()
        started = threading.Event()
        threading.Thread(target=self._run, args=[listen, started], daemon=True).start()
        started.wait()

    @classmethod
    def by_connect(cls, socket):
        """Asked by HTTP CONNECT, as an API server does with an egress selector."""
        return cls(lambda self: asyncio.start_unix_server(self._serve_connect, socket))

    @classmethod
    def by_address(cls, address):
        """Every connection to a port of this address, which is then in `port`, is one to the Service."""
        return cls(lambda self: asyncio.start_server(self._serve, address, 0))

    def _run(self, listen, started):
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(listen(self))
        name = server.sockets[0].getsockname()
        self.port = name[1] if isinstance(name, tuple) else None
        started.set()
        self._loop.run_forever()

    def _endpoint(self):
        """The next one's host and port. Fails as a Service does that has none."""
        endpoints = self.endpoints
        if not endpoints:
            raise ConnectionRefusedError
        return "127.0.0.1", endpoints[next(self._turns) % len(endpoints)]

    async def _serve(self, reader, writer):
        try:
            there = await asyncio.open_connection(*self._endpoint())
        except OSError:
            writer.close()
            return
        await self._join(reader, writer, there)

    async def _serve_connect(self, reader, writer):
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            host, _, port = head.split(b" ")[1].decode().rpartition(":")
            # What is on this machine already is not behind the Service.
            there = await asyncio.open_connection(*((host, port) if host == "127.0.0.1" else self._endpoint()))
        except (OSError, IndexError, asyncio.IncompleteReadError):
            writer.write(b"HTTP/1.1 502 Bad Gateway\r\n\r\n")
            writer.close()
            return
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await self._join(reader, writer, there)

    async def _join(self, reader, writer, there):
        await asyncio.gather(self._pump(reader, there[1]), self._pump(there[0], writer))

    @staticmethod
    async def _pump(reader, writer):
        try:
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        writer.close()
