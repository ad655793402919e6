import Telemetry

/// A scenario: who takes part, where messages go, what can be learned.
///
/// It is read from a TOML text by `ScenarioReader`; processes of the lab are handed the same text.
struct Scenario: Sendable, Hashable {
  /// Letters, digits and dashes.
  var name: String
  var title: LocalText
  var about: LocalText
  /// What the ways of calling are called here, where the usual names do not fit.
  var wayTitles: [CallWay: LocalText] = [:]
  /// Customers a second for each way, at first.
  var perSecond = 5.0
  /// What the peak of the load menu is.
  var peak = LoadShape(kind: .step, factor: 10, seconds: 20)
  var accounts = AccountPlan()
  /// Traits of customers, each with the percentage that has it.
  var traits: [String: Int] = [:]
  var knob: KnobPlan?
  var exchanges: [ExchangePlan] = []
  /// In the order of a request's way through them.
  var services: [ServicePlan]
  var timeline: [TimelineEntry] = []
  var phases: [PhasePlan] = []
  var steps: [StepPlan] = []
  var verdict: [VerdictPlan] = []
  /// The text that it was read from.
  var text = ""
}

/// A text in every language of the lab.
struct LocalText: Sendable, Hashable {
  var english: String
  var chinese: String

  subscript(language: Language) -> String {
    switch language {
    case .english: english
    case .chinese: chinese
    }
  }
}

/// The customers' accounts, in cents.
struct AccountPlan: Sendable, Hashable {
  var count = 1_000
  var balanceCents = 1_000_000_000
  /// How many percent of the accounts have the poor balance.
  var poorPercent = 5
  var poorBalanceCents = 500
  var cheapestCents = 100
  var dearestCents = 5_000
}

/// What a person can turn.
struct KnobPlan: Sendable, Hashable {
  enum Subject: Sendable, Hashable {
    /// The percentage of customers with a trait.
    case trait(String)
    /// How many copies of a service's queue there are.
    case copies(service: String)
  }

  var subject: Subject
  var label: LocalText
  /// Ascending.
  var values: [Int]
  var start: Int
}

/// A durable exchange.
struct ExchangePlan: Sendable, Hashable {
  var name: String
  /// `direct`, `fanout`, `topic` or `headers`.
  var type: String
}

/// Something that the scenario does by itself at a point of a timed run.
struct TimelineEntry: Sendable, Hashable {
  enum Happening: Sendable, Hashable {
    case fault(FaultRequest)
    case load(LoadShape)
    /// An optional service joins.
    case join(service: String)
  }

  /// In percent of the run's duration; also the end, for a fault that is healed by itself.
  var atPercent: Int
  var untilPercent: Int?
  var happening: Happening
}

/// A stretch of a timed run whose numbers are kept under a name.
struct PhasePlan: Sendable, Hashable {
  var name: String
  var fromPercent: Int
  var untilPercent: Int
}

/// A step of the lesson in every language.
struct StepPlan: Sendable, Hashable {
  var phase: String
  var title: LocalText
  var task: LocalText
  var question: LocalText
  var options: [LocalText]
  /// From 0.
  var answer: Int
  var reveal: LocalText
  var caveat: LocalText
}

/// A line of the verdict in every language.
struct VerdictPlan: Sendable, Hashable {
  var condition: String?
  var text: LocalText
}

extension Scenario {
  /// The ways of calling that the scenario has.
  var ways: [CallWay] {
    CallWay.allCases.filter { way in
      entry.calls[way] != nil || entry.publishes[way] != nil
    }
  }

  /// The service that customers call.
  var entry: ServicePlan {
    services.first(where: \.isEntry) ?? services[0]
  }

  /// The plan of a service.
  func service(named name: String) -> ServicePlan? {
    services.first { $0.name == name }
  }

  /// The guided part in one language.
  func lesson(in language: Language) -> Lesson {
    Lesson(
      steps: steps.map { step in
        LessonStep(
          phase: step.phase,
          title: step.title[language],
          task: step.task[language],
          question: step.question[language],
          options: step.options.map { $0[language] },
          answer: step.answer,
          reveal: step.reveal[language],
          caveat: step.caveat[language]
        )
      },
      verdict: verdict.map { VerdictLine(condition: $0.condition, text: $0.text[language]) }
    )
  }
}
