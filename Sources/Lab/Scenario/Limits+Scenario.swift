import Telemetry

/// What a scenario file may ask for: enough for any lesson, and what two cores can run.
extension Limits {
  // MARK: The file

  /// The longest file; the shipped ones have about a third.
  static let scenarioBytes = 64 * 1024
  /// More of a wrong word than this does not help to find it.
  static let quotedCharacters = 40
  /// Names become process names, queue names and words of a table.
  static let nameCharacters = 1...40
  /// A routing key, as long as the protocol allows.
  static let routingKeyBytes = 0...255

  // MARK: How many

  static let scenarioServices = 40
  static let scenarioExchanges = 20
  static let scenarioTraits = 10
  /// Calls, or events, of one service for one way.
  static let servicePlanSteps = 40
  static let queueBindings = 20
  static let timelineEntries = 100
  static let scenarioPhases = 20
  static let lessonSteps = 100
  /// Answers to a question; each has a letter.
  static let lessonOptions = 2...4
  static let verdictLines = 40
  static let knobValues = 2...40

  // MARK: How long texts are

  static let titleCharacters = 60
  static let labelCharacters = 40
  static let optionCharacters = 120
  /// Tasks, questions and reveals: a few lines of a screen.
  static let textCharacters = 700
  static let conditionCharacters = 200

  // MARK: How much

  static let percentages = 0...100
  static let shares = 1...100
  static let rates = 1...Int(arrivalsPerSecond)
  static let shapeFactors = 1...1_000
  static let shapeSeconds = 1...3_600
  /// A minute is longer than any customer waits.
  static let workMilliseconds = 0...60_000
  static let timeoutMilliseconds = 1...60_000
  static let poolPlaces = 1...1_000
  static let retryCounts = 0...20
  static let prefetchCounts = 1...1_000
  static let consumerCounts = 1...10
  static let copyCounts = 1...1_000
  static let queueLengths = 1...1_000_000
  static let deliveryLimits = 1...100
  static let accountCounts = 1...1_000_000
  static let accountCents = 0...1_000_000_000_000
  static let priceCents = 1...1_000_000_000
  static let faultCounts = 1...1_000_000
  static let faultSeeds = 0...Int(UInt32.max)
}
