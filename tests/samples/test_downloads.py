import hashlib
import http.server
import threading
from contextlib import contextmanager

import pandas as pd
import pytest

from workbench import samples
from workbench.samples import DownloadError
from workbench.samples.downloads import download

CONTENT = bytes(range(256)) * 3000
DIGEST = hashlib.md5(CONTENT, usedforsecurity=False).hexdigest()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        server = self.server
        asked = self.headers.get("Range")
        server.asked.append(asked)
        if self.path != "/set.npz":
            self.send_error(404)
            return
        start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked and server.ranges else 0
        if start >= len(CONTENT):
            self.send_error(416)
            return
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(CONTENT) - start))
        self.end_headers()
        stop = server.cuts.pop(0) if server.cuts else len(CONTENT)
        self.wfile.write(CONTENT[start:stop])

    def log_message(self, *_):
        pass


@contextmanager
def serving(*, cuts=(), ranges=True):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.cuts, server.ranges, server.asked = list(cuts), ranges, []
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server, f"http://127.0.0.1:{server.server_port}/set.npz"
        finally:
            server.shutdown()
            thread.join()


def get(url, path, md5=DIGEST):
    return download(url, path, md5=md5, progress=False)


def test_a_download(tmp_path):
    with serving() as (server, url):
        path = get(url, tmp_path / "new" / "set.npz")
    assert path.read_bytes() == CONTENT
    assert [found.name for found in path.parent.iterdir()] == ["set.npz"]
    assert server.asked == [None]


def test_what_is_there_is_not_asked_for_again(tmp_path):
    (tmp_path / "set.npz").write_bytes(CONTENT)
    with serving() as (server, url):
        get(url, tmp_path / "set.npz")
    assert server.asked == []


def test_a_damaged_file_is_told_and_left(tmp_path):
    (tmp_path / "set.npz").write_bytes(b"damaged")
    with (
        serving() as (server, url),
        pytest.raises(DownloadError, match=rf"expected MD5 digest {DIGEST}.*move it away"),
    ):
        get(url, tmp_path / "set.npz")
    assert (tmp_path / "set.npz").read_bytes() == b"damaged"
    assert server.asked == []


def test_a_cut_connection_is_resumed(tmp_path):
    with serving(cuts=[200_000, 500_000]) as (server, url):
        assert get(url, tmp_path / "set.npz").read_bytes() == CONTENT
    assert server.asked == [None, "bytes=200000-", "bytes=500000-"]


def test_an_earlier_part_is_resumed(tmp_path):
    (tmp_path / "set.npz.part").write_bytes(CONTENT[:123_456])
    with serving() as (server, url):
        assert get(url, tmp_path / "set.npz").read_bytes() == CONTENT
    assert server.asked == ["bytes=123456-"]


def test_a_complete_part_is_taken(tmp_path):
    (tmp_path / "set.npz.part").write_bytes(CONTENT)
    with serving() as (_, url):
        assert get(url, tmp_path / "set.npz").read_bytes() == CONTENT


def test_a_part_that_is_too_long_is_begun_anew(tmp_path):
    (tmp_path / "set.npz.part").write_bytes(CONTENT + b"more")
    with serving() as (server, url):
        assert get(url, tmp_path / "set.npz").read_bytes() == CONTENT
    assert server.asked == [f"bytes={len(CONTENT) + 4}-", None]


def test_a_server_without_ranges_begins_anew(tmp_path):
    with serving(cuts=[200_000], ranges=False) as (server, url):
        assert get(url, tmp_path / "set.npz").read_bytes() == CONTENT
    assert server.asked == [None, "bytes=200000-"]


def test_a_server_that_keeps_breaking_off_is_given_up_and_the_part_is_kept(tmp_path):
    with (
        serving(cuts=[100_000] * 9) as (_, url),
        pytest.raises(DownloadError, match=r"100000 bytes are kept. Check the network and call again"),
    ):
        get(url, tmp_path / "set.npz")
    assert (tmp_path / "set.npz.part").stat().st_size == 100_000
    assert not (tmp_path / "set.npz").exists()


def test_a_wrong_digest_is_refused_and_named(tmp_path):
    with (
        serving() as (_, url),
        pytest.raises(DownloadError, match=rf"set.npz.*expected MD5 digest {'0' * 32}, received {DIGEST}"),
    ):
        get(url, tmp_path / "set.npz", md5="0" * 32)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_file(tmp_path):
    with serving() as (_, url), pytest.raises(DownloadError, match="answered 404"):
        get(url.replace("set", "other"), tmp_path / "set.npz")


def test_offline(tmp_path):
    with serving() as (_, url):
        pass
    with pytest.raises(DownloadError, match=r"0 bytes are kept. Check the network.*or copy the file to"):
        get(url, tmp_path / "set.npz")


def test_other_kinds_of_address(tmp_path):
    with pytest.raises(ValueError, match="http"):
        get("file:///set.npz", tmp_path / "set.npz")


def test_fetch_checks_what_it_finds(tmp_path):
    (tmp_path / "breastmnist.npz").write_bytes(b"damaged")
    with pytest.raises(DownloadError, match=r"breastmnist\.npz: expected MD5 digest 750601b1"):
        samples.fetch("breastmnist", folder=tmp_path)


def test_public_sets():
    table = samples.public_sets()
    assert table.index.is_unique
    assert table["md5"].str.fullmatch("[0-9a-f]{32}").all()
    assert table["url"].str.startswith("https://").all()
    assert table["licence"].str.startswith("CC BY").all()


def test_the_table_is_that_of_the_shared_data(shared_data):
    theirs = pd.read_csv(shared_data / "public_sets.csv", index_col="name")
    pd.testing.assert_frame_equal(samples.public_sets(), theirs)


def test_an_unknown_set():
    with pytest.raises(ValueError, match=r"'pneumoniamnist'.*received 'pneumonia'"):
        samples.fetch("pneumonia")
