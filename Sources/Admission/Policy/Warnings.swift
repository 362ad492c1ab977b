import Basics

/// The warnings of one answer, within what the API server passes on.
///
/// Each has at most 120 characters; over 4,096 in total, the API server cuts each and drops the rest; equal ones
/// are shown once. Source: Kubernetes `apiserver/pkg/endpoints/filters/warning.go`, and the admission
/// documentation's "Response".
struct Warnings {
    private static let longest = 120
    private static let most = 30

    private(set) var list: [String] = []
    private var leftOut = 0

    init(_ warnings: [String] = []) {
        for warning in warnings { add(warning) }
    }

    var isEmpty: Bool { list.isEmpty }

    mutating func add(_ warning: String) {
        let shown = PrintableText.of(warning, limit: Self.longest)
        guard !list.contains(shown) else { return }
        if list.count < Self.most {
            list.append(shown)
            return
        }
        leftOut += 1
        list[Self.most - 1] = "and \(leftOut + 1) more warnings"
    }
}
