"""Clients that create Pods as fast as they can, and see whether each is treated as its policy says."""

import itertools
import threading

from pods import max_fd, pod, pods_of
from processes import until

CLIENTS = 4
LEAST = 100


class Load:
    """While it is entered, Pods are created, 100 at least. `lost` then has what went wrong."""

    def __init__(self, api, values=("1048576",)):
        """`values` are those that `mutate` may give."""
        self._api, self._values, self._ended = api, values, threading.Event()
        self.count, self.lost = 0, []

    def _create(self):
        for turn in itertools.count():
            if self._ended.is_set():
                return
            namespace = ("mutate", "strict")[turn % 2]
            # Nothing is stored, but for that all is as with any Pod.
            try:
                answer = self._api.create(pods_of(namespace), pod(), dry_run=True)
            except OSError as error:
                self.lost.append((namespace, None, str(error)))
                continue
            if namespace == "mutate":
                right = answer.status == 201 and max_fd(answer) in self._values
            else:
                right = answer.status == 403 and "strict.uwsgi-max-fd.webhook" in answer.message
            self.count += 1
            if not right:
                self.lost.append((namespace, answer.status, answer.message))

    def __enter__(self):
        self._threads = [threading.Thread(target=self._create) for _ in range(CLIENTS)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, failure, *_):
        try:
            if not failure:
                until(f"{LEAST} Pods were created", lambda: self.count >= LEAST)
        finally:
            self._ended.set()
            for thread in self._threads:
                thread.join()

    def check(self):
        print(f"{self.count} Pods, {len(self.lost)} lost")
        assert self.lost == [], self.lost[:3]
