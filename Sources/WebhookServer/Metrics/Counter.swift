import Synchronization

/// One number of the metrics that any thread may change and read. It only counts: nothing else is ordered by it.
final class Counter: Sendable {
    private let cell = Atomic<Int>(0)

    var value: Int { cell.load(ordering: .relaxed) }

    func add(_ count: Int = 1) { cell.wrappingAdd(count, ordering: .relaxed) }

    func subtract(_ count: Int = 1) { cell.wrappingSubtract(count, ordering: .relaxed) }

    func set(_ value: Int) { cell.store(value, ordering: .relaxed) }
}

/// A label whose values are all known before the program starts.
///
/// Labels of the metrics are of this kind, so that nothing that a client sends can make a new time series.
protocol FixedLabel: CaseIterable, Equatable, Sendable {
    /// The label's value as the metrics show it.
    var labelValue: String { get }
}

extension FixedLabel {
    /// The place among all the cases.
    var ordinal: Int {
        for (index, value) in Self.allCases.enumerated() where value == self { return index }
        return 0
    }
}

extension FixedLabel where Self: RawRepresentable, RawValue == String {
    var labelValue: String { rawValue }
}

/// A counter for each value of a label.
struct LabelledCounter<Label: FixedLabel>: Sendable {
    private let cells: [Counter]

    init() {
        cells = Label.allCases.map { _ in Counter() }
    }

    subscript(label: Label) -> Counter { cells[label.ordinal] }
}

/// A counter for each pair of two labels' values.
struct LabelledCounters<Row: FixedLabel, Column: FixedLabel>: Sendable {
    private let cells: [Counter]
    private let width: Int

    init() {
        width = Column.allCases.count
        cells = (0..<Row.allCases.count * Column.allCases.count).map { _ in Counter() }
    }

    subscript(row: Row, column: Column) -> Counter { cells[row.ordinal * width + column.ordinal] }
}
