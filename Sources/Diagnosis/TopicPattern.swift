/// The binding key of a topic exchange: words between dots, `*` for one word, `#` for none or more.
package struct TopicPattern: Sendable, Hashable {
  private enum Word: Sendable, Hashable {
    case exactly(Substring)
    case anyOne
    case anyMany
  }

  private let words: [Word]

  /// - Parameter key: As it was bound with; an empty key has no words.
  package init(_ key: String) {
    guard !key.isEmpty else {
      words = []
      return
    }
    words = key.split(separator: ".", omittingEmptySubsequences: false).map { word in
      switch word {
      case "*": .anyOne
      case "#": .anyMany
      default: .exactly(word)
      }
    }
  }

  /// Whether it stands for more than one routing key.
  package var hasWildcards: Bool {
    words.contains { $0 == .anyOne || $0 == .anyMany }
  }

  /// Whether `#` is in it.
  var hasAnyMany: Bool { words.contains(.anyMany) }

  /// How many words it has, wildcards too.
  var wordCount: Int { words.count }

  /// Returns whether it matches every routing key that the other one matches.
  ///
  /// A wildcard of the other one is read as words that nobody named: whoever takes those takes
  /// named ones too. So one walk over the other pattern decides it, with all the places at once at
  /// which this one can be.
  ///
  /// - Parameter other: The one that would say nothing new.
  /// - Returns: false as well when that could not be told in ``Limits/patternSteps``, or where one
  ///   has more than ``Limits/patternWords``.
  package func covers(_ other: TopicPattern) -> Bool {
    if words == [.anyMany] { return true }
    guard words.count <= Limits.patternWords, other.words.count <= Limits.patternWords else {
      return false
    }
    if !hasWildcards, words.count != other.words.count { return false }
    // Nearly all end here: what begins or ends with a name covers only what does so too.
    for (own, others) in [(words.first, other.words.first), (words.last, other.words.last)] {
      if case .exactly? = own, own != others { return false }
    }
    var pending = [Walk(position: 0, places: closed(1))]
    var visited = Set(pending)
    func go(_ walk: Walk) {
      if visited.insert(walk).inserted { pending.append(walk) }
    }
    while let walk = pending.popLast() {
      guard walk.places != 0, visited.count <= Limits.patternSteps else { return false }
      guard walk.position < other.words.count else {
        if walk.places & (1 << UInt64(words.count)) == 0 { return false }
        continue
      }
      switch other.words[walk.position] {
      case .exactly(let word):
        go(Walk(position: walk.position + 1, places: moved(walk.places, by: word)))
      case .anyOne:
        go(Walk(position: walk.position + 1, places: moved(walk.places, by: nil)))
      case .anyMany:
        go(Walk(position: walk.position + 1, places: walk.places))
        go(Walk(position: walk.position, places: moved(walk.places, by: nil)))
      }
    }
    return true
  }

  /// How far the other pattern is read, and a bit for each place at which this one can be then.
  private struct Walk: Hashable {
    var position: Int
    var places: UInt64
  }

  /// Reads one word; nil stands for one that no pattern names.
  private func moved(_ places: UInt64, by word: Substring?) -> UInt64 {
    var next: UInt64 = 0
    for (index, own) in words.enumerated() where places & (1 << UInt64(index)) != 0 {
      switch own {
      case .anyMany: next |= 1 << UInt64(index)
      case .anyOne: next |= 1 << UInt64(index + 1)
      case .exactly(let name): if name == word { next |= 1 << UInt64(index + 1) }
      }
    }
    return closed(next)
  }

  /// A `#` may also stand for no word.
  private func closed(_ places: UInt64) -> UInt64 {
    var result = places
    for (index, own) in words.enumerated()
    where own == .anyMany && result & (1 << UInt64(index)) != 0 {
      result |= 1 << UInt64(index + 1)
    }
    return result
  }
}
