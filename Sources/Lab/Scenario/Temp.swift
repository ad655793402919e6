import Telemetry
struct ScenarioProblem: Error {}
enum ScenarioReader { static func read(_ text: String, file: String) throws(ScenarioProblem) -> Scenario { throw ScenarioProblem() } }
enum ScenarioCatalog { static let names = ["payment"]; static func shipped(named: String) -> Scenario? { nil } }
extension ArrivalSchedule { mutating func setShape(_ shape: LoadShape, at: Instant) {} }
