/// A uWSGI server at its start, as far as that can be seen: what it finds, and what it is given.
///
/// A class because it is looked at from several sides, and too large to be copied for each.
final class ServerStart {
    /// An explicit max-fd above this is called excessive. In file descriptors.
    let ceiling: Int
    /// What it finds.
    let scope: Scope
    let options: ServerOptions
    /// What files say; `nil` where none is read, or none is known.
    let configuration: MergedConfiguration?

    init(
        ceiling: Int, scope: consuming Scope, options: consuming ServerOptions,
        configuration: MergedConfiguration? = nil
    ) {
        self.ceiling = ceiling
        self.scope = scope
        self.options = options
        self.configuration = configuration
    }

    /// Which max-fd it ends up with.
    func maxFD() -> MaxFD { MaxFDResolution(start: self).resolve() }

    /// What a report says of it beyond its max-fd.
    /// - Parameter maxFD: what ``maxFD()`` gave, with what else is known of it.
    func details(with maxFD: MaxFD) -> Details { DetailsReader(start: self, maxFD: maxFD).read() }
}
