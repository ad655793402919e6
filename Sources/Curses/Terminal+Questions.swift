import Canvas
import CNcurses
import Glibc

extension Terminal {
  /// How long the terminal may take to say what its background is: longer is felt at the start.
  static let backgroundPatienceMilliseconds: Int32 = 100
  /// Room for the answers and for what is typed meanwhile.
  private static let answerBytesLimit = 1_024
  /// The largest text that ``copy(_:)`` takes, in bytes: terminals drop longer ones in silence.
  nonisolated package static let copiedBytesLimit = 65_536

  /// Returns the colour of the terminal's background, asked with OSC 11; at most
  /// ``backgroundPatienceMilliseconds`` later.
  ///
  /// To be called right before ``open(_:)``, in the same turn: until then the terminal is in raw
  /// mode, and what was typed waits for the opened terminal.
  ///
  /// - Returns: nil when the terminal does not answer, or is too simple to be asked.
  package static func background(
    _ options: TerminalOptions,
    environment: TerminalKind.Environment = TerminalKind.processEnvironment
  ) -> BackgroundColor? {
    // Which mistakes there are is told when the terminal is opened.
    guard let kind = try? TerminalKind.choose(options, environment: environment),
      kind.depth != .monochrome, curses_describe(kind.name).has_other_screen
    else { return nil }
    // The same again.
    guard let input = try? inputDescriptor() else { return nil }
    // Whoever ends the program now is heard when the terminal is opened: until then the modes that
    // were found would not come back.
    for signal in [SIGINT, SIGTERM, SIGHUP] { Signals.shared.onSignal(signal) {} }
    var bytes = [CChar](repeating: 0, count: answerBytesLimit)
    let count = curses_ask(
      input,
      STDOUT_FILENO,
      // A terminal that knows nothing of the first question answers the second all the same.
      "\u{1B}]11;?\u{1B}\\\u{1B}[c",
      backgroundPatienceMilliseconds,
      &bytes,
      bytes.count
    )
    let answer = BackgroundAnswer(bytes.prefix(count).map { UInt8(bitPattern: $0) })
    before = BeforeOpen(typed: answer.typed, isAnswerDue: !answer.isComplete)
    return answer.color
  }

  /// What was read from the terminal before ncurses was there.
  struct BeforeOpen {
    var typed: [UInt8] = []
    var isAnswerDue = false
  }

  /// Puts a text on the clipboard of the person's machine, with OSC 52, also through ssh and tmux.
  ///
  /// - Returns: Whether it was sent; whether the terminal allows it nobody is told. A text of more
  ///   than ``copiedBytesLimit`` bytes is not sent, since half a text would be worse.
  @discardableResult
  package func copy(_ text: String) -> Bool {
    guard isActive, let sequence = Self.clipboardSequence(text) else { return false }
    return sequence.map { CChar(bitPattern: $0) }.withUnsafeBufferPointer { bytes in
      // Safe: the buffer is only read during the call.
      curses_send(bytes.baseAddress, bytes.count)
    }
  }

  /// The bytes that put a text on the clipboard; nil when it is too long.
  nonisolated static func clipboardSequence(_ text: String) -> [UInt8]? {
    guard text.utf8.count <= copiedBytesLimit else { return nil }
    return Array("\u{1B}]52;c;".utf8) + Base64.encoded(Array(text.utf8)) + [7]
  }
}

/// Bytes as the text that OSC 52 carries.
enum Base64 {
  private static let letters = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8
  )

  static func encoded(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      var bits = 0
      for offset in 0..<3 {
        bits = bits << 8 | (offset < group.count ? Int(group[start + offset]) : 0)
      }
      for place in 0..<4 {
        result.append(
          place <= group.count ? letters[bits >> (18 - 6 * place) & 63] : UInt8(ascii: "=")
        )
      }
    }
    return result
  }
}
