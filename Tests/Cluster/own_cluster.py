"""A cluster that the tests make: a control plane from KUBEBUILDER_ASSETS, which calls the webhook by its Service."""

import os
import pathlib

from api_client import APIClient
from cluster import Cluster
from control_plane import ControlPlane
from processes import end_all, until
from release import CHART, Release
from service_network import ServiceNetwork


class OwnCluster(Cluster):
    def set_up(self):
        assets = pathlib.Path(os.environ["KUBEBUILDER_ASSETS"])
        socket = self.folder / "network.sock"
        self.network = ServiceNetwork.by_connect(socket)
        plane = ControlPlane(assets, self.folder, socket)
        self.audit_log = plane.audit_log
        self.api = APIClient(assets / "kubectl", plane.kubeconfig, self.folder)
        until("the API server is ready", self.api.is_ready, process=plane.api_server)
        self.release = Release(plane.kubeconfig, CHART, lambda values: values, secret="uwsgi-max-fd-tls")
        self.run_webhook()

    def tear_down(self):
        end_all()
