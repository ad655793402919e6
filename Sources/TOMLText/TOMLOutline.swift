/// Where the parts of a TOML text stand, which the parser does not tell: it serves the line numbers
/// of mistakes, and changing values without touching anything else.
///
/// It reads a well-formed text as the parser does, and another one in the same way up to the first
/// thing that is wrong. What it does not understand costs a line number or a change that is refused;
/// it never reads past the end.
package struct TOMLOutline {
  /// A key with its value.
  package struct Entry {
    /// From the root, the section's path included.
    package var path: [String]
    /// The number of the section's header; nil above the first.
    package var header: Int?
    /// How much of the path the section gives.
    package var sectionDepth: Int
    /// The bytes of the value.
    package var value: Range<Int>
    /// The bytes from the start of the line to behind its end; nil inside of an inline table.
    package var statement: Range<Int>?
    /// Where the next member of an inline table goes, and whether it is the first one; nil for all
    /// other values.
    package var inlineEnd: (offset: Int, isEmpty: Bool)?
    /// Where the elements of an array begin; empty for all other values.
    package var elements: [Int] = []
  }

  /// The head of a section.
  package struct Header {
    package var path: [String]
    /// The bytes from the start of the line to behind its end.
    package var statement: Range<Int>
    /// Whether it is one of many, `[[name]]`.
    package var isArray: Bool
  }

  package private(set) var entries: [Entry] = []
  package private(set) var headers: [Header] = []
  /// Comments that stand inside of values, without their line ends.
  package private(set) var innerComments: [Range<Int>] = []
  /// The first thing that no TOML text has, as far as this reader sees.
  ///
  /// What is behind it was not read.
  package private(set) var mistake: TOMLMistake?

  private let bytes: [UInt8]
  private var position = 0
  /// How many values the one that is read lies in.
  private var depth = 0
  private var lineStarts = [0]

  /// Reads a whole text.
  package init(_ bytes: [UInt8]) {
    self.bytes = bytes
    for (offset, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") {
      lineStarts.append(offset + 1)
    }
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    while position < bytes.count { takeLine() }
  }

  /// Returns the entry of a path.
  package func entry(at path: [String]) -> Entry? {
    entries.first { $0.path == path }
  }

  /// Returns the line of a key or section, of the first thing in it, of what is around it, or 1.
  package func line(of path: [String]) -> Int {
    var path = path
    while !path.isEmpty {
      let exact = entries.first { $0.path == path }?.value.lowerBound
      let section = headers.first { $0.path == path }?.statement.lowerBound
      let inner = entries.first { $0.path.starts(with: path) }?.value.lowerBound
      let innerSection = headers.first { $0.path.starts(with: path) }?.statement.lowerBound
      if let offset = exact ?? section ?? inner ?? innerSection { return line(at: offset) }
      path.removeLast()
    }
    return 1
  }

  /// Returns the line of a byte.
  func line(at offset: Int) -> Int {
    lineStarts.partitioningIndex { $0 > offset }
  }

  // MARK: - Lines

  private mutating func takeLine() {
    let start = position
    skipSpaces()
    switch next {
    case UInt8(ascii: "["): readHeader(from: start)
    case UInt8(ascii: "#"), UInt8(ascii: "\r"), UInt8(ascii: "\n"), nil: skipLine()
    case .some: readStatement(from: start)
    }
  }

  private mutating func readHeader(from start: Int) {
    position += 1
    let isArray = next == UInt8(ascii: "[")
    if isArray { position += 1 }
    skipSpaces()
    let path = readKeys()
    if path.isEmpty { stop("a section without a name") }
    skipLine()
    headers.append(Header(path: path, statement: start..<position, isArray: isArray))
  }

  private mutating func readStatement(from start: Int) {
    let section = headers.last?.path ?? []
    let first = entries.count
    let keys = readKeys()
    let path = section + keys
    guard !keys.isEmpty, next == UInt8(ascii: "=") else {
      stop("a line without key = value")
      return
    }
    position += 1
    skipSpaces()
    readValue(of: path)
    skipSpaces()
    if let byte = next, !"\r\n#".utf8.contains(byte) { stop("more than a value") }
    skipLine()
    for index in first..<entries.count where entries[index].path == path {
      entries[index].statement = start..<position
    }
  }

  /// Takes a dotted key, with the blanks behind it.
  private mutating func readKeys() -> [String] {
    var result: [String] = []
    while true {
      skipSpaces()
      let start = position
      if next == UInt8(ascii: "\"") || next == UInt8(ascii: "'") {
        skipString()
        result.append(text(start + 1..<max(start + 1, position - 1)))
      } else {
        while let byte = next, Self.isBareKey(byte) { position += 1 }
        if start == position { return result }
        result.append(text(start..<position))
      }
      skipSpaces()
      guard next == UInt8(ascii: ".") else { return result }
      position += 1
    }
  }

  private static func isBareKey(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }

  private static let endsBareValue = Set(",]}#\r\n".utf8)

  // MARK: - Values

  /// Takes a value and what is in it.
  ///
  /// - Parameter path: nil for a value in an array, which has none.
  private mutating func readValue(of path: [String]?) {
    guard depth < Limits.valueDepth else {
      stop("more than \(Limits.valueDepth) values in values")
      return
    }
    depth += 1
    defer { depth -= 1 }
    let start = position
    var inlineEnd: (offset: Int, isEmpty: Bool)?
    var elements: [Int] = []
    switch next {
    case UInt8(ascii: "\""), UInt8(ascii: "'"): skipString()
    case UInt8(ascii: "["): elements = readArray()
    case UInt8(ascii: "{"): inlineEnd = readInlineTable(of: path)
    case .some, nil:
      while let byte = next, !Self.endsBareValue.contains(byte) { position += 1 }
      while position > start, Self.isSpace(bytes[position - 1]) { position -= 1 }
      checkBareValue(bytes[start..<position])
    }
    guard let path else { return }
    entries.append(
      Entry(
        path: path,
        header: headers.isEmpty ? nil : headers.count - 1,
        sectionDepth: headers.last?.path.count ?? 0,
        value: start..<position,
        statement: nil,
        inlineEnd: inlineEnd,
        elements: elements
      )
    )
  }

  /// Stops at what is no number, date or truth value at all, for which the parser has no error.
  private mutating func checkBareValue(_ value: ArraySlice<UInt8>) {
    if value.isEmpty {
      stop("a value is missing")
      return
    }
    guard value.allSatisfy({ Self.isBareKey($0) || "+.: \t".utf8.contains($0) }) else {
      stop("neither a text, a number, true nor false")
      return
    }
    guard value.contains(where: Self.isSpace) else { return }
    // Only a date has a blank before its time.
    let isDate = zip(value, "0000-00-00 00:".utf8).allSatisfy { byte, shape in
      shape == UInt8(ascii: "0")
        ? (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) : byte == shape
    }
    if !isDate || value.count < 14 || value.count(where: Self.isSpace) > 1 {
      stop("more than a value")
    }
  }

  private mutating func readArray() -> [Int] {
    position += 1
    var elements: [Int] = []
    while let byte = next, byte != UInt8(ascii: "]") {
      let start = position
      skipBlanks()
      if next == UInt8(ascii: ",") {
        position += 1
      } else if next != UInt8(ascii: "]") {
        elements.append(position)
        readValue(of: nil)
      }
      if position == start { break }
      skipBlanks()
    }
    position = min(position + 1, bytes.count)
    return elements
  }

  private mutating func readInlineTable(of path: [String]?) -> (offset: Int, isEmpty: Bool) {
    position += 1
    var end = (offset: position, isEmpty: true)
    while let byte = next, byte != UInt8(ascii: "}") {
      let start = position
      skipBlanks()
      if next == UInt8(ascii: ",") { position += 1 }
      skipBlanks()
      let keys = readKeys()
      if next == UInt8(ascii: "=") {
        position += 1
        skipSpaces()
        readValue(of: path.map { $0 + keys })
        end = (position, false)
      } else if let byte = next, byte != UInt8(ascii: "}") {
        stop("a member without key = value")
      }
      skipBlanks()
      if position == start { break }
    }
    position = min(position + 1, bytes.count)
    return end
  }

  // MARK: - Bytes

  /// Notes that here is no TOML, and reads no further.
  private mutating func stop(_ problem: String) {
    mistake = mistake ?? TOMLMistake(line: line(at: min(position, bytes.count)), problem: problem)
    position = bytes.count
  }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private func text(_ range: Range<Int>) -> String {
    String(decoding: bytes[range], as: UTF8.self)
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
  }

  private mutating func skipSpaces() {
    while let byte = next, Self.isSpace(byte) { position += 1 }
  }

  /// Goes behind the line's end.
  private mutating func skipLine() {
    while let byte = next {
      position += 1
      if byte == UInt8(ascii: "\n") { return }
    }
  }

  /// Goes over blanks, line ends and comments inside of a value.
  private mutating func skipBlanks() {
    while let byte = next {
      switch byte {
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"):
        position += 1
      case UInt8(ascii: "#"):
        let start = position
        while let byte = next, byte != UInt8(ascii: "\n"), byte != UInt8(ascii: "\r") {
          position += 1
        }
        innerComments.append(start..<position)
      default: return
      }
    }
  }

  private mutating func skipString() {
    guard let quote = next else { return }
    let isLong = bytes[position...].starts(with: [quote, quote, quote])
    position += isLong ? 3 : 1
    while let byte = next {
      if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
        position = min(position + 2, bytes.count)
      } else if !isLong, byte == UInt8(ascii: "\n") {
        stop("a text without its end")
      } else if byte != quote {
        position += 1
      } else if !isLong {
        position += 1
        return
      } else if bytes[position...].starts(with: [quote, quote, quote]) {
        // Two more quotes before the end belong to the text.
        while next == quote { position += 1 }
        return
      } else {
        position += 1
      }
    }
  }
}

extension [Int] {
  /// The first index of a sorted array whose element satisfies a condition that stays true.
  fileprivate func partitioningIndex(where condition: (Int) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if condition(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
