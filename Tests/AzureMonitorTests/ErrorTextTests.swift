import MetricModel
import Testing

@testable import AzureMonitor

@Suite struct ErrorTextTests {
    @Test("what to do stands before the ids, which are for Azure's support; an id is said once")
    func order() {
        let error = AzureError(
            .notFound, host: "azure", resource: ResourceID("/r"), status: 404, serviceCode: "Gone", message: "No.",
            remedy: "Look.", requestIDs: .init(client: "c", service: "s", correlation: "s"))
        #expect(
            error.description
                == "No. [azure, /r, HTTP 404 Gone] Nothing is lost: Azure keeps these values until they are asked for "
                + "again. Look. (request id s, client request id c)")
        #expect(error.explanation == "No. [azure, /r, HTTP 404 Gone] Look. (request id s, client request id c)")
    }
}
