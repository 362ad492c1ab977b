import Foundation
import TestSupport

@testable import UWSGI

/// Runs real shells and wrappers with a stand-in for uWSGI first in `PATH`, which writes down how it was called.
/// Nothing that is started here listens, or outlives its test.
struct RealPrograms {
    /// How the stand-in was called.
    struct Call: Hashable, CustomStringConvertible {
        var arguments: [String]
        /// The value of `UWSGI_MAX_FD`, if it had one.
        var maxFD: String?

        var description: String { "uwsgi \(arguments) UWSGI_MAX_FD=\(maxFD ?? "-")" }
    }

    static func has(_ name: String) -> Bool { Program.exists(name) }

    /// Whether programs may change their user here.
    static var isRoot: Bool { geteuid() == 0 }

    private let folder: URL
    private var log: URL { folder.appending(path: "log") }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "uwsgi-stand-in-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        // Other users, to whom some wrappers change, have to get at it too.
        try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: folder.path)
        for name in ["uwsgi", "celery", "other"] {
            let file = folder.appending(path: name)
            try """
            #!/bin/sh
            {
                printf '%s\\0' "\(name)" "${UWSGI_MAX_FD-<unset>}" "$@"
                printf '\\1'
            } >> '\(folder.path)/log'
            chmod 666 '\(folder.path)/log' 2>/dev/null
            exit 0
            """.write(to: file, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
        }
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }

    /// Runs a command line.
    /// - Returns: the calls of uWSGI that it led to, in order.
    func run(_ command: [String], environment: [String: String]) throws -> [Call] {
        try? FileManager.default.removeItem(at: log)
        guard let name = command.first, let path = name.contains("/") ? name : Program.path(of: name) else {
            return []
        }
        _ = try Program.run(
            path, Array(command.dropFirst()),
            environment: environment.merging(["PATH": searchPath]) { mine, _ in mine },
            directory: folder.path, limit: 10)
        return calls()
    }

    var searchPath: String { "\(folder.path):/usr/sbin:/usr/bin:/sbin:/bin" }

    private func calls() -> [Call] {
        guard let data = try? Data(contentsOf: log) else { return [] }
        return data.split(separator: 1).compactMap { record in
            let fields = record.split(separator: 0, omittingEmptySubsequences: false)
                .map { String(decoding: $0, as: UTF8.self) }.dropLast()
            guard fields.first == "uwsgi", fields.count >= 2 else { return nil }
            let value = fields[1]
            return Call(arguments: Array(fields.dropFirst(2)), maxFD: value == "<unset>" ? nil : value)
        }
    }

    /// What detection ought to say of what was really called: the worst of all calls.
    static func expected(_ calls: [Call]) -> MaxFD? {
        calls.map { call in
            var example = container(["uwsgi"] + call.arguments)
            if let value = call.maxFD {
                example.environment = [EnvironmentVariable(name: "UWSGI_MAX_FD", value: .literal(value))]
            }
            return Detector().detect(example).maxFD
        }.max { $0.severity < $1.severity }
    }
}
