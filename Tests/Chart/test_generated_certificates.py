"""certificates.mode=generated: made once, kept by `lookup`, renewed on request, refused where it cannot work.

Helm installs and upgrades for real here, into a fake API server: see fake_cluster.py.
"""

import base64
import re
import subprocess

import helm_python
import pytest

from fake_cluster import FakeCluster
from rendering import CA_PEM, CHART, NAMESPACE, RELEASE, render, with_image

SECRET = ("secrets", NAMESPACE, RELEASE + "-tls")


class Helm:
    def __init__(self, cluster):
        self.cluster = cluster
        # Releases are kept in memory, since Helm writes them by protobuf, which the fake does not read.
        self.config = helm_python.Config(
            kubeconfig_content=cluster.kubeconfig, namespace=NAMESPACE, storage_driver="memory"
        )

    def install(self, values=None):
        self.config.install(str(CHART), RELEASE, with_image(values), namespace=NAMESPACE, timeout=30)

    def upgrade(self, values=None, dry_run=None):
        self.config.upgrade(
            str(CHART), RELEASE, with_image(values), namespace=NAMESPACE, timeout=30, dry_run=dry_run
        )

    def secret(self):
        found = self.cluster.get(*SECRET)
        return {key: base64.b64decode(value).decode() for key, value in found["data"].items()}

    def bundles(self):
        """The caBundle of every webhook entry, decoded."""
        return {
            base64.b64decode(webhook["clientConfig"]["caBundle"]).decode()
            for plural in ("mutatingwebhookconfigurations", "validatingwebhookconfigurations")
            for webhook in self.cluster.get(plural, None, RELEASE)["webhooks"]
        }

    def pod_template(self):
        return self.cluster.get("deployments", NAMESPACE, RELEASE)["spec"]["template"]


@pytest.fixture
def helm():
    with FakeCluster() as cluster:
        yield Helm(cluster)


def certificates(pem):
    return re.findall("-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", pem, re.DOTALL)


def openssl(*arguments, data=None):
    return subprocess.run(["openssl", *arguments], input=data, capture_output=True, text=True, timeout=30)


def trusts(tmp_path, bundle, certificate):
    """Whether a client that trusts the bundle accepts the certificate for the Service."""
    (tmp_path / "ca.pem").write_text(bundle)
    (tmp_path / "leaf.pem").write_text(certificate)
    return (
        openssl(
            "verify",
            "-purpose",
            "sslserver",
            "-verify_hostname",
            "%s.%s.svc" % (RELEASE, NAMESPACE),
            "-CAfile",
            str(tmp_path / "ca.pem"),
            str(tmp_path / "leaf.pem"),
        ).returncode
        == 0
    )


def test_install_makes_a_pair_that_the_api_server_accepts(helm, tmp_path):
    helm.install()
    secret = helm.secret()
    assert set(secret) == {"ca.crt", "tls.crt", "tls.key"}
    assert helm.bundles() == {secret["ca.crt"]}
    assert trusts(tmp_path, secret["ca.crt"], secret["tls.crt"])
    # The key belongs to the certificate, and is an ECDSA key on P-256.
    public = openssl("pkey", "-pubout", data=secret["tls.key"]).stdout
    assert public and public == openssl("x509", "-noout", "-pubkey", data=secret["tls.crt"]).stdout
    assert "prime256v1" in openssl("pkey", "-noout", "-text", data=secret["tls.key"]).stdout
    # Nothing is left with which more could be signed.
    assert public != openssl("x509", "-noout", "-pubkey", data=secret["ca.crt"]).stdout


def test_upgrade_changes_no_certificate_and_no_pod(helm):
    helm.install()
    before = helm.secret(), helm.bundles(), helm.pod_template()
    helm.upgrade()
    helm.upgrade({"replicaCount": 3})
    assert (helm.secret(), helm.bundles(), helm.pod_template()) == before


def test_new_generation_makes_another_and_trusts_both(helm, tmp_path):
    helm.install()
    old = helm.secret()
    template = helm.pod_template()
    values = {"certificates": {"generated": {"generation": "2"}}}
    helm.upgrade(values)
    new = helm.secret()
    assert new["tls.crt"] != old["tls.crt"]
    [bundle] = helm.bundles()
    assert len(certificates(bundle)) == 2
    # Replicas show the old certificate until the kubelet has brought the new one.
    assert trusts(tmp_path, bundle, old["tls.crt"]) and trusts(tmp_path, bundle, new["tls.crt"])
    assert not trusts(tmp_path, old["ca.crt"], new["tls.crt"])
    # No restart is needed, and the next upgrade keeps what there is.
    assert helm.pod_template() == template
    helm.upgrade(values)
    assert helm.secret() == new
    # The one before the last is forgotten.
    helm.upgrade({"certificates": {"generated": {"generation": "3"}}})
    [bundle] = helm.bundles()
    assert len(certificates(bundle)) == 2
    assert trusts(tmp_path, bundle, new["tls.crt"]) and not trusts(tmp_path, bundle, old["tls.crt"])


