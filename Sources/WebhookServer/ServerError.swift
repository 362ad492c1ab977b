import System
import NIOCore

import Glibc

/// Why the server cannot start.
public struct ServerError: Error, Sendable, Hashable, CustomStringConvertible {
    public let description: String

    init(_ description: String) {
        self.description = description
    }

    /// - Parameters:
    ///   - address: where it was to listen.
    ///   - flag: the flag that says so.
    static func cannotListen(on address: BindAddress, flag: String, _ error: any Error) -> ServerError {
        let start = "cannot listen on \(address): "
        guard let error = error as? IOError else {
            return ServerError(start + "\(error); give another address with \(flag)")
        }
        let cause = SystemError(error.errnoCode).description
        let cure =
            switch error.errnoCode {
            case EADDRINUSE:
                "another program listens there: stop it, or give another port with \(flag)"
            case EACCES:
                "ports below 1024 need the capability NET_BIND_SERVICE: give a higher port with \(flag)"
            case EADDRNOTAVAIL:
                "no interface of this machine has that address: give another with \(flag), such as 0.0.0.0"
            case EAFNOSUPPORT:
                "this machine has no IPv6: give an IPv4 address with \(flag)"
            default:
                "give another address with \(flag)"
            }
        return ServerError(start + "\(cause): \(cure)")
    }
}
