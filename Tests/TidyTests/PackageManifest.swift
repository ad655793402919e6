import Foundation

/// The targets of Package.swift, read from its text.
///
/// `swift package dump-package` would be exact, but it cannot run inside `swift test`, which holds
/// the lock of the build folder.
struct PackageManifest {
  struct Target: Hashable {
    var name: String
    /// Own targets and modules of other packages, in the order written.
    var dependencies: [String]
    /// Whether its folder lies elsewhere than in `Sources`.
    var isTest: Bool
  }

  var targets: [Target]

  init(text: String) {
    let code = text.split(separator: "\n").filter { line in
      !line.drop { $0 == " " }.hasPrefix("//")
    }
    .joined(separator: "\n")
    targets = Self.calls(in: code).map { call in
      Target(
        name: Self.quoted(after: "name:", in: call.arguments).first ?? "",
        dependencies: Self.dependencies(in: call.arguments),
        isTest: call.name == ".testTarget" || call.arguments.contains("path: \"Tests/")
      )
    }
  }

  private struct Call {
    var name: String
    var arguments: String
  }

  /// The calls that declare a target, with the text between their parentheses.
  private static func calls(in code: String) -> [Call] {
    var found: [Call] = []
    for name in [".target", ".executableTarget", ".testTarget", ".systemLibrary"] {
      var rest = code[...]
      while let start = rest.range(of: name + "(") {
        let arguments = balanced(rest[start.upperBound...])
        found.append(Call(name: name, arguments: String(arguments)))
        rest = rest[arguments.endIndex...]
      }
    }
    // `.target(name:)` may also name a dependency; those carry no further arguments and are
    // found inside another call's dependencies, so their names are targets anyway.
    return found
  }

  private static func balanced(_ text: Substring) -> Substring {
    var depth = 1
    for index in text.indices {
      if text[index] == "(" { depth += 1 }
      if text[index] == ")" { depth -= 1 }
      if depth == 0 { return text[..<index] }
    }
    return text
  }

  private static func dependencies(in arguments: String) -> [String] {
    guard let list = arguments.range(of: "dependencies: [") else { return [] }
    let text = arguments[list.upperBound...]
    let end = text.firstIndex(of: "]") ?? text.endIndex
    var found: [String] = []
    var isPackageName = false
    for (index, part) in text[..<end].split(separator: "\"", omittingEmptySubsequences: false)
      .enumerated()
    {
      if index.isMultiple(of: 2) {
        isPackageName = part.contains("package:")
      } else if !isPackageName {
        found.append(String(part))
      }
    }
    return found
  }

  private static func quoted(after label: String, in text: String) -> [String] {
    guard let start = text.range(of: label) else { return [] }
    return text[start.upperBound...].split(separator: "\"", omittingEmptySubsequences: false)
      .enumerated().filter { !$0.offset.isMultiple(of: 2) }.map { String($0.element) }
  }
}
