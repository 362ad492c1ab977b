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
                throw CommandFailure("\(folder): cannot be made: \(String(cString: strerror(errno)))")
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

/// A file that shall come into being whole or not at all.
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
        var written: [(file: NewFile, temporary: String)] = []
        defer {
            for entry in written { unlink(entry.temporary) }
        }
        for file in files { written.append((file, try file.writeBeside())) }
        for entry in written { try entry.file.move(from: entry.temporary, replacing: replacing) }
        for folder in Set(files.map(\.folder)) { syncFolder(folder) }
    }

    private var folder: String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Gives the temporary file's path. mkstemp makes it with mode 0600, so a key is never readable by others.
    private func writeBeside() throws -> String {
        var template = Array("\(path).XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw failure("cannot be written") }
        defer { close(descriptor) }
        let temporary = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard DescriptorWriting.writeAll(Array(text.utf8), to: descriptor),
            isSecret || fchmod(descriptor, 0o644) == 0, fsync(descriptor) == 0
        else {
            let failure = failure("cannot be written")
            unlink(temporary)
            throw failure
        }
        return temporary
    }

    private func move(from temporary: String, replacing: Bool) throws {
        // Unlike rename(2), link(2) never replaces what has appeared meanwhile.
        let result = replacing ? rename(temporary, path) : link(temporary, path)
        guard result == 0 else { throw failure("cannot be put in place") }
    }

    /// Makes the new names survive a crash. Some file systems cannot; the files are whole all the same.
    private static func syncFolder(_ path: String) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    private func failure(_ what: String) -> CommandFailure {
        CommandFailure("\(path): \(what): \(String(cString: strerror(errno)))")
    }
}
