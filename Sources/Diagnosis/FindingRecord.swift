package import Telemetry

/// A finding as exports and alerts write it: names and values in a fixed order, whatever the format.
///
/// Times are milliseconds since 1970; what is not known is `none`, so that a finding always has the
/// same names. Texts have names from the network in them that are not yet made safe for a terminal.
package struct FindingRecord: Sendable, Hashable {
  package var fields: [Field]

  /// A name and its value.
  package struct Field: Sendable, Hashable {
    package var name: String
    package var value: Value

    init(_ name: String, _ value: Value) {
      self.name = name
      self.value = value
    }
  }

  /// What a field can be; JSON has each of them.
  package indirect enum Value: Sendable, Hashable {
    case none
    case text(String)
    case integer(Int64)
    case number(Double)
    case list([Value])
    case fields([Field])

    fileprivate init(_ text: String?) { self = text.map(Value.text) ?? .none }
  }

  /// - Parameters:
  ///   - finding: What was found.
  ///   - snapshot: What it was found in; its clocks tell when the trouble began.
  package init(_ finding: Finding, in snapshot: BrokerSnapshot) {
    let began = finding.since.map { snapshot.wallTime(of: $0).milliseconds }
    let lasts = finding.since.map { max(0, snapshot.at.seconds(since: $0)) }
    fields = [
      Field("rule", .text(finding.rule.rawValue)),
      Field("word", .text(finding.rule.word)),
      Field("severity", .text(finding.rule.severity.name)),
      Field("triage", .text(finding.triage.rawValue)),
      Field("broker", .text(snapshot.identity.label)),
      Field("endpoint", .text(snapshot.identity.endpoint)),
      Field("subject", .fields(Self.fields(of: finding.subject))),
      Field("text", .text(finding.text)),
      Field("at", .integer(snapshot.wallTime.milliseconds)),
      Field("since", began.map(Value.integer) ?? .none),
      Field("lastsSeconds", lasts.map { .number(Self.rounded($0)) } ?? .none),
      Field("uncertaintySeconds", .number(Self.rounded(finding.uncertaintySeconds))),
      Field("reach", Value(finding.reach.isEmpty ? nil : finding.reach)),
      Field("evidence", .list(finding.evidence.map(Value.text))),
      Field(
        "advice",
        .list(
          finding.advice.map { advice in
            .fields([Field("action", Value(advice.action)), Field("text", .text(advice.text))])
          }
        )
      ),
      Field(
        "symptoms",
        .list(
          finding.symptoms.map { symptom in
            .fields([
              Field("rule", .text(symptom.rule.rawValue)),
              Field("subject", .fields(Self.fields(of: symptom.subject))),
              Field("text", .text(symptom.text)),
            ])
          }
        )
      ),
    ]
  }

  /// The value of a name; nil for a name that is not there.
  package subscript(name: String) -> Value? { fields.first { $0.name == name }?.value }

  /// Numbers are given to the millisecond: further digits are noise.
  private static func rounded(_ seconds: Double) -> Double {
    seconds.isFinite ? (seconds * 1_000).rounded() / 1_000 : 0
  }

  /// Each subject has the same names, so that a reader needs not look first what it is.
  private static func fields(of subject: Subject) -> [Field] {
    var (host, queue, exchange): (String?, String?, String?) = (nil, nil, nil)
    var (consumer, connection): (UInt64?, UInt64?) = (nil, nil)
    switch subject {
    case .broker, .client, .resource: break
    case .queue(let identity): (host, queue) = (identity.virtualHost, identity.name)
    case .exchange(let identity): (host, exchange) = (identity.virtualHost, identity.name)
    case .consumer(let identifier, let identity):
      (host, queue, consumer) = (identity.virtualHost, identity.name, identifier)
    case .connection(let identifier, _): connection = identifier
    }
    func value(_ identifier: UInt64?) -> Value {
      identifier.map { .integer(Int64(clamping: $0)) } ?? .none
    }
    return [
      Field("kind", .text(subject.kind)),
      Field("name", .text(subject.shownName)),
      Field("virtualHost", Value(host)),
      Field("queue", Value(queue)),
      Field("exchange", Value(exchange)),
      Field("consumer", value(consumer)),
      Field("connection", value(connection)),
    ]
  }
}

extension Subject {
  /// The word for what it is, as exports write it.
  package var kind: String {
    switch self {
    case .broker: "broker"
    case .queue: "queue"
    case .exchange: "exchange"
    case .consumer: "consumer"
    case .connection: "connection"
    case .client: "client"
    case .resource: "resource"
    }
  }
}

extension Rule.Severity {
  /// The word for it, as exports write it.
  package var name: String {
    switch self {
    case .critical: "critical"
    case .warning: "warning"
    case .note: "note"
    }
  }
}

extension BrokerSnapshot {
  /// Tells the time of day of an instant near this one.
  ///
  /// - Parameter instant: On the clock of ``at``.
  /// - Returns: As the broker's clock of the day had it, if that did not jump since.
  package func wallTime(of instant: Instant) -> WallTime {
    let passed = (instant.nanoseconds - at.nanoseconds) / 1_000_000
    return WallTime(milliseconds: wallTime.milliseconds + passed)
  }
}
