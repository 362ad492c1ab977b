import NIOCore

import Glibc

/// Has the system turn away new connections to a listening socket while those that are being made are finished.
///
/// When a listening socket is closed, Linux resets every connection that waits in its queue: its client
/// believes that it is connected and may have sent a request, which is then lost. So before the end a socket
/// filter drops the first packet (SYN) of each new connection. What was begun comes through and is accepted;
/// a newcomer repeats its packet after a second and then learns that nobody listens here any more, which
/// every client can tell from a lost request. Source: socket(7), `SO_ATTACH_FILTER`; Linux,
/// Documentation/networking/filter.rst; net/ipv4/tcp_ipv4.c, `tcp_filter`.
enum SYNFilter {
    /// `struct sock_filter` of <linux/filter.h>.
    private struct Instruction {
        var code: UInt16
        var jumpIfTrue: UInt8
        var jumpIfFalse: UInt8
        var operand: UInt32
    }

    /// `struct sock_fprog` of <linux/filter.h>.
    private struct Program: Sendable {
        var length: UInt16
        /// The address of the first instruction.
        var instructions: UInt
    }

    /// The filter sees each packet from its TCP header on, whose fourteenth byte has the flags (RFC 9293,
    /// section 3.1).
    private static let program: Program = {
        let instructions = [
            // Load the flags.
            Instruction(code: 0x30, jumpIfTrue: 0, jumpIfFalse: 0, operand: 13),
            // Keep SYN (2) and ACK (16).
            Instruction(code: 0x54, jumpIfTrue: 0, jumpIfFalse: 0, operand: 0x12),
            // SYN alone is a newcomer.
            Instruction(code: 0x15, jumpIfTrue: 0, jumpIfFalse: 1, operand: 0x02),
            // Let nothing of it through.
            Instruction(code: 0x06, jumpIfTrue: 0, jumpIfFalse: 0, operand: 0),
            // Let all of it through.
            Instruction(code: 0x06, jumpIfTrue: 0, jumpIfFalse: 0, operand: .max),
        ]
        // Owned by this constant and never freed: the system copies it each time the option is set.
        let memory = UnsafeMutableBufferPointer<Instruction>.allocate(capacity: instructions.count)
        _ = memory.initialize(from: instructions)
        return Program(
            length: UInt16(instructions.count), instructions: UInt(bitPattern: memory.baseAddress))
    }()

    /// `SO_ATTACH_FILTER` of <asm-generic/socket.h>, which the C library's module does not show.
    private static let attachFilter = NIOBSDSocket.Option(rawValue: 26)

    /// Turns newcomers away from now on; `false` where the system cannot do so.
    static func attach(to listener: any Channel) async -> Bool {
        guard let socket = listener as? any SocketOptionProvider else { return false }
        do {
            try await socket.unsafeSetSocketOption(level: .socket, name: attachFilter, value: program).get()
            return true
        } catch {
            return false
        }
    }
}
