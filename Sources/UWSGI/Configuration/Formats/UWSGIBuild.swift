/// What is known of how a uWSGI was built, as far as its configuration depends on it; `nil` where it is not known.
struct UWSGIBuild: Sendable, Hashable {
    /// Whether libyaml reads its yaml, rather than uWSGI itself.
    var hasLibYAML: Bool?
    /// Whether libxml2 reads its xml, rather than expat.
    var hasLibXML2: Bool?

    /// Debian's package uwsgi-core: `ldd` shows libyaml, yajl and libxml2.
    static let debian = UWSGIBuild(hasLibYAML: true, hasLibXML2: true)
}
