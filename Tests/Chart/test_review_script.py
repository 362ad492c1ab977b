"""The script of `helm test` against a webhook that answers rightly, and against ones that do not."""

import base64
import http.server
import json
import os
import ssl
import subprocess
import threading

import pytest

from rendering import CHART, render

SCRIPT = CHART / "files" / "review.sh"


def respond(uid, **fields):
    response = {"uid": uid, "allowed": True, **fields}
    return {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": response}


def patched(uid, name="UWSGI_MAX_FD", value="1048576"):
    patch = [{"op": "add", "path": "/spec/containers/0/env", "value": [{"name": name, "value": value}]}]
    return respond(uid, patchType="JSONPatch", patch=base64.b64encode(json.dumps(patch).encode()).decode())


def right(path, review):
    """What the webhook answers, by its reference."""
    uid = review["request"]["uid"]
    command = review["request"]["object"]["spec"]["containers"][0]["command"]
    if command[0] != "uwsgi":
        return respond(uid)
    if path == "/mutate":
        return patched(uid)
    if path == "/strict":
        return respond(
            uid, allowed=False, status={"code": 403, "reason": "Forbidden", "message": "no max-fd"}
        )
    return respond(uid, warnings=["container app: no max-fd"])


def instead(path, program, answer):
    """Right but for one path and program."""

    def wrong(called, review):
        command = review["request"]["object"]["spec"]["containers"][0]["command"]
        if called == path and command[0] == program:
            return answer(review["request"]["uid"])
        return right(called, review)

    return wrong


WRONG = {
    "mutate does not patch": (instead("/mutate", "uwsgi", respond), "mutate adds the variable"),
    "mutate adds another variable": (
        instead("/mutate", "uwsgi", lambda uid: patched(uid, name="MAX_FD")),
        "mutate adds the variable",
    ),
    "mutate adds another value": (
        instead("/mutate", "uwsgi", lambda uid: patched(uid, value="1.048576e+06")),
        "mutate adds the variable",
    ),
    "mutate refuses": (
        instead(
            "/mutate",
            "uwsgi",
            lambda uid: {**patched(uid), "response": {**patched(uid)["response"], "allowed": False}},
        ),
        "mutate answers the review",
    ),
    "another review's answer": (
        instead("/mutate", "uwsgi", lambda uid: patched("00000000-0000-0000-0000-000000000000")),
        "mutate answers the review",
    ),
    "mutate patches what is no uWSGI": (
        instead("/mutate", "gunicorn", patched),
        "mutate changes a Pod without uWSGI",
    ),
    "strict admits": (instead("/strict", "uwsgi", respond), "strict refuses the Pod"),
    "strict refuses with another code": (
        instead("/strict", "uwsgi", lambda uid: respond(uid, allowed=False, status={"code": 500})),
        "strict refuses the Pod",
    ),
    "audit does not warn": (instead("/audit", "uwsgi", respond), "audit admits the Pod with a warning"),
    "a fault": (instead("/audit", "uwsgi", lambda uid: None), "audit: no answer"),
    "no JSON": (instead("/mutate", "uwsgi", lambda uid: "hello"), "mutate answers the review"),
    "an empty answer": (instead("/mutate", "gunicorn", lambda uid: ""), "mutate: no answer"),
}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    for name in ("server", "stranger"):
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
             "-subj", "/CN=" + name, "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2",
             "-keyout", folder / (name + ".key"), "-out", folder / (name + ".crt")],
            check=True, capture_output=True, timeout=30,
        )  # fmt: skip
    return folder


class Webhook:
    """An HTTPS server that answers as the function says; None: 500, text: that text."""

    def __init__(self, certificate, answer):
        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_POST(self):
                path = self.path.partition("?")[0]
                body = self.rfile.read(int(self.headers["Content-Length"]))
                assert self.headers["Content-Type"] == "application/json"
                reply = answer(path, json.loads(body))
                data = reply.encode() if isinstance(reply, str) else json.dumps(reply).encode()
                self.send_response(500 if reply is None else 200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate / "server.crt", certificate / "server.key")
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return "https://127.0.0.1:%d" % self.server.server_port

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def run(url, ca, value="1048576", script=SCRIPT, reviews=CHART / "files"):
    environment = {
        "PATH": os.environ["PATH"],
        "WEBHOOK_URL": url,
        "CA_FILE": str(ca),
        "EXPECTED_VALUE": value,
        "REVIEWS": str(reviews),
    }
    return subprocess.run(["sh", str(script)], env=environment, capture_output=True, text=True, timeout=120)


def test_right_answers_pass(certificate):
    with Webhook(certificate, right) as url:
        result = run(url, certificate / "server.crt")
    assert result.returncode == 0, result.stdout + result.stderr
    assert result.stdout.count("ok    ") == 6 and "FAIL" not in result.stdout


def test_answers_with_spaces_pass(certificate):
    """JSON may be written with or without spaces."""
    with Webhook(certificate, lambda *call: json.dumps(right(*call), indent=2)) as url:
        assert run(url, certificate / "server.crt").returncode == 0


@pytest.mark.parametrize("name", WRONG)
def test_wrong_answers_fail(certificate, name):
    answer, message = WRONG[name]
    with Webhook(certificate, answer) as url:
        result = run(url, certificate / "server.crt")
    assert result.returncode == 1, result.stdout
    failures = [line for line in result.stdout.splitlines() if line.startswith("FAIL")]
    assert len(failures) in (1, 2) and any(message in line for line in failures), result.stdout


def test_another_value_is_expected(certificate):
    with Webhook(certificate, right) as url:
        result = run(url, certificate / "server.crt", value="4096")
    assert result.returncode == 1 and "mutate adds the variable" in result.stdout


def test_a_stranger_is_not_believed(certificate):
    with Webhook(certificate, right) as url:
        result = run(url, certificate / "stranger.crt")
    assert result.returncode == 1 and "certificate" in result.stderr


def test_pod_runs_this_script_on_these_reviews(certificate, tmp_path):
    """What the ConfigMap carries is what is tested here."""
    data = render({"server": {"maxFd": 4096}}).of_kind("ConfigMap")["data"]
    for name, text in data.items():
        (tmp_path / name).write_text(text)

    def answer(path, review):
        reply = right(path, review)
        return patched(reply["response"]["uid"], value="4096") if "patch" in reply["response"] else reply

    pod = render({"server": {"maxFd": 4096}}).of_kind("Pod")["spec"]["containers"][0]
    expected = {item["name"]: item["value"] for item in pod["env"]}
    assert pod["command"] == ["sh", "/review/review.sh"] and expected["REVIEWS"] == "/review"
    with Webhook(certificate, answer) as url:
        result = run(
            url, certificate / "server.crt", expected["EXPECTED_VALUE"], tmp_path / "review.sh", tmp_path
        )
    assert result.returncode == 0, result.stdout + result.stderr


def test_script_is_plain_shell():
    result = subprocess.run(["shellcheck", "--shell=sh", str(SCRIPT)], capture_output=True, text=True)
    assert result.returncode == 0, result.stdout
