/// Why a scenario could not be started or a wish could not be granted.
package struct LabError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What kind of failure it is.
  package enum Code: Sendable, Hashable, CaseIterable {
    case unknownScenario
    case badConfiguration
    /// The scenario's file has a mistake; the message names the line.
    case badScenario
  }

  package var code: Code
  /// One line for a person, with the mend where there is one.
  package var message: String

  package var description: String { message }
}

/// Why the lab did not do what a person asked for; the rest goes on.
package struct LabRefusal: Error, Sendable, Hashable, CustomStringConvertible {
  /// One sentence for a person.
  package var message: String

  package var description: String { message }

  /// - Parameter message: One sentence for a person.
  package init(message: String) {
    self.message = message
  }
}
