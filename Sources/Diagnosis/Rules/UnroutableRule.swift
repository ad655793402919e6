import Telemetry

/// Messages matched no queue.
///
/// Told as a count: a handful that were lost a minute ago are a rate of nothing.
enum UnroutableRule {
  static func findings(in window: Window) -> [Finding] {
    let losses = window.longTerm.losses
    if losses.isEmpty { return [] }
    var findings: [Finding] = []
    for index in window.newest.exchanges.indices where window.newest.exchanges[index].unroutable > 0
    {
      guard let loss = losses[window.newest.exchanges[index].identity],
        window.now.seconds(since: loss.lastAt) <= window.tuning[.unroutableSeconds]
      else { continue }
      findings.append(finding(of: window.newest.exchanges[index], loss, at: index, in: window))
    }
    return findings
  }

  private static func finding(
    of exchange: ExchangeSnapshot,
    _ loss: LongTerm.Loss,
    at index: Int,
    in window: Window
  ) -> Finding {
    Finding(
      rule: .unroutable,
      subject: .exchange(exchange.identity),
      triage: .publisher,
      text: counted(loss) + destination(of: exchange),
      since: loss.firstAt,
      uncertaintySeconds: window.refreshSeconds,
      evidence: evidence(of: exchange, loss, at: index, in: window),
      advice: advice(for: exchange)
    )
  }

  private static func counted(_ loss: LongTerm.Loss) -> String {
    let count = Format.count(loss.count)
    guard loss.isReturnedExact else { return "\(count) matched no queue" }
    if loss.returned == 0 { return "\(count) lost" }
    if loss.returned >= loss.count { return "\(count) went back to their publishers" }
    return "\(Format.count(loss.count - loss.returned)) lost, "
      + "\(Format.count(loss.returned)) went back to their publishers"
  }

  private static func destination(of exchange: ExchangeSnapshot) -> String {
    guard let key = exchange.lastUnroutableKey else {
      return exchange.bindingCount == 0 && !exchange.name.isEmpty ? ", it has no binding" : ""
    }
    if exchange.name.isEmpty {
      let nearest = exchange.nearestBindingKey.map { "; nearest queue \"\($0)\"" } ?? ""
      return ": no queue \"\(key)\"\(nearest)"
    }
    if exchange.bindingCount == 0 { return ", it has no binding; last key \"\(key)\"" }
    let nearest = exchange.nearestBindingKey.map { "; nearest binding \"\($0)\"" } ?? ""
    return ", last key \"\(key)\"\(nearest)"
  }

  private static func evidence(
    of exchange: ExchangeSnapshot,
    _ loss: LongTerm.Loss,
    at index: Int,
    in window: Window
  ) -> [String] {
    var evidence: [String] = []
    let quiet = window.now.seconds(since: loss.lastAt)
    if let before = window.exchangeSums.sums(of: index, agedSeconds: Limits.steadySeconds),
      let rate = Rates.perSecond(
        exchange.unroutable,
        since: before.sums.unroutable,
        seconds: before.seconds
      ), rate > 0
    {
      evidence.append("\(Format.rate(rate)) a second match no queue.")
    } else {
      evidence.append("The last one was \(Format.span(quiet)) ago.")
    }
    if !loss.isReturnedExact {
      evidence.append("Some were mandatory and went back to their publishers.")
    } else if loss.returned == 0 {
      evidence.append("None was mandatory, so no publisher was told.")
    } else if loss.returned >= loss.count {
      evidence.append("All were mandatory and went back: their publishers know of it.")
    }
    if !exchange.name.isEmpty, exchange.bindingCount > 0 {
      let bindings = exchange.bindingCount
      evidence.append(
        bindings == 1
          ? "Its only binding does not match." : "None of its \(bindings) bindings matches."
      )
    }
    if let key = exchange.lastUnroutableKey, exchange.name.isEmpty, isReply(key) {
      evidence.append("By its name it was to take answers: who asked has left.")
    }
    return evidence
  }

  /// Names that brokers give to queues of those who do not care for a name.
  private static func isReply(_ key: String) -> Bool {
    key.hasPrefix("amq.gen-") || key.hasPrefix("amq.rabbitmq.reply-to")
  }

  private static func advice(for exchange: ExchangeSnapshot) -> [Finding.Advice] {
    var advice: [Finding.Advice] = []
    if exchange.name.isEmpty {
      if let key = exchange.lastUnroutableKey, !isReply(key) {
        advice.append(Finding.Advice(action: "create", "declare queue \"\(key)\""))
      }
    } else if let key = exchange.lastUnroutableKey {
      let nearest = exchange.nearestBindingKey.map { ", or publish with \"\($0)\"" } ?? ""
      advice.append(Finding.Advice(action: "bind", "bind a queue by \"\(key)\"\(nearest)"))
    } else {
      advice.append(Finding.Advice(action: "bind", "bind a queue to it"))
    }
    advice.append(Finding.Advice(action: "open", "see who publishes there, and with which keys"))
    if !exchange.name.isEmpty {
      advice.append(
        Finding.Advice("give it an alternate exchange, which gets what matches nothing")
      )
    }
    return advice
  }
}
