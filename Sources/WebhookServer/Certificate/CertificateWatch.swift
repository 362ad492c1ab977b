import System
import Basics
import NIOCore
import OpenSSLTLS
import Synchronization

/// Watches the certificate while the server runs: loads it again when its files change, and reports its end.
final class CertificateWatch: Sendable {
    private let files: CertificateFiles
    private let reloads: LabelledCounter<ReloadResult>
    private let log: ServerLog
    private let lastReason = Mutex<String?>(nil)

    init(files: CertificateFiles, reloads: LabelledCounter<ReloadResult>, log: ServerLog) {
        self.files = files
        self.reloads = reloads
        self.log = log
    }

    /// When the certificate that new connections get expires, in seconds since 1970.
    var notAfter: Int? { files.store.current.certificate.map { Int($0.notAfter) } }

    /// Checks again and again, on `loop`.
    func start(on loop: any EventLoop, every interval: TimeAmount) -> RepeatedTask {
        loop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { [weak self] _ in
            self?.check(now: WallClock.now.seconds)
        }
    }

    /// Loads what has changed, and reports once that the certificate is no longer valid.
    func check(now: Int) {
        switch files.poll() {
        case .unchanged:
            break
        case .reloaded(let context):
            reloads[.success].add()
            log.write(.info, "certificate reloaded") { line in
                if let certificate = context.certificate { Self.describe(certificate, in: &line) }
            }
        case .failed(let error):
            reloads[.failure].add()
            log.write(.error, "certificate not reloaded; the previous one stays in use") { line in
                line.add("error", error.description)
            }
        }
        let reason = notReadyReason(now: now)
        let before = lastReason.withLock { last in
            defer { last = reason }
            return last
        }
        if let reason, before == nil {
            log.write(.error, "no valid certificate") { line in
                line.add("reason", reason)
                line.add(
                    "cure", "renew the files of --tls-cert and --tls-key; they are loaded when they change")
            }
        }
    }

    /// Why no client can trust the certificate now; `nil` when it is valid.
    func notReadyReason(now: Int) -> String? {
        guard let certificate = files.store.current.certificate else { return "no certificate is loaded" }
        if now > Int(certificate.notAfter) {
            return "the certificate expired at \(Self.text(certificate.notAfter))"
        }
        if now < Int(certificate.notBefore) {
            return "the certificate is not valid before \(Self.text(certificate.notBefore))"
        }
        return nil
    }

    static func describe(_ certificate: Certificate, in line: inout LogLine) {
        line.add("subject", certificate.subject)
        line.add("names", certificate.dnsNames + certificate.ipAddresses)
        line.add("notAfter", text(certificate.notAfter))
    }

    private static func text(_ seconds: Int64) -> String {
        Timestamp(seconds: Int(seconds)).rfc3339Milliseconds
    }
}
