package import struct NIOCore.ByteBuffer

extension Method {
  /// Reads the arguments of a method of class tx; nil when the class has no such method.
  static func tx(
    _ methodID: UInt16,
    from buffer: inout ByteBuffer
  ) throws(CodecError) -> Method? {
    switch methodID {
    case TxSelect.identifier.methodID: .txSelect(try TxSelect(from: &buffer))
    case TxSelectOk.identifier.methodID: .txSelectOk(try TxSelectOk(from: &buffer))
    case TxCommit.identifier.methodID: .txCommit(try TxCommit(from: &buffer))
    case TxCommitOk.identifier.methodID: .txCommitOk(try TxCommitOk(from: &buffer))
    case TxRollback.identifier.methodID: .txRollback(try TxRollback(from: &buffer))
    case TxRollbackOk.identifier.methodID: .txRollbackOk(try TxRollbackOk(from: &buffer))
    default: nil
    }
  }
}

/// `tx.select` (90, 10): makes the channel transactional.
package struct TxSelect: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 90, methodID: 10)
  package static let name = "tx.select"

  package init() {}

  package init(from buffer: inout ByteBuffer) throws(CodecError) {}

  package func encode(into buffer: inout ByteBuffer) {}
}

/// `tx.select-ok` (90, 11): the channel is transactional.
package struct TxSelectOk: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 90, methodID: 11)
  package static let name = "tx.select-ok"

  package init() {}

  package init(from buffer: inout ByteBuffer) throws(CodecError) {}

  package func encode(into buffer: inout ByteBuffer) {}
}

/// `tx.commit` (90, 20): carries out what was published and acknowledged since the last commit.
package struct TxCommit: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 90, methodID: 20)
  package static let name = "tx.commit"

  package init() {}

  package init(from buffer: inout ByteBuffer) throws(CodecError) {}

  package func encode(into buffer: inout ByteBuffer) {}
}

/// `tx.commit-ok` (90, 21): the transaction has taken effect.
package struct TxCommitOk: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 90, methodID: 21)
  package static let name = "tx.commit-ok"

  package init() {}

  package init(from buffer: inout ByteBuffer) throws(CodecError) {}

  package func encode(into buffer: inout ByteBuffer) {}
}

/// `tx.rollback` (90, 30): forgets what was published and acknowledged since the last commit.
package struct TxRollback: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 90, methodID: 30)
  package static let name = "tx.rollback"

  package init() {}

  package init(from buffer: inout ByteBuffer) throws(CodecError) {}

  package func encode(into buffer: inout ByteBuffer) {}
}

/// `tx.rollback-ok` (90, 31): the transaction is forgotten.
package struct TxRollbackOk: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 90, methodID: 31)
  package static let name = "tx.rollback-ok"

  package init() {}

  package init(from buffer: inout ByteBuffer) throws(CodecError) {}

  package func encode(into buffer: inout ByteBuffer) {}
}
