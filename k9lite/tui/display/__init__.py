"""How things are shown, as data: tones, states, columns, text fit for a terminal. Pure; draws nothing."""
