import NIOCore
package import NIOSSL

/// How an encrypted server is trusted.
package struct TrustSettings: Sendable, Hashable {
  /// A PEM file of authorities; nil for those of the system.
  package var authorityFile: String?
  /// Whether any certificate will do.
  package var isInsecure: Bool

  /// - Parameters:
  ///   - authorityFile: A PEM file of authorities.
  ///   - isInsecure: Whether any certificate will do.
  package init(authorityFile: String? = nil, isInsecure: Bool = false) {
    self.authorityFile = authorityFile
    self.isInsecure = isInsecure
  }

  /// What connections are encrypted with.
  ///
  /// - Throws: ``TrustProblem`` when the authorities cannot be read.
  package func context() throws(TrustProblem) -> NIOSSLContext {
    var configuration = TLSConfiguration.makeClientConfiguration()
    if let authorityFile { configuration.trustRoots = .file(authorityFile) }
    if isInsecure { configuration.certificateVerification = .none }
    do {
      return try NIOSSLContext(configuration: configuration)
    } catch {
      throw TrustProblem(
        text: "--cacert \(authorityFile ?? ""): cannot be read as a PEM file of certificates"
      )
    }
  }

  /// What encrypts one connection, to be put first into its pipeline.
  ///
  /// - Parameters:
  ///   - context: From ``context()``.
  ///   - host: A name, which the certificate must have; or an address, as which it must be known.
  /// - Returns: The handler.
  /// - Throws: What NIOSSL has against the name.
  package static func handler(
    _ context: NIOSSLContext,
    host: String
  ) throws -> NIOSSLClientHandler {
    try NIOSSLClientHandler(context: context, serverHostname: isNumeric(host) ? nil : host)
  }

  /// Whether a host is an address, which no certificate names as a server.
  private static func isNumeric(_ host: String) -> Bool {
    // Only an address is read without asking anybody.
    (try? SocketAddress(ipAddress: host, port: 0)) != nil
  }
}
