import Synchronization
import Telemetry

/// The faults that are in force in one process.
final class FaultSwitchboard: Sendable {
  /// What the faults do to one step of work.
  struct StepEffect: Sendable, Hashable {
    var extraMilliseconds = 0.0
    var factor = 1.0
    var isFailing = false
  }

  /// What the faults do to one publish.
  struct PublishEffect: Sendable, Hashable {
    var isUnconfirmed = false
    var hasWrongKey = false
    var extraBytes = 0
    var isTwice = false
  }

  fileprivate struct Entry {
    var fault: StepFault
    /// Decides which steps are struck.
    var random: SeededRandom
    /// Decides how hard.
    var amounts: SeededRandom
    var remaining: Int?
  }

  fileprivate struct State {
    var entries: [Entry] = []
    /// The poison faults of the whole service.
    var poisons: Set<Int> = []
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private let state = Mutex(State())
  private let onOver: @Sendable (Int) -> Void

  /// - Parameter onOver: Called when a fault has struck as often as it was to.
  init(onOver: @escaping @Sendable (Int) -> Void) {
    self.onOver = onOver
  }

  /// Puts a fault in force; one with the same number is replaced.
  func put(_ fault: StepFault) {
    state.withLock { state in
      state.entries.removeAll { $0.fault.identifier == fault.identifier }
      state.entries.append(
        Entry(
          fault: fault,
          random: SeededRandom(seed: fault.seed),
          amounts: SeededRandom(seed: ~fault.seed),
          remaining: fault.count
        )
      )
    }
  }

  /// Takes a fault away, and lets through what a split held back.
  func heal(_ identifier: Int) {
    let released = state.withLock { state -> [CheckedContinuation<Void, Never>] in
      state.entries.removeAll { $0.fault.identifier == identifier }
      guard !state.isSplit else { return [] }
      defer { state.waiting = [] }
      return state.waiting
    }
    for continuation in released { continuation.resume() }
  }

  /// Whether nothing passes now.
  var isSplit: Bool { state.withLock(\.isSplit) }

  /// Returns when something may pass between the service and anybody.
  func passage() async {
    guard isSplit else { return }
    await withCheckedContinuation { continuation in
      let isOpen = state.withLock { state in
        guard state.isSplit else { return true }
        state.waiting.append(continuation)
        return false
      }
      if isOpen { continuation.resume() }
    }
  }

  /// Draws what happens to the next step of work.
  func nextStep() -> StepEffect {
    var effect = StepEffect()
    strike(isPublish: false) { fault, random in
      switch fault.kind {
      case .latency: effect.extraMilliseconds += Double(fault.amount)
      case .jitter: effect.extraMilliseconds += Double(fault.amount) * random.unit()
      case .slow: effect.factor *= Double(fault.amount)
      case .error:
        guard random.unit() * 100 < Double(fault.amount) else { return true }
        effect.isFailing = true
      case .hang, .crash, .crashLoop, .poison, .drop, .split, .memoryAlarm, .diskAlarm,
        .queueFull, .unbind, .brokerCrash, .brokerRestart, .noConfirms, .wrongKey,
        .oversizedBody, .duplicateIDs:
        return false
      }
      return true
    }
    return effect
  }

  /// Draws what happens to the next publish.
  func nextPublish() -> PublishEffect {
    var effect = PublishEffect()
    strike(isPublish: true) { fault, _ in
      switch fault.kind {
      case .noConfirms: effect.isUnconfirmed = true
      case .wrongKey: effect.hasWrongKey = true
      case .oversizedBody: effect.extraBytes += fault.amount
      case .duplicateIDs: effect.isTwice = true
      case .latency, .jitter, .error, .slow, .hang, .crash, .crashLoop, .poison, .drop, .split,
        .memoryAlarm, .diskAlarm, .queueFull, .unbind, .brokerCrash, .brokerRestart:
        return false
      }
      return true
    }
    return effect
  }

  /// The fault that puts poison, with milliseconds between two messages as its amount; nil when none
  /// is wanted.
  var poison: StepFault? {
    state.withLock { state in state.entries.first { $0.fault.kind == .poison }?.fault }
  }

  /// Notes which poison faults of the service are in force, in whichever of its processes.
  func setPoisons(_ faults: [Int]) {
    state.withLock { $0.poisons = Set(faults) }
  }

  /// Whether what a fault has put into a queue is poison still.
  func isPoison(_ fault: Int?) -> Bool {
    guard let fault else { return false }
    return state.withLock { $0.poisons.contains(fault) }
  }

  /// Lets every fault strike that is one of publishes or of steps of work, and concerns `body`, which
  /// says whether it does.
  private func strike(
    isPublish: Bool,
    _ body: (StepFault, inout SeededRandom) -> Bool
  ) {
    let over = state.withLock { state -> [Int] in
      guard !state.entries.isEmpty else { return [] }
      for index in state.entries.indices where state.entries[index].remaining != 0 {
        let fault = state.entries[index].fault
        guard (fault.kind.target == .producer) == isPublish else { continue }
        // Drawn for every step, so that a higher probability strikes the steps of a lower one and
        // further ones.
        let isStruck = state.entries[index].random.unit() * 100 < Double(fault.percent)
        guard isStruck, body(fault, &state.entries[index].amounts) else { continue }
        if let remaining = state.entries[index].remaining {
          state.entries[index].remaining = remaining - 1
        }
      }
      let over = state.entries.filter { $0.remaining == 0 }.map(\.fault.identifier)
      state.entries.removeAll { $0.remaining == 0 }
      return over
    }
    for identifier in over { onOver(identifier) }
  }
}

extension FaultSwitchboard.State {
  fileprivate var isSplit: Bool { entries.contains { $0.fault.kind == .split } }
}
