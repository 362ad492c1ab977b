import Catalogue
import OpenSSLTLS
import Synchronization

/// Looks after the image catalogue while the server runs: loads it again when its file changes. Whatever happens to the
/// file, the catalogue before stays in use until another one was read whole.
final class CatalogueWatch: Sendable {
    let store: CatalogueStore
    private let file: CatalogueFile
    private let reloads: LabelledCounter<ReloadResult>
    private let log: ServerLog
    private let state: Mutex<State>

    private struct State {
        var fingerprint: FileFingerprint?
        var digest: [UInt8]
        var facts: Facts
        var reportedFailure: String?
    }

    /// What the metrics show of the catalogue in use.
    struct Facts: Hashable {
        var entries: Int
        var bytes: Int
        /// When it was loaded, in seconds since 1970.
        var loaded: Int
    }

    /// Reads the catalogue for the first time.
    /// - Throws: whatever keeps it from being read: ``CatalogueError`` where it is not a catalogue.
    init(
        _ file: CatalogueFile, store: CatalogueStore, reloads: LabelledCounter<ReloadResult>, log: ServerLog,
        now: Int
    ) throws {
        self.file = file
        self.store = store
        self.reloads = reloads
        self.log = log
        // Before reading: a change in between is then seen by the first look.
        let fingerprint = FileFingerprint(path: file.path)
        let bytes = try file.read()
        let catalogue = try ImageCatalogue(reading: bytes)
        store.replace(with: catalogue)
        state = Mutex(
            State(
                fingerprint: fingerprint, digest: try SHA256.digest(of: bytes),
                facts: Facts(entries: catalogue.count, bytes: bytes.count, loaded: now)))
    }

    var facts: Facts { state.withLock { $0.facts } }

    /// Loads the catalogue if its file has changed. It blocks for as long as that takes.
    func check(now: Int) {
        state.withLock { state in
            let fingerprint = FileFingerprint(path: file.path)
            let isSettled = fingerprint?.mayStillChangeUnseen(now: Int64(now)) == false
            if fingerprint == state.fingerprint, isSettled, state.reportedFailure == nil { return }
            state.fingerprint = fingerprint
            do {
                try load(&state, now: now)
                state.reportedFailure = nil
            } catch {
                let reason = "\(error)"
                guard reason != state.reportedFailure else { return }
                state.reportedFailure = reason
                reloads[.failure].add()
                log.write(.error, "image catalogue not reloaded; the previous one stays in use") { line in
                    line.add("file", file.path)
                    line.add("error", reason)
                }
            }
        }
    }

    private func load(_ state: inout State, now: Int) throws {
        let bytes = try file.read()
        let digest = try SHA256.digest(of: bytes)
        guard digest != state.digest else { return }
        let catalogue = try ImageCatalogue(reading: bytes)
        store.replace(with: catalogue)
        state.digest = digest
        state.facts = Facts(entries: catalogue.count, bytes: bytes.count, loaded: now)
        reloads[.success].add()
        log.write(.info, "image catalogue reloaded") { line in
            line.add("file", file.path)
            line.add("images", catalogue.count)
        }
    }
}
