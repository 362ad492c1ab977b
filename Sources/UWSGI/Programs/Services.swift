/// `service uwsgi start` and its like.
enum Services {
    static let names: Set<Substring> = ["service", "rc-service", "invoke-rc.d", "systemctl"]

    static func startsUWSGI(_ name: Substring, _ operands: ArraySlice<Argument>) -> Bool {
        let words = operands.filter { !$0.text.hasPrefix("-") }.prefix(2).map(\.text)
        guard words.count == 2 else { return false }
        let verbs = ["start", "restart", "onestart"]
        if name == "systemctl" {
            return verbs.contains(words[0]) && (words[1] == "uwsgi" || words[1] == "uwsgi.service")
        }
        return ProgramNames.isUWSGI(words[0]) && verbs.contains(words[1])
            || ProgramNames.isUWSGI(words[1]) && verbs.contains(words[0])
    }
}
