"""Links that hide where they lead: Pinterest blocks many of them as spam, and whoever sees a pin can't tell.

Which ones isn't published, and a shop may have a short domain of its own that works: so it is a warning and no more.
"""

from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from postpeer_dash.web.text import isolate

# Services that shorten anybody's links, by their domain; with everything below it. No domain that leads to one site
# alone is here (youtu.be, amzn.to, redd.it): there one sees where it leads.
_DOMAINS = """
adf.ly alturl.com b.link b23.ru bit.do bit.ly bitly.com bitly.ws bl.ink buff.ly chilp.it clck.ru cli.re
clicky.me cutt.ly cutt.us dlvr.it dub.co dub.sh geni.us gg.gg goo.gl goo.su ht.ly hubs.la hubs.li hubs.ly
hyperurl.co ift.tt is.gd j.mp joli.link kutt.it linkd.in lnk.bio lnk.to lnkd.in mcaf.ee n9.cl ow.ly pin.it
pixelfy.me plnk.to po.st ppt.cc prf.hn psce.pw qr.ae qr.net rb.gy rebrand.ly reurl.cc s.id shor.by short.gy
short.io shorte.st shorturl.at shorturl.gg smarturl.it snip.ly soo.gd spoo.me spr.ly srt.ms su.pr surl.li
switchy.io t.co t.ly t2m.io tiny.cc tiny.ie tiny.one tinyurl.com trib.al u.to ulvis.net urlz.fr v.gd vk.cc
vk.sv vurl.com wp.me x.co x.gd xurl.es yourls.org youtube.link zi.pe zpr.io zws.im
"""
SHORTENERS = frozenset(_DOMAINS.split())


def find_shortener(url: str) -> str:
    """Return the domain of the service that shortened this link; empty for any other link, and for what is none."""
    try:
        host = (urlsplit(url.strip()).hostname or "").rstrip(".").lower()
    except ValueError:
        return ""
    parts = host.split(".")
    ends = (".".join(parts[start:]) for start in range(len(parts) - 1))
    return next((end for end in ends if end in SHORTENERS), "")


def warn_of_shortener(url: str) -> str:
    """Return the sentence for a shortened link, or nothing."""
    service = find_shortener(url)
    if not service:
        return ""
    return _(
        "%(service)s hides where the link leads, and Pinterest blocks many such links. Give the address itself: "
        "once the pin is out, its link can’t be changed from here."
    ) % {"service": isolate(service)}
