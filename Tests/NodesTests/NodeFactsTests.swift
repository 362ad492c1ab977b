import Testing

@testable import Nodes

/// Every row of what is known about distributions and runtimes, as nodes report themselves.
@Suite struct NodeFactsTests {
    struct Example: CustomTestStringConvertible {
        var os: String
        var runtime: String
        var kubelet = "v1.30.1"
        var provider = ""
        var labels: [String: String] = [:]
        var verdict: NodeAssessment.Verdict
        var limit: Int?

        var testDescription: String { "\(os), \(runtime) \(kubelet) \(provider)" }
    }

    private static let examples: [Example] = [
        Example(
            os: "Garden Linux 1592.0", runtime: "containerd://1.7.19", verdict: .dangerous,
            limit: 1_073_741_816),
        Example(
            os: "Garden Linux 1592.2", runtime: "containerd://1.7.19", verdict: .dangerous,
            limit: 1_073_741_816),
        Example(os: "Garden Linux 1592.3", runtime: "containerd://1.7.19", verdict: .safe, limit: 1_048_576),
        Example(os: "Garden Linux 1592.15", runtime: "containerd://1.7.19", verdict: .safe, limit: 1_048_576),
        Example(os: "Garden Linux 1877.2", runtime: "containerd://1.7.27", verdict: .safe, limit: 1_048_576),
        Example(os: "Garden Linux 2150.9", runtime: "containerd://2.1.4", verdict: .safe, limit: 1_048_576),
        Example(os: "Garden Linux 1443.10", runtime: "containerd://1.7.13", verdict: .safe, limit: 1_048_576),
        Example(os: "Garden Linux 1500.1", runtime: "containerd://1.7.13", verdict: .unknown),
        Example(
            os: "Flatcar Container Linux by Kinvolk 3602.2.1 (Oklo)", runtime: "containerd://1.6.21",
            verdict: .dangerous, limit: 1_073_741_816),
        Example(
            os: "Flatcar Container Linux by Kinvolk 4152.2.0 (Oklo)", runtime: "containerd://1.7.23",
            verdict: .unknown),
        Example(
            os: "Fedora CoreOS 36.20220716.3.1", runtime: "containerd://1.6.6", verdict: .dangerous,
            limit: 1_073_741_816),
        Example(os: "Fedora CoreOS 42.20250803.3.0", runtime: "containerd://1.7.27", verdict: .unknown),
        Example(
            os: "Fedora Linux 35 (Server Edition)", runtime: "containerd://1.6.6", verdict: .dangerous,
            limit: 1_073_741_816),
        Example(
            os: "AlmaLinux 9.4 (Seafoam Ocelot)", runtime: "containerd://1.7.20", verdict: .dangerous,
            limit: 1_073_741_816),
        Example(
            os: "AlmaLinux 8.9 (Midnight Oncilla)", runtime: "containerd://1.7.20", verdict: .safe,
            limit: 1_048_576),
        Example(
            os: "Red Hat Enterprise Linux 9.4 (Plow)", runtime: "containerd://1.7.20", verdict: .dangerous,
            limit: 1_073_741_816),
        Example(
            os: "Rocky Linux 9.4 (Blue Onyx)", runtime: "containerd://1.7.20", verdict: .dangerous,
            limit: 1_073_741_816),
        Example(
            os: "Red Hat Enterprise Linux 9.4 (Plow)", runtime: "containerd://2.1.0", verdict: .safe,
            limit: 1024),
        Example(
            os: "Amazon Linux 2023.4.20240416", runtime: "containerd://1.7.11",
            kubelet: "v1.29.3-eks-ae9a62a",
            verdict: .dangerous, limit: 1_073_741_816),
        Example(
            os: "Amazon Linux 2023.4.20240528", runtime: "containerd://1.7.11",
            kubelet: "v1.29.3-eks-ae9a62a",
            verdict: .unknown),
        Example(
            os: "Amazon Linux 2023.4.20240611", runtime: "containerd://1.7.11",
            kubelet: "v1.30.0-eks-036c24b",
            verdict: .safe, limit: 65536),
        Example(
            os: "Amazon Linux 2023.5.20240805", runtime: "containerd://1.7.20",
            kubelet: "v1.30.0-eks-036c24b",
            verdict: .safe, limit: 65536),
        Example(os: "Amazon Linux 2023.5.20240805", runtime: "containerd://1.7.20", verdict: .unknown),
        Example(
            os: "Fedora CoreOS 36.20220716.3.1", runtime: "docker://20.10.12", verdict: .safe, limit: 1024),
        Example(os: "Fedora CoreOS 42.20250803.3.0", runtime: "containerd://2.0.5", verdict: .unknown),
        Example(
            os: "Fedora Linux 41 (Cloud Edition)", runtime: "containerd://1.7.33", verdict: .dangerous,
            limit: 1_073_741_816),
        Example(
            os: "Fedora Linux 35", runtime: "containerd://1.6.6-k3s1", kubelet: "v1.24.1+k3s1",
            verdict: .safe,
            limit: 1_048_576),
        Example(os: "Fedora Linux 36", runtime: "cri-o://1.24.1", verdict: .safe, limit: 1_048_576),
        Example(
            os: "Debian GNU/Linux 13 (trixie)", runtime: "containerd://1.7.24",
            labels: ["kops.k8s.io/instancegroup": "nodes"], verdict: .unknown),
        Example(os: "Ubuntu 16.04", runtime: "containerd://1.0.0", verdict: .safe, limit: 1_048_576),
        Example(os: "Ubuntu 18.04", runtime: "containerd://1.3.0", verdict: .safe, limit: 1_048_576),
        Example(os: "Ubuntu 18.04", runtime: "containerd://1.2.7", verdict: .unknown),
        Example(os: "Amazon Linux 2", runtime: "containerd://1.7.11", verdict: .unknown),
        Example(
            os: "Bottlerocket OS 1.19.0 (aws-k8s-1.29)", runtime: "containerd://1.6.28", verdict: .safe,
            limit: 65536),
        Example(
            os: "CBL-Mariner/Linux", runtime: "containerd://1.6.26", provider: "azure:///subscriptions/x",
            verdict: .safe,
            limit: 1_048_576),
        Example(
            os: "Ubuntu 22.04.4 LTS", runtime: "containerd://1.7.15-1", provider: "azure:///subscriptions/x",
            verdict: .safe,
            limit: 1_048_576),
        Example(
            os: "Ubuntu 24.04.2 LTS", runtime: "containerd://2.0.0", provider: "azure:///subscriptions/x",
            verdict: .safe,
            limit: 1024),
        Example(os: "Talos (v1.7.0)", runtime: "containerd://1.7.16", verdict: .safe, limit: 1_048_576),
        Example(
            os: "Ubuntu 24.04.1 LTS", runtime: "containerd://1.7.17-k3s1", kubelet: "v1.30.2+k3s1",
            verdict: .safe,
            limit: 1_048_576),
        Example(
            os: "Ubuntu 24.04.1 LTS", runtime: "containerd://1.7.17-k3s1", kubelet: "v1.30.2+rke2r1",
            verdict: .safe,
            limit: 1_048_576),
        Example(
            os: "Ubuntu 22.04.4 LTS", runtime: "containerd://1.6.28", labels: ["microk8s.io/cluster": "true"],
            verdict: .safe,
            limit: 65536),
        Example(
            os: "Debian GNU/Linux 13 (trixie)", runtime: "containerd://2.1.3",
            provider: "kind://docker/kind/kind-control-plane", verdict: .dangerous, limit: 1_073_741_816),
        Example(
            os: "Debian GNU/Linux 13 (trixie)", runtime: "containerd://1.7.24", verdict: .dangerous,
            limit: 2_147_483_584),
        Example(os: "Debian GNU/Linux 12 (bookworm)", runtime: "containerd://1.6.20", verdict: .unknown),
        Example(os: "Container-Optimized OS from Google", runtime: "containerd://1.7.10", verdict: .unknown),
        Example(
            os: "Ubuntu 22.04.4 LTS", runtime: "containerd://2.0.1", provider: "gce://project/zone/node",
            verdict: .unknown),
        Example(os: "Fedora Linux 41", runtime: "cri-o://1.32.1", verdict: .safe, limit: 1_048_576),
        Example(
            os: "Red Hat Enterprise Linux CoreOS 9.6", runtime: "cri-o://1.33.0", verdict: .unknown),
        Example(os: "Ubuntu 24.04.1 LTS", runtime: "cri-o://1.33.0", verdict: .safe, limit: 1024),
        Example(os: "Ubuntu 22.04.4 LTS", runtime: "docker://24.0.7", verdict: .unknown),
        Example(os: "Ubuntu 22.04.4 LTS", runtime: "docker://28.2.2", verdict: .safe, limit: 1024),
        Example(os: "Ubuntu 24.04.1 LTS", runtime: "containerd://1.7.12", verdict: .unknown),
        Example(os: "Ubuntu 24.04.1 LTS", runtime: "containerd://2.0.0-rc.1", verdict: .safe, limit: 1024),
        Example(os: "Microsoft Azure Linux 3.0", runtime: "containerd://1.7.13", verdict: .unknown),
        Example(os: "Haiku R1", runtime: "podman://5", verdict: .unknown),
        Example(os: "", runtime: "", verdict: .unknown),
    ]

