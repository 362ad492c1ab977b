import Basics
import Testing

@Suite struct DNSNameTests {
    private static let long = String(repeating: "a", count: 63)

    @Test(arguments: [
        ("web", true, true), ("a", true, true), ("0", true, true), ("a-b", true, true), (long, true, true),
        (long + "a", false, true), ("a.b", false, true), ("", false, false), ("-a", false, false),
        ("a-", false, false),
        ("A", false, false), ("a_b", false, false), ("ä", false, false), ("a b", false, false),
        ("a\n", false, false),
        (".a", false, false), ("a.", false, false), ("a..b", false, false), ("a.-b", false, false),
        ("a-.b", false, false),
        (String(repeating: "a.", count: 126) + "a", false, true),
        (String(repeating: "a.", count: 127) + "a", false, false),
    ])
    func `Labels and subdomains of RFC 1123`(_ text: String, _ isLabel: Bool, _ isSubdomain: Bool) {
        #expect(DNSName.isLabel(text) == isLabel)
        #expect(DNSName.isSubdomain(text) == isSubdomain)
    }

    @Test(arguments: [
        ("0", true), ("0123456789", true), ("", false), ("-1", false), ("+1", false), ("1 ", false),
        ("٣", false), ("1:", false),
        ("/", false),
    ])
    func `Decimal numbers are ASCII's digits alone`(_ text: String, _ isNumber: Bool) {
        #expect(text.isDecimalNumber == isNumber)
    }
}
