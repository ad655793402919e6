import Telemetry

/// What names a binding.
struct BindingName: Sendable, Hashable {
  var exchange: ExchangeIdentity
  var destination: BindingSnapshot.Destination
  var routingKey: String
  var arguments: String

  init(_ binding: BindingSnapshot) {
    exchange = ExchangeIdentity(virtualHost: binding.virtualHost, name: binding.source)
    destination = binding.destination
    routingKey = binding.routingKey
    arguments = binding.arguments
  }
}

/// A binding that nothing came over since it was first seen.
struct UnhitBinding: Sendable, Hashable {
  /// What its exchange had got then.
  var publishedBefore: UInt64
  /// When it was made, or first seen.
  var since: Instant
}

extension LongTerm {
  /// Looks at the bindings when there is a new survey of them.
  mutating func recordBindings(_ snapshot: BrokerSnapshot, tuning: Tuning) {
    guard let survey = snapshot.bindingSurvey else {
      (unhit, bindingFindings, bindingsSurveyedAt) = ([:], [], nil)
      return
    }
    if bindingsSurveyedAt == survey.at { return }
    bindingsSurveyedAt = survey.at
    if tuning.off.contains(.bindings) {
      (unhit, bindingFindings) = ([:], [])
      return
    }
    var published: [ExchangeIdentity: UInt64] = [:]
    for exchange in snapshot.exchanges { published[exchange.identity] = exchange.published }
    var kept: [BindingName: UnhitBinding] = [:]
    for binding in survey.bindings where binding.hits == 0 {
      let name = BindingName(binding)
      guard let count = published[name.exchange] else { continue }
      let known = unhit[name]
      // One that was made anew, or an exchange that counts anew, begins anew.
      let isSame =
        known.map { $0.publishedBefore <= count && $0.since == binding.createdAt ?? $0.since }
        ?? false
      kept[name] =
        isSame
        ? known : UnhitBinding(publishedBefore: count, since: binding.createdAt ?? survey.at)
    }
    unhit = kept
    bindingFindings = BindingsRule.findings(
      in: survey,
      snapshot: snapshot,
      unhit: unhit,
      unhitSeconds: tuning[.bindingsSeconds]
    )
  }
}
