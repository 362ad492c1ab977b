"""Asks the API server, through `kubectl proxy`, which knows every way to log in that a kubeconfig can name."""

import http.client
import json
import pathlib
import re
import subprocess

from processes import Process, until


class Answer:
    def __init__(self, status, body, warnings):
        self.status, self.body = status, body
        self.warnings = warnings

    @property
    def message(self):
        return self.body.get("message", "")

    def __repr__(self):
        return f"{self.status} {json.dumps(self.body)[:2000]} {self.warnings}"


class APIClient:
    def __init__(self, kubectl, kubeconfig, folder):
        self.kubectl, self.kubeconfig = pathlib.Path(kubectl), pathlib.Path(kubeconfig)
        command = [self.kubectl, "--kubeconfig", self.kubeconfig, "proxy", "--port", "0"]
        process = Process("kubectl-proxy", command, folder)

        def serving():
            return re.search(r"Starting to serve on (127\.0\.0\.1:\d+)", process.tail())

        self.address = until("kubectl proxy serves", serving, process=process).group(1)

    def is_ready(self):
        """It serves the schemas, by which kubectl and Helm check what they send, some seconds after all else."""
        return all(self.ask("GET", path).status == 200 for path in ("/readyz", "/openapi/v2", "/openapi/v3"))

    def ask(self, method, path, body=None, user=None, kind="application/json"):
        """One request, as `user` if one is named."""
        connection = http.client.HTTPConnection(self.address, timeout=60)
        headers = {"Content-Type": kind}
        if user:
            headers["Impersonate-User"] = user
        try:
            connection.request(method, path, body=None if body is None else json.dumps(body), headers=headers)
            response = connection.getresponse()
            text = response.read().decode()
        finally:
            connection.close()
        # RFC 9111 had them last; the API server writes `299 - "text"`.
        warnings = [
            re.sub(r'\\(.)', r"\1", found)
            for header in response.headers.get_all("Warning", [])
            for found in re.findall(r'299 - "((?:[^"\\]|\\.)*)"', header)
        ]
        try:
            return Answer(response.status, json.loads(text), warnings)
        except ValueError:
            return Answer(response.status, {"message": text}, warnings)

    def create(self, path, body, dry_run=False, user=None):
        return self.ask("POST", path + ("?dryRun=All" if dry_run else ""), body, user)

    def get(self, path):
        return self.ask("GET", path).body

    def merge(self, path, body, user=None):
        return self.ask("PATCH", path, body, user, "application/merge-patch+json")

    def run_kubectl(self, *arguments, **options):
        return subprocess.run(
            [self.kubectl, "--kubeconfig", self.kubeconfig, *arguments],
            check=True,
            capture_output=True,
            text=True,
            **options,
        ).stdout
