import AMQPClient
import ArgumentParser
import Canvas
import Compare
import Curses
import Glibc
import JSONText
import ManagementClient

/// `sluice compare`: brokers side by side under one workload.
struct CompareCommand: RunnableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    _superCommandName: "sluice",
    abstract: "Measure brokers side by side with one workload, here and now.",
    discussion: """
      Without --broker it measures the embedded broker, started for this alone, and a RabbitMQ or \
      LavinMQ where one answers guest at 127.0.0.1:5672. It loads them as hard as they take it: \
      not for a broker that others use. What it makes there is called sluice.compare.* and deleted \
      at the end. Ends with 1 when a case failed or a message went astray.
      """
  )

  /// How it is written.
  enum Format: String, EnumerableFlag {
    case text
    case markdown
    case json

    static func help(for value: Format) -> ArgumentHelp? {
      switch value {
      case .text: "A table for a person."
      case .markdown: "Tables in Markdown."
      case .json: "One line of JSON with all of it."
      }
    }
  }

  @Option(
    help: ArgumentHelp(
      "A broker, as rabbit=amqp://user:password@host:port/vhost, amqps:// for TLS; or embedded. May "
        + "be repeated.",
      valueName: "name=url"
    )
  )
  var broker: [String] = []

  @Option(help: ArgumentHelp("How long each case publishes in each round.", valueName: "number"))
  var seconds = 4.0

  @Option(help: ArgumentHelp("How often each case runs on each broker.", valueName: "number"))
  var rounds = 3

  @Option(
    help: ArgumentHelp(
      "Durable queues of the brokers other than the embedded one: classic or quorum.",
      valueName: "type"
    )
  )
  var queueType = QueueType.classic

  @OptionGroup
  var password: PasswordOptions

  @OptionGroup
  var trust: TrustOptions

  @Flag
  var format = Format.text

  func validate() throws {
    guard Compare.Limits.seconds.contains(seconds) else {
      throw ValidationError("--seconds \(seconds) is out of range; give 0.5 to 600")
    }
    guard Compare.Limits.rounds.contains(rounds) else {
      throw ValidationError("--rounds \(rounds) is out of range; give 1 to 100")
    }
    if trust.isGiven, !broker.contains(where: { $0.contains("amqps://") }) {
      throw ValidationError("--cacert and --insecure are for a --broker with amqps://")
    }
  }

  @MainActor
  func execute() async -> ExitStatus {
    ProcessArguments.hidePasswords(in: broker)
    let choices: [BrokerChoice]
    do {
      choices = try zip(BrokerChoice.all(broker), broker).map(withTrustAndPassword)
    } catch let problem as AttachProblem {
      Announcement.complain(SafeText.clean(problem.text))
      return problem.status
    } catch let problem as PasswordFile.Problem {
      Announcement.complain(problem.description)
      return .configuration
    } catch {
      Announcement.complain("--broker: \(SafeText.clean("\(error)"))")
      return .usage
    }
    return await interruptible { await compare(choices) }
  }

  /// A broker, trusted as was said, with the password of its user where its address has none.
  private func withTrustAndPassword(_ choice: BrokerChoice, _ text: String) throws -> BrokerChoice {
    guard case .remote(let name, var endpoint) = choice else { return choice }
    endpoint = try trust.applied(to: endpoint)
    if CredentialText.password(in: text) == nil {
      endpoint.password = try password.password(of: endpoint.user, at: endpoint.place).text
    }
    return .remote(name: name, endpoint: endpoint)
  }

  /// Runs until it is done or a signal comes, which is waited for: what was made is deleted first.
  @MainActor
  private func interruptible(
    _ body: @escaping @MainActor () async -> ExitStatus
  ) async -> ExitStatus {
    let work = Task { await body() }
    let signals = [SIGINT, SIGTERM, SIGHUP]
    for signal in signals {
      Signals.shared.onSignal(signal) {
        work.cancel()
        // A second one means: now. Queues then expire by themselves.
        for signal in signals { Signals.shared.release(signal) }
      }
    }
    return await work.value
  }

  @MainActor
  private func compare(_ choices: [BrokerChoice]) async -> ExitStatus {
    var targets: [BrokerTarget] = []
    var embedded: EmbeddedBroker?
    for choice in choices.isEmpty ? await usual() : choices {
      switch choice {
      case .remote(let name, let endpoint):
        targets.append(BrokerTarget(name: name, endpoint: endpoint))
      case .embedded:
        do {
          let started = try await EmbeddedBroker.start()
          embedded = started.broker
          targets.append(
            BrokerTarget(
              name: choice.name,
              endpoint: ClientEndpoint(host: "127.0.0.1", port: started.port),
              isEmbedded: true
            )
          )
        } catch {
          Announcement.complain(error.text)
          return .failure
        }
      }
    }
    let status = Task.isCancelled ? interrupted() : await measure(targets)
    await embedded?.end()
    return status
  }

  @MainActor
  private func measure(_ targets: [BrokerTarget]) async -> ExitStatus {
    let comparison = Comparison(
      targets: targets,
      settings: ComparisonSettings(seconds: seconds, rounds: rounds, queueType: queueType)
    ) { line in
      Announcement.complain(SafeText.clean(line))
    }
    let report: ComparisonReport
    do {
      report = try await comparison.run()
    } catch {
      for name in error.leftovers { Announcement.complain("could not be deleted: \(name)") }
      guard let broker = error.broker else { return interrupted() }
      Announcement.complain("\(broker): \(SafeText.clean(error.reason))")
      return .failure
    }
    let machine = MachineFacts.now()
    switch format {
    case .text: report.text(machine).map(SafeText.clean).forEach(Announcement.say)
    case .markdown: report.markdown(machine).map(SafeText.clean).forEach(Announcement.say)
    case .json: Announcement.say(String(decoding: report.json(machine).bytes, as: UTF8.self))
    }
    return report.isComplete ? .success : .failure
  }

  private func interrupted() -> ExitStatus {
    Announcement.complain("interrupted: nothing was compared")
    return .failure
  }

  /// The embedded broker, and what answers where a RabbitMQ usually does.
  @MainActor
  private func usual() async -> [BrokerChoice] {
    let endpoint = ClientEndpoint(host: "127.0.0.1")
    let hint = "add another with --broker NAME=URL"
    do {
      let identity = try await Comparison.greet(endpoint)
      let name: String
      switch identity.kind {
      case .rabbitMQ: name = "rabbitmq"
      case .lavinMQ: name = "lavinmq"
      case .sluice, .other:
        Announcement.complain(
          "at \(endpoint) answers \(SafeText.clean(identity.title)), which is not measured; \(hint)"
        )
        return [.embedded]
      }
      return [.embedded, .remote(name: name, endpoint: endpoint)]
    } catch {
      guard !error.isCancelled else { return [] }
      Announcement.complain(
        "only the embedded broker is measured: \(SafeText.clean(error.cause)); \(hint)"
      )
      return [.embedded]
    }
  }
}
