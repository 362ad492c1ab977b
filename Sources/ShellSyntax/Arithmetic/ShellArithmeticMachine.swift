/// Evaluates tokens as they come, with a stack of operators and one of values instead of recursion.
///
/// A value is `nil` where it cannot be told; what does not depend on it goes on.
struct ShellArithmeticMachine {
    private enum Operator: Equatable {
        case open
        /// `+`, `-`, `!` or `~` before a value.
        case prefix(ShellArithmeticSign)
        case binary(ShellArithmeticSign, precedence: Int)
        case question
        /// The `:` of a question that has been met.
        case choice
    }

    private var operators: [Operator] = []
    private var values: [Int?] = []
    private var expectsValue = true
    /// Whether something may fail: busybox divides, and bash raises to a power, even where the result is not used.
    private var mayFail = false

    mutating func push(_ value: Int?) -> Bool {
        guard expectsValue else { return false }
        values.append(value)
        expectsValue = false
        return true
    }

    /// - Returns: whether the operator may stand here, and is one that is evaluated.
    mutating func push(_ sign: ShellArithmeticSign) -> Bool {
        if expectsValue {
            switch sign {
            case .open: operators.append(.open)
            case .plus, .minus, .not, .complement: operators.append(.prefix(sign))
            default: return false
            }
            return true
        }
        switch sign {
        case .close:
            guard reduce(until: 0), operators.popLast() == .open else { return false }
        case .question:
            // Questions bind to the right: the ones before wait.
            guard reduce(until: 3) else { return false }
            operators.append(.question)
            expectsValue = true
        case .colon:
            guard reduce(until: 0), operators.popLast() == .question else { return false }
            operators.append(.choice)
            expectsValue = true
        default:
            guard let precedence = sign.precedence else { return false }
            // Powers bind to the right.
            guard reduce(until: sign == .power ? precedence + 1 : precedence) else { return false }
            operators.append(.binary(sign, precedence: precedence))
            expectsValue = true
        }
        return true
    }

    mutating func result() -> Int? {
        guard !expectsValue, reduce(until: 0), operators.isEmpty, values.count == 1, !mayFail else {
            return nil
        }
        return values[0]
    }

    /// Evaluates what binds at least as closely.
    private mutating func reduce(until precedence: Int) -> Bool {
        while let last = operators.last {
            switch last {
            case .open, .question: return true
            case .prefix(let sign):
                guard let value = values.popLast() else { return false }
                values.append(value.flatMap { Self.apply(sign, $0) })
            case .binary(let sign, let own):
                if own < precedence { return true }
                guard let right = values.popLast(), let left = values.popLast() else { return false }
                let value = Self.apply(sign, left, right)
                if value == nil, sign.mayFail, right ?? 0 <= 0 { mayFail = true }
                values.append(value)
            case .choice:
                // `a ? b : c` binds less closely than all but the comma.
                if precedence > 2 { return true }
                guard let otherwise = values.popLast(), let then = values.popLast(),
                    let condition = values.popLast()
                else { return false }
                values.append(Self.choose(condition, then, otherwise))
            }
            operators.removeLast()
        }
        return true
    }

    // MARK: Operations

    private static func choose(_ condition: Int?, _ then: Int?, _ otherwise: Int?) -> Int? {
        // Even where both are the same: the condition may be an error.
        guard let condition else { return nil }
        return condition != 0 ? then : otherwise
    }

    private static func apply(_ sign: ShellArithmeticSign, _ value: Int) -> Int? {
        switch sign {
        case .plus: value
        case .minus: 0 &- value
        case .not: value == 0 ? 1 : 0
        case .complement: ~value
        default: nil
        }
    }

    private static func apply(_ sign: ShellArithmeticSign, _ left: Int?, _ right: Int?) -> Int? {
        switch sign {
        case .and:
            if left == 0 { return 0 }
            if let left, let right { return left != 0 && right != 0 ? 1 : 0 }
            return nil
        case .or:
            if let left, left != 0 { return 1 }
            if let left, let right { return left != 0 || right != 0 ? 1 : 0 }
            return nil
        default:
            guard let left, let right else { return nil }
            return apply(sign, left, right)
        }
    }

    private static func apply(_ sign: ShellArithmeticSign, _ left: Int, _ right: Int) -> Int? {
        switch sign {
        case .comma: return right
        case .bitOr: return left | right
        case .bitXor: return left ^ right
        case .bitAnd: return left & right
        case .equal: return left == right ? 1 : 0
        case .unequal: return left != right ? 1 : 0
        case .lessOrEqual: return left <= right ? 1 : 0
        case .greaterOrEqual: return left >= right ? 1 : 0
        case .less: return left < right ? 1 : 0
        case .greater: return left > right ? 1 : 0
        // Others are left to the processor.
        case .shiftLeft: return (0..<64).contains(right) ? left << right : nil
        case .shiftRight: return (0..<64).contains(right) ? left >> right : nil
        case .plus: return left &+ right
        case .minus: return left &- right
        case .times: return left &* right
        case .dividedBy:
            let (quotient, isUndefined) = left.dividedReportingOverflow(by: right)
            return isUndefined ? nil : quotient
        case .remainder:
            let (remainder, isUndefined) = left.remainderReportingOverflow(dividingBy: right)
            return isUndefined ? nil : remainder
        case .power: return power(left, right)
        default: return nil
        }
    }

    private static func power(_ base: Int, _ exponent: Int) -> Int? {
        guard exponent >= 0 else { return nil }
        var result = 1
        var square = base
        var rest = exponent
        while rest > 0 {
            if rest & 1 == 1 { result = result &* square }
            square = square &* square
            rest >>= 1
        }
        return result
    }
}
