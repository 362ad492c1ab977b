"""What a kubelet does for the webhook: runs its replicas as the Deployment says, and brings them the Secret's files."""

import base64
import pathlib
import time
import urllib.request

from processes import Process, free_ports, until

MOUNT = "/etc/uwsgi-max-fd/tls"


class Replica:
    def __init__(self, number, arguments, data, executable, folder):
        self.folder = pathlib.Path(folder) / f"replica-{number}"
        self.folder.mkdir()
        self.port, self.admin_port = free_ports(2)
        self.deliver(data)
        own = [self._argument(argument) for argument in arguments]
        self.process = Process(f"replica-{number}", [executable, *own], folder)

    def _argument(self, argument):
        name, _, value = argument.partition("=")
        if name in ("--bind", "--admin-bind"):
            return f"{name}=127.0.0.1:{self.port if name == '--bind' else self.admin_port}"
        return f"{name}={value.replace(MOUNT, str(self.folder))}" if value else argument

    def deliver(self, data):
        """As a kubelet does: the files are links through `..data`, which is put in place at once."""
        version = self.folder / f"..version-{len(list(self.folder.glob('..version-*')))}"
        version.mkdir()
        for key in ("tls.crt", "tls.key"):
            (version / key).write_bytes(base64.b64decode(data[key]))
            if not (self.folder / key).is_symlink():
                (self.folder / key).symlink_to(f"..data/{key}")
        new = self.folder / "..data_tmp"
        new.symlink_to(version.name)
        new.rename(self.folder / "..data")

    def is_ready(self):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.admin_port}/readyz", timeout=2) as answer:
                return answer.status == 200
        except OSError:
            return False


class Node:
    def __init__(self, api, network, release, executable, folder):
        self.api, self.network, self.release = api, network, release
        self.executable, self.folder = executable, folder
        self.replicas, self._number = [], 0

    def _secret(self):
        return self.api.get(f"/api/v1/namespaces/{self.release.namespace}/secrets/{self.release.secret}")["data"]

    def _deployment(self):
        path = f"/apis/apps/v1/namespaces/{self.release.namespace}/deployments/{self.release.name}"
        return self.api.get(path)["spec"]

    def run_deployment(self):
        for _ in range(self._deployment()["replicas"]):
            self.start_replica()

    def start_replica(self):
        """Starts one more, which gets connections once it is ready."""
        container = self._deployment()["template"]["spec"]["containers"][0]
        self._number += 1
        replica = Replica(self._number, container["args"], self._secret(), self.executable, self.folder)
        until("the replica is ready", replica.is_ready, process=replica.process)
        self.replicas.append(replica)
        self.network.endpoints = [each.port for each in self.replicas]

    def stop_oldest_replica(self, lag):
        """Ends one, which gets new connections until `lag` seconds later: so long may a cluster take to spread the word."""
        replica = self.replicas.pop(0)
        replica.process.ask_to_end()
        time.sleep(lag)
        self.network.endpoints = [each.port for each in self.replicas]
        status = replica.process.end(patience=60)
        assert status == 0, f"the replica ended with {status}\n{replica.process.tail()}"

    def deliver_secret(self):
        data = self._secret()
        for replica in self.replicas:
            replica.deliver(data)
