import NIOSSL

/// Why no encrypted connection came about, in a person's words.
package struct TrustProblem: Error, Sendable, Hashable {
  package var text: String

  init(text: String) {
    self.text = text
  }

  /// Says what the encryption complains of; nil when it is not to blame.
  ///
  /// - Parameters:
  ///   - error: What a connection ended with.
  ///   - host: Who was meant.
  ///   - plain: How an address begins that is not encrypted, `http://`.
  package init?(_ error: any Error, host: String, plain: String) {
    switch error {
    case let error as TrustProblem: self = error
    case let error as NIOSSLError: text = Self.words(for: error, plain: plain)
    case is NIOSSLExtraError:
      text =
        "its certificate is for another host than \(host); --insecure takes it all the same"
    default: return nil
    }
  }

  private static func words(for error: NIOSSLError, plain: String) -> String {
    let text = "\(error)"
    if text.contains("CERTIFICATE_VERIFY_FAILED") || text.contains("unableToValidateCertificate") {
      return "nobody we trust vouches for its certificate; name its authority with --cacert, or "
        + "take it with --insecure"
    }
    if text.contains("WRONG_VERSION_NUMBER") || text.contains("HTTP_REQUEST") {
      return "it does not speak TLS there; try \(plain)"
    }
    return "no encrypted connection comes about with it"
  }
}
