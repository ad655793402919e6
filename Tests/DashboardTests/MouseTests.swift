import Canvas
import Dashboard
import Telemetry
import Testing

/// The mouse does what the keys do.
@Suite struct MouseTests {
  private func model(_ keys: String = "") -> Model {
    var model = watched(.payment, size: Size(columns: 120, rows: 36), seconds: 3)
    press(keys, in: &model)
    return model
  }

  /// Where a text stands on the screen, its first column.
  private func place(of text: String, in model: Model) throws -> Point {
    let grid = render(model)
    for row in 0..<grid.size.rows {
      var line = ""
      for cell in grid.row(row) { line.unicodeScalars.append(cell.scalar) }
      if let found = line.firstRange(of: text) {
        let column = line[..<found.lowerBound].unicodeScalars.count
        return Point(column: column, row: row)
      }
    }
    Issue.record("\(text) is not on the screen")
    throw Missing()
  }

  private struct Missing: Error {}

  private func mouse(
    _ kind: MouseEvent.Kind,
    on text: String,
    in model: inout Model
  ) throws -> [Effect] {
    update(&model, .key(.mouse(MouseEvent(kind, at: try place(of: text, in: model)))))
  }

  private func cursorLine(_ model: Model) -> String {
    textFrame(model).split(separator: "\n").first { $0.contains("›") }.map(String.init) ?? ""
  }

  @Test func aClickSelectsAndADoubleClickOpens() throws {
    var model = model()
    _ = try mouse(.click, on: "trade.payments ", in: &model)
    #expect(cursorLine(model).contains("trade.payments"))
    _ = try mouse(.doubleClick, on: "trade.payments ", in: &model)
    #expect(textFrame(model).contains(" queue trade.payments"))
  }

  @Test func aClickInAnotherPanelGivesItTheKeys() throws {
    var model = model()
    _ = try mouse(.click, on: "payments       topic", in: &model)
    #expect(cursorLine(model).contains("topic"))
    _ = try mouse(.click, on: "what changed", in: &model)
    #expect(cursorLine(model).contains("load 10.0/s"))
  }

  @Test func theWheelMovesTheRowsUnderIt() throws {
    var model = model("2")
    _ = try mouse(.wheelDown, on: "trade.payments", in: &model)
    #expect(cursorLine(model).contains("trade.payments"))
    _ = try mouse(.wheelUp, on: "trade.payments", in: &model)
    #expect(cursorLine(model).contains("notification.payments"))
    press("?", in: &model)
    let before = textFrame(model)
    _ = update(&model, .key(.mouse(MouseEvent(.wheelDown, at: Point(column: 5, row: 5)))))
    #expect(textFrame(model) != before)
  }

  @Test func aClickOnAHeadSortsAndAgainTurnsRound() throws {
    var model = model("2")
    _ = try mouse(.click, on: "ready  unack", in: &model)
    #expect(textFrame(model).contains("ready▾"))
    _ = try mouse(.click, on: "ready▾", in: &model)
    #expect(textFrame(model).contains("ready▴"))
  }

  @Test func lettersInBordersAndFooterAreButtons() throws {
    var model = model()
    let burst = try mouse(.click, on: "b burst", in: &model)
    #expect(burst == [.burst(customers: 100)])
    _ = try mouse(.click, on: "? help", in: &model)
    #expect(textFrame(model).contains("keys of the overview"))
  }

  @Test func aDoubleClickOnAButtonPressesItOnce() throws {
    var model = model()
    let at = try place(of: "b burst", in: model)
    let first = update(&model, .key(.mouse(MouseEvent(.click, at: at))))
    let second = update(&model, .key(.mouse(MouseEvent(.doubleClick, at: at))))
    #expect(first.count == 1)
    #expect(second.isEmpty)
  }

  @Test func aClickOnAScreensNameShowsIt() throws {
    var model = model()
    _ = try mouse(.click, on: "5 Connections", in: &model)
    #expect(textFrame(model).contains("10.0.0.4:40988"))
  }

  @Test func theRightButtonOpensTheRowsMenu() throws {
    var model = model("2")
    _ = try mouse(.secondaryClick, on: "points.payments ", in: &model)
    #expect(textFrame(model).contains("┤what to do├"))
    _ = try mouse(.click, on: "purge: Throw", in: &model)
    #expect(textFrame(model).contains("┤purge points.payments├"))
    let pressed = try mouse(.click, on: "[ No ]", in: &model)
    #expect(pressed.isEmpty)
    #expect(!textFrame(model).contains("┤purge points.payments├"))
  }

  @Test func aButtonOfAQuestionIsClicked() throws {
    var model = model("2 j P")
    let at = try place(of: "[ No ]", in: model)
    let yes = Point(column: at.column + 9, row: at.row)
    let effects = update(&model, .key(.mouse(MouseEvent(.click, at: yes))))
    #expect(
      effects
        == [.act(.purge(QueueIdentity(virtualHost: "/", name: "points.payments")))]
    )
  }

  @Test func aClickIntoAFormChoosesTheField() throws {
    var model = model("2 c")
    _ = try mouse(.click, on: "arguments ", in: &model)
    press("a = b", in: &model)
    #expect(textFrame(model).contains(" a=b "))
    _ = try mouse(.click, on: " create ", in: &model)
    #expect(textFrame(model).contains("name: write a name"))
  }

  @Test func clicksWhereNothingIsDoNothing() {
    var model = model()
    for at in [Point(column: 500, row: 2), Point(column: 0, row: 0), Point(column: -1, row: -1)] {
      for kind: MouseEvent.Kind in [.click, .doubleClick, .secondaryClick, .wheelUp, .wheelDown] {
        #expect(update(&model, .key(.mouse(MouseEvent(kind, at: at)))).isEmpty)
      }
    }
  }
}
