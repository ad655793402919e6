import Canvas
import TestSupport
import Testing

/// Texts with everything that a name from the network can contain.
let difficultTexts = [
  "plain", "", " ", "漢字", "한국어", "🚀", "e\u{301}", "\u{301}\u{302}\u{303}", "a\u{200B}b",
  "\u{1B}[2J", "\r\n\t", "\u{202E}abc", "\u{7F}\u{9B}31m", "👨\u{200D}👩\u{200D}👧", "❤\u{FE0F}",
  "\u{E000}\u{10FFFF}", "ﷺ", "🇩🇪", "กำ", "\u{115F}\u{1160}", String(repeating: "宽", count: 200),
]

@Suite struct GridTests {
  @Test func textIsClippedAtTheRightEdge() {
    var grid = Grid(size: Size(columns: 5, rows: 1))
    let used = grid.put("abcdefgh", at: Point(column: 2, row: 0))
    #expect(used == 3)
    #expect(grid.text == "  abc\n")
  }

  @Test func textOutsideIsDropped() {
    var grid = Grid(size: Size(columns: 3, rows: 2))
    for point in [
      Point(column: 0, row: -1), Point(column: 0, row: 2), Point(column: 3, row: 0),
      Point(column: -4, row: 0), Point(column: .max - 8, row: 1),
    ] {
      grid.put("xyz", at: point, limit: 3)
    }
    #expect(grid.text == "\n\n")
  }

  @Test func aWideCharacterThatDoesNotFitWholeIsLeftOut() {
    var grid = Grid(size: Size(columns: 4, rows: 1))
    let used = grid.put("a漢字b", at: Point(column: 0, row: 0))
    #expect(used == 3)
    #expect(grid.text == "a漢\n")
  }

  @Test func halfOfAWideCharacterNeverStaysBehind() {
    var grid = Grid(size: Size(columns: 6, rows: 1))
    grid.put("漢字漢", at: Point(column: 0, row: 0))
    grid.put("x", at: Point(column: 1, row: 0))
    #expect(grid.text == " x字漢\n")
    grid.put("y", at: Point(column: 2, row: 0))
    #expect(grid.text == " xy 漢\n")
    grid.fill(Rectangle(column: 5, row: 0, columns: 1, rows: 1))
    #expect(grid.text == " xy\n")
  }

  @Test func marksStandOnTheCharacterBeforeThemAndAPileIsCut() {
    var grid = Grid(size: Size(columns: 4, rows: 1))
    let used = grid.put("e\u{301}\u{302}\u{303}z", at: Point(column: 0, row: 0))
    #expect(used == 2)
    #expect(grid[0, 0].marks == CombiningMarks(first: "\u{301}", second: "\u{302}"))
    #expect(grid[1, 0].scalar == "z")
  }

  @Test func aMarkWithNothingBeforeItStandsOnACircle() {
    var grid = Grid(size: Size(columns: 4, rows: 1))
    grid.put("\u{301}a", at: Point(column: 0, row: 0))
    #expect(grid[0, 0].scalar == "\u{25CC}")
    #expect(grid[1, 0].scalar == "a")
  }

  @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8])
  func anyWritingLeavesAWholeGrid(seed: UInt64) {
    var generator = SplitMix(seed: seed)
    var grid = Grid(size: Size(columns: 17, rows: 3))
    for _ in 0..<400 {
      let text = difficultTexts.randomElement(using: &generator) ?? ""
      let point = Point(
        column: Int.random(in: -3...20, using: &generator),
        row: Int.random(in: -1...3, using: &generator)
      )
      let limit = Int.random(in: 0...20, using: &generator)
      let used = grid.put(text, at: point, limit: limit)
      #expect(used <= limit)
      if Bool.random(using: &generator) {
        grid.fill(Rectangle(column: point.column, row: point.row, columns: 2, rows: 1))
      }
      for row in 0..<3 {
        for column in 0..<17 where grid[column, row].isContinuation {
          let left = grid[column - 1, row].scalar
          #expect(CharacterWidth.classify(left) == .wide, "seed \(seed)")
        }
        for column in 0..<17 where CharacterWidth.classify(grid[column, row].scalar) == .wide {
          #expect(grid[column + 1, row].isContinuation, "seed \(seed)")
        }
      }
    }
  }

  @Test func reducingToASCIILeavesNothingElse() {
    var grid = Grid(size: Size(columns: 12, rows: 1))
    grid.put("a漢é▲e\u{301}", at: Point(column: 0, row: 0))
    grid.reduceToASCII()
    #expect(grid.text == "a?????\n")
  }

  @Test func aSizeIsNeverNegativeAndNeverTakesAllMemory() {
    #expect(Grid(size: Size(columns: -5, rows: 3)).size == Size(columns: 0, rows: 3))
    #expect(Grid(size: Size(columns: .max, rows: 1)).size.columns == Grid.sideLimit)
  }
}

@Suite struct DifferenceTests {
  @Test func equalGridsDifferNowhere() {
    var grid = Grid(size: Size(columns: 9, rows: 2))
    grid.put("same 漢", at: Point(column: 0, row: 1))
    #expect(grid.changedRuns(since: grid).isEmpty)
  }

  @Test func anotherSizeChangesEverything() {
    let grid = Grid(size: Size(columns: 4, rows: 2))
    let expected = [GridRun(row: 0, columns: 0..<4), GridRun(row: 1, columns: 0..<4)]
    #expect(grid.changedRuns(since: nil) == expected)
    #expect(grid.changedRuns(since: Grid(size: Size(columns: 5, rows: 2))) == expected)
  }

  @Test func changesFarApartAreRunsOfTheirOwn() {
    let old = Grid(size: Size(columns: 40, rows: 1))
    var new = old
    new.put("a", at: Point(column: 1, row: 0))
    new.put("b", at: Point(column: 3, row: 0))
    new.put("c", at: Point(column: 30, row: 0))
    #expect(
      new.changedRuns(since: old) == [
        GridRun(row: 0, columns: 1..<4), GridRun(row: 0, columns: 30..<31),
      ]
    )
  }

  @Test(arguments: [11, 12, 13, 14])
  func drawingTheRunsOverTheOldGridGivesTheNewOne(seed: UInt64) {
    var generator = SplitMix(seed: seed)
    var old = Grid(size: Size(columns: 23, rows: 4))
    for _ in 0..<100 {
      var new = old
      for _ in 0..<3 {
        new.put(
          difficultTexts.randomElement(using: &generator) ?? "",
          at: Point(
            column: Int.random(in: 0...22, using: &generator),
            row: Int.random(in: 0...3, using: &generator)
          ),
          style: Style(Role.allCases.randomElement(using: &generator) ?? .base),
          limit: 6
        )
      }
      var painted = old
      for run in new.changedRuns(since: old) {
        #expect(!new[run.columns.lowerBound, run.row].isContinuation, "seed \(seed)")
        #expect(!new[run.columns.upperBound, run.row].isContinuation, "seed \(seed)")
        for column in run.columns { painted[column, run.row] = new[column, run.row] }
      }
      #expect(painted == new, "seed \(seed)")
      old = new
    }
  }
}
