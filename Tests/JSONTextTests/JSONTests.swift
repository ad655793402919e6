import Testing

@testable import JSONText

struct JSONTests {
  private let sample: JSON = [
    "text": "a \"quoted\" \\ line\n with ü, 漢 and 🚀", "whole": -12, "part": .number(0.125),
    "list": [1, [true, false], .null], "inner": ["empty": [:], "none": []],
  ]

  @Test func aValueSurvivesWritingAndReading() throws {
    #expect(try JSON(parsing: sample.bytes) == sample)
  }

  @Test func writtenTextHasNoLineBreaksAndNoControlCharacters() {
    let json = JSON.string("\u{0}\n\r\u{1B}[31m\u{7F}")
    #expect(json.bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
  }

  @Test(arguments: [
    ("\"\\u0041\\u00fc\"", "Aü"), ("\"\\ud83d\\ude80\"", "🚀"),
    ("\"\\b\\f\\n\\r\\t\\/\"", "\u{8}\u{C}\n\r\t/"),
    (" \"x\" ", "x"),
  ])
  func escapesAreUnderstood(text: String, meaning: String) throws {
    #expect(try JSON(parsing: text.utf8) == .string(meaning))
  }

  @Test(arguments: [
    ("0", JSON.integer(0)), ("-7", .integer(-7)), ("1.5e3", .number(1500)),
    ("9223372036854775807", .integer(.max)),
    ("9223372036854775808", .number(9_223_372_036_854_775_808)),
  ])
  func numbersAreRead(text: String, value: JSON) throws {
    #expect(try JSON(parsing: text.utf8) == value)
  }

  @Test(arguments: [
    "", " ", "{", "[1,", "[1 2]", "{\"a\" 1}", "{a:1}", "{\"a\":1,}", "[,]", "01", "1.", "1e", "-",
    "+1", "nul",
    "true false", "\"", "\"\\x\"", "\"\\u12\"", "\"\\ud83d\"", "\"\\ud83d\\u0041\"", "\"\\udc00\"",
    "\"a\nb\"", "1e999",
    "{\"a\":1}}",
  ])
  func whatIsNoJSONIsRefused(text: String) {
    #expect(throws: JSONError.self) { try JSON(parsing: text.utf8) }
  }

  @Test func textThatIsNoUTF8IsRefused() {
    #expect(throws: JSONError(offset: 3, problem: .notUTF8)) {
      try JSON(parsing: [0x22, 0xFF, 0x22])
    }
  }

  @Test func noBeginningOfAnObjectIsTakenForTheWhole() {
    let bytes = sample.bytes
    for length in 0..<bytes.count {
      #expect(throws: JSONError.self) { try JSON(parsing: bytes[..<length]) }
    }
  }

  @Test func nestingHasALimit() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    _ = try JSON(parsing: nested(JSON.depthLimit).utf8)
    #expect(throws: JSONError.self) { try JSON(parsing: nested(JSON.depthLimit + 1).utf8) }
    #expect(throws: JSONError.self) { try JSON(parsing: nested(100_000).utf8) }
  }
}
