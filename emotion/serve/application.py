"""The application that is served: where it lies, and Streamlit's own settings.

``app.py``, ``pages/`` and ``.streamlit/config.toml`` stand at the top of a checkout, so that `streamlit run app.py`
works there; in an installed package they lie in the folder ``emotion/dashboard``, where the wheel's build puts them
(pyproject.toml).
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

from emotion.errors import SettingsError

PACKAGE = Path(__file__).parents[1]
MISSING = "The dashboard's pages are not part of this installation. Install the package anew (docs/deploy.md)."


def folder() -> Path:
    """Where ``app.py`` lies. Raises SettingsError."""
    for place in (PACKAGE / "dashboard", PACKAGE.parent):
        if (place / "app.py").is_file() and (place / "pages").is_dir():
            return place
    raise SettingsError(MISSING)


def load(options: dict[str, Any]) -> Any:
    """The ASGI application in ``app.py``, with Streamlit's ``options`` over those in ``config.toml``."""
    script = folder() / "app.py"
    _configure(script, options)
    spec = importlib.util.spec_from_file_location("emotion_dashboard_app", script)
    if spec is None or spec.loader is None:
        raise SettingsError(MISSING)
    module = importlib.util.module_from_spec(spec)
    # Known by its name before it runs, as an import would have it.
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module.app


def _configure(script: Path, options: dict[str, Any]) -> None:
    """As `streamlit run` does it, from any working directory.

    ``_main_script_path`` is private, and the only way to tell Streamlit beside which script its settings and secrets
    lie; ``st.App.run`` sets it the same way (streamlit 1.67, web/server/starlette/starlette_app.py).
    """
    from streamlit import config
    from streamlit.web import bootstrap

    config._main_script_path = str(script)
    bootstrap.load_config_options(options)


def websocket_limits() -> dict[str, Any]:
    """What uvicorn has to know about Streamlit's web sockets, as `streamlit run` tells it."""
    from streamlit import config
    from streamlit.runtime.runtime_util import get_max_message_size_bytes

    return {
        "ws": "websockets-sansio",
        "ws_max_size": get_max_message_size_bytes(),
        "ws_ping_interval": config.get_option("server.websocketPingInterval") or PING_S,
        "ws_ping_timeout": PING_S,
        "ws_per_message_deflate": config.get_option("server.enableWebsocketCompression"),
    }


PING_S = 30
"""Streamlit's own; a reverse proxy that closes silent connections after a minute never does."""
