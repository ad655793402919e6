import NIOCore

/// What a person asked for and takes the broker's loop several turns.
///
/// - Isolation: the broker's loop.
struct OperatorTasks {
  private var refusals: [UInt64: (OperatorRefusal) -> Void] = [:]
  private var lastNumber: UInt64 = 0

  /// Notes one; `refuse` is called when it cannot go on.
  mutating func begin(_ refuse: @escaping (OperatorRefusal) -> Void) -> UInt64 {
    lastNumber += 1
    refusals[lastNumber] = refuse
    return lastNumber
  }

  /// Whether it was not abandoned.
  func isGoingOn(_ number: UInt64) -> Bool { refusals[number] != nil }

  mutating func end(_ number: UInt64) { refusals[number] = nil }

  /// Refuses all of them: nothing goes on.
  mutating func abandonAll(because reason: String) {
    let abandoned = refusals.values
    refusals = [:]
    for refuse in abandoned { refuse(OperatorRefusal(message: reason)) }
  }
}
