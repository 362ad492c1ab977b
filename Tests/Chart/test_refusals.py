"""Bad values are refused when rendering, by a message that names the key and the cure."""

import base64
import json
import shutil

import helm_python
import pytest

import cel
from rendering import CA_PEM, CHART, render, with_image

# A key's marks, with nothing of a key between them.
KEY_PEM = "-----BEGIN %s-----\nMHcCAQEE\n-----END %s-----\n" % (("EC PRIVATE KEY",) * 2)


def cert_manager(**settings):
    return {"certificates": {"mode": "certManager", "certManager": settings}}


def existing_secret(bundle):
    return {"certificates": {"mode": "existingSecret", "existingSecret": {"name": "a", "caBundle": bundle}}}


def twice(text):
    """In base64 of base64, as a Secret's field that was copied and encoded again."""
    return base64.b64encode(base64.b64encode(text.encode())).decode()


def requirement(operator, values=None, key="team"):
    item = {"key": key, "operator": operator, **({} if values is None else {"values": values})}
    return {"webhooks": {"namespaceExpressions": [item]}}


# values, and what the message must say: the key, as the schema writes it or with dots.
REFUSED = [
    ({"unknown": 1}, "'unknown' not allowed"),
    ({"webhooks": {"mutate": {"timeout": 5}}}, "at '/webhooks/mutate': additional properties 'timeout'"),
    ({"server": {"maxfd": 1}}, "at '/server': additional properties 'maxfd'"),
    ({"image": {"registry": "x"}}, "at '/image': additional properties 'registry'"),
    ({"webhooks": {"mutate": {"timeoutSeconds": 30}}}, "/webhooks/mutate/timeoutSeconds"),
    ({"webhooks": {"strict": {"timeoutSeconds": 16}}}, "/webhooks/strict/timeoutSeconds"),
    ({"webhooks": {"audit": {"timeoutSeconds": 0}}}, "/webhooks/audit/timeoutSeconds"),
    ({"webhooks": {"workloads": {"timeoutSeconds": 30}}}, "/webhooks/workloads/timeoutSeconds"),
    ({"webhooks": {"mutate": {"timeoutSeconds": "5"}}}, "/webhooks/mutate/timeoutSeconds"),
    ({"defaultPolicy": "mutat"}, "/defaultPolicy"),
    ({"defaultPolicy": True}, "/defaultPolicy"),
    ({"webhooks": {"mutate": {"failurePolicy": "ignore"}}}, "/webhooks/mutate/failurePolicy"),
    ({"webhooks": {"workloads": {"resources": ["pods"]}}}, "/webhooks/workloads/resources/0"),
    ({"webhooks": {"workloads": {"resources": []}}}, "/webhooks/workloads/resources"),
    ({"webhooks": {"excludedNamespaces": ["Shop"]}}, "/webhooks/excludedNamespaces/0"),
    (
        {"webhooks": {"namespaceExpressions": [{"key": "a", "operator": "Equals"}]}},
        "/namespaceExpressions/0/operator",
    ),
    ({"webhooks": {"matchConditions": [{"name": "a"}]}}, "/webhooks/matchConditions/0"),
    ({"webhooks": {"strict": {"mutating": False, "validating": False}}}, "webhooks.strict.mutating"),
    ({"certificates": {"mode": "selfSigned"}}, "/certificates/mode"),
    (
        {"certificates": {"mode": "certManager", "existingSecret": {"name": "mine", "caBundle": CA_PEM}}},
        "/certificates/existingSecret/name",
    ),
    ({"certificates": {"existingSecret": {"name": "mine"}}}, "/certificates/existingSecret/name"),
    (
        {"certificates": {"mode": "serviceCA", "existingSecret": {"caBundle": CA_PEM}}},
        "/certificates/existingSecret/caBundle",
    ),
    ({"certificates": {"mode": "existingSecret"}}, "/certificates/existingSecret/name"),
    (
        {"certificates": {"mode": "existingSecret", "existingSecret": {"name": "mine"}}},
        "certificates.existingSecret.caBundle",
    ),
    ({"certificates": {"certManager": {"duration": "90 days"}}}, "/certificates/certManager/duration"),
    ({"certificates": {"generated": {"days": 0}}}, "/certificates/generated/days"),
    ({"server": {"maxFd": 32}}, "/server/maxFd"),
    ({"server": {"maxFd": 2147483648}}, "/server/maxFd"),
    ({"server": {"maxFd": "1048576"}}, "/server/maxFd"),
    ({"server": {"maxFd": 2097152}}, "server.maxFd (2097152) is above server.ceiling (1048576)"),
    ({"server": {"tlsMinVersion": "1.1"}}, "/server/tlsMinVersion"),
    ({"server": {"requestTimeout": 10}}, "/server/requestTimeout"),
    ({"server": {"bindAddress": "::"}}, "/server/bindAddress"),
    ({"server": {"logFormat": "xml"}}, "/server/logFormat"),
    ({"server": {"extraArgs": ["serve"]}}, "/server/extraArgs/0"),
    ({"server": {"threads": 0}}, "/server/threads"),
    ({"clientAuth": {"enabled": True}}, "clientAuth.enabled"),
    (
        {"clientAuth": {"enabled": True, "ca": CA_PEM, "existingConfigMap": "x"}},
        "clientAuth.existingConfigMap",
    ),
    ({"clientAuth": {"ca": "not PEM"}}, "/clientAuth/ca"),
    ({"port": 443}, "/port"),
    ({"port": 8081}, "port and adminPort are both 8081"),
    ({"hostNetwork": {"enabled": True, "port": 10250}}, "/hostNetwork/port"),
    ({"hostNetwork": {"enabled": True, "adminPort": 8443}}, "hostNetwork.adminPort"),
    ({"replicaCount": 0}, "/replicaCount"),
    ({"autoscaling": {"enabled": True, "minReplicas": 9}}, "autoscaling.minReplicas"),
    ({"podDisruptionBudget": {"maxUnavailable": 0}}, "/podDisruptionBudget/maxUnavailable"),
    ({"podSecurityContext": {"runAsUser": 0}}, "/podSecurityContext/runAsUser"),
    (
        {"podSecurityContext": {"privileged": True}},
        "at '/podSecurityContext': additional properties 'privileged'",
    ),
    ({"image": {"digest": "latest"}}, "/image/digest"),
    ({"fullnameOverride": "Upper"}, "/fullnameOverride"),
    ({"metrics": {"enabled": False, "serviceMonitor": {"enabled": True}}}, "metrics.serviceMonitor.enabled"),
    ({"guard": {"enabled": True, "groups": []}}, "/guard"),
    ({"guard": {"actions": ["Refuse"]}}, "/guard/actions/0"),
    ({"nodeSelector": {"a": 1}}, "/nodeSelector/a"),
    ({"resources": {"limits": {"memory": "lots"}}}, "/resources/limits/memory"),
    # The schema's relatives
    ({"commonLabels": {"team": "a b"}}, "/commonLabels/team"),
    ({"podLabels": {"team": "x" * 64}}, "/podLabels/team"),
    ({"server": {"strictExemptions": "certain"}}, "/server/strictExemptions"),
    ({"server": {"envFrom": True}}, "/server/envFrom"),
    ({"labelCheck": {"actions": []}}, "/labelCheck/actions"),
    ({"alerts": {"runbookURL": "docs/operations"}}, "/alerts/runbookURL"),
    ({"metrics": {"podMonitor": {"interval": "1.5m"}}}, "/metrics/podMonitor/interval"),
    ({"metrics": {"podMonitor": {"relabelings": [{"action": "delete"}]}}}, "/podMonitor/relabelings/0"),
    ({"namespaceOverride": "Upper"}, "/namespaceOverride"),
    ({"tests": {"image": {"digest": "latest"}}}, "/tests/image/digest"),
    ({"extraVolumes": [{"emptyDir": {}}]}, "/extraVolumes/0"),
    ({"webhooks": {"bootstrap": {"namespaces": ["Shop"]}}}, "/webhooks/bootstrap/namespaces/0"),
    # The image
    ({"image": {"repository": "uwsgi-max-fd-webhook"}}, "set image.repository to where you pushed the image"),
    # Labels that selectors go by
    ({"commonLabels": {"app.kubernetes.io/name": "x"}}, "commonLabels has the label app.kubernetes.io/name"),
    (
        {"podLabels": {"app.kubernetes.io/component": "x"}},
        "podLabels has the label app.kubernetes.io/component",
    ),
    (
        {"metrics": {"dashboard": {"labels": {"helm.sh/chart": "x"}}}},
        "metrics.dashboard.labels has the label helm.sh/chart",
    ),
    ({"commonAnnotations": {"helm.sh/hook": "test"}}, "commonAnnotations has the annotation helm.sh/hook"),
    # Lifetimes
    (cert_manager(duration="24h"), "duration (24h) is not longer than certificates.certManager.renewBefore"),
    (cert_manager(duration="720h", renewBefore="720h"), "lengthen the first or shorten the second"),
    (cert_manager(duration="59m", renewBefore="20m"), "(59m) is shorter than an hour, which cert-manager"),
    (cert_manager(renewBefore="299s"), "renewBefore (299s) is shorter than five minutes"),
    (
        cert_manager(caRenewBefore="2160h"),
        "caRenewBefore (2160h) is not longer than certificates.certManager",
    ),
    (cert_manager(caDuration="4000h"), "certManager.caDuration (4000h) is not longer than"),
    # CAs
    (existing_secret("TQ=="), "certificates.existingSecret.caBundle holds no PEM certificate"),
    (existing_secret("not base64 at all"), "certificates.existingSecret.caBundle holds no PEM certificate"),
    (existing_secret(twice(CA_PEM)), "certificates.existingSecret.caBundle holds no PEM certificate"),
    (existing_secret("-----BEGIN CERTIFICATE-----\n"), "certificates.existingSecret.caBundle holds no PEM"),
    (existing_secret(CA_PEM.replace("CERTIFICATE", "CERTIFICATE REQUEST")), "holds no PEM certificate"),
    (existing_secret(CA_PEM + KEY_PEM), "certificates.existingSecret.caBundle holds a private key"),
    ({"clientAuth": {"enabled": True, "ca": CA_PEM + KEY_PEM}}, "clientAuth.ca holds a private key"),
    ({"clientAuth": {"ca": "-----BEGIN CERTIFICATE-----\nx"}}, "clientAuth.ca holds no PEM certificate"),
    # Globals
    ({"global": {"image": {"registry": "x"}}}, "global.image would be ignored"),
    ({"global": {"imagePullPolicy": "Always"}}, "global.imagePullPolicy would be ignored"),
    ({"global": {"imageRegistry": "https://example.org"}}, "/global/imageRegistry"),
    ({"global": {"imagePullSecrets": [{"nom": "a"}]}}, "/global/imagePullSecrets/0"),
    # What the API server refuses
    ({"guard": {"actions": ["Deny", "Warn"]}}, "guard.actions has both Deny and Warn"),
    ({"labelCheck": {"actions": ["Warn", "Deny"]}}, "labelCheck.actions has both Deny and Warn"),
    (requirement("In"), "webhooks.namespaceExpressions[0] has the operator In and no values"),
    (requirement("Exists", ["a"]), "webhooks.namespaceExpressions[0] has the operator Exists and values"),
    (requirement("Exists", key="a b"), 'namespaceExpressions[0].key "a b" cannot be the key of a label'),
    (
        {"webhooks": {"strict": {"objectExpressions": [{"key": "a", "operator": "NotIn"}]}}},
        "webhooks.strict.objectExpressions[0] has the operator NotIn and no values",
    ),
    ({"extraVolumes": [{"name": "a", "hostPath": {"path": "/"}}]}, "extraVolumes[0] is of the kind hostPath"),
    ({"extraVolumes": [{"name": "tls", "emptyDir": {}}]}, 'extraVolumes[0].name "tls" is there already'),
    (
        {"extraVolumeMounts": [{"name": "a", "mountPath": "/a"}]},
        'extraVolumeMounts[0].name "a" names no volume',
    ),
    (
        {"extraVolumeMounts": [{"name": "tls", "mountPath": "/etc/uwsgi-max-fd/tls/"}]},
        'extraVolumeMounts[0].mountPath "/etc/uwsgi-max-fd/tls/" is taken already',
    ),
    ({"images": {"catalogue": {"key": "a/b"}}}, "/images/catalogue/key"),
    ({"extraVolumes": [{"name": "image-catalogue", "emptyDir": {}}]}, "is there already: choose another name"),
    ({"images": {"refresh": {"enabled": True}}}, "images.refresh.enabled needs a ConfigMap to write"),
    (
        {"images": {"catalogue": {"existingConfigMap": "a"}, "refresh": {"enabled": True}}},
        "images.refresh.enabled needs the CAs of the registries",
    ),
    (
        {"images": {"catalogue": {"existingConfigMap": "a", "image": "b"}}},
        "images.catalogue.existingConfigMap and images.catalogue.image are both set",
    ),
    ({"images": {"read": {"enabled": True}}}, "images.read.enabled needs the CAs of the registries"),
    (
        {
            "images": {"read": {"enabled": True, "caConfigMap": "a"}},
            "extraVolumes": [{"name": "tmp", "emptyDir": {}}],
            "extraVolumeMounts": [{"name": "tmp", "mountPath": "/tmp"}],
        },
        "is taken already",
    ),
    ({"images": {"refresh": {"mirrors": ["docker.io"]}}}, "/images/refresh/mirrors/0"),
    # Nodes
    ({"nodes": {"podLabels": {"app.kubernetes.io/component": "x"}}}, "nodes.podLabels has the label app."),
    ({"nodes": {"maxUnavailable": "0%"}}, "/nodes/maxUnavailable"),
    ({"nodes": {"hostPath": "/proc"}}, "at '/nodes': additional properties 'hostPath'"),
    # Monitoring
    (
        {"metrics": {"podMonitor": {"enabled": True}, "serviceMonitor": {"enabled": True}}},
        "would be scraped twice: choose one",
    ),
    (
        {"metrics": {"podMonitor": {"interval": "5s"}}},
        "metrics.podMonitor.scrapeTimeout (10s) is longer than metrics.podMonitor.interval (5s)",
    ),
    ({"alerts": {"disabled": ["UwsgiMaxFdSlo"]}}, "alerts.disabled names UwsgiMaxFdSlo, which is not one"),
]


