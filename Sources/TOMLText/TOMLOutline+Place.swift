/// One step on the way from the root of a text to a value.
package enum TOMLPlace: Hashable, Sendable {
  /// Of a section or an inline table.
  case key(String)
  /// Of an array, `[[name]]` or `[1, 2]`, counted from 0.
  case element(Int)
}

extension TOMLOutline {
  /// Returns the line of a value, of the first thing in it, or of what is around it.
  ///
  /// - Parameter places: From the root; a place that is not there is left out.
  /// - Returns: Counted from 1.
  package func line(of places: [TOMLPlace]) -> Int {
    // Headers of the part that the places so far lie in; -1 stands for what is above the first.
    var part = -1..<headers.count
    var path: [String] = []
    var offset = 0
    for place in places {
      switch place {
      case .key(let key):
        path.append(key)
        guard let found = firstOffset(of: path, in: part) else { return line(at: offset) }
        offset = found
      case .element(let index):
        let heads = part.filter { $0 >= 0 && headers[$0].isArray && headers[$0].path == path }
        if heads.indices.contains(index) {
          part = heads[index]..<(index + 1 < heads.count ? heads[index + 1] : part.upperBound)
          offset = headers[heads[index]].statement.lowerBound
        } else if let element = elementOffset(index, of: path, in: part) {
          // What is in an element of a plain array is not noted; inline tables have one line.
          return line(at: element)
        } else {
          return line(at: offset)
        }
      }
    }
    return line(at: offset)
  }

  private func firstOffset(of path: [String], in part: Range<Int>) -> Int? {
    let inside = entries.lazy.filter { part.contains($0.header ?? -1) }
    let heads = headers[max(0, part.lowerBound)..<max(0, part.upperBound)]
    return inside.first { $0.path == path }?.value.lowerBound
      ?? heads.first { $0.path == path }?.statement.lowerBound
      ?? inside.first { $0.path.starts(with: path) }?.value.lowerBound
      ?? heads.first { $0.path.starts(with: path) }?.statement.lowerBound
  }

  private func elementOffset(_ index: Int, of path: [String], in part: Range<Int>) -> Int? {
    let entry = entries.first { $0.path == path && part.contains($0.header ?? -1) }
    guard let entry, entry.elements.indices.contains(index) else { return nil }
    return entry.elements[index]
  }
}
