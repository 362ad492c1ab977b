/// The files that a uWSGI server reads its options from.
extension LaunchTracer {
    /// - Returns: `nil` when it reads none, or nothing is known of any.
    func configuration(of options: ServerOptions, in scope: Scope) -> MergedConfiguration? {
        let names = scope.configurationNames()
        let readsText = options.maxFD.contains { $0.text.includes("@(") }
        guard options.hasConfiguration || readsText || !names.isEmpty else { return nil }
        guard knowsFiles || !scope.files.isEmpty else {
            for name in names + options.configurationNames { noteUnread(configuration: name, in: scope) }
            return nil
        }
        // A service finds its options by itself.
        guard !options.hasConfiguration || !options.words.isEmpty else { return nil }
        let given = ServerOptionsReader.read(options.words, keepingAll: true).given ?? []
        budget.spend(options.stepsTaken)
        return MergedConfiguration(given, scope, configurationWorld(in: scope), self)
    }

    /// Takes note of a file that an option names, perhaps with a section behind it.
    private func noteUnread(configuration name: String, in scope: Scope) {
        guard name.isKnown, !name.includes("://"), name != "-", !name.isEmpty else { return }
        let end = name.utf8.lastIndex(of: UInt8(ascii: ":")) ?? name.endIndex
        noteUnread(scope.path(String(name[..<end])))
    }

    private func configurationWorld(in scope: Scope) -> ConfigurationWorld {
        ConfigurationWorld(
            file: { self.configurationFile($0, in: scope) },
            variable: { name in
                let contents = scope.exportedContents(of: name)
                guard contents.count == 1, let content = contents.first else { return .unknown }
                switch content {
                case .unset, .text(TextMark.absent): return .absent
                case .text(let text): return text.hasUnknown ? .unknown : .value(text.withoutAbsent)
                case .container, .array: return .unknown
                }
            },
            workingDirectory: scope.directory)
    }

    private func configurationFile(_ path: String, in scope: Scope) -> ConfigurationFile {
        if let made = scope.files[path] {
            guard case .text(let texts) = made, texts.count == 1, let text = texts.first, !text.hasUnknown
            else { return .unknown }
            return .text(text.withoutAbsent)
        }
        switch file(at: path) {
        case .text(let text):
            // Copied in any case, whether or not it is read then.
            budget.spend(text.utf8.count / 8)
            return .text(text)
        case .absent: return .absent
        case .unknown:
            let listing = folder(at: path)
            if listing.names.isEmpty, !listing.isComplete {
                noteUnread(path)
                return .unknown
            }
            if !listing.isComplete { noteUnread(path) }
            return .folder(listing.names, isComplete: listing.isComplete)
        }
    }
}
