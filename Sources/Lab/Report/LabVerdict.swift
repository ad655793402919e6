package import Telemetry

/// What a run's own numbers say in words.
package enum LabVerdict {
  /// Chooses the lines that hold, and fills in the numbers.
  ///
  /// - Parameters:
  ///   - lesson: Has the lines with their conditions.
  ///   - values: The numbers of the run; those of its phases with the phase's name in front.
  /// - Returns: A line whose condition is about something that was not measured is not said.
  package static func lines(lesson: Lesson, values: [String: Double]) -> [String] {
    lesson.verdict.compactMap { line in
      let isSaid = line.condition.map { LabMeasurements.holds($0, with: values) ?? false } ?? true
      return isSaid ? LabMeasurements.fill(line.text, with: values) : nil
    }
  }
}
