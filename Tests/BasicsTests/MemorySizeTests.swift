import Basics
import Testing

@Suite struct MemorySizeTests {
    @Test(arguments: [
        (0, "0 B"), (1023, "1023 B"), (1024, "1 KiB"), (1536, "1.5 KiB"), (8 << 20, "8 MiB"),
        (8 * 1_073_741_816, "8 GiB"),
        (1 << 33, "8 GiB"), (150 << 30, "150 GiB"), (Int.max, "8 EiB"), (1 << 60, "1 EiB"),
        (3 << 59, "1.5 EiB"),
        (1127 << 10, "1.1 MiB"),
    ])
    func `Amounts of memory for people`(_ bytes: Int, _ text: String) {
        #expect(MemorySize.text(bytes) == text)
    }

    @Test func `Sums and products stay at the ends of what a number holds`() {
        #expect(
            Int.max.addingSaturated(1) == .max && Int.min.addingSaturated(-1) == .min
                && 2.addingSaturated(3) == 5)
        #expect(Int.max.multipliedSaturated(by: 2) == .max && Int.max.multipliedSaturated(by: -2) == .min)
        #expect(Int.min.multipliedSaturated(by: -1) == .max && 6.multipliedSaturated(by: 7) == 42)
    }
}
