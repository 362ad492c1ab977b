import ShellSyntax

/// What a shell and a process find at a point of a command line: variables, parameters, functions, files, limits.
struct Scope {
    /// A function's body. A class, so that two ways can tell whether they mean the same one.
    final class Function {
        let body: ShellCommand
        let source: ShellSource

        init(_ body: ShellCommand, source: ShellSource) {
            self.body = body
            self.source = source
        }
    }

    /// A name that a shell may run.
    struct Callable {
        /// What a function of this name is, by each way one.
        var functions: [Function] = []
        /// Texts of an alias.
        var aliases: [String] = []
        /// Whether they are paths that bash remembers (`hash -p`).
        var isHashed = false
        /// Whether it may also be none.
        var mayBeMissing = false
        /// Whether bash passes it on to a bash that it starts: `export -f`.
        var isExported = false
    }

    /// A file that the command line itself has made.
    enum File: Hashable {
        /// Its text is one of these, with marks.
        case text([String])
        /// A copy of a program, by another name.
        case copy(of: String, isOnEveryWay: Bool = true)
    }

    /// A bound for sets of texts and lists.
    static let mostAlternatives = 8

    let container: ContainerVariables
    /// Only what was changed; the rest is the container's.
    private(set) var variables = PersistentMap<Variable>()
    /// Whether the container's own variables were taken away.
    private(set) var isCleared = false
    /// Whether a shell dropped the names that cannot be shell variables.
    private(set) var keepsIdentifiersOnly = false
    /// Whether something that cannot be seen, such as a sourced file, may have changed any variable.
    var hasUnseenChanges = false
    /// `$0`
    var name = ""
    /// `$1` and on, by each way one list.
    var argumentLists = Self.noArguments
    private static let noArguments = [ParameterList([])]
    /// What most scripts leave as it is.
    var rest = Rest()
    var exportsAll = false
    /// Whether a failure ends the shell (`set -e`).
    var endsOnFailure = false
    /// Whether an unset variable ends the shell (`set -u`).
    var endsOnUnset = false
    /// Whether a pipeline fails where any part of it does (`set -o pipefail`).
    var failsWithAnyPart = false
    /// Whether what is printed goes somewhere that may refuse it, so that a command that prints may fail for that.
    var mayFailToPrint = false

    init(_ container: ContainerVariables) { self.container = container }

    // MARK: Joining

    func joined(with other: Scope, isLessExpected: Bool) -> Scope {
        var joined = self
        joined.variables = variables.joined(with: other.variables) { _, mine, theirs in
            let theirs = theirs ?? .untouched
            return (mine ?? .untouched).joined(with: isLessExpected ? theirs.unexpected : theirs)
        }
        joined.hasUnseenChanges = hasUnseenChanges || other.hasUnseenChanges
        joined.argumentLists = ParameterList.union(
            argumentLists, isLessExpected ? other.argumentLists.map(\.unexpected) : other.argumentLists)
        joined.exportsAll = exportsAll && other.exportsAll
        // Where a way goes on after a failure, what comes then counts.
        joined.endsOnFailure = endsOnFailure && other.endsOnFailure
        joined.endsOnUnset = endsOnUnset || other.endsOnUnset
        joined.failsWithAnyPart = failsWithAnyPart && other.failsWithAnyPart
        joined.mayFailToPrint = mayFailToPrint || other.mayFailToPrint
        if !rest.isSame(as: other.rest) { joined.joinRest(with: other, isLessExpected: isLessExpected) }
        return joined
    }

    /// Joins what most scripts leave as it is.
    private mutating func joinRest(with other: Scope, isLessExpected: Bool) {
        callables = callables.joined(with: other.callables) { _, mine, theirs in
            Callable.join(mine, theirs)
        }
        files = files.joined(with: other.files) { _, mine, theirs in
            switch (mine, theirs) {
            case (.text(let mine)?, .text(let theirs)?):
                .text(Self.union(mine, theirs, widened: Self.anyText))
            case (.text(let texts)?, nil), (nil, .text(let texts)?):
                // Whether it was there before cannot be seen.
                .text(Self.union(texts, [TextMark.unknown], widened: Self.anyText))
            // Where its author means it to be there, it is.
            case (.copy?, nil) where isLessExpected: mine
            case (.copy(let original, _)?, nil), (nil, .copy(let original, _)?):
                .copy(of: original, isOnEveryWay: false)
            default: mine ?? theirs
            }
        }
        limits = limits == other.limits ? limits : limits.joined(with: other.limits)
        input = Self.join(input, other.input)
        output = Self.join(output, other.output)
        if locals != other.locals { locals += other.locals.filter { !locals.contains($0) } }
        attributes = attributes.joined(with: other.attributes) { VariableAttributes.join($1, $2) }
        behaviour.formUnion(other.behaviour)
        if missingPrograms != other.missingPrograms {
            missingPrograms.removeAll { !other.missingPrograms.contains($0) }
        }
        if traps != other.traps { traps += other.traps.filter { !traps.contains($0) } }
        if directory != other.directory, !isLessExpected { directory = nil }
    }

