import Foundation
import ShellSyntax
import TestSupport

/// A shell of this machine, to hold what is computed against.
struct RealShell: Sendable, CustomStringConvertible {
    var name: String
    var arguments: [String]

    static let dash = RealShell(name: "dash", arguments: [])
    static let bash = RealShell(name: "bash", arguments: ["--norc", "--noprofile"])
    static let busybox = RealShell(name: "busybox", arguments: ["sh"])
    static let all = [dash, bash, busybox]

    /// Those that are installed.
    static let installed = all.filter { $0.path != nil }

    var description: String { name }

    var dialect: ShellDialect { name == "bash" ? .bash : .posix }

    private var path: String? { Program.path(of: name) }

    struct Result {
        var output: String
        var status: Int32
    }

    /// Runs a script from a file.
    func run(_ script: String, options: [String] = []) throws -> Result {
        let folder = try TemporaryFolder()
        let file = try folder.write(script, to: "script")
        let ended = try Program.run(
            required(path), arguments + options + [file],
            environment: ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"], directory: folder.path)
        return Result(output: ended.text, status: ended.status)
    }

    private func required(_ path: String?) throws -> String {
        guard let path else { throw CocoaError(.fileNoSuchFile) }
        return path
    }

    /// A word that stands for the text.
    static func quoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}

/// Numbers that are the same each time.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// SplitMix64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int(next() % UInt64(elements.count))]
    }

    mutating func below(_ count: Int) -> Int { Int(next() % UInt64(count)) }
}
