import Canvas
import Dashboard
import Telemetry
import Testing

/// Fields that take text, as the palette shows them.
@Suite struct FieldTests {
  /// Types into the palette and returns what its field then holds.
  private func typed(_ keys: [Key]) -> String {
    var model = watched(.payment, size: Size(columns: 120, rows: 36), seconds: 1)
    _ = update(&model, .key(.character(":")))
    for key in keys { _ = update(&model, .key(key)) }
    let lines = textFrame(model).split(separator: "\n")
    let place = lines.firstIndex { $0.contains("┤command├") } ?? 0
    let line = lines[place + 1]
    let inside = line.split(separator: "│").map(String.init)
    return inside.max { $0.utf8.count < $1.utf8.count }.map { text -> String in
      let start = text.drop { $0 == " " }
      return String(start.reversed().drop { $0 == " " }.reversed())
    } ?? ""
  }

  private func letters(_ text: String) -> [Key] { text.unicodeScalars.map { .character($0) } }

  @Test func readlinesKeysEdit() {
    let abc = letters("one two")
    #expect(typed(abc + [.control("w")]) == "one")
    #expect(typed(abc + [.control("u")]) == "type what you want to do")
    #expect(typed(abc + [.control("a"), .control("k")]) == "type what you want to do")
    #expect(typed(abc + [.home, .delete, .character("O")]) == "One two")
    #expect(typed(abc + [.left, .left, .left, .backspace]) == "onetwo")
    #expect(
      typed(abc + [.control("a"), .right, .character("X"), .end, .character("Y")]) == "oXne twoY"
    )
    #expect(typed(abc + [.control("a"), .control("d")]) == "ne two")
    #expect(
      typed(abc + [.control("b"), .control("b"), .control("f"), .character("-")]) == "one tw-o"
    )
  }

  @Test func aPasteLosesWhatMustNotReachATerminal() {
    #expect(typed([.pasted("a\u{1B}[2Jb\nc\u{202E}d")]) == "a[2Jb cd")
  }

  @Test func aLongTextShowsThePartWithTheCursor() {
    let text = typed(letters(String(repeating: "x", count: 300) + "end"))
    #expect(text.hasSuffix("end"))
  }

  @Test func aTextHasALimit() {
    let long = String(repeating: "y", count: 2 * Limits.fieldCharacters)
    var model = watched(.payment, size: Size(columns: 120, rows: 36), seconds: 1)
    press("2 /", in: &model)
    _ = update(&model, .key(.pasted(long)))
    for _ in 0..<Limits.fieldCharacters { _ = update(&model, .key(.backspace)) }
    #expect(!textFrame(model).contains("yy"))
  }

  @Test func wideCharactersKeepTheCursorInPlace() {
    #expect(typed(letters("注文") + [.left, .character("x")]) == "注x文")
  }
}
