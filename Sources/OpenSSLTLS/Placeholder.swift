public enum OpenSSLTLSPlaceholder {}
