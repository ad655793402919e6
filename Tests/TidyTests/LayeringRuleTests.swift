import Testing

/// Proof that the layering rules find what they are for.
@Suite struct LayeringRuleTests {
  private func importViolations(in target: String, _ text: String) -> [Violation] {
    let file = SourceFile(path: "Sources/\(target)/Sample.swift", text: text)
    return ImportRule.violations(in: [file], layers: Layer.all)
  }

  @Test(arguments: [
    ("AMQP", "import NIOCore"),
    ("AMQP", "package import NIOCore"),
    ("AMQP", "import struct NIOCore.ByteBufferAllocator"),
    ("Telemetry", "import Foundation"),
    ("Broker", "import NIOCore"),
    ("AMQPClient", "package import Broker"),
    ("Lab", "import Broker"),
    ("Lab", "@preconcurrency import AMQPServer"),
    ("Canvas", "import Glibc"),
    ("Dashboard", "@testable import Broker"),
    ("Dashboard", "import Dispatch"),
    ("sluice", "import CNcurses"),
    ("ThemeFiles", "import CNcurses"),
  ])
  func aForbiddenImportIsFoundWithItsLine(target: String, statement: String) throws {
    let violations = importViolations(in: target, "// why\n\(statement)\nlet a = 1\n")
    let violation = try #require(violations.first)
    #expect(violations.count == 1)
    #expect(violation.line == 2)
    #expect(violation.file == "Sources/\(target)/Sample.swift")
    #expect(violation.message.contains("\(target) may not import"))
  }

  @Test(arguments: [
    ("AMQP", "package import struct NIOCore.ByteBuffer"),
    ("Broker", "#if canImport(Glibc)\nimport Glibc\n#endif"),
    ("Curses", "@preconcurrency import CNcurses"),
    ("Canvas", "// import Foundation\nlet text = \"import Foundation\""),
    ("Lab", "import NIOHTTP1"),
  ])
  func anAllowedImportPasses(target: String, text: String) {
    #expect(importViolations(in: target, text).isEmpty)
  }

  @Test func aTargetThatTheTableDoesNotKnowIsFound() {
    #expect(importViolations(in: "Surprise", "let a = 1").count == 1)
  }

  private let manifestText = """
    let package = Package(
      name: "sample",
      targets: [
        .target(name: "Low", dependencies: [.product(name: "NIOCore", package: "swift-nio")]),
        .target(name: "High", dependencies: ["Low", "Sideways"]),
        .target(name: "Support", path: "Tests/Support"),
        .testTarget(name: "LowTests", dependencies: ["Low", "High"]),
      ]
    )
    """

  @Test func theManifestIsReadAsWritten() {
    let targets = PackageManifest(text: manifestText).targets
    #expect(Set(targets.map(\.name)) == ["Low", "High", "Support", "LowTests"])
    #expect(targets.first { $0.name == "Low" }?.dependencies == ["NIOCore"])
    #expect(targets.first { $0.name == "High" }?.dependencies == ["Low", "Sideways"])
    #expect(targets.filter(\.isTest).map(\.name).sorted() == ["LowTests", "Support"])
  }

  @Test func ourOwnManifestHasItsTargets() throws {
    let targets = PackageManifest(text: try SourceTree.text(of: "Package.swift")).targets
    let own = Set(targets.filter { !$0.isTest }.map(\.name))
    #expect(own == Set(Layer.all.keys))
    let dashboard = targets.first { $0.name == "Dashboard" }
    let expected: Set = ["Canvas", "Diagnosis", "JSONText", "Recording", "Telemetry"]
    #expect(dashboard.map { Set($0.dependencies) } == expected)
  }

  @Test func foldersAndDependenciesOutsideTheTableAreFound() {
    let violations = LayoutRule.violations(
      manifest: PackageManifest(text: manifestText),
      sourceFolders: ["Low", "Orphan"],
      layers: ["Low": Layer(modules: ["NIOCore.ByteBuffer"]), "High": Layer(modules: ["Low"])]
    )
    #expect(
      violations.map(\.message) == [
        "Sources/Orphan is not a target",
        "the target High has no folder Sources/High",
        "the target High may not depend on Sideways; allowed: Low",
      ]
    )
  }
}
