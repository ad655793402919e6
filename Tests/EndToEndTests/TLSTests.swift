import Foundation
import TestSupport
import Testing

extension EndToEndTests {
  /// The encrypted listener of `sluice serve`.
  @Suite(
    .enabled(if: Tool.openssl.isUsable, "openssl is not installed"),
    .enabled(if: Tool.pythonWithPika.isUsable, "python3-pika is not installed")
  )
  struct TLSTests {
    private func withServer(
      _ flags: [String] = [],
      _ body: (_ port: Int, _ certificates: TestCertificates) async throws -> Void
    ) async throws {
      let certificates = try await TestCertificates.make()
      let program = try Program(
        try BuiltExecutable.path(),
        [
          "serve", "--amqp-port", "0", "--tls-port", "0",
          "--tls-certificate", certificates.serverCertificate, "--tls-key", certificates.serverKey,
          "--tls-ca", certificates.authority,
        ] + flags
      )
      try await program.waitForOutput("\n")
      let match = try #require(program.output.text.firstMatch(of: /amqps=127\.0\.0\.1:(\d+)/))
      try await body(try #require(Int(match.1)), certificates)
      try certificates.remove()
    }

    private func client(_ port: Int, _ arguments: String...) async throws -> String {
      let script = SourceFolder.tests.appending(path: "AMQPServerTests/Scripts/tls.py")
      let result = try await Program.run(
        Tool.pythonWithPika.path,
        [script.path, "\(port)"] + arguments
      )
      #expect(result.isSuccess, "\(result)")
      return result.output
    }

    @Test func aClientSpeaksEncrypted() async throws {
      try await withServer { port, certificates in
        let said = try await client(port, certificates.authority)
        #expect(said == "encrypted and whole\n")
      }
    }

    @Test func aClientWithoutACertificateIsTurnedAway() async throws {
      try await withServer(["--tls-verify-client"]) { port, certificates in
        let refused = try await client(port, certificates.authority)
        #expect(refused.hasPrefix("refused"), "\(refused)")
        let accepted = try await client(
          port,
          certificates.authority,
          certificates.clientCertificate,
          certificates.clientKey
        )
        #expect(accepted == "encrypted and whole\n")
      }
    }

    @Test func badFilesAreSaidInOneLine() async throws {
      let certificates = try await TestCertificates.make()
      let cases = [
        (certificates.serverKey, certificates.serverKey, certificates.serverKey),
        (certificates.serverCertificate, certificates.authority, certificates.authority),
        (certificates.serverCertificate, certificates.clientKey, certificates.clientKey),
        ("/nowhere.pem", certificates.serverKey, "/nowhere.pem"),
      ]
      for (certificate, key, named) in cases {
        let result = try await Program.run(
          try BuiltExecutable.path(),
          ["serve", "--amqp-port", "0", "--tls-port", "0", "--tls-certificate", certificate]
            + ["--tls-key", key]
        )
        #expect(result.termination == .exited(78), "\(result)")
        #expect(result.error.hasPrefix("sluice: \(named): "), "\(result)")
        #expect(result.error.split(separator: "\n").count == 1)
      }
      try certificates.remove()
    }

    @Test(arguments: [
      ["--tls-port", "0"], ["--tls-key", "a"], ["--tls-port", "70000"], ["--tls-verify-client"],
    ])
    func flagsThatMeanNothingAreRefused(flags: [String]) async throws {
      let result = try await Program.run(try BuiltExecutable.path(), ["serve"] + flags)
      #expect(result.termination == .exited(64), "\(result)")
      #expect(result.error.contains("--tls-"), "\(result)")
    }
  }
}
