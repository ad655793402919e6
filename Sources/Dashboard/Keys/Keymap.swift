package import Canvas

/// The one table of keys: it drives the keys, the footer, the borders, the help, the palette and
/// the tests.
package struct Keymap: Sendable, Hashable {
  package let bindings: [KeyBinding]
  private let byKey: [KeyBinding.Place: [Key: Int]]
  private let byAction: [Action: Int]

  /// The keys that there are without a config file.
  package static let standard = Keymap(
    moving + showing + looking + acting + actingForGood + leaving
  )

  init(_ bindings: [KeyBinding]) {
    self.bindings = bindings
    var byKey: [KeyBinding.Place: [Key: Int]] = [:]
    for (index, binding) in bindings.enumerated() {
      for place in binding.places {
        for key in binding.keys where byKey[place]?[key] == nil {
          byKey[place, default: [:]][key] = index
        }
      }
    }
    self.byKey = byKey
    byAction = Dictionary(
      bindings.enumerated().map { ($1.action, $0) },
      uniquingKeysWith: { first, _ in first }
    )
  }

  /// Returns what a key does at a place; nil when it does nothing there.
  package func binding(for key: Key, at place: KeyBinding.Place) -> KeyBinding? {
    byKey[place]?[key].map { bindings[$0] }
  }

  /// Returns the row of an action.
  package func binding(of action: Action) -> KeyBinding? {
    byAction[action].map { bindings[$0] }
  }

  /// Two actions that one key would do at the same place.
  package struct Clash: Sendable, Hashable {
    package var key: Key
    package var first: Action
    package var second: Action
  }

  /// Returns the table with other keys for some actions, and what would then be told by one key.
  ///
  /// An action keeps its own keys unless it is named; of two that clash the first stays reachable.
  package func rebinding(_ keys: [Action: [Key]]) -> (keymap: Keymap, clashes: [Clash]) {
    let changed = bindings.map { binding in
      keys[binding.action].map { binding.bound(to: $0) } ?? binding
    }
    var clashes: [Clash] = []
    for (index, later) in changed.enumerated() {
      for earlier in changed[..<index] where !earlier.places.isDisjoint(with: later.places) {
        for key in later.keys where earlier.keys.contains(key) {
          clashes.append(Clash(key: key, first: earlier.action, second: later.action))
        }
      }
    }
    return (Keymap(changed), clashes)
  }
}
