// The OTLP messages of Proto/, as protobuf-c lays them out. Everything but this file and the module map is generated.
#pragma once
#include "google/rpc/status.pb-c.h"
#include "opentelemetry/proto/collector/metrics/v1/metrics_service.pb-c.h"
