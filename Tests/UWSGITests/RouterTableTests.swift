import Testing
import UWSGI

@Suite struct RouterTableTests {
    @Test(arguments: [
        (1_048_576, 1, 8 << 20), (1_073_741_816, 1, 8_589_934_528), (1 << 20, 4, 32 << 20), (0, 3, 0),
        (-1, 1, 0), (1024, 0, 0),
        (Int.max, 1, Int.max), (Int.max / 8 + 1, 1, Int.max), (Int.max / 8, 2, Int.max),
    ])
    func `Eight bytes for each descriptor, in each router process`(
        _ limit: Int, _ processes: Int, _ bytes: Int
    ) {
        #expect(RouterTable.bytes(limit: limit, processes: processes) == bytes)
    }
}
