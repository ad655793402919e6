import Testing

/// The reader of the screen must not see what is not there.
@Suite struct ScreenTableTests {
  private let screen = """
    ╭─┤queues 2├──────────────────────╮╭─┤lab├────────────╮
    │  queue     ready   in/s  state  ││  trade  ● running│
    │› trade     4 230    5.0  ok     ││        p50ms   n │
    │  points        0      -  busy   ││ async    104  12 │
    ╰─────────────────────────────────╯╰──────────────────╯
     other 7
    """

  @Test func numbersAreReadBelowTheirHeadings() throws {
    let table = try #require(ScreenTable(screen, headings: ["queue", "ready"]))
    #expect(table.number("trade", "ready") == 4_230)
    #expect(table.number("trade", "in/s") == 5)
    #expect(table.number("points", "ready") == 0)
    #expect(table.number("points", "in/s") == nil)
    #expect(table.number("other", "ready") == nil)
    #expect(table.number("trade", "nonesuch") == nil)
  }

  @Test func theCursorIsOnOneRow() throws {
    let table = try #require(ScreenTable(screen, headings: ["queue", "ready"]))
    #expect(table.hasCursor(on: "trade"))
    #expect(!table.hasCursor(on: "points"))
  }

  @Test func aBoxBesideAnotherIsReadAlone() throws {
    let table = try #require(ScreenTable(screen, headings: ["p50ms", "n"]))
    #expect(table.number("async", "p50ms") == 104)
    #expect(table.number("async", "n") == 12)
    #expect(table.row("points") == nil)
  }

  @Test func aTableThatIsNotThereIsNotFound() {
    #expect(ScreenTable(screen, headings: ["queue", "p50ms"]) == nil)
  }
}
