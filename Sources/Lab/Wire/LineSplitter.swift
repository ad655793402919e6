/// Cuts a stream of bytes into lines, whatever pieces it comes in.
struct LineSplitter {
  /// The longest line, in bytes.
  private let longest: Int
  private var partial: [UInt8] = []
  /// Set while the rest of a line that is too long passes by.
  private var isSkipping = false
  /// Lines that were too long and were left out.
  private(set) var skippedCount = 0

  /// - Parameter longest: The longest line, in bytes.
  init(longest: Int = Limits.lineBytes) {
    self.longest = longest
  }

  /// Takes the next bytes and returns the lines that they complete, without their line feeds.
  mutating func append(_ bytes: some Sequence<UInt8>) -> [[UInt8]] {
    var lines: [[UInt8]] = []
    for byte in bytes {
      if byte == UInt8(ascii: "\n") {
        if !isSkipping { lines.append(partial) }
        partial.removeAll(keepingCapacity: true)
        isSkipping = false
      } else if !isSkipping {
        partial.append(byte)
        guard partial.count > longest else { continue }
        partial.removeAll()
        isSkipping = true
        skippedCount += 1
      }
    }
    return lines
  }
}
