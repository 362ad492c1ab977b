import System
import Foundation
import NIOCore
import NIOEmbedded
import TestSupport
import Testing

@testable import OpenSSLTLS

@Suite struct CertificateFilesTests {
    private let directory: TemporaryFolder
    private let first: CertificateWithKey
    private let second: CertificateWithKey

    init() throws {
        directory = try TemporaryFolder()
        first = try TestAuthority.shared.issueServerCertificate(names: SubjectNames(["first.test"]))
        second = try TestAuthority.shared.issueServerCertificate(names: SubjectNames(["second.test"]))
    }

    private func write(_ pair: CertificateWithKey, under folder: String = ".") throws {
        try directory.write(pair.chainPEM(), to: "\(folder)/tls.crt")
        try directory.write(pair.key.pem(), to: "\(folder)/tls.key")
    }

    private func makeFiles(_ change: (inout TLSServerConfiguration) -> Void = { _ in }) throws
        -> CertificateFiles
    {
        var configuration = TLSServerConfiguration(
            certificate: .files(certificate: directory.path("tls.crt"), key: directory.path("tls.key")))
        change(&configuration)
        return try CertificateFiles(configuration)
    }

    private func served(_ files: CertificateFiles) -> String? {
        files.store.current.certificate?.dnsNames.first
    }

