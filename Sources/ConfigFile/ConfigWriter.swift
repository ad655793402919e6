package import Dashboard

/// Remembers what a person chooses in their config file, in the background: the newest wish wins.
package final class ConfigWriter: Sendable {
  private let wishes: AsyncStream<Settings>.Continuation
  private let work: Task<Void, Never>

  /// Prepares to write; the file is touched only when there is something to remember.
  ///
  /// - Parameters:
  ///   - path: The file, which need not be there.
  ///   - known: What was read from it.
  ///   - complain: Told in one line why something is not remembered, once for each reason in a row.
  package init(
    path: String,
    known: Settings,
    complain: @escaping @Sendable (String) async -> Void
  ) {
    let (stream, wishes) = AsyncStream.makeStream(
      of: Settings.self,
      bufferingPolicy: .bufferingNewest(1)
    )
    self.wishes = wishes
    // Detached, because whoever makes it may be on the main actor, and a disk can be slow.
    work = Task.detached {
      var known = known
      var lastComplaint: String?
      for await wish in stream {
        do throws(ConfigError) {
          try Self.write(wish, insteadOf: known, to: path)
          known = wish
          lastComplaint = nil
        } catch {
          let complaint = "not remembered: \(error.description)"
          if complaint != lastComplaint { await complain(complaint) }
          lastComplaint = complaint
        }
      }
    }
  }

  /// Asks for choices to be remembered; it returns at once.
  package func remember(_ settings: Settings) {
    wishes.yield(settings)
  }

  /// Waits until all is written; nothing is remembered afterwards.
  package func finish() async {
    wishes.finish()
    await work.value
  }

  private static func write(
    _ settings: Settings,
    insteadOf known: Settings,
    to path: String
  ) throws(ConfigError) {
    let old = try ConfigStorage.text(of: path) ?? ""
    let new = try Configuration.remembering(settings, insteadOf: known, in: old, file: path)
    if new != old { try ConfigStorage.write(new, to: path) }
  }
}
