import AMQPClient
import AMQPServer
import Canvas
import Curses
import Glibc
import Lab
import LabBroker
import Logging
import Telemetry

/// A timed run of a scenario, from the broker's start to the report.
///
/// - Isolation: the main actor.
@MainActor
struct HeadlessLab {
  /// How long nothing may get shorter before the queues count as drained, in seconds of the
  /// scenario.
  private static let patienceSeconds = 10.0

  let source: LabConfiguration.Source
  let options: LabCommand
  /// Recorded arrivals that are replayed.
  let arrivals: [Double]?
  let recorder: ArrivalRecorder?
  let language: Language

  /// Runs to the end.
  ///
  /// - Returns: How the program ends: 1 when it could not run, was interrupted, or the ledger does
  ///   not sum to zero.
  func run() async throws(ScenarioFile.Problem) -> ExitStatus {
    let endpoints = try nodes()
    let server = endpoints.isEmpty ? try await startServer() : nil
    let directory = server?.directory
    defer { directory?.remove() }
    let own = ClientEndpoint(host: "127.0.0.1", port: server?.server.port ?? 0)
    let runner: LabRunner
    do {
      runner = try await LabRunner.start(
        LabConfiguration(
          scenario: source,
          endpoint: endpoints.first ?? own,
          alternatives: Array(endpoints.dropFirst()),
          queueType: options.nodes.queueType ?? .classic,
          executable: Environment.executable,
          seed: options.seed,
          paymentsPerSecond: options.load,
          arrivals: arrivals,
          recorder: recorder,
          mode: options.mode,
          language: language,
          timeScale: options.timeScale,
          control: server.map { BrokerControl(server: $0.server) } ?? .none,
          leavesNothing: !endpoints.isEmpty
        )
      )
    } catch {
      await server?.server.stop()
      Announcement.complain(error.description)
      return error.status
    }
    let status = await interruptible(runner)
    await server?.server.stop()
    return status
  }

  /// Plays and reports, unless a signal comes first.
  private func interruptible(_ runner: LabRunner) async -> ExitStatus {
    let (results, result) = AsyncStream.makeStream(of: ExitStatus?.self)
    for signal in [SIGINT, SIGTERM, SIGHUP] {
      Signals.shared.onSignal(signal) { result.yield(nil) }
    }
    let playing = Task { result.yield(await play(runner)) }
    var status: ExitStatus?
    for await first in results {
      status = first
      break
    }
    playing.cancel()
    guard let status else {
      Announcement.complain("interrupted: no report")
      _ = await runner.stop()
      return .failure
    }
    return status
  }

  private func play(_ runner: LabRunner) async -> ExitStatus {
    let first = runner.snapshot
    let phases: [PhaseMeasurement]
    do {
      phases = try await runner.play(for: options.duration.duration) { line in
        Announcement.say(SafeText.clean(line))
      }
    } catch {
      _ = await runner.stop()
      Announcement.complain(error.description)
      return .failure
    }
    Announcement.say("customers go home and queues drain")
    _ = await runner.healAll()
    await runner.sendHome()
    await drain(runner)
    let last = runner.snapshot
    let ledger = await runner.stop()
    ledger.lines.forEach(Announcement.say)
    let isRecorded = recorder?.problem == nil
    if let problem = recorder?.problem { Announcement.complain(SafeText.clean(problem)) }
    let isWritten = write(report(runner, phases, first, last, ledger)) && isRecorded
    return ledger.remainder == 0 && ledger.problems.isEmpty && isWritten ? .success : .failure
  }

  /// Waits for the queues as long as they get shorter.
  private func drain(_ runner: LabRunner) async {
    var waiting = Int.max
    while await !runner.drain(.seconds(Self.patienceSeconds / options.timeScale)) {
      let now = runner.snapshot.queues.reduce(0) { $0 + $1.waiting }
      guard now < waiting else { return }
      waiting = now
    }
  }

  // MARK: The report

  /// The page about the run; without `--report` there is none.
  private func report(
    _ runner: LabRunner,
    _ phases: [PhaseMeasurement],
    _ first: LabSnapshot,
    _ last: LabSnapshot,
    _ ledger: LabLedger
  ) -> String? {
    guard options.report != nil else { return nil }
    var final = last
    final.queues = ledger.accounts.map { account in
      var account = account
      account.delay = last.queues.first { $0.service == account.service }?.delay
      return account
    }
    return LabReport.page(
      LabReportInput(
        scenario: options.scenario,
        title: last.title,
        about: runner.about,
        language: language,
        seed: options.seed,
        seconds: options.duration.seconds,
        timeScale: options.timeScale,
        broker: broker,
        perSecond: last.offeredPerSecond,
        recording: recording,
        phases: phases,
        values: LabMeasurements(final, since: first).values,
        final: final,
        lesson: last.lesson,
        problems: ledger.problems
      )
    )
  }

  /// As the page calls it: not where it is, so that two pages can be compared.
  private var broker: String {
    if options.nodes.broker.isEmpty { return "sluice's own" }
    return options.nodes.queueType == .quorum ? "a RabbitMQ, quorum queues" : "a RabbitMQ"
  }

  private var recording: LabReportInput.Recording? {
    guard let file = options.arrivals.replayed, let arrivals else { return nil }
    return LabReportInput.Recording(file: file, arrivals: arrivals.count)
  }

  private func write(_ page: String?) -> Bool {
    guard let page, let path = options.report else { return true }
    guard let problem = ReportFile.write(page, to: path) else {
      Announcement.say("report written to \(SafeText.clean(path))")
      return true
    }
    Announcement.complain(problem)
    return false
  }

  // MARK: The broker

  private func startServer() async throws(ScenarioFile.Problem) -> (
    server: BrokerServer, directory: TemporaryDirectory
  ) {
    guard let directory = TemporaryDirectory(.broker) else {
      throw failure("no temporary directory: \(String(cString: strerror(errno))); set TMPDIR")
    }
    var logger = Logger(label: "sluice") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = .error
    do {
      let configuration = ServerConfiguration(port: 0, dataDirectory: directory.path)
      return (try await BrokerServer.start(configuration, logger: logger), directory)
    } catch {
      directory.remove()
      throw failure("the broker cannot be started: \(error)")
    }
  }

  private func nodes() throws(ScenarioFile.Problem) -> [ClientEndpoint] {
    do {
      return try options.nodes.endpoints()
    } catch {
      throw ScenarioFile.Problem(description: SafeText.clean(error.text), status: error.status)
    }
  }

  private func failure(_ description: String) -> ScenarioFile.Problem {
    ScenarioFile.Problem(description: description, status: .failure)
  }
}
