"""Measure the pages that are opened most with Lighthouse, on a demonstration that is running.

    portal up --demo --data /tmp/look --facts /tmp/look.json
    python tools/lighthouse.py /tmp/look.json

It needs Chromium, and fetches Lighthouse from npm by `npx`. It prints a line for each page and
device, and fails where a category has fewer than 95 of 100 points.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import sync_playwright

LEAST: Final = 95
PAGES: Final = {"/login": False, "/dashboard": True, "/send": True}
"""The pages, and whether they are a client's."""
DEVICES: Final = {"mobile": [], "desktop": ["--preset=desktop"]}
LIGHTHOUSE: Final = ("npx", "--yes", "lighthouse@12")
CHROMIUM: Final = shutil.which("chromium") or "/usr/bin/chromium"
_FLAGS: Final = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--host-resolver-rules='MAP *.localhost 127.0.0.1'",
)


def main() -> int:
    """Measure every page on every device."""
    if len(sys.argv) != 2:
        print(__doc__)
        return 2
    portal = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))["resellers"][0]
    signed_in = cookies_of(portal["url"], portal["clients"][0])
    low = 0
    for path, for_client in PAGES.items():
        for device, options in DEVICES.items():
            found = points(
                portal["url"] + path, options=options, cookies=signed_in if for_client else ""
            )
            low += sum(each < LEAST for each in found.values())
            print(f"{path:12}{device:9}", ", ".join(f"{name} {n}" for name, n in found.items()))
    return 1 if low else 0


def cookies_of(url: str, client: dict[str, Any]) -> str:
    """The cookies of a client who has just signed in."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(f"{url}/login")
        page.fill("input[name=email]", client["email"])
        page.fill("input[name=password]", client["password"])
        page.click("main form button[type=submit]")
        page.wait_for_url("**/dashboard")
        found = "; ".join(f"{each['name']}={each['value']}" for each in page.context.cookies())
        browser.close()
    return found


def points(url: str, *, options: list[str], cookies: str) -> dict[str, int]:
    """What a page reaches in each category, of 100."""
    headers = ["--extra-headers", json.dumps({"Cookie": cookies})] if cookies else []
    done = subprocess.run(
        [
            *LIGHTHOUSE,
            url,
            "--quiet",
            "--output=json",
            "--disable-storage-reset",
            f"--chrome-flags={' '.join(_FLAGS)}",
            *options,
            *headers,
        ],
        stdout=subprocess.PIPE,
        check=True,
        env={**os.environ, "CHROME_PATH": CHROMIUM},
    )
    report = json.loads(done.stdout)
    if not report["finalDisplayedUrl"].startswith(url):
        raise SystemExit(f"{url} led to {report['finalDisplayedUrl']}")
    return {name: round((each["score"] or 0) * 100) for name, each in report["categories"].items()}


if __name__ == "__main__":
    sys.exit(main())
