import Foundation

/// The program under test, as the same build made it.
package enum BuiltExecutable {
  /// Names another binary to test, for instance one built in release mode.
  package static let overrideVariable = "SLUICE_EXECUTABLE"

  /// The path of an executable product of this package.
  ///
  /// - Throws: ``SpawnError`` when it was not built.
  package static func path(of product: String = "sluice") throws -> String {
    if let path = ProcessInfo.processInfo.environment[overrideVariable], !path.isEmpty {
      return path
    }
    let folders = testBundles().map { $0.deletingLastPathComponent().path }
    let candidates = folders.map { "\($0)/\(product)" }
    guard let found = candidates.first(where: FileManager.default.isExecutableFile) else {
      throw SpawnError(
        description: "\(product) is not beside the test bundle; looked at \(candidates)"
      )
    }
    return found
  }

  /// The file that holds the running tests, as the arguments or the system name it.
  private static func testBundles() -> [URL] {
    let arguments = CommandLine.arguments.filter { $0.hasSuffix(".xctest") }
    let own = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    return arguments.map { URL(filePath: $0) } + [own]
  }
}
