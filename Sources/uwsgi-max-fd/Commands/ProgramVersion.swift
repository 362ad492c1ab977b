/// The program's version (https://semver.org): the one place where it is written.
enum ProgramVersion {
    static let text = "0.1.0"
}
