"""What is wrong with a zone, and where."""

from __future__ import annotations

from fastchannel.certificates.refusal import CertificateError, shortened


class MrzError(CertificateError):
    """The text is no machine readable zone, or a check digit says that it was read wrongly. ``line`` counts from 1, or is 0."""

    def __init__(self, *, line: int, field: str, found: str, expected: str) -> None:
        self.line, self.field, self.found, self.expected = line, field, shortened(found, 60), expected
        where = f"line {line}: {field}" if line else field
        super().__init__(f"{where}: found {self.found or 'nothing'}, expected {expected}")
