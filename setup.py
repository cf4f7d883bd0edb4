"""Names the packages of a build: the code, and the folders beside it that it needs at work.

Everything else is declared in setup.cfg, which cannot mix found packages with named ones.
"""

from setuptools import find_packages, setup

# `portal.infra.files.shipped` looks for them under the same name.
SHIPPED = {
    f"portal_shipped.{folder}": folder
    for folder in ("examples", "migrations", "themes", "translations")
}

setup(
    packages=[*find_packages(include=["portal", "portal.*"]), *SHIPPED],
    package_dir=dict(SHIPPED),
    package_data={package: ["**/*"] for package in SHIPPED},
    exclude_package_data={package: ["**/__pycache__/*"] for package in SHIPPED},
)
