/// Reads the expiration property: milliseconds as decimal digits (RabbitMQ, "Per-Message TTL").
enum Expiration {
  /// The longest time that RabbitMQ's timers take.
  private static let longestMilliseconds = Int(UInt32.max)

  /// Why a text is no expiration, in RabbitMQ's words; nil when it is one.
  ///
  static func refusal(of text: UnsafeRawBufferPointer) -> String? {
    // Safe: the bytes are copied into a string at once.
    let text = String(decoding: text, as: UTF8.self)
    let digits = text.drop { $0 == "-" || $0 == "+" }.prefix { $0.isASCII && $0.isNumber }
    guard text.count - digits.count <= 1, let number = Int(text) else {
      let rest = String(text.drop { $0 == "-" || $0 == "+" }.drop { $0.isASCII && $0.isNumber })
      return digits.isEmpty ? "no_integer" : "{leftover_string,<<\"\(rest)\">>}"
    }
    if number < 0 { return "{value_negative,\(number)}" }
    return number > longestMilliseconds ? "{value_too_big,\(number)}" : nil
  }
}
