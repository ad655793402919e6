/// Where the rows of a table were in the frame before: those that stay keep their order.
///
///     number of stretches, then of each: 2 bits for what it is, and how many rows
struct RowMatch: Equatable {
  /// For each row of now the place of the same one before; nil for a new one.
  private(set) var origins: [Int?]

  /// What a stretch of rows does.
  private enum Stretch: UInt64 {
    case kept = 0
    case dropped = 1
    case new = 2
  }

  /// Finds the rows that stay.
  ///
  /// - Complexity: O(rows); rows that changed their order count as dropped and new.
  /// - Parameters:
  ///   - old: The keys of before, by their place.
  ///   - oldCount: How many there are.
  ///   - new: The keys of now, by their place.
  ///   - newCount: How many there are.
  init<Key: Hashable>(
    _ old: (Int) -> Key,
    _ oldCount: Int,
    _ new: (Int) -> Key,
    _ newCount: Int
  ) {
    origins = Array(repeating: nil, count: newCount)
    let shorter = min(oldCount, newCount)
    var front = 0
    while front < shorter, old(front) == new(front) {
      origins[front] = front
      front += 1
    }
    var back = 0
    while back < shorter - front, old(oldCount - 1 - back) == new(newCount - 1 - back) {
      origins[newCount - 1 - back] = oldCount - 1 - back
      back += 1
    }
    var places: [Key: Int] = [:]
    for place in front..<oldCount - back { places[old(place)] = place }
    var last = front - 1
    for row in front..<newCount - back {
      guard let place = places[new(row)], place > last else { continue }
      origins[row] = place
      last = place
    }
  }

  func write(to bits: inout BitWriter) {
    var stretches: [(stretch: Stretch, count: Int)] = []
    func add(_ stretch: Stretch, _ count: Int) {
      if stretches.last?.stretch == stretch {
        stretches[stretches.count - 1].count += count
      } else {
        stretches.append((stretch, count))
      }
    }
    var next = 0
    for origin in origins {
      guard let origin else {
        add(.new, 1)
        continue
      }
      if origin > next { add(.dropped, origin - next) }
      add(.kept, 1)
      next = origin + 1
    }
    bits.number(stretches.count)
    for (stretch, count) in stretches {
      bits.bits(stretch.rawValue, count: 2)
      bits.number(count)
    }
  }

  /// - Parameters:
  ///   - bits: Where to read on.
  ///   - oldCount: How many rows there were before.
  ///   - limit: How many there can be now.
  /// - Returns: nil when there is none; the reader is told.
  static func read(from bits: inout BitReader, oldCount: Int, limit: Int) -> RowMatch? {
    var origins: [Int?] = []
    var next = 0
    for _ in 0..<bits.number(upTo: bits.remaining) {
      let stretch = Stretch(rawValue: bits.bits(2))
      let count = bits.number(upTo: Limits.rows)
      guard !bits.isDamaged, stretch == .dropped || origins.count + count <= limit else {
        return refused(&bits)
      }
      switch stretch {
      case .kept:
        guard count <= oldCount - next else { return refused(&bits) }
        for place in next..<next + count { origins.append(place) }
        next += count
      case .dropped:
        guard count <= oldCount - next else { return refused(&bits) }
        next += count
      case .new:
        // New rows have keys of their own, so that none comes without a bit.
        guard count <= bits.remaining else { return refused(&bits) }
        for _ in 0..<count { origins.append(nil) }
      case nil:
        return refused(&bits)
      }
    }
    return RowMatch(origins: origins)
  }

  private static func refused(_ bits: inout BitReader) -> RowMatch? {
    bits.refuse()
    return nil
  }

  private init(origins: [Int?]) {
    self.origins = origins
  }
}
