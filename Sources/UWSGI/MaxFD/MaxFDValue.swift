import Basics

/// A max-fd as uWSGI reads its text: `atoi` into an `int`, of which 0 means "not requested" and a negative
/// number ends the process.
///
/// Sources: `uwsgi_opt_set_int` and `uwsgi_as_root` in core/uwsgi.c; glibc's `atoi`, which is `strtol` cut to
/// 32 bits.
package struct MaxFDValue: Sendable, Hashable {
    /// What the number does.
    enum Effect: Sendable, Hashable {
        /// uWSGI takes it as no request at all.
        case ineffective
        /// uWSGI exits, or starts and cannot serve.
        case harmful
        /// It limits uWSGI.
        case effective
    }

    /// Below this a server runs out of descriptors for its sockets, pipes and requests.
    static let least = 64

    package let number: Int

    package init(reading text: String) {
        var magnitude: Int64 = 0
        var isNegative = false
        var rest = text.utf8[...]
        while let byte = rest.first, byte == 0x20 || (0x09...0x0D).contains(byte) { rest.removeFirst() }
        if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
            isNegative = sign == UInt8(ascii: "-")
            rest.removeFirst()
        }
        var overflows = false
        while let byte = rest.first, byte.isDecimalDigit {
            let digit = Int64(byte - UInt8(ascii: "0"))
            let (product, tooLarge) = magnitude.multipliedReportingOverflow(by: 10)
            let (sum, stillTooLarge) = product.addingReportingOverflow(digit)
            if tooLarge || stillTooLarge {
                overflows = true
                break
            }
            magnitude = sum
            rest.removeFirst()
        }
        let long = overflows ? (isNegative ? Int64.min : Int64.max) : (isNegative ? -magnitude : magnitude)
        number = Int(Int32(truncatingIfNeeded: long))
    }

    /// Whether uWSGI exits when it meets this value, whatever follows it.
    var isFatal: Bool { number < 0 }

    var effect: Effect {
        if number == 0 { return .ineffective }
        return number < Self.least ? .harmful : .effective
    }
}
