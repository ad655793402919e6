import AMQPServer
import Canvas
import Curses
import Dashboard
import Glibc
import Lab
import Telemetry

/// One frame of the dashboard as text, for a standard output that cannot be drawn on.
@MainActor
enum TextFrame {
  /// How large a frame is when there is no terminal to say so.
  static let paper = Size(columns: 120, rows: 36)
  /// How long the scenario may take to show its first figures.
  static let patience = Duration.seconds(4)
  /// How often is looked whether it has.
  static let interval = Duration.milliseconds(50)
  /// Runs so long before the frame is taken, so that rates have two snapshots to stand on.
  static let running = Duration.milliseconds(1500)

  /// Runs the broker and the scenario for a moment and prints what the dashboard would show.
  static func show(_ plan: DashboardPlan) async -> ExitStatus {
    let backstage: Backstage
    do {
      backstage = try await Backstage.open(plan)
    } catch {
      return Announcement.complain(error, definitions: plan.definitionsFile)
    }
    let stage = LiveStage(plan, backstage)
    var model = Model(size: Terminal.windowSize() ?? paper, options: plan.viewOptions)
    // There is one look at it, and it is not told of news.
    stage.begin(hasNews: {}, tell: { _ in })
    do {
      try await stage.start()
    } catch {
      Announcement.complain(error.description)
      await backstage.stopServer()
      return .failure
    }
    await watch(stage, &model)
    Announcement.say(String(textFrame(model).dropLast()))
    return await stage.end(isWatched: false)
  }

  /// Asks a broker elsewhere until there are rates, and prints what the dashboard would show.
  static func show(_ plan: AttachPlan, _ stage: AttachStage) async -> ExitStatus {
    var model = Model(size: Terminal.windowSize() ?? paper, options: plan.screen.viewOptions)
    let isKnown = await watch(stage, &model, stepSeconds: plan.stepSeconds)
    Announcement.say(String(textFrame(model).dropLast()))
    return isKnown ? .success : .failure
  }

  /// Feeds the model until there are rates, and ends the stage.
  ///
  /// - Parameters:
  ///   - stage: Not begun yet.
  ///   - model: Of a broker elsewhere.
  ///   - stepSeconds: How often the broker is asked.
  /// - Returns: Whether anything is known.
  static func watch(
    _ stage: AttachStage,
    _ model: inout Model,
    stepSeconds: Double
  ) async -> Bool {
    stage.begin(hasNews: {}, tell: { _ in })
    do {
      try await stage.start()
    } catch {
      Announcement.complain(error.description)
    }
    let clock = ContinuousClock()
    // Rates need two snapshots, and the broker may need its time for each.
    let deadline = clock.now + .seconds(2 * stepSeconds + 5)
    var snapshots = 0
    var wantsLab = model.options.hasLab
    while snapshots < 2 || wantsLab, clock.now < deadline {
      for message in stage.take() {
        if case .snapshot = message { snapshots += 1 }
        if case .lab(let lab) = message, lab.state != .starting { wantsLab = false }
        for effect in update(&model, message) { _ = await stage.perform(effect) }
      }
      _ = update(&model, stage.time)
      // It ends early only when the program is being ended, and then so does the loop.
      guard (try? await Task.sleep(for: interval)) != nil else { break }
    }
    _ = await stage.end(isWatched: false)
    return snapshots > 0
  }

  /// Prints what the dashboard would show at the end of a recording.
  static func showEnd(of plan: ScreenPlan) -> ExitStatus {
    var model = Model(
      size: Terminal.windowSize() ?? paper,
      options: plan.viewOptions,
      recording: plan.recording
    )
    model.goToEnd()
    Announcement.say(String(textFrame(model).dropLast()))
    return .success
  }

  /// Feeds the model until the scenario has run for a moment, or patience ends.
  private static func watch(_ stage: LiveStage, _ model: inout Model) async {
    let clock = ContinuousClock()
    let deadline = clock.now + patience
    var runningSince: ContinuousClock.Instant?
    while clock.now < deadline {
      for message in stage.take() {
        if case .lab(let lab) = message, lab.state == .running, runningSince == nil {
          runningSince = clock.now
        }
        _ = update(&model, message)
      }
      _ = update(&model, stage.time)
      if let runningSince, clock.now - runningSince > running { return }
      // It ends early only when the program is being ended, and then so does the loop.
      guard (try? await Task.sleep(for: interval)) != nil else { return }
    }
  }
}
