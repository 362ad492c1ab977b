/// What one review may still spend on detection: one for all containers of a review.
///
/// A step is about what reading one byte takes, and one command of a script takes sixteen. What a review can ask for
/// is bounded by its own length, however its bytes are spread over containers: were each container to begin with the
/// floor again, ten thousand short ones would keep a processor busy for seconds.
public struct DetectionBudget {
    /// Steps that every review may take, however short it is.
    static let floor = 16 * 1024
    /// Steps for each byte.
    static let stepsPerByte = 32
    /// Bytes that the expansion of `$(NAME)` may write, in every review and for each byte of it. The kubelet knows no
    /// such limit: a chain of thirty variables, each twice the one before, would fill any memory.
    static let expansionFloor = 1 << 20
    static let expansionPerByte = 4
    /// Bytes of files that every review may read on top of its own, whatever its containers mount and run from.
    static let mostFileBytes = 4 << 20
    /// After how many steps the clock is asked again: some hundred commands.
    private static let stepsBetweenLooks = 4096

    /// Steps left; what is to be examined when there are none is left unexamined, and so unknown.
    var steps: Int
    /// Bytes that expansion may still write.
    var expansionBytes: Int
    private var fileBytesLeft = Self.mostFileBytes
    private var stepsAtNextLook: Int
    private let deadline: (@Sendable () -> Bool)?
    /// Whether the review's time was over while there was still something to examine: what was found is then not to be
    /// relied on.
    public private(set) var isPastDeadline = false

    /// - Parameters:
    ///   - reviewBytes: the length of what is reviewed.
    ///   - isPastDeadline: whether the time for the review is over; asked every some hundred commands. `nil` when the
    ///     review may take its time.
    public init(reviewBytes: Int, isPastDeadline: (@Sendable () -> Bool)? = nil) {
        let bytes = min(max(0, reviewBytes), 1 << 40)
        steps = Self.floor + Self.stepsPerByte * bytes
        expansionBytes = Self.expansionFloor + Self.expansionPerByte * bytes
        stepsAtNextLook = steps - Self.stepsBetweenLooks
        deadline = isPastDeadline
    }

    /// Pays for one command.
    /// - Returns: whether there was enough left.
    mutating func takeStep() -> Bool {
        spend(16)
        return steps > 0
    }

    /// Whether nothing may be done any more.
    var isExhausted: Bool { steps <= 0 }

    /// Pays for work that was done.
    mutating func spend(_ count: Int) {
        steps -= count
        if steps <= stepsAtNextLook, !isPastDeadline { lookAtClock() }
    }

    /// Pays for text before it is made.
    /// - Returns: whether there was enough left; if not, nothing is from now on.
    @discardableResult
    mutating func spendBytes(_ count: Int) -> Bool {
        guard count < steps else {
            steps = min(steps, 0)
            return false
        }
        spend(count)
        return true
    }

    /// Makes room for what is read and is not among the review's bytes: a file, or what an image says. Of more than a
    /// review may read, as much is followed as the rest of the budget goes.
    /// - Parameter bytes: its length.
    public mutating func allow(fileBytes bytes: Int) {
        let allowed = min(max(0, bytes), fileBytesLeft)
        fileBytesLeft -= allowed
        steps += Self.stepsPerByte * allowed
        stepsAtNextLook += Self.stepsPerByte * allowed
        expansionBytes += Self.expansionPerByte * allowed
    }

    private mutating func lookAtClock() {
        stepsAtNextLook = steps - Self.stepsBetweenLooks
        guard let deadline, deadline() else { return }
        isPastDeadline = true
        steps = 0
    }
}
