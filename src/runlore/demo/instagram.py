"""Instagram: an approved picture and caption go live, and the link is noted on the campaign in the CRM."""

from __future__ import annotations

from dataclasses import dataclass

from runlore.demo import company
from runlore.demo.claude import Call, Session, mcp, question, shell


@dataclass(frozen=True, slots=True)
class Post:
    """One post as somebody asked for it, and what went wrong on the way."""

    key: str
    start: str
    ask: str
    picture: str
    caption: str
    campaign: str
    alpha: bool = False  # the picture is a PNG with transparency, which the platform refuses
    dead_token: bool = False
    dislikes: str = ""  # the words with which the person declined the first caption
    better: str = ""  # the caption that was published instead
    after: str = ""  # what the person says at the end


POSTS = (
    Post(
        "ig-1",
        "2026-02-03T09:04:11",
        "Please put this on Instagram today: the sunrise picture from the harbour shoot, with the caption "
        '"First boat out, last worry gone. Berths for the season open on Friday." It belongs to Spring Opening 2026.',
        "sunrise harbour shoot",
        "First boat out, last worry gone. Berths for the season open on Friday.",
        "Spring Opening 2026",
        after="Lovely, thanks.",
    ),
    Post(
        "ig-2",
        "2026-02-10T09:31:40",
        "Instagram post for Spring Opening 2026, picture: the pontoon drone shot in Approved. Text: "
        '"412 berths, one map. Yours is the one with the evening sun."',
        "pontoon drone",
        "412 berths, one map. Yours is the one with the evening sun.",
        "Spring Opening 2026",
        alpha=True,
    ),
    Post(
        "ig-3",
        "2026-02-17T08:58:02",
        "can we get the interview photo with Ingrid (harbour master, Vrango) up on insta? caption: "
        '"Ingrid has not answered the phone since Tuesday. Nobody had to call." campaign is Harbour Masters',
        "ingrid vrango portrait",
        "Ingrid has not answered the phone since Tuesday. Nobody had to call.",
        "Harbour Masters",
        dead_token=True,
        after="Great, that is live for me too.",
    ),
    Post(
        "ig-4",
        "2026-02-24T10:12:29",
        "Post the new berth map picture on our Instagram account for the campaign Berth Map Launch. "
        "Write something short "
        "about finding a place without calling around.",
        "berth map screenshot",
        "Revolutionise your docking experience! The #1 berth map is HERE. Book now!",
        "Berth Map Launch",
        alpha=True,
        dislikes=(
            "no, that sounds like an advertisement. Say what changes for the skipper, in one "
            "calm sentence, no exclamation marks"
        ),
        better="You see the free berths before you round the pier.",
    ),
    Post(
        "ig-5",
        "2026-03-03T09:20:47",
        'Next one for Instagram. Picture "ropes close-up", caption "Some knots hold for a hundred years. Our first '
        'thousand bookings held for one winter." Campaign: Harbour Stories.',
        "ropes close-up",
        "Some knots hold for a hundred years. Our first thousand bookings held for one winter.",
        "Harbour Stories",
        dead_token=True,
        alpha=True,
    ),
    Post(
        "ig-6",
        "2026-03-10T09:02:13",
        "Please publish the night harbour photo to Instagram, campaign Harbour Stories. Caption: "
        '"22:40, wind from the west, and the last free berth just found its boat."',
        "night harbour",
        "22:40, wind from the west, and the last free berth just found its boat.",
        "Harbour Stories",
    ),
    Post(
        "ig-7",
        "2026-03-17T11:45:00",
        "We need the sailing school picture live on Instagram before lunch. Propose a caption "
        "yourself, the campaign is "
        "Youth Sailing Week.",
        "sailing school children",
        "Youth Sailing Week is coming! Don't miss the event of the year! #sailing #fun #kids #boats #summer #love",
        "Youth Sailing Week",
        dislikes="too many hashtags and again it sounds like an advertisement. at most three "
        "hashtags, and the first line has to "
        "stand on its own",
        better="Forty children, nine dinghies, one coach with a very loud whistle. #youthsailing",
        after="much better",
    ),
    Post(
        "ig-8",
        "2026-03-24T09:09:54",
        'Insta please: fog picture, "Fog until ten. The map knows where the pier is." Goes under Berth Map Launch.',
        "fog pier",
        "Fog until ten. The map knows where the pier is.",
        "Berth Map Launch",
        dead_token=True,
        after="perfect",
    ),
)

