/// Counts the replies to broadcasts that have not all come yet.
///
/// Replies that never come, of a friend who is dead or to a message that was lost, would be waited
/// for until the end of the run; beyond the limit the oldest broadcast is forgotten.
struct ReplyCounts: Sendable {
  private let limit: Int
  private var counts: [MessageIdentity: Int] = [:]
  /// Broadcasts in the order of their first reply, those before ``first`` done with.
  private var order: [MessageIdentity] = []
  private var first = 0

  init(limit: Int) {
    self.limit = limit
  }

  /// How many broadcasts are being counted.
  var count: Int { counts.count }

  /// Counts one reply; true when it is the last one.
  mutating func add(to broadcast: MessageIdentity, of expected: Int) -> Bool {
    let count = counts[broadcast, default: 0] + 1
    guard count < expected else {
      counts[broadcast] = nil
      return true
    }
    if count == 1 {
      makeRoom()
      order.append(broadcast)
    }
    counts[broadcast] = count
    return false
  }

  private mutating func makeRoom() {
    while counts.count >= limit, first < order.count {
      counts[order[first]] = nil
      first += 1
    }
    // The row holds those that are complete as well, in between.
    guard order.count >= 2 * limit else { return }
    order = order[first...].filter { counts[$0] != nil }
    first = 0
  }
}
