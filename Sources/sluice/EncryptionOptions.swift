import AMQPServer
import ArgumentParser

/// The flags of an encrypted listener.
struct EncryptionOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Also listen for TLS on this port.", valueName: "port"))
  var tlsPort: Int?

  @Option(help: ArgumentHelp("The server's certificate, a PEM file.", valueName: "file"))
  var tlsCertificate: String?

  @Option(help: ArgumentHelp("The certificate's private key, a PEM file.", valueName: "file"))
  var tlsKey: String?

  @Option(help: ArgumentHelp("Authorities of client certificates, PEM.", valueName: "file"))
  var tlsCa: String?

  @Flag(help: "Turn away clients without a certificate of such an authority.")
  var tlsVerifyClient = false

  /// What the flags ask for; nil when they ask for no encryption.
  var settings: TLSSettings? {
    guard let tlsPort, let tlsCertificate, let tlsKey else { return nil }
    return TLSSettings(
      port: tlsPort,
      certificateFile: tlsCertificate,
      keyFile: tlsKey,
      authorityFile: tlsCa,
      verifiesClients: tlsVerifyClient
    )
  }

  func validate() throws {
    if let tlsPort {
      try Validation.checkPort(tlsPort, of: "--tls-port")
      guard tlsCertificate != nil, tlsKey != nil else {
        throw ValidationError("--tls-port needs --tls-certificate and --tls-key")
      }
    } else if tlsCertificate != nil || tlsKey != nil || tlsCa != nil || tlsVerifyClient {
      throw ValidationError("the --tls options need --tls-port")
    }
  }
}
