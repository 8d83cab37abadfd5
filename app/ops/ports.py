"""Ports of this machine: which are free, and who says so in words."""

import errno
import socket


def free_port(host: str = "127.0.0.1") -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def is_taken(host: str, port: int) -> bool:
    """Tell whether somebody listens there already."""
    return _refusal(host, port) is not None


def why_not(host: str, port: int) -> str:
    """Return in Chinese why nobody can listen there, "" where it is possible."""
    error = _refusal(host, port)
    if error is None:
        return ""
    if error.errno == errno.EADDRINUSE:
        return (
            f"端口 {port} 已被占用。请停止占用它的程序，或用环境变量 PORT 换一个端口，"
            f"如 PORT={port + 1 if port < 65535 else 8080} make run"
        )
    if error.errno == errno.EACCES:
        return f"没有使用端口 {port} 的权限。请用环境变量 PORT 换一个 1024 以上的端口"
    return f"本机没有地址“{host}”。请用环境变量 HOST 给出本机的地址，如 127.0.0.1 或 0.0.0.0"


def _refusal(host: str, port: int) -> OSError | None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return error
    return None
