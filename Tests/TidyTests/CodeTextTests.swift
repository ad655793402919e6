import Testing

@Suite struct CodeTextTests {
  @Test(arguments: [
    ("let a = 1  // print(1)", "let a = 1  ", blanks: 11, ""),
    ("/* a /* b */ c */ x", "", blanks: 17, " x"),
    ("\"print(1)\" + y", "", blanks: 10, " + y"),
    ("\"a\\\"b\" z", "", blanks: 6, " z"),
    ("\"\\(call(1))b\" z", "   call(1)", blanks: 3, " z"),
    ("#\"a\"b\\(c)\"# z", "", blanks: 11, " z"),
    ("a \"\"\"\nb\"c\"\n\"\"\"", "a    \n    \n", blanks: 3, ""),
  ])
  func commentsAndStringsBecomeSpaces(text: String, head: String, blanks: Int, tail: String) {
    let expected = head + String(repeating: " ", count: blanks) + tail
    #expect(CodeText.blankingCommentsAndStrings(in: text) == expected)
  }

  @Test func rawInterpolationIsCode() {
    let blanked = CodeText.blankingCommentsAndStrings(in: "##\"a \\##(word) b\"## end")
    #expect(blanked.contains("word"))
    #expect(blanked.contains("end"))
    #expect(!blanked.contains("a "))
  }

  @Test func linesKeepTheirNumbers() {
    let text = "a\n/* b\nc */\n\"\"\"\nd\n\"\"\"\ne // f\n"
    let file = SourceFile(path: "Sources/Sample/Sample.swift", text: text)
    #expect(file.lines.count == 7)
    #expect(file.code.count == 7)
    #expect(file.code[6].contains("e"))
    #expect(!file.code.contains { $0.contains("f") || $0.contains("d") || $0.contains("b") })
  }
}
