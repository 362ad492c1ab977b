import JSON

/// A report as data, before it is written as JSON or as YAML.
indirect enum ReportValue {
    case string(String)
    case integer(Int)
    case bool(Bool)
    case array([ReportValue])
    /// In the order in which they are written.
    case object([(name: String, value: ReportValue)])

    func write(to json: inout JSONWriter) {
        switch self {
        case .string(let text): json.string(text)
        case .integer(let number): json.integer(number)
        case .bool(let truth): json.bool(truth)
        case .array(let elements):
            json.array { json in
                for element in elements { element.write(to: &json) }
            }
        case .object(let members):
            json.object { json in
                for (name, value) in members {
                    json.name(name)
                    value.write(to: &json)
                }
            }
        }
    }
}

/// Collects the members of an object; what is empty is left out.
struct ReportMembers {
    private var members: [(name: String, value: ReportValue)] = []

    var value: ReportValue { .object(members) }

    mutating func add(_ name: String, _ text: String?) {
        if let text, !text.isEmpty { members.append((name, .string(text))) }
    }

    mutating func add(_ name: String, _ number: Int?) {
        if let number { members.append((name, .integer(number))) }
    }

    mutating func add(_ name: String, _ truth: Bool?) {
        if let truth { members.append((name, .bool(truth))) }
    }

    mutating func add(_ name: String, _ texts: [String]) {
        if !texts.isEmpty { members.append((name, .array(texts.map { .string($0) }))) }
    }

    mutating func add(_ name: String, _ value: ReportValue) {
        members.append((name, value))
    }
}
