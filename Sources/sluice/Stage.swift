import Dashboard
import JSONText
import Lab

/// What a dashboard is about: a broker that runs here, or a recording of one.
///
/// - Isolation: the main actor.
@MainActor
protocol Stage: AnyObject {
  /// Begins.
  ///
  /// - Parameters:
  ///   - hasNews: Called when there is something to ``take()``.
  ///   - tell: Given what is to be told apart from that.
  func begin(
    hasNews: @escaping @MainActor () -> Void,
    tell: @escaping @MainActor (Message) -> Void
  )

  /// Starts what takes its time, when the first picture stands.
  func start() async throws(LabError)

  /// Lets programs ask and act over HTTP, when the first picture stands; a recording has nothing to
  /// manage.
  ///
  /// - Parameter findings: What the diagnosis finds now.
  func openManagement(findings: @escaping @MainActor @Sendable () -> JSON) async

  /// Takes what has happened since the last time.
  func take() -> [Message]

  /// What time it is there.
  var time: Message { get }

  /// Does what the dashboard wants of it.
  ///
  /// - Returns: What to tell the dashboard; nil for effects that are not ours, or need no answer.
  func perform(_ effect: Effect) async -> Message?

  /// Whether a process is being made, which must not be stopped in that moment.
  var isStartingProcess: Bool { get }

  /// Ends it, when the terminal was given back.
  ///
  /// - Parameter isWatched: Whether somebody can read what is printed.
  /// - Returns: How the program ends.
  func end(isWatched: Bool) async -> ExitStatus
}

extension Stage {
  func openManagement(findings: @escaping @MainActor @Sendable () -> JSON) async {}
}
