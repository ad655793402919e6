import AMQP
import Broker

/// The steps from the protocol header to an open connection (AMQP 0-9-1 section 2.2.4).
///
/// A value without a socket: what came in goes in, what to do comes out.
struct Handshake {
  private(set) var state = State.awaitingStartOk
  /// Who was refused: the client is only told to ask the log.
  private(set) var refusedLogin: String?
  var peer: Peer
  private var identity: ClientIdentity
  private var limits: NegotiatedLimits

  enum State: Hashable {
    case awaitingStartOk
    case awaitingTuneOk
    case awaitingOpen
    case done
  }

  enum Action: Hashable {
    case send(ConnectionTune)
    case wait(NegotiatedLimits)
    case open(ClientIdentity, virtualHost: String, NegotiatedLimits)
    /// Close with a reason.
    case refuse(Violation)
    /// Close without one: the client does not understand why.
    case cut
  }

  init(
    peer: Peer,
    limits: ServerLimits = ServerLimits()
  ) {
    self.peer = peer
    self.limits = NegotiatedLimits(limits)
    identity = ClientIdentity(name: peer.address, peerAddress: peer.address, user: "")
  }

  /// Takes the client's next method.
  ///
  /// - Parameters:
  ///   - method: What came in.
  ///   - access: Who may use the broker now.
  /// - Returns: What the session does next.
  mutating func received(_ method: Method, under access: AccessControl) -> Action {
    switch (state, method) {
    case (.awaitingStartOk, .connectionStartOk(let startOk)): return received(startOk, access)
    case (.awaitingTuneOk, .connectionTuneOk(let tuneOk)): return received(tuneOk)
    case (.awaitingOpen, .connectionOpen(let open)): return received(open, access)
    default:
      return .refuse(
        Violation(.commandInvalid, "\(method.identifier.name) is out of place in the handshake")
      )
    }
  }

  private mutating func received(
    _ startOk: ConnectionStartOk,
    _ access: AccessControl
  ) -> Action {
    let properties = startOk.clientProperties
    let capabilities: FieldTable
    if case .table(let table) = properties["capabilities"] {
      capabilities = table
    } else {
      capabilities = [:]
    }
    let credentials = Credentials(startOk, from: peer)
    guard let credentials, let user = access.user(claimedBy: credentials, from: peer) else {
      refusedLogin =
        "\(startOk.mechanism) login refused: \(credentials?.claim ?? "response not understood")"
      guard capabilities["authentication_failure_close"] == .boolean(true) else { return .cut }
      return .refuse(
        Violation(
          .accessRefused,
          "Login was refused using authentication mechanism \(startOk.mechanism). For details "
            + "see the broker logfile."
        )
      )
    }
    identity.user = user
    identity.mechanism = startOk.mechanism
    if let name = properties["connection_name"]?.text, !name.isEmpty {
      identity.name = String(name.prefix(ServerLimits.connectionNameCharacters))
    }
    identity.product = Self.shortened(properties["product"])
    identity.version = Self.shortened(properties["version"])
    identity.properties = properties
    identity.isEncrypted = peer.isEncrypted
    identity.processIdentifier = properties["pid"]?.integer.map { Int($0) }
    identity.supportsConsumerCancelNotify =
      capabilities["consumer_cancel_notify"] == .boolean(true)
    identity.supportsConnectionBlocked = capabilities["connection.blocked"] == .boolean(true)
    state = .awaitingTuneOk
    return .send(limits.offer)
  }

  /// What a client says of itself, fit for one line.
  private static func shortened(_ property: FieldValue?) -> String {
    var kept = String.UnicodeScalarView()
    for scalar in (property?.text ?? "").unicodeScalars
    where scalar.properties.generalCategory != .control {
      guard kept.count < ServerLimits.clientNameCharacters else { break }
      kept.append(scalar)
    }
    return String(kept)
  }

  private mutating func received(_ tuneOk: ConnectionTuneOk) -> Action {
    if let violation = limits.accept(tuneOk) { return .refuse(violation) }
    state = .awaitingOpen
    return .wait(limits)
  }

  private mutating func received(_ open: ConnectionOpen, _ access: AccessControl) -> Action {
    if let refusal = access.refusal(ofOpening: open.virtualHost, by: identity.user) {
      return .refuse(refusal)
    }
    state = .done
    identity.heartbeatSeconds = limits.heartbeatSeconds
    identity.channelCountLimit = limits.channelCount
    return .open(identity, virtualHost: open.virtualHost, limits)
  }
}

/// What client and server agreed on in `connection.tune-ok`.
struct NegotiatedLimits: Hashable {
  /// The smallest allowed until the client agrees to more (AMQP 0-9-1, connection.tune).
  private(set) var frameBytes = Limits.minimumFrameBytes
  private(set) var channelCount: Int
  /// 0 means no heartbeats.
  private(set) var heartbeatSeconds: UInt16
  /// What `connection.tune` offers.
  let offer: ConnectionTune

  init(_ limits: ServerLimits = ServerLimits()) {
    channelCount = limits.channelCount
    heartbeatSeconds = limits.heartbeatSeconds
    offer = ConnectionTune(
      channelMax: UInt16(clamping: limits.channelCount),
      frameMax: UInt32(clamping: limits.frameBytes),
      heartbeat: limits.heartbeatSeconds
    )
  }

  /// Takes over the client's wishes; 0 means that it accepts the offer.
  ///
  /// - Returns: 530 when it wants more than was offered, as RabbitMQ answers.
  mutating func accept(_ tuneOk: ConnectionTuneOk) -> Violation? {
    if tuneOk.frameMax > offer.frameMax {
      return Self.refusal("frame_max", tuneOk.frameMax, "higher", "maximum", offer.frameMax)
    }
    if tuneOk.frameMax > 0, tuneOk.frameMax < Limits.minimumFrameBytes {
      let minimum = UInt32(Limits.minimumFrameBytes)
      return Self.refusal("frame_max", tuneOk.frameMax, "lower", "minimum", minimum)
    }
    if tuneOk.channelMax > offer.channelMax {
      let maximum = UInt32(offer.channelMax)
      return Self.refusal("channel_max", UInt32(tuneOk.channelMax), "higher", "maximum", maximum)
    }
    frameBytes = Int(tuneOk.frameMax > 0 ? tuneOk.frameMax : offer.frameMax)
    if tuneOk.channelMax > 0 { channelCount = Int(tuneOk.channelMax) }
    heartbeatSeconds = tuneOk.heartbeat
    return nil
  }

  private static func refusal(
    _ name: String,
    _ value: UInt32,
    _ relation: String,
    _ bound: String,
    _ limit: UInt32
  ) -> Violation {
    Violation(
      .notAllowed,
      "negotiated \(name) = \(value) is \(relation) than the \(bound) allowed value (\(limit))"
    )
  }
}
