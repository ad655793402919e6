/// What a terminal answered to a question of ours.
enum TerminalAnswer: Hashable {
  /// Whether it shows frames at once: mode 2026, synchronized output.
  case frames(Bool)
  /// An answer that tells nothing here; it is no key all the same.
  case other

  /// Reads an answer of the form `ESC [ ? ... letter`; nil when it is none.
  ///
  /// - Parameter text: What follows the bracket, the letter included.
  init?(control text: String) {
    guard text.hasPrefix("?"), let last = text.last, "cy".contains(last) else { return nil }
    guard text.hasSuffix("$y") else {
      self = .other
      return
    }
    let numbers = text.dropFirst().dropLast(2).split(separator: ";").compactMap { Int($0) }
    guard numbers.count == 2, numbers[0] == 2026 else {
      self = .other
      return
    }
    // 1 and 2 are on and off, 3 and 4 cannot be changed, 0 is unknown.
    self = .frames(numbers[1] == 1 || numbers[1] == 2)
  }
}

/// A colour that a terminal draws on.
package struct BackgroundColor: Sendable, Hashable {
  package var red: UInt8
  package var green: UInt8
  package var blue: UInt8

  package init(red: UInt8, green: UInt8, blue: UInt8) {
    self.red = red
    self.green = green
    self.blue = blue
  }

  /// Reads `rgb:RRRR/GGGG/BBBB`, one to four hexadecimal digits for each; nil for anything else.
  init?(_ text: some StringProtocol) {
    let isOpaque = text.hasPrefix("rgb:")
    guard isOpaque || text.hasPrefix("rgba:") else { return nil }
    let parts = text.drop { $0 != ":" }.dropFirst().split(
      separator: "/",
      omittingEmptySubsequences: false
    )
    guard parts.count == (isOpaque ? 3 : 4) else { return nil }
    let values = parts.prefix(3).compactMap { part -> UInt8? in
      guard (1...4).contains(part.utf8.count), let value = Int(part, radix: 16), value >= 0
      else { return nil }
      let largest = (1 << (4 * part.utf8.count)) - 1
      return UInt8((value * 255 + largest / 2) / largest)
    }
    guard values.count == 3 else { return nil }
    self.init(red: values[0], green: values[1], blue: values[2])
  }
}

/// What a terminal sent after it was asked for its background.
struct BackgroundAnswer: Hashable {
  var color: BackgroundColor?
  /// Whether the last answer came, so that none is on the way.
  var isComplete = false
  /// What is no answer: somebody typed it meanwhile.
  var typed: [UInt8] = []

  /// Takes the answers out of what was read.
  init(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while let escape = rest.firstIndex(of: 27) {
      typed += rest[..<escape]
      rest = rest[escape...]
      if let (text, end) = Self.string(rest) {
        if text.hasPrefix("11;") { color = BackgroundColor(text.dropFirst(3)) }
        rest = rest[end...]
      } else if let end = Self.deviceAttributes(rest) {
        isComplete = true
        rest = rest[end...]
      } else {
        typed.append(27)
        rest = rest.dropFirst()
      }
    }
    typed += rest
  }

  /// `ESC ] text`, up to a bell or `ESC \`.
  private static func string(_ bytes: ArraySlice<UInt8>) -> (text: String, end: Int)? {
    guard bytes.starts(with: [27, UInt8(ascii: "]")]) else { return nil }
    let start = bytes.startIndex + 2
    guard let end = bytes[start...].firstIndex(where: { $0 == 7 || $0 == 27 }) else { return nil }
    let text = String(decoding: bytes[start..<end], as: UTF8.self)
    if bytes[end] == 7 { return (text, end + 1) }
    guard end + 1 < bytes.endIndex, bytes[end + 1] == UInt8(ascii: "\\") else { return nil }
    return (text, end + 2)
  }

  /// The end of `ESC [ ? ... c`.
  private static func deviceAttributes(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard bytes.starts(with: [27, UInt8(ascii: "["), UInt8(ascii: "?")]) else { return nil }
    let rest = bytes.dropFirst(3).drop { (48...57).contains($0) || $0 == UInt8(ascii: ";") }
    guard rest.first == UInt8(ascii: "c") else { return nil }
    return rest.startIndex + 1
  }
}
