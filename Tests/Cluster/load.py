"""Clients that create Pods as fast as they can, and see whether each is treated as its policy says."""

import itertools
import threading

from pods import max_fd, pod, pods_of

CLIENTS = 4


class Load:
    """While it is entered, Pods are created. `lost` then has what went wrong."""

    def __init__(self, api):
        self._api, self._ended = api, threading.Event()
        self.count, self.lost = 0, []

    def _create(self):
        for turn in itertools.count():
            if self._ended.is_set():
                return
            namespace = ("mutate", "strict")[turn % 2]
            # Nothing is stored, but for that all is as with any Pod.
            answer = self._api.create(pods_of(namespace), pod(), dry_run=True)
            if namespace == "mutate":
                right = answer.status == 201 and max_fd(answer) == "1048576"
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

    def __exit__(self, *_):
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def check(self):
        print(f"{self.count} Pods, {len(self.lost)} lost")
        assert self.count > 100, self.count
        assert self.lost == [], (len(self.lost), self.count, self.lost[:3])
