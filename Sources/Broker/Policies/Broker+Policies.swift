import AMQP
import Telemetry

/// Operations on policies, and their way to queues and exchanges.
extension Broker {
  /// Adds a policy or changes one, and applies it at once.
  package func putPolicy(
    _ policy: Policy,
    kind: Policy.Kind = .user,
    in hostName: String
  ) -> Result<Void, OperationRefusal> {
    findHost(hostName).map { host in
      switch kind {
      case .user: host.policies.put(policy)
      case .operator: host.operatorPolicies.put(policy)
      }
      policiesChanged(in: host)
      record(.information, "\(kind.label) '\(policy.name)' in vhost '\(hostName)' set")
    }
  }

  /// Deletes a policy, and takes what it said from queues and exchanges.
  package func deletePolicy(
    _ name: String,
    kind: Policy.Kind = .user,
    in hostName: String
  ) -> Result<Void, OperationRefusal> {
    findHost(hostName).flatMap { host in
      let isRemoved =
        switch kind {
        case .user: host.policies.remove(name)
        case .operator: host.operatorPolicies.remove(name)
        }
      guard isRemoved else {
        return .failure(
          OperationRefusal("there is no \(kind.label) '\(name)' in vhost '\(hostName)'")
        )
      }
      policiesChanged(in: host)
      record(.information, "\(kind.label) '\(name)' in vhost '\(hostName)' deleted")
      return .success(())
    }
  }

  private func policiesChanged(in host: VirtualHost) {
    noteDurable(.management)
    for exchange in host.exchanges.values.sorted(by: { $0.name < $1.name }) {
      applyPolicies(to: exchange)
    }
    for queue in host.queues.values.sorted(by: { $0.number < $1.number }) {
      applyPolicies(to: queue)
    }
  }

  /// Chooses the policies of a queue anew; called when it is declared and when policies change.
  func applyPolicies(to queue: Queue) {
    let applied = AppliedPolicy(in: queue.host) { $0.applies(to: queue) }
    guard applied != queue.policy else { return }
    queue.policy = applied
    policyChanged(of: queue)
  }

  /// Chooses the policies of an exchange anew; called when it is declared and when policies change.
  func applyPolicies(to exchange: Exchange) {
    let applied = AppliedPolicy(in: exchange.host) { $0.applies(to: exchange) }
    guard applied != exchange.policy else { return }
    exchange.policy = applied
    policyChanged(of: exchange)
  }
}

extension AppliedPolicy {
  /// The first policy and the first operator policy of a virtual host that apply.
  fileprivate init(in host: VirtualHost, where applies: (Policy) -> Bool) {
    let policy = host.policies.policies.first(where: applies)
    let operatorPolicy = host.operatorPolicies.policies.first(where: applies)
    self.init()
    policyName = policy?.name
    operatorPolicyName = operatorPolicy?.name
    definition = policy?.definition ?? [:]
    operatorDefinition = operatorPolicy?.definition ?? [:]
  }
}

extension Policy.Kind {
  fileprivate var label: String {
    switch self {
    case .user: "policy"
    case .operator: "operator policy"
    }
  }
}
