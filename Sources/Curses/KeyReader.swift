import CNcurses
import Canvas
import Glibc

/// Turns what ncurses read into keys, and bracketed pastes into one key each.
struct KeyReader {
  /// A longer paste loses its end: nothing that is pasted here is long.
  static let pastedScalarsLimit = 65_536
  /// A paste whose end never came is over when the next key comes so much later.
  static let pasteSilenceNanoseconds: UInt64 = 500_000_000
  /// The longest escape sequence that is read to its end when ncurses does not know it.
  static let sequenceLimit = 32

  private var paste: String.UnicodeScalarView?
  private var pastedCount = 0
  private var lastPastedAt: UInt64 = 0
  private var ahead: curses_key?

  /// Takes the next whole key.
  ///
  /// - Parameters:
  ///   - now: Nanoseconds of a clock that never jumps.
  ///   - read: Reads one key without waiting.
  /// - Returns: nil when there is nothing to read now.
  mutating func next(now: UInt64, read: () -> curses_key) -> Key? {
    while true {
      let found = ahead ?? read()
      ahead = nil
      if found.kind == CURSES_KEY_NONE { return nil }
      if paste != nil {
        if now &- lastPastedAt > Self.pasteSilenceNanoseconds {
          ahead = found
          return endPaste()
        }
        lastPastedAt = now
        if let finished = addToPaste(found) { return finished }
        continue
      }
      if isNamed(found, CURSES_NAMED_PASTE_BEGIN) {
        paste = String.UnicodeScalarView()
        pastedCount = 0
        lastPastedAt = now
        continue
      }
      if isNamed(found, CURSES_NAMED_RESIZE) { continue }
      if found.kind == CURSES_KEY_CHARACTER, found.code == 27 { return afterEscape(read: read) }
      return key(found)
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
    paste?.append(scalar == "\r" ? "\n" : scalar)
    return nil
  }

  private mutating func endPaste() -> Key? {
    defer { paste = nil }
    return .pasted(String(paste ?? String.UnicodeScalarView()))
  }

  // MARK: - Escape sequences

  /// Reads on after an escape character that began no sequence that ncurses knows.
  ///
  /// Nothing of an unknown sequence may act as a command: the digits and letters in it are keys.
  private mutating func afterEscape(read: () -> curses_key) -> Key {
    let second = read()
    if second.kind == CURSES_KEY_NONE { return .escape }
    // Control keys are no part of a sequence: ^C right after Esc must still end the program.
    guard second.kind == CURSES_KEY_CHARACTER, second.code >= 32 else {
      ahead = second
      return .escape
    }
    let openers = [Int32(UInt8(ascii: "[")), Int32(UInt8(ascii: "O"))]
    guard openers.contains(second.code) else { return .unknown(Int(second.code)) }
    for _ in 0..<Self.sequenceLimit {
      let part = read()
      guard part.kind == CURSES_KEY_CHARACTER else {
        ahead = part.kind == CURSES_KEY_NONE ? nil : part
        break
      }
      if (0x40...0x7e).contains(part.code) { break }
    }
    return .unknown(27)
  }

  // MARK: - Single keys

  private func key(_ found: curses_key) -> Key {
    switch found.kind {
    case CURSES_KEY_CHARACTER: character(found.code)
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

  private func character(_ code: Int32) -> Key {
    switch code {
    case 9: return .tab
    case 10, 13: return .enter
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
