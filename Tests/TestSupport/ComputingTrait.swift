import Dispatch
package import Testing

/// A suite that computes for seconds without a pause: frames of every size, thousands of routings.
///
/// Its tests take turns on a thread of their own. On the pool of tasks, which has as many threads as
/// the machine has cores, they would keep every other test waiting that has a deadline.
package struct ComputingTrait: SuiteTrait, TestTrait, TestScoping {
  package var isRecursive: Bool { true }

  /// Runs a test on the thread for computing.
  ///
  /// - Parameters:
  ///   - test: Which test it is.
  ///   - testCase: Which of its cases; nil for a suite or for all cases of a test.
  ///   - function: What runs the test.
  /// - Throws: Whatever the test throws.
  @concurrent
  package func provideScope(
    for test: Test,
    testCase: Test.Case?,
    performing function: @concurrent @Sendable () async throws -> Void
  ) async throws {
    guard testCase != nil else { return try await function() }
    try await withTaskExecutorPreference(ComputingThread.shared) { try await function() }
  }
}

extension Trait where Self == ComputingTrait {
  /// It computes for long, and so takes turns with others that do on a thread of their own.
  package static var computing: ComputingTrait { ComputingTrait() }
}

/// One thread after another job; never two at once.
private final class ComputingThread: TaskExecutor {
  static let shared = ComputingThread()

  // Deadlines are kept by others: what only computes can wait.
  private let queue = DispatchQueue(label: "sluice.tests.computing", qos: .utility)

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let executor = asUnownedTaskExecutor()
    queue.async { job.runSynchronously(on: executor) }
  }
}
