from __future__ import annotations

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.sources.masks import masked
from tools.store.logs import masked_sql

LINES = [
    ("order 4711 of ann@shop.example paid", "order <*> of <mail> paid"),
    ("GET /stock/SKU-0054 took 12.5 ms", "GET /stock/SKU-<*> took <*> ms"),
    ("id 4635e9dd-0000-4000-8000-0123456789ab at 0xDEADBEEF", "id <*> at <*>"),
    ('user "Ann" said "no"', 'user "<*>" said "<*>"'),
    ('{"level": "info", "message": "charged 12 EUR"}', "charged <*> EUR"),
    ('{"msg": {"a": "x"}}', '{"<*>":"<*>"}'),
    ("{not json 5", "{not json <*>"),
    ("", ""),
]


@pytest.mark.parametrize(("line", "expected"), LINES)
def test_what_varies_is_masked(line: str, expected: str) -> None:
    assert masked(line) == expected


@given(st.text(st.sampled_from(list('abcdef0123456789 -.:,@x"/ü')), max_size=60))
@settings(max_examples=60, deadline=None)
def test_masks_mean_the_same_in_the_embedded_store(line: str) -> None:
    ((found,),) = duckdb.execute(f"SELECT {masked_sql()} FROM (SELECT ?::VARCHAR AS body)", [line]).fetchall()
    assert masked(line) == found
