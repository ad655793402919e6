package import AMQP

/// What the policies of a virtual host say about one queue or exchange (RabbitMQ, "Policies").
///
/// The policy and the operator policy that match it best are chosen when it is declared and again
/// when policies change; here are their definitions.
package struct AppliedPolicy: Sendable, Hashable {
  /// Names of the policies, nil when none matches.
  package var policyName: String?
  package var operatorPolicyName: String?
  /// Keys without the `x-` of arguments, as in `{"message-ttl": 1000}`.
  package var definition: FieldTable = [:]
  package var operatorDefinition: FieldTable = [:]

  package init() {}

  /// The number that counts: the least of the argument's, the policy's and the operator's.
  func least(_ key: String, _ argument: FieldValue?) -> Int64? {
    [argument, definition[key], operatorDefinition[key]].compactMap { $0?.integer }.min()
  }

  /// The text that counts: the operator's before the argument's before the policy's.
  func text(_ key: String, _ argument: FieldValue?) -> String? {
    operatorDefinition[key]?.text ?? argument?.text ?? definition[key]?.text
  }
}

extension Broker {
  /// A queue's applied policy, or its limit by hand, is another one now.
  func policyChanged(of queue: Queue) {
    let before = queue.settings.messageLifetime
    queue.settings = QueueSettings(
      arguments: queue.arguments,
      policy: queue.policy,
      limit: queue.limitByHand
    )
    if before != queue.settings.messageLifetime, !queue.ready.isEmpty {
      queue.earlierLifetimes.append((queue.lastPlace, before))
    }
    queue.needsCare = queue.mayExpire || !queue.settings.isPlain
    tidy(queue)
    armUnusedTimer(of: queue)
  }

  /// An exchange's applied policy is another one now.
  func policyChanged(of exchange: Exchange) {
    topologyChanged()
  }
}
