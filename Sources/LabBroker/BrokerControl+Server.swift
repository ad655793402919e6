package import AMQPServer
package import Lab
import Telemetry

extension BrokerControl {
  /// The hand that the lab has on our own broker.
  ///
  /// Neither the lab nor the broker knows the other one; who starts both joins them with this.
  ///
  /// - Parameter server: The broker that is crashed, restarted and limited as the lab wishes.
  package init(server: BrokerServer) {
    self.init { wish in
      let result =
        switch wish {
        case .memoryAlarm(let isOn): await server.perform(.setAlarm(.memory, isOn: isOn))
        case .diskAlarm(let isOn): await server.perform(.setAlarm(.disk, isOn: isOn))
        case .limitQueue(let name, let length):
          await server.perform(
            .limitQueue(virtualHost: "/", name: name, maximumLength: length)
          )
        case .crash: await server.crash()
        case .restart(let away): await server.restart(pause: away)
        }
      return result.mapError { LabRefusal(message: $0.message) }
    }
  }
}
