import CNcurses
import Canvas
import Testing

@testable import Curses

@Suite struct TerminalAnswerTests {
  private func characters(_ text: String) -> [curses_key] {
    text.unicodeScalars.map {
      curses_key(kind: CURSES_KEY_CHARACTER, code: Int32(bitPattern: $0.value))
    }
  }

  /// Feeds pieces that come 10 ms apart to a reader that expects answers.
  private func read(
    _ pieces: [String],
    isExpected: Bool = true
  ) -> (keys: [Key], answers: [TerminalAnswer]) {
    var reader = KeyReader()
    var now: UInt64 = 1_000_000_000
    if isExpected { reader.expectAnswers(now: now) }
    var found: [Key] = []
    for piece in pieces {
      var rest = characters(piece)[...]
      while let key = reader.next(now: now, read: { rest.popFirst() ?? curses_key() }) {
        found.append(key)
      }
      now += 10_000_000
    }
    return (found, reader.takeAnswers())
  }

  @Test(arguments: [
    ("\u{1B}[?2026;1$y", TerminalAnswer.frames(true)), ("\u{1B}[?2026;2$y", .frames(true)),
    ("\u{1B}[?2026;0$y", .frames(false)), ("\u{1B}[?2026;4$y", .frames(false)),
    ("\u{1B}[?2004;2$y", .other), ("\u{1B}[?62;22c", .other),
  ])
  func anAnswerIsNoKey(sequence: String, answer: TerminalAnswer) {
    for isExpected in [true, false] {
      let found = read([sequence + "j"], isExpected: isExpected)
      #expect(found.keys == [.character("j")])
      #expect(found.answers == [answer])
    }
  }

  @Test(arguments: ["\u{1B}]11;rgb:ffff/ffff/dddd\u{1B}\\", "\u{1B}]11;rgb:00/00/00\u{7}"])
  func aColourThatComesLateIsNoKey(sequence: String) {
    #expect(read([sequence + "j"], isExpected: false).keys == [.character("j")])
  }

  @Test func anAnswerInPiecesIsNoKey() {
    let whole = "\u{1B}[?2026;2$y\u{1B}]11;rgb:ffff/ffff/ffff\u{1B}\\"
    for cut in 2..<whole.unicodeScalars.count {
      let scalars = Array(whole.unicodeScalars)
      let pieces = [scalars[..<cut], scalars[cut...]].map { part in
        String(String.UnicodeScalarView(part))
      }
      let found = read(pieces + ["j"])
      // An escape character that comes alone is that key; nothing else may come of the answer.
      #expect(found.keys.filter { $0 != .escape } == [.character("j")], "cut at \(cut)")
      #expect(found.answers == [.frames(true)], "cut at \(cut)")
    }
  }

  @Test func anAnswerThatNeverEndsSwallowsNoLaterKey() {
    var reader = KeyReader()
    reader.expectAnswers(now: 1)
    var rest = characters("\u{1B}]11;rgb:")[...]
    #expect(reader.next(now: 2) { rest.popFirst() ?? curses_key() } == nil)
    rest = characters("q")[...]
    let later = KeyReader.silenceNanoseconds + 3
    #expect(reader.next(now: later) { rest.popFirst() ?? curses_key() } == .character("q"))
  }

  @Test func aBracketWithAltIsAKey() {
    #expect(read(["\u{1B}]q"], isExpected: false).keys == [.unknown(93), .character("q")])
  }

  @Test func whatWasTypedBeforeComesFirst() {
    var reader = KeyReader(typedAhead: Array("j\u{3}é".utf8))
    var rest = characters("k")[...]
    var found: [Key] = []
    while let key = reader.next(now: 1, read: { rest.popFirst() ?? curses_key() }) {
      found.append(key)
    }
    #expect(found == [.character("j"), .control("c"), .character("é"), .character("k")])
  }
}

@Suite struct BackgroundTests {
  @Test(arguments: [
    ("rgb:ffff/8080/0000", BackgroundColor(red: 255, green: 128, blue: 0)),
    ("rgb:ff/80/00", BackgroundColor(red: 255, green: 128, blue: 0)),
    ("rgb:f/0/8", BackgroundColor(red: 255, green: 0, blue: 136)),
    ("rgba:ffff/0000/0000/ffff", BackgroundColor(red: 255, green: 0, blue: 0)),
  ])
  func aColourIsRead(text: String, color: BackgroundColor) {
    #expect(BackgroundColor(text) == color)
  }

  @Test(arguments: [
    "", "rgb:", "rgb:ff/ff", "rgb:ff/ff/gg", "rgb:fffff/0/0", "#ffffff", "rgb:/0/0",
  ])
  func whatIsNoColourIsRefused(text: String) {
    #expect(BackgroundColor(text) == nil)
  }

  @Test func theAnswersAreTakenOutOfWhatIsTyped() {
    let bytes = Array("j\u{1B}]11;rgb:ffff/ffff/ffff\u{1B}\\q\u{1B}[?62;22c\u{1B}[A".utf8)
    let answer = BackgroundAnswer(bytes)
    #expect(answer.color == BackgroundColor(red: 255, green: 255, blue: 255))
    #expect(answer.isComplete)
    #expect(answer.typed == Array("jq\u{1B}[A".utf8))
  }

  @Test func aTerminalThatKnowsNoColoursSaysSoAtOnce() {
    let answer = BackgroundAnswer(Array("\u{1B}[?1;2c".utf8))
    #expect(answer.color == nil && answer.isComplete && answer.typed == [])
  }

  @Test func halfAnAnswerStaysForTheKeyReader() {
    let half = Array("\u{1B}]11;rgb:ff".utf8)
    let answer = BackgroundAnswer(half)
    #expect(answer.color == nil && !answer.isComplete && answer.typed == half)
  }
}

@Suite struct ClipboardTests {
  @Test func aTextGoesToTheClipboardInOneSequence() {
    let sequence = Terminal.clipboardSequence("foo")
    #expect(sequence == Array("\u{1B}]52;c;Zm9v\u{7}".utf8))
  }

  @Test func halfATextIsNotCopied() {
    let limit = Terminal.copiedBytesLimit
    #expect(Terminal.clipboardSequence(String(repeating: "a", count: limit)) != nil)
    #expect(Terminal.clipboardSequence(String(repeating: "a", count: limit + 1)) == nil)
  }

  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy"),
    ("漢字", "5ryi5a2X"),
  ])
  func bytesBecomeLetters(text: String, letters: String) {
    #expect(String(decoding: Base64.encoded(Array(text.utf8)), as: UTF8.self) == letters)
  }
}
