import AMQP
import Telemetry

/// Publisher confirms (RabbitMQ, "Publisher Confirms").
extension Broker {
  @inline(__always)
  func noteConfirm(on channel: Channel) {
    channel.publishedSequence &+= 1
    guard !channel.isConfirmDue else { return }
    channel.isConfirmDue = true
    channelsWithConfirms.append(channel)
  }

  /// Confirms all that a turn published, with one `basic.ack` a channel when no queue refused any.
  func sendConfirms() {
    guard !channelsWithConfirms.isEmpty else { return }
    for channel in channelsWithConfirms { sendConfirm(on: channel) }
    channelsWithConfirms.removeAll(keepingCapacity: true)
  }

  /// Confirms all that was published on a channel and is not confirmed.
  func sendConfirm(on channel: Channel) {
    guard channel.isConfirmDue else { return }
    channel.isConfirmDue = false
    confirm(upTo: channel.publishedSequence, on: channel)
  }

  /// Confirms all before the newest message, which comes back to its publisher.
  ///
  /// Clients read acks and returns in order, as RabbitMQ sends them: php-amqp's tests depend on it.
  func sendConfirmsBeforeReturn(on channel: Channel) {
    guard channel.isConfirmDue else { return }
    confirm(upTo: channel.publishedSequence - 1, on: channel)
  }

  private func confirm(upTo sequence: UInt64, on channel: Channel) {
    let rejected = channel.rejectedSequences
    if !rejected.isEmpty { channel.rejectedSequences = [] }
    for refused in rejected {
      acknowledgePublished(upTo: refused - 1, on: channel)
      channel.confirmedSequence = refused
      channel.connection.output.writeMethod(
        BasicNack(deliveryTag: refused, multiple: false, requeue: false),
        channel: channel.number
      )
    }
    acknowledgePublished(upTo: sequence, on: channel)
    markDirty(channel.connection)
  }

  private func acknowledgePublished(upTo sequence: UInt64, on channel: Channel) {
    let covered = sequence - channel.confirmedSequence
    guard covered > 0 else { return }
    channel.confirmedSequence = sequence
    sums.confirmed += covered
    channel.connection.output.writeMethod(
      BasicAck(deliveryTag: sequence, multiple: covered > 1),
      channel: channel.number
    )
  }
}
