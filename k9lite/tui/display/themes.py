"""The colours, as data. Every tone of `k9lite.tui.tones` has a colour in each theme."""

from textual.theme import Theme

from k9lite.tui.display.tones import TONES

DARK = Theme(
    name="k9lite-dark",
    primary="#6ea8fe",
    secondary="#8fb4d8",
    accent="#79c0ff",
    foreground="#d5dbe3",
    background="#0f141b",
    surface="#151c25",
    panel="#1d2733",
    success="#63c98a",
    warning="#e5b75b",
    error="#f7868d",
    dark=True,
    variables={
        "tone-muted": "#9aa6b4",
        "tone-strong": "#ffffff",
        "tone-accent": "#79c0ff",
        "tone-good": "#63c98a",
        "tone-busy": "#6ea8fe",
        "tone-warn": "#e5b75b",
        "tone-bad": "#f7868d",
        "tone-gone": "#a0aab6",
        "tone-old": "#c79bdc",
        "cursor": "#213a57",
        "pane-border": "#2b3846",
        "border": "#79c0ff",
        "input-cursor-background": "#79c0ff",
    },
)
LIGHT = Theme(
    name="k9lite-light",
    primary="#1f5fbf",
    secondary="#476a8f",
    accent="#0b5cad",
    foreground="#1d2630",
    background="#fbfcfd",
    surface="#f1f4f7",
    panel="#e4e9ef",
    success="#177245",
    warning="#8a5a00",
    error="#b3261e",
    dark=False,
    variables={
        "tone-muted": "#57626f",
        "tone-strong": "#000000",
        "tone-accent": "#0b5cad",
        "tone-good": "#177245",
        "tone-busy": "#1f5fbf",
        "tone-warn": "#8a5a00",
        "tone-bad": "#b3261e",
        "tone-gone": "#57626f",
        "tone-old": "#7b3fa0",
        "cursor": "#d5e4f6",
        "pane-border": "#c3ccd6",
        "border": "#0b5cad",
    },
)
CONTRAST = Theme(
    name="k9lite-contrast",
    primary="#7fd4ff",
    secondary="#ffffff",
    accent="#ffff66",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#1a1a1a",
    success="#5dff8f",
    warning="#ffd447",
    error="#ffa0a0",
    dark=True,
    variables={
        "tone-muted": "#c8c8c8",
        "tone-strong": "#ffffff",
        "tone-accent": "#ffff66",
        "tone-good": "#5dff8f",
        "tone-busy": "#7fd4ff",
        "tone-warn": "#ffd447",
        "tone-bad": "#ffa0a0",
        "tone-gone": "#d0d0d0",
        "tone-old": "#e6b3ff",
        "cursor": "#00366e",
        "pane-border": "#808080",
        "border": "#ffff66",
    },
)
# Blue and orange in place of green and red, after Okabe and Ito's palette for all kinds of colour vision.
COLOUR_BLIND = Theme(
    name="k9lite-colour-blind",
    primary="#56b4e9",
    secondary="#8fb4d8",
    accent="#f0e442",
    foreground="#dde3ea",
    background="#0f141b",
    surface="#151c25",
    panel="#1d2733",
    success="#56b4e9",
    warning="#f0e442",
    error="#e69f00",
    dark=True,
    variables={
        "tone-muted": "#9aa6b4",
        "tone-strong": "#ffffff",
        "tone-accent": "#f0e442",
        "tone-good": "#56b4e9",
        "tone-busy": "#dde3ea",
        "tone-warn": "#f0e442",
        "tone-bad": "#ff9c3a",
        "tone-gone": "#a0aab6",
        "tone-old": "#d79bbd",
        "cursor": "#213a57",
        "pane-border": "#2b3846",
        "border": "#f0e442",
    },
)
THEMES = (DARK, LIGHT, CONTRAST, COLOUR_BLIND)


# What the tones are in themes that do not name them, such as Textual's own.
TONE_DEFAULTS = {
    **{name: DARK.variables[name] for name in (*(f"tone-{tone}" for tone in TONES if tone), "cursor")},
    "pane-border": "#4a5866",
}
