"""Layers as Terraform's AWS provider makes, reads, replaces and destroys them."""

import json
import os
import subprocess

import pytest

import terraform_provider
from mayfly import PYTHON_RUNTIME, REGION, ROLE, package

CONFIGURATION = """
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region                      = "%(region)s"
  access_key                  = "%(access_key)s"
  secret_key                  = "%(secret_key)s"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
  endpoints { lambda = "%(url)s" }
}

variable "layer" {}

resource "aws_lambda_layer_version" "shared" {
  layer_name               = "%(name)s"
  description              = "shared by tests"
  filename                 = var.layer
  source_code_hash         = filebase64sha256(var.layer)
  compatible_runtimes      = ["%(runtime)s"]
  compatible_architectures = ["x86_64"]
  license_info             = "MIT"
}

resource "aws_lambda_layer_version_permission" "everyone" {
  layer_name     = aws_lambda_layer_version.shared.layer_arn
  version_number = aws_lambda_layer_version.shared.version
  statement_id   = "everyone"
  action         = "lambda:GetLayerVersion"
  principal      = "*"
}

resource "aws_lambda_function" "user" {
  function_name    = "%(name)s"
  role             = "%(role)s"
  runtime          = "%(runtime)s"
  handler          = "index.handler"
  filename         = "code.zip"
  source_code_hash = filebase64sha256("code.zip")
  layers           = [aws_lambda_layer_version.shared.arn]
}

output "layer" { value = aws_lambda_layer_version.shared.arn }
output "size" { value = aws_lambda_layer_version.shared.source_code_size }
"""

HANDLER = "import shared\ndef handler(event, context):\n    return shared.WHO\n"


@pytest.fixture
def terraform(server, tmp_path, name):
    """Runs terraform on the configuration; gives its exit status and what it printed."""
    values = {
        "region": REGION,
        "access_key": server.access_key,
        "secret_key": server.secret_key,
        "url": server.url,
        "name": name,
        "runtime": PYTHON_RUNTIME,
        "role": ROLE,
    }
    (tmp_path / "main.tf").write_text(CONFIGURATION % values)
    (tmp_path / "code.zip").write_bytes(package({"index.py": HANDLER}))
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "TF_"))}

    def run(*arguments):
        ended = subprocess.run(
            ["terraform", *arguments, "-no-color"],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert ended.returncode in (0, 2), ended.stdout + ended.stderr
        return ended.returncode, ended.stdout

    run("init", f"-plugin-dir={terraform_provider.folder()}")
    return run


def layer(tmp_path, who):
    path = tmp_path / f"{who}.zip"
    path.write_bytes(package({"python/shared.py": f"WHO = {who!r}\n"}))
    return f"-var=layer={path}"


def outputs(terraform):
    return {key: output["value"] for key, output in json.loads(terraform("output", "-json")[1]).items()}


def test_layers_are_applied_planned_empty_replaced_and_destroyed(terraform, lambda_client, tmp_path, name):
    def invoke():
        return json.load(lambda_client.invoke(FunctionName=name)["Payload"])

    first, second = layer(tmp_path, "first"), layer(tmp_path, "second")
    terraform("apply", "-auto-approve", "-input=false", first)
    assert outputs(terraform)["layer"].endswith(f":layer:{name}:1")
    assert outputs(terraform)["size"] == (tmp_path / "first.zip").stat().st_size
    assert invoke() == "first"
    assert terraform("plan", "-detailed-exitcode", "-input=false", first)[0] == 0
    terraform("apply", "-auto-approve", "-input=false", second)
    assert outputs(terraform)["layer"].endswith(f":layer:{name}:2")
    assert invoke() == "second"
    assert terraform("plan", "-detailed-exitcode", "-input=false", second)[0] == 0
    terraform("destroy", "-auto-approve", "-input=false", second)
    assert lambda_client.list_layer_versions(LayerName=name)["LayerVersions"] == []
