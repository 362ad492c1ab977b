import Basics

/// The command line of a Python interpreter: `python -m module`, `python -c code` or `python script`.
enum PythonInvocation {
    enum Source {
        case module(Argument, ArraySlice<Argument>)
        case code(Argument, ArraySlice<Argument>)
        case script(ArraySlice<Argument>)
        case input
    }

    static func isPython(_ name: Substring) -> Bool {
        for stem in ["python", "pypy"] where name.utf8.starts(with: stem.utf8) {
            if name.dropFirst(stem.count).utf8.allSatisfy({
                $0 == UInt8(ascii: ".") || $0.isDecimalDigit
            }) {
                return true
            }
        }
        return false
    }

    /// - Parameter words: what follows the interpreter's own name.
    static func read(_ words: ArraySlice<Argument>) -> Source {
        var reader = OptionReader(words)
        while let option = reader.next() {
            switch option.name {
            case "c" where !option.isLong: return reader.value().map { .code($0, reader.words) } ?? .input
            case "m" where !option.isLong: return reader.value().map { .module($0, reader.words) } ?? .input
            case "W" where !option.isLong, "X" where !option.isLong, "check-hash-based-pycs":
                _ = reader.value()
            default: break
            }
        }
        if let word = reader.words.first, word.text == "-" { return .input }
        return reader.words.isEmpty ? .input : .script(reader.words)
    }

    /// What a text of Python does with uWSGI.
    enum CodeEffect {
        /// Runs it inside the interpreter.
        case runs
        /// Names it next to something that starts programs.
        case mayRun
        case none
    }

    static func effect(of code: String) -> CodeEffect {
        guard UWSGIWord.occurs(in: code.utf8) else { return .none }
        if code.includes("pyuwsgi"), code.includes("run(") { return .runs }
        let starters = ["exec", "Popen", "subprocess", "system", "spawn", "popen", "qx", "`", "getline"]
        return starters.contains { code.includes($0) } ? .mayRun : .none
    }

    /// The program that `python -m` starts in place of a module, where a wrapper's module bears another name.
    static func program(ofModule module: Substring) -> Substring {
        switch module {
        case "newrelic", "newrelic.admin": "newrelic-admin"
        case "ddtrace", "ddtrace.commands.ddtrace_run": "ddtrace-run"
        case "opentelemetry.instrumentation.auto_instrumentation": "opentelemetry-instrument"
        case "django": "django-admin"
        default: module
        }
    }
}
