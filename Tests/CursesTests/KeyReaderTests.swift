import CNcurses
import Canvas
import Testing

@testable import Curses

@Suite struct KeyReaderTests {
  /// Feeds raw keys to a reader and returns what it made of them.
  private func keys(_ raw: [curses_key], after silence: UInt64 = 0) -> [Key] {
    var reader = KeyReader()
    var rest = raw[...]
    var now: UInt64 = 1
    var found: [Key] = []
    while true {
      let key = reader.next(now: now) { rest.popFirst() ?? curses_key() }
      guard let key else { return found }
      found.append(key)
      now += silence
    }
  }

  private func characters(_ text: String) -> [curses_key] {
    text.unicodeScalars.map {
      curses_key(kind: CURSES_KEY_CHARACTER, code: Int32(bitPattern: $0.value))
    }
  }

  private func named(_ code: Int) -> curses_key {
    curses_key(kind: CURSES_KEY_NAMED, code: Int32(code))
  }

  private func paste(_ text: String) -> [curses_key] {
    [named(CURSES_NAMED_PASTE_BEGIN)] + characters(text) + [named(CURSES_NAMED_PASTE_END)]
  }

  @Test func charactersAreKeys() {
    #expect(keys(characters("jé漢")) == [.character("j"), .character("é"), .character("漢")])
  }

  @Test func controlCharactersHaveNames() {
    let raw = characters("\t\r\n\u{7F}\u{08}\u{03}\u{1A}\u{00}")
    #expect(
      keys(raw) == [
        .tab, .enter, .enter, .backspace, .backspace, .control("c"), .control("z"), .unknown(0),
      ]
    )
  }

  @Test func namedKeysAndFunctionKeysKeepTheirNames() {
    let raw = [
      named(CURSES_NAMED_UP), named(CURSES_NAMED_BACK_TAB), named(CURSES_NAMED_RESIZE),
      curses_key(kind: CURSES_KEY_FUNCTION, code: 9), curses_key(kind: CURSES_KEY_OTHER, code: 531),
    ]
    #expect(keys(raw) == [.up, .backTab, .function(9), .unknown(531)])
  }

  @Test func aPasteIsOneKeyWhateverIsInIt() {
    let text = "q\nK\r\u{03}\u{1B}x"
    #expect(keys(paste(text)) == [.pasted("q\nK\n\u{03}\u{1B}x")])
  }

  @Test func keysInsideOfAPasteAreLeftOut() {
    let raw =
      [named(CURSES_NAMED_PASTE_BEGIN), named(CURSES_NAMED_DELETE)] + characters("a")
      + [named(CURSES_NAMED_PASTE_BEGIN), named(CURSES_NAMED_PASTE_END)] + characters("b")
    #expect(keys(raw) == [.pasted("a"), .character("b")])
  }

  @Test func aPasteThatComesInPiecesIsStillOneKey() {
    var reader = KeyReader()
    var rest = paste("qQ")[...]
    let end = rest.removeLast()
    #expect(reader.next(now: 1) { rest.popFirst() ?? curses_key() } == nil)
    rest = [end]
    #expect(reader.next(now: 2) { rest.popFirst() ?? curses_key() } == .pasted("qQ"))
  }

  @Test func aPasteWithoutAnEndDoesNotSwallowLaterKeys() {
    var reader = KeyReader()
    var rest = paste("abc").dropLast()
    #expect(reader.next(now: 1) { rest.popFirst() ?? curses_key() } == nil)
    let later = KeyReader.silenceNanoseconds + 2
    rest = characters("q")[...]
    #expect(reader.next(now: later) { rest.popFirst() ?? curses_key() } == .pasted("abc"))
    #expect(reader.next(now: later) { rest.popFirst() ?? curses_key() } == .character("q"))
  }

  @Test func aPasteThatIsTooLongLosesItsEndOnly() {
    let limit = KeyReader.pastedScalarsLimit
    let text = String(repeating: "a", count: limit + 100)
    #expect(
      keys(paste(text) + characters("j")) == [
        .pasted(String(repeating: "a", count: limit)), .character("j"),
      ]
    )
  }

  @Test func aLoneEscapeIsAKey() {
    #expect(keys(characters("\u{1B}")) == [.escape])
    #expect(keys(characters("\u{1B}\u{1B}")) == [.escape, .escape])
    #expect(keys(characters("\u{1B}\u{3}")) == [.escape, .control("c")])
    #expect(keys(characters("\u{1B}") + [named(CURSES_NAMED_UP)]) == [.escape, .up])
  }

  @Test(arguments: ["\u{1B}[99;5u", "\u{1B}[1;9A", "\u{1B}Oq", "\u{1B}[I", "\u{1B}[<0;12;3M"])
  func nothingOfAnUnknownSequenceActsAsAKey(sequence: String) {
    #expect(keys(characters(sequence + "j")) == [.unknown(27), .character("j")])
  }

  @Test func aKeyWithAltIsNotThatKey() {
    #expect(keys(characters("\u{1B}qj")) == [.unknown(113), .character("j")])
  }

  @Test func anEndlessSequenceIsGivenUp() {
    let raw = characters("\u{1B}[" + String(repeating: "1", count: 1000))
    let found = keys(raw)
    #expect(found.first == .unknown(27))
    #expect(found.count == 1 + 1000 - KeyReader.sequenceLimit)
  }
}
