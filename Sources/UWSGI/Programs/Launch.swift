/// What a program is seen to start.
enum Launch {
    /// uWSGI, with these options.
    case server(ArraySlice<Argument>)
    /// uWSGI as a service, with an environment of its own and with options from files.
    case service
    /// Perhaps uWSGI: its name stands in text that something may run.
    case possibleServer
    /// uWSGI in some versions, and another server in others.
    case depends
    /// Another program, which the arguments name.
    case commandLine(ArraySlice<Argument>)
    /// The same, but only perhaps.
    case perhaps(ArraySlice<Argument>)
    /// The same, though the program is most likely one that refuses to start it.
    case refused(ArraySlice<Argument>)
    /// Command lines for a shell, one for each argument.
    case scripts([Argument])
    case shell(ShellInvocation, ShellInvocation.Language)
    /// A Python interpreter with these arguments.
    case python(ArraySlice<Argument>)
    /// A supervisor, which starts what files say.
    case startFiles(StartFiles)
    /// Nothing that matters here.
    case nothing
    /// A program whose doings cannot be seen.
    case opaque
}

/// Something that knows a kind of program.
struct Recogniser: Sendable {
    /// - Parameters:
    ///   - program: the program, with what follows it.
    ///   - state: changed as the program changes what those see that it starts.
    /// - Returns: `nil` for a program of another kind.
    let recognise: @Sendable (_ program: Program, _ state: inout State) -> Launch?

    /// A program and its arguments.
    struct Program {
        var argument: Argument
        /// Without folder. A whole text, which is compared many times faster than a part of one.
        var name: String
        var operands: ArraySlice<Argument>
        var image: String
    }

    /// All of them: the first that knows a program decides.
    static let all: [Recogniser] = [
        uwsgi, initScript, shell, userSwitch, python, embeddedServer, interpreter, service, launcher,
        startFiles,
        search,
        wrapper,
    ]
}

extension Recogniser {
    /// `/etc/init.d/uwsgi start`
    private static let initScript = Recogniser { program, _ in
        guard isInitScript(program) else { return nil }
        let starts = program.operands.first?.text.hasSuffix("start") ?? false
        return program.name.hasPrefix("uwsgi") && starts ? .service : .nothing
    }

    private static func isInitScript(_ program: Program) -> Bool {
        program.argument.text.utf8.first == UInt8(ascii: "/") && program.argument.text.includes("/init.d/")
    }

    private static let uwsgi = Recogniser { program, _ in
        guard ProgramNames.isUWSGI(program.argument.text), !isInitScript(program) else { return nil }
        return .server(program.operands)
    }

    private static let shell = Recogniser { program, _ in
        ShellInvocation.language(of: program.name[...]).map { .shell(ShellInvocation(program.operands), $0) }
    }

    private static let userSwitch = Recogniser { program, state in
        guard program.name == "su" || program.name == "runuser" else { return nil }
        switch UserSwitch.read(program.operands, name: program.name[...], scope: &state.scope) {
        case .program(let line): return .commandLine(line)
        case .shell(let invocation): return .shell(invocation, .posix)
        case .nothing: return .nothing
        }
    }

    private static let python = Recogniser { program, _ in
        PythonInvocation.isPython(program.name[...]) ? .python(program.operands) : nil
    }

    private static let embeddedServer = Recogniser { program, _ in
        switch EmbeddedServers.match(program.name, program.operands, image: program.image) {
        case .server(let options): .server(options)
        case .depends: .depends
        case nil: nil
        }
    }

    /// `perl -e`, `ruby -e`, `awk 'BEGIN { … }'`
    private static let interpreter = Recogniser { program, state in
        guard Interpreters.isInterpreter(program.name[...]) else { return nil }
        return Interpreters.mayStartUWSGI(program.operands, input: state.scope.input ?? [])
            ? .possibleServer : nil
    }

    private static let service = Recogniser { program, _ in
        guard Services.names.contains(program.name[...]) else { return nil }
        return Services.startsUWSGI(program.name[...], program.operands) ? .service : .nothing
    }

