import AMQP
import Broker

// Safe: every payload here lies in the read buffer that `Session.receive` was given and is used
// within that call; lengths are compared with what was received before anything is read.

/// The numbers of the methods that the hot path knows without decoding.
private enum HotMethod {
  static let publish: UInt32 = 60 << 16 | 40
  static let acknowledge: UInt32 = 60 << 16 | 80
}

extension Session {
  /// Takes a frame of an open connection.
  @inline(__always)
  func receive(_ type: FrameType, on number: UInt16, _ payload: UnsafeRawBufferPointer) {
    guard number > 0 else {
      receiveOnConnection(type, payload)
      return
    }
    guard Int(number) < channels.count, let channel = channels[Int(number)] else {
      receiveOnClosedChannel(type, number, payload)
      return
    }
    if channel.isClosing {
      receiveOnClosingChannel(type, channel, payload)
      return
    }
    switch type {
    case .body: receiveBody(payload, on: channel)
    case .header: receiveHeader(payload, on: channel)
    case .method: receiveMethod(payload, on: channel)
    case .heartbeat:
      receiveMisplaced(type, payload)
    }
  }

  @inline(__always)
  private func receiveMethod(_ payload: UnsafeRawBufferPointer, on channel: SessionChannel) {
    guard payload.count >= 4 else {
      fail(Violation(.frameError, "a method frame of \(payload.count) bytes"))
      return
    }
    guard case .idle = channel.content.stage else {
      receiveMisplacedMethod(on: channel)
      return
    }
    let identifier = UInt32(bigEndian: payload.loadUnaligned(as: UInt32.self))
    if identifier == HotMethod.publish {
      receivePublish(payload, on: channel)
    } else if identifier == HotMethod.acknowledge, payload.count == 13 {
      let tag = UInt64(bigEndian: payload.loadUnaligned(fromByteOffset: 4, as: UInt64.self))
      let isMultiple = payload[12] & 1 != 0
      let violation = broker.settle(
        tag,
        isMultiple: isMultiple,
        as: .acknowledged,
        on: channel.channel
      )
      if let violation { fail(violation, on: channel, method: BasicAck.identifier) }
    } else {
      receiveRareMethod(payload, on: channel)
    }
  }

  @inline(__always)
  private func receivePublish(_ payload: UnsafeRawBufferPointer, on channel: SessionChannel) {
    guard let arguments = PublishArguments(payload) else {
      fail(Violation(.frameError, "malformed basic.publish"), method: BasicPublish.identifier)
      return
    }
    guard !arguments.isImmediate else {
      fail(Violation(.notImplemented, "immediate=true"), method: BasicPublish.identifier)
      return
    }
    channel.content.begin(arguments)
  }

  @inline(__always)
  private func receiveHeader(_ payload: UnsafeRawBufferPointer, on channel: SessionChannel) {
    guard case .awaitingHeader = channel.content.stage else {
      receiveMisplacedHeader(payload, on: channel)
      return
    }
    // Class 60 and the weight, which is always 0.
    guard payload.count >= 14, payload.loadUnaligned(as: UInt32.self).bigEndian == 60 << 16 else {
      if let violation = refusal(ofHeader: payload) {
        fail(violation, method: BasicPublish.identifier)
      }
      return
    }
    let bodyBytes = UInt64(bigEndian: payload.loadUnaligned(fromByteOffset: 4, as: UInt64.self))
    let properties = UnsafeRawBufferPointer(rebasing: payload[12...])
    guard bodyBytes <= UInt64(messageBytesLimit) else {
      refuseContent(.tooLarge(bodyBytes, limit: messageBytesLimit), on: channel)
      return
    }
    let user = connection?.identity.user ?? ""
    var outcome = PropertyCheck.check(properties, user: user)
    if case .foreignUser(let other) = outcome, broker.access.mayImpersonate(user) {
      outcome = PropertyCheck.check(properties, user: other)
    }
    guard case .fine(let traits, let priority) = outcome else {
      refuseContent(outcome.violation(user: user), on: channel)
      return
    }
    let isReserved = channel.content.reserve(
      properties: properties,
      traits: traits,
      priority: priority,
      bodyBytes: Int(bodyBytes),
      enteredAt: broker.now
    )
    guard isReserved else {
      fail(Violation(.resourceError, "no memory for a message of \(bodyBytes) bytes"))
      return
    }
    if broker.hasAlarms { holdBackPublisher() }
    if bodyBytes == 0 { publishFinished(on: channel) }
  }

  /// A message whose header came waits for its body until the alarms are over, as in RabbitMQ.
  @inline(never)
  private func holdBackPublisher() {
    if let connection { broker.block(connection) }
  }

  @inline(never)
  private func refuseContent(_ violation: Violation, on channel: SessionChannel) {
    channel.content.abandon()
    fail(violation, on: channel, method: BasicPublish.identifier)
  }

  @inline(__always)
  private func receiveBody(_ payload: UnsafeRawBufferPointer, on channel: SessionChannel) {
    guard case .awaitingBody = channel.content.stage else {
      receiveMisplacedBody(on: channel)
      return
    }
    guard channel.content.append(payload) else {
      fail(.unexpectedBody, method: BasicPublish.identifier)
      return
    }
    publishFinished(on: channel)
  }

