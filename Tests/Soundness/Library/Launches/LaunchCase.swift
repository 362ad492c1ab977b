import Foundation
import UWSGI

/// One command line of `Fixtures/launches.json`, and what happened when it was run, or what the documentation of its
/// program says.
public struct LaunchCase: Sendable {
    /// Where the case stands in the file.
    public var index: Int
    /// `right-today`, or the kind of fault that it was recorded for.
    public var kind: String
    public var container: ContainerSpecification
    /// Whether a uWSGI server starts.
    public var startsUWSGI: Bool
    /// The limit of file descriptors that the server runs under; `nil` for the node's.
    public var maxFD: Int?

    /// The command line as a person would type it, on one line.
    public var commandLine: String {
        let environment = container.environment.map { variable in
            switch variable.value {
            case .literal(let text): "\(variable.name)=\(Self.quoted(text))"
            case .reference: "\(variable.name)=<by reference>"
            }
        }
        var words = environment + container.command.map(Self.quoted)
        if !container.arguments.isEmpty { words += ["args:"] + container.arguments.map(Self.quoted) }
        words += container.mounts.map { "<mount \($0.path)>" }
        return words.joined(separator: " ")
    }

    /// How a report names it.
    public var name: String { "\(kind) \(index)" }

    private static func quoted(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { byte in
            Character(Unicode.Scalar(byte)).isLetter || Character(Unicode.Scalar(byte)).isNumber
                || "-_./:=,@%+".utf8.contains(byte)
        }
        if isPlain, !text.isEmpty { return text }
        let shown = text.unicodeScalars.map { scalar in
            scalar.value < 32 || !scalar.isASCII ? scalar.escaped(asASCII: true) : String(scalar)
        }.joined()
        return "'\(shown.replacing("'", with: "'\\''"))'"
    }
}

// MARK: Reading

extension LaunchCase {
    /// Every case of the file, in its order.
    /// - Throws: when the file cannot be read, or a case in it lacks a field.
    public static func all() throws -> [LaunchCase] {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../Fixtures/launches.json")
        // Not `JSONSerialization`: it drops a byte order mark at the start of a string, which one case is about.
        let records = try JSONDecoder().decode([Record].self, from: Data(contentsOf: file))
        return records.enumerated().map { index, record in LaunchCase(index: index, record) }
    }

    private init(index: Int, _ record: Record) {
        self.init(
            index: index, kind: record.class,
            container: ContainerSpecification(
                image: "registry.example.com/team/app:1.0", command: record.command, arguments: record.args,
                environment: record.env.map { EnvironmentVariable(name: $0.name, value: $0.value) },
                mounts: (record.volumeMounts ?? []).map { Mount(path: $0.mountPath) }),
            startsUWSGI: record.startsUwsgi, maxFD: record.maxFd)
    }

    /// A case as the file spells it.
    private struct Record: Decodable {
        var args: [String]
        var `class`: String
        var command: [String]
        var env: [Variable]
        var maxFd: Int?
        var startsUwsgi: Bool
        var volumeMounts: [VolumeMount]?
    }

    private struct VolumeMount: Decodable {
        var mountPath: String
    }

    /// A pair of a name and a text; or, instead of the text, of where Kubernetes takes the value from.
    private struct Variable: Decodable {
        var name: String
        var value: EnvironmentVariable.Value

        init(from decoder: any Decoder) throws {
            var pair = try decoder.unkeyedContainer()
            name = try pair.decode(String.self)
            value = (try? pair.decode(String.self)).map { .literal($0) } ?? .reference
        }
    }
}
