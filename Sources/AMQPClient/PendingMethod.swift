import AMQP

/// A synchronous method, who waits for it, and what its answer does.
struct PendingMethod {
  let method: Method
  /// Whether nobody waits any more; one that was not sent yet is then forgotten.
  let isAbandoned: () -> Bool
  /// Looks at an answer; false when it is not one to this method.
  let answered: (Method) -> Bool
  let failed: (ClientError) -> Void
}

extension PendingMethod {
  /// A method with one kind of answer.
  init<Answer: MethodArguments>(_ method: Method, answer: Answer.Type, waiter: Waiter<Answer>) {
    self.init(
      method: method,
      isAbandoned: { waiter.isSettled },
      answered: { method in
        guard let arguments = method.arguments as? Answer else { return false }
        waiter.settle(.success(arguments))
        return true
      },
      failed: { waiter.settle(.failure($0)) }
    )
  }
}
