package import struct NIOCore.ByteBuffer

/// The two numbers that name a method on the wire.
package struct MethodIdentifier: Sendable, Hashable {
  package var classID: UInt16
  package var methodID: UInt16

  package init(classID: UInt16, methodID: UInt16) {
    self.classID = classID
    self.methodID = methodID
  }

  private static let names = Dictionary(
    uniqueKeysWithValues: Method.allTypes.map { ($0.identifier, $0.name) }
  )

  /// As the specification writes it, `queue.declare`; the two numbers when there is no such method.
  package var name: String {
    Self.names[self] ?? "\(classID).\(methodID)"
  }

  init(from buffer: inout ByteBuffer) throws(CodecError) {
    classID = try buffer.readUnsigned()
    methodID = try buffer.readUnsigned()
  }

  func encode(into buffer: inout ByteBuffer) {
    buffer.writeInteger(classID)
    buffer.writeInteger(methodID)
  }
}

/// The arguments of one method.
///
/// Reserved fields are left out: they are read over and written as zero or empty. Texts longer
/// than a short string holds are cut when they are written; whoever takes names from outside
/// checks their length first (``Limits/shortStringBytes``).
package protocol MethodArguments: Sendable, Hashable {
  static var identifier: MethodIdentifier { get }
  /// As the specification writes it: `queue.declare`.
  static var name: String { get }
  /// Whether a content header and a body follow.
  static var carriesContent: Bool { get }
  /// Reads the arguments that follow the class and method numbers.
  init(from buffer: inout ByteBuffer) throws(CodecError)
  /// Writes the arguments without the class and method numbers.
  func encode(into buffer: inout ByteBuffer)
}

extension MethodArguments {
  package static var carriesContent: Bool { false }
}
