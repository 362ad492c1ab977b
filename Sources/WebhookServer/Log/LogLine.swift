import Basics
import JSON

/// One operational line of the log: what happened to the server, as opposed to an audit line, which describes a
/// review.
struct LogLine: Sendable {
    /// What a field may hold.
    enum Value: Sendable {
        case string(String)
        case number(Int)
        case list([String])

        func write(to json: inout JSONWriter) {
            switch self {
            case .string(let text): json.string(text)
            case .number(let number): json.integer(number)
            case .list(let list): json.array { json in for text in list { json.string(text) } }
            }
        }
    }

    let time: Timestamp
    let level: LogLevel
    let message: String
    private(set) var fields: [(name: StaticString, value: Value)] = []

    init(time: Timestamp, level: LogLevel, message: String) {
        self.time = time
        self.level = level
        self.message = message
    }

    mutating func add(_ name: StaticString, _ value: String) { fields.append((name, .string(value))) }
    mutating func add(_ name: StaticString, _ value: Int) { fields.append((name, .number(value))) }
    mutating func add(_ name: StaticString, _ value: [String]) { fields.append((name, .list(value))) }

    /// The line, line feed included.
    func bytes(as format: LogFormat) -> [UInt8] {
        switch format {
        case .json: json
        case .text: text
        }
    }

    /// `time`, `level`, `msg`, then the fields in their order.
    private var json: [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("time", time.rfc3339Milliseconds)
            json.member("level", level.rawValue)
            json.member("msg", message)
            for (name, value) in fields {
                json.name(name)
                value.write(to: &json)
            }
        }
        json.endLine()
        return json.bytes
    }

    /// For a terminal. Values are written as in JSON, so that nothing that a client sent can forge a line or
    /// steer the terminal.
    private var text: [UInt8] {
        var line = Array("\(time.rfc3339Milliseconds) \(level.rawValue.uppercased()) \(message)".utf8)
        for (name, value) in fields {
            line.append(contentsOf: " \(name)=".utf8)
            var json = JSONWriter()
            value.write(to: &json)
            line.append(contentsOf: json.bytes)
        }
        line.append(UInt8(ascii: "\n"))
        return line
    }
}
