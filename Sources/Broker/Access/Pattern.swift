/// A regular expression that names are searched for, anywhere in the name, as RabbitMQ does.
///
/// The plain patterns that nearly every installation has cost no search at all.
package struct Pattern {
  /// As it was given.
  package let text: String
  private let matcher: Matcher

  private enum Matcher {
    case everything
    case emptyName
    case search(Regex<AnyRegexOutput>)
  }

  /// A pattern of permissions, where the empty one stands for the empty name alone.
  ///
  /// - Throws: ``OperationRefusal`` with what is wrong with the expression.
  package init(permission text: String) throws(OperationRefusal) {
    self.text = text
    matcher = text.isEmpty ? .emptyName : try Self.matcher(text)
  }

  /// A pattern of policies, where the empty one is found in every name.
  ///
  /// - Throws: ``OperationRefusal`` with what is wrong with the expression.
  package init(policy text: String) throws(OperationRefusal) {
    self.text = text
    matcher = text.isEmpty ? .everything : try Self.matcher(text)
  }

  private init(text: String, matcher: Matcher) {
    self.text = text
    self.matcher = matcher
  }

  /// `.*`, which is found in every name.
  static var everything: Pattern { Pattern(text: ".*", matcher: .everything) }

  private static func matcher(_ text: String) throws(OperationRefusal) -> Matcher {
    // Both are found in every name, since nothing has to come before or after.
    if text == ".*" || text == "^.*" { return .everything }
    do {
      let expression = try Regex(text)
      return .search(
        expression.matchingSemantics(.unicodeScalar).asciiOnlyCharacterClasses()
      )
    } catch {
      throw OperationRefusal("invalid regular expression '\(text)'")
    }
  }

  /// Whether it is found in every name.
  var matchesEverything: Bool {
    if case .everything = matcher { true } else { false }
  }

  /// Whether it is found in a name.
  package func matches(_ name: String) -> Bool {
    switch matcher {
    case .everything: return true
    case .emptyName: return name.isEmpty
    case .search(let expression):
      // An expression that gives up has found nothing.
      return (try? expression.firstMatch(in: name)) != nil
    }
  }
}
