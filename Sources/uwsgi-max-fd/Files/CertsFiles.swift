import System
import Glibc

/// The names of the four files in a folder, which are those of a Kubernetes TLS Secret and of its CA.
struct CertificateFolder {
    private let path: String

    init(_ path: String) {
        self.path = path
    }

    var authorityCertificate: String { "\(prefix)ca.crt" }
    var authorityKey: String { "\(prefix)ca.key" }
    var certificate: String { "\(prefix)tls.crt" }
    var key: String { "\(prefix)tls.key" }
    var pair: [String] { [certificate, key] }
    var authority: [String] { [authorityCertificate, authorityKey] }

    private var prefix: String {
        if path == "." { return "" }
        return path.hasSuffix("/") ? path : "\(path)/"
    }

    /// Makes the folder, and those that it is in, where they are missing.
    /// - Throws: ``CommandFailure`` that names the folder.
    func make() throws {
        var end = path.startIndex
        repeat {
            end = path[end...].dropFirst().firstIndex(of: "/") ?? path.endIndex
            let folder = String(path[..<end])
            guard mkdir(folder, 0o755) == 0 || errno == EEXIST else {
                throw CommandFailure("\(folder): cannot be made: \(SystemError.last.description)")
            }
        } while end < path.endIndex
    }

    /// - Throws: ``CommandFailure`` that names the files of the list that exist.
    func expectNone(of files: [String]) throws {
        let existing = files.filter { access($0, F_OK) == 0 }
        guard existing.isEmpty else {
            throw CommandFailure(
                "\(existing.joined(separator: ", ")): exists already. Give --force to replace, or --renew to replace "
                    + "the serving certificate by one of the same CA.")
        }
    }
}

/// A file that comes into being whole or not at all.
struct NewFile {
    let path: String
    private let text: String
    private let isSecret: Bool

    /// - Parameter isSecret: whether only the owner may read it (0600 instead of 0644).
    init(_ path: String, _ text: String, isSecret: Bool) {
        self.path = path
        self.text = text
        self.isSecret = isSecret
    }

    /// Writes all files beside their places first, then moves them there one right after the other, so that a
    /// full disk or a missing folder leaves everything as it was.
    ///
    /// - Parameter replacing: whether files that exist are replaced; otherwise even one that has appeared in the
    ///   meantime is left alone.
    /// - Throws: ``CommandFailure`` that names the file.
    static func writeAll(_ files: [NewFile], replacing: Bool) throws {
        var written: [ReplacementFile] = []
        defer {
            for file in written { file.discard() }
        }
        for file in files {
            written.append(
                try file.reporting("cannot be written") { () throws(SystemError) in
                    try ReplacementFile(
                        for: file.path, Array(file.text.utf8), mode: file.isSecret ? 0o600 : 0o644)
                })
        }
        for (file, new) in zip(files, written) {
            try file.reporting("cannot be put in place") { () throws(SystemError) in
                if replacing { try new.replace() } else { try new.create() }
            }
        }
        for folder in Set(files.map(\.folder)) { ReplacementFile.syncFolder(folder) }
    }

    private var folder: String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private func reporting<Result>(
        _ problem: String, _ body: () throws(SystemError) -> Result
    ) throws(CommandFailure) -> Result {
        do {
            return try body()
        } catch {
            throw CommandFailure("\(path): \(problem): \(error)")
        }
    }
}
