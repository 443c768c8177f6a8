"""Which countries a text names, in the languages of the catalogues.

One rule: a name is told by how it begins, since in most languages its end changes with the sentence.
"""

from collections.abc import Iterable

from bot.knowledge.fold import words

# By country, how its names begin in en, pl, pt and uk; "=" before a whole word. The 27, their neighbours, and who is often asked for.
_NAMES = {
    "AT": "austria austrii austriac áustria австрі",
    "BE": "belgi bélgica бельгі",
    "BG": "bulgar bułgar болгар",
    "CH": "switzerland =swiss szwajcar suíça suíço швейцар",
    "CY": "cyprus cypr chipre кіпр",
    "CZ": "czech czesk =czeski chéquia =checa =checo чехі чеськ",
    "DE": "german niemc niemiec niemiec alemanh alemã =alemao німеч німець німц",
    "DK": "denmark danish =dania =danii duńsk dinamarc =данія =данії =данію данськ",
    "EE": "estonia estonii estońsk estónia естон",
    "ES": "spain spanish hiszpan hiszpań espanh іспан",
    "FI": "finland finnish fińsk finlând фінлянд фінськ",
    "FR": "france french francj francus =franca frances франц",
    "GB": "britain british england =uk =angli anglia brytan brytyj inglaterra =ingles =inglesa британ англі",
    "GR": "greece greek grecj greck =grecia грец",
    "HR": "croatia croatian chorwac croác хорват",
    "HU": "hungar węgr węgier węgie hungria угорщ угорс",
    "IE": "ireland irish irland ірланд",
    "IS": "iceland icelandic islandi ісланд",
    "IT": "italy italian włoch włosz włosk itáli італі",
    "LT": "lithuan litwa litwie litwy litewsk lituân литв литовс",
    "LU": "luxemb luksemb люксемб",
    "LV": "latvia latvian łotw łotew letónia letão латві латис",
    "MT": "malta maltese malcie maltań maltês мальт",
    "NL": "netherlands dutch holland holand holender niderland =holandes нідерланд голланд",
    "NO": "norway norwegian norweg norueg норвег норвез",
    "PL": "poland polish polsk =polsce polac polón польщ польсь",
    "PT": "portugal portugue португал",
    "RO": "romania romanian rumun romén румун",
    "SE": "sweden swedish szwec szwed suécia sueco швеці шведс",
    "SI": "slovenia slovenian słoweni słoweń eslovén словен",
    "SK": "slovakia slovak słowac eslováq eslovac словач словац",
    "TR": "turkey turkish turcj tureck turquia туреч турец",
    "UA": "ukrain ucrân ucrani україн",
    "US": "=usa =america =american =ameryce =ameryka =eua сша америк",
}


def _table() -> dict[str, list[tuple[str, bool, str]]]:
    """By their first three letters: a name's beginning, whether it must be the whole word, and the country."""
    table: dict[str, list[tuple[str, bool, str]]] = {}
    for country, names in _NAMES.items():
        for name in names.split():
            plain = words(name)[0]
            table.setdefault(plain[:3], []).append((plain, name.startswith("="), country))
    return table


_TABLE = _table()


def named(typed: Iterable[str]) -> frozenset[str]:
    """The countries (ISO 3166) that these folded words name. "uk" is Britain, as people type it."""
    return frozenset(
        country
        for word in typed
        for name, whole, country in _TABLE.get(word[:3], ())
        if (word == name if whole else word.startswith(name))
    )
