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

  /// How many slots a span has; at most those that are remembered.
  func slots(in seconds: Double) -> Int {
    max(1, min(capacity, Int(seconds * 1e9 / Double(slotNanoseconds))))
  }

  /// Finds in which of the values of ``resampled(to:over:)`` an instant lies.
  ///
  /// - Parameters:
  ///   - instant: The instant; one that is newer than every sample lies where the newest is.
  ///   - count: As there.
  ///   - shown: As there.
  /// - Returns: The value's index; nil for what is older than the oldest.
  func place(of instant: Instant, in count: Int, over shown: Int? = nil) -> Int? {
    guard count > 0, lastSlot >= 0 else { return nil }
    let parts = Int64(count)
    let slots = Int64(min(capacity, max(1, shown ?? capacity)))
    let slot = min(lastSlot, max(0, instant.nanoseconds / slotNanoseconds))
    let part = parts > slots ? (slot * parts + slots - 1) / slots : slot * parts / slots
    let place = part - (lastPart(parts, slots) - parts + 1)
    return place >= 0 ? Int(place) : nil
  }

  /// A slot that has several parts ends with its last.
  private func lastPart(_ parts: Int64, _ slots: Int64) -> Int64 {
    parts > slots
      ? ((lastSlot + 1) * parts + slots - 1) / slots - 1 : lastSlot * parts / slots
  }

  /// The largest of the newest values; not a number when there is none.
  func largest(ofNewest count: Int) -> Float {
    lastSlot < 0 ? .nan : largest(from: lastSlot + 1 - Int64(count), to: lastSlot + 1)
  }

  /// Computes values over the whole span, or over its newest slots.
  ///
  /// Parts are fixed to the clock and not to the newest sample: a peak keeps its height while it
  /// moves to the left.
  ///
  /// - Complexity: O(capacity + count).
  /// - Parameters:
  ///   - count: How many values.
  ///   - shown: Over how many of the newest slots; nil is all that are remembered.
  /// - Returns: The values, oldest first, each the largest of its part of the time, not a number
  ///   where nothing is known.
  package func resampled(to count: Int, over shown: Int? = nil) -> [Float] {
    guard count > 0, lastSlot >= 0 else { return Array(repeating: .nan, count: max(0, count)) }
    let parts = Int64(count)
    let slots = Int64(min(capacity, max(1, shown ?? capacity)))
    let lastPart = lastPart(parts, slots)
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
