package import AMQP

/// Someone who may use the broker, as RabbitMQ's definitions know a user.
package struct User: Sendable, Hashable {
  package var name: String
  package var password: PasswordHash
  /// What it may do beyond messages, as `administrator`.
  package var tags: [String]
  /// RabbitMQ's user limits, `max-connections` and `max-channels`.
  package var limits: FieldTable

  package init(
    name: String,
    password: PasswordHash,
    tags: [String] = [],
    limits: FieldTable = [:]
  ) {
    self.name = name
    self.password = password
    self.tags = tags
    self.limits = limits
  }

  /// The user of every new broker, with its own name for a password, for clients of this machine.
  package static let guest = User(
    name: "guest",
    password: PasswordHash(
      algorithm: .sha256,
      bytes: [
        0x53, 0x6c, 0x75, 0x69, 0x64, 0x8b, 0x65, 0x69, 0x7e, 0xa5, 0x37, 0xe6,
        0x84, 0x7d, 0x26, 0x4e, 0x59, 0xd5, 0xe9, 0x1b, 0x7a, 0xa8, 0xc0, 0xc9,
        0xd7, 0xaa, 0xca, 0xb9, 0x05, 0xa3, 0xf6, 0x5f, 0xf3, 0x78, 0x5f, 0xea,
      ]
    ),
    tags: ["administrator"]
  )
}

/// A password that cannot be read: four bytes of salt, then the digest of salt and password.
///
/// The engine only keeps it; who checks passwords knows the algorithms.
package struct PasswordHash: Sendable, Hashable {
  package var algorithm: Algorithm
  /// Empty for a user that has no password and cannot log in with one.
  package var bytes: [UInt8]

  /// The algorithms by the names that definitions use.
  package enum Algorithm: String, Sendable, CaseIterable {
    case sha256 = "rabbit_password_hashing_sha256"
    case sha512 = "rabbit_password_hashing_sha512"
    case md5 = "rabbit_password_hashing_md5"
  }

  /// How many bytes of salt come before the digest.
  package static let saltBytes = 4

  package init(algorithm: Algorithm, bytes: [UInt8]) {
    self.algorithm = algorithm
    self.bytes = bytes
  }
}
