import TOMLText

/// Changes values in a TOML text and leaves every other byte as it is.
struct ConfigEdit {
  private(set) var bytes: [UInt8]

  init(_ text: String) {
    bytes = Array(text.utf8)
  }

  var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Gives a key a value, in the place that it has, else beside its neighbours.
  ///
  /// - Parameters:
  ///   - path: From the root, of bare words.
  ///   - literal: The value as TOML.
  mutating func set(_ path: [String], to literal: String) {
    let outline = TOMLOutline(bytes)
    if let entry = outline.entry(at: path) {
      replace(entry, outline, literal)
    } else if path.count == 1 {
      insertAtTop("\(path[0]) = \(literal)", outline)
    } else {
      insert(path, literal, outline)
    }
  }

  private mutating func replace(
    _ entry: TOMLOutline.Entry,
    _ outline: TOMLOutline,
    _ literal: String
  ) {
    let comments = outline.innerComments.filter { entry.value.contains($0.lowerBound) }
      .map { bytes[$0] }
    bytes.replaceSubrange(entry.value, with: literal.utf8)
    // What was said inside of the old value stands above the new one.
    let holder = outline.entries.compactMap(\.statement).first {
      $0.contains(entry.value.lowerBound)
    }
    guard let start = holder?.lowerBound else { return }
    let indentation = indentation(at: start)
    let lines = comments.flatMap { indentation + $0 + lineEnd }
    bytes.insert(contentsOf: lines, at: start)
  }

  // MARK: - New keys

  private mutating func insertAtTop(_ line: String, _ outline: TOMLOutline) {
    let last = outline.entries.last { $0.header == nil && $0.statement != nil }
    if let end = last?.statement?.upperBound {
      insert(line: line, at: end)
    } else if let header = outline.headers.first {
      // A comment that touches the header belongs to it.
      var start = header.statement.lowerBound
      while start > 0 {
        let above = lineStart(before: start)
        guard bytes[above..<start].first(where: { !" \t".utf8.contains($0) }) == UInt8(ascii: "#")
        else { break }
        start = above
      }
      let mark = start == 0 && bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : start
      insert(line: line, at: mark)
      bytes.insert(contentsOf: lineEnd, at: mark + line.utf8.count + lineEnd.count)
    } else {
      insert(line: line, at: bytes.count)
    }
  }

  private mutating func insert(_ path: [String], _ literal: String, _ outline: TOMLOutline) {
    let section = Array(path.dropLast())
    for count in (1...section.count).reversed() {
      let entry = outline.entry(at: Array(path.prefix(count)))
      guard let (offset, isEmpty) = entry?.inlineEnd else { continue }
      let rest = path.dropFirst(count).joined(separator: ".")
      let member = "\(isEmpty ? " " : ", ")\(rest) = \(literal)\(isEmpty ? " " : "")"
      bytes.insert(contentsOf: member.utf8, at: offset)
      return
    }
    if let number = outline.headers.lastIndex(where: { $0.path == section && !$0.isArray }) {
      let last = outline.entries.last { $0.header == number && $0.statement != nil }
      let above = last?.statement ?? outline.headers[number].statement
      insert(line: "\(path[path.count - 1]) = \(literal)", at: above.upperBound, like: above)
    } else if let neighbour = outline.entries.last(where: {
      $0.path.starts(with: section) && $0.statement != nil
    }), let above = neighbour.statement {
      // The section is there by dotted keys alone, and may then have no header.
      let name = path.dropFirst(neighbour.sectionDepth).joined(separator: ".")
      insert(line: "\(name) = \(literal)", at: above.upperBound, like: above)
    } else {
      if !bytes.isEmpty { insert(line: "", at: bytes.count) }
      insert(line: "[\(section.joined(separator: "."))]", at: bytes.count)
      insert(line: "\(path[path.count - 1]) = \(literal)", at: bytes.count)
    }
  }

  // MARK: - Lines

  /// Puts a line in at a line's start, indented as another one.
  private mutating func insert(line: String, at offset: Int, like other: Range<Int>? = nil) {
    var new = other.map { indentation(at: $0.lowerBound) } ?? []
    new += line.utf8
    let needsEnd = offset > 0 && bytes[offset - 1] != UInt8(ascii: "\n") && offset == bytes.count
    bytes.insert(contentsOf: (needsEnd ? lineEnd : []) + new + lineEnd, at: offset)
  }

  /// What ends the first line, and so all of them.
  private var lineEnd: [UInt8] {
    guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")), end > 0,
      bytes[end - 1] == UInt8(ascii: "\r")
    else { return Array("\n".utf8) }
    return Array("\r\n".utf8)
  }

  private func indentation(at start: Int) -> [UInt8] {
    Array(bytes[start...].prefix { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") })
  }

  private func lineStart(before end: Int) -> Int {
    let start = bytes[..<(end - 1)].lastIndex(of: UInt8(ascii: "\n"))
    return start.map { $0 + 1 } ?? 0
  }
}
