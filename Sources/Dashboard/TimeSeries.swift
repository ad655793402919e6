package import Telemetry

/// The newest samples of one quantity, one for each slot of time, in a fixed amount of memory.
///
///     slot   7   8   9  10  11        lastSlot = 11, capacity = 5
///     value  3   4   -   -   6        slots 9 and 10 had no news: a gap
package struct TimeSeries: Sendable, Hashable {
  /// The number of slots that are remembered.
  package let capacity: Int
  private let slotNanoseconds: Int64
  /// From this many slots without a sample on, they are a gap; at least 1.
  package var gapSlots: Int
  private var values: [Float]
  private var lastSlot: Int64 = -1

  /// What becomes of two samples of one slot.
  package enum Combination: Sendable, Hashable {
    case newest
    case largest
  }

  /// Makes a series without samples.
  ///
  /// - Parameters:
  ///   - capacity: Slots to remember, at least 1.
  ///   - slotNanoseconds: The span of one slot, at least 1.
  ///   - gapSlots: From this many slots without a sample on, they are a gap; fewer take the value
  ///     of the sample that follows them.
  package init(capacity: Int, slotNanoseconds: Int64, gapSlots: Int) {
    self.capacity = max(1, capacity)
    self.slotNanoseconds = max(1, slotNanoseconds)
    self.gapSlots = max(1, gapSlots)
    values = Array(repeating: .nan, count: self.capacity)
  }

  /// Adds a sample; one that is older than the newest slot is left out.
  ///
  /// - Complexity: O(slots since the last sample), at most O(capacity).
  package mutating func add(
    _ value: Float,
    at instant: Instant,
    combining combination: Combination = .newest
  ) {
    let slot = max(0, instant.nanoseconds / slotNanoseconds)
    if lastSlot >= 0, slot < lastSlot { return }
    if slot == lastSlot {
      let index = Int(slot % Int64(capacity))
      let old = values[index]
      let keepsOld = combination == .largest && !old.isNaN && (value.isNaN || old > value)
      if !keepsOld { values[index] = value }
      return
    }
    if lastSlot >= 0 {
      let missed = slot - lastSlot - 1
      let filling = missed < Int64(gapSlots) ? value : .nan
      for passed in max(lastSlot + 1, slot - Int64(capacity))..<slot {
        values[Int(passed % Int64(capacity))] = filling
      }
    }
    values[Int(slot % Int64(capacity))] = value
    lastSlot = slot
  }

  /// Returns `count` values over the whole span, oldest first, each the largest of its part of the
  /// time, not a number where nothing is known.
  ///
  /// Parts are fixed to the clock and not to the newest sample: a peak keeps its height while it
  /// moves to the left.
  ///
  /// - Complexity: O(capacity + count).
  package func resampled(to count: Int) -> [Float] {
    guard count > 0, lastSlot >= 0 else { return Array(repeating: .nan, count: max(0, count)) }
    let parts = Int64(count)
    let slots = Int64(capacity)
    // A slot that has several parts ends with its last.
    let lastPart =
      parts > slots
      ? ((lastSlot + 1) * parts + slots - 1) / slots - 1 : lastSlot * parts / slots
    return (0..<parts).map { offset in
      let part = lastPart - parts + 1 + offset
      if part < 0 { return .nan }
      // Slot s belongs to part s·parts/slots; with more parts than slots a slot has several.
      if parts > slots {
        let slot = part * slots / parts
        return largest(from: slot, to: slot + 1)
      }
      let first = (part * slots + parts - 1) / parts
      return largest(from: first, to: ((part + 1) * slots + parts - 1) / parts)
    }
  }

  /// The same series without samples.
  var emptied: TimeSeries {
    TimeSeries(capacity: capacity, slotNanoseconds: slotNanoseconds, gapSlots: gapSlots)
  }

  /// The newest sample; not a number when there is none.
  package var newest: Float {
    lastSlot < 0 ? .nan : values[Int(lastSlot % Int64(capacity))]
  }

  private func largest(from start: Int64, to end: Int64) -> Float {
    var result = Float.nan
    let oldest = max(0, lastSlot - Int64(capacity) + 1)
    for slot in max(start, oldest)..<max(start, oldest, min(end, lastSlot + 1)) {
      let value = values[Int(slot % Int64(capacity))]
      if result.isNaN || value > result { result = value }
    }
    return result
  }
}
