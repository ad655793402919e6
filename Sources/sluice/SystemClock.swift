import Glibc
import Host
import Telemetry

/// The clocks of this machine, as the rest of the program is told them.
enum SystemClock {
  /// The clock that the broker's instants come from.
  static func now() -> Instant {
    Instant(nanoseconds: HostClock.monotonicNanoseconds())
  }

  static func wallTime() -> WallTime {
    WallTime(milliseconds: HostClock.wallMilliseconds())
  }

  /// The local time as a part of a file's name: `2026-11-28-150255`.
  static func fileStamp() -> String {
    var now = time(nil)
    var local = tm()
    guard localtime_r(&now, &local) != nil else { return "\(now)" }
    func digits(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let date = [local.tm_year + 1900, local.tm_mon + 1, local.tm_mday].map(digits)
    let time = [local.tm_hour, local.tm_min, local.tm_sec].map(digits)
    return date.joined(separator: "-") + "-" + time.joined()
  }

  /// Seconds that the local time is ahead of UTC now.
  static func timeZoneOffsetSeconds() -> Int {
    var now = time(nil)
    var local = tm()
    guard localtime_r(&now, &local) != nil else { return 0 }
    return local.tm_gmtoff
  }
}
