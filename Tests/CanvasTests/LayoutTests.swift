import Canvas
import TestSupport
import Testing

@Suite struct StackTests {
  @Test func whatIsLeastImportantLeavesFirst() {
    let items = [
      StackItem(minimum: 3, priority: 1), StackItem(minimum: 3, priority: 3),
      StackItem(minimum: 3, priority: 2),
    ]
    #expect(Stack.lengths(items, in: 9) == [3, 3, 3])
    #expect(Stack.lengths(items, in: 8) == [3, 0, 3])
    #expect(Stack.lengths(items, in: 5) == [3, 0, 0])
    #expect(Stack.lengths(items, in: 2) == [0, 0, 0])
  }

  @Test func preferredLengthsComeBeforeWeights() {
    let items = [
      StackItem(minimum: 2, preferred: 4, weight: 1, priority: 1),
      StackItem(minimum: 2, weight: 3, priority: 2),
    ]
    #expect(Stack.lengths(items, in: 5) == [3, 2])
    #expect(Stack.lengths(items, in: 14) == [6, 8])
  }

  @Test func gapsAreCountedOnlyBetweenWhatStays() {
    let items = [StackItem(minimum: 4, priority: 1), StackItem(minimum: 4, priority: 2)]
    #expect(Stack.lengths(items, in: 9, gap: 1) == [4, 4])
    #expect(Stack.lengths(items, in: 8, gap: 1) == [4, 0])
  }

  @Test func theSumNeverExceedsTheLength() {
    var generator = SplitMix(seed: 21)
    for _ in 0..<500 {
      let items = (0..<Int.random(in: 0...8, using: &generator)).map { index in
        StackItem(
          minimum: Int.random(in: 0...9, using: &generator),
          preferred: Int.random(in: 0...15, using: &generator),
          weight: Int.random(in: 0...3, using: &generator),
          priority: index
        )
      }
      let length = Int.random(in: 0...60, using: &generator)
      let lengths = Stack.lengths(items, in: length, gap: 1)
      let shown = lengths.filter { $0 > 0 }
      #expect(shown.reduce(0, +) + max(0, shown.count - 1) <= max(length, 0))
    }
  }
}

@Suite struct TableColumnTests {
  @Test func columnsKeepTheirOrderAndDoNotTouch() {
    let columns: [TableColumn<Int>] = [
      TableColumn(0, "name", .left, width: StackItem(minimum: 5, weight: 1, priority: 0)),
      TableColumn(1, "a", width: StackItem(minimum: 4, priority: 2)),
      TableColumn(2, "b", width: StackItem(minimum: 4, priority: 1)),
    ]
    let all = PlacedColumn.place(columns, in: 20)
    #expect(all.map(\.field) == [0, 1, 2])
    #expect(all.map(\.start) == [0, 11, 16])
    #expect(all.map(\.width) == [10, 4, 4])
    #expect(PlacedColumn.place(columns, in: 11).map(\.field) == [0, 2])
  }
}

@Suite struct BoxTests {
  @Test func labelsStandInTheLines() {
    var grid = Grid(size: Size(columns: 24, rows: 3))
    let box = Box(
      title: [Span("queues", .title)],
      corner: [Span("p pause")],
      footerCorner: [Span("1-2")]
    )
    let inside = grid.draw(box, in: Rectangle(grid.size), glyphs: Glyphs())
    #expect(inside == Rectangle(column: 1, row: 1, columns: 22, rows: 1))
    #expect(
      grid.text
        == """
        ╭─┤queues├───┤p pause├─╮
        │                      │
        ╰────────────────┤1-2├─╯

        """
    )
  }

  @Test func aLabelThatDoesNotFitIsCutAndTheCornerLeaves() {
    var grid = Grid(size: Size(columns: 12, rows: 2))
    let box = Box(title: [Span("a long title")], corner: [Span("corner")])
    grid.draw(box, in: Rectangle(grid.size), glyphs: Glyphs().ascii())
    #expect(grid.text == "+-[a lon~]-+\n+----------+\n")
  }

  @Test func anyAreaCanBeFramed() {
    for columns in 0...9 {
      for rows in 0...4 {
        var grid = Grid(size: Size(columns: 5, rows: 3))
        let box = Box(title: [Span("title")], corner: [Span("c")], footer: [Span("f")])
        let area = Rectangle(column: 1, row: 1, columns: columns, rows: rows)
        grid.draw(box, in: area, glyphs: Glyphs())
        grid.draw(rule: box, in: area, glyphs: Glyphs())
        #expect(grid[0, 0] == .blank)
      }
    }
  }
}

@Suite struct GraphTests {
  private func drawn(_ graph: Graph, columns: Int, rows: Int, _ glyphs: Glyphs) -> String {
    var grid = Grid(size: Size(columns: columns, rows: rows))
    grid.draw(graph, in: Rectangle(grid.size), glyphs: glyphs)
    return grid.text
  }

  private func sparkline(_ values: [Float], ceiling: Float, _ glyphs: Glyphs) -> String {
    var grid = Grid(size: Size(columns: values.count, rows: 1))
    let graph = Graph(values: values, ceiling: ceiling, style: .base)
    grid.draw(sparkline: graph, in: Rectangle(grid.size), glyphs: glyphs)
    return grid.text
  }

  @Test func aSparklineTellsAGapFromZeroAndStopsBelowTheFullHeight() {
    let values: [Float] = [0, .nan, 1, 3, 6, 600]
    #expect(sparkline(values, ceiling: 6, Glyphs()) == "▁ ▂▄▇▇\n")
    #expect(sparkline(values, ceiling: 6, Glyphs().ascii()) == "_ .=##\n")
  }

  @Test func theNewestValueStandsAtTheRightEdge() {
    var grid = Grid(size: Size(columns: 5, rows: 1))
    let graph = Graph(values: [6, 6], ceiling: 6, style: .base)
    grid.draw(sparkline: graph, in: Rectangle(grid.size), glyphs: Glyphs())
    #expect(grid.text == "   ▇▇\n")
  }

  @Test func brailleGrowsUpwardAndHangsDownward() {
    var graph = Graph(values: [0, .nan, 4, 8, 2, 2], ceiling: 8, style: .base)
    #expect(drawn(graph, columns: 3, rows: 2, Glyphs()) == " ⢸\n⡀⣿⣤\n")
    graph.direction = .downward
    #expect(drawn(graph, columns: 3, rows: 2, Glyphs()) == "⠁⣿⠛\n ⢸\n")
  }

  @Test func barsFillTheirCells() {
    var glyphs = Glyphs()
    glyphs.graphs = .block
    let graph = Graph(values: [0, 4, 8, 12, 16], ceiling: 16, style: .base)
    #expect(drawn(graph, columns: 5, rows: 2, glyphs) == "   ▄█\n▁▄███\n")
    #expect(drawn(graph, columns: 5, rows: 2, Glyphs().ascii()) == "   :#\n_:###\n")
  }

  @Test func aCeilingThatIsNotPositiveOrAValueThatIsAbsurdDrawsSomething() {
    for ceiling: Float in [0, -1, .nan, .infinity] {
      for value: Float in [-5, 0, 1, .infinity, .greatestFiniteMagnitude] {
        let graph = Graph(values: [value, value], ceiling: ceiling, style: .base)
        #expect(!drawn(graph, columns: 1, rows: 2, Glyphs()).isEmpty)
        #expect(!drawn(graph, columns: 2, rows: 2, Glyphs().ascii()).isEmpty)
      }
    }
  }
}
