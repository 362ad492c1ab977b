import Basics
import Glibc

/// The system's clock that says what day it is; it can be set.
public enum WallClock {
    /// This moment.
    public static var now: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(seconds: Int(time.tv_sec), nanoseconds: Int(time.tv_nsec))
    }

    /// The seconds of this moment since 1970 UTC, as certificates count.
    public static var seconds: Int64 { Int64(now.seconds) }
}
