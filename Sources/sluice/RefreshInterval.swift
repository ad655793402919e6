import ArgumentParser

/// The value of `--refresh`: how often the broker is looked at and the screen drawn.
struct RefreshInterval: Hashable, Sendable, CustomStringConvertible {
  static let shortestMilliseconds = 100
  static let longestMilliseconds = 10_000
  static let usual = RefreshInterval(milliseconds: 500)

  let milliseconds: Int

  var duration: Duration { .milliseconds(milliseconds) }
  var seconds: Double { Double(milliseconds) / 1_000 }
  var description: String { "\(milliseconds)ms" }

  /// Reads `250ms`, `2s` or `1.5s`.
  ///
  /// - Throws: `ValidationError` that says what mends it.
  static func read(_ text: String) throws -> RefreshInterval {
    if let number = Int(text) {
      throw ValidationError("\(number) of what? write \(number)ms or \(number)s")
    }
    let isShort = text.hasSuffix("ms")
    let number = text.dropLast(isShort ? 2 : 1)
    // The shape of a number first: Double also reads `inf` and `0x1p4`.
    guard isShort || text.hasSuffix("s"), number.allSatisfy({ "0123456789.".contains($0) }),
      let value = Double(number)
    else { throw ValidationError("give a time as 500ms or 2s") }
    let milliseconds = isShort ? value : value * 1_000
    guard milliseconds >= Double(shortestMilliseconds), milliseconds <= Double(longestMilliseconds)
    else { throw ValidationError("it is out of range; give 100ms to 10s") }
    return RefreshInterval(milliseconds: Int(milliseconds.rounded()))
  }
}
