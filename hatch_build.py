"""Build hook: compiles the message catalogues and cuts the web fonts, so that a wheel and an editable install have both."""

import importlib.util
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PackageBuildHook(BuildHookInterface[Any]):
    """Before the files are collected: every `django.po` compiled to the `django.mo` beside it, and the fonts of the pages."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        package = Path(self.root) / "src" / "fastchannel"
        self.tool("catalogues").compile_catalogues(package / "locale")
        if not self.tool("fonts").write(package / "web" / "static" / "web" / "fonts"):
            self.app.display_warning("No web fonts: fonttools, brotli or noto-cjk-sans-otc is missing.")

    def tool(self, name: str) -> Any:
        """A module of tools/, loaded by its path: a build may run where neither tools/ nor the package can be imported."""
        path = Path(self.root) / "tools" / f"{name}.py"
        spec = importlib.util.spec_from_file_location(name, path)
        if spec is None or spec.loader is None:
            raise ImportError(f"cannot load {path}: the source distribution must hold it")
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module  # the fonts are cut by processes that look their module up
        spec.loader.exec_module(module)
        return module