    @Test(arguments: examples)
    func `What is known of a node`(_ example: Example) {
        let assessment = NodeFacts.shipped.assess(
            NodeDescription(
                name: "n", osImage: example.os, containerRuntime: example.runtime, kubelet: example.kubelet,
                providerID: example.provider, labels: example.labels))
        #expect(assessment.verdict == example.verdict)
        #expect(assessment.limit == example.limit)
        #expect(!assessment.reason.isEmpty)
        #expect((assessment.verdict == .dangerous) == !assessment.cure.isEmpty)
    }

    @Test func `Every row of the file is read`() {
        #expect(NodeFacts.shipped.count == 41)
    }

    @Test(arguments: [
        ("1592.2", "1592.3"), ("1592.3", "1592.15"), ("1592", "1592.0"), ("2.0.0-rc.1", "2.0.1"),
        ("9", "10"),
        ("1.7.33", "2"),
    ])
    func `Versions`(_ earlier: String, _ later: String) throws {
        let (a, b) = (try #require(DottedVersion(in: earlier)), try #require(DottedVersion(in: later)))
        #expect(a < b)
        #expect(!(b < a))
    }

    @Test(arguments: ["", "x", "...", "99999999999999999999.1"])
    func `Texts without a version, or with a hostile one`(_ text: String) {
        #expect((DottedVersion(in: text) == nil) == !text.contains("9"))
    }
}
