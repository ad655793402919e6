import NIOSSL

/// The names in the subject of a certificate (RFC 5280 section 4.1.2.6).
///
///     Certificate ::= SEQUENCE { SEQUENCE { [0] version, serial, algorithm, issuer, validity,
///                                           subject: SEQUENCE OF SET OF SEQUENCE { type, value },
///                                           ... }, ... }
enum CertificateName {
  /// The users that a certificate may stand for: its whole subject, then its common name.
  static func names(_ certificate: NIOSSLCertificate) -> [String] {
    // A certificate that has no bytes names nobody.
    guard let bytes = try? certificate.toDERBytes() else { return [] }
    let attributes = subject(of: bytes)
    guard !attributes.isEmpty else { return [] }
    // RFC 4514: the last attribute first.
    let whole = attributes.reversed().map { "\($0.type)=\(escaped($0.value))" }
    let commonName = attributes.last { $0.type == "CN" }?.value
    return [whole.joined(separator: ",")] + [commonName].compactMap { $0 }
  }

  struct Attribute: Hashable {
    var type: String
    var value: String
  }

  /// The attributes of the subject in their order; empty when the bytes are no certificate.
  static func subject(of certificate: [UInt8]) -> [Attribute] {
    var outer = DERReader(certificate[...])
    guard var signed = outer.next()?.reader, var fields = signed.next()?.reader else { return [] }
    var field = fields.next()
    if field?.tag == DERReader.version { field = fields.next() }
    // `field` is the serial number; algorithm, issuer and validity follow.
    for _ in 0..<3 { _ = fields.next() }
    guard field != nil, var names = fields.next()?.reader else { return [] }
    var attributes: [Attribute] = []
    while var set = names.next()?.reader {
      while var pair = set.next()?.reader {
        guard let type = pair.next(), let value = pair.next() else { break }
        attributes.append(
          Attribute(
            type: types[Array(type.content)] ?? dotted(type.content),
            value: String(decoding: value.content, as: UTF8.self)
          )
        )
      }
    }
    return attributes
  }

  /// The short names of RFC 4514, by their object identifiers.
  private static let types: [[UInt8]: String] = [
    [0x55, 0x04, 0x03]: "CN", [0x55, 0x04, 0x06]: "C", [0x55, 0x04, 0x07]: "L",
    [0x55, 0x04, 0x08]: "ST", [0x55, 0x04, 0x09]: "STREET", [0x55, 0x04, 0x0A]: "O",
    [0x55, 0x04, 0x0B]: "OU",
  ]

  private static func dotted(_ identifier: ArraySlice<UInt8>) -> String {
    guard let first = identifier.first else { return "" }
    var numbers = [Int(first) / 40, Int(first) % 40]
    var number = 0
    for byte in identifier.dropFirst() {
      number = (number & 0xFF_FFFF) << 7 | Int(byte & 0x7F)
      if byte & 0x80 == 0 {
        numbers.append(number)
        number = 0
      }
    }
    return numbers.map { "\($0)" }.joined(separator: ".")
  }

  private static func escaped(_ value: String) -> String {
    String(value.flatMap { ",+\"\\<>;".contains($0) ? ["\\", $0] : [$0] })
  }
}

/// Reads values in DER one after the other (ITU-T X.690).
private struct DERReader {
  static let version: UInt8 = 0xA0
  private var bytes: ArraySlice<UInt8>

  struct Value {
    var tag: UInt8
    var content: ArraySlice<UInt8>
    var reader: DERReader { DERReader(content) }
  }

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
  }

  /// The next value; nil at the end, and where the bytes are not DER.
  mutating func next() -> Value? {
    guard let tag = bytes.popFirst(), var length = bytes.popFirst().map({ Int($0) }) else {
      return nil
    }
    if length >= 0x80 {
      let count = length & 0x7F
      guard (1...4).contains(count), bytes.count >= count else { return nil }
      length = bytes.prefix(count).reduce(0) { $0 << 8 | Int($1) }
      bytes = bytes.dropFirst(count)
    }
    guard bytes.count >= length else { return nil }
    defer { bytes = bytes.dropFirst(length) }
    return Value(tag: tag, content: bytes.prefix(length))
  }
}