CAMPAIGNS = {
    "Spring Opening 2026": "camp_5310",
    "Harbour Masters": "camp_5377",
    "Berth Map Launch": "camp_5418",
    "Harbour Stories": company.STORIES_CAMPAIGN,
    "Youth Sailing Week": "camp_5602",
}
RENEWED = (
    "Renewed, the new token is in the connector. Please try again.",
    "I have logged in again as the page admin and renewed it, go on",
    "done, token renewed. try once more",
)
DEAD = (
    "The Instagram token has expired. Mara owns that integration; could you renew it? I will wait and then continue.",
    (
        "Instagram answers OAuthException: the token is dead. I cannot renew it myself, the owner of the "
        "integration has to."
    ),
    (
        "I stopped: our Instagram authorisation has run out. Please have it renewed by its owner and "
        "tell me when to go on."
    ),
)
STARTS = (
    "I'll check the account first, then look for the picture.",
    "First the state of our Instagram account, then the picture.",
    "Let me see whether the account is connected before I prepare anything.",
    "",
)
FINISHED = (
    "It is live: {link}. I have noted the link on the campaign.",
    "Published at {link}; the campaign {campaign} carries a note with the link.",
    "Done. Post: {link}. CRM note added to {campaign}.",
)


def account(session: Session, alive: bool) -> Call:
    """Look at the account: a live one tells its name, a dead one the platform's error."""
    arguments = {"account_id": company.INSTAGRAM_ACCOUNT}
    if alive:
        days = session.rng.randrange(6, 58)
        result = {
            "id": company.INSTAGRAM_ACCOUNT,
            "username": "harbourline",
            "followers": session.rng.randrange(8_100, 8_900),
            "token": {"status": "valid", "expires_in_days": days},
        }
        return mcp("instagram", "get_account", arguments, result)
    return mcp(
        "instagram",
        "get_account",
        arguments,
        "OAuthException: Error validating access token: Session has expired on "
        f"{session.rng.choice(('Saturday, 14-Feb-26', 'Sunday, 01-Mar-26', 'Monday, 23-Mar-26'))} "
        "04:00:00 PST. (code 190)",
        failed=True,
    )


def publish(post: Post) -> Session:
    """One session from the request to the note in the CRM."""
    session = Session(post.key, post.start, company.MARKETING)
    rng = session.rng
    session.snapshot()
    session.prompt(post.ask)
    if post.dead_token:
        session.work(account(session, alive=False), say=rng.choice(STARTS))
        session.say(rng.choice(DEAD))
        session.wait(240, 1_500)
        session.prompt(rng.choice(RENEWED))
    session.work(account(session, alive=True), say="" if post.dead_token else rng.choice(STARTS))
    file, address = find_picture(session, post)
    campaign = CAMPAIGNS[post.campaign]
    found = {"campaigns": [{"id": campaign, "name": post.campaign, "status": "active", "owner": "mara"}]}
    session.work(mcp("crm", "find_campaign", {"name": post.campaign}, found))
    caption = post.caption
    if post.dislikes:
        creation = media(address, caption)
        session.refused(creation, post.dislikes, say=f"I would write: {caption}")
        caption = post.better
    creation_id = attach(session, post, file, address, caption)
    link = release(session, creation_id, caption)
    note = {"campaign_id": campaign, "text": f"Instagram: {link}"}
    session.work(mcp("crm", "add_note", note, {"note_id": f"note_{company.digits(rng, 6)}", "campaign_id": campaign}))
    session.say(rng.choice(FINISHED).format(link=link, campaign=post.campaign))
    if post.after:
        session.prompt(post.after)
        session.say(rng.choice(("Glad to hear it.", "You're welcome.", "Good. Nothing else is open here.")))
    return session


