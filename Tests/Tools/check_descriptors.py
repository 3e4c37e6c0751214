"""Compares Proto/ with the official OTLP descriptors of PyPI's opentelemetry-proto.

Every message, enum, field number, type, label and oneof of ours must be there and be the same: what we write is then
what everybody reads. What the official schema has besides is counted, not demanded.

google.rpc.Status is not part of that package; its three facts are written down here.

Usage: check_descriptors.py PROTO_FOLDER
"""

import pathlib
import subprocess
import sys
import tempfile

from google.protobuf import descriptor_pb2, descriptor_pool
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2  # noqa: F401  (fills the default pool)

FIELD = descriptor_pb2.FieldDescriptorProto
STATUS = {
    "code": (1, FIELD.TYPE_INT32, FIELD.LABEL_OPTIONAL, "", None),
    "message": (2, FIELD.TYPE_STRING, FIELD.LABEL_OPTIONAL, "", None),
}


def descriptor_set(folder):
    schemas = sorted(str(path.relative_to(folder)) for path in folder.rglob("*.proto"))
    with tempfile.NamedTemporaryFile() as output:
        command = ["protoc-c", f"--descriptor_set_out={output.name}", "-I", ".", "-I", "/usr/include", *schemas]
        try:
            subprocess.run(command, cwd=folder, check=True)
        except (FileNotFoundError, subprocess.CalledProcessError) as error:
            print(f"protoc-c cannot read the schema ({error}); if something is missing, run: make deps-test")
            sys.exit(2)
        return descriptor_pb2.FileDescriptorSet.FromString(pathlib.Path(output.name).read_bytes())


def fields(message):
    """Name -> what the wire depends on."""
    return {
        field.name: (
            field.number,
            field.type,
            field.label,
            field.type_name,
            message.oneof_decl[field.oneof_index].name if field.HasField("oneof_index") else None,
        )
        for field in message.field
    }


def official(name, kind):
    pool = descriptor_pool.Default()
    descriptor = pool.FindMessageTypeByName(name) if kind == "message" else pool.FindEnumTypeByName(name)
    proto = descriptor_pb2.DescriptorProto() if kind == "message" else descriptor_pb2.EnumDescriptorProto()
    descriptor.CopyToProto(proto)
    return proto


def check(folder):
    problems, compared = [], 0
    for file in descriptor_set(folder).file:
        for message in file.message_type:
            name = f"{file.package}.{message.name}"
            theirs = STATUS if name == "google.rpc.Status" else fields(official(name, "message"))
            for field, ours in fields(message).items():
                compared += 1
                if theirs.get(field) != ours:
                    problems.append(f"{name}.{field}: ours {ours}, official {theirs.get(field)}")
        for enum in file.enum_type:
            name = f"{file.package}.{enum.name}"
            ours = {value.name: value.number for value in enum.value}
            theirs = {value.name: value.number for value in official(name, "enum").value}
            compared += len(ours)
            problems += [f"{name}.{key}: ours {ours[key]}, official {theirs.get(key)}"
                         for key in ours if theirs.get(key) != ours[key]]
    return problems, compared


if __name__ == "__main__":
    found, count = check(pathlib.Path(sys.argv[1]))
    print("\n".join(found) if found else f"{count} fields and values agree")
    sys.exit(1 if found else 0)
