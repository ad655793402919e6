import Glibc
import Synchronization

/// A number of places, and a bounded line of those who wait for one.
final class Gate: Sendable {
  private struct State {
    var freePlaces: Int
    /// First come, first served; at most ``Limits/waitingRequests``.
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  /// Too many wait already.
  struct Full: Error {}

  private let state: Mutex<State>
  let places: Int

  /// Those that are in a place and those that wait for one.
  var load: (busy: Int, waiting: Int) {
    state.withLock { (places - $0.freePlaces, $0.waiting.count) }
  }

  init(places: Int) {
    self.places = places
    state = Mutex(State(freePlaces: places))
  }

  /// Runs `body` in a place of its own, after waiting for one.
  ///
  /// - Throws: ``Full`` at once when the line is as long as it may be.
  func withPlace<Value: Sendable>(_ body: () async -> Value) async throws(Full) -> Value {
    try await enter()
    let value = await body()
    leave()
    return value
  }

  private func enter() async throws(Full) {
    let isTurnedAway = state.withLock { state in
      state.freePlaces == 0 && state.waiting.count >= Limits.waitingRequests
    }
    if isTurnedAway { throw Full() }
    await withCheckedContinuation { continuation in
      let isFree = state.withLock { state in
        guard state.freePlaces > 0 else {
          state.waiting.append(continuation)
          return false
        }
        state.freePlaces -= 1
        return true
      }
      if isFree { continuation.resume() }
    }
  }

  private func leave() {
    let next: CheckedContinuation<Void, Never>? = state.withLock { state in
      guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
      state.freePlaces += 1
      return nil
    }
    next?.resume()
  }
}

/// Where a service does its steps of work: each takes its time, a stated number at once.
final class WorkBench: Sendable {
  private let gate: Gate
  private let context: ServiceContext
  private let plan: WorkPlan
  private let random: Mutex<SeededRandom>

  /// - Parameters:
  ///   - places: Steps at once.
  ///   - plan: What one step takes.
  ///   - context: The process with its clock and its faults.
  ///   - salt: Tells the draws of one bench from those of another.
  init(places: Int, plan: WorkPlan, context: ServiceContext, salt: UInt64) {
    gate = Gate(places: places)
    self.plan = plan
    self.context = context
    random = Mutex(SeededRandom(seed: context.arguments.seed ^ (salt &* 0x9E37_79B9)))
  }

  /// Does one step: a timer's wait, as a call to a database would be.
  ///
  /// - Returns: Whether the step succeeded.
  /// - Throws: ``Gate/Full`` when too many steps wait already.
  func work() async throws(Gate.Full) -> Bool {
    let (drawn, isUnlucky) = random.withLock { random in
      (plan.milliseconds(&random), random.unit() * 100 < Double(plan.errorPercent))
    }
    return try await gate.withPlace {
      let effect = context.faults.nextStep()
      await context.pause(milliseconds: drawn * effect.factor + effect.extraMilliseconds)
      return !isUnlucky && !effect.isFailing
    }
  }
}

extension WorkPlan {
  /// Draws what one step takes.
  func milliseconds(_ random: inout SeededRandom) -> Double {
    let mean = Double(meanMilliseconds)
    let spread = mean * Double(spreadPercent) / 100
    return switch distribution {
    case .fixed: mean
    case .uniform: mean - spread + 2 * spread * random.unit()
    case .normal: max(0, mean + spread * WorkPlan.standardNormal(&random))
    case .exponential: -mean * log(1 - random.unit())
    }
  }

  /// Box and Muller's way to a normal number.
  private static func standardNormal(_ random: inout SeededRandom) -> Double {
    (-2 * log(1 - random.unit())).squareRoot() * cos(2 * Double.pi * random.unit())
  }
}
