import Basics

/// `%(a b + 1)`: words that are joined, or calculated with, from left to right. Source: `uwsgi_manage_placeholder` in
/// core/config.c.
enum PlaceholderExpression {
    private enum Operation {
        case join, add, subtract, multiply, divide
    }

    /// - Returns: `nil` when there is no value, so that the text stays as it is.
    static func value(_ text: ConfigurationText, _ list: OptionList) -> ConfigurationText? {
        var operation = Operation.join
        var result: ConfigurationText?
        for token in text.tokens(0x20) {
            switch token.string {
            case "+": operation = .add
            case "-": operation = .subtract
            case "*": operation = .multiply
            case "/": operation = .divide
            case "++", "--":
                result = result.map {
                    calculated($0, token == ConfigurationText("++") ? .add : .subtract, [0x31])
                }
                operation = .join
            default:
                result = calculated(result ?? [], operation, operand(token, list))
                operation = .join
            }
        }
        return result
    }

    /// A number stands for itself, everything else for the option of that name.
    private static func operand(_ token: ConfigurationText, _ list: OptionList) -> ConfigurationText {
        if token.allSatisfy(\.isDecimalDigit) { return token }
        return switch list.first(token) {
        case .value(let value): value
        case .absent: []
        case .unknown: .unknown
        }
    }

    private static func calculated(
        _ left: ConfigurationText, _ operation: Operation, _ right: ConfigurationText
    ) -> ConfigurationText {
        if operation == .join { return left + right }
        guard left.isKnownText, right.isKnownText else { return .unknown }
        let (a, b) = (number(left), number(right))
        let result: Int64
        switch operation {
        case .join, .add: result = a &+ b
        case .subtract: result = a &- b
        case .multiply: result = a &* b
        case .divide:
            let (quotient, overflows) = b == 0 ? (0, false) : a.dividedReportingOverflow(by: b)
            // The processor ends uWSGI.
            if overflows { return .unknown }
            result = quotient
        }
        return Array(String(result).utf8)
    }

    /// `strtoll(3)`.
    static func number(_ text: ConfigurationText) -> Int64 {
        var rest = text.drop { $0 == 0x20 || (0x09...0x0D).contains($0) }
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
        let limit: Int64 = isNegative ? .min : .max
        var result: Int64 = 0
        for byte in rest {
            guard byte.isDecimalDigit else { break }
            let (product, tooLarge) = result.multipliedReportingOverflow(by: 10)
            let digit = Int64(byte - 0x30)
            let (sum, stillTooLarge) =
                isNegative
                ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
            if tooLarge || stillTooLarge { return limit }
            result = sum
        }
        return result
    }
}
