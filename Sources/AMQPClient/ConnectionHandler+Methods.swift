import AMQP
import NIOCore

// The handshake and what a server may say on channel 0.
extension ConnectionHandler {
  func connectionMethodReceived(_ method: Method) throws(Violation) {
    if case .connectionClose(let close) = method {
      closedByServer(close)
      return
    }
    switch phase {
    case .awaitingStart:
      guard case .connectionStart(let start) = method else { throw unexpected(method) }
      try answer(start)
    case .awaitingTune:
      guard case .connectionTune(let tune) = method else { throw unexpected(method) }
      try answer(tune)
    case .awaitingOpenOk:
      guard case .connectionOpenOk = method else { throw unexpected(method) }
      handshakeCompleted()
    case .open:
      try openMethodReceived(method)
    case .closing:
      if case .connectionCloseOk = method { end(nil) }
    case .ended:
      break
    }
  }

  private func openMethodReceived(_ method: Method) throws(Violation) {
    switch method.arguments {
    case is ConnectionBlocked:
      isBlocked = true
    case is ConnectionUnblocked:
      isBlocked = false
      for session in sessions.values { session.releasePublishes() }
    default:
      throw unexpected(method)
    }
  }

  private func unexpected(_ method: Method) -> Violation {
    Violation(
      code: .commandInvalid,
      text: "\(method.identifier.name) came on channel 0 at the wrong time"
    )
  }

  private func closedByServer(_ close: ConnectionClose) {
    writeMethod(ConnectionCloseOk(), channel: 0)
    let code = ReplyCode(rawValue: close.replyCode)
    switch phase {
    case .awaitingStart, .awaitingTune, .awaitingOpenOk:
      end(ClientError(code: .handshakeFailed, message: close.message))
    case .open:
      end(ClientError(code: .connectionClosed(code), message: close.message))
    case .closing:
      end(nil)
    case .ended:
      break
    }
  }

  private func answer(_ start: ConnectionStart) throws(Violation) {
    guard start.versionMajor == 0, start.versionMinor == 9 else {
      throw Violation(
        code: .notImplemented,
        text: "the server speaks AMQP \(start.versionMajor)-\(start.versionMinor), not 0-9-1"
      )
    }
    status.greeted(start.serverProperties)
    let offered = start.mechanisms.split(separator: " ")
    let endpoint = settings.endpoint
    let response: [UInt8]
    let mechanism: String
    if offered.contains("PLAIN") {
      mechanism = "PLAIN"
      response = [0] + Array(endpoint.user.utf8) + [0] + Array(endpoint.password.utf8)
    } else if offered.contains("AMQPLAIN") {
      mechanism = "AMQPLAIN"
      let table: FieldTable = [
        "LOGIN": .text(endpoint.user), "PASSWORD": .text(endpoint.password),
      ]
      var buffer = ByteBuffer()
      table.encodeEntries(into: &buffer)
      response = Array(buffer.readableBytesView)
    } else {
      throw Violation(
        code: .accessRefused,
        text: "the server offers none of the mechanisms PLAIN and AMQPLAIN: \(start.mechanisms)"
      )
    }
    let startOk = ConnectionStartOk(
      clientProperties: settings.clientProperties,
      mechanism: mechanism,
      response: response
    )
    guard writeMethod(startOk, channel: 0) else {
      throw Violation(
        code: .frameError,
        text: "the client properties are longer than \(tuning.frameMax) bytes"
      )
    }
    phase = .awaitingTune
  }

  private func answer(_ proposed: ConnectionTune) throws(Violation) {
    guard let tuning = Tuning(proposed: proposed, heartbeatSeconds: settings.heartbeatSeconds)
    else {
      throw Violation(
        code: .syntaxError,
        text: "the server proposes frames of \(proposed.frameMax) bytes, too short for AMQP"
      )
    }
    self.tuning = tuning
    decoder.maximumFrameBytes = tuning.frameMax
    let tuneOk = ConnectionTuneOk(
      channelMax: tuning.channelMax,
      frameMax: UInt32(tuning.frameMax),
      heartbeat: tuning.heartbeatSeconds
    )
    writeMethod(tuneOk, channel: 0)
    writeMethod(ConnectionOpen(virtualHost: settings.endpoint.virtualHost), channel: 0)
    scheduleHeartbeat()
    phase = .awaitingOpenOk
  }

  // MARK: - Heartbeats

  /// Looks twice an interval whether we owe a sign of life, and whether the server does.
  private func scheduleHeartbeat() {
    guard tuning.heartbeatSeconds > 0 else { return }
    let half = TimeAmount.milliseconds(Int64(tuning.heartbeatSeconds) * 500)
    heartbeatTick = schedule(after: half) { $0.heartbeatDue() }
  }

  private func heartbeatDue() {
    if !hasWrittenSinceTick { write { $0.writeHeartbeat() } }
    hasWrittenSinceTick = false
    // While reading is held back the server's signs of life lie unread in the socket.
    if isReadHeldBack { lastReadAt = .now() }
    let patienceSeconds = Int64(tuning.heartbeatSeconds) * 2
    guard NIODeadline.now() - lastReadAt < .seconds(patienceSeconds) else {
      end(
        ClientError(
          code: .timedOut,
          message: "no sign of life from the server for \(patienceSeconds) seconds"
        )
      )
      return
    }
    scheduleHeartbeat()
  }

  // MARK: - Channels

  func openChannel(_ waiter: Waiter<OpenedChannel>) {
    switch phase {
    case .open:
      break
    case .awaitingStart, .awaitingTune, .awaitingOpenOk, .closing, .ended:
      waiter.settle(.failure(.connectionClosedByUs))
      return
    }
    guard tuning.channelMax > 0,
      let number = (1...tuning.channelMax).first(where: { sessions[$0] == nil })
    else {
      waiter.settle(
        .failure(
          ClientError(
            code: .limitReached,
            message: "all \(tuning.channelMax) channels of the connection are open"
          )
        )
      )
      return
    }
    let session = ChannelSession(number: number, connection: self)
    sessions[number] = session
    session.open(waiter)
  }
}

extension ConnectionClose {
  /// One line: the code, its text and what caused it.
  fileprivate var message: String {
    closeMessage(replyCode, replyText, MethodIdentifier(classID: classID, methodID: methodID))
  }
}

/// One line for a close of a connection or channel, naming the method that failed.
func closeMessage(_ code: UInt16, _ text: String, _ cause: MethodIdentifier) -> String {
  let message = "\(code) \(text)"
  return cause.classID == 0 ? message : "\(message) (after \(cause.name))"
}
