import AMQPServer
import Definitions
import Foundation
import Logging
import TestSupport
import Testing

extension InteropTests {
  /// The mechanism EXTERNAL: who shows a certificate is the user of its name.
  @Suite(
    .enabled(if: Tool.openssl.isUsable, "openssl is not installed"),
    .enabled(if: Tool.pythonWithPika.isUsable, "python3-pika is not installed")
  )
  struct CertificateLoginTests {
    /// Logs in with a client's certificate at a broker that knows a user.
    private func login(asUserNamed user: String?) async throws -> String {
      let certificates = try await TestCertificates.make()
      let definitions = try user.map { name in
        let text = """
          {"users": [{"name": "\(name)", "tags": ""}],
           "permissions": [{"user": "\(name)", "vhost": "/", "configure": ".*", "write": ".*",
                            "read": ".*"}]}
          """
        return try Definitions(parsing: Array(text.utf8))
      }
      let settings = TLSSettings(
        port: 0,
        certificateFile: certificates.serverCertificate,
        keyFile: certificates.serverKey,
        authorityFile: certificates.authority,
        verifiesClients: true
      )
      let server = try await BrokerServer.start(
        ServerConfiguration(port: 0, tls: settings, definitions: definitions),
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
      )
      let script = URL(filePath: #filePath).deletingLastPathComponent().appending(
        path: "Scripts/tls.py"
      )
      let result = try await Program.run(
        Tool.pythonWithPika.path,
        [
          script.path, "\(try #require(server.tlsPort))", certificates.authority,
          certificates.clientCertificate, certificates.clientKey, "external",
        ]
      )
      await server.stop()
      try certificates.remove()
      #expect(result.isSuccess, "\(result)")
      return result.output
    }

    @Test(arguments: ["ada", "CN=ada,O=Sluice"])
    func aCertificateIsALogin(user: String) async throws {
      #expect(try await login(asUserNamed: user) == "encrypted and whole\n")
    }

    @Test(arguments: [nil, "bert"])
    func aCertificateOfNobodyIsRefused(user: String?) async throws {
      let answer = try await login(asUserNamed: user)
      #expect(answer.hasPrefix("refused ProbableAuthenticationError"), "\(answer)")
    }
  }
}
