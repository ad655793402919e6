/// The sizes and spans that bound what the diagnosis keeps.
package enum Limits {
  /// Instants whose sums are kept.
  package static let columns = 24
  /// The shortest distance between two of them.
  package static let columnSeconds = 0.45
  /// How far back sums are kept.
  package static let ringSeconds = 11.0
  /// A rate over less than this is noise.
  package static let shortestRateSeconds = 0.2
  /// The span of a rate that must follow quickly.
  package static let quickSeconds = 2.0
  /// The span of a rate that must be steady.
  package static let steadySeconds = 10.0
  /// Minutes whose least depth is kept.
  package static let minutes = 11
  /// Findings that are listed; more are only counted.
  package static let findings = 256
}
