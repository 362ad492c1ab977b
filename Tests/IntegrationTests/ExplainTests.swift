import TestSupport
import Testing

/// `uwsgi-max-fd explain`, as people and pipelines call it.
@Suite
struct ExplainTests {
    private func explain(_ arguments: [String], input: String = "") throws -> Completed {
        try BuiltExecutable.run(["explain"] + arguments, input: Array(input.utf8))
    }

    private static let pod = """
        # a Pod as people write it
        apiVersion: v1
        kind: Pod
        metadata: {name: web, namespace: shop}
        spec:
          containers:
            - name: web
              image: example.com/web:1
              command: [uwsgi, --http, ":8000"]
            - name: log
              image: fluent-bit:3
              command: [fluent-bit]
        """

    @Test
    func `The text names what runs, why, the max-fd, the memory at stake and each policy`() throws {
        let result = try explain([], input: Self.pod)
        #expect(result.status == 0)
        #expect(
            result.text.hasPrefix(
                """
                Pod shop/web

                container web  example.com/web:1
                  runs     uWSGI, certain
                           · command[0] uwsgi
                  max-fd   unset: none is visible, so uWSGI takes the node's limit
                  routers  1 process (--http)
                  memory   8 MiB at 2^20, 8 GiB at 2^30, 16 GiB at unlimited
                  mutate   add UWSGI_MAX_FD=1048576
                  strict   deny
                  audit    warn

                container log  fluent-bit:3
                  runs     no uWSGI that can be seen

                patch  [{"op":"add","path":"/spec/containers/0/env","value":[{"name":"UWSGI_MAX_FD","value":"1048576"}]}]

                """), "\(result.text)")
        #expect(!result.text.contains("\u{1B}"))
    }

    @Test
    func `ConfigMaps beside the object tell more of it`() throws {
        let pod =
            Self.pod + "\n      envFrom: [{configMapRef: {name: limits}}, {configMapRef: {name: gone}}]\n"
        let map =
            "---\nkind: ConfigMap\nmetadata: {name: limits, namespace: shop}\ndata: {UWSGI_MAX_FD: \"4096\"}\n"
        let input = pod.replacing("fluent-bit:3", with: "site:3").replacing("[fluent-bit]", with: "[uwsgi]")
        let seen = try explain([], input: input + map.replacing("limits", with: "gone") + map)
        #expect(
            seen.text.contains("max-fd   set: 4096 by env UWSGI_MAX_FD of ConfigMap/gone"), "\(seen.text)")
        let unseen = try explain([], input: input + map)
        #expect(
            unseen.text.contains("not read variables: ConfigMap/gone is not in the input"), "\(unseen.text)")
        let only = try explain([], input: map)
        #expect(only.status == 2 && only.error.contains("only ConfigMaps and Secrets"), "\(only.error)")
    }

    @Test
    func `The JSON has the audit record's fields, with the action of each policy`() throws {
        let result = try explain(["--output", "json", "--max-fd", "4096", "-"], input: Self.pod)
        let explanation = try JSONTree(result.output)
        let container = try #require(explanation["containers"]?[0])
        #expect(explanation["containers"]?.array?.count == 1)
        #expect(explanation["kind"]?.string == "Pod")
        #expect(container["certainty"]?.string == "certain")
        #expect(container["maxFd"] == .object(["state": .string("unset")]))
        #expect(
            container["policies"]
                == .object(["mutate": .string("add"), "strict": .string("deny"), "audit": .string("warn")]))
        #expect(explanation["patch"]?[0]?["value"]?[0]?["value"]?.string == "4096")
    }

    @Test
    func `An AdmissionReview, a workload and a Pod template of another API are understood`() throws {
        for name in ["openedx-lms.pod", "openedx-lms.deployment", "cronjob.cronjob"] {
            let review = String(decoding: try Fixtures.review(name), as: UTF8.self)
            let asReview = try JSONTree(explain(["--output", "json"], input: review).output)
            let object = try #require(try JSONTree(text: review)["request"]?["object"])
            let asObject = try JSONTree(explain(["--output", "json"], input: object.text).output)
            let container = try #require(asObject["containers"]?[0])
            #expect(asReview["containers"] == .array([container]), "\(name)")
            #expect(asReview["containers"]?.array?.count == 1)
        }
        let rollout = """
            apiVersion: argoproj.io/v1alpha1
            kind: Rollout
            metadata: {name: web}
            spec: {template: {spec: {containers: [{name: c, image: i, command: [uwsgi]}]}}}
            """
        #expect(
            try JSONTree(explain(["--output", "json"], input: rollout).output)["containers"]?.array?.count
                == 1)
    }

    @Test(arguments: [
        (["--policy", "strict"], pod, 1, ""), (["--policy", "mutate"], pod, 0, ""),
        (["--policy", "audit"], pod, 0, ""),
        (["--policy", "strict"], pod.replacing(#"":8000""#, with: #"":8000", --max-fd=4096"#), 0, ""),
        ([], "kind: [", 2, "standard input:2: "), ([], "", 2, "standard input: empty"),
        ([], "Error from server (Forbidden)", 2, "standard input:1: not an object"),
        ([], "a: b", 2, "must have a kind"),
        ([], "kind: ConfigMap", 2, "no Pod template"),
        ([], pod + "\n---\n" + pod, 2, "standard input:15: 2 objects, where one is expected"),
        (["/nonexistent.yaml"], "", 2, "/nonexistent.yaml: No such file"),
        (["--output", "xml"], pod, 2, "--output"),
        (
            [], pod.replacing("image: fluent-bit:3", with: "image: 3"), 2,
            "standard input:11: spec.containers[1].image must be a string"
        ),
    ])
    func `The exit code: 0, 1 when the policy would refuse the Pod, 2 for what cannot be read`(
        arguments: [String], input: String, status: Int, message: String
    ) throws {
        let result = try explain(arguments, input: input)
        #expect(result.status == status, "\(result.error)")
        #expect(result.error.contains(message), "\(result.error)")
        #expect(result.error.isEmpty == (status != 2))
    }

    private static let cluster = """
        [{"kind": "Namespace", "metadata": {"name": "shop", "labels": {"uwsgi-max-fd/policy": "mutate"}}},
         {"kind": "MutatingWebhookConfiguration", "metadata": {"name": "uwsgi-max-fd"}, "webhooks": [{
          "name": "mutate.uwsgi-max-fd.webhook", "failurePolicy": "Ignore",
          "clientConfig": {"service": {"name": "uwsgi-max-fd", "namespace": "uwsgi-max-fd", "path": "/mutate"}},
          "namespaceSelector": {"matchLabels": {"uwsgi-max-fd/policy": "mutate"}},
          "rules": [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}]}]}]
        """

    @Test
    func `With a cluster it says which path the Pod takes`() throws {
        let folder = try TemporaryFolder()
        let pod = try folder.write(Self.pod, to: "pod.yaml")
        let text = try explain([pod, "--cluster", "-"], input: Self.cluster)
        #expect(
            text.text.hasSuffix(
                """

                namespace shop (its own)
                  /mutate  taken      mutate.uwsgi-max-fd.webhook (mutating): failurePolicy Ignore, reinvocationPolicy Never

                """), "\(text.text)")
        let json = try explain([pod, "--cluster", "-", "--output", "json"], input: Self.cluster)
        let group = try #require(try JSONTree(json.output)["cluster"]?[0])
        #expect(group["namespaces"]?[0]?.string == "shop")
        #expect(group["webhooks"]?[0]?["taken"]?.string == "yes")
        #expect(group["webhooks"]?[0]?["path"]?.string == "/mutate")
        let both = try explain(["--cluster", "-"])
        #expect(both.status == 2 && both.error.contains("cannot both be standard input"), "\(both.error)")
        let empty = try explain([pod, "--cluster", "-"], input: "{}")
        #expect(empty.status == 2 && empty.error.contains("kubectl get namespaces"), "\(empty.error)")
    }
}
