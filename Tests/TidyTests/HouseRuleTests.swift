import Testing

/// Proof that each house rule finds what it is for, and nothing else.
@Suite struct HouseRuleTests {
  private func file(_ text: String) -> SourceFile {
    SourceFile(path: "Sources/Canvas/Sample.swift", text: text)
  }

  @Test(arguments: [
    "let now = ContinuousClock.now", "let n = Int.random(in: 0..<3)", "print(\"a\")",
    "let d = Date()", "list.shuffled()", "fatalError(\"no\")", "try await Task.sleep(for: t)",
    "import Glibc\nlet fd = open(path, 0)",
  ])
  func anImpureWordIsFound(statement: String) {
    let violations = PurityRule.violations(in: file("\n\(statement)"))
    #expect(violations.map(\.line) == [1 + statement.split(separator: "\n").count])
  }

  @Test(arguments: [
    "// Date() is not asked here", "let text = \"print(1)\"", "case open(Int)", "grid.read(1)",
    "func print(_ grid: Grid) {}", "write(grid)", "let updated = Dated()",
  ])
  func anInnocentWordIsNotImpure(statement: String) {
    #expect(PurityRule.violations(in: file(statement)).isEmpty)
  }

  @Test func aLongFileIsFoundAtItsFirstLineTooMany() {
    let text = String(repeating: "let a = 1\n", count: SizeRule.fileLinesLimit + 1)
    #expect(SizeRule.violations(in: file(text)).map(\.line) == [SizeRule.fileLinesLimit + 1])
    let allowed = String(repeating: "let a = 1\n", count: SizeRule.fileLinesLimit)
    #expect(SizeRule.violations(in: file(allowed)).isEmpty)
  }

  @Test(arguments: ["func long(\n  _ a: Int\n) -> Int {", "init(a: Int) {", "static func b() {"])
  func aLongFunctionIsFoundAtItsFirstLine(opening: String) {
    let headLines = opening.split(separator: "\n").count
    func sample(lineCount: Int) -> SourceFile {
      let body = String(repeating: "  run()\n", count: lineCount - headLines - 1)
      return file("struct A {\n\(opening)\n\(body)}\n}\n")
    }
    let limit = SizeRule.functionLinesLimit
    #expect(SizeRule.violations(in: sample(lineCount: limit)).isEmpty)
    #expect(SizeRule.violations(in: sample(lineCount: limit + 1)).map(\.line) == [2])
  }

  @Test func aRequirementWithoutABodyIsOneLineLong() {
    let requirements = String(repeating: "  func a() -> Int\n", count: 100)
    #expect(SizeRule.violations(in: file("protocol P {\n\(requirements)}\n")).isEmpty)
  }

  @Test(arguments: [
    "package struct A {}", "package final class A {}", "package static func a() {}",
    "@MainActor package enum A {}", "// Only prose.\npackage typealias A = Int",
    "package protocol A {}",
  ])
  func anUndocumentedPackageDeclarationIsFound(text: String) {
    #expect(DocumentationRule.violations(in: file(text)).count == 1)
  }

  @Test(arguments: [
    "/// Says it.\npackage struct A {}", "struct A {}", "package init() {}",
    "/// Says it.\n@inline(__always)\npackage func a() {}",
    "package static func == (left: A, right: A) -> Bool { true }", "package let a = 1",
    "package static func < (left: A, right: A) -> Bool {\n  true\n}",
  ])
  func aDocumentedOrObviousDeclarationPasses(text: String) {
    #expect(DocumentationRule.violations(in: file(text)).isEmpty)
  }

  @Test(arguments: [
    "final class A: @unchecked Sendable {}", "nonisolated(unsafe) var a = 1",
    "func a(_ p: UnsafeRawPointer) {}", "bytes.withUnsafeBytes { $0 }",
    "// Safe: the type.\nfinal class A {\n  nonisolated(unsafe) var a = 1\n}",
  ])
  func anUnexplainedUnsafeWordIsFound(text: String) {
    #expect(SafetyRule.violations(in: file(text)).count == 1)
  }

  @Test(arguments: [
    "// Safe: nothing in it changes.\nfinal class A: @unchecked Sendable {}",
    "struct A {\n  // Safe: owned.\n  let p: UnsafeRawPointer\n  func a(_ q: UnsafeRawPointer) {}\n}",
    "/// Makes it.\n// Safe: lives as long as the call.\nfunc a(_ p: UnsafeRawPointer) {}",
    "// Safe: both outlive it.\nunowned(unsafe) let a: A\nunowned(unsafe) let b: B",
    "case .unsafe: contains(value, in: Table.unsafe)", "// An unsafe word in prose.",
    "let a = \"@unchecked\"",
  ])
  func anExplainedUnsafeWordPasses(text: String) {
    #expect(SafetyRule.violations(in: file(text)).isEmpty)
  }

  @Test func testsMayLookAtBytesButNotSwitchChecksOffUnexplained() {
    func test(_ text: String) -> [Violation] {
      SafetyRule.violations(in: SourceFile(path: "Tests/CanvasTests/Sample.swift", text: text))
    }
    #expect(test("bytes.withUnsafeBytes { $0 }").isEmpty)
    #expect(test("final class A: @unchecked Sendable {}").count == 1)
  }

  @Test func unfinishedWorkAndLostErrorsAreFound() {
    let mark = "TO" + "DO"
    #expect(WordingRule.violations(in: file("// \(mark): later")).count == 1)
    #expect(WordingRule.violations(in: file("let s = \"\(mark)\"")).count == 1)
    #expect(WordingRule.violations(in: file("let a = try! b()")).count == 1)
    #expect(WordingRule.violations(in: file("\nlet a = try? b()")).map(\.line) == [2])
    #expect(WordingRule.violations(in: file("// Absent is fine.\nlet a = try? b()")).isEmpty)
    #expect(WordingRule.violations(in: file("let a = try? b()  // Absent is fine.")).isEmpty)
    #expect(WordingRule.violations(in: file("let a = entry?.b ?? retry!")).isEmpty)
    #expect(WordingRule.violations(in: file("let method = \"TODOS\"")).isEmpty)
  }

  @Test func printingOutsideTheExecutableIsFound() {
    #expect(PrintingRule.violations(in: file("\n\nprint(1)")).map(\.line) == [3])
    #expect(PrintingRule.violations(in: file("// print(1)")).isEmpty)
  }
}
