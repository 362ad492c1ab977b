import Catalogue
import Images
import NIOCore
import Registries
import Synchronization
import UWSGI
import WebhookServer

/// Reads images from registries for the server.
///
/// Credentials and CAs are read again now and then: those in a Secret that is mounted change while the server runs.
final class ServedImages: Sendable {
    private struct State {
        var client: RegistryClient
        var made: NIODeadline
        /// Those that read an image, once for each.
        var inUse: [RegistryClient] = []
        var isStopped = false
    }

    private let makeClient: @Sendable () throws -> RegistryClient
    private let state: Mutex<State>

    /// How long credentials are used before they are read again.
    private static let lifetime = TimeAmount.minutes(1)

    /// What every reader of Zstandard is to take (RFC 8878, 3.1.1.1.2), and build tools ask for by default:
    /// eight at a time fit into a replica's memory.
    private static let largestWindow = 8 << 20

    /// Tighter than for a command that somebody watches: several replicas read, and each has little room.
    static let limits = {
        var limits = RegistryLimits()
        limits.connect = .seconds(5)
        limits.silence = .seconds(15)
        limits.image = .minutes(5)
        limits.retryDelay = .seconds(5)
        limits.mostAttempts = 2
        limits.largestLayer = 1 << 30
        limits.largestImage = 1 << 30
        return limits
    }()

    /// - Throws: what keeps the first client from being made: ``CommandFailure``.
    init(_ makeClient: @escaping @Sendable () throws -> RegistryClient) throws {
        self.makeClient = makeClient
        state = Mutex(State(client: try makeClient(), made: .now()))
    }

    /// Ends all reading.
    func stop() {
        let clients = state.withLock { state in
            state.isStopped = true
            return state.inUse
        }
        for client in clients { client.cancel() }
    }

    func read(
        _ image: ImageReference, _ containers: [ContainerSpecification], _ known: ImageCatalogue
    ) -> Result<CatalogueEntry, ImageReadFailure> {
        guard let client = take() else { return .failure(ImageReadFailure(.unreachable, "the server ends")) }
        defer { giveBack(client) }
        // The nodes' platform is not known here; an image starts the same on all of them nearly always.
        let reading = RegistryReading(
            client: client, platform: .usual, jobs: 1, largestWindow: Self.largestWindow)
        do {
            switch try reading.read(.init(reference: image, containers: containers), known) {
            case .read(let entry), .known(let entry): return .success(entry)
            case .failed(let reason): return .failure(ImageReadFailure(.image, reason))
            }
        } catch let error as RegistryError {
            return .failure(ImageReadFailure(error.reason, error.description))
        } catch {
            return .failure(ImageReadFailure(.image, "\(error)"))
        }
    }

    private func take() -> RegistryClient? {
        state.withLock { state in
            guard !state.isStopped else { return nil }
            if .now() - state.made > Self.lifetime {
                // A file that is just being replaced is read next time.
                if let fresh = try? makeClient() { state.client = fresh }
                state.made = .now()
            }
            state.inUse.append(state.client)
            return state.client
        }
    }

    private func giveBack(_ client: RegistryClient) {
        state.withLock { state in
            if let index = state.inUse.firstIndex(where: { $0 === client }) { state.inUse.remove(at: index) }
        }
    }
}
