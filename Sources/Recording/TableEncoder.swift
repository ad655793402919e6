/// Writes a table as what differs from the same table of the frame before.
///
///     1 bit            whether rows came, went or changed places
///     a RowMatch       when they did
///     stretches        of the rows that stayed: unchanged, changed, unchanged ...; then the end
///     changed rows     column after column: a ColumnCode and the differences to the guesses
///     new rows         the same; each is guessed to be like the new row before
///
/// A row that is not among the changed ones is exactly as it was.
struct TableEncoder<Row: RecordedRow> {
  private var table = CellTable(kinds: Row.cellKinds)
  private var rows: [Row] = []
  /// The differences of the rows that are written, row after row.
  private var differences: [UInt64] = []
  private var widths = ColumnCode.Widths()

  /// How many bytes the frame before takes, with which the next one is compared.
  var bytes: Int { table.bytes + rows.count * MemoryLayout<Row>.stride }

  /// Writes a table.
  ///
  /// - Parameters:
  ///   - given: The rows; those that the frame has no room for are left out.
  ///   - elapsed: Milliseconds since the frame before.
  ///   - cells: Has the strings.
  ///   - bits: Where to write.
  mutating func encode(
    _ given: [Row],
    elapsed: Int64,
    cells: inout CellWriter,
    to bits: inout BitWriter
  ) {
    let now = given.count > cells.rowsLeft ? Array(given.prefix(cells.rowsLeft)) : given
    cells.rowsLeft -= now.count
    table.begin(elapsed: elapsed)
    var changed: [Int] = []
    var new: [Int] = []
    if let places = changedPlaces(now) {
      changed = places
      bits.flag(false)
    } else {
      let match = RowMatch(
        { rows[$0].recordedKey },
        rows.count,
        { now[$0].recordedKey },
        now.count
      )
      for (row, origin) in match.origins.enumerated() {
        if let origin {
          if Self.differ(rows.span[origin], now.span[row]) { changed.append(row) }
        } else {
          new.append(row)
        }
      }
      bits.flag(true)
      match.write(to: &bits)
      table.arrange(by: match)
    }
    writeStretches(changed, kept: now.count - new.count, areNew: new, to: &bits)
    write(changed, of: now, areNew: false, cells: &cells, to: &bits)
    write(new, of: now, areNew: true, cells: &cells, to: &bits)
    rows = now
  }

  /// The rows that changed; nil when rows came, went or changed places.
  private func changedPlaces(_ now: [Row]) -> [Int]? {
    guard now.count == rows.count else { return nil }
    var changed: [Int] = []
    let after = now.span
    let before = rows.span
    for row in after.indices where Self.differ(after[row], before[row]) {
      guard after[row].recordedKey == before[row].recordedKey else { return nil }
      changed.append(row)
    }
    return changed
  }

  /// Borrows the rows, because copies of them retain all their strings: twice the time.
  private static func differ(_ one: borrowing Row, _ other: borrowing Row) -> Bool {
    one != other
  }

  /// Places of changed rows are counted among those that stayed.
  private func writeStretches(
    _ changed: [Int],
    kept: Int,
    areNew new: [Int],
    to bits: inout BitWriter
  ) {
    var stretches: [Int] = []
    var passedNew = 0
    var end = 0
    for row in changed {
      while passedNew < new.count, new[passedNew] < row { passedNew += 1 }
      let place = row - passedNew
      if place == end, !stretches.isEmpty {
        stretches[stretches.count - 1] += 1
      } else {
        stretches += [place - end, 1]
      }
      end = place + 1
    }
    bits.number(stretches.count)
    for stretch in stretches { bits.number(stretch) }
  }

  private mutating func write(
    _ places: [Int],
    of now: [Row],
    areNew: Bool,
    cells: inout CellWriter,
    to bits: inout BitWriter
  ) {
    guard !places.isEmpty else { return }
    let width = table.width
    differences.removeAll(keepingCapacity: true)
    differences.reserveCapacity(places.count * width)
    for column in 0..<width { cells.guesses[column] = 0 }
    for place in places {
      if !areNew {
        for column in 0..<width { cells.guesses[column] = table.guess(place, column) }
      }
      cells.beginRow()
      var row = now[place]
      Row.walk(&row, &cells)
      for column in 0..<width {
        let cell = cells.cells[column]
        differences.append(ZigZag.number(cell &- cells.guesses[column]))
        table.set(place, column, to: cell, isNew: areNew)
        if areNew { cells.guesses[column] = cell }
      }
      table.settle(place)
    }
    for column in 0..<width {
      widths.reset()
      for place in stride(from: column, to: differences.count, by: width) {
        widths.add(differences[place])
      }
      let code = ColumnCode.best(for: widths)
      ColumnCode.write(code, to: &bits)
      guard let code else { continue }
      for place in stride(from: column, to: differences.count, by: width) {
        code.write(differences[place], to: &bits)
      }
    }
  }
}
