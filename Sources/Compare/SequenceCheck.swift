/// Counts what became of messages that are numbered from 0.
///
/// - Complexity: O(1) a message; memory for what is missing, at most ``Limits/rememberedMissing``.
package struct SequenceCheck: Sendable, Hashable {
  /// Messages that came, whatever they were.
  package private(set) var receivedCount = 0
  package private(set) var duplicateCount = 0
  /// Messages that came after one with a higher number.
  package private(set) var outOfOrderCount = 0
  /// Messages whose number was never sent, or that had none.
  package private(set) var strangeCount = 0
  private var next: UInt64 = 0
  private var missing: Set<UInt64> = []
  /// Missing ones that are not remembered by their number.
  private var uncountedMissing = 0

  package init() {}

  /// Notes a message with its number; nil for one without.
  package mutating func received(_ number: UInt64?) {
    receivedCount += 1
    guard let number else {
      strangeCount += 1
      return
    }
    if number == next {
      next += 1
    } else if number > next {
      let gap = number - next
      if gap <= UInt64(Limits.rememberedMissing - missing.count) {
        missing.formUnion(next..<number)
      } else {
        uncountedMissing += Int(clamping: gap)
      }
      next = number + 1
    } else if missing.remove(number) != nil {
      outOfOrderCount += 1
    } else {
      duplicateCount += 1
    }
  }

  /// What is wrong when so many were sent.
  ///
  /// - Parameter sentCount: Numbers from 0 to below it were sent.
  /// - Returns: All zero when nothing is.
  package func flaws(sentCount: Int) -> Flaws {
    let unseen = max(0, sentCount - Int(clamping: next))
    return Flaws(
      lost: missing.count + uncountedMissing + unseen,
      duplicated: duplicateCount,
      outOfOrder: outOfOrderCount,
      strange: strangeCount + max(0, Int(clamping: next) - sentCount)
    )
  }
}

/// What went wrong with messages; all zero is as it should be.
package struct Flaws: Sendable, Hashable {
  package var lost = 0
  package var duplicated = 0
  package var outOfOrder = 0
  /// Not ours: without a number, or with one that was never sent.
  package var strange = 0
  /// Published, and refused by the broker instead of confirmed.
  package var refused = 0

  package init(
    lost: Int = 0,
    duplicated: Int = 0,
    outOfOrder: Int = 0,
    strange: Int = 0,
    refused: Int = 0
  ) {
    self.lost = lost
    self.duplicated = duplicated
    self.outOfOrder = outOfOrder
    self.strange = strange
    self.refused = refused
  }

  /// Adds up what went wrong here and there.
  package static func + (left: Flaws, right: Flaws) -> Flaws {
    Flaws(
      lost: left.lost + right.lost,
      duplicated: left.duplicated + right.duplicated,
      outOfOrder: left.outOfOrder + right.outOfOrder,
      strange: left.strange + right.strange,
      refused: left.refused + right.refused
    )
  }

  /// In words, the loudest first: `LOST 3, twice 1`; nil when nothing is wrong.
  package var text: String? {
    let parts = [
      ("LOST", lost), ("REFUSED", refused), ("twice", duplicated), ("out of order", outOfOrder),
      ("strange", strange),
    ]
    let found = parts.filter { $0.1 > 0 }.map { "\($0.0) \($0.1)" }
    return found.isEmpty ? nil : found.joined(separator: ", ")
  }
}
