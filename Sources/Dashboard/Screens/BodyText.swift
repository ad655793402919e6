import Canvas
import Telemetry

/// A message's body as lines: JSON indented and coloured, text broken, other bytes as a dump.
enum BodyText {
  static func lines(of message: MessageSnapshot, columns: Int) -> [[Span]] {
    guard let text = MessageSnapshot.text(message.body[...]) else {
      return hexadecimalLines(message.body, columns: columns)
    }
    let start = text.unicodeScalars.first { $0 != " " && $0 != "\n" && $0 != "\r" && $0 != "\t" }
    if start == "{" || start == "[" { return json(text, columns: columns) }
    return text.split(separator: "\n", omittingEmptySubsequences: false)
      .flatMap { wrapped(SafeText.clean(String($0)), columns) }.map { [Span($0)] }
  }

  /// Breaks a line wherever it is full: nothing of a body is left out.
  private static func wrapped(_ line: String, _ columns: Int) -> [String] {
    if CharacterWidth.columns(of: line) <= columns { return [line] }
    var lines: [String] = []
    var current = ""
    var width = 0
    for character in line.unicodeScalars {
      let next = CharacterWidth.columns(of: String(character))
      if width + next > columns {
        lines.append(current)
        current = ""
        width = 0
      }
      current.unicodeScalars.append(character)
      width += next
    }
    return lines + [current]
  }

  /// Sixteen bytes to a line, in hexadecimal and as characters.
  private static func hexadecimalLines(_ bytes: [UInt8], columns: Int) -> [[Span]] {
    let width = columns >= 70 ? 16 : 8
    return stride(from: 0, to: bytes.count, by: width).map { start in
      let part = bytes[start..<min(bytes.count, start + width)]
      let digits = part.map(MessageSnapshot.hexadecimal).joined(separator: " ")
      let missing = String(repeating: " ", count: 3 * (width - part.count) + 2)
      var characters = ""
      for byte in part {
        characters.unicodeScalars.append((32..<127).contains(byte) ? Unicode.Scalar(byte) : ".")
      }
      let place = String(start, radix: 16)
      let zeros = String(repeating: "0", count: max(0, 4 - place.count))
      return [Span(zeros + place + "  ", .muted), Span(digits + missing), Span(characters, .muted)]
    }
  }

  /// Puts JSON on lines of its own by its brackets and commas; text that is not whole JSON too.
  private static func json(_ text: String, columns: Int) -> [[Span]] {
    var writer = JSONLines(columns: columns)
    writer.write(text)
    return writer.lines
  }
}

/// Takes JSON apart into lines with roles; it forgives what is cut or wrong.
private struct JSONLines {
  private(set) var lines: [[Span]] = []
  private var line: [Span] = []
  private var depth = 0
  private let columns: Int

  init(columns: Int) {
    self.columns = columns
  }

  mutating func write(_ text: String) {
    let scalars = Array(text.unicodeScalars)
    var index = 0
    while index < scalars.count {
      let scalar = scalars[index]
      switch scalar {
      case "{", "[":
        line.append(Span(String(scalar), .muted))
        depth += 1
        newLine()
      case "}", "]":
        newLine()
        depth = max(0, depth - 1)
        line = [Span(indent)] + [Span(String(scalar), .muted)]
      case ",":
        line.append(Span(",", .muted))
        newLine()
      case ":": line.append(Span(": ", .muted))
      case " ", "\n", "\r", "\t": break
      case "\"":
        let end = endOfString(scalars, from: index)
        let isKey = nextSign(scalars, from: end) == ":"
        append(scalars[index..<end], isKey ? .jsonKey : .jsonString)
        index = end - 1
      default:
        var end = index
        while end < scalars.count, !",]} \n\r\t".unicodeScalars.contains(scalars[end]) { end += 1 }
        append(scalars[index..<end], .jsonNumber)
        index = end - 1
      }
      index += 1
    }
    newLine()
  }

  private var indent: String { String(repeating: "  ", count: min(depth, 20)) }

  private mutating func append(_ scalars: ArraySlice<Unicode.Scalar>, _ role: Role) {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    line.append(Span(SafeText.clean(String(view)), role))
  }

  private mutating func newLine() {
    if !line.allSatisfy({ $0.text.allSatisfy { $0 == " " } }) { lines.append(line) }
    line = [Span(indent)]
  }

  private func endOfString(_ scalars: [Unicode.Scalar], from start: Int) -> Int {
    var index = start + 1
    while index < scalars.count {
      if scalars[index] == "\\" {
        index += 2
        continue
      }
      if scalars[index] == "\"" { return index + 1 }
      index += 1
    }
    return scalars.count
  }

  private func nextSign(_ scalars: [Unicode.Scalar], from start: Int) -> Unicode.Scalar? {
    guard start < scalars.count else { return nil }
    return scalars[start...].first { $0 != " " && $0 != "\n" && $0 != "\r" && $0 != "\t" }
  }
}
