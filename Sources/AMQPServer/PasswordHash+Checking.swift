package import Broker
import Crypto

extension PasswordHash {
  /// Hashes a password with four bytes of new salt.
  package init(of password: [UInt8], algorithm: Algorithm = .sha256) {
    var generator = SystemRandomNumberGenerator()
    let salt = (0..<Self.saltBytes).map { _ in UInt8.random(in: 0...255, using: &generator) }
    self.init(
      algorithm: algorithm,
      bytes: salt + Self.digest(of: salt + password, by: algorithm)
    )
  }

  /// Whether this is the hash of a password; takes about a microsecond.
  func matches(_ password: [UInt8]) -> Bool {
    // A user without a password cannot log in, not even with an empty one.
    guard bytes.count > Self.saltBytes, !password.isEmpty else { return false }
    let expected = bytes[Self.saltBytes...]
    let actual = Self.digest(of: Array(bytes[..<Self.saltBytes]) + password, by: algorithm)
    guard expected.count == actual.count else { return false }
    // All bytes are looked at, so that the time says nothing of where they differ.
    return zip(expected, actual).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
  }

  private static func digest(of bytes: [UInt8], by algorithm: Algorithm) -> [UInt8] {
    switch algorithm {
    case .sha256: Array(SHA256.hash(data: bytes))
    case .sha512: Array(SHA512.hash(data: bytes))
    case .md5: Array(Insecure.MD5.hash(data: bytes))
    }
  }
}
