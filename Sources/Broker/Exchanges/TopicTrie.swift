/// The bindings of a topic exchange as a trie of words.
///
/// A binding key is words between dots; `*` stands for exactly one word, `#` for none or more
/// (AMQP 0-9-1 section 3.1.3.3). An empty key has no words, as in RabbitMQ.
///
/// - Complexity: insert and remove are linear in the words of the key. A match visits every node
///   that can still match: with `#` in several bindings that is at most the product of the words
///   and the nodes, since a (node, position) pair is visited once and leads to four others at most.
final class TopicTrie {
  private var root = Node()
  /// Nodes looked at since it was made, so that a test can say what a step costs.
  private(set) var steps = 0

  private final class Node {
    var children: [ArraySlice<UInt8>: Node] = [:]
    var anyWord: Node?
    var anyWords: Node?
    var bindings: Set<Binding> = []
    /// Whether it stands for a `#`, which may take one word more.
    let isAnyWords: Bool

    init(isAnyWords: Bool = false) {
      self.isAnyWords = isAnyWords
    }

    var isEmpty: Bool {
      bindings.isEmpty && children.isEmpty && anyWord == nil && anyWords == nil
    }
  }

  private static let dot = UInt8(ascii: ".")
  private static let star: ArraySlice<UInt8> = [UInt8(ascii: "*")]
  private static let hash: ArraySlice<UInt8> = [UInt8(ascii: "#")]

  private static func words(_ key: [UInt8]) -> [ArraySlice<UInt8>] {
    key.isEmpty ? [] : key.split(separator: dot, omittingEmptySubsequences: false)
  }

  func insert(_ binding: Binding) {
    var node = root
    for word in Self.words(binding.key.bytes) {
      steps += 1
      let child = next(of: node, at: word) ?? Node(isAnyWords: word == Self.hash)
      set(child, of: node, at: word)
      node = child
    }
    node.bindings.insert(binding)
  }

  func remove(_ binding: Binding) {
    let words = Self.words(binding.key.bytes)
    var path = [root]
    for word in words {
      steps += 1
      guard let last = path.last, let child = next(of: last, at: word) else { return }
      path.append(child)
    }
    path.last?.bindings.remove(binding)
    for depth in stride(from: words.count, to: 0, by: -1) where path[depth].isEmpty {
      set(nil, of: path[depth - 1], at: words[depth - 1])
    }
  }

  private func next(of node: Node, at word: ArraySlice<UInt8>) -> Node? {
    if word == Self.star { return node.anyWord }
    if word == Self.hash { return node.anyWords }
    return node.children[word]
  }

  private func set(_ child: Node?, of node: Node, at word: ArraySlice<UInt8>) {
    if word == Self.star {
      node.anyWord = child
    } else if word == Self.hash {
      node.anyWords = child
    } else {
      node.children[word] = child
    }
  }

  /// Calls `body` for every binding that matches the routing key, some more than once.
  func forEachMatch(of key: Name, _ body: (Binding) -> Void) {
    let words = Self.words(key.bytes)
    var visited: Set<Visit> = []
    var pending: [(node: Node, position: Int)] = [(root, 0)]
    while let (node, position) = pending.popLast() {
      guard visited.insert(Visit(node: ObjectIdentifier(node), position: position)).inserted else {
        continue
      }
      steps += 1
      if position == words.count { node.bindings.forEach(body) }
      if let rest = node.anyWords { pending.append((rest, position)) }
      guard position < words.count else { continue }
      if node.isAnyWords { pending.append((node, position + 1)) }
      if let child = node.anyWord { pending.append((child, position + 1)) }
      if let child = node.children[words[position]] { pending.append((child, position + 1)) }
    }
  }

  private struct Visit: Hashable {
    let node: ObjectIdentifier
    let position: Int
  }
}
