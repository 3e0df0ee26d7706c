"""The spool's file format: whole records come back, torn and damaged ones are recognised."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tools.otlp.decode import Encoding, Payload
from tools.otlp.receive import segment

payloads = st.builds(
    Payload,
    st.sampled_from(["traces", "logs", "metrics"]),
    st.sampled_from(Encoding),
    st.binary(max_size=50),
    st.integers(0, 2**63),
)
in_one_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def read(path: Path) -> tuple[list[Payload], segment.Damage]:
    damage = segment.Damage()
    return list(segment.read(path, damage)), damage


@in_one_folder
@given(st.lists(payloads, max_size=5))
def test_what_is_written_is_read(tmp_path: Path, written: list[Payload]) -> None:
    path = tmp_path / "s"
    path.write_bytes(b"".join(map(segment.encode, written)))
    assert read(path) == (written, segment.Damage())


@in_one_folder
@given(st.lists(payloads, min_size=1, max_size=4), st.data())
def test_cut_anywhere_the_whole_records_remain(tmp_path: Path, written: list[Payload], data: st.DataObject) -> None:
    records = [segment.encode(payload) for payload in written]
    whole = b"".join(records)
    cut = data.draw(st.integers(0, len(whole) - 1))
    path = tmp_path / "s"
    path.write_bytes(whole[:cut])
    found, damage = read(path)
    assert found == written[: len(found)]
    kept = sum(map(len, records[: len(found)]))
    assert damage.torn == cut - kept
    assert kept + len(records[len(found)]) > cut
    assert damage.records == 0


@in_one_folder
@given(st.data())
def test_a_flipped_bit_costs_one_record_at_most_unless_it_hits_a_length(tmp_path: Path, data: st.DataObject) -> None:
    written = [Payload("logs", Encoding.JSON, bytes([n]) * 20, n) for n in range(3)]
    whole = bytearray(b"".join(map(segment.encode, written)))
    whole[data.draw(st.integers(0, len(whole) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    path = tmp_path / "s"
    path.write_bytes(whole)
    found, damage = read(path)
    assert all(payload in written for payload in found)
    assert len(found) == 2 or damage.torn
    assert damage.records or damage.torn


def test_a_record_with_a_wrong_checksum_is_skipped_and_counted(tmp_path: Path) -> None:
    first, second = Payload("traces", Encoding.PROTOBUF, b"aaaa", 1), Payload("logs", Encoding.JSON, b"bbbb", 2)
    raw = segment.encode(first).replace(b"aaaa", b"aaXa") + segment.encode(second)
    (tmp_path / "s").write_bytes(raw)
    assert read(tmp_path / "s") == ([second], segment.Damage(records=1))


def test_a_missing_segment_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        read(tmp_path / "none")
