import ShellSyntax
import YAML

/// Supervisors, whose files say what they start.
extension LaunchTracer {
    /// Follows every program that a supervisor starts.
    func run(
        _ files: StartFiles, _ program: Recogniser.Program, _ start: State, _ how: Circumstances
    ) -> Outcome {
        let plan = plan(of: files, start.scope)
        guard plan.isKnown else { return runOther(program, start, how) }
        var state = start
        state.lastPrograms = plan.mayHaveMore ? [.opaque, .other] : .other
        for program in plan.programs {
            var location = ArgumentLocation(list: .command, index: 0)
            location.shell = Evidence.quoted(program.place)
            guard takeStep() else {
                if case .script(let text) = program.start {
                    state = giveUp(on: text.utf8, at: location, in: state)
                } else if case .words(let words) = program.start {
                    for word in words { state = giveUp(on: word.utf8, at: location, in: state) }
                }
                continue
            }
            var inner = start
            for (name, value) in program.environment { inner.scope.export(name, value) }
            if let directory = program.directory { inner.scope.directory = directory }
            var how = Circumstances()
            how.isGuess = program.isOnDemand
            if program.isOnDemand { inner = inner.reached(.possible) }
            let outcome = descend { follow(program.start, at: location, in: inner, how) }
            guard let after = (outcome ?? .ordinary(inner)).apart(from: inner).next else { continue }
            if after.hasServed, !program.isOnDemand, after.reach == .expected { state.hasServed = true }
            state.lastPrograms.formUnion(after.lastPrograms)
        }
        return .ordinary(state)
    }

    private func follow(
        _ start: StartPlan.Program.Start, at location: ArgumentLocation, in state: State, _ how: Circumstances
    ) -> Outcome {
        switch start {
        case .words(let words): return follow(words.map { Argument($0, at: location) }[...], in: state, how)
        case .script(let script):
            var inner = state
            enterShell(ShellInvocation(script: Argument(script, at: location)), .posix, &inner)
            return run([script], at: location, .posix, in: inner)
        }
    }

    private func plan(of files: StartFiles, _ scope: Scope) -> StartPlan {
        switch files {
        case .supervisor(let configuration): return supervisorPlan(configuration, scope)
        case .procfile(let path, let folder, let processes):
            return procfilePlan(path, folder, processes, scope)
        case .kolla: return kollaPlan(scope)
        case .serviceFolders(let folders): return servicePlan(folders, scope)
        }
    }

    /// The one text of a file, which is then read by characters and lines: more work than its bytes.
    private func text(of path: String, _ scope: Scope) -> String? {
        guard let texts = texts(ofFile: path, in: scope), texts.count == 1, let text = texts.first else {
            return nil
        }
        return budget.spendBytes(8 * text.utf8.count) ? text.withoutAbsent : nil
    }

    // MARK: supervisord

    private func supervisorPlan(_ named: String?, _ scope: Scope) -> StartPlan {
        var plan = StartPlan()
        let paths = named.map { [$0] } ?? SupervisorConfiguration.usualPaths
        for path in paths.map(scope.path) {
            guard let text = text(of: path, scope) else { continue }
            plan.isKnown = true
            let configuration = SupervisorConfiguration(text)
            let shared = configuration.sections.first { $0.name == "supervisord" }?.values["environment"]
            let all = SupervisorConfiguration.variables(shared ?? "")
            add(configuration, of: path, all, scope, &plan)
            for pattern in configuration.included {
                guard takeStep() else {
                    plan.mayHaveMore = true
                    break
                }
                // Patterns count from the folder of the file that names them.
                let text = expand(pattern, of: path, nil, scope)
                for included in matches(Self.joined(path.parentFolder, text), &plan) {
                    guard let text = self.text(of: included, scope) else {
                        plan.mayHaveMore = true
                        continue
                    }
                    add(SupervisorConfiguration(text), of: included, all, scope, &plan)
                }
            }
            break
        }
        return plan
    }

    private func add(
        _ configuration: SupervisorConfiguration, of path: String, _ shared: [(name: String, value: String)],
        _ scope: Scope, _ plan: inout StartPlan
    ) {
        for section in configuration.programs {
            let name = section.name.drop { $0 != ":" }.dropFirst()
            let expand = { (text: String) in self.expand(text, of: path, name, scope) }
            let words = StringSplitting.split(expand(section.values["command"] ?? ""))
            guard !words.isEmpty else { continue }
            let own = SupervisorConfiguration.variables(expand(section.values["environment"] ?? ""))
            plan.add(
                StartPlan.Program(
                    start: .words(words), place: "\(path):\(section.line)", environment: shared + own,
                    directory: section.values["directory"].map(expand),
                    isOnDemand: ["false", "no", "off", "0"].contains(
                        section.values["autostart"]?.lowercased() ?? "")
                ))
        }
    }

