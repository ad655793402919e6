/// How often the broker is looked at and the screen drawn, as `--refresh` and `refresh =` say it.
package struct RefreshInterval: Hashable, Sendable, CustomStringConvertible {
  private static let shortestMilliseconds = 100
  private static let longestMilliseconds = 10_000

  /// What there is when nobody asks for another.
  package static let usual = RefreshInterval(milliseconds: 500)

  /// From 100 to 10,000.
  package let milliseconds: Int

  private init(milliseconds: Int) {
    self.milliseconds = milliseconds
  }

  /// Takes the nearest interval that there is.
  package init(seconds: Double) {
    let range = Double(Self.shortestMilliseconds)...Double(Self.longestMilliseconds)
    let wanted = (seconds * 1_000).rounded()
    // A number that is none compares with nothing.
    let bounded =
      wanted.isNaN ? range.upperBound : min(max(wanted, range.lowerBound), range.upperBound)
    milliseconds = Int(bounded)
  }

  /// The same as a number.
  package var seconds: Double { Double(milliseconds) / 1_000 }

  /// As it is read: `500ms`, `2s`.
  package var description: String {
    milliseconds % 1_000 == 0 ? "\(milliseconds / 1_000)s" : "\(milliseconds)ms"
  }

  /// Why a text is no interval, with what mends it.
  package struct Mistake: Error, Hashable, CustomStringConvertible {
    package var description: String
  }

  /// Reads `250ms`, `2s` or `1.5s`.
  ///
  /// - Throws: ``Mistake``.
  package static func read(_ text: String) throws(Mistake) -> RefreshInterval {
    if let number = Int(text) {
      throw Mistake(description: "\(number) of what? write \(number)ms or \(number)s")
    }
    let isShort = text.hasSuffix("ms")
    let number = text.dropLast(isShort ? 2 : 1)
    // The shape of a number first: Double also reads `inf` and `0x1p4`.
    guard isShort || text.hasSuffix("s"), number.allSatisfy({ "0123456789.".contains($0) }),
      let value = Double(number)
    else { throw Mistake(description: "give a time as 500ms or 2s") }
    let milliseconds = isShort ? value : value * 1_000
    guard milliseconds >= Double(shortestMilliseconds), milliseconds <= Double(longestMilliseconds)
    else { throw Mistake(description: "it is out of range; give 100ms to 10s") }
    return RefreshInterval(milliseconds: Int(milliseconds.rounded()))
  }
}
