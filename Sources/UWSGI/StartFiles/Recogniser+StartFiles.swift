extension Recogniser {
    /// Programs that start what files say.
    static let startFiles = Recogniser { program, _ in
        switch program.name {
        case "supervisord":
            .startFiles(.supervisor(configuration: value(of: ["-c", "--configuration"], program)))
        case "honcho", "foreman", "forego": procfile(program)
        case "kolla_start": .startFiles(.kolla)
        case "s6-svscan":
            .startFiles(.serviceFolders(operands(program, withValue: ["-t", "-c", "-d", "-C", "-L"])))
        case "runsvdir": .startFiles(.serviceFolders(Array(operands(program, withValue: []).prefix(1))))
        // s6-overlay's: github.com/just-containers/s6-overlay, README.
        case "init" where program.argument.text == "/init":
            .startFiles(.serviceFolders(["/etc/services.d", "/etc/s6-overlay/s6-rc.d"]))
        default: nil
        }
    }

    private static func procfile(_ program: Program) -> Launch? {
        let withValue = [
            "-f", "--procfile", "-d", "--app-root", "-e", "--env", "-p", "--port", "-c", "--concurrency",
            "-m",
            "--formation", "-t", "--timeout",
        ]
        let words = operands(program, withValue: withValue)
        guard words.first == "start" else { return nil }
        return .startFiles(
            .procfile(
                path: value(of: ["-f", "--procfile"], program) ?? "Procfile",
                folder: value(of: ["-d", "--app-root"], program), processes: Array(words.dropFirst())))
    }

    /// The value of an option that has one of these names: behind it, behind `=`, or right behind its letter.
    private static func value(of names: [String], _ program: Program) -> String? {
        for (index, word) in program.operands.enumerated() {
            for name in names {
                if word.text == name { return program.operands.dropFirst(index + 1).first?.text }
                let isLong = name.hasPrefix("--")
                if word.text.hasPrefix(isLong ? name + "=" : name), isLong || !word.text.hasPrefix("--") {
                    return String(word.text.dropFirst(isLong ? name.count + 1 : name.count))
                }
            }
        }
        return nil
    }

    private static func operands(_ program: Program, withValue: [String]) -> [String] {
        var found: [String] = []
        var isValue = false
        for word in program.operands {
            if isValue {
                isValue = false
            } else if word.text.hasPrefix("-") {
                isValue = withValue.contains(word.text)
            } else {
                found.append(word.text)
            }
        }
        return found
    }
}
