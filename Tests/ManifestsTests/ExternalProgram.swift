import TestSupport

/// A program beside the product that a test lets judge what the product writes.
struct ExternalProgram {
    private let path: String

    /// - Parameter names: the program's names, of which the first that is there is taken; `nil` when none is.
    init?(_ names: String...) {
        guard let path = names.lazy.compactMap({ Program.path(of: $0) }).first else { return nil }
        self.path = path
    }

    private init(path: String) { self.path = path }

    /// Runs it to its end.
    /// - Returns: what it wrote on both its outputs, and how it ended.
    func run(_ arguments: [String]) throws -> (output: String, status: Int32) {
        let ended = try Program.run(path, arguments, limit: 120)
        return (ended.text + ended.error, ended.status)
    }

    static let xmllint = ExternalProgram("xmllint")
    static let chromium = ExternalProgram("chromium", "chromium-browser")
    /// A Python that has the package `jsonschema`.
    static let jsonschema: ExternalProgram? = {
        for python in [Program.path(of: "python3"), "/usr/bin/python3"].compactMap(\.self) {
            if (try? Program.run(python, ["-c", "import jsonschema"]).status) == 0 {
                return ExternalProgram(path: python)
            }
        }
        return nil
    }()
}
