import Synchronization
import TestSupport
import Testing

@testable import UWSGI

/// What is deep or long costs no more than its length allows, and no stack; what is not followed is not "no".
@Suite struct BudgetTests {
    /// A script within the quotes of another shell.
    private static func nested(_ script: String, shells: Int) -> String {
        var script = script
        for _ in 0..<shells {
            script =
                "sh -c '"
                + script.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
                + "'"
        }
        return script
    }

    private static func repeated(_ text: String, _ count: Int) -> String {
        String(repeating: text, count: count)
    }

    /// Functions that call the next one within `if`, each in braces as deep as they are read.
    private static func functions(_ count: Int, blocks: Int) -> String {
        (0..<count).map { index in
            "f\(index)() { \(repeated("if a; then ", blocks)) f\(index + 1); \(repeated("fi; ", blocks)) }; "
        }.joined() + "f\(count)() { exec uwsgi --http :80; }; f0"
    }

    private static let deep: [(name: String, words: [String])] = [
        ("elif", ["sh", "-c", "if a; then b; \(repeated("elif a; then b; ", 4000)) else uwsgi; fi"]),
        (
            "known elif",
            ["sh", "-c", "if false; then b; \(repeated("elif false; then b; ", 4000)) else uwsgi; fi"]
        ),
        (
            "presumed elif",
            ["sh", "-c", "if [ $A ]; then b; \(repeated("elif [ -z $A ]; then b; ", 4000)) else uwsgi; fi"]
        ),
        ("functions", ["sh", "-c", functions(15, blocks: 20)]),
        ("functions in shells", ["sh", "-c", nested(functions(15, blocks: 4), shells: 5)]),
        (
            "blocks in shells",
            ["sh", "-c", nested(repeated("if a; then ", 20) + "uwsgi" + repeated("; fi", 20), shells: 6)]
        ),
        ("loops", ["sh", "-c", repeated("while a; do ", 23) + "uwsgi" + repeated("; done", 23)]),
        ("subshells", ["sh", "-c", repeated("( ", 23) + "uwsgi" + repeated(" )", 23)]),
        ("cases", ["sh", "-c", repeated("case $A in *) ", 23) + "uwsgi" + repeated(";; esac", 23)]),
        ("too deep to read", ["sh", "-c", repeated("( ", 5000) + "uwsgi" + repeated(" )", 5000)]),
        ("substitutions", ["sh", "-c", repeated("$(", 40) + "uwsgi" + repeated(")", 40)]),
        ("defaults", ["sh", "-c", "exec " + repeated("${A:-", 46) + "uwsgi" + repeated("}", 46)]),
        ("chain", ["sh", "-c", repeated("a && ", 20_000) + "uwsgi"]),
        ("pipeline", ["sh", "-c", repeated("a | ", 20_000) + "uwsgi"]),
        ("negations", ["sh", "-c", "[ " + repeated("! ", 60) + "a ] && uwsgi"]),
        ("test in parentheses", ["sh", "-c", "[ " + repeated("'(' ", 60) + " ] || uwsgi"]),
        ("command", ["sh", "-c", repeated("command ", 15_000) + "uwsgi"]),
        ("builtin", ["bash", "-c", repeated("builtin command ", 7000) + "uwsgi"]),
        ("eval", ["sh", "-c", repeated("eval ", 20_000) + "uwsgi"]),
        ("exec", ["sh", "-c", "exec " + repeated("env ", 20_000) + "uwsgi"]),
        ("wrappers", Array(repeating: "nice", count: 100_000) + ["uwsgi"]),
        ("env -S", repeated("env -S ", 5000).split(separator: " ").map(String.init) + ["uwsgi"]),
        ("runuser", Array(repeating: ["runuser", "-u", "a", "--"], count: 100).flatMap { $0 } + ["uwsgi"]),
    ]

    /// Neither reading nor following needs more than 512 KiB of stack, and none of these is taken for harmless.
    @Test(arguments: deep.indices)
    func `Deep inputs need little stack`(_ index: Int) {
        let example = Self.deep[index]
        let found = Mutex<Detection?>(nil)
        let ran = onSmallStack {
            let detection = Detector().detect(container(example.words))
            found.withLock { $0 = detection }
        }
        #expect(ran)
        #expect(found.withLock { $0 }?.certainty != nil, "\(example.name)")
    }

    /// A few bytes that ask for all the work that can be had.
    private static let greedy =
        repeated("for i in 1 2 3 4 5 6 7 8; do ", 6) + "i=$i$i;" + repeated("done;", 6)

    /// Many containers have no more to spend than one of the same length.
    @Test func `Containers share the budget`() {
        func work(_ count: Int) -> Int {
            var budget = DetectionBudget(reviewBytes: count * Self.greedy.utf8.count)
            let before = budget.steps
            for _ in 0..<count {
                _ = Detector().detect(container(["sh", "-c", Self.greedy]), budget: &budget)
            }
            return before - budget.steps
        }
        #expect(work(1) >= 10_000)
        // After the end of the budget a container costs a few steps for its words.
        let bytes = Self.greedy.utf8.count
        #expect(
            work(1000) <= DetectionBudget.floor + 1000 * (bytes * DetectionBudget.stepsPerByte + 3 * bytes))
    }

    /// A container that uses all up leaves none for the next, which then is not taken for harmless.
    @Test func `Nothing is harmless after the end`() {
        var budget = DetectionBudget(reviewBytes: 100)
        _ = Detector().detect(container(["sh", "-c", Self.greedy]), budget: &budget)
        #expect(budget.steps <= 0)
        let hidden = Detector().detect(
            container(["sh", "-c", "a && exec uwsgi --http :80"]), budget: &budget)
        #expect(hidden.certainty == .likely)
        #expect(Detector().detect(container(["uwsgi"]), budget: &budget).certainty == .certain)
        #expect(Detector().detect(container(["nginx"]), budget: &budget).certainty == nil)
    }

    /// References that double at each step reach no memory, in however many containers they are.
    @Test func `Containers share the expansion`() {
        var example = container(["uwsgi", "--max-fd", "$(V40)"])
        example.environment = (0..<41).map { index in
            EnvironmentVariable(
                name: "V\(index)",
                value: .literal(index == 0 ? "12345678" : "$(V\(index - 1))$(V\(index - 1))"))
        }
        var budget = DetectionBudget(reviewBytes: 100 * example.textBytes)
        let before = budget.expansionBytes
        for _ in 0..<100 { _ = Detector().detect(example, budget: &budget) }
        #expect(before - budget.expansionBytes <= 2 * before + 100 * example.textBytes * 4)
    }

    /// The clock is asked while a review goes on, and nothing is done once the time is over.
    @Test func `Deadline ends the review`() {
        let asked = Atomic<Int>(0)
        var budget = DetectionBudget(reviewBytes: 1 << 20) {
            asked.wrappingAdd(1, ordering: .relaxed).newValue == 3
        }
        let long = container(["sh", "-c", Self.repeated("a;", 50_000)])
        let before = budget.steps
        _ = Detector().detect(long, budget: &budget)
        #expect(budget.isPastDeadline)
        #expect(asked.load(ordering: .relaxed) == 3)
        #expect(before > 1 << 24 && budget.steps <= 0)

        var unhurried = DetectionBudget(reviewBytes: 1 << 20) { false }
        _ = Detector().detect(long, budget: &unhurried)
        #expect(!unhurried.isPastDeadline && unhurried.steps > 0)
    }
}
