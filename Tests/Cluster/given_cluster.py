"""A cluster that is there: KUBECONFIG names it, and WEBHOOK_ADDRESS where its API server reaches this machine.

The replicas run here, and the API server calls them by URL. A chart around the chart says so: Helm lets it replace a
named template of the one within.
"""

import base64
import os
import pathlib
import shutil
import subprocess

import yaml
from api_client import APIClient
from cluster import Cluster
from processes import end_all, until
from release import CHART, Release
from service_network import ServiceNetwork

BY_URL = """{{- define "uwsgi-max-fd.clientConfig" -}}
clientConfig:
  url: %s/{{ .policy }}
  caBundle: {{ include "uwsgi-max-fd.caBundle" .root }}
{{- end -}}
"""


class GivenCluster(Cluster):
    def set_up(self):
        self.address = os.environ["WEBHOOK_ADDRESS"]
        kubeconfig = pathlib.Path(os.environ["KUBECONFIG"])
        self.network = ServiceNetwork.by_address(self.address)
        self.api = APIClient(shutil.which("kubectl"), kubeconfig, self.folder)
        until("the API server is ready", self.api.is_ready)
        certificates = self._make_certificates()
        ca = base64.b64encode((certificates / "ca.crt").read_bytes()).decode()

        def around(values):
            own = {
                "certificates": {"mode": "existingSecret", "existingSecret": {"name": "webhook-tls", "caBundle": ca}},
                # The cluster's nodes are not to try and run it.
                "nodeSelector": {"uwsgi-max-fd.example.com/node": "none"},
            }
            return {CHART.name: {**values, **own}}

        self.release = Release(kubeconfig, self._chart(), around, secret="webhook-tls")
        self.make_namespace(self.release.namespace, {})
        self._make_secret(certificates)
        self.run_webhook()

    def _make_certificates(self):
        folder = self.folder / "certificates"
        subprocess.run([self.executable, "certs", "--directory", folder, self.address], check=True, capture_output=True)
        return folder

    def _make_secret(self, folder):
        data = {name: base64.b64encode((folder / name).read_bytes()).decode() for name in ("tls.crt", "tls.key")}
        secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "webhook-tls"}, "data": data}
        answer = self.api.create(f"/api/v1/namespaces/{self.release.namespace}/secrets", secret)
        assert answer.status == 201, answer

    def _chart(self):
        chart = self.folder / "by-url"
        shutil.copytree(CHART, chart / "charts" / CHART.name)
        (chart / "templates").mkdir()
        (chart / "templates" / "_by_url.tpl").write_text(BY_URL % f"https://{self.address}:{self.network.port}")
        within = yaml.safe_load((CHART / "Chart.yaml").read_text())
        dependency = {"name": within["name"], "version": within["version"]}
        (chart / "Chart.yaml").write_text(
            yaml.safe_dump({"apiVersion": "v2", "name": "by-url", "version": "1.0.0", "dependencies": [dependency]})
        )
        return chart

    def tear_down(self):
        if self.node:
            self.release.uninstall()
        for name in self._namespaces:
            self.api.ask("DELETE", f"/api/v1/namespaces/{name}")
        end_all()