    /// Programs that take the command line from a variable, or as one text.
    private static let launcher = Recogniser { program, state in
        switch program.name {
        case "kubernetes-entrypoint":
            // Source: airshipit/kubernetes-entrypoint, README: COMMAND is what is executed in the end.
            let texts = state.scope.texts(of: "COMMAND")
            guard texts.count == 1, let text = texts.first else { return .opaque }
            if text.hasUnknown { return text.mayNameUWSGI ? .possibleServer : .opaque }
            let words = StringSplitting.split(text.withoutAbsent)
            return words.isEmpty
                ? .opaque : .commandLine(words.map { Argument($0, at: program.argument.location) }[...])
        case "launcher":
            // Source: buildpacks/lifecycle, cmd/launcher: a process type, `--` and a program, or a shell's script.
            guard let first = program.operands.first else { return .opaque }
            if first.text == "--" { return .commandLine(program.operands.dropFirst()) }
            let isScript = program.operands.count == 1 && first.text.hasByte { $0 == 0x20 }
            return isScript ? .scripts([first]) : nil
        case "scl":
            // Source: scl(1) of scl-utils: collections, and then `--` and a program, or one word for a shell.
            guard program.operands.first?.text == "enable" else { return nil }
            let words = program.operands.dropFirst(2)
            if let separator = words.firstIndex(where: { $0.text == "--" }) {
                return .commandLine(words[separator...].dropFirst())
            }
            return words.last.map { .scripts([$0]) }
        default: return nil
        }
    }

    /// `find … -exec program … ;`
    private static let search = Recogniser { program, _ in
        guard program.name == "find" || program.name == "fd" || program.name == "fdfind" else { return nil }
        let actions = ["-exec", "-execdir", "-ok", "-okdir", "-x", "--exec", "-X", "--exec-batch"]
        guard let index = program.operands.firstIndex(where: { actions.contains($0.text) }) else {
            return .nothing
        }
        let rest = program.operands[(index + 1)...]
        let line = rest.prefix { $0.text != ";" && $0.text != "+" }
        // Without an end `find` refuses it.
        if program.name == "find", line.endIndex == rest.endIndex, rest.allSatisfy({ $0.text.isKnown }) {
            return .nothing
        }
        return .perhaps(line)
    }

    /// A wrapper's command line, and what `xargs` adds to it. Without that it is not copied: wrappers within wrappers
    /// would copy all that follows once for each.
    private static func feeding(
        _ line: ArraySlice<Argument>, to program: Program, _ scope: Scope
    ) -> ArraySlice<Argument> {
        let more = fed(to: program, scope)
        return more.isEmpty ? line : line + more
    }

    /// The arguments that `xargs` makes of its input, where that can be seen.
    private static func fed(to program: Program, _ scope: Scope) -> [Argument] {
        guard program.name == "xargs" else { return [] }
        // The container's own input is most likely empty.
        let input = scope.input ?? [TextMark.absent]
        let text = input.count == 1 ? input[0] : Scope.anyText(input)
        return text.split { $0 == " " || $0 == "\n" || $0 == "\t" }.map { word in
            Argument(String(word), at: program.argument.location, isElastic: !String(word).isKnown)
        }
    }

    private static let wrapper = Recogniser { program, state in
        for row in WrapperTable.rows(named: program.name[...]) {
            guard let payload = WrapperReader.read(row, program.operands, scope: &state.scope) else {
                continue
            }
            switch payload {
            case .program(let line): return .commandLine(feeding(line, to: program, state.scope))
            case .refused(let line): return .refused(line)
            case .perhaps(let line): return .perhaps(feeding(line, to: program, state.scope))
            case .scripts(let scripts): return .scripts(scripts)
            case .python(let words): return .python(words)
            case .shell(let words): return .shell(ShellInvocation(words), .bash)
            case .nothing: return .nothing
            }
        }
        return nil
    }
}
