import CChecksum
import Testing

@Suite struct ChecksumTests {
  /// RFC 3720, appendix B.4, and the check value of every CRC catalogue.
  @Test(arguments: Self.known)
  func knownBytesHaveTheirKnownSum(_ bytes: [UInt8], sum: UInt32) {
    #expect(sluice_crc32c(0, bytes, bytes.count) == sum)
    #expect(sluice_crc32c_portable(0, bytes, bytes.count) == sum)
  }

  private static let known: [([UInt8], UInt32)] = [
    (Array("123456789".utf8), 0xE306_9283),
    (Array(repeating: 0, count: 32), 0x8A91_36AA),
    (Array(repeating: 0xFF, count: 32), 0x62A8_AB43),
    (Array(0..<32), 0x46DD_794E),
    ([], 0),
  ]

  @Test func bothWaysAgreeOnEveryLengthAndInPieces() {
    let bytes = (0..<200).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 11) }
    for count in 0...bytes.count {
      let whole = sluice_crc32c(0, bytes, count)
      #expect(whole == sluice_crc32c_portable(0, bytes, count))
      let first = sluice_crc32c(0, bytes, count / 3)
      let rest = Array(bytes[(count / 3)..<count])
      #expect(sluice_crc32c(first, rest, rest.count) == whole)
    }
  }
}
