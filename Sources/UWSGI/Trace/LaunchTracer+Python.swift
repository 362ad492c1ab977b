/// Python interpreters that a command line starts.
extension LaunchTracer {
    func runPython(
        _ words: ArraySlice<Argument>, _ program: Recogniser.Program, _ start: State,
        _ how: inout Circumstances
    ) -> Step {
        var state = start
        switch PythonInvocation.read(words) {
        case .script(let line):
            guard let script = line.first else { break }
            let name = script.text.lastPathComponent
            // Console scripts of Python packages can be started by their path as well.
            if ProgramNames.isUWSGI(script.text)
                || EmbeddedServers.match(String(name), line.dropFirst(), image: image) != nil
                || !WrapperTable.rows(named: name).isEmpty
            {
                return .line(line)
            }
            if let texts = texts(ofFile: script.text, in: state.scope) {
                return .outcome(runCode(texts, script, line.dropFirst(), state, &how))
            }
            let isVisible = OtherPrograms.isVisible(name) || name == "manage.py"
            state.lastPrograms = isVisible ? .other : .opaque
        case .module(let module, let words):
            let name = PythonInvocation.program(ofModule: module.text[...])
            if EmbeddedServers.match(String(name), words, image: image) != nil
                || !WrapperTable.rows(named: name).isEmpty
            {
                return .line([Argument(String(name), at: module.location)] + words)
            }
            // `python -m pyuwsgi` starts nothing: the module has no __main__.
            let isVisible = OtherPrograms.isVisible(name) || ProgramNames.isUWSGI(String(name))
            state.lastPrograms = isVisible ? .other : .opaque
        case .code(let code, let words): return .outcome(runCode([code.text], code, words, state, &how))
        case .input:
            if let input = state.scope.input {
                return .outcome(runCode(input, program.argument, [], state, &how))
            }
            state.lastPrograms = .other
        }
        return .outcome(.ordinary(state))
    }

    func runCode(
        _ texts: [String], _ code: Argument, _ words: ArraySlice<Argument>, _ start: State,
        _ how: inout Circumstances
    ) -> Outcome {
        var state = start
        state.lastPrograms = .other
        for text in texts {
            switch PythonInvocation.effect(of: text) {
            case .runs where texts.count == 1:
                return startServer(
                    Argument("pyuwsgi", at: code.location), ServerOptionsReader.read(words), state, &how)
            case .runs, .mayRun:
                notePossibleServer(named(code), in: state)
                state.lastPrograms.insert(.server)
            case .none: break
            }
            if text.hasUnknown { state.lastPrograms.insert(.opaque) }
            if text.mayNameUWSGI { notePossibleServer(named(code), in: state) }
        }
        return .ordinary(state)
    }
}
