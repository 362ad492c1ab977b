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
