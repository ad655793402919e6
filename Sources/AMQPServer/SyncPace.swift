import NIOCore

/// When the next sync may begin where few messages share one.
///
///     sync ▇▇······▇▇······▇▇······   ▇ the disk works, · it rests, at most twice as long
///
/// Without the rest each sync has one or two messages in it. A disk under thousands of syncs a second
/// makes everybody wait, those of clouds because they allow so many operations a second, and each
/// costs as much processor time as two messages.
///
/// The rest ends as soon as those who were just confirmed have published again: publishers that wait
/// for their confirms share each sync then, and lose little. One message that is alone with the disk
/// does not wait for others, and neither does what fills a sync by itself.
///
/// - Isolation: none.
struct SyncPace {
  /// What waits for a sync.
  struct Waiting: Equatable {
    var messages = 0
    var bytes = 0
  }

  /// How long syncs take; one that takes very long changes little.
  private var usual: TimeAmount = .zero
  private var begunAt = NIODeadline.uptimeNanoseconds(0)
  /// More need not be waited for; nil after a message that was alone.
  private var enough: Int?

  /// Publishers wait for it: it must not grow with a slow disk.
  static let longestRest = TimeAmount.microseconds(500)
  /// A thread that sleeps for less wakes up late (a timer's slack is 50 us, prctl(2)).
  static let shortestRest = TimeAmount.microseconds(50)
  /// It is busy for a third of the time.
  private static let restsForEachSync: Int64 = 2
  /// So many bytes are worth a sync at once.
  static let wellFilledBytes = 8 << 10
  private static let smoothing: Int64 = 8

  /// Whether the next sync need not be put off, whatever time it is.
  func isEnough(_ waiting: Waiting) -> Bool {
    guard let enough else { return true }
    return waiting.messages >= enough || waiting.bytes >= Self.wellFilledBytes
  }

  /// How long the next sync is to be put off, if nothing more comes.
  ///
  /// - Returns: Zero when it may begin.
  func rest(at now: NIODeadline, before waiting: Waiting) -> TimeAmount {
    guard !isEnough(waiting) else { return .zero }
    let rest = min(usual * Self.restsForEachSync, Self.longestRest)
    let left = begunAt + usual + rest - now
    return left < Self.shortestRest ? .zero : left
  }

  /// A sync is done.
  ///
  /// - Parameters:
  ///   - begin: When what it is for began to be written.
  ///   - end: When it was on the disk.
  ///   - messages: How many shared it.
  ///   - waiting: What came while it was under way.
  mutating func note(begin: NIODeadline, end: NIODeadline, messages: Int, waiting: Waiting) {
    let took = end - begin
    if usual == .zero {
      usual = took
    } else {
      let change = min(took, usual * 2) - usual
      usual = usual + .nanoseconds(change.nanoseconds / Self.smoothing)
    }
    begunAt = begin
    let all = messages + waiting.messages
    enough = all > 1 ? all : nil
  }
}
