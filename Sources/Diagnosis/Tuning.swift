/// What a person changed of the rules.
package struct Tuning: Sendable, Hashable {
  /// Rules that are switched off.
  package var off: Set<Rule>
  private var values: [Threshold: Double]

  package static let standard = Tuning()

  /// - Parameters:
  ///   - off: Rules that are switched off.
  ///   - values: Thresholds with other values than the standard ones.
  package init(off: Set<Rule> = [], values: [Threshold: Double] = [:]) {
    self.off = off
    self.values = values
  }

  /// The value of a threshold.
  package subscript(_ threshold: Threshold) -> Double {
    get { values[threshold] ?? threshold.standard }
    set { values[threshold] = newValue }
  }
}

/// A number from which on a rule speaks; the raw value is its name in the config, the rule's name in
/// front.
package enum Threshold: String, Sendable, Hashable, CaseIterable {
  case stuckSeconds = "stuck.seconds"
  case stuckTimes = "stuck.times-p95"
  case poisonReturns = "poison.returns"
  case poisonPerSecond = "poison.per-second"
  case noConsumerSeconds = "no-consumer.seconds"
  case unroutableSeconds = "unroutable.seconds"
  case blockedSeconds = "blocked.seconds"
  case fullPercent = "full.percent"
  case fullSeconds = "full.seconds"
  case slowSeconds = "slow.seconds"
  case backlogMessages = "backlog.messages"
  case backlogSeconds = "backlog.seconds"
  case ageSeconds = "age.seconds"
  case deadLettersSeconds = "dead-letters.seconds"
  case hoardingSeconds = "hoarding.seconds"
  case churnPerSecond = "churn.per-second"
  case channelLeakRises = "channel-leak.rises"
  case leakMinutes = "leak.minutes"
  case bindingsSeconds = "bindings.seconds"
  case surgeTimes = "surge.times"

  /// The rule whose number it is.
  package var rule: Rule {
    switch self {
    case .stuckSeconds, .stuckTimes: .stuck
    case .poisonReturns, .poisonPerSecond: .poison
    case .noConsumerSeconds: .noConsumer
    case .unroutableSeconds: .unroutable
    case .blockedSeconds: .blocked
    case .fullPercent, .fullSeconds: .full
    case .slowSeconds: .slow
    case .backlogMessages, .backlogSeconds: .backlog
    case .ageSeconds: .age
    case .deadLettersSeconds: .deadLetters
    case .hoardingSeconds: .hoarding
    case .churnPerSecond: .churn
    case .channelLeakRises: .channelLeak
    case .leakMinutes: .leak
    case .bindingsSeconds: .bindings
    case .surgeTimes: .surge
    }
  }

  /// Its name within its rule's section of the config.
  package var key: String {
    String(rawValue.drop { $0 != "." }.dropFirst())
  }

  /// The value that holds when the config says nothing.
  package var standard: Double {
    switch self {
    case .stuckSeconds: 10
    case .stuckTimes: 5
    case .poisonReturns: 10
    case .poisonPerSecond: 5
    case .noConsumerSeconds: 1
    case .unroutableSeconds: 60
    case .blockedSeconds: 1
    case .fullPercent: 90
    case .fullSeconds: 120
    case .slowSeconds: 10
    case .backlogMessages: 20
    case .backlogSeconds: 5
    case .ageSeconds: 60
    case .deadLettersSeconds: 60
    case .hoardingSeconds: 10
    case .churnPerSecond: 1
    case .channelLeakRises: 20
    case .leakMinutes: 10
    case .bindingsSeconds: 600
    case .surgeTimes: 3
    }
  }

  /// What the config may set.
  package var range: ClosedRange<Double> {
    switch self {
    case .fullPercent: 1...100
    case .leakMinutes: 3...Double(Limits.minutes - 1)
    case .stuckTimes, .surgeTimes: 1...1_000
    case .poisonReturns, .channelLeakRises, .backlogMessages: 1...1_000_000
    case .poisonPerSecond, .churnPerSecond: 1...1_000_000
    case .stuckSeconds, .noConsumerSeconds, .unroutableSeconds, .blockedSeconds, .fullSeconds,
      .slowSeconds, .backlogSeconds, .ageSeconds, .deadLettersSeconds, .hoardingSeconds,
      .bindingsSeconds:
      1...86_400
    }
  }
}
