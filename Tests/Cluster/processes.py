"""Programs that the tests start, each with a log and in a process group of its own, and ended with the tests."""

import atexit
import ctypes
import os
import pathlib
import signal
import socket
import subprocess
import time

LIBC = ctypes.CDLL(None)
PR_SET_PDEATHSIG = 1
running = []


def _end_with_parent():
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Process:
    def __init__(self, name, command, folder, environment=None):
        self.log = pathlib.Path(folder) / f"{name}.log"
        self.child = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=self.log.open("ab"),
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_end_with_parent,
            env={**os.environ, **(environment or {})},
        )
        self._asked = False
        running.append(self)

    def ask_to_end(self):
        """Once: a second signal is for those who cannot wait."""
        if not self._asked and self.child.poll() is None:
            self._asked = True
            self.child.send_signal(signal.SIGTERM)

    def end(self, patience=10):
        """Ends it, by force after `patience` seconds. Returns its status."""
        self.ask_to_end()
        try:
            self.child.wait(patience)
        except subprocess.TimeoutExpired:
            os.killpg(self.child.pid, signal.SIGKILL)
            self.child.wait()
        if self in running:
            running.remove(self)
        return self.child.returncode

    def tail(self):
        return self.log.read_text(errors="replace")[-3000:]


@atexit.register
def end_all():
    for process in reversed(running[:]):
        process.end()


def free_ports(count):
    """Ports on 127.0.0.1 that nobody listens on."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def until(what, holds, patience=60, pause=0.1, process=None):
    """Asks until the answer is true or `patience` seconds are over, which is an error. Returns the answer."""
    end = time.monotonic() + patience
    while True:
        answer = holds()
        if answer:
            return answer
        if process and process.child.poll() is not None:
            raise AssertionError(f"{what}: the program ended\n{process.tail()}")
        if time.monotonic() > end:
            detail = f"\n{process.tail()}" if process else ""
            raise AssertionError(f"not within {patience} s: {what}{detail}")
        time.sleep(pause)
