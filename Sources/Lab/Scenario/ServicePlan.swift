import Telemetry

/// One service of a scenario, as its file describes it.
struct ServicePlan: Sendable, Hashable {
  /// Letters, digits and dashes; also the name of its process.
  var name: String
  /// Whether customers call it.
  ///
  /// It has one process for each way of calling then, so that the ways share nothing.
  var isEntry = false
  /// It is not there at first and can join while the scenario runs.
  var isOptional = false
  var work = WorkPlan()
  /// What the way to it and back adds to a synchronous call, in milliseconds.
  var hopMilliseconds = 0
  /// Calls that are worked on at once; for an entry service its threads, for each way.
  var pool = 40
  /// What a caller grants one call to it, in milliseconds.
  var timeoutMilliseconds = 2_000
  /// How often a caller tries again after a failed call.
  var retries = 0
  /// The pause before a caller tries again, and before a message is tried again by way of a
  /// retry queue, in milliseconds; each further one is twice as long.
  var backoffMilliseconds = 0
  /// Takes the price from the customer's account, and declines when there is too little.
  var isDeducting = false
  /// What it calls, in order, for a request of each way.
  var calls: [CallWay: [CallPlan]] = [:]
  /// What it publishes after its calls, in order; for a consumer, after its work on a message of
  /// that way.
  var publishes: [CallWay: [PublishPlan]] = [:]
  /// Its queue; nil for a service that is only called.
  var queue: QueuePlan?
}

/// How long a step of work takes.
struct WorkPlan: Sendable, Hashable {
  enum Distribution: String, Sendable, Hashable, CaseIterable {
    /// Always the mean.
    case fixed
    /// Evenly between the mean minus the spread and the mean plus the spread.
    case uniform
    /// Normal with the spread as its standard deviation, never below 0.
    case normal
    /// Exponential: most are short, a few very long. It has no spread.
    case exponential
  }

  var distribution = Distribution.fixed
  /// From 0 to 60,000.
  var meanMilliseconds = 50
  /// In percent of the mean, from 0 to 100.
  var spreadPercent = 0
  /// How many percent of the steps fail after their work, from 0 to 100.
  var errorPercent = 0
}

/// One synchronous call.
struct CallPlan: Sendable, Hashable {
  var service: String
  /// Called only for customers with this trait.
  var trait: String?
  /// Called once for each copy of the service's queue, one after the other.
  var isRepeated = false
}

/// One event that a service publishes.
struct PublishPlan: Sendable, Hashable {
  enum Guarantee: String, Sendable, Hashable, CaseIterable {
    /// The customer's answer waits for the broker's confirm.
    case confirm
    /// It is written to the socket and forgotten.
    case none
    /// It is put into the service's own outbox, from which it is published until it is confirmed;
    /// the answer does not wait for the broker.
    case outbox
  }

  /// Empty for the default exchange.
  var exchange: String
  var key: String
  /// Published only for customers with this trait.
  var trait: String?
  var guarantee = Guarantee.confirm
  var isPersistent = true
}

/// The queue of a service.
struct QueuePlan: Sendable, Hashable {
  enum ErrorBehaviour: String, Sendable, Hashable, CaseIterable {
    /// `basic.nack` with requeue: it comes again at once.
    case requeue
    /// `basic.reject`: it goes to the dead-letter queue, or is gone when there is none.
    case reject
    /// It is put into a retry queue whose messages expire after the service's backoff and come back.
    case retry
  }

  struct Binding: Sendable, Hashable {
    var exchange: String
    var key: String
  }

  var name: String
  var bindings: [Binding]
  /// Messages that one consumer holds and works on at once, from 1 to 1,000.
  var prefetch = 10
  /// Processes that consume it at first, from 1 to 10.
  var consumers = 1
  /// More than one means that so many queues, `name.1` and up, each get every event.
  var copies = 1
  var isDurable = true
  /// Messages that may wait; nil for no limit.
  var maximumLength: Int?
  /// Whether a publish above the limit is refused; else the oldest message makes room.
  var isRefusingWhenFull = true
  var onError = ErrorBehaviour.requeue
  /// Deliveries after which a message goes to the dead-letter queue, counted by the consumer's
  /// retries; nil for no limit.
  var deliveryLimit: Int?
  /// Whether there is a queue `name.dead` for what is given up.
  var hasDeadLetters = false
  /// A message whose identity was worked on already is acknowledged and nothing more.
  var isIdempotent = false
  /// What lies between the end of the work and the acknowledgement, in milliseconds; a consumer
  /// that dies in between leaves messages that are worked on twice.
  var acknowledgementDelayMilliseconds = 0
  /// The broker forgets a message as soon as it is sent.
  var isAutoAcknowledged = false
  /// A customer's delay ends only when as many messages of one event have come as it has copies.
  var isCountingReplies = false
}
