import AMQP
import NIOCore

/// The event loop's half of a channel.
///
/// - Isolation: the connection's event loop.
final class ChannelSession {
  enum State {
    case opening
    case open
    /// We have sent `channel.close`; what comes before its answer is not looked at.
    case closing(ClientError)
    case closed(ClientError)
  }

  let number: UInt16
  let connection: ConnectionHandler
  var state = State.opening
  var consumers: [String: DeliveryBuffer] = [:]
  /// What the next consumer may hold; 0 means no limit.
  var prefetchCount = 0
  var confirms = PublisherConfirms()
  /// False after a `channel.flow` that stops publishing.
  var isFlowActive = true
  private(set) var current: PendingMethod?
  private var queued: [PendingMethod] = []
  private var heldBackPublishes: [PendingPublish] = []
  private var assembly = ContentAssembly()
  private var closeWaiters: [Waiter<Void>] = []
  private let returns: AsyncStream<ReturnedMessage>
  private let returnsContinuation: AsyncStream<ReturnedMessage>.Continuation
  /// The message of the `basic.get-ok` that is about to be answered with.
  var fetched: Delivery?

  init(number: UInt16, connection: ConnectionHandler) {
    self.number = number
    self.connection = connection
    (returns, returnsContinuation) = AsyncStream.makeStream(
      bufferingPolicy: .bufferingOldest(ClientLimits.returnedMessages)
    )
  }

  /// Whether the server owes an answer or a confirm, so that reading must go on.
  var awaitsServer: Bool {
    switch state {
    case .opening, .closing: true
    case .open: current != nil || !confirms.isEmpty
    case .closed: false
    }
  }

  // MARK: - Opening and closing

  func open(_ waiter: Waiter<OpenedChannel>) {
    let pending = PendingMethod(
      method: .channelOpen(ChannelOpen()),
      isAbandoned: { false },
      answered: { [self] method in
        guard case .channelOpenOk = method, let eventLoop = connection.context?.eventLoop else {
          return false
        }
        state = .open
        let opened = OpenedChannel(
          number: number,
          returns: returns,
          session: NIOLoopBound(self, eventLoop: eventLoop)
        )
        if !waiter.settle(.success(opened)) { close(nil) }
        return true
      },
      failed: { waiter.settle(.failure($0)) }
    )
    transmit(pending)
  }

  /// Closes politely; everybody who waits for something on the channel is told `error`.
  func close(
    _ waiter: Waiter<Void>?,
    code: ReplyCode = .replySuccess,
    error: ClientError = .channelClosedByUs
  ) {
    switch state {
    case .opening, .open:
      if let waiter { closeWaiters.append(waiter) }
      state = .closing(error)
      let text = code == .replySuccess ? "Goodbye" : error.message
      connection.writeMethod(
        ChannelClose(replyCode: code.rawValue, replyText: text),
        channel: number
      )
      settleAll(error)
      // The number stays taken until the server has answered, however late.
      _ = connection.schedule(after: .seconds(ClientLimits.closeSeconds)) { [self] _ in
        settleCloseWaiters()
      }
      connection.resumeReading()
    case .closing:
      if let waiter { closeWaiters.append(waiter) }
    case .closed:
      waiter?.settle(.success(()))
    }
  }

  /// The channel is no more; `error` is why.
  func end(_ error: ClientError) {
    switch state {
    case .closed:
      return
    case .closing(let first):
      state = .closed(first)
    case .opening, .open:
      state = .closed(error)
      settleAll(error)
    }
    connection.sessions[number] = nil
    settleCloseWaiters()
  }

  private func settleCloseWaiters() {
    for waiter in closeWaiters { waiter.settle(.success(())) }
    closeWaiters = []
  }

  /// Streams first: whoever is woken by a failed call finds them ended.
  private func settleAll(_ error: ClientError) {
    for consumer in consumers.values { end(consumer, .closed(error)) }
    consumers = [:]
    returnsContinuation.finish()
    let pending = queued
    queued = []
    current?.failed(error)
    current = nil
    for method in pending { method.failed(error) }
    for publish in heldBackPublishes { publish.waiter.settle(.failure(error)) }
    heldBackPublishes = []
    for entry in confirms.removeAll() { entry.waiter.settle(.failure(error)) }
  }

  /// The reason why nothing can be done on the channel; nil while it is open.
  var failure: ClientError? {
    switch state {
    case .opening, .open: nil
    case .closing(let error), .closed(let error): error
    }
  }

