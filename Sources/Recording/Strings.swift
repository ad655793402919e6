/// The strings of a group of frames, each of which is written once and then called by its number.
struct StringWriter {
  private var numbers: [String: Int] = [:]
  private var fresh: [String] = []
  /// What they take in UTF-8.
  private(set) var bytes = 0

  /// How many there are.
  var count: Int { numbers.count }

  /// Forgets them, because a new group begins.
  mutating func reset() {
    numbers.removeAll(keepingCapacity: true)
    fresh.removeAll()
    bytes = 0
  }

  /// The number that stands for a string from now on.
  mutating func number(of string: String) -> Int {
    if let number = numbers[string] { return number }
    guard string.utf8.count > Limits.stringBytes else { return add(string) }
    let cut = string.cut(toBytes: Limits.stringBytes)
    return numbers[cut] ?? add(cut)
  }

  private mutating func add(_ string: String) -> Int {
    let length = string.utf8.count
    // One place is kept for the empty string.
    if length > 0, numbers.count >= Limits.strings - 1 || bytes + length > Limits.stringsBytes {
      return number(of: "")
    }
    bytes += length
    let number = numbers.count
    numbers[string] = number
    fresh.append(string)
    return number
  }

  /// Writes the strings that the frame is the first to use.
  ///
  /// Their count comes first; of each the length that it has in common with the one before, the
  /// length of the rest, and the rest, in UTF-8. Lengths are little endian with seven bits a byte.
  mutating func takeFresh() -> [UInt8] {
    var bytes: [UInt8] = []
    Self.append(fresh.count, to: &bytes)
    var before: [UInt8] = []
    for string in fresh {
      let text = Array(string.utf8)
      var shared = 0
      while shared < min(text.count, before.count), text[shared] == before[shared] { shared += 1 }
      Self.append(shared, to: &bytes)
      Self.append(text.count - shared, to: &bytes)
      bytes += text[shared...]
      before = text
    }
    fresh.removeAll(keepingCapacity: true)
    return bytes
  }

  private static func append(_ length: Int, to bytes: inout [UInt8]) {
    var rest = length
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7F | 0x80))
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}

/// The strings of a group of frames, as far as it has been read.
struct StringReader {
  private var strings: [String] = []
  private var bytes = 0

  /// The string of a number; nil when there is none.
  func string(_ number: Int64) -> String? {
    number >= 0 && number < strings.count ? strings[Int(number)] : nil
  }

  /// Reads what ``StringWriter/takeFresh()`` wrote.
  ///
  /// - Parameter payload: The strings, and whatever comes behind them.
  /// - Returns: Where that begins; nil when the strings cannot be read.
  mutating func add(from payload: [UInt8]) -> Int? {
    var position = 0
    guard let count = Self.length(in: payload, at: &position),
      // Each takes two bytes at least, so that no count asks for more than the payload can hold.
      count <= (payload.count - position) / 2, strings.count + count <= Limits.strings
    else { return nil }
    var text: [UInt8] = []
    for _ in 0..<count {
      guard let shared = Self.length(in: payload, at: &position), shared <= text.count,
        let rest = Self.length(in: payload, at: &position), rest <= payload.count - position,
        shared + rest <= Limits.stringBytes
      else { return nil }
      text.removeSubrange(shared...)
      text += payload[position..<position + rest]
      position += rest
      bytes += text.count
      guard bytes <= Limits.stringsBytes, let string = String(validating: text, as: UTF8.self)
      else { return nil }
      strings.append(string)
    }
    return position
  }

  private static func length(in bytes: [UInt8], at position: inout Int) -> Int? {
    var value = 0
    // Four bytes hold any length that the limits allow.
    for shift in stride(from: 0, to: 28, by: 7) {
      guard position < bytes.count else { return nil }
      let byte = bytes[position]
      position += 1
      value |= Int(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    return nil
  }
}

extension String {
  /// As many whole characters of Unicode as fit.
  func cut(toBytes limit: Int) -> String {
    guard utf8.count > limit else { return self }
    var end = utf8.index(startIndex, offsetBy: limit)
    while end > startIndex, end.samePosition(in: unicodeScalars) == nil {
      end = utf8.index(before: end)
    }
    return String(self[..<end])
  }
}
