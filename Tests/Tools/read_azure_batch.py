"""Reads many resources at once with Microsoft's own clients, azure-monitor-querymetrics and azure-mgmt-resourcegraph, and
prints what they found.

One JSON object a line: {"kind": "row" | "value" | "error", …}. The identity comes from AZURE_TENANT_ID, AZURE_CLIENT_ID and
AZURE_CLIENT_SECRET, trust from REQUESTS_CA_BUNDLE.

usage: read_azure_batch.py BASE REGION TYPE START END
"""

import datetime
import json
import os
import sys

from azure.core.exceptions import HttpResponseError
from azure.identity import ClientSecretCredential
from azure.mgmt.resourcegraph import ResourceGraphClient
from azure.mgmt.resourcegraph.models import QueryRequest, QueryRequestOptions
from azure.monitor.querymetrics import MetricsClient


def show(kind, **facts):
    print(json.dumps({"kind": kind, **facts}), flush=True)


def find(graph, kind):
    """All resources of the type, two a page."""
    query = f"resources | where type =~ '{kind}' | project id, type, location | order by id asc"
    token = None
    while True:
        options = QueryRequestOptions(result_format="objectArray", top=2, skip_token=token)
        answer = graph.resources(QueryRequest(query=query, options=options))
        for row in answer.data:
            show("row", id=row["id"], type=row["type"], region=row["location"], total=answer.total_records)
            yield row
        token = answer.skip_token
        if not token:
            return


def show_values(metrics, ids, kind, start, end):
    for names, dimensions in [(["IncomingMessages", "ActiveMessages"], None), (["Size"], "EntityName eq '*'")]:
        answers = metrics.query_resources(
            resource_ids=ids,
            metric_namespace=kind,
            metric_names=names,
            timespan=(start, end),
            granularity=datetime.timedelta(minutes=5),
            aggregations=["Average"] if dimensions else None,
            filter=dimensions,
            max_results=100 if dimensions else None,
        )
        for answer in answers:
            for metric in answer.metrics:
                for series in metric.timeseries:
                    for point in series.data:
                        for aggregation in ["average", "total"]:
                            value = getattr(point, aggregation)
                            if value is not None:
                                show(
                                    "value",
                                    id=metric.id.lower().split("/providers/microsoft.insights/")[0],
                                    region=answer.resource_region,
                                    metric=metric.name,
                                    dimensions=series.metadata_values,
                                    aggregation=aggregation,
                                    time=int(point.timestamp.timestamp()),
                                    value=value,
                                )


def show_errors(graph, client, base, region, ids, kind):
    metrics = client(f"{base}/{region}.metrics", base + "/metrics")
    mistakes = [
        ("metric", lambda: ask(metrics, ids, kind, "Nothing")),
        ("host", lambda: ask(client(base + "/eastus.metrics", base + "/metrics"), ids, kind, "Size")),
        ("token", lambda: ask(client(f"{base}/{region}.metrics", base + "/management"), ids, kind, "Size")),
        ("query", lambda: graph.resources(QueryRequest(query="resources | frobnicate"))),
    ]
    for name, mistake in mistakes:
        try:
            mistake()
        except HttpResponseError as error:
            show("error", of=name, status=error.status_code, text=str(error))


def ask(metrics, ids, kind, name):
    metrics.query_resources(resource_ids=ids, metric_namespace=kind, metric_names=[name])


def main():
    base, region, kind = sys.argv[1:4]
    start, end = [datetime.datetime.fromisoformat(each) for each in sys.argv[4:6]]
    credential = ClientSecretCredential(
        os.environ["AZURE_TENANT_ID"],
        os.environ["AZURE_CLIENT_ID"],
        os.environ["AZURE_CLIENT_SECRET"],
        authority=base + "/login",
        disable_instance_discovery=True,
    )
    # No retries: a fault should show, not be waited out.
    graph = ResourceGraphClient(
        credential, base + "/management", credential_scopes=[base + "/management/.default"], retry_total=0
    )

    def client(endpoint, audience):
        return MetricsClient(endpoint, credential, audience=audience, retry_total=0)

    ids = [row["id"] for row in find(graph, kind) if row["location"] == region]
    show_values(client(f"{base}/{region}.metrics", base + "/metrics"), ids, kind, start, end)
    show_errors(graph, client, base, region, ids, kind)


main()
