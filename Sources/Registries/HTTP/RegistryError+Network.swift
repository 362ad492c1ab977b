import Catalogue
import NIOCore
import NIOHTTP1
import NIOPosix
import OpenSSLTLS
import System

extension RegistryError {
    private static let certificateReasons: Set<TLSConnectionError.Reason> = [
        .badCertificate, .expiredCertificate, .unknownAuthority, .nameNotAllowed,
    ]

    /// What went wrong on a connection.
    init(_ error: any Error, _ origin: HTTPAddress.Origin) {
        let name = origin.description
        switch error {
        case let error as RegistryError: self = RegistryError(error.reason, "\(name): \(error.description)")
        case is ResponsePuller.TimedOut: self.init(.timeout, "\(name): no answer in time")
        case let error as TLSConnectionError where error.reason == .timeout:
            self.init(.timeout, "\(name): \(error)")
        case let error as TLSConnectionError where Self.certificateReasons.contains(error.reason):
            self.init(.certificate, "\(name): \(error)")
        case let error as TLSConnectionError: self.init(.tls, "\(name): \(error)")
        case let error as TLSError: self.init(.tls, "\(name): \(error)")
        case HTTPParserError.invalidEOFState:
            self.init(.unreachable, "\(name): it closed the connection early")
        case is HTTPParserError:
            self.init(.malformed, "\(name): what it sends is not HTTP/1.1")
        case ChannelError.connectTimeout: self.init(.timeout, "\(name): no connection in time")
        case ChannelError.eof, ChannelError.ioOnClosedChannel, ChannelError.alreadyClosed:
            self.init(.unreachable, "\(name): it closed the connection early")
        case let error as IOError: self.init(.unreachable, "\(name): \(SystemError(error.errnoCode))")
        case let error as NIOConnectionError: self.init(error, name)
        default: self.init(.unreachable, "\(name): \(error)")
        }
    }

    private init(_ error: NIOConnectionError, _ name: String) {
        if let first = error.connectionErrors.first {
            if let system = first.error as? IOError {
                self.init(.unreachable, "\(name): \(SystemError(system.errnoCode))")
            } else if case ChannelError.connectTimeout = first.error {
                self.init(.timeout, "\(name): no connection in time")
            } else {
                self.init(.unreachable, "\(name): \(first.error)")
            }
        } else {
            self.init(.unreachable, "\(name): the host's name cannot be resolved")
        }
    }
}
