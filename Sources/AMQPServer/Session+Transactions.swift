import AMQP
import Broker

extension Session {
  /// Closes a channel at the broker's wish; does nothing when it is closed or closing.
  func fail(_ violation: Violation, onChannel number: UInt16) {
    guard
      state == .open,
      channels.indices.contains(Int(number)),
      let channel = channels[Int(number)],
      !channel.isClosing
    else { return }
    fail(violation, on: channel, method: MethodIdentifier(classID: 0, methodID: 0))
  }
}

/// Transactions and confirms: what a channel promises its publisher.
extension Session {
  func selectTransactions(on channel: SessionChannel) -> Violation? {
    if let violation = broker.selectTransactions(on: channel.channel) { return violation }
    send(TxSelectOk(), channel: channel.channel.number)
    return nil
  }

  func commit(_ channel: SessionChannel) -> Violation? {
    broker.commit(channel.channel)
  }

  func rollBack(_ channel: SessionChannel) -> Violation? {
    if let violation = broker.rollBack(channel.channel) { return violation }
    send(TxRollbackOk(), channel: channel.channel.number)
    return nil
  }

  func perform(_ select: ConfirmSelect, on channel: SessionChannel) -> Violation? {
    if let violation = broker.selectConfirms(on: channel.channel) { return violation }
    if !select.noWait { send(ConfirmSelectOk(), channel: channel.channel.number) }
    return nil
  }
}
