package import Recording
package import Telemetry

/// A place in a recording, as a person says it.
package enum RecordingPlace: Sendable, Hashable {
  /// Seconds since midnight, where the person is.
  case timeOfDay(seconds: Int)
  /// Seconds since the recording's beginning.
  case sinceBeginning(seconds: Double)

  /// Reads `05:31:47`, `05:31`, `90s` or `5m`.
  ///
  /// - Parameter text: What was typed.
  package init?(_ text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    if parts.count == 1 {
      guard let unit = text.last, let number = Double(text.dropLast()), number.isFinite, number >= 0
      else { return nil }
      switch unit {
      case "s": self = .sinceBeginning(seconds: number)
      case "m": self = .sinceBeginning(seconds: number * 60)
      case "h": self = .sinceBeginning(seconds: number * 3_600)
      default: return nil
      }
      return
    }
    let limits = [24, 60, 60]
    guard parts.count <= limits.count else { return nil }
    var seconds = 0
    for (part, limit) in zip(parts, limits) {
      guard part.utf8.count == 2, part.utf8.allSatisfy({ (48...57).contains($0) }),
        let number = Int(part), number < limit
      else { return nil }
      seconds = seconds * 60 + number
    }
    self = .timeOfDay(seconds: parts.count == 2 ? seconds * 60 : seconds)
  }

  /// Finds the place; of a time of day that comes more than once, the last.
  ///
  /// - Parameters:
  ///   - source: The recording.
  ///   - offsetSeconds: How far the person is east of UTC.
  /// - Returns: When the snapshot was made that was the newest then; nil outside of the recording.
  package func instant(in source: some FrameSource, offsetSeconds: Int) -> Instant? {
    guard source.frameCount > 0, let oldest = source.oldest, let newest = source.newest else {
      return nil
    }
    switch self {
    case .sinceBeginning(let seconds):
      // A tenth of a billion seconds is more than any recording has, and all that the sum can take.
      let instant = oldest.advanced(bySeconds: min(seconds, 1e8))
      guard instant <= newest else { return nil }
      return source.index(atOrBefore: instant).map { source.head($0).at }
    case .timeOfDay(let seconds):
      let first = source.head(0).wallTime.milliseconds
      let last = source.head(source.frameCount - 1).wallTime.milliseconds
      let day: Int64 = 86_400_000
      let local = last + Int64(offsetSeconds) * 1_000
      // All of the second that was said counts as it.
      var wanted = local - (local % day + day) % day + Int64(seconds) * 1_000
      if wanted > local { wanted -= day }
      wanted += 999 - Int64(offsetSeconds) * 1_000
      guard wanted >= first else { return nil }
      return Self.last(in: source, until: wanted)
    }
  }

  private static func last(in source: some FrameSource, until milliseconds: Int64) -> Instant? {
    var low = 0
    var high = source.frameCount
    while low < high {
      let middle = low + (high - low) / 2
      if source.head(middle).wallTime.milliseconds <= milliseconds {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low > 0 ? source.head(low - 1).at : nil
  }
}
