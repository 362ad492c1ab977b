import Catalogue
import Images
import NIOCore
import OpenSSLTLS
import Synchronization
import TestServerSupport

@testable import Registries

/// An image of one layer, as a registry serves it at `team/app:1`.
struct TestRepository: Sendable {
    private(set) var blobs: [String: [UInt8]] = [:]
    private(set) var layer = ""
    private(set) var manifest = ""
    private(set) var index = ""

    /// Two blocks of zeros end an archive; what follows does not count.
    static let emptyArchive = [UInt8](repeating: 0, count: 1536)

    /// - Parameter layerSize: what the manifest says that the layer has; the right size when `nil`.
    init(layerSize: Int? = nil) throws {
        let bytes = Self.emptyArchive
        layer = try add(bytes)
        let configuration = #"{"os":"linux","architecture":"amd64","config":{"Entrypoint":["/start.sh"]}}"#
        let size = configuration.utf8.count
        let digest = try add(Array(configuration.utf8))
        manifest = try add(
            Array(
                (#"{"schemaVersion":2,"config":{"mediaType":"c","digest":"\#(digest)","size":\#(size)},"#
                    + #""layers":[{"mediaType":"l","digest":"\#(layer)","size":\#(layerSize ?? bytes.count)}]}"#)
                    .utf8))
        let descriptor = #""digest":"\#(manifest)","size":\#(blobs[manifest]?.count ?? 0)"#
        index = try add(
            Array(
                (#"{"schemaVersion":2,"manifests":[{"mediaType":"m",\#(descriptor),"#
                    + #""platform":{"os":"linux","architecture":"amd64"}}]}"#).utf8))
    }

    private mutating func add(_ bytes: [UInt8]) throws -> String {
        let digest = try ImageDigest(of: bytes)?.description ?? ""
        blobs[digest] = bytes
        return digest
    }

    /// What a right registry answers.
    func reply(_ request: ScriptedServer.Request) -> ScriptedServer.Reply {
        let last = String(request.target.split(separator: "/").last ?? "")
        let digest = last == "1" ? index : last
        guard request.target.hasPrefix("/v2/team/app/"), let bytes = blobs[digest] else {
            return .answer(404)
        }
        let isHead = request.method == "HEAD"
        return .answer(200, ["Docker-Content-Digest: \(digest)"], bytes, isHead: isHead)
    }
}

/// What the tests have in common.
enum Registry {
    static let authority = made { try CertificateAuthority.make() }
    static let server = made {
        try TLSContext(
            server: TLSServerConfiguration(
                certificate: .memory(
                    authority.issueServerCertificate(names: SubjectNames(["localhost", "127.0.0.1"])))))
    }

    private static func made<Value>(_ body: () throws -> Value) -> Value {
        do { return try body() } catch { preconditionFailure("test certificates: \(error)") }
    }

    /// A client that trusts the tests' authority.
    /// - Parameters:
    ///   - connect: how long it waits for a connection, and for TLS.
    ///   - silence: how long it waits for an answer.
    ///   - image: how long it may take in all.
    ///   - waits: takes the waits between attempts, which are not waited for.
    static func client(
        credentials: RegistryCredentials = RegistryCredentials(),
        mirrors: RegistryMirrors = RegistryMirrors(),
        proxies: ProxySettings = ProxySettings(), connect: TimeAmount = .seconds(10),
        silence: TimeAmount = .seconds(30),
        image: TimeAmount = .minutes(15), waits: Waits = Waits()
    ) throws -> RegistryClient {
        var limits = RegistryLimits()
        limits.connect = connect
        limits.silence = silence
        limits.image = image
        return RegistryClient(
            tls: try TLSContext(
                client: TLSClientConfiguration(
                    trustRoots: .memory([authority.certificate]), resumesSessions: false)),
            credentials: credentials, mirrors: mirrors, proxies: proxies, limits: limits
        ) { time in waits.all.withLock { $0.append(time) } }
    }

    /// Reads the image, layers and all.
    static func read(_ client: RegistryClient, _ port: Int, host: String = "localhost") throws
        -> CatalogueEntry
    {
        guard let reference = ImageReference("\(host):\(port)/team/app:1") else {
            throw ImageError("not a reference")
        }
        let platform = ImagePlatform(os: "linux", architecture: "amd64")
        let image = try client.image(reference, digest: try client.digest(of: reference), for: platform)
        return try ImageReader().read(image, time: "2026-11-25T12:00:00Z")
    }
}

/// The waits between attempts.
final class Waits: Sendable {
    let all = Mutex<[TimeAmount]>([])
    var seconds: [Double] { all.withLock { $0.map { Double($0.nanoseconds) / 1e9 } } }
}
