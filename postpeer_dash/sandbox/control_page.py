"""The control page: the same levers as the JSON, as plain forms."""

from typing import Any

from postpeer_dash.sandbox import control
from postpeer_dash.sandbox.accounts import ALIVE
from postpeer_dash.sandbox.app import App
from postpeer_dash.sandbox.clock import readable
from postpeer_dash.sandbox.consent import NAMES
from postpeer_dash.sandbox.faults import ANY, KINDS, UNADDRESSED, Fault, read_fault
from postpeer_dash.sandbox.markup import Child, Html, message_page, page, safe_link, tag
from postpeer_dash.sandbox.messages import Request, Response

LEDGER_ROWS = 25


def show_control(app: App, _request: Request, _path: dict[str, str]) -> Response:
    """Answer GET /control."""
    state = control.read_state(app)
    return page(
        "Control page · PostPeer sandbox",
        tag("p", "Sandbox: here you decide what the stand-in for PostPeer does.", class_="notice"),
        tag("h1", "Control page"),
        _faults(app.faults.listed()),
        _switches(),
        _accounts(app),
        _settings(state),
        _waiting(state),
        _ledger(app),
        _end(),
        wide=True,
    )


def _form(action: str, *content: Child, label: str = "", class_: str = "line") -> Html:
    return tag(
        "form", *content, method="post", action=f"/control/form/{action}", class_=class_, aria_label=label or None
    )


def _hidden(name: str, value: str) -> Html:
    return tag("input", type="hidden", name=name, value=value)


def _field(name: str, label: str, value: Any, *, key: str, kind: str = "text", **more: Any) -> Html:
    box = tag("input", id=key, name=name, value=str(value), type=kind, autocomplete="off", **more)
    return tag("span", tag("label", label, for_=key), box, class_="field")


def _section(title: str, *content: Child) -> Html:
    return tag("section", tag("h2", title), *content)


def _faults(faults: list[Fault]) -> Html:
    if not faults:
        return _section("What goes wrong now", tag("p", "Nothing. PostPeer does what it should."))
    rows = [
        tag(
            "li",
            tag("strong", fault.name),
            tag("span", _describe(fault), class_="second"),
            _form("clear", _hidden("which", fault.id), tag("button", f"Clear {fault.name}", class_="quiet")),
        )
        for fault in faults
    ]
    everything = _form("clear", _hidden("which", ""), tag("button", "Clear all", class_="second-button"))
    return _section("What goes wrong now", tag("ul", rows, class_="list"), everything)


def _describe(fault: Fault) -> str:
    """Say where a fault strikes, how often, and with which values."""
    method = "any method" if fault.method == ANY else fault.method
    where = [] if fault.name in UNADDRESSED else [f"{method} {fault.path}"]
    times = {None: "until it is cleared", 1: "once"}.get(fault.times, f"{fault.times} times")
    values = [f"{name.replace('_', ' ')} {value}" for name, value in fault.params.items() if value != ""]
    return ", ".join([*where, times, *values])


def _switches() -> Html:
    rows = []
    for name, kind in KINDS.items():
        fields = [
            _field(param, param.replace("_", " "), default, key=f"{name}-{param}")
            for param, default in kind.params.items()
            if not isinstance(default, bool)
        ]
        ticks = [
            tag(
                "label",
                tag("input", type="checkbox", name=param, checked=default),
                param.replace("_", " "),
                class_="tick",
            )
            for param, default in kind.params.items()
            if isinstance(default, bool)
        ]
        form = _form(
            "fault",
            _hidden("name", name),
            None if name in UNADDRESSED else _field("path", "address", kind.path, key=f"{name}-path"),
            fields,
            ticks,
            _field("times", "times (empty: until cleared)", 1, key=f"{name}-times", inputmode="numeric"),
            tag("button", f"Switch on {name}", class_="second-button"),
            label=name,
        )
        rows.append(
            tag("details", tag("summary", tag("strong", name), " ", tag("span", kind.says, class_="second")), form)
        )
    return _section("Make something go wrong", rows)


def _accounts(app: App) -> Html:
    rows = app.store.rows(f"{ALIVE} ORDER BY created_at, id")
    if not rows:
        return _section("Accounts", tag("p", "None is connected yet. Connect one from the dashboard."))
    shown = []
    for row in rows:
        is_active = row["auth_status"] == "active"
        count = app.store.number("SELECT count(*) FROM boards WHERE integration_id = ? AND NOT is_removed", row["id"])
        about = f"{NAMES.get(row['platform'], row['platform'])}, "
        about += "active" if is_active else f"has to be reconnected ({row['auth_failure_reason']})"
        health = _form(
            "account",
            _hidden("id", row["id"]),
            _hidden("reason", "token_expired" if is_active else ""),
            tag("button", "Let its access expire" if is_active else "Make it active again", class_="second-button"),
        )
        boards = _boards(app, row["id"], count) if row["platform"] == "pinterest" else None
        shown.append(
            tag(
                "li",
                tag("bdi", row["display_name"] or row["id"], class_="name"),
                tag("span", about, class_="second"),
                health,
                boards,
            )
        )
    return _section("Accounts", tag("ul", shown, class_="list"))