def test_trying_an_upgrade_out(helm):
    """Against the cluster, the certificate is the one that there is; without it, the refusal says how."""
    helm.install()
    before = helm.secret(), helm.bundles()
    helm.upgrade({"replicaCount": 3}, dry_run="server")
    with pytest.raises(helm_python.HelmError) as caught:
        helm.upgrade({"replicaCount": 3}, dry_run="client")
    for part in ("helm upgrade --dry-run=server", "helm diff upgrade --dry-run=server", "helm template"):
        assert part in str(caught.value)
    assert (helm.secret(), helm.bundles()) == before


def test_going_back_across_a_generation_leaves_no_gap(helm, tmp_path):
    """By the README's steps: an upgrade to what was before, but for the generation."""
    old = {"replicaCount": 2}
    helm.install(old)
    first = helm.secret()
    renewed = {"certificates": {"generated": {"generation": "2"}}}
    helm.upgrade({"replicaCount": 3, **renewed})
    before = helm.secret(), helm.bundles()
    helm.upgrade({**old, **renewed})
    assert helm.cluster.get("deployments", NAMESPACE, RELEASE)["spec"]["replicas"] == 2
    assert (helm.secret(), helm.bundles()) == before
    # Whatever a replica shows meanwhile is trusted.
    [bundle] = helm.bundles()
    assert trusts(tmp_path, bundle, first["tls.crt"]) and trusts(tmp_path, bundle, helm.secret()["tls.crt"])


def test_rollback_across_a_generation_has_the_gap_that_the_readme_warns_of(helm, tmp_path):
    helm.install()
    first = helm.secret()
    helm.upgrade({"certificates": {"generated": {"generation": "2"}}})
    second = helm.secret()
    helm.config.rollback(RELEASE, timeout=30)
    assert helm.secret() == first
    [bundle] = helm.bundles()
    # A replica shows the second certificate until its kubelet has brought the first.
    assert not trusts(tmp_path, bundle, second["tls.crt"]) and trusts(tmp_path, bundle, first["tls.crt"])
    # The next upgrade finds what it needs.
    helm.upgrade()
    assert helm.secret() == first


def test_upgrade_without_the_secret_is_refused_and_changes_nothing(helm):
    helm.install()
    before = helm.bundles()
    helm.cluster.delete(*SECRET)
    with pytest.raises(helm_python.HelmError) as caught:
        helm.upgrade()
    for part in (
        "certificates.mode is generated",
        "Secret %s/%s-tls" % (NAMESPACE, RELEASE),
        "createOnUpgrade=true",
    ):
        assert part in str(caught.value)
    assert helm.bundles() == before


def test_upgrade_without_the_secret_can_be_allowed(helm, tmp_path):
    helm.install()
    before = helm.bundles()
    helm.cluster.delete(*SECRET)
    helm.upgrade({"certificates": {"generated": {"createOnUpgrade": True}}})
    assert helm.bundles() != before
    assert trusts(tmp_path, *helm.bundles(), helm.secret()["tls.crt"])
    # Left at true, it still keeps what is there.
    kept = helm.secret()
    helm.upgrade({"certificates": {"generated": {"createOnUpgrade": True}}})
    assert helm.secret() == kept


def test_half_a_secret_counts_as_none(helm):
    helm.install()
    del helm.cluster.get(*SECRET)["data"]["tls.key"]
    with pytest.raises(helm_python.HelmError, match="was not found on this upgrade"):
        helm.upgrade()


def test_change_from_another_mode(helm):
    helm.install(
        {"certificates": {"mode": "existingSecret", "existingSecret": {"name": "mine", "caBundle": CA_PEM}}}
    )
    with pytest.raises(helm_python.HelmError, match="the mode was changed"):
        helm.upgrade({"certificates": {"mode": "generated"}})
    helm.upgrade({"certificates": {"mode": "generated", "generated": {"createOnUpgrade": True}}})
    assert helm.bundles() == {helm.secret()["ca.crt"]}


def test_argo_cd_is_noticed():
    """Argo CD passes the cluster's API versions to a render that sees no object of it."""
    with FakeCluster(argo_cd=True, visible=False) as cluster:
        with pytest.raises(helm_python.HelmError, match="as under Argo CD"):
            Helm(cluster).install()


def test_argo_cd_beside_a_real_install_does_not_matter():
    with FakeCluster(argo_cd=True) as cluster:
        helm = Helm(cluster)
        helm.install()
        assert helm.secret()["tls.key"]


def test_offline_upgrade_is_refused():
    with pytest.raises(helm_python.HelmError) as caught:
        render(upgrade=True)
    assert "set certificates.mode to certManager, existingSecret or serviceCA" in str(caught.value)


def test_lifetime():
    secret = render({"certificates": {"generated": {"days": 30}}}).of_kind("Secret")
    pem = base64.b64decode(secret["data"]["tls.crt"]).decode()
    assert openssl("x509", "-noout", "-checkend", str(29 * 86400), data=pem).returncode == 0
    assert openssl("x509", "-noout", "-checkend", str(31 * 86400), data=pem).returncode == 1
