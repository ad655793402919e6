import Telemetry

/// What the facts are told with each snapshot.
struct Step: Sendable {
  let now: Instant
  /// Since the snapshot before; 0 with the first.
  let seconds: Double
  let tuning: Tuning

  /// Returns the part of something that is left after the step when it fades over a span.
  func remainder(over span: Double) -> Double { max(0, 1 - seconds / span) }
}

/// A mean that forgets: of all values at first, later of those of the last span.
struct FadingMean: Sendable, Hashable {
  private(set) var value = 0.0
  /// For how long values came, in seconds.
  private(set) var seconds = 0.0

  /// Takes a value that held during a step.
  ///
  /// - Parameters:
  ///   - newValue: The value.
  ///   - step: For how long it held.
  ///   - span: What is older counts less and less, in seconds.
  mutating func add(_ newValue: Double, for step: Step, over span: Double) {
    guard step.seconds > 0 else { return }
    seconds += step.seconds
    value += (newValue - value) * min(1, step.seconds / min(seconds, span))
  }
}
