import AMQP
import Store
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
    guard sequence > channel.confirmedSequence else { return }
    if channel.held.isEmpty, channel.rejectedSequences.isEmpty {
      acknowledge((channel.confirmedSequence + 1)...sequence, on: channel)
      channel.confirmedSequence = sequence
    } else {
      confirmAround(upTo: sequence, on: channel)
    }
    markDirty(channel.connection)
  }

  /// Confirms what a turn published but for what waits for the disk and what a queue refused.
  private func confirmAround(upTo sequence: UInt64, on channel: Channel) {
    let rejected = channel.rejectedSequences.filter { $0 <= sequence }
    channel.rejectedSequences.removeAll { $0 <= sequence }
    let end = store?.end
    var gaps = rejected.map { $0...$0 }
    for index in channel.held.indices where channel.held[index].position == nil {
      gaps.append(channel.held[index].sequences)
      channel.held[index].position = end
    }
    gaps.sort { $0.lowerBound < $1.lowerBound }
    var next = channel.confirmedSequence + 1
    for gap in gaps {
      if next < gap.lowerBound { acknowledge(next...(gap.lowerBound - 1), on: channel) }
      if rejected.contains(gap.lowerBound) { refuse(gap.lowerBound, on: channel) }
      next = gap.upperBound + 1
    }
    if next <= sequence { acknowledge(next...sequence, on: channel) }
    channel.confirmedSequence = max(next - 1, sequence)
    noteHeld(on: channel)
  }

  /// Confirms messages that are safe, with one `basic.ack` unless others before them are not.
  private func acknowledge(_ sequences: ClosedRange<UInt64>, on channel: Channel) {
    sums.confirmed += UInt64(sequences.count)
    let isFirst = channel.held.first.map { $0.sequences.lowerBound > sequences.upperBound } ?? true
    let tags = isFirst ? sequences.upperBound...sequences.upperBound : sequences
    for tag in tags {
      channel.connection.output.writeMethod(
        BasicAck(deliveryTag: tag, multiple: isFirst && sequences.count > 1),
        channel: channel.number
      )
    }
  }

  private func refuse(_ sequence: UInt64, isMultiple: Bool = false, on channel: Channel) {
    channel.connection.output.writeMethod(
      BasicNack(deliveryTag: sequence, multiple: isMultiple, requeue: false),
      channel: channel.number
    )
  }
}

/// Confirms and commits that wait for the disk: what is persistent is safe only there.
extension Broker {
  private func noteHeld(on channel: Channel) {
    guard !channel.held.isEmpty || !channel.heldCommits.isEmpty else { return }
    guard !channel.isHeldNoted else { return }
    channel.isHeldNoted = true
    channelsWithHeld.append(channel)
  }

  /// Answers `tx.commit`, now or when the disk has what was published.
  func answerCommit(on channel: Channel, isKept: Bool) {
    if isKept, let store {
      channel.heldCommits.append(store.end)
      noteHeld(on: channel)
    } else {
      channel.connection.output.writeMethod(TxCommitOk(), channel: channel.number)
      markDirty(channel.connection)
    }
  }

  /// Sends what waited for the disk to get as far as it is now.
  func confirmHeld() {
    guard let durable = store?.durable else { return }
    for channel in channelsWithHeld { confirmHeld(on: channel, upTo: durable) }
    channelsWithHeld.removeAll { channel in
      channel.isHeldNoted = !channel.held.isEmpty || !channel.heldCommits.isEmpty
      return !channel.isHeldNoted
    }
  }

  private func confirmHeld(on channel: Channel, upTo durable: Position) {
    let safe = channel.held.prefix { $0.position.map { $0 <= durable } ?? false }
    if let last = safe.last?.sequences.upperBound {
      let count = safe.reduce(0) { $0 + $1.sequences.count }
      sums.confirmed += UInt64(count)
      channel.held.removeFirst(safe.count)
      channel.connection.output.writeMethod(
        BasicAck(deliveryTag: last, multiple: count > 1),
        channel: channel.number
      )
      markDirty(channel.connection)
    }
    while let position = channel.heldCommits.first, position <= durable {
      channel.heldCommits.removeFirst()
      channel.connection.output.writeMethod(TxCommitOk(), channel: channel.number)
      markDirty(channel.connection)
    }
  }

  /// Refuses what waits for a disk that failed.
  func refuseHeld() {
    for channel in channelsWithHeld {
      channel.isHeldNoted = false
      if let last = channel.held.last?.sequences.upperBound {
        channel.held = []
        refuse(last, isMultiple: true, on: channel)
        markDirty(channel.connection)
      }
      guard !channel.heldCommits.isEmpty else { continue }
      channel.heldCommits = []
      channel.connection.transport?.close(for: Self.storeRefusal(store))
    }
    channelsWithHeld = []
  }
}
