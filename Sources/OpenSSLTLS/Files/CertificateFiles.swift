import System
import Synchronization

/// Watches the files of a server's certificate, key and client CA, and makes a new context when they change.
///
/// Drive it by calling ``poll()`` from a timer. Whatever happens to the files (a swap of Kubernetes' `..data`
/// link, a rename, writing in place, the key before the certificate or after it, half a file), the previous
/// context stays in ``store`` until a complete, matching, valid set was read.
public final class CertificateFiles: Sendable {
    public enum Outcome: Sendable {
        /// Nothing to do; also returned while a failure that was reported before persists.
        case unchanged
        /// ``store`` holds this new context now.
        case reloaded(TLSContext)
        /// The files changed, but cannot be used; the previous context stays. Reported once for each cause.
        case failed(TLSError)
    }

    private struct Watch {
        var fingerprints: [FileFingerprint?]
        var loadedDigest: [UInt8]
        var reportedFailure: TLSError?
    }

    /// Where new connections find the current context.
    public let store: TLSContextStore
    private let configuration: TLSServerConfiguration
    private let paths: [String]
    private let watch: Mutex<Watch>

    /// Loads the files for the first time.
    ///
    /// - Throws: ``TLSError``, naming the file, the reason and the cure.
    public init(_ configuration: TLSServerConfiguration) throws {
        self.configuration = configuration
        paths = configuration.paths
        // Before reading: a change in between is then seen by the first poll.
        let fingerprints = paths.map { FileFingerprint(path: $0) }
        let files = try FileSet(paths)
        store = TLSContextStore(try files.makeContext(configuration))
        watch = Mutex(Watch(fingerprints: fingerprints, loadedDigest: files.digest, reportedFailure: nil))
    }

    /// Looks at the files: a `stat` of each when nothing changed. It blocks for as long as reading takes, which
    /// is microseconds for files on a Secret volume.
    public func poll() -> Outcome {
        poll(now: WallClock.seconds)
    }

    func poll(now: Int64) -> Outcome {
        watch.withLock { poll(&$0, now: now) }
    }

    private func poll(_ watch: inout Watch, now: Int64) -> Outcome {
        let fingerprints = paths.map { FileFingerprint(path: $0) }
        let isSettled = fingerprints.allSatisfy { $0?.mayStillChangeUnseen(now: now) == false }
        if fingerprints == watch.fingerprints, isSettled, watch.reportedFailure == nil { return .unchanged }
        watch.fingerprints = fingerprints
        do {
            let files = try FileSet(paths)
            guard files.digest != watch.loadedDigest else {
                watch.reportedFailure = nil
                return .unchanged
            }
            let context = try files.makeContext(configuration)
            watch.loadedDigest = files.digest
            watch.reportedFailure = nil
            store.replace(with: context)
            return .reloaded(context)
        } catch let error as TLSError {
            guard error != watch.reportedFailure else { return .unchanged }
            watch.reportedFailure = error
            return .failed(error)
        } catch {
            return .failed(TLSError(.library, "\(error)", cure: "Report this as a defect"))
        }
    }
}

/// The contents of all files, read one after the other, so that what is compared is also what is loaded.
private struct FileSet {
    private var contents: [String: [UInt8]] = [:]
    /// SHA-256 over all contents.
    let digest: [UInt8]

    init(_ paths: [String]) throws {
        var everything: [UInt8] = []
        for path in paths {
            let bytes = try CredentialFile.bytes(of: path)
            contents[path] = bytes
            withUnsafeBytes(of: bytes.count) { everything.append(contentsOf: $0) }
            everything += bytes
        }
        digest = try SHA256.digest(of: everything)
    }

    func makeContext(_ configuration: TLSServerConfiguration) throws -> TLSContext {
        try TLSContext(server: configuration, now: WallClock.seconds) { path in
            try contents[path] ?? CredentialFile.bytes(of: path)
        }
    }
}

extension TLSServerConfiguration {
    /// Every file that the configuration names.
    var paths: [String] {
        var paths: [String] = []
        if case .files(let certificate, let key) = certificate { paths += [certificate, key] }
        if let path = clientAuthentication?.authorities.path { paths.append(path) }
        return paths
    }
}