def find_picture(session: Session, post: Post) -> tuple[str, str]:
    """Search the drive; gives the file's id and address."""
    kind = "png" if post.alpha else "jpg"
    name = f"{post.picture.replace(' ', '-')}-{session.rng.randrange(2, 9)}.{kind}"
    file = f"f_{company.letters(session.rng, 10)}"
    address = f"https://drive.harbourline.example/approved/{file}/{name}"
    mime = "image/png" if post.alpha else "image/jpeg"
    files = [{"id": file, "name": name, "url": address, "mime": mime, "folder": "Approved"}]
    if session.rng.random() < 0.4:
        raw = f"f_{company.letters(session.rng, 10)}"
        files.append(
            {"id": raw, "name": f"raw-{name}", "url": f"https://drive.harbourline.example/raw/{raw}", "folder": "Raw"}
        )
    session.work(mcp("drive", "search", {"query": post.picture, "folder": "Approved"}, {"files": files}))
    return file, address


def media(address: str, caption: str) -> Call:
    """The call that attaches picture and caption, not yet answered."""
    arguments = {"account_id": company.INSTAGRAM_ACCOUNT, "image_url": address, "caption": caption}
    return mcp("instagram", "create_media", arguments, {})


def attach(session: Session, post: Post, file: str, address: str, caption: str) -> str:
    """Create the media container, converting the picture where the platform refuses it; gives its id."""
    arguments = {"account_id": company.INSTAGRAM_ACCOUNT, "image_url": address, "caption": caption}
    if post.alpha:
        error = (
            "media type not supported: image/png with alpha channel. Only JPEG is accepted. "
            "(code 9004, subcode 2207052)"
        )
        session.work(mcp("instagram", "create_media", arguments, error, failed=True))
        address = address.rsplit(".", 1)[0] + ".jpg"
        converted = {"id": f"f_{company.letters(session.rng, 10)}", "url": address, "mime": "image/jpeg", "quality": 92}
        session.work(
            mcp("drive", "convert", {"file_id": file, "format": "jpeg"}, converted),
            say="Instagram takes no transparent PNG. I'll convert the picture to JPEG.",
        )
        arguments = {**arguments, "image_url": address}
    creation_id = "1790" + company.digits(session.rng, 13)
    session.work(mcp("instagram", "create_media", arguments, {"id": creation_id, "status": "FINISHED"}))
    return creation_id


def release(session: Session, creation_id: str, caption: str) -> str:
    """Ask, then publish; gives the permalink."""
    asked = session.rng.choice(
        (
            f'Publish this on @harbourline now? "{caption}"',
            f'The picture is ready. Shall I publish with the caption "{caption}"?',
            f'Ready to go live: "{caption}". Publish?',
        )
    )
    session.work(question(asked, "Publish", ("Publish now", "Change something", "Do not publish"), "Publish now"))
    link = f"https://www.instagram.com/p/C{company.letters(session.rng, 10)}/"
    arguments = {"account_id": company.INSTAGRAM_ACCOUNT, "creation_id": creation_id}
    published = {"id": "1801" + company.digits(session.rng, 13), "permalink": link}
    session.work(mcp("instagram", "publish_media", arguments, published))
    if session.rng.random() < 0.6:
        session.work(
            shell(f"curl -s -o /dev/null -w '%{{http_code}}' {link}", "200", "Check that the post is reachable")
        )
    return link


def sessions() -> tuple[Session, ...]:
    return tuple(publish(post) for post in POSTS)