    /// Arguments of which nothing is known, but what they may be made of.
    static func anyArguments(_ lists: [[Argument]]) -> [Argument] {
        let words = lists.joined()
        let location = words.first?.location ?? ArgumentLocation(list: .command, index: 0)
        return [Argument(anyText(words.map(\.text)), at: location, isElastic: true)]
    }

    func isEquivalent(to other: Scope) -> Bool {
        variables.isEqual(to: other.variables, by: ==) && files.isEqual(to: other.files, by: ==)
            && callables.isEqual(to: other.callables) { $0.isSame(as: $1) }
            && argumentLists == other.argumentLists && limits == other.limits && input == other.input
            && output == other.output && hasUnseenChanges == other.hasUnseenChanges
            && attributes.isEqual(to: other.attributes, by: ==) && behaviour == other.behaviour
            && traps == other.traps && missingPrograms == other.missingPrograms
            && mayFailToPrint == other.mayFailToPrint
    }

    func widened(from earlier: Scope) -> Scope {
        var copy = self
        copy.variables = earlier.variables.joined(with: variables) { _, before, now in
            before == now ? now : (before ?? .untouched).joined(with: now ?? .untouched).anything
        }
        copy.files = earlier.files.joined(with: files) { _, before, now in
            guard before != now, case .text(let texts)? = now else { return now }
            return .text([Self.anyText(texts)])
        }
        if argumentLists != earlier.argumentLists {
            let lists = (argumentLists + earlier.argumentLists).map(\.arguments)
            copy.argumentLists = [ParameterList(Self.anyArguments(lists))]
        }
        if output != earlier.output { copy.output = output.map { [Self.anyText($0)] } }
        if input != earlier.input { copy.input = nil }
        if directory != earlier.directory { copy.directory = nil }
        return copy
    }

    private static func join(_ a: [String]?, _ b: [String]?) -> [String]? {
        guard let a, let b else { return nil }
        return union(a, b, widened: anyText)
    }

    static func anyText(_ texts: [String]) -> String {
        texts.contains { $0.mayNameUWSGI || UWSGIWord.occurs(in: $0.utf8) }
            ? TextMark.unknownNamingUWSGI : TextMark.unknown
    }

    /// What is in either list; `widened` makes one of too many.
    static func union<Element: Equatable>(
        _ a: [Element], _ b: [Element], widened: ([Element]) -> Element
    ) -> [Element] {
        if a == b { return a }
        var all = a
        for element in b where !all.contains(element) { all.append(element) }
        return all.count <= mostAlternatives ? all : [widened(all)]
    }

    // MARK: Changing variables

    /// Assigns as `env NAME=VALUE` and `export NAME=VALUE` do.
    mutating func export(_ name: String, _ text: String) {
        variables[name] = Variable(.text(text), isExported: true)
    }

    /// Assigns as a shell does: a variable that came with the environment stays part of it.
    mutating func assign(_ name: String, _ contents: [Variable.Content]) {
        assign(name, members: contents.map { Variable.Member(content: $0, isExported: false) })
    }

    /// - Parameter members: what it may be; whether it is passed on does not depend on them.
    mutating func assign(_ name: String, members: [Variable.Member]) {
        if !attributes.isEmpty, let remembered = attributes[name] {
            assign(name, remembered, members: members)
        } else {
            replace(name, members: members)
        }
    }

    /// Assigns, whatever is remembered of the variable.
    mutating func replace(_ name: String, members: [Variable.Member]) {
        let exported = exportsAll ? [true] : exportStates(of: name)
        variables[name] = Variable(
            members: members.flatMap { member in
                exported.map {
                    Variable.Member(content: member.content, isExported: $0, isExpected: member.isExpected)
                }
            })
    }

    mutating func assign(_ name: String, _ text: String) { assign(name, [.text(text)]) }

    /// Marks a variable for export, or takes the mark away, and leaves its value.
    mutating func setExported(_ name: String, _ isExported: Bool) {
        variables[name] = variable(name).withExport(isExported)
    }

    mutating func unset(_ name: String) { variables[name] = Variable(.unset, isExported: false) }

    mutating func restore(_ name: String, from other: Scope) {
        variables[name] = other.variables[name]
        if !attributes.isEmpty || !other.attributes.isEmpty { attributes[name] = other.attributes[name] }
    }

    mutating func bind(_ name: String, _ variable: Variable) { variables[name] = variable }

    /// Lets a container's variable through after a ``clear()``.
    mutating func inherit(_ name: String) {
        if isCleared, variables[name] == nil { variables[name] = .untouched }
    }

