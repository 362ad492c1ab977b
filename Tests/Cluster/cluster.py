"""What is the same in every cluster that the tests run in."""

from node import Node


class Cluster:
    """A subclass sets `api`, `network`, `release` and `kubectl` in `set_up`, and then has `run_webhook` run."""

    def __init__(self, folder, executable):
        self.folder, self.executable = folder, executable
        self._namespaces = []
        self.node = None
        # Where the API server reaches this machine.
        self.address = "127.0.0.1"

    def run_webhook(self):
        self.release.install()
        self.node = Node(self.api, self.network, self.release, self.executable, self.folder)
        self.node.run_deployment()

    def make_namespace(self, name, labels):
        body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}
        answer = self.api.create("/api/v1/namespaces", body)
        assert answer.status == 201, answer
        self._namespaces.append(name)
