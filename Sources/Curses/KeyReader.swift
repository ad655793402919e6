import CNcurses
import Canvas
import Glibc

/// Turns what ncurses read into keys: bracketed pastes into one key each, mouse reports into events,
/// and what a terminal answers into none.
struct KeyReader {
  /// A longer paste loses its end: nothing that is pasted here is long.
  static let pastedScalarsLimit = 65_536
  /// A paste or sequence whose end never came is over when the next key comes so much later.
  static let silenceNanoseconds: UInt64 = 500_000_000
  /// The longest escape sequence that is read to its end when ncurses does not know it.
  static let sequenceLimit = 32
  /// The longest text in an answer; a colour has some twenty characters.
  static let answerLimit = 128
  /// While an answer may come, its parts may come apart; later it is only known when it comes whole.
  static let answerNanoseconds: UInt64 = 5_000_000_000
  /// An answer whose escape character came alone goes on within this.
  static let splitNanoseconds: UInt64 = 100_000_000

  /// What was begun and is not over.
  private enum Part {
    case none
    case paste
    /// An escape character that may be a key or begin something.
    case escape
    /// `ESC [` or, without a meaning here, `ESC O`; what came behind it so far.
    case control(String, opener: Unicode.Scalar)
    /// `ESC ]`, up to a bell or `ESC \`.
    case string(String, hasEscape: Bool)
    /// A mouse report, its three numbers as text.
    case mouse(String)
    /// The old form of one: a character for each number.
    case oldMouse([Int32])
  }

  private var part = Part.none
  private var paste = String.UnicodeScalarView()
  private var pastedCount = 0
  private var lastReadAt: UInt64 = 0
  private var escapedAt: UInt64?
  private var answersUntil: UInt64 = 0
  private var ahead: [curses_key] = []
  private var mouse = MouseReader()
  private var answers: [TerminalAnswer] = []

  /// - Parameter typedAhead: What was typed before ncurses was there, as the terminal sent it.
  init(typedAhead: [UInt8] = []) {
    ahead = String(decoding: typedAhead, as: UTF8.self).unicodeScalars.reversed().map {
      curses_key(kind: CURSES_KEY_CHARACTER, code: Int32(bitPattern: $0.value))
    }
  }

  /// Something was asked of the terminal, or its answer is still on the way.
  mutating func expectAnswers(now: UInt64) {
    answersUntil = now &+ Self.answerNanoseconds
  }

  /// Takes what the terminal answered so far.
  mutating func takeAnswers() -> [TerminalAnswer] {
    defer { answers.removeAll() }
    return answers
  }

  /// Takes the next whole key.
  ///
  /// - Parameters:
  ///   - now: Nanoseconds of a clock that never jumps.
  ///   - read: Reads one key without waiting.
  /// - Returns: nil when there is nothing to read now.
  mutating func next(now: UInt64, read: () -> curses_key) -> Key? {
    while true {
      let found = ahead.popLast() ?? read()
      if found.kind == CURSES_KEY_NONE { return nothingMore(now) }
      if now &- lastReadAt > Self.silenceNanoseconds, let key = endOfSilence(found) { return key }
      lastReadAt = now
      if let key = take(found, now) { return key }
    }
  }

  private mutating func take(_ found: curses_key, _ now: UInt64) -> Key? {
    switch part {
    case .none: begin(found, now)
    case .paste: addToPaste(found)
    case .escape: afterEscape(found)
    case .control(let text, let opener): addToControl(found, text, opener)
    case .string(let text, let hasEscape): addToString(found, text, hasEscape)
    case .mouse(let text): addToMouse(found, text, now)
    case .oldMouse(let codes): addToOldMouse(found, codes, now)
    }
  }

