import Telemetry
import Testing

@testable import Lab

struct LineSplitterTests {
  @Test func linesAreTheSameWhateverPiecesTheyComeIn() {
    let bytes = Array("first\n\nthird line\nrest".utf8)
    for cut in 0...bytes.count {
      for secondCut in cut...bytes.count {
        var splitter = LineSplitter()
        let lines =
          splitter.append(bytes[..<cut]) + splitter.append(bytes[cut..<secondCut])
          + splitter.append(bytes[secondCut...])
        #expect(lines.map { String(decoding: $0, as: UTF8.self) } == ["first", "", "third line"])
      }
    }
  }

  @Test func aLineBeyondTheLimitIsLeftOutAndTheNextOneIsRead() {
    var splitter = LineSplitter()
    let endless = [UInt8](repeating: UInt8(ascii: "x"), count: Limits.lineBytes * 2)
    #expect(splitter.append(endless).isEmpty)
    #expect(splitter.append(Array("x\nnext\n".utf8)) == [Array("next".utf8)])
    #expect(splitter.skippedCount == 1)
  }

  @Test func theLongestRecordingPassesThePipe() throws {
    let arrivals = (0..<Limits.recordedArrivals).map { 600_000 + Double($0) / 7 }
    let shape = LoadShape(kind: .replay, factor: 1, seconds: 1, arrivals: arrivals)
    let line = ServiceCommand.shape(shape).line
    #expect(line.count <= Limits.commandBytes)
    var splitter = LineSplitter(longest: Limits.commandBytes)
    let lines = splitter.append(line + [UInt8(ascii: "\n")])
    #expect(try #require(lines.first) == line)
  }
}
