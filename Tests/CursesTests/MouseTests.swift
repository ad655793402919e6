import CNcurses
import Canvas
import Testing

@testable import Curses

@Suite struct MouseTests {
  private let begin = curses_key(
    kind: CURSES_KEY_NAMED,
    code: Int32(CURSES_NAMED_MOUSE_BEGIN)
  )
  private let oldBegin = curses_key(
    kind: CURSES_KEY_NAMED,
    code: Int32(CURSES_NAMED_OLD_MOUSE_BEGIN)
  )

  private func characters(_ text: String) -> [curses_key] {
    text.unicodeScalars.map {
      curses_key(kind: CURSES_KEY_CHARACTER, code: Int32(bitPattern: $0.value))
    }
  }

  /// Feeds raw keys to one reader, each list at its own time in milliseconds.
  private func keys(_ reports: [(milliseconds: UInt64, raw: [curses_key])]) -> [Key] {
    var reader = KeyReader()
    return reports.flatMap { report in
      var rest = report.raw[...]
      var found: [Key] = []
      while let key = reader.next(
        now: 1_000_000_000 + report.milliseconds * 1_000_000,
        read: { rest.popFirst() ?? curses_key() }
      ) {
        found.append(key)
      }
      return found
    }
  }

  private func event(_ kind: MouseEvent.Kind, _ column: Int, _ row: Int) -> Key {
    .mouse(MouseEvent(kind, at: Point(column: column, row: row)))
  }

  @Test(arguments: [
    ("0;12;3M", MouseEvent.Kind.click), ("2;12;3M", .secondaryClick), ("64;12;3M", .wheelUp),
    ("65;12;3M", .wheelDown), ("16;12;3M", .click),
  ])
  func aReportIsAnEventWhereItHappened(report: String, kind: MouseEvent.Kind) {
    #expect(keys([(0, [begin] + characters(report))]) == [event(kind, 11, 2)])
  }

  @Test func columnsBeyondWhatAByteHoldsAreKnown() {
    #expect(keys([(0, [begin] + characters("0;300;100M"))]) == [event(.click, 299, 99)])
  }

  @Test(arguments: ["0;12;3m", "1;12;3M", "32;12;3M", "66;12;3M", "0;0;3M", "0;3M", "x", ";;M"])
  func whatMeansNothingIsNoKey(report: String) {
    #expect(keys([(0, [begin] + characters(report + "j"))]) == [.character("j")])
  }

  @Test func twoClicksAtOnePlaceAreADoubleClick() {
    let click = [begin] + characters("0;5;5M") + [begin] + characters("0;5;5m")
    let elsewhere = [begin] + characters("0;6;5M")
    let (first, second) = (event(.click, 4, 4), event(.doubleClick, 4, 4))
    #expect(keys([(0, click), (400, click)]) == [first, second])
    #expect(keys([(0, click), (401, click)]) == [first, first])
    #expect(keys([(0, click), (100, elsewhere)]) == [first, event(.click, 5, 4)])
    #expect(keys([(0, click), (100, click), (200, click)]) == [first, second, first])
  }

  @Test func aReportInPiecesIsOneEvent() {
    let pieces: [(UInt64, [curses_key])] = [
      (0, [begin]), (10, characters("0;1")), (20, characters("2;3M")),
    ]
    #expect(keys(pieces) == [event(.click, 11, 2)])
  }

  @Test func aReportThatNeverEndsSwallowsNoLaterKey() {
    let pieces: [(UInt64, [curses_key])] = [
      (0, [begin] + characters("0;1")), (600, characters("q")),
    ]
    #expect(keys(pieces) == [.character("q")])
  }

  @Test func theOldFormIsUnderstoodToo() {
    #expect(
      keys([(0, [oldBegin] + characters(" !\"q"))]) == [event(.click, 0, 1), .character("q")]
    )
  }
}
