import Testing

@testable import WebhookServer

@Suite struct BindAddressTests {
    @Test(arguments: [
        ("0.0.0.0:8443", "0.0.0.0", 8443), ("127.0.0.1:0", "127.0.0.1", 0), ("[::]:8443", "::", 8443),
        ("[::1]:65535", "::1", 65535), ("localhost:1", "localhost", 1),
    ])
    func `Addresses`(_ text: String, _ host: String, _ port: Int) {
        let address = BindAddress(text)
        #expect(address == BindAddress(host: host, port: port))
        #expect(address?.description == text)
    }

    @Test(arguments: [
        "", ":", ":8443", "8443", "::8443", "::1:8443", "[]:1", "[localhost]:1", "[::1]", "[::1]8443",
        "a:b",
        "a:", "a:-1", "a:+1", "a:65536", "a b:1", "a]:1", "[a:1", "a:1 ", "a:0x10", "a:\u{0661}",
    ])
    func `No addresses`(_ text: String) {
        #expect(BindAddress(text) == nil)
    }
}
