import Basics
import Testing

@Suite
struct Base64Tests {
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
        ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"), ("\u{FFFF}\u{3FF}", "77+/z78="), ("é?~", "w6k/fg=="),
        (String(repeating: "x", count: 300), String(repeating: "eHh4", count: 100)),
    ])
    func `RFC 4648, section 10, and bytes that need the last two digits`(text: String, encoded: String) {
        #expect(Base64.encode(Array(text.utf8)) == encoded)
    }
}
