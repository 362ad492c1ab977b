import Foundation
import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import OpenSSLTLS

/// Against OpenSSL's own client, over real sockets.
@Suite struct SocketTests {
    /// A server that answers each line with the line.
    private final class EchoServer {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let channel: any Channel

        init(_ context: TLSContext) throws {
            channel = try ServerBootstrap(group: group)
                .childChannelOption(.allowRemoteHalfClosure, value: true)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandlers([TLSHandler(server: context), Echo()])
                    }
                }
                .bind(host: "127.0.0.1", port: 0).wait()
        }

        var address: String { "127.0.0.1:\(channel.localAddress?.port ?? 0)" }

        func stop() throws {
            try channel.close().wait()
            try group.syncShutdownGracefully()
        }
    }

    private final class Echo: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            context.writeAndFlush(data, promise: nil)
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            // The client has said all; so have we.
            if case ChannelEvent.inputClosed = event { context.close(promise: nil) }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }

    /// Runs `openssl s_client` and gives all that it prints. `script` is a shell pipeline's left side; in it, `seen TEXT`
    /// waits until the client has printed a text.
    private func client(_ script: String, _ arguments: String, _ server: EchoServer) throws -> String {
        let folder = try TemporaryFolder()
        let command = """
            seen() {
                tries=0
                until grep -q "$1" out || [ $tries -gt 400 ]; do
                    tries=$((tries + 1))
                    sleep 0.05
                done
            }
            : > out
            (\(script)) | timeout 30 openssl s_client -connect \(server.address) \(arguments) > out 2>&1
            cat out
            """
        return try Program.run("/bin/sh", ["-c", command], directory: folder.path).text
    }

    @Test(arguments: TLSVersion.allCases)
    func `OpenSSL's client: echo, and its close is answered`(version: TLSVersion) throws {
        try #require(Program.exists("openssl"), "openssl is not installed")
        let server = try EchoServer(TLSContext(server: TestAuthority.serverConfiguration(version)))
        defer { try? server.stop() }
        let directory = try TemporaryFolder()
        let ca = try directory.write(TestAuthority.shared.certificate.pem(), to: "ca.crt")
        let output = try client(
            "echo one; echo two; seen two",
            "-CAfile \(ca) -verify_return_error -verify_hostname webhook.test.svc -servername webhook.test.svc "
                + "-alpn h2,http/1.1", server)
        #expect(output.contains("one\ntwo\n"), "\(output)")
        #expect(output.contains("Verify return code: 0 (ok)"))
        #expect(output.contains("ALPN protocol: http/1.1"))
        #expect(output.contains("New, TLSv\(version.rawValue)"))
    }

    @Test func `Renegotiation by the client is refused`() throws {
        try #require(Program.exists("openssl"), "openssl is not installed")
        let server = try EchoServer(TLSContext(server: TestAuthority.serverConfiguration(.v1_2)))
        defer { try? server.stop() }
        // A line that begins with R makes s_client renegotiate.
        let output = try client(
            "echo before; seen before; echo R; seen 'no renegotiation'; echo after; sleep 0.3", "", server)
        #expect(output.contains("before\n"))
        #expect(output.contains("RENEGOTIATING") && output.contains("no renegotiation"), "\(output)")
        #expect(!output.contains("after\n"))
    }

    @Test func `Sessions are resumed by OpenSSL's client`() throws {
        try #require(Program.exists("openssl"), "openssl is not installed")
        // A session's ticket comes before the first answer.
        for version in TLSVersion.allCases {
            let server = try EchoServer(TLSContext(server: TestAuthority.serverConfiguration(version)))
            defer { try? server.stop() }
            let directory = try TemporaryFolder()
            let session = directory.path("session")
            _ = try client("echo hello; seen hello", "-sess_out \(session)", server)
            let output = try client("echo hello; seen hello", "-sess_in \(session)", server)
            #expect(output.contains("Reused, TLSv\(version.rawValue)"), "\(output)")
        }
    }

    @Test(arguments: ["-tls1", "-tls1_1", "-tls1_2"])
    func `Older versions are refused with the right alert`(flag: String) throws {
        try #require(Program.exists("openssl"), "openssl is not installed")
        let server = try EchoServer(TLSContext(server: TestAuthority.serverConfiguration(.v1_3)))
        defer { try? server.stop() }
        let output = try client(":", "\(flag) -cipher ALL:@SECLEVEL=0", server)
        #expect(output.contains("alert protocol version"), "\(output)")
    }
}
