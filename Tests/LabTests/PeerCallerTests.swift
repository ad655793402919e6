import JSONText
import Synchronization
import Telemetry
import Testing

@testable import Lab

/// A called service that answers with one status after the other, the last one for ever.
final class ScriptedPeer: Sendable {
  private let state: Mutex<(left: [Int], requests: [CustomerRequest], times: [Instant])>
  private let server = Mutex<HTTPServer?>(nil)

  var requests: [CustomerRequest] { state.withLock { $0.requests } }
  var times: [Instant] { state.withLock { $0.times } }
  var port: Int { server.withLock { $0?.port ?? 0 } }

  /// - Parameters:
  ///   - statuses: What it answers.
  ///   - pause: How long it takes for each answer.
  /// - Throws: What the system said against listening.
  init(_ statuses: Int..., pause: Duration = .zero) async throws {
    state = Mutex((statuses, [], []))
    let started = try await HTTPServer.start(group: LabProcess.anyLoop) { [self] request in
      let status = state.withLock { state in
        state.times.append(MonotonicClock.now())
        if let wish = CustomerRequest(body: request.body) { state.requests.append(wish) }
        return state.left.count > 1 ? state.left.removeFirst() : state.left[0]
      }
      // It fails only when the test is over.
      if pause > .zero { try? await Task.sleep(for: pause) }
      return ServiceResponse(status: status, [:])
    }
    server.withLock { $0 = started }
  }

  /// Nobody listens at its port any more.
  func stop() async {
    await server.withLock { $0 }?.stop()
  }
}

struct PeerCallerTests {
  private func caller(
    _ service: ServicePlan,
    at peer: ScriptedPeer?,
    joined: [String] = []
  ) throws -> PeerCaller {
    let entry = ServicePlan.entry([.synchronous: [CallPlan(service: service.name)]])
    let surroundings = try Surroundings(.small([entry, service]), "shop", joined: joined)
    let caller = PeerCaller(context: surroundings.context, plan: entry)
    if let peer { caller.setPorts([peer.port], of: service.name) }
    return caller
  }

  private let call = CallPlan(service: "user")

  @Test(arguments: [(200, StepAnswer.done), (402, .declined)])
  func anAnswerOfTheBusinessIsTakenAtOnce(status: Int, answer: StepAnswer) async throws {
    let peer = try await ScriptedPeer(status)
    let caller = try caller(.called("user") { $0.retries = 3 }, at: peer)
    let request = CustomerRequest.sample()
    #expect(await caller.call(call, request, knob: nil) == answer)
    #expect(peer.requests == [request])
    await peer.stop()
  }

