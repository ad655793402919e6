package import Telemetry

/// Sums of many things at the last few instants, so that rates over a span can be computed.
///
///     instants      -10.0   -9.5   ...   -0.5     now
///     thing 0          12     14           40      41      a column for each instant,
///     thing 1           -      -            7       9      a place for each thing
package struct SumRing<Key: Hashable & Sendable, Sums: Sendable>: Sendable {
  /// What stands at each place of the newest column.
  package private(set) var keys: [Key] = []
  private var columns: [(at: Instant, sums: [Sums?])] = []

  package init() {}

  /// Adds the sums of an instant.
  ///
  /// - Parameters:
  ///   - sums: One for each key, in the order of the keys.
  ///   - newKeys: What they are of; nearly always the same as before.
  ///   - now: Later than every instant so far.
  /// - Complexity: O(keys) while the keys are the same, else O(keys · columns).
  package mutating func add(_ sums: [Sums], of newKeys: [Key], at now: Instant) {
    if newKeys != keys { move(to: newKeys) }
    // The newest stays only if it is far enough from the one before, so that however often a
    // snapshot comes the columns reach as far.
    if columns.count > 1, let last = columns.last,
      last.at.seconds(since: columns[columns.count - 2].at) < Limits.columnSeconds
    {
      columns.removeLast()
    }
    // An array of optionals in its stead would be cast one by one.
    columns.append((now, sums.map(Optional.some)))
    while columns.count > Limits.columns { columns.removeFirst() }
    while columns.count > 2, now.seconds(since: columns[1].at) >= Limits.ringSeconds {
      columns.removeFirst()
    }
  }

  /// Forgets everything.
  package mutating func reset() {
    keys = []
    columns = []
  }

  /// Looks up the sums of a thing some time ago.
  ///
  /// - Parameters:
  ///   - index: The place of the thing in ``keys``.
  ///   - age: In seconds, at most ``Limits/ringSeconds``.
  /// - Returns: Those of the newest instant that is at least that old, else of the oldest, and how
  ///   long ago that was; nil when nothing is known of an earlier instant.
  package func sums(of index: Int, agedSeconds age: Double) -> (sums: Sums, seconds: Double)? {
    guard let newest = columns.last else { return nil }
    var found: (sums: Sums, seconds: Double)?
    for column in columns.dropLast().reversed() {
      guard let sums = column.sums[index] else { break }
      found = (sums, newest.at.seconds(since: column.at))
      if let found, found.seconds >= age { break }
    }
    guard let found, found.seconds >= Limits.shortestRateSeconds else { return nil }
    return found
  }

  /// Looks up the least that a sum of a thing was, until the newest instant.
  ///
  /// - Parameters:
  ///   - value: Which one.
  ///   - index: The place of the thing in ``keys``.
  ///   - age: From the newest instant on that is at least so many seconds old.
  /// - Returns: nil when the thing is not known for so long.
  package func least(_ value: KeyPath<Sums, Int>, of index: Int, since age: Double) -> Int? {
    guard let newest = columns.last else { return nil }
    var least: Int?
    for column in columns.reversed() {
      guard let sums = column.sums[index] else { return nil }
      let number = sums[keyPath: value]
      least = min(least ?? number, number)
      if newest.at.seconds(since: column.at) >= age { return least }
    }
    return nil
  }

  private mutating func move(to newKeys: [Key]) {
    let places = Dictionary(
      keys.enumerated().map { ($1, $0) },
      uniquingKeysWith: { first, _ in first }
    )
    let moves = newKeys.map { places[$0] }
    for index in columns.indices {
      let old = columns[index].sums
      columns[index].sums = moves.map { place in place.flatMap { old[$0] } }
    }
    keys = newKeys
  }
}
