/// How much one turn hands out of what waits in queues, so that a backlog of millions and a
/// thousand consumers do not keep every other client waiting.
struct PumpBudget {
  private var left = PumpBudget.unitsPerTurn

  /// About four milliseconds of small messages, or four megabytes: what one read brings in at most
  /// costs the others as much.
  static let unitsPerTurn = 4 << 20
  /// What a message costs besides its body: 8,192 of them fill a turn.
  static let unitsPerMessage = 512

  @inline(__always) var isSpent: Bool { left <= 0 }

  @inline(__always)
  mutating func spend(_ bodyBytes: Int) {
    left &-= bodyBytes &+ PumpBudget.unitsPerMessage
  }
}