@pytest.mark.parametrize("values, message", REFUSED, ids=lambda item: json.dumps(item)[:70])
def test_bad_values_are_refused_by_name(values, message):
    with pytest.raises(helm_python.HelmError) as caught:
        render(values)
    assert message in str(caught.value)


def condition(name="mine", expression="true", where=None):
    conditions = {"matchConditions": [{"name": name, "expression": expression}]}
    return {"webhooks": {where: conditions} if where else conditions}


def refusal(values):
    with pytest.raises(helm_python.HelmError) as caught:
        render(values)
    return str(caught.value)


@pytest.mark.parametrize("where", [None, "mutate", "strict", "audit"])
@pytest.mark.parametrize("name", ["a b", "-a", "a-", "a/b/c", "x" * 64, "A/b"])
def test_names_of_match_conditions_that_the_api_refuses(name, where):
    path = "webhooks.%smatchConditions[0].name" % (where + "." if where else "")
    assert '%s "%s" is refused' % (path, name) in refusal(condition(name, where=where))


@pytest.mark.parametrize("name", ["a", "not-static", "Not_Static.1", "example.org/not-static", "x" * 63])
def test_names_of_match_conditions_that_the_api_takes(name):
    [item] = render(condition(name)).webhook("mutate.uwsgi-max-fd.webhook")["matchConditions"]
    assert item["name"] == name


