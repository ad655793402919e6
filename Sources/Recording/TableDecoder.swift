/// Reads what a ``TableEncoder`` wrote.
struct TableDecoder<Row: RecordedRow> {
  private var table = CellTable(kinds: Row.cellKinds)
  /// The rows of the last frame.
  private(set) var rows: [Row] = []

  /// Reads a table; what cannot be read is told by the two readers.
  ///
  /// - Parameters:
  ///   - elapsed: Milliseconds since the frame before.
  ///   - cells: Has the strings.
  ///   - bits: Where to read on.
  mutating func decode(elapsed: Int64, cells: inout CellReader, from bits: inout BitReader) {
    table.begin(elapsed: elapsed)
    var new: [Int] = []
    if bits.flag() {
      let match = RowMatch.read(from: &bits, oldCount: rows.count, limit: cells.rowsLeft)
      guard let match else { return }
      let old = rows
      rows = match.origins.map { origin in origin.map { old[$0] } ?? Row.blank }
      for (row, origin) in match.origins.enumerated() where origin == nil { new.append(row) }
      table.arrange(by: match)
    }
    guard rows.count <= cells.rowsLeft else { return bits.refuse() }
    cells.rowsLeft -= rows.count
    let changed = readStretches(areNew: new, from: &bits)
    read(changed, areNew: false, from: &bits)
    read(new, areNew: true, from: &bits)
    guard !bits.isDamaged else { return }
    for row in changed { walk(row, &cells) }
    for row in new { walk(row, &cells) }
  }

  /// The places of the changed rows among all.
  private func readStretches(areNew new: [Int], from bits: inout BitReader) -> [Int] {
    let kept = rows.count - new.count
    var changed: [Int] = []
    var passedNew = 0
    var place = 0
    var isChanged = false
    for _ in 0..<bits.number(upTo: bits.remaining) {
      let count = bits.number(upTo: kept)
      guard !bits.isDamaged, count <= kept - place else {
        bits.refuse()
        return []
      }
      if isChanged {
        for kept in place..<place + count {
          while passedNew < new.count, new[passedNew] <= kept + passedNew { passedNew += 1 }
          changed.append(kept + passedNew)
        }
      }
      place += count
      isChanged.toggle()
    }
    return changed
  }

  private mutating func read(_ places: [Int], areNew: Bool, from bits: inout BitReader) {
    guard !places.isEmpty else { return }
    for column in 0..<table.width {
      let code = ColumnCode.read(from: &bits)
      guard !bits.isDamaged else { return }
      var before: Int64 = 0
      for place in places {
        let guess = areNew ? before : table.guess(place, column)
        let difference = code.map { ZigZag.difference($0.value(from: &bits)) } ?? 0
        before = guess &+ difference
        table.set(place, column, to: before, isNew: areNew)
      }
    }
    for place in places { table.settle(place) }
  }

  private mutating func walk(_ row: Int, _ cells: inout CellReader) {
    let start = table.start(row)
    for column in 0..<table.width { cells.cells[column] = table.cells[start + column] }
    cells.beginRow()
    Row.walk(&rows[row], &cells)
  }
}
