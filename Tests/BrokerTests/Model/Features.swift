import Broker

/// What a seed's simulation does at all: each seed has some features and not others, so that what
/// only shows without another one's interference shows too (swarm testing).
struct Features: OptionSet {
  let rawValue: UInt64

  static let queueLifetime = Features(rawValue: 1 << 0)
  static let messageLifetime = Features(rawValue: 1 << 1)
  static let length = Features(rawValue: 1 << 2)
  static let rejection = Features(rawValue: 1 << 3)
  static let deadLetters = Features(rawValue: 1 << 4)
  static let confirms = Features(rawValue: 1 << 5)
  static let mandatory = Features(rawValue: 1 << 6)
  static let priorities = Features(rawValue: 1 << 7)
  static let transactions = Features(rawValue: 1 << 8)
  static let bindings = Features(rawValue: 1 << 9)
  static let alternate = Features(rawValue: 1 << 10)
  static let pauses = Features(rawValue: 1 << 11)
  static let singleActive = Features(rawValue: 1 << 12)
  static let consumerPriorities = Features(rawValue: 1 << 13)
  static let quorum = Features(rawValue: 1 << 14)
  static let deletion = Features(rawValue: 1 << 15)
  static let recovery = Features(rawValue: 1 << 16)
  static let automatic = Features(rawValue: 1 << 17)
  static let deaths = Features(rawValue: 1 << 18)
}

/// The commands, each with its weight in one seed.
enum Command: CaseIterable {
  case publish, consume, cancel, settleOne, settleMany, get, purge, die, wait
  case commit, rollBack, bind, pause, delete, recover

  var feature: Features? {
    switch self {
    case .publish, .consume, .cancel, .settleOne, .settleMany, .get, .purge, .wait: nil
    case .die: .deaths
    case .commit, .rollBack: .transactions
    case .bind: .bindings
    case .pause: .pauses
    case .delete: .deletion
    case .recover: .recovery
    }
  }

  /// How often it comes at least, and at most that again.
  var weight: UInt64 {
    switch self {
    case .publish: 12
    case .settleOne: 6
    case .consume, .wait, .get, .commit: 3
    case .settleMany, .cancel, .bind, .pause, .rollBack: 2
    case .purge, .die, .delete, .recover: 1
    }
  }
}
