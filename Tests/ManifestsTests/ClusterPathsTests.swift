import JSON
import TestSupport
import Testing

@testable import Manifests

/// Which path a Pod takes in a cluster: each part of a webhook configuration by itself, then all of them.
@Suite
struct ClusterPathsTests {
    private static func value(_ text: String) throws -> JSONValue {
        try #require(try ManifestReader.documents(in: Array(text.utf8)).first).value
    }

    // MARK: Selectors

    private static let labels = ["uwsgi-max-fd/policy": "strict", "team": "a"]

    @Test(arguments: [
        ("{}", Match.yes),
        ("{matchLabels: null, matchExpressions: null}", .yes),
        ("{matchLabels: {team: a}}", .yes),
        ("{matchLabels: {team: b}}", .no("team=b")),
        ("{matchLabels: {team: a, gone: x}}", .no("gone=x")),
        ("{matchExpressions: [{key: team, operator: In, values: [b, a]}]}", .yes),
        ("{matchExpressions: [{key: team, operator: In, values: [b, c]}]}", .no("team in (b,c)")),
        ("{matchExpressions: [{key: gone, operator: In, values: [a]}]}", .no("gone in (a)")),
        ("{matchExpressions: [{key: team, operator: NotIn, values: [b]}]}", .yes),
        ("{matchExpressions: [{key: team, operator: NotIn, values: [a]}]}", .no("team notin (a)")),
        ("{matchExpressions: [{key: gone, operator: NotIn, values: [a]}]}", .yes),
        ("{matchExpressions: [{key: team, operator: Exists}]}", .yes),
        ("{matchExpressions: [{key: gone, operator: Exists}]}", .no("gone")),
        ("{matchExpressions: [{key: gone, operator: DoesNotExist}]}", .yes),
        ("{matchExpressions: [{key: team, operator: DoesNotExist}]}", .no("!team")),
        (
            "{matchExpressions: [{key: team, operator: Gt, values: [a]}]}",
            .unknown("has the unknown operator Gt")
        ),
        (
            "{matchLabels: {team: b}, matchExpressions: [{key: team, operator: Gt, values: [a]}]}",
            .no("team=b")
        ),
        ("[]", .unknown("is not an object")),
        ("{matchLabels: [team]}", .unknown("has matchLabels that are not an object")),
        ("{matchLabels: {team: 1}}", .unknown("has a label in matchLabels whose value is not a string")),
        ("{matchExpressions: {}}", .unknown("has matchExpressions that are not a list")),
        (
            "{matchExpressions: [{key: team, operator: In, values: a}]}",
            .unknown("has an expression without key, operator or strings as values")
        ),
    ])
    func `A selector is read as the API server reads it`(selector: String, match: Match) throws {
        #expect(try LabelSelector(Self.value(selector)).match(Self.labels) == match)
    }

    @Test
    func `A selector that is missing selects all, and one without an end is not evaluated`() throws {
        #expect(LabelSelector(nil).match([:]) == .yes)
        let many = (0..<65).map { "{key: k\($0), operator: DoesNotExist}" }.joined(separator: ", ")
        let selector = LabelSelector(try Self.value("{matchExpressions: [\(many)]}"))
        #expect(selector.match([:]) == .unknown("has more than 64 requirements"))
    }

    // MARK: Match conditions

    private static func sparing(_ classes: String) -> String {
        "!has(object.spec.priorityClassName) || !(object.spec.priorityClassName in [\(classes)])"
    }

