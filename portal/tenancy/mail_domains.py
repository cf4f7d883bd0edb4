"""What is known of the domain of an e-mail address: whether anybody gets an address there.

The lists are kept by hand, from what is commonly known: the large providers of addresses where the
portal's languages are spoken, and the best known services for addresses that last for minutes. New
ones of those appear every week, so that a domain which is not here says nothing.
"""

from __future__ import annotations

from typing import Final

_FREE: Final = """
126.com 163.com abv.bg aim.com alice.it aol.com arcor.de att.net bell.net bluewin.ch
bol.com.br btinternet.com centrum.cz comcast.net duck.com email.cz email.de fastmail.com
fastmail.fm free.fr freemail.hu freenet.de gmail.com gmx.at gmx.ch gmx.com gmx.de gmx.fr
gmx.net googlemail.com hey.com hotmail.co.uk hotmail.com hotmail.de hotmail.es hotmail.fr
hotmail.it icloud.com inbox.lv inbox.ru interia.pl kpnmail.nl laposte.net libero.it list.ru
live.ca live.co.uk live.com live.de live.fr live.it live.nl mac.com mail.com mail.de mail.ru
me.com msn.com naver.com o2.pl onet.pl op.pl orange.fr outlook.com outlook.de outlook.es
outlook.fr outlook.it pm.me posteo.de proton.me protonmail.com qq.com rediffmail.com
rocketmail.com rogers.com sapo.pt sbcglobal.net seznam.cz sfr.fr shaw.ca sympatico.ca
t-online.de telenet.be terra.com.br tiscali.it tuta.com tutanota.com uol.com.br verizon.net
videotron.ca virgilio.it vodafone.de wanadoo.fr web.de wp.pl yahoo.ca yahoo.co.in
yahoo.co.uk yahoo.com yahoo.com.br yahoo.de yahoo.es yahoo.fr yahoo.it yandex.com yandex.ru
ymail.com zoho.com ziggo.nl
"""
_DISPOSABLE: Final = """
10minutemail.com 20minutemail.com anonaddy.me burnermail.io byom.de discard.email
dispostable.com dropmail.me emailondeck.com fakeinbox.com fakemail.net getairmail.com
getnada.com grr.la guerrillamail.biz guerrillamail.com guerrillamail.de guerrillamail.info
guerrillamail.net guerrillamail.org harakirimail.com inboxkitten.com incognitomail.com
mail-temp.com mail.tm mailcatch.com maildrop.cc mailexpire.com mailinator.com mailnesia.com
mailnull.com mailsac.com mailtothis.com meltmail.com mintemail.com minuteinbox.com moakt.com
mohmal.com mytemp.email mytrashmail.com nada.email sharklasers.com spam4.me spambog.com
spamgourmet.com temp-mail.io temp-mail.org tempail.com tempmail.dev tempmailo.com
tempr.email throwawaymail.com trash-mail.com trashmail.com trashmail.de trashmail.net
wegwerfemail.de wegwerfmail.de yopmail.com yopmail.fr yopmail.net
"""
FREE: Final = frozenset(_FREE.split())
DISPOSABLE: Final = frozenset(_DISPOSABLE.split())

assert not FREE & DISPOSABLE


def of(email: str) -> str:
    """The domain of an address in small letters; empty where there is none."""
    return email.rpartition("@")[2].lower() if "@" in email else ""


def is_public(domain: str) -> bool:
    """Whether anybody gets an address there, for years or for minutes."""
    return domain in FREE or domain in DISPOSABLE
