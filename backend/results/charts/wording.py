"""Words in and beside pictures, for staff. The Spanish is a draft: needs-review."""

from collections.abc import Iterable, Mapping

LANGUAGES = ("en", "es")

_EN = {
    "asked": "{n} asked",
    "asked_unknown": "number asked withheld",
    "themed": "{n} with a theme",
    "as_of": "as of {days}",
    "nothing_yet": "nothing made public yet",
    "synthetic": "Synthetic data, made by a program",
    "volunteers": "Volunteers, no random sample",
    "share_of": "{what}: per cent of all who were asked",
    "counts": "How many answered, by area",
    "by": "By {by}",
    "no_answer": "No answer",
    "withheld": "withheld (fewer than {threshold}, or to protect so few)",
    "few": "withheld",
    "unsure": "too few for a sure share",
    "band": "95 % Wilson interval",
    "since": "A point counts what was made public since the one before",
    "hollow": "Hollow: too few for a sure share",
    "neither": "{share} neither",
    "or": " or ",
    "unlisted": "Not listed now",
    "in_words": "Told in words",
    "no_shape": "Without a shape on the map: {names}",
    "together": "+ with the settlements in it",
    "to": "{low} to {high}",
    "column_answer": "Answer",
    "column_group": "Group",
    "column_period": "Period from",
    "column_area": "Area",
    "column_count": "Count",
    "column_asked": "Asked",
    "column_share": "Per cent",
    "column_interval": "95 % interval",
    "column_as_of": "As of",
    "column_remark": "Remark",
    "alt_highest": "Highest: {what}.",
    "alt_lowest": "Lowest: {what}.",
    "alt_all": "All: {what}.",
    "alt_withheld": "Withheld (fewer than {threshold}, or to protect so few): {what}.",
    "alt_none_withheld": "Nothing is withheld.",
    "alt_all_withheld": "All is withheld (fewer than {threshold}).",
    "alt_last": "Latest: {what}.",
    "alt_unsure": "Too few for a sure share: {what}.",
    "kind_distribution": "Bar chart",
    "kind_groups": "Bar chart by group",
    "kind_trend": "Line over time",
    "kind_map": "Map",
    "area": "area",
    "age": "age",
    "sex": "sex",
    "channel": "channel",
    "language": "language",
    "disability": "disability",
    "settlement": "type of settlement",
    "week": "week",
    "month": "month",
    "quarter": "quarter",
    "months": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    "quarter_short": "Q",
}
_ES = {
    "asked": "{n} preguntados",
    "asked_unknown": "número de preguntados reservado",
    "themed": "{n} con un tema",
    "as_of": "al {days}",
    "nothing_yet": "aún no se ha publicado nada",
    "synthetic": "Datos sintéticos, hechos por un programa",
    "volunteers": "Voluntarios, no es una muestra al azar",
    "share_of": "{what}: por ciento de todos los preguntados",
    "counts": "Cuántos respondieron, por zona",
    "by": "Por {by}",
    "no_answer": "Sin respuesta",
    "withheld": "reservado (menos de {threshold}, o para proteger a tan pocos)",
    "few": "reservado",
    "unsure": "muy pocos para un porcentaje seguro",
    "band": "intervalo de Wilson del 95 %",
    "since": "Un punto cuenta lo publicado desde el anterior",
    "hollow": "Hueco: muy pocos para un porcentaje seguro",
    "neither": "{share} ninguno",
    "or": " o ",
    "unlisted": "Ya no está en la lista",
    "in_words": "Dicho con palabras",
    "no_shape": "Sin forma en el mapa: {names}",
    "together": "+ con los asentamientos que contiene",
    "to": "{low} a {high}",
    "column_answer": "Respuesta",
    "column_group": "Grupo",
    "column_period": "Periodo desde",
    "column_area": "Zona",
    "column_count": "Cuántos",
    "column_asked": "Preguntados",
    "column_share": "Por ciento",
    "column_interval": "Intervalo del 95 %",
    "column_as_of": "Al",
    "column_remark": "Nota",
    "alt_highest": "Más alto: {what}.",
    "alt_lowest": "Más bajo: {what}.",
    "alt_all": "Todos: {what}.",
    "alt_withheld": "Reservado (menos de {threshold}, o para proteger a tan pocos): {what}.",
    "alt_none_withheld": "Nada está reservado.",
    "alt_all_withheld": "Todo está reservado (menos de {threshold}).",
    "alt_last": "Último: {what}.",
    "alt_unsure": "Muy pocos para un porcentaje seguro: {what}.",
    "kind_distribution": "Gráfica de barras",
    "kind_groups": "Gráfica de barras por grupo",
    "kind_trend": "Línea en el tiempo",
    "kind_map": "Mapa",
    "area": "zona",
    "age": "edad",
    "sex": "sexo",
    "channel": "canal",
    "language": "idioma",
    "disability": "discapacidad",
    "settlement": "tipo de asentamiento",
    "week": "semana",
    "month": "mes",
    "quarter": "trimestre",
    "months": "ene feb mar abr may jun jul ago sep oct nov dic",
    "quarter_short": "T",
}
SPOKEN: Mapping[str, Mapping[str, str]] = {"en": _EN, "es": _ES}


class Words:
    """Sentences of one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._spoken = SPOKEN[language]

    def say(self, name: str, **filled: object) -> str:
        """A sentence with its blanks filled."""
        return self._spoken[name].format(**filled)

    def known(self, name: str) -> str:
        """A word, or what stands for it where we have none."""
        return self._spoken.get(name, name)

    def best(self, texts: Mapping[str, str], otherwise: str) -> str:
        """A text in this language, else in English, else in any."""
        for language in (self.language, "en", "und"):
            if texts.get(language):
                return texts[language]
        return next(iter(texts.values()), otherwise)

    def number(self, n: int) -> str:
        """A whole number, its thousands apart."""
        return f"{n:,}".replace(",", "\N{NO-BREAK SPACE}")

    def percent(self, share: float) -> str:
        """A share without decimals: they would promise more than volunteers can tell."""
        return f"{round(share)}\N{NO-BREAK SPACE}%"

    def days(self, days: Iterable[str | None]) -> str:
        """As of when figures are: a day, or from one to another."""
        known = sorted({day for day in days if day})
        if not known:
            return self.say("nothing_yet")
        low, high = known[0], known[-1]
        span = low if low == high else self.say("to", low=low, high=high)
        return self.say("as_of", days=span)
