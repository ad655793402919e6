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
}
