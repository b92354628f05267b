"""The sentences that go with every figure.

Source: AAPOR, recommended wording for samples of people who selected themselves (statistics facts,
B3); its last sentence is completed from general knowledge.
"""

SAMPLE = (
    "Respondents for this survey were selected from among those who have volunteered to"
    " participate by text message or chat. The data have not been weighted to reflect the"
    " demographic composition of {population}. Because the sample is based on those who initially"
    " self-selected for participation rather than a probability sample, no estimates of sampling"
    " error can be calculated. All sample surveys and polls may be subject to multiple sources of"
    " error, including, but not limited to sampling error, coverage error, and measurement error."
)
SYNTHETIC = "These data are synthetic: made by a program for a demonstration, by no resident."
SUPPRESSION = (
    "A count below {threshold} is withheld, and so are further counts from which it could be worked"
    " out. Tables are made public anew only after at least {threshold} new responses; a count is"
    " renewed only when at least {threshold} more belong to it and no smaller change can be worked"
    " out, else it stays as of the day it carries. Percentages are of all who were asked the"
    " question by then. Only the counts of participation are live."
)
INTERVAL = (
    "95 % Wilson score interval: how far the share could lie from that of a large population if"
    " these respondents had been drawn at random from it. They selected themselves, so that it is"
    " no margin of error: it says nothing about those who did not answer."
)
"""What an interval is worth here (AAPOR 2016: method and assumption are stated, B3)."""


def population(city: str, minimum_age: int) -> str:
    """Whom the survey is about."""
    aged = f" aged {minimum_age} and over" if minimum_age else ""
    return f"the residents of {city}{aged}"


def sample_statement(city: str, minimum_age: int) -> str:
    """What a sample of volunteers is worth."""
    return SAMPLE.format(population=population(city, minimum_age))


def suppression_rule(threshold: int) -> str:
    """What is withheld, in words."""
    return SUPPRESSION.format(threshold=threshold)
