/// What one review may still spend on detection: one for all containers of a review.
public struct DetectionBudget {
    /// Whether the review's deadline has passed. Detection then stops at once, and what it has found is not to be
    /// answered with.
    public private(set) var isPastDeadline = false

    private var steps: Int
    private let stepsAtStart: Int
    private var bytes: Int
    private let askDeadline: (@Sendable () -> Bool)?
    private var stepsToQuestion = Self.stepsBetweenQuestions

    /// How many steps pass between two questions about the deadline: some tens of microseconds.
    private static let stepsBetweenQuestions = 8192
    /// What the smallest review may cost: in steps, of which a command takes ``stepsOfCommand``.
    private static let floor = 16 * 1024
    private static let stepsForByte = 32
    static let stepsOfCommand = 16

    /// - Parameters:
    ///   - reviewBytes: how long the review is; what may be spent is in proportion to it.
    ///   - isPastDeadline: asked every some hundred commands.
    public init(reviewBytes: Int, isPastDeadline: (@Sendable () -> Bool)? = nil) {
        let (product, overflow) = max(0, reviewBytes).multipliedReportingOverflow(by: Self.stepsForByte)
        steps = overflow ? .max : Self.floor + min(product, .max - Self.floor)
        stepsAtStart = steps
        bytes = steps
        askDeadline = isPastDeadline
    }

    /// Whether anything may still be done.
    var isExhausted: Bool { steps <= 0 || bytes <= 0 || isPastDeadline }

    var stepsTaken: Int { stepsAtStart - steps }

    /// Pays for work.
    mutating func spend(_ count: Int) {
        steps -= count
        stepsToQuestion -= count
        if stepsToQuestion <= 0 {
            stepsToQuestion = Self.stepsBetweenQuestions
            if let askDeadline, askDeadline() { isPastDeadline = true }
        }
    }

    /// Pays for text that is made.
    /// - Returns: whether there was enough left; if not, nothing is.
    @discardableResult
    mutating func spendBytes(_ count: Int) -> Bool {
        guard count < bytes, count < steps else {
            spend(max(0, steps))
            bytes = 0
            return false
        }
        bytes -= count
        spend(count)
        return true
    }
}