    static let conditions: [(expression: String, priorityClass: String, match: Match)] = [
        ("true", "", .yes),
        ("false", "", .no("c is false")),
        (sparing(#""system-node-critical","system-cluster-critical""#), "", .yes),
        (
            sparing(#""system-node-critical", "system-cluster-critical""#), "system-cluster-critical",
            .no("c is false")
        ),
        (sparing(#""system-node-critical""#), "web", .yes),
        (sparing(#""web""#), "", .unknown("c depends on the cluster's default priority class")),
        (sparing(#""a\"b""#), "", .unknown("c is an expression that is not evaluated here")),
        (sparing("x"), "", .unknown("c is an expression that is not evaluated here")),
        (sparing(#""web""#) + " || true", "web", .unknown("c is an expression that is not evaluated here")),
        ("object.metadata.name != 'x'", "", .unknown("c is an expression that is not evaluated here")),
    ]

    @Test(arguments: conditions)
    func `A match condition is read as far as it can be`(
        expression: String, priorityClass: String, match: Match
    ) throws {
        let quoted = expression.replacing("'", with: "''")
        let condition = MatchCondition(try Self.value("{name: c, expression: '\(quoted)'}"))
        let pod = SelectedPod(try Self.value("{spec: {priorityClassName: '\(priorityClass)'}}"))
        #expect(condition.match(pod) == match)
    }

    // MARK: Webhooks

    private static let rule =
        "{apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods], scope: Namespaced}"

    /// A webhook's members behind its name, and whether it is one of ours that sees Pods.
    static let webhooks: [(members: String, isOurs: Bool)] = [
        ("clientConfig: {service: {path: /strict}}, rules: [\(rule)]", true),
        ("clientConfig: {url: 'https://uwsgi-max-fd.example:8443/audit?a#b'}, rules: [\(rule)]", true),
        ("clientConfig: {url: 'uwsgi-max-fd'}, rules: [\(rule)]", false),
        ("clientConfig: {url: 'https://uwsgi-max-fd.example'}, rules: [\(rule)]", false),
        ("clientConfig: {service: {path: /strict/}}, rules: [\(rule)]", false),
        ("clientConfig: {service: {path: /convert}}, rules: [\(rule)]", false),
        ("clientConfig: {service: {path: /strict}}", false),
        (
            "clientConfig: {service: {path: /strict}}, rules: [\(rule.replacing("CREATE", with: "UPDATE"))]",
            false
        ),
        (
            "clientConfig: {service: {path: /strict}}, rules: [\(rule.replacing("pods", with: "deployments"))]",
            false
        ),
        (
            "clientConfig: {service: {path: /strict}}, rules: [\(rule.replacing("Namespaced", with: "Cluster"))]",
            false
        ),
        ("clientConfig: {service: {path: /strict}}, rules: [\(rule.replacing("pods", with: "'*/*'"))]", true),
        ("clientConfig: {service: {path: /strict}}, rules: 1", true),
    ]

    @Test(arguments: webhooks)
    func `Our webhooks are told by path and name`(members: String, isOurs: Bool) throws {
        let ours = try Self.value("{name: x.uwsgi-max-fd.webhook, \(members)}")
        let configuration = try Self.value("{metadata: {name: other}}")
        let kind = "ValidatingWebhookConfiguration"
        #expect((WebhookEntry(ours, of: configuration, kind: kind) != nil) == isOurs)
        let foreign = try Self.value(
            "{name: x.example.com, clientConfig: {service: {path: /mutate}}, rules: [\(Self.rule)]}")
        #expect(WebhookEntry(foreign, of: configuration, kind: kind) == nil)
    }

    @Test(arguments: [
        ("", Match.yes), ("rules: 1", .unknown("rules are not a list")),
        ("rules: [{apiGroups: 1}]", .unknown("rules have a member that is not a list")),
        ("matchConditions: {}", .unknown("matchConditions are not a list")),
        ("matchConditions: [{name: c, expression: 'false'}]", .no("matchCondition c is false")),
        ("objectSelector: {matchLabels: {a: b}}", .no("objectSelector a=b")),
        ("namespaceSelector: 1", .unknown("namespaceSelector is not an object")),
    ])
    func `What cannot be evaluated stays unknown`(members: String, match: Match) throws {
        let rules = members.hasPrefix("rules") ? "" : ", rules: [\(Self.rule)]"
        let path = "clientConfig: {service: {name: uwsgi-max-fd, path: /audit}}"
        let webhook = try Self.value("{\(path)\(rules)\(members.isEmpty ? "" : ", " + members)}")
        let entry = try #require(
            WebhookEntry(webhook, of: Self.value("{}"), kind: "MutatingWebhookConfiguration"))
        #expect(entry.match(SelectedPod(try Self.value("{}")), inNamespaceWith: [:]) == match)
    }

    @Test
    func `Labels that are not strings are unknown`() throws {
        let webhook = try Self.value(
            "{clientConfig: {service: {name: uwsgi-max-fd, path: /audit}}, rules: [\(Self.rule)]}")
        let entry = try #require(
            WebhookEntry(webhook, of: Self.value("{}"), kind: "MutatingWebhookConfiguration"))
        let pod = SelectedPod(try Self.value("{metadata: {labels: {a: 1}}}"))
        #expect(
            entry.match(pod, inNamespaceWith: [:])
                == .unknown("the labels of the Pod are not strings by name"))
        #expect(
            entry.match(SelectedPod(try Self.value("{}")), inNamespaceWith: nil)
                == .unknown("the labels of the namespace are not strings by name"))
    }

    // MARK: The whole

    private static let cluster = """
        kind: List
        items:
        - kind: ValidatingWebhookConfiguration
          metadata: {name: a}
          webhooks:
          - name: strict.uwsgi-max-fd.webhook
            clientConfig: {service: {path: /strict}}
            namespaceSelector: {matchLabels: {uwsgi-max-fd/policy: strict}}
            rules: [\(rule)]
        - kind: MutatingWebhookConfiguration
          metadata: {name: b}
          webhooks:
          - name: mutate.uwsgi-max-fd.webhook
            clientConfig: {service: {path: /mutate}}
            failurePolicy: Ignore
            reinvocationPolicy: IfNeeded
            namespaceSelector: {matchExpressions: [{key: kubernetes.io/metadata.name, operator: NotIn, values: [kube-system]}]}
            objectSelector: {matchExpressions: [{key: uwsgi-max-fd/skip, operator: NotIn, values: ["true"]}]}
            rules: [\(rule)]
        - {kind: Namespace, metadata: {name: kube-system}}
        - {kind: Namespace, metadata: {name: web}}
        - {kind: Namespace, metadata: {name: "shop\\u001b[2J", labels: {uwsgi-max-fd/policy: strict}}}
        - {kind: Namespace, metadata: {name: api}}
        """

    private static func text(_ pod: String, namespace: String, _ cluster: String = cluster) throws -> String {
        let view = try ClusterView(reading: Array(cluster.utf8))
        return ClusterPaths(of: SelectedPod(try value(pod)), namespace: namespace, in: view)
            .rendered(style: TextStyle(isColoured: false))
    }

    @Test
    func `Namespaces with the same answer stand together, the Pod's own first`() throws {
        #expect(
            try Self.text("{}", namespace: "api") == """

                namespaces api (its own), web
                  /mutate  taken      mutate.uwsgi-max-fd.webhook (mutating): failurePolicy Ignore, reinvocationPolicy IfNeeded
                  /strict  not taken  strict.uwsgi-max-fd.webhook (validating): namespaceSelector uwsgi-max-fd/policy=strict

                namespace kube-system
                  /mutate  not taken  mutate.uwsgi-max-fd.webhook (mutating): namespaceSelector kubernetes.io/metadata.name notin (kube-system)
                  /strict  not taken  strict.uwsgi-max-fd.webhook (validating): namespaceSelector uwsgi-max-fd/policy=strict

                namespace shop\u{FFFD}[2J
                  /mutate  taken      mutate.uwsgi-max-fd.webhook (mutating): failurePolicy Ignore, reinvocationPolicy IfNeeded
                  /strict  taken      strict.uwsgi-max-fd.webhook (validating): failurePolicy Fail

                """)
        let skipped = try Self.text(
            #"{metadata: {labels: {uwsgi-max-fd/skip: "true"}}}"#, namespace: "gone")
        #expect(skipped.contains("The cluster has no namespace gone."))
        #expect(skipped.contains("/mutate  not taken"))
        #expect(!skipped.contains("/mutate  taken"))
    }

    @Test
    func `A cluster without our webhooks, or a file without namespaces, says so`() throws {
        let none = try Self.text("{}", namespace: "", "{kind: Namespace, metadata: {name: a}}")
        #expect(none == "\nThe cluster has no webhook of uwsgi-max-fd that sees Pods.\n")
        #expect(throws: ManifestError.self) { try ClusterView(reading: Array("{kind: Pod}".utf8)) }
        #expect(throws: ManifestError.self) { try ClusterView(reading: [0xFF, 0x00]) }
    }

    @Test
    func `Of many namespaces the first are named`() throws {
        let many = (0..<20).map { "{kind: Namespace, metadata: {name: n\($0)}}" }.joined(separator: ", ")
        let whole = Self.cluster + "\n---\n[\(many)]\n"
        #expect(try Self.text("{}", namespace: "", whole).contains(", n5 and 14 more\n"))
    }
}
