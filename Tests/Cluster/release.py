"""The chart as a release, by Helm itself: its Go library, with the commands that `helm` has."""

import pathlib

import helm_python

CHART = pathlib.Path(__file__).resolve().parents[2] / "charts" / "uwsgi-max-fd-webhook"
VALUES = {
    "image": {"repository": "registry.example.com/uwsgi-max-fd-webhook"},
    "webhooks": {"workloads": {"enabled": True}},
    "guard": {"enabled": True},
}


class Release:
    name, namespace = "uwsgi-max-fd", "webhooks"

    def __init__(self, kubeconfig, chart, around, secret):
        """`around` makes the values of `chart` from those of ours; `secret` has the serving certificate."""
        self._helm = helm_python.Config(kubeconfig_path=kubeconfig, namespace=self.namespace)
        self._chart, self._around, self.secret = chart, around, secret

    def install(self):
        self._helm.install(
            self._chart, self.name, self._around(VALUES), namespace=self.namespace, create_namespace=True
        )

    def upgrade(self, **values):
        values = self._around({**VALUES, **values})
        self._helm.upgrade(self._chart, self.name, values, namespace=self.namespace)

    def rollback(self, revision):
        self._helm.rollback(self.name, version=revision)

    def revision(self):
        return self._helm.status(self.name)["revision"]

    def uninstall(self):
        self._helm.uninstall(self.name)
