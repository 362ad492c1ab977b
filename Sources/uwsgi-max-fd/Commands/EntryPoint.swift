import ArgumentParser

import Glibc

/// Runs a command and ends the process: 0 when all is well, 1 for findings, 2 for a wrong call or an input that
/// cannot be read.
@main
enum EntryPoint {
    static func main() async {
        // A reader that goes away, as `head` does, shows as an error of write(2).
        signal(SIGPIPE, SIG_IGN)
        if let complaint = CommandNames.complaint(about: Array(CommandLine.arguments.dropFirst())) {
            end(with: CommandFailure(complaint))
        }
        do {
            var command = try UWSGIMaxFD.parseAsRoot()
            if var asyncCommand = command as? any AsyncParsableCommand {
                try await asyncCommand.run()
            } else {
                try command.run()
            }
        } catch {
            end(with: error)
        }
    }

    private static func end(with error: any Error) -> Never {
        switch error {
        case let code as ExitCode:
            exit(code.rawValue)
        case let failure as CommandFailure:
            StandardStream.error.write("uwsgi-max-fd: \(failure)\n")
            exit(2)
        default:
            let message = UWSGIMaxFD.fullMessage(for: error)
            if UWSGIMaxFD.exitCode(for: error) == .success {
                StandardStream.output.write(message + "\n")
                exit(0)
            }
            StandardStream.error.write(message + "\n")
            exit(2)
        }
    }
}
