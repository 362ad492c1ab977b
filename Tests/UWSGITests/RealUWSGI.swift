import Foundation
import TestSupport

@testable import UWSGI

/// Runs Debian's uWSGI on a folder of files. It starts no server: it prints its configuration and ends.
struct RealUWSGI {
    /// What it printed.
    struct Outcome {
        /// Its list of options, as `--show-config` prints it; `nil` when it exited before.
        var configuration: String?
        /// The line "detected max file descriptor number"; `nil` when it exited before.
        var maxFD: Int?
        var output: String
    }

    static let path = Program.path(of: "uwsgi-core")

    /// The limit that it starts with: above every max-fd that the generators write.
    static let limit = 20_000

    let folder: URL

    init() throws {
        folder = URL(filePath: "/tmp/uwsgi-configuration-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }

    func run(_ example: ConfigurationExample) throws -> Outcome {
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
            try FileManager.default.removeItem(at: folder.appending(path: name))
        }
        for (name, bytes) in example.files { try Data(bytes).write(to: folder.appending(path: name)) }
        // env(1) keeps the order of the variables, which a shell would not.
        let variables = example.environment.map { "\($0.name)=\($0.value)" }
        let script =
            "ulimit -v 1000000 && ulimit -n \(Self.limit) && exec timeout -s KILL 5 env -i \"$@\" 2>&1"
        let ended = try Program.run(
            "/bin/sh", ["-c", script, "sh"] + variables + [Self.path ?? ""] + example.arguments,
            directory: folder.path)
        return Self.outcome(ended.text)
    }

    private static func outcome(_ text: String) -> Outcome {
        let start = text.range(of: ";uWSGI instance configuration\n[uwsgi]\n")
        let end = text.range(of: ";end of configuration\n")
        var outcome = Outcome(output: text)
        if let start, let end, start.upperBound <= end.lowerBound {
            outcome.configuration = String(text[start.upperBound..<end.lowerBound])
        }
        let line = "detected max file descriptor number: "
        outcome.maxFD = text.range(of: line).flatMap { Int(text[$0.upperBound...].prefix { $0.isNumber }) }
        return outcome
    }
}

/// A folder of files, and how uWSGI is started in it.
struct ConfigurationExample {
    var files: [String: [UInt8]] = [:]
    /// Options and operands; options are written in full, with `=` before their value.
    var arguments: [String] = []
    /// In its order; the first two keep uWSGI from starting a server, wherever files end their `if`s.
    var environment: [(name: String, value: String)] = [
        ("UWSGI_NO_SERVER", "true"), ("UWSGI_SHOW_CONFIG", "true"),
    ]

    /// Reads it as the product does.
    /// - Parameter hidden: the files and variables that are not known, and `.` for the working directory.
    func read(
        in folder: String, build: UWSGIBuild = .debian, hidden: Set<String> = []
    ) -> ConfigurationOptions {
        let world = ConfigurationWorld(
            file: { path in
                if path == folder { return .folder(files.keys.sorted()) }
                let name = String(path.dropFirst(folder.utf8.count + 1))
                guard path.hasPrefix(folder + "/"), !hidden.contains(name) else { return .unknown }
                return files[name].map { .bytes($0) } ?? .absent
            },
            variable: { name in
                hidden.contains(name)
                    ? .unknown : environment.last { $0.name == name }.map { .value($0.value) } ?? .absent
            },
            workingDirectory: hidden.contains(".") ? nil : folder)
        var reader = ConfigurationReader(world, build: build)
        var index = 0
        for (name, value) in environment {
            guard EnvironmentNames.meaning(of: name) != nil else { continue }
            // Source: `env_to_arg` in core/utils.c.
            let option = String(name.dropFirst(6).lowercased().map { $0 == "_" ? "-" : $0 })
            reader.add(option, value: hidden.contains(name) ? "\0" : value, from: .given(index))
            index += 1
        }
        for argument in arguments where argument.hasPrefix("--") {
            let parts = argument.dropFirst(2).split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            reader.add(
                String(parts[0]), value: parts.count > 1 ? String(parts[1]) : nil, from: .given(index))
            index += 1
        }
        for argument in arguments where !argument.hasPrefix("--") {
            reader.load(operand: argument, from: .given(index))
        }
        return reader.result()
    }
}

extension ConfigurationOptions {
    /// As `--show-config` prints it.
    var shown: String {
        options.map { "\($0.name) = \($0.value ?? "true")\n" }.joined()
    }

    /// Whether nothing of it depends on what is not known.
    var isSettled: Bool {
        isComplete && !failures.contains { !$0.isCertain }
            && options.allSatisfy { $0.certainty == .certain && $0.value?.isKnown != false }
    }
}
