/// Cuts a stream of bytes into lines, whatever pieces it comes in.
struct LineSplitter {
  private var partial: [UInt8] = []
  /// Set while the rest of a line that is too long passes by.
  private var isSkipping = false
  /// Lines that were longer than ``Limits/lineBytes`` and were left out.
  private(set) var skippedCount = 0

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
        guard partial.count > Limits.lineBytes else { continue }
        partial.removeAll()
        isSkipping = true
        skippedCount += 1
      }
    }
    return lines
  }
}