def test_a_name_twice_is_refused_within_an_entry_only():
    same = {"name": "a", "expression": "true"}
    assert "there twice" in refusal({"webhooks": {"matchConditions": [same, same]}})
    assert "there twice" in refusal(condition("not-system-critical"))
    assert "webhooks.audit.matchConditions[0].name" in refusal(
        {"webhooks": {"matchConditions": [same], "audit": {"matchConditions": [same]}}}
    )
    render({"webhooks": {"mutate": {"matchConditions": [same]}, "audit": {"matchConditions": [same]}}})


def test_too_many_conditions():
    conditions = [{"name": "c%d" % number, "expression": "true"} for number in range(63)]
    entry = render({"webhooks": {"matchConditions": conditions}, "defaultPolicy": "strict"}).webhook(
        "strict.default.uwsgi-max-fd.webhook"
    )
    assert len(entry["matchConditions"]) == 64
    one = [{"name": "one", "expression": "true"}]
    values = {"webhooks": {"matchConditions": conditions, "strict": {"matchConditions": one}}}
    assert "webhooks.strict.matchConditions has too many conditions" in refusal(values)


# Expressions that CEL does not parse, and what is said of them.
BROKEN = {
    "  ": "says nothing",
    "// only a comment": "says nothing",
    "object.metadata.name == 'a": "has a string that does not end",
    "has(object.spec.nodeName": 'has not as many "(" as ")"',
    "object.metadata.name in ['a', 'b'": 'has not as many "[" as "]"',
    "object.metadata.name = 'a'": "has a single =",
    "has(object.spec) & true": "has a single & or |",
    "has(object.spec) | true": "has a single & or |",
}
# Expressions that CEL parses, with what a webhook's match condition does not know.
UNKNOWN = {
    "namespaceObject.metadata.name == 'a'": "uses namespaceObject",
    "!(params.x)": "uses params",
    "variables.x == 1": "uses variables",
}
SOUND = [
    "!has(object.spec.nodeName)",
    "object.metadata.name != 'a = b & c ( [ {'",
    'object.metadata.name == "it\'s" || true && 1 <= 2 && 2 >= 1',
    "object.metadata.labels['a'] in ['x', \"y\"] // = ( & '\n && true",
    "'''a'b''' == object.metadata.name",
    'r"\\d" == object.metadata.name',
    "object.metadata.labels.exists(key, key.startsWith('a')) ? true : false",
    "request.userInfo.username != 'system:serviceaccount:kube-system:x' && object.params.x == 1",
]


