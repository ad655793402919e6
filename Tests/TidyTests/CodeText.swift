/// Tells code from comments and string literals.
///
/// It knows line comments, nested block comments, strings with escapes, multi-line strings, raw
/// strings with any number of `#`, and interpolations, whose contents are code again. Regular
/// expression literals are taken for code, so one with a quotation mark in it would mislead it.
struct CodeText {
  private let input: [UInt8]
  private var output: [UInt8] = []
  private var index = 0

  /// Returns the text with every byte of a comment or a string replaced by a space; line breaks
  /// stay where they were.
  static func blankingCommentsAndStrings(in text: String) -> String {
    var scanner = CodeText(input: Array(text.utf8))
    scanner.scanCode(untilClosingParenthesis: false)
    return String(decoding: scanner.output, as: UTF8.self)
  }

  private init(input: [UInt8]) {
    self.input = input
    output.reserveCapacity(input.count)
  }

  private mutating func scanCode(untilClosingParenthesis: Bool) {
    var depth = 0
    while index < input.count {
      switch input[index] {
      case slash where byte(after: 1) == slash:
        scanLineComment()
      case slash where byte(after: 1) == star:
        scanBlockComment()
      case quote, hash:
        if let hashes = hashesBeforeString() { scanString(hashes: hashes) } else { keep() }
      case opening:
        depth += 1
        keep()
      case closing:
        depth -= 1
        if untilClosingParenthesis, depth < 0 { return }
        keep()
      default:
        keep()
      }
    }
  }

  private mutating func scanLineComment() {
    while index < input.count, input[index] != newline { blank() }
  }

  private mutating func scanBlockComment() {
    var depth = 0
    repeat {
      if input[index] == slash, byte(after: 1) == star {
        depth += 1
        blank(2)
      } else if input[index] == star, byte(after: 1) == slash {
        depth -= 1
        blank(2)
      } else {
        blank()
      }
    } while depth > 0 && index < input.count
  }

  /// The number of `#` before a quotation mark that begins here; nil when no string begins here.
  private func hashesBeforeString() -> Int? {
    var count = 0
    while byte(after: count) == hash { count += 1 }
    return byte(after: count) == quote ? count : nil
  }

  private mutating func scanString(hashes: Int) {
    blank(hashes)
    let quotes = byte(after: 1) == quote && byte(after: 2) == quote ? 3 : 1
    blank(quotes)
    while index < input.count {
      if run(of: quote, from: 0) >= quotes, run(of: hash, from: quotes) >= hashes {
        blank(quotes + hashes)
        return
      } else if input[index] == backslash, run(of: hash, from: 1) >= hashes {
        blank(1 + hashes)
        if byte(after: 0) == opening {
          blank()
          scanCode(untilClosingParenthesis: true)
        }
        blank()
      } else if input[index] == newline, quotes == 1 {
        return
      } else {
        blank()
      }
    }
  }

  private func byte(after offset: Int) -> UInt8? {
    index + offset < input.count ? input[index + offset] : nil
  }

  /// How many times a byte follows in a row from an offset on.
  private func run(of wanted: UInt8, from offset: Int) -> Int {
    var count = 0
    while byte(after: offset + count) == wanted { count += 1 }
    return count
  }

  private mutating func keep() {
    output.append(input[index])
    index += 1
  }

  private mutating func blank(_ count: Int = 1) {
    for _ in 0..<count where index < input.count {
      output.append(input[index] == newline ? newline : UInt8(ascii: " "))
      index += 1
    }
  }
}

private let slash = UInt8(ascii: "/")
private let star = UInt8(ascii: "*")
private let quote = UInt8(ascii: "\"")
private let hash = UInt8(ascii: "#")
private let backslash = UInt8(ascii: "\\")
private let opening = UInt8(ascii: "(")
private let closing = UInt8(ascii: ")")
private let newline = UInt8(ascii: "\n")
