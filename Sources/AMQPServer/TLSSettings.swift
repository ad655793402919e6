import NIOCore
import NIOSSL

#if canImport(Glibc)
import Glibc
#endif

/// What an encrypted listener needs (RabbitMQ, "TLS Support").
package struct TLSSettings: Sendable, Hashable {
  /// 0 lets the system choose.
  package var port: Int
  /// PEM files: the server's certificate with what leads to its authority, and its private key.
  package var certificateFile: String
  package var keyFile: String
  /// A PEM file with the authorities of client certificates; nil for those of the system.
  package var authorityFile: String?
  /// Whether a client without a certificate of such an authority is turned away.
  ///
  /// One with it may log in with the mechanism EXTERNAL.
  package var verifiesClients: Bool

  package init(
    port: Int,
    certificateFile: String,
    keyFile: String,
    authorityFile: String? = nil,
    verifiesClients: Bool = false
  ) {
    self.port = port
    self.certificateFile = certificateFile
    self.keyFile = keyFile
    self.authorityFile = authorityFile
    self.verifiesClients = verifiesClients
  }

  /// Reads the files.
  ///
  /// - Throws: ``ServerError/badTLSFile(path:reason:)``.
  func context() throws(ServerError) -> NIOSSLContext {
    let chain = try Self.read(certificateFile, "a PEM file with certificates") {
      try NIOSSLCertificate.fromPEMFile($0)
    }
    let key = try Self.read(keyFile, "a PEM file with a private key") {
      try NIOSSLPrivateKey(file: $0, format: .pem)
    }
    guard !chain.isEmpty else {
      throw .badTLSFile(path: certificateFile, reason: "there is no certificate in it")
    }
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: chain.map { .certificate($0) },
      privateKey: .privateKey(key)
    )
    if let authorityFile {
      let authorities = try Self.read(authorityFile, "a PEM file with certificates") {
        try NIOSSLCertificate.fromPEMFile($0)
      }
      configuration.trustRoots = .certificates(authorities)
    }
    configuration.certificateVerification = verifiesClients ? .noHostnameVerification : .none
    do {
      return try NIOSSLContext(configuration: configuration)
    } catch {
      throw .badTLSFile(
        path: keyFile,
        reason: "it is not the key of the certificate in \(certificateFile)"
      )
    }
  }

  private static func read<Value>(
    _ path: String,
    _ wanted: String,
    _ load: (String) throws -> Value
  ) throws(ServerError) -> Value {
    do {
      return try load(path)
    } catch let error as IOError {
      throw .badTLSFile(path: path, reason: String(cString: strerror(error.errnoCode)))
    } catch {
      throw .badTLSFile(path: path, reason: "it cannot be read; give \(wanted)")
    }
  }
}
