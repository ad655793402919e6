/// Walks through lists of any length as well.
protocol ListVisitor: CellVisitor {
  /// Walks through the entries of a list, at most ``Limits/listEntries`` of them.
  mutating func list<Value>(
    _ values: inout [Value],
    blank: Value,
    _ body: (inout Value, inout Self) -> Void
  )
}

/// Writes fields one after the other, each in as many bits as it needs.
struct ListWriter: ListVisitor {
  var strings: StringWriter
  var bits: BitWriter
  var isReading: Bool { false }

  /// Most are numbers of strings, and these ascend; few are longer than this.
  fileprivate static let scale = 6

  mutating func cell(_ value: inout Int64, _ kind: CellKind) {
    bits.code(ZigZag.number(value), scale: Self.scale)
  }

  mutating func string(_ value: inout String) {
    bits.code(UInt64(strings.number(of: value)), scale: Self.scale)
  }

  mutating func optional<Value>(
    _ value: inout Value?,
    blank: Value,
    _ body: (inout Value, inout ListWriter) -> Void
  ) {
    bits.flag(value != nil)
    guard var present = value else { return }
    body(&present, &self)
  }

  mutating func list<Value>(
    _ values: inout [Value],
    blank: Value,
    _ body: (inout Value, inout ListWriter) -> Void
  ) {
    let written = values.prefix(Limits.listEntries)
    bits.number(written.count)
    for value in written {
      var value = value
      body(&value, &self)
    }
  }

  mutating func refuse() {}
}

/// Reads what a ``ListWriter`` wrote.
struct ListReader: ListVisitor {
  let strings: StringReader
  var bits: BitReader
  var isReading: Bool { true }

  mutating func cell(_ value: inout Int64, _ kind: CellKind) {
    value = ZigZag.difference(bits.code(scale: ListWriter.scale))
  }

  mutating func string(_ value: inout String) {
    let number = bits.code(scale: ListWriter.scale)
    guard let string = strings.string(Int64(truncatingIfNeeded: number)) else { return refuse() }
    value = string
  }

  mutating func optional<Value>(
    _ value: inout Value?,
    blank: Value,
    _ body: (inout Value, inout ListReader) -> Void
  ) {
    value = nil
    guard bits.flag() else { return }
    var present = blank
    body(&present, &self)
    value = present
  }

  mutating func list<Value>(
    _ values: inout [Value],
    blank: Value,
    _ body: (inout Value, inout ListReader) -> Void
  ) {
    values = []
    for _ in 0..<bits.number(upTo: Limits.listEntries) {
      var value = blank
      body(&value, &self)
      guard !bits.isDamaged else { return }
      values.append(value)
    }
  }

  mutating func refuse() {
    bits.refuse()
  }
}
