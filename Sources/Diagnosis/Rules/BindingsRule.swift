import Telemetry

/// Bindings that were never hit, and bindings that another makes needless.
///
/// A survey comes seldom and is long, so that it is looked at once and not in each snapshot.
enum BindingsRule {
  static func findings(in window: Window) -> [Finding] { window.longTerm.bindingFindings }

  /// Looks at a survey.
  ///
  /// - Parameters:
  ///   - survey: All bindings.
  ///   - snapshot: What the exchanges got until now.
  ///   - unhit: What is known of those that nothing came over.
  ///   - unhitSeconds: How old such a binding is that is told.
  /// - Returns: One finding for an exchange, in the snapshot's order.
  /// - Complexity: O(bindings + ``Limits/bindingComparisons``).
  static func findings(
    in survey: BindingSurvey,
    snapshot: BrokerSnapshot,
    unhit: [BindingName: UnhitBinding],
    unhitSeconds: Double
  ) -> [Finding] {
    let bindings = survey.bindings
    let places = Dictionary(grouping: bindings.indices) { index in
      ExchangeIdentity(virtualHost: bindings[index].virtualHost, name: bindings[index].source)
    }
    var comparisons = Limits.bindingComparisons
    var findings: [Finding] = []
    // Of notes no more are listed.
    for exchange in snapshot.exchanges where findings.count < Limits.findings {
      guard let own = places[exchange.identity] else { continue }
      let covered = coverage(of: own, in: bindings, exchange.type, &comparisons)
      let dead = own.filter { index in
        guard covered[index] == nil, let known = unhit[BindingName(bindings[index])] else {
          return false
        }
        return snapshot.at.seconds(since: known.since) >= unhitSeconds
          && exchange.published - known.publishedBefore >= UInt64(Limits.unhitMessages)
      }
      if covered.isEmpty, dead.isEmpty { continue }
      let needless = own.filter { covered[$0] != nil }
      let evidence =
        dead.prefix(Limits.examples).map { index in
          words(for: bindings[index], unhit, exchange, at: snapshot.at)
        }
        + needless.prefix(Limits.examples).map { index in
          words(for: bindings[index], coveredBy: covered[index].map { bindings[$0] })
        }
      let since =
        dead.compactMap { unhit[BindingName(bindings[$0])]?.since }.min()
        ?? needless.compactMap { bindings[$0].createdAt }.min()
      findings.append(
        finding(
          of: exchange.identity,
          counts: (own.count, dead.count, needless.count),
          since: since,
          evidence: evidence
        )
      )
    }
    return findings
  }

  private static func finding(
    of exchange: ExchangeIdentity,
    counts: (all: Int, dead: Int, needless: Int),
    since: Instant?,
    evidence: [String]
  ) -> Finding {
    var parts: [String] = []
    let all = counts.all == 1 ? "1 binding" : "\(Format.count(counts.all)) bindings"
    if counts.dead > 0 {
      parts.append("\(Format.count(counts.dead)) of \(all) never hit")
    }
    if counts.needless > 0 {
      let of = counts.dead > 0 ? "" : " of \(all)"
      let verb = counts.needless == 1 ? "says" : "say"
      parts.append("\(Format.count(counts.needless))\(of) \(verb) what another says")
    }
    let shown = evidence.count
    var said = evidence
    let more = counts.dead + counts.needless - shown
    if more > 0 { said.append("And \(Format.count(more)) more.") }
    return Finding(
      rule: .bindings,
      subject: .exchange(exchange),
      triage: .publisher,
      text: parts.joined(separator: ", "),
      since: since,
      uncertaintySeconds: BindingSurvey.seconds,
      evidence: said,
      advice: [
        Finding.Advice(action: "open", "see the hits of each of its bindings"),
        Finding.Advice("compare the keys with those that are published; unbind what is not needed"),
      ]
    )
  }

  private static func words(
    for binding: BindingSnapshot,
    _ unhit: [BindingName: UnhitBinding],
    _ exchange: ExchangeSnapshot,
    at now: Instant
  ) -> String {
    guard let known = unhit[BindingName(binding)] else { return "" }
    let age = Format.span(now.seconds(since: known.since))
    let count = Format.count(exchange.published - known.publishedBefore)
    return "\(name(of: binding)): never hit in \(age), while the exchange got \(count) messages."
  }

  private static func words(
    for binding: BindingSnapshot,
    coveredBy other: BindingSnapshot?
  ) -> String {
    "\(name(of: binding)): also in \(other.map { key(of: $0) } ?? "another")."
  }

  private static func name(of binding: BindingSnapshot) -> String {
    "\(key(of: binding)) to \(binding.destination.name)"
  }

  private static func key(of binding: BindingSnapshot) -> String {
    binding.routingKey.isEmpty ? "\"\"" : binding.routingKey
  }
}

/// Which bindings of an exchange say what another of the same destination says.
extension BindingsRule {
  private static func coverage(
    of own: [Int],
    in bindings: [BindingSnapshot],
    _ type: String,
    _ comparisons: inout Int
  ) -> [Int: Int] {
    guard own.count > 1, type == "topic" || type == "fanout" || type == "direct" else { return [:] }
    var covered: [Int: Int] = [:]
    let groups = Dictionary(grouping: own) { bindings[$0].destination }
    // In the same order each time, as the comparisons may end before the groups do.
    for group in groups.values.sorted(by: { $0[0] < $1[0] }) where group.count > 1 {
      switch type {
      case "fanout":
        for index in group.dropFirst() { covered[index] = group[0] }
      default:
        cover(group, in: bindings, isTopic: type == "topic", &covered, &comparisons)
      }
    }
    return covered
  }

  private static func cover(
    _ group: [Int],
    in bindings: [BindingSnapshot],
    isTopic: Bool,
    _ covered: inout [Int: Int],
    _ comparisons: inout Int
  ) {
    // Arguments tell them apart and say nothing to these exchanges.
    var first: [String: Int] = [:]
    for index in group {
      let key = bindings[index].routingKey
      if let known = first[key] { covered[index] = known } else { first[key] = index }
    }
    guard isTopic else { return }
    let patterns = group.map { (index: $0, pattern: TopicPattern(bindings[$0].routingKey)) }
    // Those that cover most come first, and nearly always end the search.
    let wide = patterns.filter(\.pattern.hasWildcards).sorted { left, right in
      if left.pattern.hasAnyMany != right.pattern.hasAnyMany { return left.pattern.hasAnyMany }
      if left.pattern.wordCount != right.pattern.wordCount {
        return left.pattern.wordCount < right.pattern.wordCount
      }
      return left.index < right.index
    }
    for (index, pattern) in patterns where covered[index] == nil {
      for (other, wider) in wide where other != index && covered[other] == nil {
        comparisons -= 1
        if comparisons < 0 { return }
        guard wider.covers(pattern) else { continue }
        // Of two that say the same the first stays.
        if other > index, pattern.covers(wider) { continue }
        covered[index] = other
        break
      }
    }
  }
}