def _boards(app: App, account_id: str, count: int) -> Html:
    rows = app.store.rows(
        "SELECT id, name FROM boards WHERE integration_id = ? AND NOT is_removed ORDER BY position", account_id
    )
    options = [tag("option", row["name"], value=row["id"]) for row in rows]
    add = _form(
        "board",
        _hidden("accountId", account_id),
        _field("name", "Name of a new board", "", key=f"add-{account_id}", maxlength=180, required=True, dir="auto"),
        tag("button", "Add board", class_="second-button"),
    )
    remove = _form(
        "board",
        _hidden("accountId", account_id),
        tag("label", "Board to remove", for_=f"remove-{account_id}"),
        tag("select", options, id=f"remove-{account_id}", name="remove"),
        tag("button", "Remove board", class_="second-button"),
    )
    return tag("details", tag("summary", f"{count} boards"), add, remove if options else None)


def _settings(state: dict[str, Any]) -> Html:
    monthly, purchased = state["balance"]["monthly"], state["balance"]["purchased"]
    number: dict[str, Any] = {"kind": "number", "min": 0}
    return _section(
        "Speed and credits",
        _form(
            "settings",
            _field(
                "publish_seconds",
                "Seconds to publish",
                state["settings"]["publish_seconds"],
                key="publish_seconds",
                step="any",
                **number,
            ),
            _field("monthly_limit", "Credits a month", monthly["limit"], key="monthly_limit", **number),
            _field("monthly_used", "of which used", monthly["used"], key="monthly_used", **number),
            _field("purchased_total", "Credits bought", purchased["total"], key="purchased_total", **number),
            tag(
                "label",
                tag(
                    "input",
                    type="checkbox",
                    name="publish_in_request",
                    checked=state["settings"]["publish_in_request"],
                ),
                "Answer with the final result",
                class_="tick",
            ),
            tag("button", "Keep these"),
        ),
    )


def _waiting(state: dict[str, Any]) -> Html | None:
    count = state["statuses"].get("scheduled", 0)
    if not count:
        return None
    posts = "One post waits" if count == 1 else f"{count} posts wait"
    return _section("Scheduled", tag("p", f"{posts} for their time."), _form("due", tag("button", "Let it be due now")))


def _ledger(app: App) -> Html:
    ledger = control.read_ledger(app)["published"]
    if not ledger:
        return _section(
            "What was really published", tag("p", "Nothing yet. Every pin that goes out is written down here.")
        )
    rows = []
    for row in reversed(ledger[-LEDGER_ROWS:]):
        found = app.store.row(
            "SELECT platform_post_url FROM post_platforms WHERE post_id = ? AND platform = ? AND account_id = ?",
            row["postId"],
            row["platform"],
            row["accountId"],
        )
        title = row["title"] or row["content"][:80] or "Untitled"
        link = safe_link(found["platform_post_url"] or "", title) if found else tag("bdi", title)
        cells = (readable(row["at"]), NAMES.get(row["platform"], row["platform"]), link, row["postId"])
        rows.append(tag("tr", [tag("td", cell) for cell in cells]))
    head = tag("tr", [tag("th", name, scope="col") for name in ("When (UTC)", "Platform", "Title", "Post")])
    table = tag("table", tag("thead", head), tag("tbody", rows))
    note = f"{len(ledger)} in all, the latest first. Nothing is ever taken out." if len(ledger) > 1 else None
    return _section(
        "What was really published",
        tag("p", note, class_="second") if note else None,
        tag("div", table, class_="scroll", tabindex=0, role="region", aria_label="Ledger"),
    )


def _end() -> Html:
    confirm = tag(
        "label",
        tag("input", type="checkbox", name="sure", required=True),
        "Forget accounts, posts and the ledger",
        class_="tick",
    )
    return _section("Begin anew", _form("reset", confirm, tag("button", "Reset the sandbox", class_="danger")))


# --- Forms --------------------------------------------------------------------------------------------------------


def handle_form(app: App, request: Request, path: dict[str, str]) -> Response:
    """Answer POST /control/form/<action>: do it, then show the page again."""
    try:
        _act(app, path["action"], request.form())
    except KeyError as error:
        return message_page("That didn’t work", f"{error.args[0]} is missing.", status=422)
    except ValueError as error:
        return message_page("That didn’t work", str(error), status=422)
    return Response(303, headers={"Location": "/control", "Cache-Control": "no-store"})


def _act(app: App, action: str, fields: dict[str, str]) -> None:
    if action == "fault":
        control.switch_on(app, read_fault(_typed(fields)))
    elif action == "clear":
        control.switch_off(app, fields.get("which", ""))
    elif action == "account":
        control.change_account(app, fields["id"], fields.get("reason") or None)
    elif action == "board":
        added = [{"name": fields["name"]}] if fields.get("name") else []
        removed = [fields["remove"]] if fields.get("remove") else []
        control.change_boards(app, fields["accountId"], added, removed)
    elif action == "settings":
        numbers = {name: float(value) for name, value in fields.items() if name != "publish_in_request"}
        control.change_settings(app, {**numbers, "publish_in_request": "publish_in_request" in fields})
    elif action == "due":
        control.make_due(app)
    elif action == "reset" and fields.get("sure"):
        control.reset(app)
    else:
        raise ValueError("There is no such lever here.")


def _typed(fields: dict[str, str]) -> dict[str, Any]:
    """Return a fault's form as its JSON: numbers as numbers, an unticked box as false."""
    kind = KINDS.get(fields["name"])
    given: dict[str, Any] = {"name": fields["name"], "path": fields.get("path", "")}
    if fields.get("times", "").strip():
        given["times"] = int(fields["times"])
    for param, default in (kind.params if kind else {}).items():
        if isinstance(default, bool):
            given[param] = param in fields
        elif isinstance(default, int | float) and fields.get(param, "").strip():
            given[param] = type(default)(fields[param])
        elif isinstance(default, str):
            given[param] = fields.get(param, default)
    return given
