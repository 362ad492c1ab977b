import Foundation
import ShellSyntax
import Testing

/// Arithmetic held against real shells.
@Suite struct ArithmeticDifferentialTests {
    private static let variables = ["a": 7, "b": -3, "z": 0]
    private static let binary = [
        "+", "-", "*", "/", "%", "==", "!=", "<", ">", "<=", ">=", "&&", "||", "&", "|", "^", "<<", ">>",
    ]
    private static let numbers = [
        "0", "1", "2", "5", "10", "017", "0x1f", "08", "9223372036854775807", "63", "64",
    ]
    private static let onlyInBash = [
        "2#101", "16#fF", "64#@_", "2 ** 5", "(1, 2)", "- 2 ** 2", "2 ** 3 ** 2", "2 ** -1",
    ]

    private static func expression(_ generator: inout SeededGenerator, depth: Int, inBash: Bool) -> String {
        switch depth > 0 ? generator.below(9) : generator.below(3) {
        case 0: return generator.pick(numbers)
        case 1: return generator.pick(["a", "b", "z", "unset"])
        case 2:
            return inBash && generator.below(3) == 0 ? generator.pick(onlyInBash) : generator.pick(numbers)
        case 3:
            return generator.pick(["-", "+", "!", "~", "- "]) + "("
                + expression(&generator, depth: depth - 1, inBash: inBash) + ")"
        case 4:
            return (0..<3).map { _ in expression(&generator, depth: depth - 1, inBash: inBash) }
                .enumerated().map { $1 + [" ? ", " : ", ""][$0] }.joined()
        case 5: return "(" + expression(&generator, depth: depth - 1, inBash: inBash) + ")"
        default:
            return expression(&generator, depth: depth - 1, inBash: inBash) + " " + generator.pick(binary)
                + " "
                + expression(&generator, depth: depth - 1, inBash: inBash)
        }
    }

    @Test(arguments: RealShell.installed) func `Expressions`(shell: RealShell) throws {
        var generator = SeededGenerator(seed: 6)
        let expressions = (0..<900).map { _ in
            Self.expression(&generator, depth: 1 + generator.below(3), inBash: shell.name == "bash")
        }
        let script = expressions.map { "(a=7; b=-3; z=; echo $(( \($0) ))) 2>/dev/null || echo failed\n" }
            .joined()
        var theirs = try shell.run(script).output.components(separatedBy: "\n")
        theirs.removeLast()
        try #require(theirs.count == expressions.count)
        var known = 0
        for (expression, expected) in zip(expressions, theirs) {
            let found = ShellArithmetic.evaluate(expression, dialect: shell.dialect) {
                Self.variables[$0] ?? 0
            }
            guard let found else { continue }
            known += 1
            #expect("\(found)" == expected, "\(shell): \(expression)")
        }
        #expect(known > 400)
    }
}
