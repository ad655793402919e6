/// A row of a table as recordings have it.
protocol RecordedRow: Equatable, Sendable {
  associatedtype Key: Hashable

  /// Tells the row from all others of its table, and stays the same from frame to frame.
  var recordedKey: Key { get }
  /// Any value; a row that is read begins as this one.
  static var blank: Self { get }
  /// Walks through all that is recorded of a row; the order is part of the format.
  static func walk<Visitor: CellVisitor>(_ row: inout Self, _ visitor: inout Visitor)
}

extension RecordedRow {
  /// The kinds of the cells that ``walk(_:_:)`` comes by.
  static var cellKinds: [CellKind] {
    var lister = CellLister()
    var blank = blank
    walk(&blank, &lister)
    precondition(lister.kinds.count <= Limits.cellsOfRow, "a row fits the widest row")
    return lister.kinds
  }
}
