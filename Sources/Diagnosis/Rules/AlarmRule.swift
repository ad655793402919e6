import Telemetry

/// A resource is low, so that publishers wait.
enum AlarmRule {
  static func findings(in window: Window) -> [Finding] {
    if window.newest.alarms.isEmpty { return [] }
    return window.newest.alarms.map { finding(of: $0, in: window) }
  }

  private static func finding(of alarm: ResourceAlarm, in window: Window) -> Finding {
    let connections = window.newest.connections
    let blocked = connections.indices.filter { connections[$0].isBlocked }
    let since = window.longTerm.alarms[alarm]
    let wasOn = since == window.firstAt
    var evidence: [String] = []
    if !blocked.isEmpty {
      evidence.append("Blocked: \(Examples.list(blocked.lazy.map { connections[$0].placeName })).")
    }
    evidence.append("Consumers are served as before.")
    if wasOn { evidence.append("It was on already when this dashboard began to look.") }
    evidence += sizes(in: window)
    return Finding(
      rule: .alarm,
      subject: .resource(alarm),
      triage: .broker,
      text: text(blocked.count),
      since: since,
      uncertaintySeconds: wasOn ? 0 : window.refreshSeconds,
      evidence: evidence,
      advice: advice(for: alarm)
    )
  }

  private static func text(_ blocked: Int) -> String {
    switch blocked {
    case 0: "low: who publishes now will wait; no connection is blocked yet"
    case 1: "low, so publishers wait; 1 connection is blocked"
    default: "low, so publishers wait; \(Format.count(blocked)) connections are blocked"
    }
  }

  /// What the waiting messages take, and which queue has the most.
  private static func sizes(in window: Window) -> [String] {
    let queues = window.newest.queues
    var (sum, most) = (0, -1)
    for index in queues.indices where queues[index].readyBytes > 0 {
      sum = sum.addingReportingOverflow(queues[index].readyBytes).partialValue
      if most < 0 || queues[index].readyBytes > queues[most].readyBytes { most = index }
    }
    guard most >= 0 else { return [] }
    let largest = queues[most]
    return [
      "The messages that wait have \(Format.bytes(sum)), "
        + "\(Format.bytes(largest.readyBytes)) of them in queue \(largest.identity.shownName) "
        + "(\(Format.count(largest.ready)) messages)."
    ]
  }

  private static func advice(for alarm: ResourceAlarm) -> [Finding.Advice] {
    let drain = Finding.Advice(action: "add", "add consumers to the longest queue: it makes room")
    let purge = Finding.Advice(action: "purge", "purge what nobody will need")
    switch alarm {
    case .memory:
      return [
        drain, purge,
        Finding.Advice(
          "raise the limit if the machine has room: --memory-limit here, "
            + "vm_memory_high_watermark in RabbitMQ"
        ),
      ]
    case .disk:
      return [
        Finding.Advice("make room on the disk that has the broker's data"), drain, purge,
        Finding.Advice(
          "or lower the limit: --disk-free-limit here, disk_free_limit in RabbitMQ"
        ),
      ]
    }
  }
}
