"""Chromium judges the vectors' passes as Python does."""

from __future__ import annotations

import base64
import json

import pytest
from playwright.sync_api import Browser

from tests.certificates.passes.test_vectors import FILE, MODULE, agree

pytestmark = pytest.mark.browser

RUN = """async ([source, file]) => {
  const { verifyPass } = await import(source);
  const answers = [];
  for (const one of file.vectors) {
    const { holder, gate, digest } = one;
    const asked = { holder, gate, digest, revoked: file.revoked };
    answers.push(await verifyPass(one.text, file.trust[one.trust], Date.parse(one.at), asked));
  }
  return JSON.stringify(answers);
}"""


def test_chromium_gives_the_same_answers(chromium: Browser) -> None:
    context = chromium.new_context()
    page = context.new_page()
    # WebCrypto needs a secure context, which an empty page of localhost is; nothing is asked of the network.
    page.route("**/*", lambda route: route.fulfill(body="<!doctype html><title>pass</title>", content_type="text/html"))
    page.goto("http://localhost/")
    source = "data:text/javascript;base64," + base64.b64encode(MODULE.read_bytes()).decode()
    agree(json.loads(page.evaluate(RUN, [source, FILE])))
    context.close()