  @Test(arguments: [400, 404, 429, 500, 502, 503])
  func anyOtherAnswerIsAFailure(status: Int) async throws {
    let peer = try await ScriptedPeer(status)
    let caller = try caller(.called("user"), at: peer)
    #expect(
      await caller.call(call, .sample(), knob: nil) == .failed(reason: "it answered \(status)")
    )
    #expect(peer.requests.count == 1)
    await peer.stop()
  }

  @Test func aFailedCallIsMadeAgainAsOftenAsThePlanSaysAndEachPauseIsLonger() async throws {
    let peer = try await ScriptedPeer(500)
    let caller = try caller(
      .called("user") { plan in
        plan.retries = 3
        plan.backoffMilliseconds = 20
      },
      at: peer
    )
    #expect(await caller.call(call, .sample(), knob: nil) == .failed(reason: "it answered 500"))
    let times = peer.times
    #expect(times.count == 4)
    for (index, pause) in [0.02, 0.04, 0.08].enumerated() {
      #expect(times[index + 1].seconds(since: times[index]) >= pause)
    }
    await peer.stop()
  }

  @Test func whoFailsTwiceAndThenSucceedsHasSucceeded() async throws {
    let peer = try await ScriptedPeer(503, 500, 200)
    let caller = try caller(.called("user") { $0.retries = 5 }, at: peer)
    #expect(await caller.call(call, .sample(), knob: nil) == .done)
    #expect(peer.requests.count == 3)
    await peer.stop()
  }

  @Test(.timeLimit(.minutes(1))) func aCallIsGivenUpAfterItsTimeout() async throws {
    let peer = try await ScriptedPeer(200, pause: .seconds(600))
    let caller = try caller(.called("user") { $0.timeoutMilliseconds = 50 }, at: peer)
    #expect(
      await caller.call(call, .sample(), knob: nil)
        == .failed(reason: "it did not answer in time")
    )
    await peer.stop()
  }

  @Test func theWayThereAndBackTakesItsTime() async throws {
    let peer = try await ScriptedPeer(200)
    let caller = try caller(.called("user") { $0.hopMilliseconds = 60 }, at: peer)
    let began = MonotonicClock.now()
    #expect(await caller.call(call, .sample(), knob: nil) == .done)
    #expect(MonotonicClock.now().seconds(since: began) >= 0.06)
    #expect(peer.times[0].seconds(since: began) >= 0.03)
    await peer.stop()
  }

  @Test func whoIsNotThereIsAFailureWithAReason() async throws {
    let peer = try await ScriptedPeer(200)
    await peer.stop()
    let dead = try caller(.called("user"), at: peer)
    #expect(await dead.call(call, .sample(), knob: nil) == .failed(reason: "it does not listen"))
    let unknown = try caller(.called("user"), at: nil)
    #expect(
      await unknown.call(call, .sample(), knob: nil)
        == .failed(reason: "its address is not known yet")
    )
    let nobody = CallPlan(service: "nobody")
    #expect(
      await unknown.call(nobody, .sample(), knob: nil)
        == .failed(reason: "there is no such service")
    )
  }

  @Test func anOptionalServiceIsCalledOnlyByThoseWhoStartedAfterItHadJoined() async throws {
    let peer = try await ScriptedPeer(500)
    let coupon = ServicePlan.called("user") { $0.isOptional = true }
    let before = try caller(coupon, at: peer)
    #expect(!before.isPresent(call))
    #expect(await before.call(call, .sample(), knob: nil) == .done)
    #expect(peer.requests.isEmpty)
    let after = try caller(coupon, at: peer, joined: ["user"])
    #expect(after.isPresent(call))
    #expect(await after.call(call, .sample(), knob: nil) == .failed(reason: "it answered 500"))
    await peer.stop()
  }

  @Test func aRepeatedCallIsMadeOnceForEachCopyInTheirOrder() async throws {
    let peer = try await ScriptedPeer(200)
    let call = CallPlan(service: "friends", isRepeated: true)
    let entry = ServicePlan.entry([.synchronous: [call]])
    let scenario = Scenario.small([entry, .consumer("friends")])
      .turningCopies(of: "friends", values: [1, 4, 9], start: 4)
    let surroundings = try Surroundings(scenario, "shop", knob: 4)
    let caller = PeerCaller(context: surroundings.context, plan: entry)
    caller.setPorts([peer.port], of: "friends")
    #expect(await caller.call(call, .sample(), knob: 3) == .done)
    #expect(peer.requests.map(\.identity.copy) == [1, 2, 3])
    // What the knob stood at first counts as long as nobody has turned it.
    #expect(await caller.call(call, .sample(), knob: nil) == .done)
    #expect(peer.requests.count == 7)
    await peer.stop()
  }

  @Test func aKnobThatTurnsCustomersIsNoNumberOfCopies() async throws {
    let peer = try await ScriptedPeer(200)
    let call = CallPlan(service: "friends", isRepeated: true)
    let entry = ServicePlan.entry([.synchronous: [call]])
    var scenario = Scenario.small([entry, .consumer("friends") { $0.copies = 2 }])
    scenario.knob = KnobPlan(
      subject: .trait("risky"),
      label: LocalText(english: "risky", chinese: "有风险"),
      values: [0, 50],
      start: 50
    )
    let surroundings = try Surroundings(scenario, "shop", knob: 50)
    let caller = PeerCaller(context: surroundings.context, plan: entry)
    caller.setPorts([peer.port], of: "friends")
    #expect(await caller.call(call, .sample(), knob: 50) == .done)
    #expect(peer.requests.count == 2)
    await peer.stop()
  }

  @Test func aRowOfCallsEndsWithTheFirstThatFails() async throws {
    let peer = try await ScriptedPeer(200, 500, 200)
    let call = CallPlan(service: "friends", isRepeated: true)
    let entry = ServicePlan.entry([.synchronous: [call]])
    let scenario = Scenario.small([entry, .consumer("friends") { $0.copies = 5 }])
    let surroundings = try Surroundings(scenario, "shop")
    let caller = PeerCaller(context: surroundings.context, plan: entry)
    caller.setPorts([peer.port], of: "friends")
    #expect(await caller.call(call, .sample(), knob: nil) == .failed(reason: "it answered 500"))
    #expect(peer.requests.count == 2)
    await peer.stop()
  }
}
