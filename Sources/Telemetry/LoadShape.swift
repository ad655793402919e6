/// How the arrival rate moves around the rate that the person set; the raw value is the name in
/// scenario files.
package enum LoadShapeKind: String, Sendable, Hashable, CaseIterable {
  /// The set rate.
  case steady
  /// `factor` times the rate from now on for `seconds`, then the rate again.
  case step
  /// Rises in a straight line from the rate to `factor` times the rate within `seconds`, and stays.
  case ramp
  /// Rises to `factor` times the rate and falls again, as a triangle of `seconds`.
  case spike
  /// Swings between the rate divided by `factor` and the rate times `factor`, one turn in `seconds`.
  case sine
  /// `factor` seconds' worth of customers at one instant, every `seconds`.
  case burst
  /// The arrivals of a recorded file, from its beginning.
  case replay
}

/// A load shape with its figures.
package struct LoadShape: Sendable, Hashable {
  package var kind: LoadShapeKind
  /// From 1 to 1,000; what it means depends on the kind.
  package var factor: Double
  /// From 0.1 to 3,600; what it means depends on the kind.
  package var seconds: Double
  /// The arrivals of ``LoadShapeKind/replay``: seconds from the beginning, ascending.
  package var arrivals: [Double]

  package static let steady = LoadShape(kind: .steady, factor: 1, seconds: 1)

  /// - Parameters:
  ///   - kind: How the rate moves.
  ///   - factor: From 1 to 1,000.
  ///   - seconds: From 0.1 to 3,600.
  ///   - arrivals: For a replay, seconds from the beginning, ascending.
  package init(kind: LoadShapeKind, factor: Double, seconds: Double, arrivals: [Double] = []) {
    self.kind = kind
    self.factor = factor
    self.seconds = seconds
    self.arrivals = arrivals
  }
}
