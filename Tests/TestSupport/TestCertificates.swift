import Foundation

/// A certificate authority with a server's and a client's certificate, made by `openssl` for a test.
package struct TestCertificates: Sendable {
  private let folder: URL

  /// Makes them in a new folder; about a tenth of a second.
  package static func make() async throws -> TestCertificates {
    let folder = FileManager.default.temporaryDirectory.appending(path: "sluice-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let certificates = TestCertificates(folder: folder)
    try await certificates.run([
      "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
      "-days", "2", "-subj", "/CN=Sluice test authority", "-keyout", certificates.path("ca.key"),
      "-out", certificates.authority,
    ])
    try await certificates.sign("server", subject: "/CN=localhost")
    try await certificates.sign("client", subject: "/O=Sluice/CN=ada")
    return certificates
  }

  /// Removes the folder.
  package func remove() throws {
    try FileManager.default.removeItem(at: folder)
  }

  package var authority: String { path("ca.pem") }
  package var serverCertificate: String { path("server.pem") }
  package var serverKey: String { path("server.key") }
  package var clientCertificate: String { path("client.pem") }
  package var clientKey: String { path("client.key") }

  private func path(_ name: String) -> String { folder.appending(path: name).path }

  private func sign(_ name: String, subject: String) async throws {
    try await run([
      "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
      "-days", "2", "-subj", subject, "-addext", "subjectAltName=DNS:localhost",
      "-addext", "basicConstraints=critical,CA:FALSE", "-CA", authority, "-CAkey", path("ca.key"),
      "-keyout", path("\(name).key"), "-out", path("\(name).pem"),
    ])
  }

  private func run(_ arguments: [String]) async throws {
    let result = try await Program.run(Tool.openssl.path, arguments)
    guard result.isSuccess else { throw OpenSSLFailure(said: result.error) }
  }

  private struct OpenSSLFailure: Error {
    var said: String
  }
}
