package import struct NIOCore.ByteBuffer

/// Any method of AMQP 0-9-1 with its arguments, RabbitMQ's extensions included.
package enum Method: Sendable, Hashable {
  case connectionStart(ConnectionStart)
  case connectionStartOk(ConnectionStartOk)
  case connectionSecure(ConnectionSecure)
  case connectionSecureOk(ConnectionSecureOk)
  case connectionTune(ConnectionTune)
  case connectionTuneOk(ConnectionTuneOk)
  case connectionOpen(ConnectionOpen)
  case connectionOpenOk(ConnectionOpenOk)
  case connectionClose(ConnectionClose)
  case connectionCloseOk(ConnectionCloseOk)
  case connectionBlocked(ConnectionBlocked)
  case connectionUnblocked(ConnectionUnblocked)
  case connectionUpdateSecret(ConnectionUpdateSecret)
  case connectionUpdateSecretOk(ConnectionUpdateSecretOk)

  case channelOpen(ChannelOpen)
  case channelOpenOk(ChannelOpenOk)
  case channelFlow(ChannelFlow)
  case channelFlowOk(ChannelFlowOk)
  case channelClose(ChannelClose)
  case channelCloseOk(ChannelCloseOk)

  case accessRequest(AccessRequest)
  case accessRequestOk(AccessRequestOk)

  case exchangeDeclare(ExchangeDeclare)
  case exchangeDeclareOk(ExchangeDeclareOk)
  case exchangeDelete(ExchangeDelete)
  case exchangeDeleteOk(ExchangeDeleteOk)
  case exchangeBind(ExchangeBind)
  case exchangeBindOk(ExchangeBindOk)
  case exchangeUnbind(ExchangeUnbind)
  case exchangeUnbindOk(ExchangeUnbindOk)

  case queueDeclare(QueueDeclare)
  case queueDeclareOk(QueueDeclareOk)
  case queueBind(QueueBind)
  case queueBindOk(QueueBindOk)
  case queuePurge(QueuePurge)
  case queuePurgeOk(QueuePurgeOk)
  case queueDelete(QueueDelete)
  case queueDeleteOk(QueueDeleteOk)
  case queueUnbind(QueueUnbind)
  case queueUnbindOk(QueueUnbindOk)

  case basicQos(BasicQos)
  case basicQosOk(BasicQosOk)
  case basicConsume(BasicConsume)
  case basicConsumeOk(BasicConsumeOk)
  case basicCancel(BasicCancel)
  case basicCancelOk(BasicCancelOk)
  case basicPublish(BasicPublish)
  case basicReturn(BasicReturn)
  case basicDeliver(BasicDeliver)
  case basicGet(BasicGet)
  case basicGetOk(BasicGetOk)
  case basicGetEmpty(BasicGetEmpty)
  case basicAck(BasicAck)
  case basicReject(BasicReject)
  case basicRecoverAsync(BasicRecoverAsync)
  case basicRecover(BasicRecover)
  case basicRecoverOk(BasicRecoverOk)
  case basicNack(BasicNack)

  case confirmSelect(ConfirmSelect)
  case confirmSelectOk(ConfirmSelectOk)

  case txSelect(TxSelect)
  case txSelectOk(TxSelectOk)
  case txCommit(TxCommit)
  case txCommitOk(TxCommitOk)
  case txRollback(TxRollback)
  case txRollbackOk(TxRollbackOk)
}

extension Method {
  /// Reads class, method and arguments: a method frame's payload, all of it.
  ///
  /// - Throws: ``CodecError/unknownMethod(_:)``, ``CodecError/trailingBytes(_:)``, and what the
  ///   arguments throw.
  package init(from buffer: inout ByteBuffer) throws(CodecError) {
    let identifier = try MethodIdentifier(from: &buffer)
    guard let method = try Self.decode(identifier, from: &buffer) else {
      throw .unknownMethod(identifier)
    }
    guard buffer.readableBytes == 0 else { throw .trailingBytes(buffer.readableBytes) }
    self = method
  }

