import HeapModule

/// The instants at which the engine has something to do of itself.
///
/// The engine has no clock: the server asks for ``Broker/nextDeadline`` after each turn and calls
/// ``Broker/fireTimers()`` when that is reached. An entry is never taken back; what it is for looks
/// whether there is still something to do, and asks again when it is early.
struct Timers {
  /// What is due; weak, so that a timer of a day does not keep what was deleted.
  enum Purpose {
    case messages(of: Weak<Queue>)
    case unused(Weak<Queue>)
    case delayed(by: Weak<Exchange>)
    /// Dead letters that one turn was too short for; ``Broker/finishTurn()`` goes on with them.
    case deadLetters
  }

  struct Weak<Object: AnyObject> {
    private(set) weak var object: Object?

    init(_ object: Object) {
      self.object = object
    }
  }

  private struct Entry: Comparable {
    let deadline: Int64
    let sequence: UInt64
    let purpose: Purpose

    static func == (left: Entry, right: Entry) -> Bool { left.sequence == right.sequence }

    static func < (left: Entry, right: Entry) -> Bool {
      (left.deadline, left.sequence) < (right.deadline, right.sequence)
    }
  }

  private var entries = Heap<Entry>()
  private var lastSequence: UInt64 = 0

  /// When the first is due; nil when nothing is.
  var nextDeadline: Int64? { entries.min?.deadline }

  mutating func add(_ purpose: Purpose, at deadline: Int64) {
    lastSequence += 1
    entries.insert(Entry(deadline: deadline, sequence: lastSequence, purpose: purpose))
  }

  /// Takes out one that is due.
  mutating func popDue(at now: Int64) -> Purpose? {
    guard let first = entries.min, first.deadline <= now else { return nil }
    return entries.popMin()?.purpose
  }
}

extension Broker {
  /// When ``fireTimers()`` is to be called, in nanoseconds of the broker's clock; nil for never.
  package var nextDeadline: Int64? { timers.nextDeadline }

  /// Does all that is due by now; ``finishTurn()`` follows.
  package func fireTimers() {
    while let purpose = timers.popDue(at: now) {
      switch purpose {
      case .messages(let queue): if let queue = queue.object { messagesDue(in: queue) }
      case .deadLetters: break
      case .unused(let queue): if let queue = queue.object { unusedDue(queue) }
      case .delayed(let exchange): if let exchange = exchange.object { delayedDue(in: exchange) }
      }
    }
  }
}
