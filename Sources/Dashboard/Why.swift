import Canvas
import Diagnosis
import Telemetry

/// The page with the evidence of what is wrong.
extension Model {
  /// The picture's problems, before them a broker that says nothing.
  var listedProblems: [Problem] {
    let picture = shown
    if let lostConnection { return [lostConnection] + picture.problems.listed }
    if frozen == nil, isAttached, !isStale { return nodeProblems + picture.problems.listed }
    guard frozen == nil, isStale, let age = dataAge, picture.lab?.isBrokerAway != true else {
      return picture.problems.listed
    }
    let silence = Problem(
      kind: .noData,
      subject: picture.broker?.identity.label ?? "",
      text: "the broker has said nothing for \(Format.span(age)); all figures are that old"
    )
    return [silence] + picture.problems.listed
  }

  /// What is wrong with the nodes of a broker elsewhere; their alarms are found by the diagnosis.
  var nodeProblems: [Problem] {
    (attached?.nodes ?? []).compactMap { node in
      let name = SafeText.clean(node.name)
      if !node.isRunning {
        return Problem(
          kind: .nodeDown,
          subject: name,
          text: "the cluster knows it, and it does not run"
        )
      }
      guard !node.partitions.isEmpty else { return nil }
      let others = SafeText.clean(node.partitions.joined(separator: ", "))
      return Problem(
        kind: .clusterSplit,
        subject: name,
        text: "it does not see \(others): each side goes on alone, and messages may be lost"
      )
    }
  }

  /// A broker elsewhere that does not answer; nil while it does.
  private var lostConnection: Problem? {
    guard isLost, case .lost(_, let reason, let nextTryAt) = attached?.link else {
      return nil
    }
    let wait = max(0, nextTryAt.seconds(since: now).rounded(.up))
    let next = wait < 1 ? "trying again now" : "next try in \(Int(wait)) s"
    return Problem(
      kind: .noData,
      subject: targetName,
      // For how long stands in the head: spans here are by the clock of the picture, which stands.
      text: SafeText.clean(reason) + "; \(next), what is shown is old"
    )
  }

  /// Where the problem of a view stands now; nil when it is over.
  func place(of view: WhyView) -> Int? {
    listedProblems.firstIndex { $0.word == view.word && $0.subject == view.subject }
  }

  func problem(of view: WhyView) -> Problem? {
    place(of: view).map { listedProblems[$0] }
  }

  /// What is wrong with the thing that the screen is about; nil when nothing is, or when the screen
  /// is about no single thing.
  var problemOfScreen: Problem? {
    let problems = shown.problems.listed
    switch screen {
    case .queue(let queue): return problems.first { $0.finding?.subject.queue == queue }
    case .exchange(let exchange):
      return problems.first { problem in
        if case .exchange(exchange) = problem.finding?.subject { true } else { false }
      }
    case .connection(let identifier):
      return problems.first { problem in
        if case .connection(identifier, _) = problem.finding?.subject { true } else { false }
      }
    case .consumer(let identifier):
      return problems.first { problem in
        if case .consumer(identifier, _) = problem.finding?.subject { true } else { false }
      }
    case .overview, .queues, .exchanges, .consumers, .connections, .lab, .events, .topology, .help:
      return nil
    }
  }

  /// Opens the evidence of the worst, or of what is about the chosen row.
  func explaining() -> Decision {
    let problems = listedProblems
    guard let worst = problems.first else { return .refuse("nothing is wrong") }
    if focus == .verdict, let chosen = selectedProblem { return .open(.why(view(of: chosen))) }
    let target = target
    let queue =
      target.queue?.identity
      ?? target.consumer?.consumer.map { consumer in
        QueueIdentity(virtualHost: consumer.virtualHost, name: consumer.queue)
      }
    let about = problems.first { problem in
      queue != nil && problem.finding?.subject.queue == queue
    }
    return .open(.why(view(of: about ?? worst)))
  }

  private func view(of problem: Problem) -> WhyView {
    WhyView(subject: problem.subject, word: problem.word)
  }

  /// Takes a key while the evidence is open.
  mutating func whyKey(_ key: Key, _ open: WhyView, page: Int) -> [Effect] {
    var view = open
    let last = max(0, DialogLayout.lines(of: view, in: self).count - page)
    switch view.take(key, page: page, last: last) {
    case .dialog(.close):
      dialog = nil
      return []
    case .dialog:
      dialog = .why(view)
      return []
    case .step(let step):
      let problems = listedProblems
      guard !problems.isEmpty else { return [] }
      let next = (place(of: view) ?? -step) + step
      dialog = .why(self.view(of: problems[(next + problems.count) % problems.count]))
      return []
    case .go:
      guard let screen = screen(of: view) else {
        tell("there is no screen of it", isRefusal: true)
        return []
      }
      dialog = nil
      push(screen)
      settle()
      return []
    case .copy:
      let text = DialogLayout.lines(of: view, in: self).map { line in
        line.map(\.text).joined()
      }
      tell("the evidence is in the clipboard")
      return [.copy(([view.word + " " + view.subject] + text).joined(separator: "\n"))]
    }
  }

  /// The screen of what a problem is about, where that is there; nil when it has none.
  func screen(of view: WhyView) -> Screen? {
    guard let finding = problem(of: view)?.finding, let broker = shown.broker else { return nil }
    switch finding.subject {
    case .queue(let queue), .consumer(_, let queue):
      let isThere = broker.queues.contains { $0.identity == queue }
      return isThere ? .queue(queue) : nil
    case .exchange(let exchange):
      let isThere = broker.exchanges.contains { $0.identity == exchange }
      return isThere ? .exchange(exchange) : nil
    case .connection(let identifier, _):
      let isThere = broker.connections.contains { $0.identifier == identifier }
      return isThere ? .connection(identifier) : nil
    case .broker, .resource, .client: return nil
    }
  }
}
