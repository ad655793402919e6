import AMQP
import Telemetry

private typealias Fact = WatchedDetails.Fact

extension FieldTable {
  /// The entries as facts; tables in it with the names on the way before them.
  fileprivate func facts(_ prefix: String = "") -> [WatchedDetails.Fact] {
    entries.flatMap { entry -> [WatchedDetails.Fact] in
      if case .table(let table) = entry.value, !table.isEmpty {
        return table.facts(prefix + entry.key + ".")
      }
      return [Fact(prefix + entry.key, entry.value.shown)]
    }
  }
}

extension AppliedPolicy {
  fileprivate var facts: [WatchedDetails.Fact] {
    [("policy", policyName), ("operator policy", operatorPolicyName)].compactMap { name, policy in
      policy.map { Fact(name, $0) }
    }
  }
}

private func yes(_ isSo: Bool) -> String { isSo ? "yes" : "no" }

private func milliseconds(_ nanoseconds: Int64) -> String { "\(nanoseconds / 1_000_000) ms" }

extension Queue {
  /// How it was declared, and what applies to it.
  var facts: [WatchedDetails.Fact] {
    var facts = [
      Fact("type", settings.type.rawValue),
      Fact("durable", yes(isDurable)),
      Fact("exclusive", yes(isExclusive)),
      Fact("auto-delete", yes(isAutoDelete)),
    ]
    if let owner { facts.append(Fact("owner", owner.identity.name)) }
    facts += arguments.facts() + policy.facts + limitFacts
    if isSingleActiveConsumer {
      facts.append(Fact("single active consumer", activeConsumer?.tag.text ?? "none yet"))
    }
    facts.append(Fact("persistent messages", isStored ? "survive a restart" : "do not survive"))
    let paged = ready.paged
    let inMemory = ready.count - paged.count
    facts.append(Fact("in memory", "\(inMemory) messages, \(readyBytes - paged.bodyBytes) bytes"))
    if paged.count > 0 {
      facts.append(Fact("on disk alone", "\(paged.count) messages, \(paged.bodyBytes) bytes"))
    }
    return facts
  }

  /// What arguments and policies come to together.
  private var limitFacts: [WatchedDetails.Fact] {
    var facts: [(String, String?)] = [
      ("message lifetime", settings.messageLifetime.map(milliseconds)),
      ("unused for at most", settings.idleLifetime.map(milliseconds)),
      ("at most", settings.maximumLength.map { "\($0) messages" }),
      ("at most in all", settings.maximumBytes.map { "\($0) bytes" }),
    ]
    if settings.hasLengthLimit { facts.append(("when full", settings.overflow.rawValue)) }
    facts.append(("limited by hand to", limitByHand.map { "\($0) messages" }))
    let isNamed = settings.deadLetterExchange?.bytes.isEmpty == false
    facts += [
      (
        "dead letters to",
        settings.deadLetterExchange.map { isNamed ? $0.text : "the default exchange" }
      ),
      ("dead letters with key", settings.deadLetterRoutingKey?.text),
      ("delivery limit", settings.deliveryLimit.map { "\($0)" }),
      (
        "highest priority",
        settings.maximumPriority > 0 ? "\(settings.maximumPriority)" : nil
      ),
    ]
    return facts.compactMap { name, value in value.map { Fact(name, $0) } }
  }
}

extension Exchange {
  var facts: [WatchedDetails.Fact] {
    var facts = [
      Fact("type", type.rawValue),
      Fact("durable", yes(isDurable)),
      Fact("auto-delete", yes(isAutoDelete)),
      Fact("internal", yes(isInternal)),
    ]
    facts += arguments.facts() + policy.facts
    if let alternateName { facts.append(Fact("alternate exchange", alternateName.text)) }
    return facts
  }
}

extension Consumer {
  var facts: [WatchedDetails.Fact] {
    [
      Fact("tag", tag.text),
      Fact("queue", queue.name.text),
      Fact("virtual host", queue.host.name),
      Fact("acknowledges", isAutomaticallyAcknowledged ? "automatically" : "itself"),
      Fact("prefetch", prefetchCount == 0 ? "no limit" : "\(prefetchCount)"),
      Fact("exclusive", yes(isExclusive)),
      Fact("priority", "\(priority)"),
    ] + arguments.facts() + [
      Fact("connection", connection.identity.name),
      Fact("peer", connection.identity.peerAddress),
      Fact("channel", "\(channel.number)"),
    ]
  }
}

extension Connection {
  var facts: [WatchedDetails.Fact] {
    let heartbeat = identity.heartbeatSeconds
    let properties = identity.properties.facts()
    return [
      Fact("name", identity.name),
      Fact("peer", identity.peerAddress),
      Fact("user", identity.user),
      Fact("virtual host", host.name),
      Fact("protocol", "AMQP 0-9-1"),
      Fact("TLS", yes(identity.isEncrypted)),
      Fact("heartbeat", heartbeat == 0 ? "none" : "\(heartbeat) s"),
      Fact("frame max", "\(maximumFrameBytes) bytes"),
      Fact("channel max", "\(identity.channelCountLimit)"),
    ] + properties
  }
}
