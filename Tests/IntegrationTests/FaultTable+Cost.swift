import TestSupport
import Testing

/// A review that is made to be dear.
struct CostlyReview: Sendable, CustomTestStringConvertible {
    var name: String
    var body: [UInt8]
    /// What it may be answered with: 500 when its time is over first, which depends on the machine.
    var statuses: Set<Int>
    /// How many clients send it at once.
    var clients: Int

    var testDescription: String { name }
}

extension FaultTable {
    private static func repeated(_ text: String, _ count: Int) -> String {
        String(repeating: text, count: count)
    }

    private static func list(_ count: Int, _ element: (Int) -> String) -> String {
        (0..<count).map(element).joined(separator: ",")
    }

    /// A review of a Pod with these containers, as JSON.
    static func review(containers: String, metadata: String = "") -> [UInt8] {
        Array(
            """
            {"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"\(rightfulUID)",\
            "kind":{"group":"","version":"v1","kind":"Pod"},"operation":"CREATE",\
            "object":{"metadata":{\(metadata)},"spec":{"containers":[\(containers)]}}}}
            """.utf8)
    }

    private static func shell(_ script: String) -> String {
        #"{"name":"a","command":["sh","-c","\#(script)"]}"#
    }

    private static func costly(
        _ name: String, _ body: [UInt8], _ status: Int, clients: Int = 4
    ) -> CostlyReview {
        CostlyReview(
            name: name, body: body, statuses: status == 200 ? [200, 500] : [status], clients: clients)
    }

    private static func largest(_ name: String, _ body: [UInt8]) -> CostlyReview {
        // Nobody has room for all of them; and a client that is slow to hear that there is none is reset.
        CostlyReview(name: name, body: body, statuses: [200, 400, 408, 413, 500, 503, 0], clients: 64)
    }

    /// Reviews that are deep: no stack overflows.
    static let deep: [CostlyReview] = [
        costly(
            "4,000 elif", review(containers: shell("if a; then b; \(repeated("elif a; then b; ", 4000)) fi")),
            200),
        costly("4,000 parentheses", review(containers: shell(repeated("( ", 4000))), 200),
        costly("20,000 evals", review(containers: shell(repeated("eval ", 20_000) + "uwsgi")), 200),
        costly(
            "functions within if, within shells",
            review(
                containers: shell(
                    (0..<15).map {
                        "f\($0)() { \(repeated("if a; then ", 20)) f\($0 + 1); \(repeated("fi; ", 20)) }; "
                    }
                    .joined() + "f0")), 200),
        costly(
            "40,000 wrappers",
            review(containers: #"{"command":[\#(list(40_000) { _ in #""nice""# }),"uwsgi"]}"#), 200),
    ]

    /// Reviews that ask for much work: nobody else waits.
    static let laborious: [CostlyReview] = [
        costly(
            "10,000 containers that call themselves",
            review(containers: list(10_000) { _ in #"{"command":["sh","-c","f(){ f;f;};f"]}"# }), 200,
            clients: 8),
        costly(
            "50,000 names in an annotation",
            review(
                containers: list(5000) { #"{"name":"c\#($0)"}"# },
                metadata: #""annotations":{"uwsgi-max-fd/containers":"\#(list(50_000) { "n\($0)" })"}"#), 200),
        costly(
            "variables that double at each step",
            review(
                containers: list(200) { _ in
                    #"{"command":["$(V40)"],"env":[{"name":"V0","value":"12345678"},"#
                        + list(40) { #"{"name":"V\#($0 + 1)","value":"$(V\#($0))$(V\#($0))"}"# } + "]}"
                }), 200),
    ]

    /// Reviews that hold more than is examined: refused, neither admitted nor denied.
    static let voluminous: [CostlyReview] = [
        costly(
            "a million empty containers", review(containers: list(1_000_000) { _ in "{}" }), 413, clients: 2),
        costly("30,000 containers", review(containers: list(30_000) { _ in "{}" }), 413),
        costly(
            "110,000 variables", review(containers: #"{"env":[\#(list(110_000) { _ in "{}" })]}"#), 413),
        costly(
            "250,000 words", review(containers: #"{"command":[\#(list(250_000) { _ in #""a""# })]}"#), 413),
        costly(
            "2,000 containers with uWSGI", review(containers: list(2000) { _ in #"{"command":["uwsgi"]}"# }),
            413),
        costly(
            "600,000 annotations",
            review(containers: "{}", metadata: #""annotations":{\#(list(600_000) { #""\#($0)":"""# })}"#),
            413,
            clients: 2),
    ]

    /// Bodies of the greatest length, each of which takes another kind of memory.
    static let largest: [CostlyReview] = [
        largest(
            "a long text", review(containers: "{}", metadata: #""x":"\#(repeated("y", (8 << 20) - 400))""#)),
        largest("opening brackets", Array(repeated("[", 8 << 20).utf8)),
        largest("numbers", review(containers: "{}", metadata: #""x":[\#(list(990_000) { _ in "1" })]"#)),
        largest("empty containers", review(containers: list(1_000_000) { _ in "{}" })),
        largest(
            "variables",
            review(
                containers:
                    #"{"command":["uwsgi"],"env":[\#(list(90_000) { #"{"name":"UWSGI_\#($0)","value":"$(A)$(A)$(A)$(A)"}"# })]}"#
            )
        ),
        largest(
            "words",
            review(
                containers: #"{"command":["uwsgi",\#(list(190_000) { #""--a-\#($0)=vvvvvvvvvvvvvv""# })]}"#)
        ),
        largest("scripts", review(containers: list(60) { _ in shell(repeated("if a; then b; fi;", 7600)) })),
        largest(
            "containers that call themselves",
            review(containers: list(24_000) { _ in #"{"command":["sh","-c","f(){ f;f;};f"]}"# })
        ),
        largest(
            "containers with uWSGI",
            review(containers: list(1024) { #"{"name":"\#($0)","command":["uwsgi"]}"# })
        ),
    ]
}
