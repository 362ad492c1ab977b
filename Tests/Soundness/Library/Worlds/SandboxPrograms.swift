import Foundation
import TestSupport

/// The two programs that a sandbox needs, compiled from `Programs`.
///
/// Not products of the package: those link Swift's runtime, and the stand-in would take four times as long to start.
final class SandboxPrograms: Sendable {
    private let folder: URL
    /// Runs command lines: `sandbox.c`.
    let sandbox: URL
    /// Stands in for uWSGI and others: `stand_in.c`.
    let standIn: URL

    init() throws {
        folder = Sandbox.temporaryFolder.appending(path: "soundness-programs-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        sandbox = try Self.compile("sandbox", in: folder)
        standIn = try Self.compile("stand_in", in: folder)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private static func compile(_ name: String, in folder: URL) throws -> URL {
        let program = folder.appending(path: name)
        let source = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Programs/\(name).c")
        let ended = try Program.run(
            compiler(), ["-O2", "-static", "-o", program.path, source.standardized.path])
        guard ended.status == 0 else {
            throw SandboxFailure(description: "\(name).c does not compile: \(ended.error)")
        }
        return program
    }

    /// Swift's toolchain has one.
    private static func compiler() throws -> String {
        guard let path = ["clang", "cc", "gcc"].lazy.compactMap({ Program.path(of: $0) }).first else {
            throw SandboxFailure(description: "there is no C compiler in PATH")
        }
        return path
    }
}
