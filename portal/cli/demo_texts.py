"""What the clients of the demonstration write, and to whom: in English, and what is shared."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Trade:
    """What a client sends on an ordinary workday: how many messages, and which.

    The words in braces are `name`, `day` and `time`.
    """

    a_day: int
    usual: tuple[str, ...]
    long: str
    with_emoji: str
    answers: tuple[str, ...]
    """What customers write back."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a reseller's clients have their customers: numbers without their last two digits."""

    names: tuple[str, ...]
    at_home: tuple[str, ...]
    abroad: tuple[str, ...]
    day_format: str
    deposit: str


# Nobody has these numbers: 555-0100 to 555-0199 of every area code in North America, and what the
# regulators of Germany and Sweden keep for fiction.
NUMBERS_GERMANY = ("+4917139200", "+49176040690")
NUMBERS_SWEDEN = ("+467017406",)
NUMBERS_US = tuple(
    f"+1{area}55501" for area in ("212", "213", "305", "312", "415", "617", "646", "718", "917")
)

AMERICA = Place(
    names=(
        "Alice", "Ben", "Carmen", "David", "Emily", "Frank", "Grace", "Hector", "Isabel",
        "Jack", "Keisha", "Liam", "Maria", "Noah", "Olivia", "Priya", "Quinn", "Rosa", "Tom",
    ),
    at_home=NUMBERS_US,
    abroad=NUMBERS_GERMANY + NUMBERS_SWEDEN,
    day_format="%m/%d",
    deposit="Bank transfer",
)  # fmt: skip

DENTIST = Trade(
    a_day=52,
    usual=(
        (
            "Hi {name}, a reminder of your appointment at Bright Smile on {day} at {time}."
            " Reply by phone if you cannot come."
        ),
        "{name}, your next check-up is due. Call us for a time that suits you. Bright Smile Dental",
        (
            "Hi {name}, we have moved your appointment to {day}, {time}. Please call if it does not"
            " suit you."
        ),
        "Your crown is ready, {name}. We see you on {day} at {time}. Bright Smile Dental",
    ),
    long="Hi {name}, before your treatment on {day} at {time}: please eat a light meal two hours"
    " before, take your usual medicine, and bring your insurance card and a list of allergies."
    " Parking is free behind the house. Bright Smile Dental",
    with_emoji="Happy birthday, {name}! Keep smiling \N{GRINNING FACE WITH SMILING EYES}"
    " Your team at Bright Smile",
    answers=(
        "Yes, I will be there. Thank you! {name}",
        "Confirmed, see you then.",
        "OK",
        "Can I come an hour later? {name}",
        "I am sorry, I have to work that day. Is there anything next week?",
        "Running ten minutes late, traffic is bad. {name}",
        "Thanks for the reminder!",
        "Which entrance is it, and where can I park?",
        "Perfect \N{THUMBS UP SIGN}",
    ),
)

BIKES = Trade(
    a_day=34,
    usual=(
        "Hi {name}, your bike is ready. We are open until 6 pm. Corner Bikes",
        "{name}, the part you ordered has come in. Shall we fit it on {day} at {time}?",
        (
            "Corner Bikes: your service is booked for {day} at {time}, {name}. Bring the key of"
            " your lock, please."
        ),
        "Hi {name}, new brake pads and a cable make $48. OK to go ahead? Call Corner Bikes.",
    ),
    long="Hi {name}, we had a look at your bike: the chain and the cassette are worn, the rear"
    " wheel needs truing, and the brakes want new pads. With parts and work that is $165; it would"
    " be ready on {day} at {time}. Give us a call. Corner Bikes",
    with_emoji="Saturday ride at 9 from the shop, {name}. Coffee is on us \N{BICYCLE} Corner Bikes",
    answers=(
        "Great, I will pick it up tonight. {name}",
        "Yes, go ahead please.",
        "OK",
        "Could you look at the gears as well? {name}",
        "Is tomorrow morning fine too?",
        "Too much for me right now, please leave it as it is.",
        "Thanks! {name}",
        "Count me in for Saturday \N{BICYCLE}",
    ),
)

COURIER = Trade(
    a_day=26,
    usual=(
        "Lakeside Courier: your parcel comes on {day} around {time}, {name}.",
        "{name}, we missed you. We try again on {day} at {time}. Lakeside Courier",
        "Your parcel waits at the depot, {name}. Bring an ID, please. Lakeside Courier",
    ),
    long="Lakeside Courier: your delivery of {day}, {time}, needs a signature, {name}. If nobody is"
    " in, tell us a neighbor or a safe place by answering to this number before eight in the"
    " morning, and the driver will know.",
    with_emoji="{name}, the driver is two stops away \N{DELIVERY TRUCK} Lakeside Courier",
    answers=("OK",),
)

YOGA = Trade(
    a_day=9,
    usual=(
        "{name}, your class on {day} at {time} is confirmed. Maple Street Yoga",
        "A place has come free on {day} at {time}, {name}. Maple Street Yoga",
    ),
    long="{name}, the workshop on {day} begins at {time}. Bring a mat and a blanket, eat lightly"
    " two hours before, and come ten minutes early so that we can begin on time. Maple Street Yoga",
    with_emoji="See you on {day}, {name} \N{PERSON WITH FOLDED HANDS} Maple Street Yoga",
    answers=("OK",),
)

HOUSE = Trade(
    a_day=10,
    usual=(
        "{name}, the SunnyText meetup is on {day} at {time}. See you there!",
        "{name}, our webinar on {day} begins at {time}. The link is in your mail.",
    ),
    long="{name}, thank you for coming to the SunnyText meetup. The slides are in your mail, the"
    " next one is on {day} at {time}, and if you know somebody who sends reminders by hand, bring"
    " them along: there is coffee for two.",
    with_emoji="Sunny greetings, {name} \N{SUN WITH FACE} We have news for you on {day}.",
    answers=("OK",),
)
