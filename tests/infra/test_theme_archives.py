import io
import stat
import zipfile
from pathlib import Path

import pytest

from portal.infra import theme_archives
from portal.infra.theme_archives import UnfitArchive, unpack

MANIFEST = b'name = "Sail"\napi = 1\n'
GOOD = {
    "sail/theme.toml": MANIFEST,
    "sail/templates/partials/footer.html": b"<footer></footer>",
    "sail/static/theme.css": b"",
    "sail/preview.png": b"png",
}


def zipped(folder: Path, files: dict[str, bytes], name: str = "given.zip") -> Path:
    with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return folder / name


def written(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def into(tmp_path: Path) -> Path:
    return tmp_path / "into"


REFUSED: dict[str, tuple[dict[str, bytes], str]] = {
    "a path upwards": ({**GOOD, "sail/../../evil.html": b""}, "leads out of it"),
    "a path from the root": ({**GOOD, "/etc/cron.d/evil": b""}, "leads out of it"),
    "a path of Windows": ({**GOOD, "sail\\..\\evil.html": b""}, "leads out of it"),
    "a drive": ({**GOOD, "C:/evil.html": b""}, "leads out of it"),
    "a name that turns round": ({**GOOD, "sail/static/\u202egpj.css": b""}, "cannot be shown"),
    "no manifest": ({"sail/templates/x.html": b""}, "has no theme.toml"),
    "an unfit name": ({"Sail Boat!/theme.toml": MANIFEST}, "cannot be the name of a theme"),
    "two names that are one": ({**GOOD, "sail/static/Theme.css": b""}, "there are two files"),
    "a large file": ({**GOOD, "sail/static/film.mp4": b"\0" * 5_000_001}, "5,000,000 at most"),
}


@pytest.mark.parametrize(("files", "why"), REFUSED.values(), ids=REFUSED.keys())
def test_a_zip_that_holds_more_than_a_theme_is_refused(
    tmp_path: Path, into: Path, files: dict[str, bytes], why: str
) -> None:
    with pytest.raises(UnfitArchive, match=why):
        unpack(zipped(tmp_path, files), into)
    assert unpack(zipped(tmp_path, GOOD), into / "next") == into / "next" / "sail"
    assert not (tmp_path.parent / "evil.html").exists()
    assert written(tmp_path) - {"given.zip"} >= {f"into/next/{name}" for name in GOOD}


def test_a_link_in_a_zip_is_refused(tmp_path: Path, into: Path) -> None:
    with zipfile.ZipFile(tmp_path / "given.zip", "w") as archive:
        archive.writestr("sail/theme.toml", MANIFEST)
        link = zipfile.ZipInfo("sail/static/passwd")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(UnfitArchive, match="link or a device"):
        unpack(tmp_path / "given.zip", into)
    assert not into.exists()


def test_an_encrypted_file_is_refused(tmp_path: Path, into: Path) -> None:
    content = bytearray(zipped(tmp_path, GOOD).read_bytes())
    content[content.rindex(b"PK\x01\x02") + 8] |= 1  # the flag, in the list at the end
    (tmp_path / "given.zip").write_bytes(content)
    with pytest.raises(UnfitArchive, match="is encrypted"):
        unpack(tmp_path / "given.zip", into)


def test_many_files_are_refused(
    tmp_path: Path, into: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(theme_archives, "FILES_MAX", 3)
    with pytest.raises(UnfitArchive, match="4 files, 3 at most"):
        unpack(zipped(tmp_path, GOOD), into)
    folder = unpack_as_folder(tmp_path)
    with pytest.raises(UnfitArchive, match="more than 3 files"):
        unpack(folder, into)


def test_a_bomb_of_many_small_files_is_refused(
    tmp_path: Path, into: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = {**GOOD, **{f"sail/static/{n}.css": b"\0" * 4_000_000 for n in range(8)}}
    file = zipped(tmp_path, bomb)
    assert file.stat().st_size < 100_000
    with pytest.raises(UnfitArchive, match="over 30,000,000 bytes in all"):
        unpack(file, into)


def test_a_file_that_is_larger_than_it_claims_is_refused(
    tmp_path: Path, into: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(theme_archives, "FILE_BYTES_MAX", 10)
    folder = unpack_as_folder(tmp_path)
    with pytest.raises(UnfitArchive, match="has over 10 bytes"):
        unpack(folder, into)


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04" + b"\0" * 40])
def test_what_is_no_zip_is_refused(tmp_path: Path, into: Path, content: bytes) -> None:
    (tmp_path / "given.zip").write_bytes(content)
    with pytest.raises(UnfitArchive, match="no zip that can be read"):
        unpack(tmp_path / "given.zip", into)


def test_a_zip_with_a_damaged_file_is_refused(tmp_path: Path, into: Path) -> None:
    with zipfile.ZipFile(tmp_path / "given.zip", "w") as archive:
        archive.writestr("sail/theme.toml", MANIFEST)
    content = (tmp_path / "given.zip").read_bytes()
    (tmp_path / "given.zip").write_bytes(content.replace(b"Sail", b"Soil"))
    with pytest.raises(UnfitArchive, match=r"cannot be read|no zip that can be read"):
        unpack(tmp_path / "given.zip", into)


def test_only_what_a_theme_is_made_of_is_written(tmp_path: Path, into: Path) -> None:
    more = {
        "sail/.git/config": b"", "sail/setup.py": b"", "sail/docs/x.md": b"", "other/x.html": b"",
        "sail/static/.hidden": b"", "sail/deeper/theme.toml": b"broken",
    }  # fmt: skip
    assert written(unpack(zipped(tmp_path, {**GOOD, **more}), into)) == {
        name.removeprefix("sail/") for name in GOOD
    }


def test_a_theme_is_called_as_its_folder_or_its_zip_or_as_was_said(
    tmp_path: Path, into: Path
) -> None:
    flat = {name.removeprefix("sail/"): content for name, content in GOOD.items()}
    assert unpack(zipped(tmp_path, GOOD), into).name == "sail"
    assert unpack(zipped(tmp_path, flat, "Wide_sail.zip"), into).name == "wide-sail"
    assert unpack(zipped(tmp_path, GOOD), into, name="boat").name == "boat"
    assert unpack(unpack_as_folder(tmp_path), into / "again").name == "sail"


def test_a_folder_with_a_link_is_refused(tmp_path: Path, into: Path) -> None:
    folder = unpack_as_folder(tmp_path)
    (folder / "static" / "etc").symlink_to("/etc")
    with pytest.raises(UnfitArchive, match="symbolic link"):
        unpack(folder, into)


def test_a_folder_without_a_manifest_is_refused(tmp_path: Path, into: Path) -> None:
    folder = unpack_as_folder(tmp_path)
    (folder / "theme.toml").unlink()
    with pytest.raises(UnfitArchive, match=r"no theme\.toml at the top"):
        unpack(folder, into)


def unpack_as_folder(tmp_path: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(zipped(tmp_path, GOOD, "whole.zip").read_bytes())) as archive:
        archive.extractall(tmp_path / "folder")
    return tmp_path / "folder" / "sail"
