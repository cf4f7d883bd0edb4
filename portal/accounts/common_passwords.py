"""What passwords are most often, and are made of, so that they are refused without asking anybody.

`BREACHED` are passwords that were found most often where they had been stolen, in the list of the
zxcvbn project (MIT licence), without those that are too short for here anyway; they are compared
with a whole password. The words are compared with what is left of one when its digits and
punctuation are gone from the ends and the usual digits for letters are read as letters:
`P4ssw0rd!2024` is `password`.
"""

from __future__ import annotations

from typing import Final

from zxcvbn.frequency_lists import FREQUENCY_LISTS  # type: ignore[import-untyped]  # it has none

_LENGTH_MIN: Final = 8
_TEXT: Final = """
abcabc abcd abcdef abcdefg abcdefgh abcdefghi access account active admin adminadmin
administrator airplane alexander amanda america amsterdam andrea andrew angel angela animal
anthony apple april arsenal asdf asdfasdf asdfgh asdfghjk asdfghjkl ashley august austin autumn
awesome azerty azertyui azertyuiop baby babygirl balance bananas banana barcelona baseball
basketball batman bavaria berlin bigdog biteme blackberry blessed blink blowfish bonjour boston
brandon bubbles buddy business buster butterfly camaro cambridge captain caroline changeit
changeme changenow charlie cheese chelsea cherry chicago chicken chocolate christian christmas
claudia client coffee company computer confirm cookie cookies corvette cowboy cowboys creative
crystal customer daniel danielle dallas database david december default demo demodemo diamond
dolphin donald dragon dragonball eagle easter elephant elizabeth eminem enter england family
fashion february ferrari firebird fishing flower flowers football forever freedom friend friends
friday fuckyou fussball galaxy gandalf garfield geheim general george gibson ginger golden
golfer google gordon guest guitar hallo hallohallo hammer hannah happiness happy harley hello
hellohello helloworld heather hockey hollywood hotmail house hunter iceman iloveu iloveyou
internet invoice jackson jaguar january jasmine jasper jennifer jessica jesus jordan joseph
joshua july june justin kennwort killer kitten knight ladybug lakers lauren leather letmein
letmeinnow liverpool login london looking lovely lover loveme lovelove loveyou madrid maggie
manager manchester marina marlboro martin master matrix matthew maverick melissa mercedes
merlin message messages michael michelle mickey midnight mobile monday money monitor monkey
monster mother motdepasse mountain munich mustang myname mypassword mysecret nascar natasha
nicholas nicole ninja nirvana nothing november october office online operator orange panther
paris partner passme passpass passphrase passport passw passwd passwort password passwords
passwordpassword patrick peaches peanut pepper phoenix phone pokemon police porsche portal
portugal prince princess private purple qazwsx qazwsxedc qwer qwerasdf qwert qwertqwert qwerty
qwertyu qwertyui qwertyuio qwertyuiop qwertz qwertzui qwertzuiop rabbit rainbow ranger rebecca
redsox reseller richard robert rocket samantha samsung sandra saturday schalke school scooter
secret secretsecret secure security september server shadow shannon signin silver simple
slipknot smokey snoopy snowball soccer sommer spider spiderman spring starwars startrek
steelers stephen steven sticker summer sunday sunflower sunshine superman superstar superuser
support sweet sydney system teacher temp temporary tennis tequila test teste tester testing
testpassword testtest texas thomas thunder thursday thx tiger tigers tinkerbell tomorrow topgun
toyota training trustme trustnoone tuesday turtle unknown user username vanessa victoria
viking viktoria volkswagen warrior wednesday welcome welcomehome whatever william willkommen
windows winner winter wizard wonderful xxxxxx yamaha yankees yellow zaqxsw zxcv zxcvbn zxcvbnm
"""
WORDS: Final = frozenset(_TEXT.split())
BREACHED: Final[frozenset[str]] = frozenset(
    password for password in FREQUENCY_LISTS["passwords"] if len(password) >= _LENGTH_MIN
)
