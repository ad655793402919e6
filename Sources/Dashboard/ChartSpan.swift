/// How far back the charts reach.
enum ChartSpan: Int, Sendable, Hashable, CaseIterable {
  case minute = 60
  case fiveMinutes = 300
  case tenMinutes = 600

  var seconds: Int { rawValue }

  /// How a chart calls it.
  var word: String {
    switch self {
    case .minute: "60s"
    case .fiveMinutes: "5m"
    case .tenMinutes: "10m"
    }
  }

  /// The next that reaches less far; nil for the nearest.
  var nearer: ChartSpan? { Self.allCases.last { $0.rawValue < rawValue } }
  /// The next that reaches further; nil for the furthest.
  var further: ChartSpan? { Self.allCases.first { $0.rawValue > rawValue } }
}

extension TimeSeries {
  /// How many of the slots a chart of a span shows.
  func slots(in span: ChartSpan) -> Int { slots(in: Double(span.seconds)) }
}
