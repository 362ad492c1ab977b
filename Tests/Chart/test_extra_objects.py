"""extraObjects: objects and texts, both rendered as the chart's own templates are."""

import platform_rules
from rendering import NAMESPACE, RELEASE, render

ROUTE = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "{{ .Release.Name }}-extra", "labels": {"a": "{{ .Chart.Name }}"}},
    "data": {"name": '{{ include "uwsgi-max-fd.fullname" . }}'},
}
TEXT = """apiVersion: v1
kind: ConfigMap
metadata:
  {{- include "uwsgi-max-fd.metadata" (dict "root" . "name" "from-text") | nindent 2 }}
data:
  port: {{ .Values.port | int64 | quote }}
"""


def test_objects_and_texts():
    rendered = render({"extraObjects": [ROUTE, TEXT]})
    route = rendered.of_kind("ConfigMap", RELEASE + "-extra")
    assert route["data"] == {"name": RELEASE} and route["metadata"]["labels"] == {"a": "uwsgi-max-fd-webhook"}
    text = rendered.of_kind("ConfigMap", "from-text")
    assert text["data"] == {"port": "10250"} and text["metadata"]["namespace"] == NAMESPACE


def test_a_text_of_several_objects():
    assert (
        len(render({"extraObjects": [TEXT + "---\n" + TEXT.replace("from-", "more-")]}).objects)
        == len(render().objects) + 2
    )


def test_they_are_held_to_the_platforms_rules_like_the_rest():
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "x"},
        "spec": {"containers": [{"name": "x", "image": "x"}]},
    }
    assert platform_rules.violations(render({"extraObjects": [pod]}), NAMESPACE)
