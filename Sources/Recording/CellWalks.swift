/// Learns the kinds of a row's cells.
struct CellLister: CellVisitor {
  private(set) var kinds: [CellKind] = []
  var isReading: Bool { false }

  mutating func cell(_ value: inout Int64, _ kind: CellKind) {
    kinds.append(kind)
  }

  mutating func string(_ value: inout String) {
    kinds.append(.plain)
  }

  mutating func optional<Value>(
    _ value: inout Value?,
    blank: Value,
    _ body: (inout Value, inout CellLister) -> Void
  ) {
    kinds.append(.plain)
    var blank = blank
    body(&blank, &self)
  }

  mutating func refuse() {}
}

/// Takes the values of a row and puts them into cells.
struct CellWriter: CellVisitor {
  /// How many more rows the frame has room for.
  var rowsLeft = Limits.rows
  /// Strings get their numbers here.
  var strings = StringWriter()
  /// What the row's cells are guessed to be; as long as the widest row.
  var guesses = [Int64](repeating: 0, count: Limits.cellsOfRow)
  /// What they are.
  private(set) var cells = [Int64](repeating: 0, count: Limits.cellsOfRow)
  private var position = 0
  /// Whether the value is missing, so that its cells stay as they are guessed.
  private var isMissing = false

  var isReading: Bool { false }

  mutating func beginRow() {
    position = 0
  }

  mutating func cell(_ value: inout Int64, _ kind: CellKind) {
    cells[position] = isMissing ? guesses[position] : value
    position += 1
  }

  mutating func string(_ value: inout String) {
    cells[position] = isMissing ? guesses[position] : Int64(strings.number(of: value))
    position += 1
  }

  mutating func optional<Value>(
    _ value: inout Value?,
    blank: Value,
    _ body: (inout Value, inout CellWriter) -> Void
  ) {
    var presence: Int64 = value == nil ? 0 : 1
    cell(&presence, .plain)
    let wasMissing = isMissing
    isMissing = isMissing || value == nil
    var present = value ?? blank
    body(&present, &self)
    isMissing = wasMissing
  }

  mutating func refuse() {}
}

/// Gives a row the values of its cells.
struct CellReader: CellVisitor {
  /// How many more rows the frame can have.
  var rowsLeft = Limits.rows
  var strings = StringReader()
  /// As long as the widest row.
  var cells = [Int64](repeating: 0, count: Limits.cellsOfRow)
  private var position = 0
  private var isMissing = false
  /// Whether a cell held what cannot be.
  private(set) var isDamaged = false

  var isReading: Bool { true }

  mutating func beginRow() {
    position = 0
  }

  mutating func cell(_ value: inout Int64, _ kind: CellKind) {
    if !isMissing { value = cells[position] }
    position += 1
  }

  mutating func string(_ value: inout String) {
    if !isMissing {
      if let string = strings.string(cells[position]) { value = string } else { refuse() }
    }
    position += 1
  }

  mutating func optional<Value>(
    _ value: inout Value?,
    blank: Value,
    _ body: (inout Value, inout CellReader) -> Void
  ) {
    var presence: Int64 = 0
    cell(&presence, .plain)
    let wasMissing = isMissing
    isMissing = isMissing || presence == 0
    var present = blank
    body(&present, &self)
    value = isMissing ? nil : present
    isMissing = wasMissing
  }

  mutating func refuse() {
    isDamaged = true
  }
}
