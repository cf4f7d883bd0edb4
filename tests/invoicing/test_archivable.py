"""Papers are PDF/A-3 as far as their structure tells: nothing in them needs anything outside."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from typing import Any

import pytest
from defusedxml import ElementTree
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

from portal.infra.db import ResellerSession
from portal.invoicing import printing
from portal.tenancy import branding, pictures
from tests.builders import invoicing, portal_folder
from tests.cast import Cast

PDFA = "{http://www.aiim.org/pdfa/ns/id/}"
FACTURX = "{urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#}"
EXTENSION = "{http://www.aiim.org/pdfa/ns/extension/}schemas"
RDF_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}Description"
FORBIDDEN_ACTIONS = {"/JavaScript", "/Launch", "/Sound", "/Movie", "/ResetForm", "/ImportData"}


@pytest.fixture(params=[False, True], ids=["plain", "with a logo"])
def paper(request: pytest.FixtureRequest, session: ResellerSession, cast: Cast) -> PdfReader:
    """An invoice as it is kept."""
    invoicing.make(session)
    if request.param:
        branding.show_picture(session, "logo_light", pictures.drawn(portal_folder.logo()))
    number = invoicing.issue(session, cast.alice).id
    session.flush()
    sheet = printing.prepare(session, number)
    assert sheet is not None
    made = printing.printed(sheet)
    assert made.with_data
    return PdfReader(io.BytesIO(made.content), strict=True)


def objects(paper: PdfReader) -> Iterator[DictionaryObject]:
    """Everything in the file, with what hangs below it."""
    seen: set[int] = set()
    waiting: list[Any] = [paper.trailer]
    while waiting:
        each = waiting.pop()
        if isinstance(each, IndirectObject):
            if each.idnum in seen:
                continue
            seen.add(each.idnum)
            each = each.get_object()
        if isinstance(each, DictionaryObject):
            yield each
            waiting += list(each.values())
        elif isinstance(each, ArrayObject):
            waiting += list(each)


def described(paper: PdfReader) -> dict[str, str]:
    """What the file says of itself, from all descriptions together."""
    metadata = paper.trailer["/Root"]["/Metadata"]
    tree = ElementTree.fromstring(metadata.get_data())
    said: dict[str, str] = {}
    for each in tree.iter(RDF_ABOUT):
        said |= each.attrib
        said |= {child.tag: child.text or "" for child in each}
    return said


def test_it_says_which_standard_it_keeps(paper: PdfReader) -> None:
    said = described(paper)
    assert (said[f"{PDFA}part"], said[f"{PDFA}conformance"]) == ("3", "B")
    assert said[f"{FACTURX}ConformanceLevel"] == "EN 16931"
    assert said[f"{FACTURX}DocumentFileName"] == "factur-x.xml"
    assert EXTENSION in said  # words that are not XMP's own are declared
    assert paper.pdf_header >= "%PDF-1.7"
    assert len(paper.trailer["/ID"]) == 2
    assert not paper.is_encrypted


def test_colours_are_told_by_a_profile_inside(paper: PdfReader) -> None:
    (intent,) = [
        each.get_object()
        for each in paper.trailer["/Root"]["/OutputIntents"]
        if each.get_object()["/S"] == "/GTS_PDFA1"
    ]
    profile = intent["/DestOutputProfile"].get_object()
    assert profile["/N"] == 3
    content = profile.get_data()
    assert content[36:40] == b"acsp"
    assert content[16:20] == b"RGB "
    assert not any(each.get("/ColorSpace") == "/DeviceCMYK" for each in objects(paper))


def test_every_font_is_inside(paper: PdfReader) -> None:
    fonts = [each for each in objects(paper) if each.get("/Type") == "/FontDescriptor"]
    assert fonts
    for each in fonts:
        (inside,) = {"/FontFile", "/FontFile2", "/FontFile3"} & each.keys()
        assert zlib.crc32(each[inside].get_data()), each["/FontName"]
    composite = [each for each in objects(paper) if each.get("/Subtype") == "/Type0"]
    assert composite
    assert all("/ToUnicode" in each for each in composite)


def test_its_facts_are_an_associated_file(paper: PdfReader) -> None:
    (associated,) = [each.get_object() for each in paper.trailer["/Root"]["/AF"]]
    assert associated["/AFRelationship"] in {"/Data", "/Alternative"}
    assert associated["/F"] == associated["/UF"] == "factur-x.xml"
    embedded = associated["/EF"]["/F"].get_object()
    assert embedded["/Subtype"] == "/text/xml"
    assert "/ModDate" in embedded["/Params"]
    assert ElementTree.fromstring(embedded.get_data()) is not None
    assert list(paper.attachments) == ["factur-x.xml"]


def test_nothing_runs_and_nothing_is_loaded(paper: PdfReader) -> None:
    for each in objects(paper):
        assert each.get("/S") not in FORBIDDEN_ACTIONS
        assert not {"/JS", "/AA", "/XFA"} & each.keys()
        assert "/LZWDecode" not in str(each.get("/Filter", ""))
        if isinstance(each, StreamObject):
            assert not {"/FFilter", "/FDecodeParms"} & each.keys()
            assert "/F" not in each or each.get("/Type") == "/Filespec"  # its content is elsewhere
        if each.get("/Subtype") == "/Image":
            assert not getattr(each.get("/Interpolate"), "value", False)
            assert "/Alternates" not in each
            assert "/OPI" not in each


def test_what_is_transparent_has_a_colour_space_to_blend_in(paper: PdfReader) -> None:
    """Transparency is allowed from PDF/A-2 on, as long as it is known in which colours."""
    for each in objects(paper):
        if each.get("/Type") == "/ExtGState":
            assert each.get("/BM", "/Normal") in {"/Normal", "/Compatible"}
            assert "/TR" not in each
    assert paper.trailer["/Root"]["/OutputIntents"]
