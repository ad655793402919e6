/// A condition did not come true in time.
package struct DeadlineMissed: Error, CustomStringConvertible {
  /// What was waited for, and what was seen instead.
  package let description: String

  package init(description: String) {
    self.description = description
  }
}

/// Waits until a condition holds, asking again every few milliseconds.
///
/// - Parameters:
///   - what: Named in the error.
///   - deadline: How long to ask at most.
///   - interval: The pause between two questions.
///   - seen: What the error shows of the state that was found instead.
///   - condition: Asked once at least.
/// - Throws: ``DeadlineMissed``, and whatever the condition throws.
package func wait(
  for what: String,
  deadline: Duration = .seconds(10),
  interval: Duration = .milliseconds(5),
  seen: () -> String = { "" },
  until condition: () async throws -> Bool
) async throws {
  let end = ContinuousClock.now + deadline
  while try await !condition() {
    guard ContinuousClock.now < end else {
      throw DeadlineMissed(description: "no \(what) within \(deadline)\n\(seen())")
    }
    try await Task.sleep(for: interval)
  }
}
