/// Why a command cannot do what it was asked: what, where, and the cure. It ends the process with 2.
struct CommandFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
