/// A name as the bytes that came over the wire.
///
/// Two strings that Unicode calls equal (a letter with its accent in one scalar or in two) are two
/// names in AMQP, so names compare by bytes.
package struct Name: Hashable, Sendable, Comparable {
  package let bytes: [UInt8]

  package init(_ text: String) {
    bytes = Array(text.utf8)
  }

  package init(_ bytes: UnsafeRawBufferPointer) {
    // Safe: the bytes are copied.
    self.bytes = Array(bytes)
  }

  package init(_ bytes: some Sequence<UInt8>) {
    self.bytes = Array(bytes)
  }

  /// The name for a person; bytes that are not UTF-8 read as U+FFFD.
  package var text: String { String(decoding: bytes, as: UTF8.self) }

  package static func < (left: Name, right: Name) -> Bool {
    left.bytes.lexicographicallyPrecedes(right.bytes)
  }
}
