package import AMQP
import Glibc
import NIOCore
import NIOSSL

/// Why an operation of the client failed.
package struct ClientError: Error, Sendable, Hashable {
  /// The kinds of failure; few enough to label a metric (``label``).
  package enum Code: Sendable, Hashable {
    /// No socket to the server.
    case connectFailed
    /// The server refused us, or is no AMQP 0-9-1 server.
    case handshakeFailed
    /// The connection is gone; the code when the server gave a known one.
    case connectionClosed(ReplyCode?)
    /// The channel is gone; the code when the server gave a known one.
    case channelClosed(ReplyCode?)
    case timedOut
    /// The server could not take charge of the message.
    case nacked
    /// The mandatory message matched no queue.
    case returned
    /// The waiting task was cancelled; the operation may still take effect.
    case cancelled
    /// The caller asked for something that cannot be sent.
    case invalidArgument
    /// A limit of ``ClientLimits`` or of the server's tuning is reached.
    case limitReached
    /// The server broke the protocol; the connection was closed.
    case protocolViolation
  }

  package var code: Code
  /// One line for a person: what happened, with names and numbers.
  package var message: String

  package init(code: Code, message: String) {
    self.code = code
    self.message = message
  }

  static let closedWithoutAWord = "the server closed the socket without a word"
  static let cancelled = ClientError(code: .cancelled, message: "the waiting task was cancelled")
  static let channelClosedByUs = ClientError(
    code: .channelClosed(.replySuccess),
    message: "the channel was closed by this client"
  )
  static let connectionClosedByUs = ClientError(
    code: .connectionClosed(.replySuccess),
    message: "the connection was closed by this client"
  )
}

extension ClientError {
  /// What the operating system has against a socket, in its own words.
  static func words(of error: any Error) -> String {
    // TLS says goodbye before it closes; who was killed does not.
    if case NIOSSLError.uncleanShutdown = error { return Self.closedWithoutAWord }
    guard let error = error as? IOError else { return "\(error)" }
    // Safe: strerror gives a text that lasts until its next call, and it is copied at once.
    return String(cString: strerror(error.errnoCode)).lowercased()
  }
}

extension ClientError: CustomStringConvertible {
  /// One line: the kind and what happened.
  package var description: String { "\(label): \(message)" }

  /// The code as a word, from a bounded set.
  package var label: String {
    switch code {
    case .connectFailed: "connect failed"
    case .handshakeFailed: "handshake failed"
    case .connectionClosed: "connection closed"
    case .channelClosed: "channel closed"
    case .timedOut: "timed out"
    case .nacked: "nacked"
    case .returned: "returned"
    case .cancelled: "cancelled"
    case .invalidArgument: "invalid argument"
    case .limitReached: "limit reached"
    case .protocolViolation: "protocol violation"
    }
  }
}
