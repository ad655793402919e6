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
    let rejected = channel.rejectedSequences
    if !rejected.isEmpty { channel.rejectedSequences = [] }
    for sequence in rejected {
      acknowledgePublished(upTo: sequence - 1, on: channel)
      channel.confirmedSequence = sequence
      channel.connection.output.writeMethod(
        BasicNack(deliveryTag: sequence, multiple: false, requeue: false),
        channel: channel.number
      )
    }
    acknowledgePublished(upTo: channel.publishedSequence, on: channel)
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
