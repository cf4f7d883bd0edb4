"""Draws one SVG from its standard input as PNG to its output: a process of its own, kept small."""

from __future__ import annotations

import resource
import sys

import resvg_py

MEMORY_BYTES_MAX = 1024**3
CPU_SECONDS_MAX = 2


def main() -> None:
    """Draw what comes in, as wide or as high as the two arguments say."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS_MAX, CPU_SECONDS_MAX))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    side, pixels = sys.argv[1], int(sys.argv[2])
    svg = sys.stdin.buffer.read().decode()
    drawn = (
        resvg_py.svg_to_bytes(svg_string=svg, width=pixels, skip_system_fonts=True)
        if side == "width"
        else resvg_py.svg_to_bytes(svg_string=svg, height=pixels, skip_system_fonts=True)
    )
    sys.stdout.buffer.write(bytes(drawn))


if __name__ == "__main__":
    main()
