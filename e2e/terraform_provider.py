"""Where Terraform's AWS provider is. It is 150 MB and has no package, so it is used where it is and never fetched."""

import itertools
import os
import shutil
from pathlib import Path

PROVIDER = "registry.terraform.io/hashicorp/aws"


def folder():
    """The folder for `terraform init -plugin-dir`: TF_PLUGIN_DIR, or where administrators put such folders; None without
    the provider or without terraform itself."""
    places = itertools.chain(
        filter(None, [os.environ.get("TF_PLUGIN_DIR")]),
        [Path.home() / ".terraform.d/plugins", "/usr/local/share/terraform/plugins", "/usr/share/terraform/plugins"],
        Path("/opt").glob("*"),
    )
    found = (Path(place) for place in places if (Path(place) / PROVIDER).is_dir())
    return next(found, None) if shutil.which("terraform") else None
