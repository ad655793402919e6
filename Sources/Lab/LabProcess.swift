import Dispatch
import Glibc
import NIOCore
import NIOPosix
import Telemetry

/// The body of `sluice lab-service`: one service of a scenario, as a process of its own.
///
/// It is started by ``LabRunner`` and speaks lines of JSON with it (`ServiceCommand` in,
/// `ServiceEvent` out). It ends when it is told to, and at once when its standard input ends.
package enum LabProcess {
  /// Runs one service to its end.
  ///
  /// - Parameter arguments: Everything after `lab-service`.
  /// - Returns: The exit code: 0, 1 when the service could not start, 64 for a wrong command line.
  package static func run(arguments: [String]) async -> Int32 {
    let parsed: ServiceArguments
    do {
      let password = getenv(ServiceArguments.passwordVariable).map { String(cString: $0) }
      parsed = try ServiceArguments(commandLine: arguments, password: password)
    } catch {
      complain(error.text)
      return 64
    }
    // A reader that is gone shows as an error of `write`.
    signal(SIGPIPE, SIG_IGN)
    // One loop carries everything that a service does. It must be said before the first use.
    NIOSingletons.groupLoopCountSuggestion = 1
    let commands = CommandReader.start(fileDescriptor: STDIN_FILENO) { _exit(0) }
    let events = EventWriter(fileDescriptor: STDOUT_FILENO) { _exit(0) }
    do throws(ServiceFailure) {
      try await serve(parsed, commands, events)
      return 0
    } catch {
      events.write(.failed(reason: error.reason))
      return 1
    }
  }

  /// One of the process's event loops.
  static var anyLoop: any EventLoop {
    MultiThreadedEventLoopGroup.singleton.any()
  }

  private static func serve(
    _ arguments: ServiceArguments,
    _ commands: AsyncStream<ServiceCommand>,
    _ events: EventWriter
  ) async throws(ServiceFailure) {
    var commands = commands.makeAsyncIterator()
    guard case .scenario(let text) = await commands.next() else {
      throw ServiceFailure(reason: "it was not told its scenario")
    }
    let scenario: Scenario
    do {
      scenario = try ScenarioReader.read(text, file: "the scenario")
    } catch {
      throw ServiceFailure(reason: "\(error)")
    }
    let context = ServiceContext(
      arguments: arguments,
      scenario: scenario,
      loop: anyLoop,
      events: events,
      faults: FaultSwitchboard { events.write(.faultOver($0)) }
    )
    let service = try service(context)
    let server = try await listen(service, context)
    try await service.prepare()
    events.write(.ready(port: server?.port, processIdentifier: Int(getpid())))
    let reporting = startReporting(service, context)
    while let command = await commands.next(), command != .stop {
      service.receive(command)
      if command == .drop { server?.dropConnections() }
    }
    // Whatever hangs, the process ends in time.
    let deadline = DispatchTime.now() + .milliseconds(Limits.stop.milliseconds)
    DispatchQueue.global().asyncAfter(deadline: deadline) { _exit(1) }
    await service.finish()
    reporting.cancel()
    for event in service.report() { events.write(event) }
  }

  private static func service(_ context: ServiceContext) throws(ServiceFailure) -> any Service {
    if context.arguments.service == ServiceArguments.customers {
      return CustomersService(context: context)
    }
    guard let plan = context.plan else {
      throw ServiceFailure(reason: "the scenario has no service '\(context.arguments.service)'")
    }
    guard plan.isEntry else { return WorkerService(context: context, plan: plan) }
    guard let way = context.arguments.way else {
      throw ServiceFailure(reason: "it was not told its way of calling")
    }
    return EntryService(context: context, plan: plan, way: way)
  }

  /// Opens the service's port; the customers have none.
  private static func listen(
    _ service: any Service,
    _ context: ServiceContext
  ) async throws(ServiceFailure) -> HTTPServer? {
    guard context.arguments.service != ServiceArguments.customers else { return nil }
    do {
      return try await HTTPServer.start(group: context.loop) { request in
        await service.answer(request)
      }
    } catch {
      throw ServiceFailure(reason: "it cannot listen on 127.0.0.1: \(error)")
    }
  }

  private static func startReporting(
    _ service: any Service,
    _ context: ServiceContext
  ) -> RepeatedTask {
    let isCustomers = context.arguments.service == ServiceArguments.customers
    let delay = TimeAmount(
      isCustomers ? Limits.customersReportInterval : Limits.reportInterval
    )
    return context.loop.scheduleRepeatedTask(initialDelay: delay, delay: delay) { _ in
      context.events.write(report: service.report())
    }
  }

  private static func complain(_ text: String) {
    let line = Array("sluice lab-service: \(text)\n".utf8)
    // Safe: `write` reads the bytes before it returns.
    // Safe: the pointer is used during the call only.
    _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}

extension Duration {
  /// Whole milliseconds, for the clocks that count in them.
  var milliseconds: Int {
    Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000)
  }
}
