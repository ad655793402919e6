/// Finds the key that is most like one that matched nothing: what was probably meant.
///
/// Keys are compared as UTF-8: a byte that has to be put in, taken out or changed is one step. Where
/// keys are patterns of a topic exchange, `*` stands for any word at no cost, and `#` for any words.
///
/// - Complexity: O(length²) for a key that is compared; less for one that is soon seen to be far.
package struct NearestKey {
  /// Keys that are compared at most: that many take a millisecond or two.
  package static let comparedKeys = 2_000
  /// What is longer is cut: no routing key is.
  private static let keyBytes = 255

  private let wanted: [UInt8]
  private let arePatterns: Bool
  /// Keys that are more steps away are not near.
  private let limit: Int
  private let comparedLimit: Int
  /// The steps from each beginning of the wanted key to what was seen of the other.
  private var row: [Int] = []
  private var nearest: (steps: Int, key: [UInt8])?
  /// Keys that were compared; those whose lengths say enough are not.
  package private(set) var comparedCount = 0

  /// - Parameters:
  ///   - key: The key that matched nothing.
  ///   - arePatterns: Whether the others are patterns of a topic exchange.
  ///   - comparedLimit: Keys that are compared at most.
  package init(
    to key: some Sequence<UInt8>,
    arePatterns: Bool = false,
    comparedLimit: Int = Self.comparedKeys
  ) {
    wanted = Array(key.prefix(Self.keyBytes))
    self.arePatterns = arePatterns
    self.comparedLimit = comparedLimit
    // One slip in three letters still leaves a word to be recognised; any letter is like another.
    limit = wanted.count < 2 ? 0 : max(1, wanted.count / 3)
  }

  /// The nearest of the keys that were compared, of equally near ones the first by its bytes; nil
  /// when none is within a third of the wanted key's length.
  package var found: String? { nearest.map { String(decoding: $0.key, as: UTF8.self) } }

  /// Compares one more key.
  package mutating func compare(_ key: [UInt8]) {
    let wildcards = arePatterns ? key.count(where: Self.isWildcard) : 0
    let letters = key.count - wildcards
    guard comparedCount < comparedLimit, key.count <= Self.keyBytes,
      letters <= wanted.count + limit, wildcards > 0 || letters >= wanted.count - limit
    else { return }
    comparedCount += 1
    guard let steps = steps(to: key, atMost: nearest?.steps ?? limit) else { return }
    if let nearest, nearest.steps == steps, nearest.key.lexicographicallyPrecedes(key) { return }
    nearest = (steps, key)
  }

  private static func isWildcard(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "*") || byte == UInt8(ascii: "#")
  }

  /// nil when it takes more steps than that.
  private mutating func steps(to key: [UInt8], atMost limit: Int) -> Int? {
    row = Array(0...wanted.count)
    for byte in key {
      let least = arePatterns && Self.isWildcard(byte) ? pass(wildcard: byte) : pass(byte)
      if least > limit { return nil }
    }
    return row[wanted.count] <= limit ? row[wanted.count] : nil
  }

  /// Takes one more letter of the other key.
  ///
  /// - Returns: The least of the row: no later row has less.
  private mutating func pass(_ byte: UInt8) -> Int {
    var diagonal = row[0]
    row[0] += 1
    var least = row[0]
    for place in wanted.indices {
      let change = diagonal + (wanted[place] == byte ? 0 : 1)
      diagonal = row[place + 1]
      row[place + 1] = min(change, row[place] + 1, diagonal + 1)
      least = min(least, row[place + 1])
    }
    return least
  }

  private mutating func pass(wildcard: UInt8) -> Int {
    var least = row[0]
    for place in wanted.indices {
      let ends = wildcard == UInt8(ascii: "*") && wanted[place] == UInt8(ascii: ".")
      row[place + 1] = min(row[place + 1], row[place] + (ends ? 1 : 0))
      least = min(least, row[place + 1])
    }
    return least
  }
}
