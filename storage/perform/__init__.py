"""One performer for each query and command of the core: a plain function of the unit and the request.

One rule: a performer re-checks in its transaction every fact that the request relies on.
"""

from types import MappingProxyType

from storage.perform import articles, events, hub, news, person, questions, seats, surveys
from storage.unit import Performers

PERFORMERS: Performers = MappingProxyType(
    {
        **articles.PERFORM,
        **events.PERFORM,
        **hub.PERFORM,
        **news.PERFORM,
        **person.PERFORM,
        **questions.PERFORM,
        **seats.PERFORM,
        **surveys.PERFORM,
    }
)
