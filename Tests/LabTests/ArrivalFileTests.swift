import Foundation
import TestSupport
import Testing

@testable import Lab

@Suite(.computing) struct ArrivalFileTests {
  private func arrivals(_ text: String) throws -> [Double] {
    try ArrivalFile.arrivals(in: Array(text.utf8)[...], of: "a.txt")
  }

  private func refusal(_ text: String) -> String? {
    do {
      _ = try arrivals(text)
      return nil
    } catch {
      return (error as? LabError)?.message
    }
  }

  @Test func everyLineIsAnArrival() throws {
    let text = "# seconds\n0\n0.25\r\n\n  1.5\t# the third\n1.5\n604800\n"
    #expect(try arrivals(text) == [0, 0.25, 1.5, 1.5, 604_800])
  }

  @Test(arguments: [
    (
      "1\nabc\n",
      "a.txt, line 2: 'abc' is not a number of seconds; write one like 12.5, up to 604800"
    ),
    ("-1", "a.txt, line 1: '-1' is not a number of seconds; write one like 12.5, up to 604800"),
    ("nan", "a.txt, line 1: 'nan' is not a number of seconds; write one like 12.5, up to 604800"),
    (
      "1.2.3",
      "a.txt, line 1: '1.2.3' is not a number of seconds; write one like 12.5, up to 604800"
    ),
    (
      "604801",
      "a.txt, line 1: '604801' is not a number of seconds; write one like 12.5, up to 604800"
    ),
    (
      "\u{1B}[2J",
      "a.txt, line 1: this is not a number of seconds; write one like 12.5, up to 604800"
    ),
    ("2\n\n1\n", "a.txt, line 3: '1' comes after a later time; sort the lines"),
    ("# nothing\n", "a.txt: there are no arrivals; write one number of seconds in each line"),
    ("", "a.txt: there are no arrivals; write one number of seconds in each line"),
  ])
  func aWrongFileIsRefusedWithItsLineAndTheMend(text: String, message: String) {
    #expect(refusal(text) == message)
  }

  @Test func thereIsALimit() throws {
    let most = String(repeating: "1\n", count: Limits.recordedArrivals)
    #expect(try arrivals(most).count == Limits.recordedArrivals)
    #expect(
      refusal(most + "1\n")
        == "a.txt, line 1000001: there are more than 1000000 arrivals; cut it before this line"
    )
  }

  @Test func aFileIsRead() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "arrivals-\(UUID()).txt")
    defer { try? FileManager.default.removeItem(at: file) }  // It is a temporary file.
    try Data("0.5\n1\n".utf8).write(to: file)
    #expect(try ArrivalFile.read(file.path) == [0.5, 1])
  }

  @Test(arguments: [
    ("/nonexistent/arrivals", "no such file or directory"), ("/dev/null", "it is no ordinary file"),
    ("/", "it is no ordinary file"),
  ])
  func whatIsNoFileIsRefused(path: String, reason: String) {
    let message = "\(path): \(reason); give the path of a text file"
    #expect(throws: LabError(code: .badConfiguration, message: message)) {
      try ArrivalFile.read(path)
    }
  }

  @Test func aFileThatIsTooLongIsNotRead() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "arrivals-\(UUID()).txt")
    defer { try? FileManager.default.removeItem(at: file) }  // It is a temporary file.
    try Data().write(to: file)
    let handle = try FileHandle(forWritingTo: file)
    try handle.truncate(atOffset: UInt64(Limits.arrivalFileBytes) + 1)
    try handle.close()
    let message = "\(file.path): it has 16777217 bytes; cut it to 16777216 bytes"
    #expect(throws: LabError(code: .badConfiguration, message: message)) {
      try ArrivalFile.read(file.path)
    }
  }
}
