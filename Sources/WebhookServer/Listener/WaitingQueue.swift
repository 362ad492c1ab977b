import NIOCore

/// Connections that wait for their clients, in the order in which they began to.
///
/// Every operation takes constant time: the queue is a doubly linked list whose nodes stand in an array, and a
/// connection remembers the index of its own.
struct WaitingQueue<Connection> {
    private struct Node {
        var connection: Connection?
        var since: NIODeadline
        var previous: Int?
        var next: Int?
    }

    private var nodes: [Node] = []
    /// Nodes that are not in use.
    private var free: [Int] = []
    private var first: Int?
    private var last: Int?

    /// The connection that has waited longest, and since when.
    var oldest: (connection: Connection, since: NIODeadline)? {
        guard let first, let connection = nodes[first].connection else { return nil }
        return (connection, nodes[first].since)
    }

    /// Adds a connection that begins to wait, behind all others.
    /// - Returns: what ``remove(_:)`` takes.
    mutating func append(_ connection: Connection, since: NIODeadline) -> Int {
        let node = Node(connection: connection, since: since, previous: last, next: nil)
        let index: Int
        if let reused = free.popLast() {
            index = reused
            nodes[index] = node
        } else {
            index = nodes.count
            nodes.append(node)
        }
        if let last { nodes[last].next = index } else { first = index }
        last = index
        return index
    }

    /// Takes a connection out.
    /// - Parameter index: what ``append(_:since:)`` returned; each is removed once.
    mutating func remove(_ index: Int) {
        guard nodes.indices.contains(index), nodes[index].connection != nil else { return }
        let (previous, next) = (nodes[index].previous, nodes[index].next)
        nodes[index].connection = nil
        free.append(index)
        if let previous { nodes[previous].next = next } else { first = next }
        if let next { nodes[next].previous = previous } else { last = previous }
    }
}
