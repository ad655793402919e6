package import struct NIOCore.ByteBuffer

/// Named values in the order in which they were written.
///
///     [ length 32 bits | name (short string) | tag | value | name | tag | value | ... ]
///
/// A peer may send a name twice; both entries are kept and the first one counts.
package struct FieldTable: Sendable, Hashable {
  /// A name and its value.
  package struct Entry: Sendable, Hashable {
    package var key: String
    package var value: FieldValue

    package init(key: String, value: FieldValue) {
      self.key = key
      self.value = value
    }
  }

  package var entries: [Entry]

  package init(entries: [Entry] = []) {
    self.entries = entries
  }

  package var count: Int { entries.count }
  package var isEmpty: Bool { entries.isEmpty }

  /// The first value of that name; setting nil removes every entry of that name.
  ///
  /// - Complexity: O(entries).
  package subscript(key: String) -> FieldValue? {
    get { entries.first { $0.key == key }?.value }
    set {
      guard let newValue else {
        entries.removeAll { $0.key == key }
        return
      }
      if let index = entries.firstIndex(where: { $0.key == key }) {
        entries[index].value = newValue
      } else {
        entries.append(Entry(key: key, value: newValue))
      }
    }
  }
}

extension FieldTable: ExpressibleByDictionaryLiteral {
  package init(dictionaryLiteral elements: (String, FieldValue)...) {
    entries = elements.map { Entry(key: $0.0, value: $0.1) }
  }
}

extension FieldTable {
  /// Reads a table with the length before it.
  ///
  /// - Throws: ``CodecError/nestingTooDeep(limit:)`` beyond ``Limits/fieldTableDepth``, and what
  ///   the values throw.
  package init(from buffer: inout ByteBuffer) throws(CodecError) {
    try self.init(from: &buffer, depth: 1)
  }

  /// Reads entries up to the end of `buffer`, without a length before them, as the response of
  /// the AMQPLAIN mechanism carries them.
  package init(entriesFrom buffer: inout ByteBuffer) throws(CodecError) {
    try self.init(entriesFrom: &buffer, depth: 1)
  }

  init(from buffer: inout ByteBuffer, depth: Int) throws(CodecError) {
    guard depth <= Limits.fieldTableDepth else {
      throw .nestingTooDeep(limit: Limits.fieldTableDepth)
    }
    let length = try buffer.readLength(.fieldTable)
    guard var content = buffer.readSlice(length: length) else {
      throw buffer.truncated(.fieldTable, neededBytes: length)
    }
    try self.init(entriesFrom: &content, depth: depth)
  }

  private init(entriesFrom buffer: inout ByteBuffer, depth: Int) throws(CodecError) {
    entries = []
    while buffer.readableBytes > 0 {
      let key = try buffer.readShortString()
      entries.append(Entry(key: key, value: try FieldValue(from: &buffer, depth: depth)))
    }
  }

  /// Writes the table with its length before it.
  package func encode(into buffer: inout ByteBuffer) {
    buffer.writeLengthPrefixed { encodeEntries(into: &$0) }
  }

  /// Writes the entries without a length before them.
  package func encodeEntries(into buffer: inout ByteBuffer) {
    for entry in entries {
      buffer.writeShortString(entry.key)
      entry.value.encode(into: &buffer)
    }
  }
}
