import ShellSyntax

/// The files that shells read before their scripts.
///
/// Sources: POSIX.1-2024, sh, ENV; the manual of bash, 6.2.
extension ShellRunner {
    /// Names of files in a user's folder, of which a command line may have made one.
    private static let names: Set<Substring> = [
        ".profile", ".bash_profile", ".bash_login", ".bashrc", ".kshrc", ".zshenv", ".zprofile", ".zshrc",
    ]

    /// Reads what the shell reads before its script.
    func readStartUpFiles(
        _ invocation: ShellInvocation, _ language: ShellInvocation.Language, _ state: inout State
    ) {
        if language == .bash, !invocation.isInteractive { read(namedBy: "BASH_ENV", &state) }
        if invocation.isInteractive { read(namedBy: "ENV", &state) }
        if let file = invocation.startUpFile, invocation.isInteractive {
            join(runSource([file], in: state.reached(.possible)), &state)
        }
        guard invocation.isInteractive || invocation.isLogin, !state.scope.files.isEmpty else { return }
        for path in state.scope.files.keys.sorted() where Self.names.contains(path.lastPathComponent) {
            join(runSource([Argument(path, at: location)], in: state.reached(.possible)), &state)
        }
    }

    /// The file that a variable names, whose text is expanded as in double quotes.
    private func read(namedBy variable: String, _ state: inout State) {
        guard state.scope.hasVariable(variable) || tracer.container.index(of: variable) != nil else { return }
        for case .text(let text) in state.scope.exportedContents(of: variable)
        where !text.withoutAbsent.isEmpty {
            let before = state.reached(.possible)
            let outcome =
                text.mayHoldCommand && text.isKnown && !text.utf8.contains(UInt8(ascii: "\""))
                ? tracer.descend { run(script: ". \"\(text)\"", in: before) }
                : runSource([Argument(text, at: location)], in: before)
            join(outcome ?? .ordinary(tracer.giveUp(on: text.utf8, at: location, in: before)), &state)
        }
    }

    /// The state after a file was read, or was not there.
    private func join(_ outcome: Outcome, _ state: inout State) {
        let ways = state.ways
        guard let after = outcome.next else {
            // It ends the shell.
            state.reach = min(state.reach, .possible)
            return
        }
        state = State.join(state, after) ?? state
        state.ways = ways
    }
}
