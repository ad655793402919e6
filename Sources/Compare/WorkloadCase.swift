/// One part of the workload: what is published, where to, and what is measured.
///
/// The cases are values and the same for each broker, so that a table compares like with like.
package struct WorkloadCase: Sendable, Hashable {
  /// Which case it is; the raw value is its name in JSON.
  package enum Kind: String, Sendable, CaseIterable {
    case inMemory = "in_memory"
    case durable
    case latency
    case fanOut = "fan_out"
  }

  package let kind: Kind
  /// As the table names it.
  package let title: String
  /// Durable queue, persistent messages, confirms, each message acknowledged by its consumer.
  let isDurable: Bool
  /// Messages a second; nil publishes as fast as is taken.
  let perSecond: Double?
  /// Each message goes to so many queues, each with a consumer.
  let queueCount: Int

  /// The workload, in the order in which it runs.
  package static let all = [
    WorkloadCase(
      kind: .inMemory,
      title: "in memory",
      isDurable: false,
      perSecond: nil,
      queueCount: 1
    ),
    WorkloadCase(
      kind: .durable,
      title: "durable, confirmed",
      isDurable: true,
      perSecond: nil,
      queueCount: 1
    ),
    WorkloadCase(
      kind: .latency,
      title: "latency at \(Int(Limits.fixedRate))/s",
      isDurable: true,
      perSecond: Limits.fixedRate,
      queueCount: 1
    ),
    WorkloadCase(
      kind: .fanOut,
      title: "fan-out to \(Limits.fanOut)",
      isDurable: false,
      perSecond: nil,
      queueCount: Limits.fanOut
    ),
  ]

  /// What is done in it, in one line.
  package var explanation: String {
    switch kind {
    case .inMemory:
      "transient, 1 publisher, 1 consumer, auto-ack"
    case .durable:
      "persistent, at most \(Limits.unconfirmed) unconfirmed, each acknowledged"
    case .latency:
      "persistent, confirmed, acknowledged; from the scheduled moment on"
    case .fanOut:
      "transient, 1 fanout exchange, \(Limits.fanOut) queues and consumers, auto-ack"
    }
  }

  /// Bytes of each body.
  package static var bodyBytes: Int { Limits.bodyBytes }
}
