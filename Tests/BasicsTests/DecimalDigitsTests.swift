import Basics
import Testing

@Suite struct DecimalDigitsTests {
    @Test func `Only ASCII's digits are digits`() {
        #expect((0...UInt8.max).filter(\.isDecimalDigit) == Array("0123456789".utf8))
        #expect((0...UInt8.max).filter(\.isLowercaseHexadecimalDigit) == Array("0123456789abcdef".utf8))
    }

    @Test(arguments: [
        ("0", true), ("007", true), ("18446744073709551616", true), ("", false), ("-1", false), ("+1", false),
        (" 1", false), ("1 ", false), ("1.0", false), ("٣", false), ("１", false), ("²", false),
        ("1\u{301}", false),
    ])
    func `A decimal number is digits only`(_ text: String, _ isNumber: Bool) {
        #expect(text.isDecimalNumber == isNumber)
        #expect(Substring(text).isDecimalNumber == isNumber)
    }
}
