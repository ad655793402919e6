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
    let context = ServiceContext(
      arguments: parsed,
      loop: anyLoop,
      events: EventWriter(fileDescriptor: STDOUT_FILENO) { _exit(0) }
    )
    let commands = CommandReader.start(fileDescriptor: STDIN_FILENO) { _exit(0) }
    do {
      try await serve(context, commands)
      return 0
    } catch {
      context.events.write(.failed(reason: error.reason))
      return 1
    }
  }

  /// One of the process's event loops.
  static var anyLoop: any EventLoop {
    MultiThreadedEventLoopGroup.singleton.any()
  }

  private static func serve(
    _ context: ServiceContext,
    _ commands: AsyncStream<ServiceCommand>
  ) async throws(ServiceFailure) {
    let service: any Service =
      switch context.arguments.role {
      case .customers: CustomersService(context: context)
      case .payment: PaymentService(context: context)
      case .user, .status, .trade, .notification, .points: StepService(context: context)
      }
    let port = try await listen(service, context)
    try await service.prepare()
    context.events.write(.ready(port: port, processIdentifier: Int(getpid())))
    let reporting = startReporting(service, context)
    for await command in commands {
      guard command != .stop else { break }
      service.receive(command)
    }
    // Whatever hangs, the process ends in time.
    let deadline = DispatchTime.now() + .milliseconds(Limits.stop.milliseconds)
    DispatchQueue.global().asyncAfter(deadline: deadline) { _exit(1) }
    await service.finish()
    reporting.cancel()
    context.events.write(service.report())
  }

  /// Opens the service's port; the customers have none.
  private static func listen(
    _ service: any Service,
    _ context: ServiceContext
  ) async throws(ServiceFailure) -> Int? {
    guard context.arguments.role != .customers else { return nil }
    do {
      let server = try await HTTPServer.start(group: context.loop) { request in
        await service.answer(request)
      }
      return server.port
    } catch {
      throw ServiceFailure(reason: "it cannot listen on 127.0.0.1: \(error)")
    }
  }

  private static func startReporting(
    _ service: any Service,
    _ context: ServiceContext
  ) -> RepeatedTask {
    let interval =
      switch context.arguments.role {
      case .customers: Limits.customersReportInterval
      case .payment, .user, .status, .trade, .notification, .points: Limits.reportInterval
      }
    let delay = TimeAmount(interval)
    return context.loop.scheduleRepeatedTask(initialDelay: delay, delay: delay) { _ in
      context.events.writeIfThereIsRoom(service.report())
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
