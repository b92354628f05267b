"""A fault of an author's, with its place: what `check`, load and upload report, all at once."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """`where` is a path into the file, such as `questions[2].options[0].label.es`."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"