  private static func decode(
    _ identifier: MethodIdentifier,
    from buffer: inout ByteBuffer
  ) throws(CodecError) -> Method? {
    switch identifier.classID {
    case ConnectionStart.identifier.classID: try connection(identifier.methodID, from: &buffer)
    case ChannelOpen.identifier.classID: try channel(identifier.methodID, from: &buffer)
    case AccessRequest.identifier.classID: try access(identifier.methodID, from: &buffer)
    case ExchangeDeclare.identifier.classID: try exchange(identifier.methodID, from: &buffer)
    case QueueDeclare.identifier.classID: try queue(identifier.methodID, from: &buffer)
    case BasicQos.identifier.classID: try basic(identifier.methodID, from: &buffer)
    case ConfirmSelect.identifier.classID: try confirm(identifier.methodID, from: &buffer)
    case TxSelect.identifier.classID: try tx(identifier.methodID, from: &buffer)
    default: nil
    }
  }

  /// Writes class, method and arguments: a method frame's payload.
  package func encode(into buffer: inout ByteBuffer) {
    identifier.encode(into: &buffer)
    arguments.encode(into: &buffer)
  }

  package var identifier: MethodIdentifier { type(of: arguments).identifier }

  /// Whether a content header follows.
  package var carriesContent: Bool { type(of: arguments).carriesContent }

  /// The arguments, whichever method it is.
  package var arguments: any MethodArguments {
    switch self {
    case .connectionStart(let arguments): arguments
    case .connectionStartOk(let arguments): arguments
    case .connectionSecure(let arguments): arguments
    case .connectionSecureOk(let arguments): arguments
    case .connectionTune(let arguments): arguments
    case .connectionTuneOk(let arguments): arguments
    case .connectionOpen(let arguments): arguments
    case .connectionOpenOk(let arguments): arguments
    case .connectionClose(let arguments): arguments
    case .connectionCloseOk(let arguments): arguments
    case .connectionBlocked(let arguments): arguments
    case .connectionUnblocked(let arguments): arguments
    case .connectionUpdateSecret(let arguments): arguments
    case .connectionUpdateSecretOk(let arguments): arguments
    case .channelOpen(let arguments): arguments
    case .channelOpenOk(let arguments): arguments
    case .channelFlow(let arguments): arguments
    case .channelFlowOk(let arguments): arguments
    case .channelClose(let arguments): arguments
    case .channelCloseOk(let arguments): arguments
    case .accessRequest(let arguments): arguments
    case .accessRequestOk(let arguments): arguments
    case .exchangeDeclare(let arguments): arguments
    case .exchangeDeclareOk(let arguments): arguments
    case .exchangeDelete(let arguments): arguments
    case .exchangeDeleteOk(let arguments): arguments
    case .exchangeBind(let arguments): arguments
    case .exchangeBindOk(let arguments): arguments
    case .exchangeUnbind(let arguments): arguments
    case .exchangeUnbindOk(let arguments): arguments
    case .queueDeclare(let arguments): arguments
    case .queueDeclareOk(let arguments): arguments
    case .queueBind(let arguments): arguments
    case .queueBindOk(let arguments): arguments
    case .queuePurge(let arguments): arguments
    case .queuePurgeOk(let arguments): arguments
    case .queueDelete(let arguments): arguments
    case .queueDeleteOk(let arguments): arguments
    case .queueUnbind(let arguments): arguments
    case .queueUnbindOk(let arguments): arguments
    case .basicQos(let arguments): arguments
    case .basicQosOk(let arguments): arguments
    case .basicConsume(let arguments): arguments
    case .basicConsumeOk(let arguments): arguments
    case .basicCancel(let arguments): arguments
    case .basicCancelOk(let arguments): arguments
    case .basicPublish(let arguments): arguments
    case .basicReturn(let arguments): arguments
    case .basicDeliver(let arguments): arguments
    case .basicGet(let arguments): arguments
    case .basicGetOk(let arguments): arguments
    case .basicGetEmpty(let arguments): arguments
    case .basicAck(let arguments): arguments
    case .basicReject(let arguments): arguments
    case .basicRecoverAsync(let arguments): arguments
    case .basicRecover(let arguments): arguments
    case .basicRecoverOk(let arguments): arguments
    case .basicNack(let arguments): arguments
    case .confirmSelect(let arguments): arguments
    case .confirmSelectOk(let arguments): arguments
    case .txSelect(let arguments): arguments
    case .txSelectOk(let arguments): arguments
    case .txCommit(let arguments): arguments
    case .txCommitOk(let arguments): arguments
    case .txRollback(let arguments): arguments
    case .txRollbackOk(let arguments): arguments
    }
  }
}
