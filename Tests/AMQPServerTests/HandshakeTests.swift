import AMQP
import Broker
import NIOCore
import Testing

@testable import AMQPServer

@Suite struct HandshakeTests {
  private func start(
    mechanism: String = "PLAIN",
    response: [UInt8] = Array("\0guest\0guest".utf8),
    properties: FieldTable = [:]
  ) -> (Handshake, Handshake.Action) {
    var handshake = Handshake(peer: Peer(address: "127.0.0.1:9"))
    let action = handshake.received(
      .connectionStartOk(
        ConnectionStartOk(clientProperties: properties, mechanism: mechanism, response: response)
      ),
      under: AccessControl()
    )
    return (handshake, action)
  }

  @Test func plainWithTheRightPasswordIsTuned() {
    #expect(start().1 == .send(NegotiatedLimits().offer))
  }

  @Test func amqplainWithTheRightPasswordIsTuned() {
    var response = ByteBuffer()
    let table: FieldTable = ["LOGIN": .text("guest"), "PASSWORD": .text("guest")]
    table.encodeEntries(into: &response)
    let action = start(mechanism: "AMQPLAIN", response: Array(response.readableBytesView)).1
    #expect(action == .send(NegotiatedLimits().offer))
  }

  @Test(arguments: ["\0guest\0wrong", "\0root\0guest", "guest", "\0guest", ""])
  func wrongCredentialsAreCutOrExplained(response: String) {
    let bytes = Array(response.utf8)
    #expect(start(response: bytes).1 == .cut)
    let explains: FieldTable = [
      "capabilities": .table(["authentication_failure_close": .boolean(true)])
    ]
    let action = start(response: bytes, properties: explains).1
    guard case .refuse(let violation) = action else {
      Issue.record("expected a refusal, got \(action)")
      return
    }
    #expect(violation.code == .accessRefused)
    #expect(violation.text.hasPrefix("Login was refused using authentication mechanism PLAIN."))
  }

  @Test func anUnknownMechanismIsCut() {
    #expect(start(mechanism: "EXTERNAL").1 == .cut)
  }

  private func identity(_ properties: FieldTable) -> ClientIdentity? {
    var handshake = start(properties: properties).0
    let tuneOk = ConnectionTuneOk(channelMax: 0, frameMax: 0, heartbeat: 7)
    _ = handshake.received(.connectionTuneOk(tuneOk), under: AccessControl())
    let open = Method.connectionOpen(ConnectionOpen(virtualHost: "/"))
    guard case .open(let identity, _, _) = handshake.received(open, under: AccessControl()) else {
      return nil
    }
    return identity
  }

  @Test func aClientSaysItsProductAndItsVersion() {
    let named = identity(["product": .text("pika"), "version": .text("1.3.2")])
    #expect(named?.product == "pika")
    #expect(named?.version == "1.3.2")
    let other = identity(["product": .signed32(7)])
    #expect(other?.product == "")
    #expect(other?.version == "")
  }

  @Test func whatAClientCallsItselfIsCutAndHasNoControlCharacters() {
    let long = String(repeating: "e\u{301}", count: 500)
    let hostile = identity(["product": .text("\u{1B}[31mred\n\u{9B}2J"), "version": .text(long)])
    #expect(hostile?.product == "[31mred2J")
    #expect(hostile?.version.unicodeScalars.count == 64)
  }

  @Test(arguments: [
    (UInt16(0), UInt32(0), true), (2_047, 131_072, true), (1, 4_096, true),
    (2_048, 0, false), (0, 131_073, false), (0, 4_095, false),
  ])
  func tuningWithinTheOfferIsAccepted(channelMax: UInt16, frameMax: UInt32, isFine: Bool) {
    var limits = NegotiatedLimits()
    let violation = limits.accept(
      ConnectionTuneOk(channelMax: channelMax, frameMax: frameMax, heartbeat: 7)
    )
    #expect((violation == nil) == isFine)
    if isFine { #expect(limits.heartbeatSeconds == 7) }
    if let violation { #expect(violation.code == .notAllowed) }
  }

  @Test func theServersLimitsAreOffered() {
    var limits = ServerLimits()
    limits.frameBytes = 8_192
    limits.channelCount = 5
    limits.heartbeatSeconds = 7
    var negotiated = NegotiatedLimits(limits)
    #expect(
      negotiated.offer == ConnectionTune(channelMax: 5, frameMax: 8_192, heartbeat: 7)
    )
    let greedy = ConnectionTuneOk(channelMax: 6, frameMax: 0, heartbeat: 0)
    #expect(
      negotiated.accept(greedy)
        == Violation(
          .notAllowed,
          "negotiated channel_max = 6 is higher than the maximum allowed value (5)"
        )
    )
  }

  @Test func anotherVirtualHostIsRefused() {
    var (handshake, _) = start()
    _ = handshake.received(
      .connectionTuneOk(ConnectionTuneOk(channelMax: 0, frameMax: 0, heartbeat: 0)),
      under: AccessControl()
    )
    let open = ConnectionOpen(virtualHost: "other")
    #expect(
      handshake.received(.connectionOpen(open), under: AccessControl())
        == .refuse(Violation(.notAllowed, "vhost other not found"))
    )
  }

  @Test func aStepOutOfPlaceIsRefused() {
    var handshake = Handshake(peer: Peer(address: ""))
    let action = handshake.received(.connectionOpen(ConnectionOpen()), under: AccessControl())
    guard case .refuse(let violation) = action else {
      Issue.record("expected a refusal, got \(action)")
      return
    }
    #expect(violation.code == .commandInvalid)
  }
}

@Suite struct HeartbeatMonitorTests {
  @Test func aQuietServerSendsAHeartbeat() {
    var monitor = HeartbeatMonitor()
    #expect(monitor.tick(sent: 10, received: 10) == .nothing)
    #expect(monitor.tick(sent: 10, received: 20) == .sendHeartbeat)
    #expect(monitor.tick(sent: 18, received: 30) == .nothing)
  }

  @Test func twoIntervalsOfSilenceMeanThatThePeerIsGone() {
    var monitor = HeartbeatMonitor()
    _ = monitor.tick(sent: 0, received: 5)
    var actions: [HeartbeatMonitor.Action] = []
    for sent in UInt64(1)...4 { actions.append(monitor.tick(sent: sent, received: 5)) }
    #expect(actions == [.nothing, .nothing, .nothing, .peerIsGone])
  }

  @Test func nothingIsMissedWhileNothingIsRead() {
    var monitor = HeartbeatMonitor()
    for sent in UInt64(1)...20 { #expect(monitor.tick(sent: sent, received: nil) == .nothing) }
    #expect(monitor.tick(sent: 20, received: nil) == .sendHeartbeat)
    var actions: [HeartbeatMonitor.Action] = []
    for sent in UInt64(21)...24 { actions.append(monitor.tick(sent: sent, received: 0)) }
    #expect(actions == [.nothing, .nothing, .nothing, .peerIsGone])
  }

  @Test func anyByteKeepsThePeerAlive() {
    var monitor = HeartbeatMonitor()
    for received in UInt64(1)...50 {
      #expect(monitor.tick(sent: received, received: received / 3) != .peerIsGone)
    }
  }
}