    private func expand(_ text: String, of path: String, _ program: Substring?, _ scope: Scope) -> String {
        SupervisorConfiguration.expand(text) { name in
            switch name {
            case "here": path.parentFolder
            case "program_name", "group_name": program.map(String.init)
            case "process_num", "numprocs": "0"
            case _ where name.hasPrefix("ENV_"):
                onlyText(of: String(name.dropFirst(4)), scope)
            default: nil
            }
        }
    }

    private func onlyText(of variable: String, _ scope: Scope) -> String? {
        let texts = scope.texts(of: variable)
        guard texts.count == 1, let text = texts.first, budget.spendBytes(text.utf8.count) else { return nil }
        return text
    }

    // MARK: Folders

    private static func joined(_ folder: String, _ path: String) -> String {
        ConfigurationWorld.normalized(path.hasPrefix("/") ? path : "\(folder)/\(path)")
    }

    /// The known files that a pattern matches; it may have stars in its last part.
    private func matches(_ pattern: String, _ plan: inout StartPlan) -> [String] {
        guard pattern.isKnown else {
            plan.mayHaveMore = true
            return []
        }
        guard pattern.contains(where: { "*?[".contains($0) }) else { return [pattern] }
        let folder = pattern.parentFolder
        let last = Array(pattern.lastPathComponent.utf8)
        let listing = self.folder(at: folder)
        if !listing.isComplete || last.contains(where: { "?[".utf8.contains($0) }) || folder.contains("*") {
            noteUnread(folder)
            plan.mayHaveMore = true
        }
        return listing.names.filter { Wildcard.matches(last, Array($0.utf8)) }.map { "\(folder)/\($0)" }
    }

    /// Sources: s6-svscan's and runsvdir's manuals.
    private func servicePlan(_ folders: [String], _ scope: Scope) -> StartPlan {
        var plan = StartPlan()
        for folder in folders.map(scope.path) {
            let listing = self.folder(at: folder)
            if !listing.isComplete {
                noteUnread(folder)
                plan.mayHaveMore = true
            }
            for name in listing.names {
                let path = "\(folder)/\(name)/run"
                guard case .text = file(at: path) else { continue }
                plan.isKnown = true
                plan.add(
                    StartPlan.Program(start: .words([path]), place: path, directory: "\(folder)/\(name)"))
            }
        }
        return plan
    }

    // MARK: Procfiles

    /// `name: command` for a shell. Source: honcho/environ.py, `parse_procfile`.
    private func procfilePlan(
        _ name: String, _ folder: String?, _ processes: [String], _ scope: Scope
    ) -> StartPlan {
        var plan = StartPlan()
        let path = scope.path(folder.map { Self.joined($0, name) } ?? name)
        guard let text = text(of: path, scope) else { return plan }
        plan.isKnown = true
        let asked = Set(processes)
        let isOpen = processes.contains { !$0.isKnown }
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let process = line[..<colon]
            guard !process.isEmpty,
                process.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" })
            else { continue }
            guard processes.isEmpty || isOpen || asked.contains(String(process)) else { continue }
            plan.add(
                StartPlan.Program(
                    start: .script(String(line[line.index(after: colon)...])), place: "\(path):\(index + 1)",
                    directory: folder, isOnDemand: isOpen))
        }
        return plan
    }

    // MARK: kolla

    /// Source: openstack/kolla, docker/base/set_configs.py and start.sh: `command` is what is executed in the end.
    private func kollaPlan(_ scope: Scope) -> StartPlan {
        var plan = StartPlan()
        let path = "/var/lib/kolla/config_files/config.json"
        if let text = text(of: path, scope) {
            guard let command = Self.kollaCommand(text) else { return plan }
            plan.isKnown = true
            plan.add(StartPlan.Program(start: .script("exec " + command), place: path))
            return plan
        }
        let script = "/usr/local/bin/kolla_start"
        guard case .text(let text) = file(at: script) else {
            noteUnread(script)
            return plan
        }
        plan.isKnown = true
        // By its name alone it would lead here again.
        let interpreter = ScriptNames.interpreterLine(of: text) ?? ["/bin/sh"]
        plan.add(StartPlan.Program(start: .words(interpreter + [script]), place: script))
        return plan
    }

    /// JSON is YAML as well.
    private static func kollaCommand(_ text: String) -> String? {
        guard let parser = try? YAMLParser(Array(text.utf8)), let document = try? parser.nextDocument(),
            case .mapping(let pairs, _) = document
        else { return nil }
        for (key, value) in pairs {
            guard case .scalar(let key) = key, key.text == "command", case .scalar(let value) = value else {
                continue
            }
            return value.text
        }
        return nil
    }
}
