import JSONText

/// The samples as one request sees them: rates, and the histories that it asks for.
struct History: Sendable {
  /// The oldest first.
  let samples: [Sample]
  let ages: Ages

  /// How far back which figures are wanted (RabbitMQ, "HTTP API", `msg_rates_age` and so on).
  struct Ages: Sendable {
    var messages: Span?
    var lengths: Span?
    var bytes: Span?
    var node: Span?

    /// Seconds back, and seconds between two values.
    struct Span: Sendable, Hashable {
      var age: Int
      var increment: Int
    }

    /// Spans that are not numbers are not there, as in RabbitMQ.
    init(_ query: [String: String]) {
      messages = Self.span("msg_rates", query)
      lengths = Self.span("lengths", query)
      bytes = Self.span("data_rates", query)
      node = Self.span("node_stats", query)
    }

    private static func span(_ name: String, _ query: [String: String]) -> Span? {
      guard let age = query[name + "_age"].flatMap({ Int($0) }),
        let increment = query[name + "_incr"].flatMap({ Int($0) }),
        age > 0, increment > 0, age / increment <= 10_000
      else { return nil }
      return Span(age: age, increment: increment)
    }
  }

  /// The members that RabbitMQ has for figures: each value, and its details.
  ///
  /// - Parameters:
  ///   - figures: Whose names the members get.
  ///   - values: Now.
  ///   - subject: Whose samples are looked at.
  ///   - span: How far back; nil for the rate alone.
  /// - Returns: Two members for each figure.
  func members(
    _ figures: Figures,
    _ values: Values,
    of subject: Subject,
    _ span: Ages.Span?
  ) -> [JSON.Member] {
    members(figures.sums[...], values, from: 0, of: subject, span)
      + members(figures.gauges[...], values, from: figures.sums.count, of: subject, span)
  }

  /// The members for some figures, which begin at a place among the values.
  func members(
    _ names: ArraySlice<String>,
    _ values: Values,
    from offset: Int,
    of subject: Subject,
    _ span: Ages.Span?
  ) -> [JSON.Member] {
    let newest = samples.last?.values[subject]
    let before = samples.dropLast().last?.values[subject]
    let seconds = self.seconds
    var members: [JSON.Member] = []
    members.reserveCapacity(names.count * 2)
    for (place, name) in names.enumerated() {
      let index = offset + place
      members.append(.init(name: name, value: .integer(values[index])))
      var rate = 0.0
      if let newest, let before, seconds > 0 {
        rate = Double(newest[index] - before[index]) / seconds
      }
      var details: [JSON.Member] = [.init(name: "rate", value: .number(rate))]
      if let span { details += history(index, of: subject, span) }
      members.append(.init(name: name + "_details", value: .object(details)))
    }
    return members
  }

  /// Between the two newest samples.
  private var seconds: Double {
    guard samples.count > 1 else { return 0 }
    return Double(samples[samples.count - 1].at - samples[samples.count - 2].at) / 1e9
  }

  /// Values at whole steps of the wall clock, the newest first; 0 before there were samples.
  private func history(_ index: Int, of subject: Subject, _ span: Ages.Span) -> [JSON.Member] {
    guard let newest = samples.last else { return [] }
    let step = Int64(span.increment) * 1_000
    let end = newest.wallMilliseconds / step * step
    var values: [(at: Int64, value: Int64)] = []
    for time in stride(from: end, through: end - Int64(span.age) * 1_000, by: -Int(step)) {
      // A step of the clock shows what was sampled last before it.
      let sample = samples.last { $0.wallMilliseconds < time + step }
      values.append((time, sample?.values[subject]?[index] ?? 0))
    }
    let sum = values.reduce(0.0) { $0 + Double($1.value) }
    let change = Double((values.first?.value ?? 0) - (values.last?.value ?? 0))
    return [
      .init(name: "avg", value: .number(sum / Double(max(1, values.count)))),
      .init(name: "avg_rate", value: .number(change / Double(span.age))),
      .init(
        name: "samples",
        value: .array(
          values.map { ["sample": .integer($0.value), "timestamp": .integer($0.at)] }
        )
      ),
    ]
  }

  /// Since when nothing has changed, in milliseconds since 1970; nil when something did since the
  /// last sample.
  func idleSince(_ values: Values, _ subject: Subject) -> Int64? {
    var since: Int64?
    for sample in samples.reversed() {
      guard sample.values[subject] == values else { break }
      since = sample.wallMilliseconds
    }
    return since
  }

  /// In which share of the newest samples a consumer could have taken a message at once, 0 to 1;
  /// nil before the first sample.
  func capacity(ofQueue number: UInt64) -> Double? {
    let recent = samples.suffix(Self.capacitySamples)
    guard !recent.isEmpty else { return nil }
    return Double(recent.count { $0.deliverable.contains(number) }) / Double(recent.count)
  }

  /// A minute of them.
  private static let capacitySamples = 60 / Statistics.sampleSeconds
}

extension Call {
  /// The samples as far as this request wants them.
  func history() -> History {
    History(samples: office.statistics.samples, ages: History.Ages(query))
  }
}
