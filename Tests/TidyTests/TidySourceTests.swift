import TestSupport
import Testing

/// The house rules, held against the package's own sources.
@Suite(.computing) struct TidySourceTests {
  private let sources: [SourceFile]
  private let tests: [SourceFile]

  // Read once for all tests of the suite.
  private static let allSources = Result { try SourceTree.swiftFiles(in: "Sources") }
  private static let allTests = Result { try SourceTree.swiftFiles(in: "Tests") }

  init() throws {
    sources = try Self.allSources.get()
    tests = try Self.allTests.get()
    // A walk that finds nothing would pass every rule.
    try #require(sources.contains { $0.target == "Telemetry" })
    try #require(tests.contains { $0.path == "Tests/TidyTests/TidySourceTests.swift" })
  }

  @Test func everyTargetImportsOnlyWhatItsLayerMay() {
    let violations = ImportRule.violations(in: sources, layers: Layer.all)
    #expect(violations.isEmpty, "\(report(violations))")
  }

  @Test func packageTargetsFoldersAndLayersAgree() throws {
    let violations = LayoutRule.violations(
      manifest: PackageManifest(text: try SourceTree.text(of: "Package.swift")),
      sourceFolders: try SourceTree.folders(in: "Sources"),
      layers: Layer.all
    )
    #expect(violations.isEmpty, "\(report(violations))")
  }

  @Test func pureTargetsKnowNoClockNoChanceAndNoOutsideWorld() {
    let pure = sources.filter { Layer.all[$0.target]?.isPure ?? false }
    let violations = pure.flatMap(PurityRule.violations)
    #expect(violations.isEmpty, "\(report(violations))")
  }

  @Test func filesAndFunctionsAreShortEnoughToRead() throws {
    var violations = (sources + tests).flatMap(SizeRule.violations)
    for folder in ["Sources", "Tests"] {
      for path in try SourceTree.paths(in: folder, endings: ["c", "h", "py"]) {
        let lineCount = try SourceTree.text(of: path).split(
          separator: "\n",
          omittingEmptySubsequences: false
        ).count
        violations += SizeRule.tooLong(path: path, lineCount: lineCount)
      }
    }
    #expect(violations.isEmpty, "\(report(violations))")
  }

  @Test func everyPackageTypeAndFunctionHasADocComment() {
    let violations = sources.flatMap(DocumentationRule.violations)
    #expect(violations.isEmpty, "\(report(violations))")
  }

  @Test func everyUnsafeWordIsExplained() {
    let violations = (sources + tests).flatMap(SafetyRule.violations)
    #expect(violations.isEmpty, "\(report(violations))")
  }

  @Test func nothingIsLeftUnfinishedAndNoErrorIsThrownAwayUnseen() {
    let violations = (sources + tests).flatMap(WordingRule.violations)
    #expect(violations.isEmpty, "\(report(violations))")
  }

  @Test func onlyTheExecutablePrints() {
    let violations =
      sources
      .filter { $0.target != "sluice" }
      .flatMap(PrintingRule.violations)
    #expect(violations.isEmpty, "\(report(violations))")
  }
}