  @inline(__always)
  private func publishFinished(on channel: SessionChannel) {
    guard let message = channel.content.takeFinished() else { return }
    let violation = broker.publish(
      message,
      on: channel.channel,
      isMandatory: channel.content.isMandatory
    )
    if let violation { fail(violation, on: channel, method: BasicPublish.identifier) }
  }

  @inline(never)
  private func receiveOnConnection(_ type: FrameType, _ payload: UnsafeRawBufferPointer) {
    switch type {
    case .heartbeat:
      if !payload.isEmpty { fail(Violation(.frameError, "a heartbeat frame with a payload")) }
    case .header, .body:
      receiveMisplaced(type, payload)
    case .method:
      switch decodeMethod(payload) {
      case .failure(let error): fail(error, decoding: payload)
      case .success(let method): performOnConnection(method)
      }
    }
  }

  @inline(never)
  private func receiveOnClosedChannel(
    _ type: FrameType,
    _ number: UInt16,
    _ payload: UnsafeRawBufferPointer
  ) {
    guard type == .method else {
      fail(Violation(.channelError, "expected 'channel.open' on channel \(number)"))
      return
    }
    switch decodeMethod(payload) {
    case .failure(let error): fail(error, decoding: payload)
    case .success(.channelOpen): openChannel(number)
    case .success(let method):
      fail(
        Violation(.channelError, "expected 'channel.open'"),
        method: method.identifier
      )
    }
  }

  private func openChannel(_ number: UInt16) {
    guard let connection else { return }
    let count = connection.channels.count
    // The number itself may be higher, as in RabbitMQ.
    guard count < limits.channelCount else {
      fail(
        Violation(
          .notAllowed,
          "number of channels opened (\(count)) has reached the negotiated channel_max "
            + "(\(limits.channelCount))"
        )
      )
      return
    }
    if let refusal = broker.refusal(ofChannelOn: connection) {
      fail(refusal, method: ChannelOpen.identifier)
      return
    }
    while channels.count <= Int(number) { channels.append(nil) }
    channels[Int(number)] = SessionChannel(broker.openChannel(number, on: connection))
    send(ChannelOpenOk(), channel: number)
  }

  @inline(never)
  private func receiveOnClosingChannel(
    _ type: FrameType,
    _ channel: SessionChannel,
    _ payload: UnsafeRawBufferPointer
  ) {
    guard type == .method, case .success(let method) = decodeMethod(payload) else { return }
    let number = channel.channel.number
    switch method {
    case .channelCloseOk: channels[Int(number)] = nil
    case .channelClose:
      // Both sides close at once: answer, and go on waiting for the answer to ours.
      send(ChannelCloseOk(), channel: number)
    case .channelOpen:
      fail(
        Violation(.channelError, "second 'channel.open' seen"),
        method: ChannelOpen.identifier
      )
    default: break
    }
  }

  /// Closes the connection for a method whose arguments cannot be decoded.
  ///
  /// RabbitMQ answers with 501 and names the method, whatever is wrong with the arguments.
  @inline(never)
  func fail(_ error: CodecError, decoding payload: UnsafeRawBufferPointer) {
    guard error.replyCode == .syntaxError, payload.count >= 4 else {
      fail(Violation(error.replyCode, error.description))
      return
    }
    let identifier = MethodIdentifier(
      classID: payload.loadUnaligned(as: UInt16.self).bigEndian,
      methodID: payload.loadUnaligned(fromByteOffset: 2, as: UInt16.self).bigEndian
    )
    fail(Violation(.frameError, "cannot decode: \(error.description)"), method: identifier)
  }

  /// Closes a channel, or the whole connection when the violation is that grave.
  @inline(never)
  func fail(_ violation: Violation, on channel: SessionChannel, method: MethodIdentifier) {
    guard violation.scope == .channel else {
      fail(violation, method: method)
      return
    }
    channel.isClosing = true
    channel.content.abandon()
    broker.closeChannel(channel.channel)
    send(
      ChannelClose(
        replyCode: violation.code.rawValue,
        replyText: violation.replyText,
        classID: method.classID,
        methodID: method.methodID
      ),
      channel: channel.channel.number
    )
  }
}

extension Violation {
  fileprivate static func tooLarge(_ bodyBytes: UInt64, limit: Int) -> Violation {
    Violation(
      .preconditionFailed,
      "message size \(bodyBytes) is larger than configured max size \(limit)"
    )
  }
}

extension PropertyCheck.Outcome {
  /// What a publisher is told of properties that are not fine.
  fileprivate func violation(user: String) -> Violation {
    switch self {
    case .fine: preconditionFailure("fine properties are no violation")
    case .foreignUser(let named):
      Violation(
        .preconditionFailed,
        "user_id property set to '\(named)' but authenticated user was '\(user)'"
      )
    case .malformed: Violation(.syntaxError, "malformed message properties")
    case .badExpiration(let reason):
      Violation(.preconditionFailed, "invalid expiration \(reason)")
    }
  }
}
