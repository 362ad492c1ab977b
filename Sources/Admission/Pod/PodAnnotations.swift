import Basics
import UWSGI

/// What a Pod's author says to this webhook, by annotation.
///
/// A malformed annotation never blocks a Pod: it is ignored, and a warning says so.
package struct PodAnnotations: Hashable {
    /// The max-fd for this Pod, in file descriptors; `nil` for the operator's.
    private(set) var value: Int?
    /// What is said of the containers that are named.
    private var named: [String: Declaration] = [:]
    /// What is said of all others.
    private var others: Declaration = .none
    /// What is wrong with the annotations.
    private(set) var warnings: [String] = []

    /// - Parameters:
    ///   - metadata: where the annotations stand.
    ///   - containers: the names of the Pod's containers.
    ///   - ceiling: the largest max-fd that an annotation may ask for.
    init(_ metadata: PodMetadata, containers: [String], ceiling: Int) {
        if let text = metadata.valueAnnotation { readValue(text, ceiling: ceiling) }
        if let text = metadata.containersAnnotation { readContainers(text, containers: containers) }
    }

    /// What the author says of one container.
    func declaration(for container: String) -> Declaration {
        named[container] ?? others
    }

    private mutating func readValue(_ text: String, ceiling: Int) {
        let lowest = AdmissionSettings.smallestMaxFD
        // `Int` alone would take a sign, which uWSGI's users do not expect to mean anything.
        guard text.isDecimalNumber,
            let number = Int(text), number >= lowest, number <= ceiling
        else {
            warnings.append(
                "annotation \(PublicNames.valueAnnotation) \"\(PrintableText.of(text, limit: 16))\" ignored: "
                    + "no number from \(lowest) to \(ceiling)")
            return
        }
        value = number
    }

    /// The API server stores no longer annotations, of all names together, in bytes.
    /// Source: Kubernetes `apimachinery/pkg/api/validation/objectmeta.go`, `TotalAnnotationSizeLimitB`.
    private static let longest = 256 << 10
    /// How many names of no container are reported one by one.
    private static let mostUnknown = 32

    private mutating func readContainers(_ text: String, containers: [String]) {
        guard text.utf8.count <= Self.longest else {
            warnings.append(
                "annotation \(PublicNames.containersAnnotation) ignored: it is longer than \(Self.longest) bytes"
            )
            return
        }
        var named: [String: Declaration] = [:]
        var others: Declaration = .none
        var unknown: [String] = []
        let containers = Set(containers)
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let entry = part.trimmingSpaces()
            let declaration: Declaration = entry.hasPrefix("-") ? .doesNotRunUWSGI : .runsUWSGI
            let name = String(entry.hasPrefix("-") ? entry.dropFirst() : entry)
            let isWildcard = name == "*"
            let earlier = isWildcard ? others : named[name] ?? .none
            guard DNSName.isLabel(name) || isWildcard, earlier == .none || earlier == declaration else {
                warnings.append(
                    "annotation \(PublicNames.containersAnnotation) ignored at \"\(PrintableText.of(String(entry), limit: 32))\": "
                        + "it takes name, -name and *")
                return
            }
            if isWildcard {
                others = declaration
            } else {
                named[name] = declaration
                if !containers.contains(name) { unknown.append(name) }
            }
        }
        self.named = named
        self.others = others
        warnings += unknown.prefix(Self.mostUnknown).map {
            "annotation \(PublicNames.containersAnnotation): no container is called \"\(PrintableText.of($0, limit: 40))\""
        }
        if unknown.count > Self.mostUnknown {
            warnings.append(
                "annotation \(PublicNames.containersAnnotation): \(unknown.count - Self.mostUnknown) more names of no container"
            )
        }
    }
}

extension Substring {
    fileprivate func trimmingSpaces() -> Substring {
        var result = self
        while let first = result.first, first == " " || first == "\t" || first == "\n" {
            result.removeFirst()
        }
        while let last = result.last, last == " " || last == "\t" || last == "\n" { result.removeLast() }
        return result
    }
}
