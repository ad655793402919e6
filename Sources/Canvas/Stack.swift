/// One of several things that share a length, side by side or one above the other.
package struct StackItem: Hashable, Sendable {
  /// Below this it is left out.
  package var minimum: Int
  /// What it gets before anything is shared out by weight.
  package var preferred: Int
  /// Its part of what is left over; 0 takes none.
  package var weight: Int
  /// The item with the largest number leaves first.
  package var priority: Int

  package init(minimum: Int, preferred: Int? = nil, weight: Int = 0, priority: Int) {
    self.minimum = minimum
    self.preferred = max(minimum, preferred ?? minimum)
    self.weight = weight
    self.priority = priority
  }
}

/// Shares a length out by minimum and priority.
package enum Stack {
  /// Returns the length of each item; 0 for those that are left out.
  ///
  /// Items leave, the largest priority number first, until the minimums of the rest and the gaps
  /// between them fit. Then each grows to what it prefers, the smallest number first, and the rest
  /// goes out by weight. The sum is never more than `length`.
  package static func lengths(_ items: [StackItem], in length: Int, gap: Int = 0) -> [Int] {
    var kept = items.indices.sorted { items[$0].priority < items[$1].priority }
    var needed = kept.reduce(0) { $0 + items[$1].minimum } + gap * max(0, kept.count - 1)
    while needed > length, let last = kept.popLast() {
      needed -= items[last].minimum + (kept.isEmpty ? 0 : gap)
    }
    var lengths = Array(repeating: 0, count: items.count)
    var left = length - needed
    for index in kept {
      let growth = min(left, items[index].preferred - items[index].minimum)
      lengths[index] = items[index].minimum + growth
      left -= growth
    }
    var weights = kept.reduce(0) { $0 + items[$1].weight }
    for index in kept where items[index].weight > 0 && weights > 0 {
      let share = left * items[index].weight / weights
      lengths[index] += share
      left -= share
      weights -= items[index].weight
    }
    return lengths
  }
}
