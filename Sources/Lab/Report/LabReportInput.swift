package import Telemetry

/// What a report is made of.
package struct LabReportInput: Sendable {
  /// Recorded arrivals that were replayed.
  package struct Recording: Sendable, Hashable {
    package var file: String
    /// How many there are in the file.
    package var arrivals: Int

    /// - Parameters:
    ///   - file: What `--replay-arrivals` was given.
    ///   - arrivals: How many there are in it.
    package init(file: String, arrivals: Int) {
      self.file = file
      self.arrivals = arrivals
    }
  }

  /// What `--scenario` was given.
  package var scenario: String
  package var title: String
  /// What the scenario is about, in a sentence or two.
  package var about: String
  package var language: Language
  package var seed: UInt64
  /// How long customers came, in seconds.
  package var seconds: Double
  /// How many times as fast as usual time ran.
  package var timeScale: Double
  /// One line on the broker; nothing of the machine in it, so that reports can be compared.
  package var broker: String
  /// Customers a second for each way, at first.
  package var perSecond: Double
  /// Where the customers came from instead; nil when they were not a replay.
  package var recording: Recording?
  /// In the order of time.
  package var phases: [PhaseMeasurement]
  /// The whole run, with rates, as ``LabMeasurements`` names it.
  package var values: [String: Double]
  /// At the end, when queues had their time to drain.
  package var final: LabSnapshot
  package var lesson: Lesson
  /// What could not be found out, each as one sentence.
  package var problems: [String]

  /// - Parameters:
  ///   - scenario: What `--scenario` was given.
  ///   - title: A few words.
  ///   - about: What the scenario is about.
  ///   - language: Of the report, and of all texts handed in here.
  ///   - seed: What the run's chances came from.
  ///   - seconds: How long customers came.
  ///   - timeScale: How many times as fast as usual time ran.
  ///   - broker: One line on the broker.
  ///   - perSecond: Customers a second for each way, at first.
  ///   - recording: The arrivals that were replayed.
  ///   - phases: In the order of time.
  ///   - values: What was measured in the whole run; nil for what `final` says.
  ///   - final: The snapshot at the end.
  ///   - lesson: Its texts have their places still.
  ///   - problems: What could not be found out.
  package init(
    scenario: String,
    title: String,
    about: String,
    language: Language,
    seed: UInt64,
    seconds: Double,
    timeScale: Double = 1,
    broker: String,
    perSecond: Double,
    recording: Recording? = nil,
    phases: [PhaseMeasurement] = [],
    values: [String: Double]? = nil,
    final: LabSnapshot,
    lesson: Lesson,
    problems: [String] = []
  ) {
    self.scenario = scenario
    self.title = title
    self.about = about
    self.language = language
    self.seed = seed
    self.seconds = seconds
    self.timeScale = timeScale
    self.broker = broker
    self.perSecond = perSecond
    self.recording = recording
    self.phases = phases
    self.values = values ?? LabMeasurements(final).values
    self.final = final
    self.lesson = lesson
    self.problems = problems
  }

  /// The numbers of the phases, with the phase's name in front.
  var phaseValues: [String: Double] {
    phases.reduce(into: [:]) { values, phase in
      values.merge(LabMeasurements.prefixed(phase.values, phase: phase.name)) { $1 }
    }
  }

  /// The numbers of the whole run, and those of the phases with the phase's name in front.
  var allValues: [String: Double] { values.merging(phaseValues) { $1 } }
}
