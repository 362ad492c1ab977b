import Basics
import Catalogue
import Images
import Manifests
import NIOCore
import NIOPosix
import Registries
import Synchronization
import System
import UWSGI

/// Reads images from registries, several at a time.
struct RegistryReading {
    /// An image that is asked for.
    struct Wanted: Sendable {
        /// As the user or a Pod names it.
        var reference: ImageReference
        /// What runs of it, where a Pod says so: asked for first.
        var running: ImageDigest?
        /// What runs from it.
        var containers: [ContainerSpecification] = []
    }

    /// What came of one.
    enum Outcome: Sendable {
        case read(CatalogueEntry)
        /// The catalogue has it; this is its entry now.
        case known(CatalogueEntry)
        case failed(String)
    }

    let client: RegistryClient
    let platform: ImagePlatform
    /// How many at a time.
    let jobs: Int
    /// How much memory Zstandard may take for one layer, in bytes.
    var largestWindow = ImageReader.largestWindow

    /// - Returns: one outcome for each, in the order given.
    func read(_ wanted: [Wanted], known: ImageCatalogue, showsProgress: Bool) -> [Outcome] {
        guard !wanted.isEmpty else { return [] }
        let pool = NIOThreadPool(numberOfThreads: min(jobs, wanted.count))
        pool.start()
        defer { try? pool.syncShutdownGracefully() }
        let progress = ReadingProgress(count: wanted.count, isShown: showsProgress)
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let futures = wanted.map { image in
            pool.runIfActive(eventLoop: loop) { () -> Outcome in
                defer { progress.finishOne() }
                do {
                    return try read(image, known) { progress.add(bytes: $0) }
                } catch {
                    return .failed("\(image.reference): \(error)")
                }
            }
        }
        let outcomes = futures.map { future in
            do { return try future.wait() } catch { return Outcome.failed("\(error)") }
        }
        progress.clear()
        return outcomes
    }

    /// Reads one image.
    /// - Parameter step: told how many bytes of layers were read.
    func read(
        _ wanted: Wanted, _ known: ImageCatalogue, step: @escaping (Int) -> Void = { _ in }
    ) throws -> Outcome {
        if let running = wanted.running {
            do {
                return try read(wanted, digest: running, known, step: step)
            } catch let error as RegistryError where error.reason == .notFound {
                // A runtime may give the configuration's digest, which is not a manifest's.
            }
        }
        let digest = try client.digest(of: wanted.reference)
        return try read(wanted, digest: digest, known, step: step)
    }

    private func read(
        _ wanted: Wanted, digest: ImageDigest?, _ known: ImageCatalogue, step: @escaping (Int) -> Void
    ) throws -> Outcome {
        let time = WallClock.now.rfc3339
        let entry = digest.flatMap { known.entry($0) }.flatMap { entry in
            ImagePlatform(entry.platform).map(platform.matches) ?? false ? entry : nil
        }
        if var entry, !entry.lacksFiles(of: wanted.containers) {
            if let tagged = wanted.reference.tagged { entry.references.insert(tagged) }
            // What the tag means has been looked at now.
            entry.read = time
            return .known(entry)
        }
        let image = try client.image(wanted.reference, digest: digest, for: platform)
        let reader = ImageReader(largestWindow: largestWindow, step: step)
        // Where no tag is looked at, those that were keep their time.
        let isByDigest = wanted.reference.tag == nil
        return .read(
            try reader.read(
                image, containers: wanted.containers, adding: entry,
                time: isByDigest ? entry?.read ?? time : time))
    }
}

/// How far several threads have come, on one line.
private final class ReadingProgress: Sendable {
    private struct State {
        var done = 0
        var bytes = 0
        var line: ProgressLine
    }

    private let count: Int
    private let state: Mutex<State>

    init(count: Int, isShown: Bool) {
        self.count = count
        state = Mutex(State(line: ProgressLine(isShown: isShown)))
    }

    func add(bytes: Int) {
        state.withLock {
            $0.bytes += bytes
            show(&$0)
        }
    }

    func finishOne() {
        state.withLock {
            $0.done += 1
            show(&$0)
        }
    }

    func clear() { state.withLock { $0.line.clear() } }

    private func show(_ state: inout State) {
        let seconds = max(1, state.line.seconds)
        let text = "\(state.done) of \(count) images, \(state.bytes >> 20) MiB read, "
        state.line.show(text + "\((state.bytes >> 10) / seconds) KiB/s")
    }
}
