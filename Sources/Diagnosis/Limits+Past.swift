extension Limits {
  /// How far two samples lie apart from which it is told whether something comes steadily.
  package static let churnStepSeconds = 2.0
  /// How often ghosts are looked for: that takes a look at each consumer, and is not urgent.
  package static let ghostsSeconds = 2.0
  /// For how long figures of a broker elsewhere that contradict each other must do so: it measures
  /// each 5 s, and not all at once.
  package static let elsewhereSeconds = 15.0
  /// How often the connections of each client are counted.
  package static let pilesSeconds = 10.0
  /// Rises of a client's connections that lie closer together are one: a deployment is no leak.
  package static let pileStepSeconds = 10.0
  /// What has not grown for so long has found its size.
  package static let growthSeconds = 600.0
  /// A client with fewer connections piles up nothing.
  package static let pileConnections = 8
  /// A client with so many times the connections it had piles them up.
  package static let pileTimes = 4
  /// Names of clients that come and go, and how long they are remembered.
  package static let newcomers = 32
  package static let newcomerSeconds = 30.0
  /// Consumers of two builds beside each other for a shorter time are a deployment.
  package static let deploymentSeconds = 60.0
  /// Messages that an exchange must have got before a binding without a hit says something.
  package static let unhitMessages = 10
  /// How often two bindings of a survey are compared with each other.
  package static let bindingComparisons = 20_000
  /// Words of a topic pattern that is compared with others; nobody writes as many.
  package static let patternWords = 60
  /// Steps until two topic patterns count as too intricate to compare.
  package static let patternSteps = 2_000
  /// Examples of one kind that a finding lists.
  package static let examples = 5
  /// Kept waiting are so many connections one by one; more are one finding together.
  package static let publishersOneByOne = 3
  /// Queues in trouble together whose consumers are compared; of more only the number is said.
  package static let reachQueues = 20
  /// Troubles that begin so close together are said to belong together.
  package static let togetherSeconds = 30.0
}