    /// Takes everything away, as `env -i` does.
    mutating func clear() {
        variables = PersistentMap()
        isCleared = true
    }

    /// Drops the names that cannot be shell variables, as shells of the Almquist family do.
    mutating func keepIdentifiers() { keepsIdentifiersOnly = true }

    /// What a new process finds: nothing of a shell's own.
    /// - Returns: how much work that was.
    mutating func enterProcess() -> Int {
        for name in callables.keys where callables[name]?.isExported != true { callables[name] = nil }
        if !locals.isEmpty { locals = [] }
        if !traps.isEmpty { traps = [] }
        if !missingPrograms.isEmpty { missingPrograms = [] }
        guard !variables.isEmpty else { return 0 }
        let names = variables.keys
        for name in names {
            guard let variable = variables[name], variable.members.contains(where: { !$0.isExported }) else {
                continue
            }
            variables[name] = Variable(
                members: variable.members.map { member in
                    member.isExported
                        ? member
                        : Variable.Member(content: .unset, isExported: false, isExpected: member.isExpected)
                })
        }
        return names.count
    }

    /// Whether a program of this name is not found: so the shell said, and nothing has changed where it looks.
    func lacks(program path: String) -> Bool {
        guard !missingPrograms.isEmpty else { return false }
        let name = path.hasPrefix(TextMark.folderOfPath + "/") ? String(path.dropFirst(2)) : path
        guard missingPrograms.contains(name), !hasUnseenChanges, !isCleared, !hasVariable("PATH"),
            !name.utf8.contains(UInt8(ascii: "/"))
        else { return false }
        return files.isEmpty || !files.keys.contains { $0.lastPathComponent == name[...] }
    }

    // MARK: Reading variables

    /// Whether anything made something of a variable.
    func hasVariable(_ name: String) -> Bool { variables[name] != nil }

    /// What was made of a variable; one that nothing touched is the container's.
    func variable(_ name: String) -> Variable {
        variables[name] ?? (isCleared ? Variable(.unset, isExported: false) : .untouched)
    }

    /// Whether the container's own variable of this name is, by some way, what the process sees.
    func reaches(_ name: String) -> Bool {
        if keepsIdentifiersOnly, !EnvironmentNames.isIdentifier(name) { return false }
        guard let variable = variables[name] else { return !isCleared }
        return variable.members.contains { $0.content == .container && $0.isExported }
    }

    /// Whether programs find a variable: by each way one answer.
    private func exportStates(of name: String) -> [Bool] {
        guard !variables.isEmpty || !isCleared else { return [false] }
        var states: [Bool] = []
        for member in variable(name).members {
            // What no shell marked is passed on where the container has it.
            let isContainers = member.content == .container && member.isExported && !member.isMarked
            let found = isContainers ? container.exportStates(of: name) : [member.isExported]
            for isExported in found where !states.contains(isExported) { states.append(isExported) }
        }
        return states
    }

    /// Where something unseen may have set a variable that the specification does not mention.
    var textOfInvisible: String { hasUnseenChanges ? TextMark.unknown : container.textOfInvisible }

    /// What `$NAME` finds, exported or not, by each way.
    func members(of name: String) -> [Variable.Member] {
        if !attributes.isEmpty, let targets = attributes[name]?.targets, targets != [nil] {
            return targets.flatMap { members(ofItself: $0 ?? name) }
        }
        return members(ofItself: name)
    }

    private func members(ofItself name: String) -> [Variable.Member] {
        guard let variable = variables[name] else {
            let content = isCleared ? .unset : resolved(.container, name)
            let known = Variable.Member(content: content, isExported: true)
            return hasUnseenChanges ? [known, .unseenChange(isExported: true)] : [known]
        }
        return variable.members.map { member in
            var member = member
            member.content = resolved(member.content, name)
            return member
        }
    }

    /// The same, without saying how sure each is.
    func contents(of name: String) -> [Variable.Content] {
        var found: [Variable.Content] = []
        for member in members(of: name) where !found.contains(member.content) { found.append(member.content) }
        return found
    }

    /// What a process finds in its environment.
    func exportedContents(of name: String) -> [Variable.Content] {
        guard let variable = variables[name] else {
            return [reaches(name) ? resolved(.container, name) : .unset]
        }
        var found: [Variable.Content] = []
        for member in variable.members {
            let content = member.isExported ? resolved(member.content, name) : .unset
            if !found.contains(content) { found.append(content) }
        }
        return found
    }

    private func resolved(_ content: Variable.Content, _ name: String) -> Variable.Content {
        guard content == .container else { return content }
        if keepsIdentifiersOnly, !EnvironmentNames.isIdentifier(name) { return .unset }
        return .text(container.value(of: name) ?? textOfInvisible)
    }
}
