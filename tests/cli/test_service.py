"""How a service ends once it has handed everything over."""

from __future__ import annotations

import subprocess
import sys

import pytest

SERVICE = """
import asyncio, sys, time
from studio.cli import _process

_process._LEAVING = 0.3

async def stays():
    while True:
        try:
            await asyncio.sleep(600)
        except asyncio.CancelledError:
            continue

async def work():
    left = {left}
    await asyncio.sleep(0.1)
    sys.stdout.write("handed over")

_process.run_service(work())
sys.stdout.write(", and left")
"""


@pytest.mark.parametrize(
    ("left", "said"),
    [
        ("asyncio.ensure_future(stays())", "handed over"),
        ("asyncio.ensure_future(asyncio.to_thread(time.sleep, 600))", "handed over"),
        ("asyncio.ensure_future(asyncio.sleep(600))", "handed over, and left"),
    ],
)
def test_what_will_not_end_is_left_behind(left: str, said: str) -> None:
    code = SERVICE.replace("{left}", left)
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, said, "")