  private mutating func begin(_ found: curses_key, _ now: UInt64) -> Key? {
    if isNamed(found, CURSES_NAMED_PASTE_BEGIN) {
      part = .paste
      paste = String.UnicodeScalarView()
      pastedCount = 0
      return nil
    }
    if isNamed(found, CURSES_NAMED_MOUSE_BEGIN) {
      part = .mouse("")
      return nil
    }
    if isNamed(found, CURSES_NAMED_OLD_MOUSE_BEGIN) {
      part = .oldMouse([])
      return nil
    }
    if isNamed(found, CURSES_NAMED_RESIZE) { return nil }
    guard found.kind == CURSES_KEY_CHARACTER else { return key(found) }
    if found.code == 27 {
      part = .escape
      return nil
    }
    defer { escapedAt = nil }
    if let escapedAt, now &- escapedAt < Self.splitNanoseconds, now < answersUntil,
      found.code == Int32(UInt8(ascii: "[")) || found.code == Int32(UInt8(ascii: "]"))
    {
      return afterEscape(found)
    }
    return key(found)
  }

  /// What ends when there is nothing more to read now.
  private mutating func nothingMore(_ now: UInt64) -> Key? {
    switch part {
    case .none, .paste, .mouse, .oldMouse:
      return nil
    case .escape:
      part = .none
      escapedAt = now
      return .escape
    case .control, .string:
      if now < answersUntil { return nil }
      part = .none
      return .unknown(27)
    }
  }

  /// What ends because a key comes long after what was begun.
  private mutating func endOfSilence(_ found: curses_key) -> Key? {
    switch part {
    case .none, .escape:
      return nil
    case .paste:
      ahead.append(found)
      return endPaste()
    case .control, .string, .mouse, .oldMouse:
      part = .none
      return nil
    }
  }

  private func isNamed(_ found: curses_key, _ name: Int) -> Bool {
    found.kind == CURSES_KEY_NAMED && Int(found.code) == name
  }

  // MARK: - Pastes

  private mutating func addToPaste(_ found: curses_key) -> Key? {
    if isNamed(found, CURSES_NAMED_PASTE_END) { return endPaste() }
    // Keys inside of a paste are escape sequences in the pasted text; they are left out.
    guard found.kind == CURSES_KEY_CHARACTER,
      let scalar = Unicode.Scalar(UInt32(bitPattern: found.code)),
      pastedCount < Self.pastedScalarsLimit
    else { return nil }
    pastedCount += 1
    paste.append(scalar == "\r" ? "\n" : scalar)
    return nil
  }

  private mutating func endPaste() -> Key? {
    part = .none
    return .pasted(String(paste))
  }

  // MARK: - Escape sequences

  /// Reads on after an escape character that began no sequence that ncurses knows.
  ///
  /// Nothing of an unknown sequence may act as a command: the digits and letters in it are keys.
  private mutating func afterEscape(_ found: curses_key) -> Key? {
    part = .none
    // Control keys are no part of a sequence: ^C right after Esc must still end the program.
    guard found.kind == CURSES_KEY_CHARACTER, found.code >= 32,
      let scalar = Unicode.Scalar(UInt32(bitPattern: found.code))
    else {
      ahead.append(found)
      return .escape
    }
    switch scalar {
    case "[", "O": part = .control("", opener: scalar)
    case "]": part = .string("", hasEscape: false)
    default: return .unknown(Int(found.code))
    }
    return nil
  }

  private mutating func addToControl(
    _ found: curses_key,
    _ text: String,
    _ opener: Unicode.Scalar
  ) -> Key? {
    part = .none
    guard found.kind == CURSES_KEY_CHARACTER, found.code != 27,
      let scalar = Unicode.Scalar(UInt32(bitPattern: found.code))
    else {
      ahead.append(found)
      return .unknown(27)
    }
    let longer = text + String(Character(scalar))
    if (0x40...0x7e).contains(scalar.value) {
      guard opener == "[", let answer = TerminalAnswer(control: longer) else { return .unknown(27) }
      answers.append(answer)
      return nil
    }
    if longer.unicodeScalars.count >= Self.sequenceLimit { return .unknown(27) }
    part = .control(longer, opener: opener)
    return nil
  }

