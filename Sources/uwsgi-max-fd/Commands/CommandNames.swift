import ArgumentParser
import Basics
import Manifests

/// Finds the command that was meant by a word that is not one.
enum CommandNames {
    /// The message for a call whose command is not one; `nil` for any other.
    /// - Parameter arguments: the call, without the program.
    static func complaint(about arguments: [String]) -> String? {
        let names = UWSGIMaxFD.configuration.subcommands.map { $0._commandName } + ["help"]
        guard let word = arguments.first, !word.hasPrefix("-"), !names.contains(word) else { return nil }
        let near = names.map { (name: $0, distance: distance(word, $0)) }.min { $0.distance < $1.distance }
        let guess = near.flatMap {
            $0.distance <= max(2, word.count / 3) ? "; did you mean \($0.name)?" : nil
        }
        let list = names.joined(separator: ", ")
        return "\(ShellQuoting.shown(word)) is not a command\(guess ?? ".") The commands are \(list)."
    }

    /// How many letters have to be put in, left out, changed or swapped with the next to make one word the other.
    static func distance(_ first: String, _ second: String) -> Int {
        let (first, second) = (Array(first.utf8.prefix(64)), Array(second.utf8.prefix(64)))
        var rows = [Array(0...second.count)]
        for (index, byte) in first.enumerated() {
            var row = [index + 1]
            for (column, other) in second.enumerated() {
                var least = min(
                    rows[index][column] + (byte == other ? 0 : 1), rows[index][column + 1] + 1,
                    row[column] + 1)
                if index > 0, column > 0, byte == second[column - 1], first[index - 1] == other {
                    least = min(least, rows[index - 1][column - 1] + 1)
                }
                row.append(least)
            }
            rows.append(row)
        }
        return rows[first.count][second.count]
    }
}
