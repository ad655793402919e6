import AMQP
import Broker
import Testing

@testable import AMQPServer

/// Who a client is, and who is refused.
@Suite struct AuthenticationTests {
  private let local = Peer(address: "127.0.0.1:9")

  private func access(
    _ name: String,
    _ password: PasswordHash = PasswordHash(algorithm: .sha256, bytes: [])
  ) throws -> AccessControl {
    let broker = Broker { "unique" }
    try broker.putUser(User(name: name, password: password)).get()
    return broker.access
  }

  private func claim(_ user: String, _ password: String) -> Credentials {
    .password(user: user, password: Array(password.utf8))
  }

  @Test(arguments: PasswordHash.Algorithm.allCases)
  func aPasswordMatchesItsHashAlone(algorithm: PasswordHash.Algorithm) throws {
    let hash = PasswordHash(of: Array("secret".utf8), algorithm: algorithm)
    #expect(hash.matches(Array("secret".utf8)))
    #expect(!hash.matches(Array("Secret".utf8)))
    #expect(!hash.matches([]))
    // Salted: twice the same password is not twice the same hash.
    #expect(hash != PasswordHash(of: Array("secret".utf8), algorithm: algorithm))
  }

  /// Made by RabbitMQ 3.10.8 for the user `lim` with the password `lim`.
  @Test func aHashOfRabbitMQIsUnderstood() {
    let bytes: [UInt8] = [
      0x78, 0xa8, 0xe3, 0xb1, 0xc1, 0x19, 0x34, 0x93, 0xae, 0xd8, 0x13, 0x15,
      0x32, 0x57, 0xef, 0xae, 0x02, 0xfa, 0x75, 0x95, 0xd2, 0xba, 0xfc, 0xce,
      0x87, 0x52, 0x5a, 0xa6, 0x96, 0x32, 0xe4, 0x33, 0x46, 0x39, 0x3a, 0xe1,
    ]
    #expect(PasswordHash(algorithm: .sha256, bytes: bytes).matches(Array("lim".utf8)))
  }

  @Test func aUserWithoutAPasswordCannotLogIn() throws {
    let access = try access("u")
    #expect(access.user(claimedBy: claim("u", ""), from: local) == nil)
    #expect(access.user(claimedBy: claim("u", "u"), from: local) == nil)
  }

  @Test(arguments: [
    ("127.0.0.1:5", true), ("127.9.9.9:5", true), ("::1:5", true), ("::ffff:127.0.0.1:5", true),
    ("10.0.0.1:5", false), ("fe80::1:5", false), ("?", false),
  ])
  func guestIsOnlyForClientsOfThisMachine(address: String, isFine: Bool) throws {
    let access = try access("u", PasswordHash(of: Array("p".utf8)))
    let peer = Peer(address: address)
    #expect((access.user(claimedBy: claim("guest", "guest"), from: peer) != nil) == isFine)
    #expect(access.user(claimedBy: claim("u", "p"), from: peer) == "u")
  }

  @Test func whoMayNotIsToldNoMoreThanThat() throws {
    var handshake = Handshake(peer: Peer(address: "10.0.0.1:5"))
    let capabilities: FieldTable = ["authentication_failure_close": .boolean(true)]
    let startOk = ConnectionStartOk(
      clientProperties: ["capabilities": .table(capabilities)],
      mechanism: "PLAIN",
      response: Array("\0guest\0guest".utf8)
    )
    #expect(
      handshake.received(.connectionStartOk(startOk), under: AccessControl())
        == .refuse(
          Violation(
            .accessRefused,
            "Login was refused using authentication mechanism PLAIN. For details see the broker "
              + "logfile."
          )
        )
    )
  }

  @Test func aCertificateIsALoginOnlyWhereOneIsAskedFor() throws {
    let access = try access("anna")
    var peer = local
    peer.certificateNames = ["CN=anna,O=shop", "anna"]
    let startOk = ConnectionStartOk(clientProperties: [:], mechanism: "EXTERNAL", response: [])
    #expect(Credentials(startOk, from: peer) == nil)
    #expect(peer.mechanisms == "PLAIN AMQPLAIN")
    peer.isAskedForCertificate = true
    #expect(peer.mechanisms == "PLAIN AMQPLAIN EXTERNAL")
    let credentials = try #require(Credentials(startOk, from: peer))
    #expect(access.user(claimedBy: credentials, from: peer) == "anna")
    peer.certificateNames = ["CN=bert"]
    let stranger = try #require(Credentials(startOk, from: peer))
    #expect(access.user(claimedBy: stranger, from: peer) == nil)
  }

  @Test(arguments: [
    [], [0x30], [0x30, 0x80], [0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF], [0x30, 0x00],
  ])
  func bytesThatAreNoCertificateNameNobody(bytes: [UInt8]) {
    #expect(CertificateName.subject(of: bytes).isEmpty)
  }
}
