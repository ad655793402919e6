/// Which message of which run: the identity that the ledger counts by.
///
/// It travels in the message's body as `id`, so that a message that comes back after its
/// consumer died is known again. Sequence numbers are dense, so sets of them are cheap.
struct MessageIdentity: Sendable, Hashable {
  /// The run of the scenario: leftovers of another run are not this ledger's business.
  var run: UInt32
  /// Which start of a numbering process it was, from 1, counted over all of them.
  var start: Int
  /// From 1, counted by one start of a process.
  var sequence: UInt64
  /// Which of the copies of a broadcast it is, from 1; 0 for a message that has none.
  var copy: Int

  init(run: UInt32, start: Int, sequence: UInt64, copy: Int = 0) {
    self.run = run
    self.start = start
    self.sequence = sequence
    self.copy = copy
  }

  /// Reads `run-start-sequence` or `run-start-sequence-copy`; nil when the text is anything else or
  /// beyond the limits.
  init?(_ text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3 || parts.count == 4, let run = UInt32(parts[0], radix: 16),
      let start = Int(parts[1]), let sequence = UInt64(parts[2]),
      let copy = parts.count == 4 ? Int(parts[3]) : 0, (1...Limits.starts).contains(start),
      (1...Limits.sequence).contains(sequence), (0...Limits.copies).contains(copy)
    else { return nil }
    self.init(run: run, start: start, sequence: sequence, copy: copy)
  }

  /// `run-start-sequence`, the run in hexadecimal, with the copy behind it where there are some.
  var text: String {
    "\(String(run, radix: 16))-\(start)-\(sequence)" + (copy == 0 ? "" : "-\(copy)")
  }

  /// The same message as one of its copies.
  func copied(_ copy: Int) -> MessageIdentity {
    MessageIdentity(run: run, start: start, sequence: sequence, copy: copy)
  }
}

/// A set of message identities of one run, one bit a message.
struct IdentitySet: Sendable {
  /// By start and copy, see ``slot(_:)``.
  private var sequencesByStart: [Int: SequenceSet] = [:]

  private static func slot(_ identity: MessageIdentity) -> Int {
    identity.start * (Limits.copies + 1) + identity.copy
  }

  /// How many identities it holds.
  var count: Int {
    sequencesByStart.values.reduce(0) { $0 + $1.count }
  }

  /// Adds one identity; false when it was there already.
  @discardableResult
  mutating func insert(_ identity: MessageIdentity) -> Bool {
    sequencesByStart[Self.slot(identity), default: SequenceSet()].insert(identity.sequence)
  }

  /// How many identities each copy has.
  var countsByCopy: [Int: Int] {
    sequencesByStart.reduce(into: [:]) { counts, entry in
      counts[entry.key % (Limits.copies + 1), default: 0] += entry.value.count
    }
  }

  func contains(_ identity: MessageIdentity) -> Bool {
    sequencesByStart[Self.slot(identity)]?.contains(identity.sequence) ?? false
  }

  /// How many are in this set and not in the other one.
  func countOfDifference(from other: IdentitySet) -> Int {
    guard !sequencesByStart.isEmpty else { return 0 }
    var difference = self
    difference.subtract(other)
    return difference.count
  }

  mutating func formUnion(_ other: IdentitySet) {
    for (start, sequences) in other.sequencesByStart {
      sequencesByStart[start, default: SequenceSet()].formUnion(sequences)
    }
  }

  mutating func subtract(_ other: IdentitySet) {
    for (start, sequences) in other.sequencesByStart {
      sequencesByStart[start]?.subtract(sequences)
    }
  }

  mutating func formIntersection(_ other: IdentitySet) {
    for start in sequencesByStart.keys {
      sequencesByStart[start]?.formIntersection(other.sequencesByStart[start] ?? SequenceSet())
    }
  }
}

/// A set of sequence numbers as a row of bits.
///
///     word 0                word 1
///     [0 1 2 ... 63]        [64 65 ... 127]
struct SequenceSet: Sendable {
  private var words: [UInt64] = []
  private(set) var count = 0

  /// Adds a number, at most ``Limits/sequence``; false when it was there already.
  ///
  /// The memory grows with the highest number.
  @discardableResult
  mutating func insert(_ sequence: UInt64) -> Bool {
    precondition(sequence <= Limits.sequence, "a sequence number is checked where it is read")
    let index = Int(sequence >> 6)
    if index >= words.count {
      words.append(contentsOf: repeatElement(0, count: index + 1 - words.count))
    }
    let bit: UInt64 = 1 << (sequence & 63)
    guard words[index] & bit == 0 else { return false }
    words[index] |= bit
    count += 1
    return true
  }

  func contains(_ sequence: UInt64) -> Bool {
    let index = Int(sequence >> 6)
    return index < words.count && words[index] & (1 << (sequence & 63)) != 0
  }

  mutating func formUnion(_ other: SequenceSet) {
    let longest = max(words.count, other.words.count)
    replaceWords(with: (0..<longest).map { word($0) | other.word($0) })
  }

  mutating func subtract(_ other: SequenceSet) {
    replaceWords(with: words.indices.map { words[$0] & ~other.word($0) })
  }

  mutating func formIntersection(_ other: SequenceSet) {
    replaceWords(with: words.indices.map { words[$0] & other.word($0) })
  }

  private func word(_ index: Int) -> UInt64 {
    index < words.count ? words[index] : 0
  }

  private mutating func replaceWords(with newWords: [UInt64]) {
    words = newWords
    count = newWords.reduce(0) { $0 + $1.nonzeroBitCount }
  }
}
