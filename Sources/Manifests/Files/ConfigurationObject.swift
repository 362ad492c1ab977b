import Basics
import JSON

/// A ConfigMap or Secret of the input, as far as it may matter to a container.
struct ConfigurationObject: Hashable, Sendable {
    /// What a key holds.
    enum Content: Hashable, Sendable {
        case text(String)
        /// Bytes that are decoded only when somebody asks for them: of a Secret most never are.
        case encoded(String)
        /// More bytes than are kept.
        case tooLarge

        /// How much memory it takes.
        var bytes: Int {
            switch self {
            case .text(let text), .encoded(let text): text.utf8.count
            case .tooLarge: 0
            }
        }
    }

    let name: ObjectName
    let namespace: String
    /// Where its manifest stands.
    let place: SourcePlace
    private(set) var keys: [String: Content] = [:]
    /// Whether it is of a kind that holds no configuration of uWSGI, and was not read.
    private(set) var isOther = false

    /// The longest value that is kept, in bytes: what uWSGI reads of one file.
    static let longestValue = 64 << 10

    /// `nil` for an object of another kind.
    /// Source: Kubernetes `staging/src/k8s.io/api/core/v1/types.go`, `ConfigMap`, `Secret`.
    init?(_ object: ManifestObject, place: @autoclosure () -> SourcePlace) {
        let kind: ObjectName.Kind
        switch object.kind {
        case "ConfigMap": kind = .configMap
        case "Secret": kind = .secret
        default: return nil
        }
        let value = object.value
        guard value["apiVersion"].map({ $0.equals("v1") }) ?? true,
            let name = value["metadata"]?["name"]?.string, !name.isEmpty
        else { return nil }
        self.name = ObjectName(kind: kind, name: name)
        namespace = value["metadata"]?["namespace"]?.string ?? ""
        self.place = place()
        guard !Self.isOther(name, value["type"]) else {
            isOther = true
            return
        }
        read(value["binaryData"], isEncoded: true)
        read(value["data"], isEncoded: kind == .secret)
        read(value["stringData"], isEncoded: false)
    }

    private mutating func read(_ data: JSONValue?, isEncoded: Bool) {
        guard let data else { return }
        for (key, value) in data.members {
            guard let text = value.string else { continue }
            guard text.utf8.count <= Self.longestValue / 3 * (isEncoded ? 4 : 3) + 4 else {
                keys[key] = .tooLarge
                continue
            }
            keys[key] = isEncoded ? .encoded(text) : .text(text)
        }
    }

    /// Whether an object holds certificates, tokens, or what Helm keeps of a release.
    private static func isOther(_ name: String, _ type: JSONValue?) -> Bool {
        if name == "kube-root-ca.crt" { return true }
        guard let type = type?.string, !type.isEmpty else { return false }
        return type != "Opaque"
    }

    /// How much memory it takes, in bytes.
    var bytes: Int { keys.reduce(256) { $0 + 96 + $1.key.utf8.count + $1.value.bytes } }

    /// The text of a key.
    /// - Returns: the text, or why there is none; `nil` where there is no such key.
    func text(of key: String) -> Result<String, UnreadReason>? {
        switch keys[key] {
        case .text(let text)?: return .success(text)
        case .encoded(let text)?:
            guard let bytes = Base64.decode(text.utf8), let decoded = String(validating: bytes, as: UTF8.self)
            else { return .failure(UnreadReason("\(name.description):\(key) is not text")) }
            return .success(decoded)
        case .tooLarge?:
            return .failure(
                UnreadReason(
                    "\(name.description):\(key) is larger than \(Self.longestValue >> 10) KiB"))
        case nil: return nil
        }
    }

    /// - Returns: what the key has held.
    mutating func replace(_ key: String, with content: Content) -> Content? {
        keys.updateValue(content, forKey: key)
    }

    /// The same without its content, for what there is no room for.
    var withoutContent: ConfigurationObject {
        var copy = self
        copy.keys = keys.mapValues { _ in .tooLarge }
        return copy
    }
}

/// Why a file that is mounted could not be read, in a few words.
struct UnreadReason: Error, Hashable, Sendable {
    let text: String

    init(_ text: String) {
        self.text = text
    }
}
