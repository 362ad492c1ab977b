/// Scripts of `sed`, as far as they run programs.
enum StreamEditor {
    /// Whether a script has the command `e`, or `s` with the flag `e`.
    static func runsText(_ script: String) -> Bool {
        script.split { $0 == ";" || $0 == "\n" || $0 == "{" || $0 == "}" }.contains { command in
            let command = command.drop { $0 == " " || $0 == "$" || ("0"..."9").contains($0) }
            if command.first == "e" { return command.dropFirst().first.map { $0 == " " } ?? true }
            guard command.first == "s", let delimiter = command.dropFirst().first,
                let end = command.lastIndex(of: delimiter)
            else { return false }
            return command[end...].dropFirst().contains("e")
        }
    }
}
