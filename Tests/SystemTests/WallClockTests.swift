import Foundation
import System
import Testing

@Suite struct WallClockTests {
    @Test func `Now is now`() {
        let difference = Date.now.timeIntervalSince1970 - Double(WallClock.seconds)
        #expect(difference > -2 && difference < 2)
    }
}