  // MARK: - Synchronous methods, one at a time

  func call(_ pending: PendingMethod) {
    if let failure {
      pending.failed(failure)
    } else if current != nil {
      queued.removeAll { $0.isAbandoned() }
      queued.append(pending)
    } else {
      transmit(pending)
    }
  }

  private func transmit(_ pending: PendingMethod) {
    current = pending
    guard connection.writeMethod(pending.method.arguments, channel: number) else {
      pending.failed(frameTooLong)
      callNext()
      return
    }
    if case .confirmSelect = pending.method { confirms.select() }
    if case .basicQos(let qos) = pending.method { prefetchCount = Int(qos.prefetchCount) }
    connection.resumeReading()
  }

  private var frameTooLong: ClientError {
    ClientError(
      code: .limitReached,
      message: "the arguments or properties do not fit into \(connection.tuning.frameMax) bytes"
    )
  }

  private func callNext() {
    current = nil
    while !queued.isEmpty, current == nil {
      let next = queued.removeFirst()
      if !next.isAbandoned() { transmit(next) }
    }
  }

  func answerReceived(_ method: Method) throws(Violation) {
    guard let answered = current?.answered, answered(method) else {
      throw Violation(
        code: .commandInvalid,
        text: "\(method.identifier.name) came on channel \(number), and nobody asked for it"
      )
    }
    callNext()
  }

  // MARK: - Methods without an answer

  func send(_ method: Method, _ waiter: Waiter<Void>) {
    if let failure {
      waiter.settle(.failure(failure))
    } else if connection.writeMethod(method.arguments, channel: number) {
      connection.whenWritable(waiter)
    } else {
      waiter.settle(.failure(frameTooLong))
    }
  }

  func publish(_ pending: PendingPublish) {
    guard !pending.waiter.isSettled else { return }
    if let failure {
      pending.waiter.settle(.failure(failure))
    } else if pending.awaitsConfirm, !confirms.isSelected {
      let message = "confirmSelect() comes before publishConfirmed()"
      pending.waiter.settle(.failure(ClientError(code: .invalidArgument, message: message)))
    } else if connection.isBlocked || !isFlowActive {
      heldBackPublishes.removeAll { $0.waiter.isSettled }
      heldBackPublishes.append(pending)
    } else {
      transmit(pending)
    }
  }

  private func transmit(_ pending: PendingPublish) {
    let message = pending.message
    let header = ContentHeader(
      bodyBytes: UInt64(message.body.readableBytes),
      properties: message.properties
    )
    var headerFrame = ByteBuffer()
    headerFrame.writeFrame(.header(channel: number, header))
    guard headerFrame.readableBytes <= connection.tuning.frameMax else {
      pending.waiter.settle(.failure(frameTooLong))
      return
    }
    let frameMax = connection.tuning.frameMax
    connection.write { buffer in
      buffer.writeMethod(message.method, channel: number)
      buffer.writeContent(
        header: header,
        body: message.body,
        channel: number,
        maximumFrameBytes: frameMax
      )
    }
    if pending.awaitsConfirm {
      confirms.published(PublisherConfirms.Entry(message: message, waiter: pending.waiter))
      connection.resumeReading()
    } else {
      confirms.published(nil)
      connection.whenWritable(pending.waiter)
    }
  }

  /// Sends what was held back, unless it is held back for another reason.
  func releasePublishes() {
    guard !connection.isBlocked, isFlowActive else { return }
    let publishes = heldBackPublishes
    heldBackPublishes = []
    for publish in publishes { self.publish(publish) }
  }

  func returnReceived(_ message: ReturnedMessage) {
    guard !confirms.returned(message) else { return }
    returnsContinuation.yield(message)
  }

  // MARK: - Content

  func assemble(_ carrier: ContentAssembly.Carrier) {
    assembly.carrierReceived(carrier)
  }

  var isAssembling: Bool { !assembly.isIdle }

  func headerReceived(_ header: ContentHeader) throws(Violation) {
    guard failure == nil else { return }
    if let content = try assembly.headerReceived(header) { try contentReceived(content) }
  }

  func bodyReceived(_ body: ByteBuffer) throws(Violation) {
    guard failure == nil else { return }
    if let content = try assembly.bodyReceived(body) { try contentReceived(content) }
  }
}

@available(*, unavailable)
extension ChannelSession: Sendable {}
