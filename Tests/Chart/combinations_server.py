"""Combinations of values about certificates, the server's flags and its network."""

from expectations import (
    MUTATING,
    PEM_AS_BASE64,
    VALIDATING,
    Combination,
    arguments,
    at,
    ca_bundle,
    checksum,
    container,
    entry,
    has,
    lacks,
    no_argument,
    notes,
    pod,
)
from rendering import CA_PEM, NAMESPACE, RELEASE

EXISTING = {
    "certificates": {"mode": "existingSecret", "existingSecret": {"name": "mine", "caBundle": CA_PEM}}
}
CERT_MANAGER = {"certificates": {"mode": "certManager"}}

SERVER = [
    # Certificates
    Combination(
        "cert-manager with the chart's own CA",
        CERT_MANAGER,
        [
            has("Issuer", "Certificate"),
            lacks("Secret"),
            ca_bundle(None),
            at(
                MUTATING,
                "metadata/annotations",
                {"cert-manager.io/inject-ca-from": NAMESPACE + "/" + RELEASE},
            ),
            at(
                VALIDATING,
                "metadata/annotations",
                {"cert-manager.io/inject-ca-from": NAMESPACE + "/" + RELEASE},
            ),
            at("Certificate", "spec/isCA", True, RELEASE + "-ca"),
            at("Certificate", "spec/privateKey/rotationPolicy", "Never", RELEASE + "-ca"),
            at("Certificate", "spec/privateKey/rotationPolicy", "Always", RELEASE),
            at("Certificate", "spec/dnsNames/0", "%s.%s.svc" % (RELEASE, NAMESPACE), RELEASE),
            at("Certificate", "spec/secretName", RELEASE + "-tls", RELEASE),
            at("Certificate", "spec/issuerRef/name", RELEASE + "-ca", RELEASE),
            pod("spec/volumes/0/secret/secretName", RELEASE + "-tls"),
        ],
    ),
    Combination(
        "cert-manager with an issuer of the cluster",
        {
            "certificates": {
                "mode": "certManager",
                "certManager": {
                    "issuerRef": {"name": "corporate", "kind": "ClusterIssuer"},
                    "duration": "24h",
                    "renewBefore": "8h",
                    "keyAlgorithm": "RSA",
                },
            }
        },
        [
            lacks("Issuer", "Secret"),
            at(
                "Certificate",
                "spec/issuerRef",
                {"name": "corporate", "kind": "ClusterIssuer", "group": "cert-manager.io"},
            ),
            at("Certificate", "spec/duration", "24h"),
            at(
                "Certificate",
                "spec/privateKey",
                {"algorithm": "RSA", "size": 2048, "rotationPolicy": "Always"},
            ),
        ],
    ),
    Combination(
        "cert-manager with Ed25519",
        {"certificates": {"mode": "certManager", "certManager": {"keyAlgorithm": "Ed25519"}}},
        [at("Certificate", "spec/privateKey", {"algorithm": "Ed25519", "rotationPolicy": "Always"}, RELEASE)],
    ),
    Combination(
        "existing Secret with a PEM CA",
        EXISTING,
        [
            lacks("Secret", "Certificate"),
            ca_bundle(PEM_AS_BASE64),
            pod("spec/volumes/0/secret/secretName", "mine"),
            at(MUTATING, "metadata/annotations", None),
            at("ConfigMap", "data/ca.crt", CA_PEM),
        ],
    ),
    Combination(
        "existing Secret with a base64 CA",
        {
            "certificates": {
                "mode": "existingSecret",
                "existingSecret": {"name": "mine", "caBundle": PEM_AS_BASE64},
            }
        },
        [ca_bundle(PEM_AS_BASE64), at("ConfigMap", "data/ca.crt", CA_PEM)],
    ),
    Combination(
        "existing Secret with an injected CA",
        {
            "certificates": {"mode": "existingSecret", "existingSecret": {"name": "mine"}},
            "webhooks": {"annotations": {"cert-manager.io/inject-ca-from-secret": "webhooks/mine"}},
        },
        [
            ca_bundle(None),
            at(MUTATING, "metadata/annotations", {"cert-manager.io/inject-ca-from-secret": "webhooks/mine"}),
            at("Pod", "spec/volumes/1/secret/secretName", "mine"),
        ],
    ),
    Combination(
        "OpenShift's service CA",
        {"certificates": {"mode": "serviceCA"}, "tests": {"runAsUser": None}},
        [
            lacks("Secret", "Certificate"),
            ca_bundle(None),
            at(
                "Service",
                "metadata/annotations",
                {"service.beta.openshift.io/serving-cert-secret-name": RELEASE + "-tls"},
                RELEASE,
            ),
            at(MUTATING, "metadata/annotations", {"service.beta.openshift.io/inject-cabundle": "true"}),
            at("Pod", "spec/securityContext/runAsUser", None),
            at("Pod", "spec/volumes/1/configMap/items/0/key", "service-ca.crt"),
            pod("spec/securityContext/runAsUser", None),
            pod("spec/securityContext/fsGroup", None),
        ],
    ),
    Combination(
        "generated for a year",
        {"certificates": {"generated": {"days": 365, "generation": "2"}}},
        [at("Secret", "metadata/annotations", {"uwsgi-max-fd/certificate-generation": "2"})],
    ),
    # The server's flags
    Combination(
        "every flag of the server",
        {
            "server": {
                "maxFd": 4096,
                "ceiling": 2147483647,
                "uwsgiImages": ["*/openedx*", "example.org/a:1"],
                "strictExemptions": "none",
                "envFrom": "trust",
                "bindAddress": "0.0.0.0",
                "tlsMinVersion": "1.2",
                "tlsCiphers": "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256",
                "tlsCiphersuites": "TLS_AES_128_GCM_SHA256",
                "maxBodyBytes": 67108864,
                "maxConnections": 4096,
                "requestTimeout": "2s500ms",
                "idleTimeout": "5m",
                "drainDelaySeconds": 0,
                "drainTimeoutSeconds": 60,
                "threads": 2,
                "logFormat": "text",
                "logLevel": "debug",
                "extraArgs": ["--log-level=info"],
                "extraEnv": [{"name": "MALLOC_ARENA_MAX", "value": "1"}],
            }
        },
        [
            arguments(
                "--max-fd=4096",
                "--ceiling=2147483647",
                "--uwsgi-image=*/openedx*",
                "--uwsgi-image=example.org/a:1",
                "--strict-exemptions=none",
                "--env-from=trust",
            ),
            arguments(
                "--bind=0.0.0.0:10250",
                "--admin-bind=0.0.0.0:8081",
                "--tls-min-version=1.2",
                "--max-body-bytes=67108864",
            ),
            arguments("--tls-ciphers=ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256"),
            arguments("--tls-ciphersuites=TLS_AES_128_GCM_SHA256", "--max-connections=4096"),
            arguments(
                "--request-timeout=2s500ms", "--idle-timeout=5m", "--drain-delay=0s", "--drain-timeout=60s"
            ),
            arguments("--threads=2", "--log-format=text", "--log-level=debug", "--log-level=info"),
            container("env", [{"name": "MALLOC_ARENA_MAX", "value": "1"}]),
            pod("spec/terminationGracePeriodSeconds", 65),
            at("Pod", "spec/containers/0/env/2/value", "4096"),
        ],
    ),
    Combination(
        "client certificates with the chart's ConfigMap",
        {"clientAuth": {"enabled": True, "ca": CA_PEM, "names": ["kube-apiserver", "api.example.org"]}},
        [
            arguments("--client-ca=/etc/uwsgi-max-fd/client-ca/ca.crt", "--client-name=kube-apiserver"),
            arguments("--client-name=api.example.org"),
            at("ConfigMap", "data/ca.crt", CA_PEM, RELEASE + "-client-ca"),
            pod("spec/volumes/1/configMap/name", RELEASE + "-client-ca"),
        ],
    ),
    Combination(
        "client certificates with a ConfigMap of one's own",
        {
            "clientAuth": {
                "enabled": True,
                "existingConfigMap": "apiserver-ca",
                "existingConfigMapKey": "bundle.pem",
            }
        },
        [
            no_argument("--client-name"),
            pod(
                "spec/volumes/1/configMap",
                {"name": "apiserver-ca", "items": [{"key": "bundle.pem", "path": "ca.crt"}]},
            ),
        ],
    ),
    Combination(
        "checksum of the ConfigMap",
        {
            "clientAuth": {"enabled": True, "ca": CA_PEM},
            "checksumAnnotation": True,
            "podAnnotations": {"example.org/team": "a"},
        },
        [checksum],
    ),
    # Ports and networks
    Combination(
        "host network",
        {"hostNetwork": {"enabled": True}},
        [
            pod("spec/hostNetwork", True),
            pod("spec/dnsPolicy", "ClusterFirstWithHostNet"),
            arguments("--bind=[::]:8443", "--admin-bind=[::]:8081"),
            container("ports/0/containerPort", 8443),
            at("Deployment", "spec/strategy/rollingUpdate", {"maxSurge": 0, "maxUnavailable": 1}),
            notes("the node's network"),
        ],
    ),
    Combination(
        "host network on other ports",
        {"hostNetwork": {"enabled": True, "port": 30443, "adminPort": 30081}, "service": {"port": 8443}},
        [
            arguments("--bind=[::]:30443", "--admin-bind=[::]:30081"),
            entry("mutate", "clientConfig/service/port", 8443),
            at("Service", "spec/ports/0/port", 8443, RELEASE),
        ],
    ),
    Combination(
        "other ports",
        {"port": 9443, "adminPort": 9090},
        [
            arguments("--bind=[::]:9443", "--admin-bind=[::]:9090"),
            container("ports/0/containerPort", 9443),
            at("Service", "spec/ports/0/port", 9090, RELEASE + "-metrics"),
            at("Service", "spec/ports/0/targetPort", "https", RELEASE),
        ],
    ),
    Combination(
        "dual stack",
        {
            "service": {
                "ipFamilyPolicy": "PreferDualStack",
                "ipFamilies": ["IPv6", "IPv4"],
                "annotations": {"example.org/a": "b"},
            }
        },
        [
            at("Service", "spec/ipFamilies", ["IPv6", "IPv4"], RELEASE),
            at("Service", "spec/ipFamilyPolicy", "PreferDualStack", RELEASE + "-metrics"),
            at("Service", "metadata/annotations", {"example.org/a": "b"}, RELEASE),
        ],
    ),
    Combination("no NetworkPolicy", {"networkPolicy": {"enabled": False}}, [lacks("NetworkPolicy")]),
    Combination(
        "metrics from one namespace only",
        {
            "networkPolicy": {
                "metricsFrom": [
                    {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}
                ]
            }
        },
        [
            at("NetworkPolicy", "spec/ingress/0", {"ports": [{"port": "https", "protocol": "TCP"}]}),
            at(
                "NetworkPolicy",
                "spec/ingress/1/from/0/namespaceSelector/matchLabels",
                {"kubernetes.io/metadata.name": "monitoring"},
            ),
            at("NetworkPolicy", "spec/egress", []),
        ],
    ),
]
