/// Reads the expiration property: milliseconds as decimal digits (RabbitMQ, "Per-Message TTL").
enum Expiration {
  /// The longest time that RabbitMQ's timers take: ten years.
  private static let longestMilliseconds = 315_360_000_000

  /// Why a text is no expiration, as RabbitMQ puts it; nil when it is one.
  static func refusal(of text: UnsafeRawBufferPointer) -> String? {
    // Safe: the bytes are borrowed from the read buffer and copied into a string at once.
    let text = String(decoding: text, as: UTF8.self)
    return reason(text).map { "'\(text)': \($0)" }
  }

  private static func reason(_ text: String) -> String? {
    let hasSign = text.hasPrefix("-") || text.hasPrefix("+")
    let digits = text.dropFirst(hasSign ? 1 : 0).prefix { $0.isASCII && $0.isNumber }
    guard !digits.isEmpty else { return "no_integer" }
    let rest = text[digits.endIndex...]
    guard rest.isEmpty else { return "{leftover_string,\"\(rest)\"}" }
    if text.hasPrefix("-"), digits.contains(where: { $0 != "0" }) {
      return "{value_negative,\(text)}"
    }
    guard let number = Int(digits), number <= longestMilliseconds else {
      return "{value_too_large,\(digits)}"
    }
    return nil
  }
}
