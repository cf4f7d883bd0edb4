"""What the German clients of the demonstration write, and to whom."""

from __future__ import annotations

from portal.cli.demo_texts import NUMBERS_GERMANY, NUMBERS_SWEDEN, NUMBERS_US, Place, Trade

GERMANY = Place(
    names=(
        "Frau Albers", "Herr Brandt", "Frau Celik", "Herr Dietrich", "Frau Engel",
        "Herr Fuchs", "Frau Graf", "Herr Hahn", "Frau Jansen", "Herr Kowalski",
        "Frau Lorenz", "Herr Möller", "Frau Özdemir", "Herr Pohl", "Frau Schäfer",
    ),
    at_home=NUMBERS_GERMANY,
    abroad=NUMBERS_US[:2] + NUMBERS_SWEDEN,
    day_format="%d.%m.",
    deposit="Überweisung",
)  # fmt: skip

SURGERY = Trade(
    a_day=46,
    usual=(
        (
            "Guten Tag {name}, wir erinnern an Ihren Termin am {day} um {time} Uhr."
            " Ihre Praxis Dr. Lindner"
        ),
        "{name}, Ihr Rezept liegt zur Abholung bereit. Praxis Dr. Lindner",
        (
            "Guten Tag {name}, Ihr Termin wurde auf den {day} um {time} Uhr verlegt. Bitte rufen"
            " Sie an, falls das nicht passt."
        ),
        (
            "{name}, Ihre Befunde sind da. Bitte vereinbaren Sie einen Termin zur Besprechung."
            " Praxis Dr. Lindner"
        ),
    ),
    long="Guten Tag {name}, zur Blutabnahme am {day} um {time} Uhr kommen Sie bitte nüchtern: zwölf"
    " Stunden vorher nichts essen, Wasser ist erlaubt. Bringen Sie Ihre Versichertenkarte und den"
    " Medikamentenplan mit. Ihre Praxis Dr. Lindner",
    with_emoji="{name}, die Grippeimpfung ist da. Termine ab {day} \N{SYRINGE} Praxis Dr. Lindner",
    answers=(
        "Ja, der Termin passt. Vielen Dank! {name}",
        "Bestätigt, bis dann.",
        "OK",
        "Geht es auch eine Stunde später? {name}",
        "Leider bin ich an dem Tag verhindert. Haben Sie nächste Woche etwas frei?",
        "Ich komme zehn Minuten später. {name}",
        "Danke für die Erinnerung!",
        "Muss ich nüchtern sein?",
        "Hole das Rezept morgen früh ab. {name}",
        "Alles klar \N{THUMBS UP SIGN}",
    ),
)

BOOKS = Trade(
    a_day=30,
    usual=(
        "Moin {name}, Ihr bestelltes Buch ist da. Wir haben bis 18 Uhr geöffnet. Buchhandlung Elbe",
        "{name}, Ihre Bestellung kommt voraussichtlich am {day}. Buchhandlung Elbe",
        "Buchhandlung Elbe: Lesung am {day} um {time} Uhr, {name}. Ihre Plätze sind reserviert.",
        "Moin {name}, der Band ist vergriffen. Sollen wir antiquarisch suchen? Buchhandlung Elbe",
    ),
    long="Moin {name}, von Ihrer Bestellung sind zwei Bücher da, das dritte ist beim Verlag gerade"
    " im Nachdruck und kommt voraussichtlich am {day}. Sie können alles zusammen abholen oder die"
    " beiden schon mitnehmen. Buchhandlung Elbe",
    with_emoji="Neu eingetroffen, {name}: die Krimis des Monats \N{BOOKS} Buchhandlung Elbe",
    answers=(
        "Prima, ich komme heute vorbei. {name}",
        "Ja, bitte antiquarisch suchen.",
        "OK",
        "Gibt es noch einen Platz mehr? {name}",
        "Danke!",
    ),
)

FERRIES = Trade(
    a_day=24,
    usual=(
        "Elbfähren Nord: Ihre Fahrt am {day} um {time} Uhr ist gebucht, {name}.",
        "{name}, die Fähre um {time} Uhr fährt am {day} vom Anleger 2. Elbfähren Nord",
        "Niedrigwasser: Am {day} entfällt die Fahrt um {time} Uhr, {name}. Elbfähren Nord",
    ),
    long="Elbfähren Nord: Wegen Sturmflut ruht der Verkehr am {day} ab {time} Uhr, {name}. Ihre"
    " Fahrkarte gilt am nächsten Tag, oder wir erstatten sie. Eine Antwort an diese Nummer genügt;"
    " die Busse nach Glückstadt fahren weiter.",
    with_emoji="{name}, am {day} fahren wir wieder \N{FERRY} Elbfähren Nord",
    answers=("OK",),
)
