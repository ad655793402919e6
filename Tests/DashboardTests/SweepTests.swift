import Canvas
import Dashboard
import Telemetry
import TestSupport
import Testing

@Suite(.serialized, .computing) struct SweepTests {
  /// Every small size, every width at some heights, and every height at some widths.
  private static let sizes: [Size] = {
    let small = (1...12).flatMap { rows in (1...26).map { Size(columns: $0, rows: rows) } }
    let widths = stride(from: 1, through: 300, by: 3).flatMap { columns in
      [columns % 9 + 3, columns % 70 + 10].map { Size(columns: columns, rows: $0) }
    }
    let heights = (1...100).map { Size(columns: $0 % 180 + 20, rows: $0) }
    return [Size(columns: 300, rows: 100)] + small + widths + heights
  }()

  @Test(
    arguments: ["killed", "many", "hostile", "wide", "empty", "help", "lesson", "cascade", "lab"]
  )
  func everySizeIsDrawnWholeAndNothingOutside(name: String) async {
    let worlds: [String: SampleWorld] = [
      "killed": .killed, "many": .many, "hostile": .hostile, "wide": .wide, "help": .payment,
      "lesson": .lesson, "cascade": .cascade, "lab": .hostileLab,
    ]
    let world = worlds[name] ?? SampleWorld()
    var model = watched(world, size: Size(columns: 80, rows: 24), seconds: 5)
    if name == "help" { _ = update(&model, .key(.character("?"))) }
    // Hostile names see every fifth size, the others fewer.
    let isLab = ["lesson", "cascade", "lab"].contains(name)
    if isLab { press("6", in: &model) }
    let step = name == "hostile" ? 5 : isLab ? 47 : 23
    for size in stride(from: 0, to: Self.sizes.count, by: step).map({ Self.sizes[$0] }) {
      await Task.yield()
      _ = update(&model, .resized(size))
      _ = update(&model, .key((size.columns + size.rows) % 3 == 0 ? .tab : .down))
      let grid = render(model)
      #expect(grid.size == size)
      for row in 0..<size.rows {
        #expect(grid.row(row).last.map { CharacterWidth.classify($0.scalar) != .wide } ?? true)
      }
    }
  }

  @Test(
    arguments: [
      "2 w", "2 j Enter", "3 Enter", "4 Enter", "5 Enter", "6", "7", "v", "2 n", "2 P", "2 c Enter",
      ": p", "2 W", "2 s", "2 /", "2 j Enter Tab Tab Enter", "4 C", "? / p", "e", "6 f",
      "6 f j j Enter", "6 b", "6 b j Enter", "6 a", "6 n", "6 n j j", "6 n a", "6 n a n",
      "6 n b n n a n n", "6 Tab e", "6 Tab Tab e", "6 Tab Tab Tab e", "6 Tab Tab Tab Tab e",
    ]
  )
  func everyScreenAndDialogFitsEverySize(keys: String) async {
    var world = keys.hasPrefix("6 ") ? SampleWorld.hostileLab : .hostile
    var model = watched(world, size: Size(columns: 80, rows: 24), seconds: 3)
    if case .watch(let watch, _) = press(keys, in: &model).last { world.watch = watch }
    watch(&model, world, from: 0.25, to: 2)
    let queue = QueueIdentity(virtualHost: "/", name: world.queues[0].name)
    _ = update(&model, .peeked(queue, (1...3).map(SampleWorld.message)))
    let step = keys.hasPrefix("6 ") ? 131 : 29
    for size in stride(from: 0, to: Self.sizes.count, by: step).map({ Self.sizes[$0] }) {
      await Task.yield()
      _ = update(&model, .resized(size))
      let grid = render(model)
      #expect(grid.size == size)
      for row in 0..<size.rows {
        for cell in grid.row(row) where !cell.isContinuation {
          let isSafe =
            CharacterWidth.classify(cell.scalar) != .unsafe
            || cell.scalar == SafeText.replacement
          #expect(isSafe)
        }
      }
      let click = MouseEvent(.wheelDown, at: Point(column: size.columns / 2, row: size.rows / 2))
      _ = update(&model, .key(.mouse(click)))
    }
  }

  @Test func noSizeAtAllIsDrawnToo() {
    var model = watched(.payment, size: Size(columns: 0, rows: 0), seconds: 2)
    #expect(render(model).size == Size(columns: 0, rows: 0))
    for key: Key in [.down, .pageDown, .character("?"), .pageUp, .end, .tab] {
      _ = update(&model, .key(key))
      #expect(textFrame(model).isEmpty)
    }
  }

  @Test(
    arguments: [
      (20, 3), (40, 10), (59, 20), (79, 23), (80, 24), (120, 36), (200, 60), (300, 100),
    ]
  )
  func theVerdictIsNeverLost(columns: Int, rows: Int) {
    let model = watched(.killed, size: Size(columns: columns, rows: rows), seconds: 8)
    #expect(textFrame(model).contains("KILLED"))
    #expect(textFrame(model).contains(columns < 60 ? "▲2" : "▲ 2"))
  }

  @Test(arguments: [(40, 10), (59, 20), (79, 23), (80, 24), (120, 36), (200, 60), (300, 100)])
  func thePanelWithTheKeysIsAlwaysVisible(columns: Int, rows: Int) {
    var model = watched(.many, size: Size(columns: columns, rows: rows), seconds: 1)
    for _ in Panel.allCases {
      _ = update(&model, .key(.tab))
      let grid = render(model)
      let marked = (0..<rows).contains { row in
        grid.row(row).contains { $0.style.role == .cursor }
      }
      #expect(marked, "\(columns)x\(rows)")
    }
  }

  @Test func belowTheSmallestSizeThereIsOneLine() {
    let model = watched(.killed, size: Size(columns: 30, rows: 2))
    #expect(textFrame(model).hasPrefix("▲2 "))
    #expect(textFrame(model).hasSuffix("\n\n"))
  }

  @Test func hostileNamesPutNothingHarmfulOnAnyScreen() {
    for glyphs in [Glyphs(), Glyphs().ascii()] {
      for size in GoldenTests.allSizes {
        let model = watched(.hostile, size: size, options: ViewOptions(glyphs: glyphs), seconds: 3)
        let grid = render(model)
        for row in 0..<size.rows {
          for cell in grid.row(row) where !cell.isContinuation {
            let isSafe =
              CharacterWidth.classify(cell.scalar) != .unsafe
              || cell.scalar == SafeText.replacement
            #expect(isSafe)
            if glyphs.isASCII { #expect(cell.scalar.isASCII) }
          }
        }
      }
    }
  }
}
