"""The store's own promises: a PIN that is guessed at, and entries that are numbered, settled and erased."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.gate import PIN, modules

pytestmark = pytest.mark.browser


def test_ten_wrong_pins_wait_ever_longer_and_erase_everything(chromium: Browser) -> None:
    with modules(chromium) as page:
        found = page.evaluate(
            """async (pin) => {
              const { openDatabase, PLAIN, ENTRIES, put, get, answered } = await import("/static/web/gate/database.js");
              const { Vault } = await import("/static/web/gate/vault.js");
              const database = await openDatabase();
              await new Vault(database, 1000).create(pin);
              await put(database, ENTRIES, { seq: 1, nonce: "n", state: 0 });
              const vault = new Vault(database);
              const [waits, early, opened] = [[], [], []];
              let at = 1_000_000;
              for (let count = 1; count <= 10; count++) {
                const attempt = await vault.unlock("wrong!", at);
                waits.push(attempt.state === "wiped" ? "wiped" : [attempt.left, attempt.waitMs / 1000]);
                if (attempt.waitMs) {
                  early.push((await vault.unlock(pin, at + attempt.waitMs - 1)).state); // the right one, too early
                  early.push((await vault.unlock(pin, at - 1)).state); // and with the clock put back
                }
                at += (attempt.waitMs ?? 0);
              }
              const left = await answered(database.transaction(ENTRIES).objectStore(ENTRIES).count());
              const gone = (await get(database, PLAIN, "gone")).why;
              return { waits, early: [...new Set(early)], left, gone, open: vault.isOpen };
            }""",
            PIN,
        )
    waits = [[9, 0], [8, 0], [7, 0], [6, 5], [5, 15], [4, 30], [3, 60], [2, 120], [1, 300], "wiped"]
    assert found == {"waits": waits, "early": ["wait"], "left": 0, "gone": "attempts", "open": False}


def test_entries_made_at_once_are_numbered_without_a_gap(chromium: Browser) -> None:
    with modules(chromium) as page:
        found = page.evaluate(
            """async (pin) => {
              const { openDatabase } = await import("/static/web/gate/database.js");
              const { Vault } = await import("/static/web/gate/vault.js");
              const { Journal, KEPT_MS } = await import("/static/web/gate/journal.js");
              const database = await openDatabase();
              const vault = new Vault(database, 1000);
              await vault.create(pin);
              const [one, other] = [new Journal(database, vault), new Journal(database, vault)];
              const said = { at: 1, kind: "seen", verdict: "red", reason: "closed" };
              await Promise.all(Array.from({ length: 20 }, (_, index) => (index % 2 ? one : other).append(said)));
              const journal = new Journal(database, vault);
              await journal.load();
              const all = journal.all();
              const [first, second, third, fourth] = all.map((one) => one.nonce);
              const rejected = [{ nonce: third, code: "nobody" }, { nonce: fourth, code: "malformed" }];
              await journal.settle([first, second], rejected);
              await journal.erase(KEPT_MS);
              const early = journal.all().length;
              await journal.erase(KEPT_MS + 2);
              const again = new Journal(database, vault);
              await again.load();
              const next = await again.append(said);
              return { seqs: all.map((one) => one.seq), nonces: new Set(all.map((one) => one.nonce)).size, early,
                left: again.all().map((one) => one.seq).slice(0, 2), unsent: again.unsent(99).length, next: next.seq };
            }""",
            PIN,
        )
    assert found == {"seqs": list(range(1, 21)), "nonces": 20, "early": 20, "left": [4, 5], "unsent": 17, "next": 21}