@pytest.mark.parametrize("expression, message", [*BROKEN.items(), *UNKNOWN.items()])
def test_expressions_that_the_api_refuses(expression, message):
    assert "webhooks.matchConditions[0].expression " + message in refusal(condition(expression=expression))


@pytest.mark.parametrize("expression", SOUND)
def test_expressions_that_are_sound_pass(expression):
    assert cel.compiles(expression)
    [item] = render(condition(expression=expression)).webhook("audit.uwsgi-max-fd.webhook")["matchConditions"]
    assert item["expression"] == expression


@pytest.mark.parametrize("expression", BROKEN)
def test_what_is_called_broken_is_broken(expression):
    assert not cel.compiles(expression)


@pytest.mark.parametrize(
    "settings",
    [
        {"duration": "1h", "renewBefore": "5m", "caRenewBefore": "61m", "caDuration": "90m"},
        {"duration": "1h30m", "renewBefore": "89m59s"},
        {"duration": "2160h0m0s", "caRenewBefore": "2160h1s"},
        {"duration": "48.5h", "renewBefore": "48h"},
    ],
)
def test_lifetimes_that_cert_manager_takes(settings):
    render(cert_manager(**settings))


def test_the_own_cas_lifetime_does_not_matter_under_another_issuer():
    render(cert_manager(issuerRef={"name": "corporate"}, duration="87600h"))


def test_the_placeholder_passes_where_no_default_registry_is_asked():
    for values in (
        {"image": {"repository": "uwsgi-max-fd-webhook", "pullPolicy": "Never"}},
        {
            "image": {"repository": "uwsgi-max-fd-webhook"},
            "global": {"imageRegistry": "registry.example.org"},
        },
    ):
        assert "uwsgi-max-fd-webhook:" in render(values).server()["image"]


def test_globals_of_other_charts_pass_in_a_chart_of_charts(tmp_path):
    """There, another chart may well read them; alone, nobody does."""
    shutil.copytree(CHART, tmp_path / "charts" / CHART.name)
    (tmp_path / "Chart.yaml").write_text("apiVersion: v2\nname: umbrella\nversion: 1.0.0\n")
    values = {"global": {"storageClass": "fast", "imageRegistry": "mirror.example.org"}}
    image = render({**values, CHART.name: with_image({})}, chart=tmp_path).server()["image"]
    assert image == "mirror.example.org/uwsgi-max-fd-webhook:0.1.0"
    assert "global.storageClass would be ignored" in refusal(values)
