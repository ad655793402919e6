import Testing
import WebText

@testable import ManagementServer

/// Parts of URLs as text, and text as parts of URLs.
@Suite struct PercentCodingTests {
  @Test(arguments: [
    ("plain", "plain"), ("%2F", "/"), ("a%20b", "a b"), ("%E4%B8%AD", "中"), ("a+b", "a+b"),
    ("%252A", "%2A"),
  ])
  func aPartOfAPathIsDecoded(text: String, decoded: String) {
    #expect(PercentCoding.decode(text) == decoded)
  }

  @Test(arguments: ["%", "%2", "%zz", "a%", "%FF", "%C0%AF"])
  func whatIsNoCodeIsNone(text: String) {
    #expect(PercentCoding.decode(text) == nil)
  }

  @Test func aPlusIsASpaceInQueriesAlone() {
    #expect(PercentCoding.decode("a+b", isQuery: true) == "a b")
    #expect(PercentCoding.encode("a b*~/中", hasPlus: true) == "a+b%2A%7E%2F%E4%B8%AD")
    #expect(PercentCoding.encode("a b") == "a%20b")
  }

  @Test(arguments: ["", "a/b", "%", "中 文", "x\u{0}y", "~.-_"])
  func whatIsCodedComesBack(text: String) {
    #expect(PercentCoding.decode(PercentCoding.encode(text)) == text)
  }
}
