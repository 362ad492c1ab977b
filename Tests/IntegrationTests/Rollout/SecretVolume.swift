import Foundation
import OpenSSLTLS

/// A certificate and its key in files, as they come from a Secret or from what renews them.
final class SecretVolume: Sendable {
    /// How the files of a new certificate take the place of the old ones.
    enum Change: String, CaseIterable, Sendable {
        /// The kubelet's way (pkg/volume/util/atomic_writer.go): a new folder, and `..data` is renamed to it.
        case dataLinkSwap
        /// Each file is written beside the old one and renamed, the certificate first.
        case renameCertificateFirst
        case renameKeyFirst
        /// Each file is emptied and written, the certificate first.
        case writeInPlaceCertificateFirst
        case writeInPlaceKeyFirst
    }

    private let folder: URL

    var certificate: String { folder.appending(path: "tls.crt").path }
    var key: String { folder.appending(path: "tls.key").path }
    /// The CAs that a client is to trust.
    var authorities: String { folder.appending(path: "ca-bundle.crt").path }
    /// What `serve` is told.
    var arguments: [String] { ["--tls-cert", certificate, "--tls-key", key] }

    /// Lays out the files as the kubelet does: links into `..data`, which is a link to a folder.
    init(_ pair: CertificateWithKey, authorities: [CertificateAuthority]) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "secret-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try swapDataLink(to: pair)
        for name in ["tls.crt", "tls.key"] {
            try FileManager.default.createSymbolicLink(
                atPath: folder.appending(path: name).path, withDestinationPath: "..data/" + name)
        }
        try Data(authorities.map { try $0.certificate.pem() }.joined().utf8)
            .write(to: URL(filePath: self.authorities))
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    func install(_ pair: CertificateWithKey, by change: Change) throws {
        let chain = (certificate, try pair.chainPEM())
        let key = (key, try pair.key.pem())
        switch change {
        case .dataLinkSwap: try swapDataLink(to: pair)
        case .renameCertificateFirst: try [chain, key].forEach(replace)
        case .renameKeyFirst: try [key, chain].forEach(replace)
        case .writeInPlaceCertificateFirst: try [chain, key].forEach(overwrite)
        case .writeInPlaceKeyFirst: try [key, chain].forEach(overwrite)
        }
    }

    private func swapDataLink(to pair: CertificateWithKey) throws {
        let version = "..\(UUID().uuidString)"
        let files = folder.appending(path: version)
        try FileManager.default.createDirectory(at: files, withIntermediateDirectories: false)
        try Data(pair.chainPEM().utf8).write(to: files.appending(path: "tls.crt"))
        try Data(pair.key.pem().utf8).write(to: files.appending(path: "tls.key"))
        let link = folder.appending(path: "..data_tmp").path
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: version)
        try rename(link, to: folder.appending(path: "..data").path)
    }

    private func replace(_ path: String, with text: String) throws {
        try Data(text.utf8).write(to: URL(filePath: path + ".new"))
        try rename(path + ".new", to: path)
    }

    /// Through the link, if it is one.
    private func overwrite(_ path: String, with text: String) throws {
        let handle = try FileHandle(forWritingTo: URL(filePath: path))
        try handle.truncate(atOffset: 0)
        try handle.write(contentsOf: Data(text.utf8))
        try handle.close()
    }

    private func rename(_ from: String, to: String) throws {
        guard Foundation.rename(from, to) == 0 else {
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
        }
    }
}
