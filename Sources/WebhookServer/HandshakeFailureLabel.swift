enum HandshakeFailureLabel: String, FixedLabel {
    case timeout
    case other
}
