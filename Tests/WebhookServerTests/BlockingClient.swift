import Foundation
import TestSupport

/// A client that needs nothing but a socket: no event loop, no concurrency, which themselves need descriptors.
final class BlockingClient {
    private let socket: CInt

    /// Connects; `nil` when there is no descriptor left, or nobody listens.
    init?(_ port: Int) {
        socket = Glibc.socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        guard socket >= 0 else { return nil }
        var timeout = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            close(socket)
            return nil
        }
    }

    deinit {
        close(socket)
    }

    /// The status of the answer to a review; `nil` when none comes.
    func ask() -> Int? {
        let request = Request.review()
        guard send(socket, request, request.count, CInt(MSG_NOSIGNAL)) == request.count else {
            return nil
        }
        var answer: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65536)
        repeat {
            let count = recv(socket, &piece, piece.count, 0)
            if count <= 0 { return nil }
            answer += piece[..<count]
        } while !answer.ends(with: "}}")
        return Int(String(decoding: answer.dropFirst(9).prefix(3), as: UTF8.self))
    }
}

extension [UInt8] {
    /// Whether this is the end of an AdmissionReview.
    fileprivate func ends(with text: String) -> Bool { suffix(text.utf8.count).elementsEqual(text.utf8) }
}