    @Test func `Nothing changes`() throws {
        try write(first)
        let files = try makeFiles()
        for _ in 0..<3 { #expect(files.poll().label == "unchanged") }
        #expect(served(files) == "first.test")
    }

    @Test func `Written in place`() throws {
        try write(first)
        let files = try makeFiles()
        for (pair, name) in [(second, "second.test"), (first, "first.test")] {
            for (file, text) in [("tls.crt", try pair.chainPEM()), ("tls.key", try pair.key.pem())] {
                let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: directory.path(file)))
                try handle.truncate(atOffset: 0)
                try handle.write(contentsOf: Data(text.utf8))
                try handle.close()
            }
            #expect(files.poll().label == "reloaded")
            #expect(files.poll().label == "unchanged")
            #expect(served(files) == name)
        }
    }

    @Test(arguments: [true, false])
    func `Renamed one after the other, in either order`(certificateFirst: Bool) throws {
        try write(first)
        let files = try makeFiles()
        try FileManager.default.createDirectory(
            atPath: directory.path("new"), withIntermediateDirectories: false)
        try write(second, under: "new")
        let order = certificateFirst ? ["tls.crt", "tls.key"] : ["tls.key", "tls.crt"]
        rename(directory.path("new/\(order[0])"), directory.path(order[0]))
        #expect(files.poll().label == "failed keyMismatch")
        #expect(files.poll().label == "unchanged", "reported once")
        #expect(served(files) == "first.test", "the previous pair stays")
        rename(directory.path("new/\(order[1])"), directory.path(order[1]))
        #expect(files.poll().label == "reloaded")
        #expect(served(files) == "second.test")
    }

    @Test func `Half a file, then the rest`() throws {
        try write(first)
        let files = try makeFiles()
        let text = try second.chainPEM()
        try directory.write(second.key.pem(), to: "tls.key")
        try directory.write(String(text.prefix(text.count / 2)), to: "tls.crt")
        #expect(files.poll().label == "failed notPEM")
        try directory.write("", to: "tls.crt")
        #expect(files.poll().label == "failed emptyChain")
        try directory.write(text, to: "tls.crt")
        #expect(files.poll().label == "reloaded")
        #expect(served(files) == "second.test")
    }

    @Test func `Files that vanish and come back`() throws {
        try write(first)
        let files = try makeFiles()
        unlink(directory.path("tls.crt"))
        #expect(files.poll().label == "failed fileMissing")
        #expect(files.poll().label == "unchanged")
        try directory.write(first.chainPEM(), to: "tls.crt")
        #expect(files.poll().label == "unchanged", "the same pair again is not a reload")
        unlink(directory.path("tls.crt"))
        #expect(files.poll().label == "failed fileMissing", "the recovery was noticed")
        try write(second)
        #expect(files.poll().label == "reloaded")
    }

    @Test func `The swap of the ..data link of a Kubernetes volume`() throws {
        let manager = FileManager.default
        for (folder, pair) in [("..2026_1", first), ("..2026_2", second)] {
            try manager.createDirectory(atPath: directory.path(folder), withIntermediateDirectories: false)
            try write(pair, under: folder)
        }
        try manager.createSymbolicLink(atPath: directory.path("..data"), withDestinationPath: "..2026_1")
        for file in ["tls.crt", "tls.key"] {
            try manager.createSymbolicLink(
                atPath: directory.path(file), withDestinationPath: "..data/\(file)")
        }
        let files = try makeFiles()
        #expect(files.poll().label == "unchanged")
        try manager.createSymbolicLink(atPath: directory.path("..data_tmp"), withDestinationPath: "..2026_2")
        rename(directory.path("..data_tmp"), directory.path("..data"))
        try manager.removeItem(atPath: directory.path("..2026_1"))
        #expect(files.poll().label == "reloaded")
        #expect(served(files) == "second.test")
    }

    @Test func `A touched file is not a reload`() throws {
        try write(first)
        let files = try makeFiles()
        utimes(directory.path("tls.crt"), nil)
        #expect(files.poll().label == "unchanged")
    }

    @Test func `Old files are settled: only a stat, and a change is still seen`() throws {
        try write(first)
        let files = try makeFiles()
        #expect(
            FileFingerprint(path: directory.path("tls.crt"))?.mayStillChangeUnseen(now: WallClock.seconds)
                == true)
        #expect(
            FileFingerprint(path: directory.path("tls.crt"))?.mayStillChangeUnseen(now: WallClock.seconds + 5)
                == false)
        #expect(files.poll(now: WallClock.seconds + 5).label == "unchanged")
        try write(second)
        #expect(files.poll(now: WallClock.seconds + 5).label == "reloaded")
    }

    @Test func `An expired pair is not taken`() throws {
        try write(first)
        let files = try makeFiles()
        try write(
            try TestAuthority.shared.issueServerCertificate(
                names: SubjectNames(["late.test"]),
                validity: CertificateValidity(lifetime: 60, now: WallClock.seconds - 3600)))
        #expect(files.poll().label == "failed expired")
        #expect(served(files) == "first.test")
    }

    @Test func `The client CA is watched as well`() throws {
        try write(first)
        let ca = try directory.write(TestAuthority.shared.certificate.pem(), to: "ca.crt")
        let files = try makeFiles { $0.clientAuthentication = ClientAuthentication(authorities: .file(ca)) }
        #expect(files.poll().label == "unchanged")
        try directory.write("nothing", to: "ca.crt")
        #expect(files.poll().label == "failed notPEM")
        try directory.write(TestAuthority.other.certificate.pem(), to: "ca.crt")
        #expect(files.poll().label == "reloaded")
    }

    @Test func `New connections take the new certificate, old ones keep theirs`() throws {
        let named = try TestAuthority.shared.issueServerCertificate(
            names: SubjectNames(["webhook.test.svc", "one"]))
        let renewed = try TestAuthority.shared.issueServerCertificate(
            names: SubjectNames(["webhook.test.svc", "two"]))
        try write(named)
        let files = try makeFiles()
        let client = try TLSContext(client: TestAuthority.clientConfiguration(resumes: false))
        let old = try TLSPair(serverContext: files.store.current, clientContext: client)
        try old.connect()
        try write(renewed)
        #expect(files.poll().label == "reloaded")
        let new = try TLSPair(serverContext: files.store.current, clientContext: client)
        try new.connect()
        #expect(old.clientEvents.handshakes.first?.peer?.dnsNames == ["webhook.test.svc", "one"])
        #expect(new.clientEvents.handshakes.first?.peer?.dnsNames == ["webhook.test.svc", "two"])
        old.client.writeAndFlush(ByteBuffer(string: "still here"), promise: nil)
        old.exchange()
        #expect(old.serverEvents.text == "still here")
        old.finish()
        new.finish()
    }
}

extension CertificateFiles.Outcome {
    fileprivate var label: String {
        switch self {
        case .unchanged: "unchanged"
        case .reloaded: "reloaded"
        case .failed(let error): "failed \(error.kind.rawValue)"
        }
    }
}
