import Canvas
import Dashboard
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// Compares frames with files: the characters, and below them a letter for each cell's role.
///
/// With `RECORD_GOLDENS=1` in the environment the files are written anew, and the tests fail, so
/// that a recording never passes unseen.
enum Golden {
  private static let letters = Array(
    ("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
      + "αβγδεζηθικλμνξοπρστυφχψωΓΔΘΛΞΠΣΦΨΩ").unicodeScalars
  )

  static func expect(
    _ grid: Grid,
    named name: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    expect(description(of: grid), named: name, suffix: "txt", sourceLocation: sourceLocation)
  }

  /// Compares a text with a file.
  static func expect(
    _ drawn: String,
    named name: String,
    suffix: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let path = directory + "/" + name + "." + suffix
    if getenv("RECORD_GOLDENS") != nil {
      write(drawn, to: path)
      Issue.record(
        "recorded \(name); run again without RECORD_GOLDENS",
        sourceLocation: sourceLocation
      )
      return
    }
    guard let expected = read(path) else {
      Issue.record(
        "there is no \(path); record it with RECORD_GOLDENS=1",
        sourceLocation: sourceLocation
      )
      return
    }
    if drawn == expected { return }
    Attachment.record(drawn, named: "\(name)-drawn.txt", sourceLocation: sourceLocation)
    Attachment.record(expected, named: "\(name)-expected.txt", sourceLocation: sourceLocation)
    Issue.record(
      "\(name) looks different: \(firstDifference(drawn, expected))",
      sourceLocation: sourceLocation
    )
  }

  /// The frame, a line, the roles of its cells, a line, and which letter is which role.
  static func description(of grid: Grid) -> String {
    var map = ""
    var used: Set<Role> = []
    for row in 0..<grid.size.rows {
      var line = ""
      for cell in grid.row(row) {
        used.insert(cell.style.role)
        line.unicodeScalars.append(letter(cell.style))
      }
      while line.hasSuffix(".") { line.removeLast() }
      map += line + "\n"
    }
    let legend = Role.allCases.filter { used.contains($0) && $0 != .base }
      .map { "\(letter(Style($0))) \($0.name)\n" }.joined()
    return grid.text + "----\n" + map + "----\n" + legend
  }

  private static func letter(_ style: Style) -> Unicode.Scalar {
    if style.role == .base { return "." }
    return letters[Int(style.role.rawValue)]
  }

  private static let directory: String = {
    let here = #filePath
    let end = here.lastIndex(of: "/") ?? here.endIndex
    return here[..<end] + "/Goldens"
  }()

  private static func firstDifference(_ drawn: String, _ expected: String) -> String {
    let left = drawn.split(separator: "\n", omittingEmptySubsequences: false)
    let right = expected.split(separator: "\n", omittingEmptySubsequences: false)
    for (index, pair) in zip(left, right).enumerated() where pair.0 != pair.1 {
      return "line \(index + 1)\ndrawn    |\(pair.0)|\nexpected |\(pair.1)|"
    }
    return "\(left.count) lines and not \(right.count)"
  }

  private static func read(_ path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = fread(&block, 1, block.count, file)
      if count == 0 { break }
      bytes.append(contentsOf: block[..<count])
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func write(_ text: String, to path: String) {
    guard let file = fopen(path, "w") else {
      Issue.record("cannot write \(path)")
      return
    }
    defer { fclose(file) }
    let bytes = Array(text.utf8)
    if fwrite(bytes, 1, bytes.count, file) != bytes.count { Issue.record("cannot write \(path)") }
  }
}
