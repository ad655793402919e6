/// What a terminal made of the bytes that a program sent it: the modes it is in and the colours it
/// was asked for.
package struct TerminalStream: Sendable {
  /// Private modes that are on now: 25 is the cursor, 1049 the alternate screen.
  package private(set) var modes: Set<Int> = [Mode.cursor]
  /// Private modes that were ever switched on.
  package private(set) var modesSeen: Set<Int> = []
  /// Every parameter of an SGR sequence that chooses a colour.
  package private(set) var colorParameters: [Int] = []
  /// Whether there was any escape sequence.
  package private(set) var hasEscapes = false

  /// The private modes that a full-screen program switches.
  package enum Mode {
    package static let applicationKeys = 1
    package static let cursor = 25
    package static let alternateScreen = 1_049
    package static let mouse: Set = [1_000, 1_002, 1_003, 1_006]
    package static let bracketedPaste = 2_004
    /// While it is on the terminal shows nothing new.
    package static let frame = 2_026
  }

  /// Reads what was sent so far.
  package init(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while let escape = rest.firstIndex(of: 0x1B) {
      hasEscapes = true
      rest = rest[(escape + 1)...]
      guard rest.first == UInt8(ascii: "[") else { continue }
      rest = rest.dropFirst()
      guard let end = rest.firstIndex(where: { (0x40...0x7E).contains($0) }) else { break }
      interpret(String(decoding: rest[..<end], as: UTF8.self), final: rest[end])
      rest = rest[(end + 1)...]
    }
  }

  /// Why a person could not go on working in this terminal; empty when they could.
  package var leftovers: [String] {
    var found: [String] = []
    if modes.contains(Mode.alternateScreen) { found.append("the alternate screen is still on") }
    if !modes.contains(Mode.cursor) { found.append("the cursor is hidden") }
    if modes.contains(Mode.applicationKeys) { found.append("cursor keys are in application mode") }
    if !modes.isDisjoint(with: Mode.mouse) { found.append("the mouse is captured") }
    if modes.contains(Mode.bracketedPaste) { found.append("pasting is bracketed") }
    if modes.contains(Mode.frame) { found.append("a frame was begun and not ended") }
    return found
  }

  private mutating func interpret(_ parameters: String, final: UInt8) {
    let isPrivate = parameters.hasPrefix("?")
    let numbers = parameters.split { $0 == ";" || $0 == "?" || $0 == ":" }.compactMap { Int($0) }
    switch final {
    case UInt8(ascii: "h") where isPrivate:
      modes.formUnion(numbers)
      modesSeen.formUnion(numbers)
    case UInt8(ascii: "l") where isPrivate:
      modes.subtract(numbers)
    case UInt8(ascii: "m") where !isPrivate:
      colorParameters += numbers.filter(Self.choosesColor)
    default:
      break
    }
  }

  /// 39 and 49 give the terminal's own colours back, so they choose none.
  private static func choosesColor(_ parameter: Int) -> Bool {
    switch parameter {
    case 30...38, 40...48, 90...97, 100...107: true
    default: false
    }
  }
}
