"""Build hook: compiles the message catalogues, so that a wheel and an editable install both speak every language."""

import importlib.util
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CatalogueBuildHook(BuildHookInterface[Any]):
    """Compiles every `django.po` to the `django.mo` beside it before the files are collected."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        # Loaded by its path: a build may run where neither tools/ nor the package can be imported.
        path = Path(self.root) / "tools" / "catalogues.py"
        spec = importlib.util.spec_from_file_location("catalogues", path)
        if spec is None or spec.loader is None:
            raise ImportError(f"cannot load {path}: the source distribution must hold it")
        catalogues = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(catalogues)
        catalogues.compile_catalogues(Path(self.root) / "src" / "fastchannel" / "locale")