  private mutating func addToString(
    _ found: curses_key,
    _ text: String,
    _ hasEscape: Bool
  ) -> Key? {
    part = .none
    // An answer begins with a digit; ] with Alt and then something else are two keys.
    guard found.kind == CURSES_KEY_CHARACTER,
      let scalar = Unicode.Scalar(UInt32(bitPattern: found.code)),
      !text.isEmpty || ("0"..."9").contains(scalar)
    else {
      ahead.append(found)
      return .unknown(Int(UInt8(ascii: "]")))
    }
    // A bell, or ESC \; whatever else follows an escape character ends it too.
    if scalar.value == 7 || hasEscape {
      if hasEscape, scalar != "\\" { ahead.append(found) }
      return nil
    }
    if text.unicodeScalars.count < Self.answerLimit {
      let longer = scalar.value == 27 ? text : text + String(Character(scalar))
      part = .string(longer, hasEscape: scalar.value == 27)
    }
    return nil
  }

  // MARK: - Mouse

  private mutating func addToMouse(_ found: curses_key, _ text: String, _ now: UInt64) -> Key? {
    part = .none
    guard found.kind == CURSES_KEY_CHARACTER,
      let scalar = Unicode.Scalar(UInt32(bitPattern: found.code))
    else {
      ahead.append(found)
      return nil
    }
    switch scalar {
    case "0"..."9", ";":
      if text.utf8.count < Self.sequenceLimit { part = .mouse(text + String(Character(scalar))) }
      return nil
    case "M":
      let numbers = text.split(separator: ";").compactMap { Int($0) }
      guard numbers.count == 3 else { return nil }
      return mouse.pressed(numbers[0], column: numbers[1], row: numbers[2], now: now)
    default:
      // m is a button that came up: what it did was done when it went down.
      return nil
    }
  }

  private mutating func addToOldMouse(
    _ found: curses_key,
    _ codes: [Int32],
    _ now: UInt64
  ) -> Key? {
    part = .none
    guard found.kind == CURSES_KEY_CHARACTER else {
      ahead.append(found)
      return nil
    }
    let longer = codes + [found.code]
    guard longer.count == 3 else {
      part = .oldMouse(longer)
      return nil
    }
    let numbers = longer.map { Int($0) - 32 }
    return mouse.pressed(numbers[0], column: numbers[1], row: numbers[2], now: now)
  }

  // MARK: - Single keys

  private func key(_ found: curses_key) -> Key {
    switch found.kind {
    case CURSES_KEY_CHARACTER: .character(code: found.code)
    case CURSES_KEY_FUNCTION: .function(Int(found.code))
    case CURSES_KEY_NAMED: Self.named[Int(found.code)] ?? .unknown(Int(found.code))
    default: .unknown(Int(found.code))
    }
  }

  private static let named: [Int: Key] = [
    CURSES_NAMED_UP: .up,
    CURSES_NAMED_DOWN: .down,
    CURSES_NAMED_LEFT: .left,
    CURSES_NAMED_RIGHT: .right,
    CURSES_NAMED_HOME: .home,
    CURSES_NAMED_END: .end,
    CURSES_NAMED_PAGE_UP: .pageUp,
    CURSES_NAMED_PAGE_DOWN: .pageDown,
    CURSES_NAMED_BACK_TAB: .backTab,
    CURSES_NAMED_ENTER: .enter,
    CURSES_NAMED_BACKSPACE: .backspace,
    CURSES_NAMED_DELETE: .delete,
    CURSES_NAMED_INSERT: .insert,
  ]
}

extension Key {
  /// The key of a character that a terminal sent, control characters included.
  static func character(code: Int32) -> Key {
    switch code {
    case 9: return .tab
    case 10, 13: return .enter
    case 27: return .escape
    case 8, 127: return .backspace
    case 1...26:
      // Control with a letter is the letter's place in the alphabet.
      guard let letter = Unicode.Scalar(UInt32(code) + 0x60) else { return .unknown(Int(code)) }
      return .control(letter)
    default:
      guard code >= 32, let scalar = Unicode.Scalar(UInt32(bitPattern: code)) else {
        return .unknown(Int(code))
      }
      return .character(scalar)
    }
  }
}
