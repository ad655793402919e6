package import AMQPClient

/// Why something about a broker could not be measured.
package struct CompareError: Error, Sendable, Hashable {
  /// One line of printable ASCII without the broker's name, with the mend where one is known.
  package let reason: String
  /// The same without what would mend it.
  package let cause: String
  /// Whether our own task was cancelled, so that it says nothing of the broker.
  package let isCancelled: Bool

  package init(_ reason: String) {
    self.reason = PlainText.ascii(reason, limit: Limits.reasonCharacters)
    cause = self.reason
    isCancelled = false
  }

  /// - Parameter error: What the client says.
  package init(_ error: ClientError) {
    let mend = CompareError.mend(error)
    let words = error.message + (mend.map { "; \($0)" } ?? "")
    cause = PlainText.ascii(error.message, limit: Limits.reasonCharacters)
    reason = PlainText.ascii(words, limit: Limits.reasonCharacters)
    isCancelled = error.code == .cancelled
  }

  private static func mend(_ error: ClientError) -> String? {
    switch error.code {
    case .connectFailed: "is it running, and is that its AMQP port?"
    case .handshakeFailed:
      if error.message.hasPrefix("403") {
        "are user and password right, and may that user log in from here?"
      } else if error.message.hasPrefix("530") {
        "is there such a virtual host, and may the user open it?"
      } else if error.message.contains("without a word") {
        "it wants TLS, does not let that user in, or is no AMQP 0-9-1 broker"
      } else {
        "is that its AMQP 0-9-1 port? RabbitMQ's is 5672"
      }
    case .timedOut: "it hangs, or is no AMQP broker"
    case .connectionClosed, .channelClosed, .nacked, .returned, .cancelled, .invalidArgument,
      .limitReached, .protocolViolation:
      nil
    }
  }
}

/// Text of others that may be shown in a table.
enum PlainText {
  /// Returns the text with everything but printable ASCII as `?`, and cut.
  static func ascii(_ text: String, limit: Int) -> String {
    let shown = text.unicodeScalars.map { scalar -> Character in
      (0x20..<0x7F).contains(scalar.value) ? Character(scalar) : "?"
    }
    return shown.count <= limit ? String(shown) : String(shown.prefix(limit - 3)) + "..."
  }
}
