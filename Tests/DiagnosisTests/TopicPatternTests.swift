import Diagnosis
import Testing

@Suite struct TopicPatternTests {
  @Test(arguments: [
    ("order.#", "order.points.*"), ("order.#", "order"), ("#", ""), ("#", "a.*.#"),
    ("*.*", "a.*"), ("#.a", "a"), ("#.*", "*.#"), ("*.#", "#.*"), ("*.#", "#.a.#"),
    ("a.#.b", "a.b"), ("#.b.#", "#.a.b.#.c"), ("a.*.#", "a.#.b"), ("a.b", "a.b"), ("", ""),
    ("#.#", "#"), ("a.#.#.b", "a.#.b"),
  ])
  func onePatternCoversTheOther(wide: String, narrow: String) {
    #expect(TopicPattern(wide).covers(TopicPattern(narrow)))
  }

  @Test(arguments: [
    ("order.*", "order.#"), ("order.*", "order"), ("a.#", "#.a"), ("*", ""), ("*", "#"),
    ("a.b", "a.*"), ("#.a.*", "#.a.#"), ("a.*.b", "a.#.b"), ("", "#"), ("a", "b"),
    ("a.#.b", "a.#"), ("A", "a"),
  ])
  func oneDoesNotCoverTheOther(wide: String, narrow: String) {
    #expect(!TopicPattern(wide).covers(TopicPattern(narrow)))
  }

  @Test func whatIsTooLongOrTooIntricateIsNotSaidToCover() {
    let long = Array(repeating: "a", count: 100).joined(separator: ".")
    #expect(TopicPattern("#").covers(TopicPattern(long)))
    #expect(!TopicPattern(long).covers(TopicPattern(long)))
    let many = Array(repeating: "#.a", count: 30).joined(separator: ".")
    #expect(!TopicPattern(many + ".b").covers(TopicPattern(many)))
    let tail = Array(repeating: "*", count: 25).joined(separator: ".")
    // Whatever it answers, it answers soon.
    _ = TopicPattern("#.a." + tail).covers(TopicPattern("#.a.#.a.#.a.#." + tail))
  }

  /// Every pattern of up to three words against every other, by all keys of up to seven words.
  @Test func itAgreesWithTryingAllKeys() {
    let patterns = Self.sequences(of: ["a", "b", "*", "#"], upTo: 3)
    let keys = Self.sequences(of: ["a", "b", "z"], upTo: 7)
    let matches = patterns.map { pattern in
      var bits: [UInt64] = Array(repeating: 0, count: keys.count / 64 + 1)
      for (index, key) in keys.enumerated() where Self.matches(pattern[...], key[...]) {
        bits[index / 64] |= 1 << UInt64(index % 64)
      }
      return bits
    }
    let parsed = patterns.map { TopicPattern($0.joined(separator: ".")) }
    var coverings = 0
    var wrong: [String] = []
    for wide in patterns.indices {
      for narrow in patterns.indices {
        let expected = zip(matches[wide], matches[narrow]).allSatisfy { $1 & ~$0 == 0 }
        if expected { coverings += 1 }
        if parsed[wide].covers(parsed[narrow]) != expected {
          wrong.append("\(patterns[wide]) \(patterns[narrow])")
        }
      }
    }
    #expect(wrong.isEmpty)
    // All 85 patterns cover themselves, and some cover others.
    #expect(coverings > 500 && coverings < 7_225)
  }

  private static func sequences(of words: [String], upTo length: Int) -> [[String]] {
    var all: [[String]] = [[]]
    var last: [[String]] = [[]]
    for _ in 0..<length {
      last = last.flatMap { sequence in words.map { sequence + [$0] } }
      all += last
    }
    return all
  }

  private static func matches(_ pattern: ArraySlice<String>, _ key: ArraySlice<String>) -> Bool {
    guard let word = pattern.first else { return key.isEmpty }
    let rest = pattern.dropFirst()
    if word == "#" {
      return matches(rest, key) || (!key.isEmpty && matches(pattern, key.dropFirst()))
    }
    guard let first = key.first, word == "*" || word == first else { return false }
    return matches(rest, key.dropFirst())
  }
}
