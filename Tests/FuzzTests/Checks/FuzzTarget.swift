import Glibc

/// What is fuzzed: a function from any bytes to what is wrong with our answer to them.
package struct FuzzTarget: Sendable {
  /// The folder of its corpus, and how reports call it.
  package let name: String
  /// One sentence for each thing that is wrong; empty for every input when the code is right.
  package let findings: @Sendable ([UInt8]) -> [String]

  /// The frame decoder.
  package static let frames = FuzzTarget(name: "frames", findings: FrameCheck.findings)
  /// Field tables and message properties, read in each of our ways.
  package static let tables = FuzzTarget(name: "tables", findings: TableCheck.findings)
  /// Two clients on one broker.
  package static let connection = FuzzTarget(name: "connection", findings: ConnectionCheck.findings)
  /// The reader of a data directory.
  package static let records = FuzzTarget(name: "records", findings: RecordCheck.findings)

  package static let all = [frames, tables, connection, records]

  /// Ends the program when an input finds something, which is how libFuzzer learns of it.
  package func expectSound(_ bytes: UnsafeBufferPointer<UInt8>) {
    let found = findings(Array(bytes))
    guard !found.isEmpty else { return }
    // An optimised build leaves the text of a precondition out.
    let report = Array("\(name): \(found.joined(separator: "; "))\n".utf8)
    _ = write(STDERR_FILENO, report, report.count)
    preconditionFailure("an input finds nothing")
  }
}
