extension Unicode.Scalar {
    /// Whether foreign text may show this character as it is. A control character steers a terminal, and makes a
    /// warning vanish in the API server; one that changes the direction of text makes a message read as what it
    /// is not.
    public var isPrintable: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
            false
        default: true
        }
    }
}

extension String {
    /// Whether there is nothing but the printable characters of ASCII, as in nearly every text of a Pod.
    public var isPrintableASCII: Bool {
        utf8.allSatisfy { (0x20..<0x7F).contains($0) }
    }
}
